package wire

import (
	"errors"
	"slices"
	"time"

	"gossip/common/id"
)

// Limits of calls that are part of the protocol.
const (
	MaxCallDevices = 64  // devices in one roster
	MaxICEServers  = 8   // entries in ig or turn
	MaxICEURLs     = 16  // of one entry
	MaxICEText     = 512 // bytes of a URL, a user name or a credential
)

// StartCall says that this device is in the call of a channel (start_call). Where none is running it begins one, with this
// id; where another is, the answer names that one and the device is in it. A device says so again whenever it has connected
// anew, since a hub keeps no roster on disk. Answered by gmp with Re. Calls between two people need no packet to the hub.
type StartCall struct {
	Channel id.ChannelID `cbor:"1,keyasint"`
	Call    id.CallID    `cbor:"2,keyasint"`
	// What the last roster said of the call and of this device, Unix milliseconds: a hub that has lost the roster takes
	// them, within bounds. 0: just now.
	Started uint64 `cbor:"3,keyasint,omitempty"`
	Joined  uint64 `cbor:"4,keyasint,omitempty"`
}

// HangUp says that this device is no longer in a call (hang-up). Answered by gmp with Re.
type HangUp struct {
	Channel id.ChannelID `cbor:"1,keyasint"`
	Call    id.CallID    `cbor:"2,keyasint"`
}

// CallRosterRequest asks for the roster of a channel's call (gmp, from a device).
type CallRosterRequest struct {
	Channel id.ChannelID `cbor:"1,keyasint"`
}

// CallRoster is who is in a channel's call (gmp, from the hub): the whole of it, to every member, whenever it changes and
// after ig. Without devices no call is running, or it has just ended.
type CallRoster struct {
	Channel id.ChannelID `cbor:"1,keyasint"`
	Call    id.CallID    `cbor:"2,keyasint,omitzero"` // zero: no call has been running
	Started uint64       `cbor:"3,keyasint,omitempty"`
	Devices []CallDevice `cbor:"4,keyasint,omitempty"` // by Joined, then by device; at most MaxCallDevices
}

// CallDevice is one device in a call.
type CallDevice struct {
	Device id.DeviceID `cbor:"1,keyasint"`
	Joined uint64      `cbor:"2,keyasint"` // the hub's clock, Unix milliseconds
}

// ICEServer is one STUN or TURN server (RFC 8489, RFC 8656) in the form that WebRTC takes, with credentials that end.
type ICEServer struct {
	URLs       []string `cbor:"1,keyasint"` // RFC 7064 and RFC 7065
	Username   string   `cbor:"2,keyasint,omitempty"`
	Credential string   `cbor:"3,keyasint,omitempty"`
	Expires    uint64   `cbor:"4,keyasint,omitempty"` // Unix milliseconds after which no relay can be had with them; 0 = never
}

// ExpiresAt is Expires as a time; zero where it is 0.
func (s ICEServer) ExpiresAt() time.Time {
	if s.Expires == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(s.Expires))
}

// ICEServers answers a device that asked for fresh credentials with an empty turn (turn, from the hub, with Re). None:
// this hub helps nobody through their NAT.
type ICEServers struct {
	Servers []ICEServer `cbor:"1,keyasint,omitempty"`
}

func (s *StartCall) validate() error {
	if s.Started > latestTime || s.Joined > latestTime {
		return errors.New("a time out of range")
	}
	return callOf(s.Channel, s.Call)
}

func (h *HangUp) validate() error { return callOf(h.Channel, h.Call) }

func (r *CallRosterRequest) validate() error {
	if r.Channel == id.NoChannel {
		return errors.New("no channel")
	}
	return nil
}

func (r *CallRoster) validate() error {
	if r.Channel == id.NoChannel || r.Call == id.NoCall && (len(r.Devices) > 0 || r.Started > 0) || r.Started > latestTime {
		return errors.New("a roster of no call")
	}
	for i := range r.Devices {
		if r.Devices[i].Device == id.NoDevice || r.Devices[i].Joined > latestTime {
			return errors.New("a roster that names no device, or a time out of range")
		}
		if i > 0 && r.Devices[i-1].Compare(r.Devices[i]) >= 0 {
			return errors.New("a roster out of order")
		}
	}
	return atMost(bound{"devices", len(r.Devices), MaxCallDevices})
}

// Compare orders a roster: who joined first, then by device.
func (d CallDevice) Compare(other CallDevice) int {
	switch {
	case d.Joined < other.Joined:
		return -1
	case d.Joined > other.Joined:
		return 1
	}
	return slices.Compare(d.Device[:], other.Device[:])
}

func (s *ICEServers) validate() error { return checkICEServers(s.Servers) }

func checkICEServers(servers []ICEServer) error {
	if err := atMost(bound{"ICE servers", len(servers), MaxICEServers}); err != nil {
		return err
	}
	for _, s := range servers {
		if len(s.URLs) == 0 || s.Expires > latestTime {
			return errors.New("an ICE server without a URL, or a time out of range")
		}
		if err := atMost(bound{"URLs", len(s.URLs), MaxICEURLs}, bound{"user name", len(s.Username), MaxICEText}, bound{"credential", len(s.Credential), MaxICEText}); err != nil {
			return err
		}
		for _, url := range s.URLs {
			if err := atMost(bound{"URL", len(url), MaxICEText}); err != nil {
				return err
			}
		}
	}
	return nil
}

func callOf(channel id.ChannelID, call id.CallID) error {
	if channel == id.NoChannel || call == id.NoCall {
		return errors.New("no channel or no call")
	}
	return nil
}

// latestTime bounds what is written as a time: the end of the year 9999 in Unix milliseconds.
const latestTime = 253402300799999
