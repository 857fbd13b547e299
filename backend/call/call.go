// Package call makes calls between devices: who calls whom and who is in (fsm.go, pure), what two devices agree on
// (dialog.go and description.go, pure), and the mesh of connections that carries sound and pictures (peer.go, over WebRTC).
// A Phone holds it together: one goroutine owns all of a call, everything else posts to it.
//
// Sound and pictures are encoded once a source and shared by all peers. What is negotiated travels only in what Signals
// encrypts for the other device, so that the DTLS fingerprints that a connection is checked against are the peers' own.
package call

import (
	"context"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/transport/v4"

	"gossip/common/content"
	"gossip/common/id"
)

// Room is where a call takes place: a channel of a hub, or the direct conversation with a user there. Exactly one of
// Channel and User is set.
type Room struct {
	Hub     id.HubID
	Channel id.ChannelID
	User    id.UserID
}

// Direct reports whether the call is between two people.
func (r Room) Direct() bool { return r.User != id.NoUser }

// Roster is who is in the call of a channel, as the hub tells it.
type Roster struct {
	Call    id.CallID // NoCall: none runs
	Started time.Time
	Devices []Listed // who joined first stands first
}

// Listed is a device in a roster.
type Listed struct {
	Device id.DeviceID
	User   id.UserID // NoUser where nobody who may be in is known to have the device
	Joined time.Time
}

// Relay is a STUN or TURN server.
type Relay struct {
	URLs       []string
	Username   string
	Credential string
}

// relays reports whether it carries packets, as TURN does; STUN only tells of addresses.
func (r Relay) relays() bool { return r.Credential != "" }

// Peer is what is known of a device's owner.
type Peer struct {
	Name     string
	Verified bool // their identity was compared, or proved by an invite link
}

// Signals is the way to the other devices, and what is known of them. Its methods do not wait for the network.
type Signals interface {
	// Say tells everybody in the room, those who are away too, and shows it in the conversation.
	Say(room Room, event content.Call) error
	// Note shows in the conversation on this device what a call by somebody has come to.
	Note(room Room, by id.UserID, event content.Call) error
	// Negotiate sends an Offer, an Answer or an ICE to one device, encrypted. It may be lost.
	Negotiate(room Room, to id.DeviceID, body content.Body) error
	// Join tells the hub that this device is in the call of a channel; times are those of the last roster, zero for now.
	Join(room Room, call id.CallID, started, joined time.Time) error
	// Leave tells the hub that it no longer is.
	Leave(room Room, call id.CallID) error
	// Relays are the hub's servers; none where it has none.
	Relays(hub id.HubID) []Relay
	// Peer describes a user; it is asked often.
	Peer(hub id.HubID, user id.UserID) Peer
	// Stranger reports whether the person has never accepted the user: then they do not learn this device's address where
	// a relay can hide it.
	Stranger(hub id.HubID, user id.UserID) bool
}

// Sample is one Opus packet of 20 ms, or one VP8 frame.
type Sample struct {
	Data     []byte
	Duration time.Duration
	Keyframe bool
}

// Capture is one source: microphone, camera or screen; encoded once, shared by all peers.
type Capture interface {
	// Read waits for the next sample; an error ends the source.
	Read(ctx context.Context) (Sample, error)
	// SetBitrate sets what the encoder aims at, in bits a second.
	SetBitrate(bitsPerSecond int)
	// RequestKeyframe has the next picture stand for itself.
	RequestKeyframe()
	Close() error
}

// PlaybackStats counts what was played of one participant, in samples of 48 kHz.
type PlaybackStats struct {
	Samples   uint64 // played
	Concealed uint64 // of them made up, because the packet was missing
	Delay     time.Duration
}

// Playback takes what one participant says: RTP packets in any order, with losses.
type Playback interface {
	WriteRTP(*rtp.Packet) error
	SetVolume(float64) // 1 is as it came
	Level() float64    // 0 to 1, of the last moment
	Stats() PlaybackStats
	Close() error
}

// Pictures takes VP8 frames of one participant's camera or screen, whole and in order.
type Pictures interface {
	WriteFrame(data []byte, keyframe bool, timestamp time.Duration) error
	Close() error
}

// Kinds of sources, as Media.Show names them.
const (
	KindCamera = "camera"
	KindScreen = "screen"
)

// Media is the machine's sound and picture. Errors are sentences for a person.
type Media interface {
	Microphone(device string) (Capture, error)
	Camera(device string) (Capture, error)
	Screen(source string) (Capture, error)
	Play(participant string) (Playback, error)
	Show(participant, kind string) (Pictures, error)
}

// Network is what connections are made over; nil stands for the machine's.
type Network = transport.Net
