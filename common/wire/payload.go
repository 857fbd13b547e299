package wire

import (
	"errors"
	"fmt"
	"time"

	"gossip/common/id"
)

// Greeting opens a connection (grtng).
type Greeting struct {
	Version uint   `cbor:"1,keyasint"`
	Card    []byte `cbor:"2,keyasint"` // the device's own card, at most MaxCard
	Client  string `cbor:"3,keyasint,omitempty"`
}

// HubGreeting answers it (hru).
type HubGreeting struct {
	Version       uint   `cbor:"1,keyasint"`
	Certificate   []byte `cbor:"2,keyasint"` // OpenPGP certificate whose primary key is the SSH host key
	Name          string `cbor:"3,keyasint"`
	Motd          string `cbor:"4,keyasint,omitempty"` // message of the day
	NeedsPassword bool   `cbor:"5,keyasint,omitempty"`
}

// Credentials prove that the device may use the hub (ighru); sealed to the hub and signed by the device.
type Credentials struct {
	Password string `cbor:"1,keyasint,omitempty"`
	Token    []byte `cbor:"2,keyasint,omitempty"` // invite token
	Session  []byte `cbor:"3,keyasint"`           // SSH session identifier (RFC 4253 section 7.2): a recording is worthless elsewhere
}

// Welcome says that the device is in (ig); sealed to the device.
type Welcome struct {
	User       id.UserID        `cbor:"1,keyasint"`
	Name       string           `cbor:"2,keyasint"` // the account's name on this hub
	Now        uint64           `cbor:"3,keyasint"` // the hub's clock, Unix milliseconds
	Channels   []ChannelSummary `cbor:"4,keyasint,omitempty"`
	ICEServers []ICEServer      `cbor:"5,keyasint,omitempty"` // none: this hub offers neither STUN nor TURN
	Limits     HubLimits        `cbor:"6,keyasint"`
	Session    []byte           `cbor:"7,keyasint"` // as in Credentials
}

// HubLimits are the limits that a device has to keep to on this hub.
type HubLimits struct {
	PacketsPerSecond uint `cbor:"1,keyasint"` // sustained
	PacketBurst      uint `cbor:"2,keyasint"`
	RetentionSeconds uint `cbor:"3,keyasint"` // how long a waiting packet is kept; 0 = only online recipients get it
}

// ChannelSummary is where a channel stands: enough to list it and to see whether one's copy of its log is old.
type ChannelSummary struct {
	Channel id.ChannelID `cbor:"1,keyasint"`
	Name    string       `cbor:"2,keyasint"`
	Topic   string       `cbor:"3,keyasint,omitempty"`
	Public  bool         `cbor:"4,keyasint,omitempty"`
	Members uint         `cbor:"5,keyasint,omitempty"`
	Length  uint64       `cbor:"6,keyasint"`           // statements in the log
	Head    [32]byte     `cbor:"7,keyasint"`           // the log's hash at that length
	Last    uint64       `cbor:"8,keyasint,omitempty"` // last sequence of the channel's journal
	Member  bool         `cbor:"9,keyasint,omitempty"` // whether the asking user is in
	Invited bool         `cbor:"10,keyasint,omitempty"`
}

// CardRequest asks for cards and for a channel's log (gmk). Answered by any number of ckp and cup and one eok, all with Re.
type CardRequest struct {
	Users   []WantedCard  `cbor:"1,keyasint,omitempty"` // at most MaxCardsWanted
	Names   []string      `cbor:"2,keyasint,omitempty"` // account names, at most 16
	Devices []id.DeviceID `cbor:"3,keyasint,omitempty"` // whose card is not known; at most 16
	Channel id.ChannelID  `cbor:"4,keyasint,omitzero"`  // whose log is wanted
	LogFrom uint64        `cbor:"5,keyasint,omitempty"` // the first statement wanted, from 0
}

// WantedCard names a user and the hash of the card one has, zero for none; an unchanged card is not sent again.
type WantedCard struct {
	User  id.UserID `cbor:"1,keyasint"`
	Known [32]byte  `cbor:"2,keyasint,omitzero"`
}

// Cards carries cards (ckp); sealed to the asking device, as many as fit in a packet.
type Cards struct {
	Cards [][]byte `cbor:"1,keyasint"`
}

// EndOfCards ends the answer to a CardRequest (eok).
type EndOfCards struct {
	Online  []id.UserID `cbor:"1,keyasint,omitempty"` // who of the users asked for is online
	Missing uint        `cbor:"2,keyasint,omitempty"` // how many of what was asked for the hub does not have
}

// ChannelUpdate tells of channels (cup): summaries of some, or a part of one channel's log.
type ChannelUpdate struct {
	Summaries  []ChannelSummary `cbor:"1,keyasint,omitempty"` // at most MaxSummaries
	Channel    id.ChannelID     `cbor:"2,keyasint,omitzero"`
	From       uint64           `cbor:"3,keyasint,omitempty"` // index of the first statement below
	Statements [][]byte         `cbor:"4,keyasint,omitempty"` // at most MaxStatements
}

// Removed says that a device or a user is gone (rmk).
type Removed struct {
	User   id.UserID   `cbor:"1,keyasint"`
	Device id.DeviceID `cbor:"2,keyasint,omitzero"` // zero: the whole user
}

// Ack is cumulative from a device: everything in the journal up to Seq is safely kept here; the first one for a
// journal in a connection starts its delivery after Seq. From the hub, with Re, it says that one packet is on disk.
type Ack struct {
	Channel id.ChannelID `cbor:"1,keyasint,omitzero"`  // zero: the device's inbox
	Seq     uint64       `cbor:"2,keyasint,omitempty"` // from the hub: the position of the packet, in channels only
	At      uint64       `cbor:"3,keyasint,omitempty"` // from the hub: time of receipt, Unix milliseconds
}

