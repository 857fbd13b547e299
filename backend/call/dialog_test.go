package call

import (
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"

	"gossip/common/content"
)

func TestDialog(t *testing.T) {
	var d dialog
	n := content.Negotiation{Call: mid}
	one, two := d.next(n, noon), d.next(n, noon)
	if two.Sequence != one.Sequence+1 || one.Sequence < uint64(noon.UnixMilli()) {
		t.Errorf("numbered %d and %d", one.Sequence, two.Sequence)
	}
	for _, c := range []struct {
		sequence uint64
		fresh    bool
	}{{5, true}, {5, false}, {4, false}, {6, true}, {1, false}} {
		n.Sequence = c.sequence
		if d.fresh(n) != c.fresh {
			t.Errorf("sequence %d: want fresh %v", c.sequence, c.fresh)
		}
	}
	if n.Sequence = 3; !d.freshCandidates(n) || d.freshCandidates(n) {
		t.Error("candidates may overtake descriptions, and are taken once")
	}
	first := d.offer(n, false, noon)
	again := d.offer(n, true, noon)
	if d.answered(first.Sequence-1) || d.answered(again.Sequence+1) || !d.answered(first.Sequence) || d.answered(again.Sequence) {
		t.Error("an offer is answered by what does not answer it, or twice")
	}
	if d.collides() {
		t.Error("there is no offer to collide with")
	}
	d.offer(n, false, noon)
	if !d.collides() || d.first == 0 {
		t.Error("who is not polite must ignore the other's offer")
	}
	if d.polite = true; d.collides() || d.first != 0 {
		t.Error("who is polite must give way")
	}
}

// description is what a connection of this program offers, made of lines that matter here.
func description(change ...string) string {
	text := strings.Join([]string{
		"v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=fingerprint:sha-256 AA:BB", "a=group:BUNDLE 0 1 2 3",
		"m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=mid:0",
		"m=video 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", "a=mid:1",
		"m=video 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", "a=mid:2",
		"m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=mid:3", "",
	}, "\r\n")
	return strings.NewReplacer(change...).Replace(text)
}

func TestDescriptions(t *testing.T) {
	if fingerprint, err := checkDescription(description()); err != nil || fingerprint != "sha-256 aa:bb" {
		t.Fatalf("%q, %v", fingerprint, err)
	}
	many := strings.Repeat("a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n", content.MaxCandidates+1)
	for name, text := range map[string]string{
		"nothing":             "",
		"no description":      "hello",
		"no fingerprint":      description("a=fingerprint:sha-256 AA:BB\r\n", ""),
		"another hash":        description("sha-256", "sha-1"),
		"two fingerprints":    description("a=mid:2", "a=fingerprint:sha-256 AA:CC"),
		"fewer sections":      description("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:3\r\n", ""),
		"another order":       description("m=audio 9 UDP/TLS/RTP/SAVPF 111", "m=video 9 UDP/TLS/RTP/SAVPF 96"),
		"keys in clear":       description("a=mid:2", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x"),
		"too many candidates": description("a=mid:2\r\n", many),
		"a name":              description("a=mid:2", "a=candidate:1 1 udp 1 evil.example 9 typ host"),
		"a section more":      description() + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:4\r\n",
		"several qualities":   description("a=mid:2", "a=rid:h send"),
		"too long":            description("a=mid:2", "a=x:"+strings.Repeat("x", content.MaxSDP)),
		"too many lines":      description("a=mid:2\r\n", strings.Repeat("a=x\r\n", maxAttributes)),
	} {
		if _, err := checkDescription(text); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestCandidates(t *testing.T) {
	for text, taken := range map[string]bool{
		"candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host":                                  true,
		"candidate:1 1 udp 2130706431 2001:db8::1 5000 typ host":                                true,
		"candidate:1 1 udp 1694498815 198.51.100.1 5000 typ srflx raddr 192.0.2.1 rport 5000":   true,
		"candidate:1 1 udp 2130706431 b2ad4a5c-5b0e-4b8b-9b8e-2f1f2f1f2f1f.local 5000 typ host": false,
		"candidate:1 1 udp 2130706431 evil.example 5000 typ host":                               false,
		"candidate:1 1 udp 2130706431 224.0.0.251 5353 typ host":                                false,
		"candidate:1 1 udp 2130706431 255.255.255.255 5000 typ host":                            false,
		"candidate:1 1 udp 2130706431 0.0.0.0 5000 typ host":                                    false,
		"candidate:1 1 udp 2130706431 192.0.2.1 0 typ host":                                     false,
		"candidate:1 1 udp": false,
		"":                  false,
		"candidate:" + strings.Repeat("1", content.MaxCandidateText): false,
	} {
		if err := checkCandidate(text); (err == nil) != taken {
			t.Errorf("%.60q: %v", text, err)
		}
	}
}

// FuzzDescriptions looks for a description that stops the program: here, or in the connection that it is given to.
func FuzzDescriptions(f *testing.F) {
	p := New(Config{})
	f.Add(description())
	f.Add(realDescription(f, p))
	f.Fuzz(func(t *testing.T, text string) {
		fingerprint, err := checkDescription(text)
		if err != nil {
			return
		}
		if !strings.HasPrefix(fingerprint, "sha-256 ") {
			t.Errorf("fingerprint %q", fingerprint)
		}
		pc := newConnection(t, p)
		defer pc.Close()
		if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: text}); err == nil {
			pc.CreateAnswer(nil) // may be refused as well
		}
	})
}

// realDescription is what this program offers.
func realDescription(t testing.TB, p *Phone) string {
	t.Helper()
	pc := newConnection(t, p)
	defer pc.Close()
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	return offer.SDP
}

// newConnection is one with the sections of the protocol.
func newConnection(t testing.TB, p *Phone) *webrtc.PeerConnection {
	t.Helper()
	api, err := p.api(&connection{})
	if err != nil {
		t.Fatal(err)
	}
	pc, err := api.NewPeerConnection(webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo, webrtc.RTPCodecTypeVideo} {
		if _, err := pc.AddTransceiverFromKind(kind); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := pc.CreateDataChannel("state", nil); err != nil {
		t.Fatal(err)
	}
	return pc
}

// TestOwnDescriptions are taken, too.
func TestOwnDescriptions(t *testing.T) {
	if _, err := checkDescription(realDescription(t, New(Config{}))); err != nil {
		t.Error(err)
	}
}

func TestState(t *testing.T) {
	for flags := range byte(16) {
		state, ok := parseState([]byte{stateVersion, flags})
		if !ok || state.encode()[1] != flags {
			t.Errorf("flags %d come back as %+v", flags, state)
		}
	}
	for _, wrong := range [][]byte{nil, {1}, {2, 0}} {
		if _, ok := parseState(wrong); ok {
			t.Errorf("%v is taken", wrong)
		}
	}
}
