package call

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/pion/ice/v4"
	"github.com/pion/sdp/v3"

	"gossip/common/content"
)

// mediaSections are what a description negotiates, once: the three sources, and the channel that says what is on.
var mediaSections = []string{"audio", "video", "video", "application"}

// maxAttributes bounds the lines of a description; Chromium's longest have a few hundred.
const maxAttributes = 1000

// checkDescription reads a session description, refuses what no client of this protocol makes, and returns the DTLS
// fingerprint that the connection is checked against.
func checkDescription(text string) (fingerprint string, err error) {
	if len(text) > content.MaxSDP {
		return "", errors.New("the session description is too long")
	}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(text); err != nil {
		return "", fmt.Errorf("the session description can't be read: %w", err)
	}
	if len(d.MediaDescriptions) != len(mediaSections) {
		return "", fmt.Errorf("the session description has %d sections instead of %d", len(d.MediaDescriptions), len(mediaSections))
	}
	attributes := d.Attributes
	for i, section := range d.MediaDescriptions {
		if section.MediaName.Media != mediaSections[i] {
			return "", fmt.Errorf("section %d of the session description is %.20q instead of %q", i, section.MediaName.Media, mediaSections[i])
		}
		attributes = append(attributes, section.Attributes...)
	}
	return checkAttributes(attributes)
}

func checkAttributes(attributes []sdp.Attribute) (fingerprint string, err error) {
	if len(attributes) > maxAttributes {
		return "", errors.New("the session description has too many lines")
	}
	candidates := 0
	for _, a := range attributes {
		switch a.Key {
		case "fingerprint":
			value := strings.ToLower(a.Value)
			if !strings.HasPrefix(value, "sha-256 ") || fingerprint != "" && fingerprint != value {
				return "", errors.New("the session description must have one SHA-256 fingerprint")
			}
			fingerprint = value
		case "candidate":
			if candidates++; candidates > content.MaxCandidates {
				return "", errors.New("the session description has too many candidates")
			}
			if err := checkCandidate("candidate:" + a.Value); err != nil {
				return "", err
			}
		case "crypto":
			return "", errors.New("the session description asks for keys in clear")
		case "rid", "simulcast":
			return "", errors.New("the session description has a source in several qualities")
		}
	}
	if fingerprint == "" {
		return "", errors.New("the session description has no fingerprint")
	}
	return fingerprint, nil
}

// checkCandidate refuses a candidate that would have this device look up names or send where nobody can be.
func checkCandidate(text string) error {
	if text == "" || len(text) > content.MaxCandidateText {
		return errors.New("a candidate is empty or too long")
	}
	candidate, err := ice.UnmarshalCandidate(strings.TrimPrefix(text, "candidate:"))
	if err != nil {
		return fmt.Errorf("a candidate can't be read: %w", err)
	}
	ip, err := netip.ParseAddr(candidate.Address())
	if err != nil {
		return errors.New("a candidate names a host; only addresses are taken")
	}
	ip = ip.Unmap()
	if ip.IsMulticast() || ip.IsUnspecified() || ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}) || candidate.Port() <= 0 {
		return errors.New("a candidate is at an address where nobody can be")
	}
	return nil
}