// Presence tells who came, went, or has a new card (presence). It is sent by the hub, gathered over about a second.
type Presence struct {
	Entries []PresenceEntry `cbor:"1,keyasint"` // at most MaxPresence
}

// PresenceEntry is one user's present state.
type PresenceEntry struct {
	User   id.UserID `cbor:"1,keyasint"`
	Online bool      `cbor:"2,keyasint,omitempty"`
	Card   [32]byte  `cbor:"3,keyasint"` // hash of the newest card
}

// ErrorCode is what a program decides by; the sentence beside it is for a person.
type ErrorCode string

// Error codes. Those marked "ends" are followed by the end of the connection.
const (
	CodeMalformed     ErrorCode = "malformed"      // ends
	CodeVersion       ErrorCode = "version"        // ends: the protocol versions do not meet
	CodeCard          ErrorCode = "card"           // ends: the card does not verify or is not this device's
	CodeStaleList     ErrorCode = "stale_list"     // ends: Detail is the newest card; sign a newer device list
	CodeNameTaken     ErrorCode = "name_taken"     // ends: choose another name
	CodePassword      ErrorCode = "password"       // wrong password or invite token
	CodeBanned        ErrorCode = "banned"         // ends
	CodeTimeout       ErrorCode = "timeout"        // ends: not logged in within the time
	CodeReplaced      ErrorCode = "replaced"       // ends: the same device connected again
	CodeSlow          ErrorCode = "slow"           // ends: does not read fast enough; connect again and resume
	CodeShutdown      ErrorCode = "shutdown"       // ends: the hub goes down; come back after RetryAfter
	CodeFlood         ErrorCode = "flood"          // ends
	CodeRate          ErrorCode = "rate"           // the packet was not taken; again after RetryAfter
	CodeLimit         ErrorCode = "limit"          // some other limit, named in the sentence
	CodeNotMember     ErrorCode = "not_member"     // the channel does not exist or one is not in it
	CodeUnknownDevice ErrorCode = "unknown_device" // no such recipient
	CodeConflict      ErrorCode = "conflict"       // the channel's log has gone on: fetch it and sign again
	CodeForbidden     ErrorCode = "forbidden"      // the role does not allow it
	CodeExpired       ErrorCode = "expired"        // Detail is an ExpiredNotice
	CodeStorage       ErrorCode = "storage"        // the hub can't write to its disk; try again after RetryAfter
	CodeInternal      ErrorCode = "internal"
)

// Error is a refusal (err).
type Error struct {
	Code       ErrorCode `cbor:"1,keyasint"`
	Sentence   string    `cbor:"2,keyasint"`           // says what to do next; at most MaxSentence
	RetryAfter uint      `cbor:"3,keyasint,omitempty"` // milliseconds
	Detail     []byte    `cbor:"4,keyasint,omitempty"`
}

// Error is the sentence, so that a refusal can travel as a Go error.
func (e *Error) Error() string { return e.Sentence }

// Wait is RetryAfter as a duration.
func (e *Error) Wait() time.Duration { return time.Duration(e.RetryAfter) * time.Millisecond }

// ExpiredNotice tells that waiting packets were dropped by the hub's limits before the device fetched them.
type ExpiredNotice struct {
	Channel id.ChannelID `cbor:"1,keyasint,omitzero"` // zero: the inbox
	After   uint64       `cbor:"2,keyasint,omitempty"`
	Count   uint64       `cbor:"3,keyasint"`
}

func (g *Greeting) validate() error {
	return atMost(bound{"card", len(g.Card), MaxCard}, bound{"client", len(g.Client), 128})
}

func (g *HubGreeting) validate() error {
	return atMost(bound{"certificate", len(g.Certificate), MaxCard}, bound{"name", len(g.Name), 256}, bound{"message of the day", len(g.Motd), 4096})
}

func (c *Credentials) validate() error {
	return atMost(bound{"password", len(c.Password), MaxPassword}, bound{"token", len(c.Token), 64}, bound{"session", len(c.Session), 64})
}

func (w *Welcome) validate() error {
	if err := atMost(bound{"channels", len(w.Channels), MaxSummaries}); err != nil {
		return err
	}
	return checkICEServers(w.ICEServers)
}

func (r *CardRequest) validate() error {
	return atMost(bound{"users", len(r.Users), MaxCardsWanted}, bound{"names", len(r.Names), 16}, bound{"devices", len(r.Devices), 16})
}

func (c *Cards) validate() error {
	for _, card := range c.Cards {
		if len(card) > MaxCard {
			return errors.New("a card is too large")
		}
	}
	return nil
}

func (u *ChannelUpdate) validate() error {
	if err := atMost(bound{"summaries", len(u.Summaries), MaxSummaries}, bound{"statements", len(u.Statements), MaxStatements}); err != nil {
		return err
	}
	for _, statement := range u.Statements {
		if len(statement) > MaxStatement {
			return errors.New("a statement is too large")
		}
	}
	return nil
}

func (p *Presence) validate() error { return atMost(bound{"entries", len(p.Entries), MaxPresence}) }

func (e *Error) validate() error {
	return atMost(bound{"sentence", len(e.Sentence), MaxSentence}, bound{"detail", len(e.Detail), MaxCard})
}

// bound is a length and its limit.
type bound struct {
	name          string
	length, limit int
}

// atMost names the first length that is over its limit.
func atMost(bounds ...bound) error {
	for _, b := range bounds {
		if b.length > b.limit {
			return fmt.Errorf("%s: %d, at most %d", b.name, b.length, b.limit)
		}
	}
	return nil
}
