package call

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"time"

	"gossip/common/id"
)

// Limits of a mesh, this device included: every source goes to every other device, so that the way up is the first to be full.
const (
	MaxWithVideo = 4
	MaxWithVoice = 8
)

// Info is what a person sees of the call. The zero Info is no call.
type Info struct {
	Phase        Phase         `json:"phase"`
	Room         Room          `json:"-"`
	Conversation string        `json:"conversation,omitempty"` // Room as text
	Call         string        `json:"call,omitempty"`
	Video        bool          `json:"video,omitempty"` // it was begun with pictures
	Incoming     bool          `json:"incoming,omitempty"`
	Caller       string        `json:"caller,omitempty"` // user
	CallerName   string        `json:"caller_name,omitempty"`
	State        string        `json:"state,omitempty"`      // a few words
	Started      string        `json:"started,omitempty"`    // when somebody was first connected; RFC 3339
	Muted        bool          `json:"muted,omitempty"`      // this device's microphone
	Deafened     bool          `json:"deafened,omitempty"`   // nothing is heard here
	Camera       bool          `json:"camera,omitempty"`     // this device's
	Screen       bool          `json:"screen,omitempty"`     // is shared by this device
	Speaking     bool          `json:"speaking,omitempty"`   // this person
	Participants []Participant `json:"participants"`         // the other devices
	Encryption   string        `json:"encryption,omitempty"` // a sentence
	Verified     bool          `json:"verified,omitempty"`   // everybody's identity was
	Relay        bool          `json:"relay"`                // the hub relays calls for those who cannot reach each other
	Warning      string        `json:"warning,omitempty"`    // a sentence: too many are in
	Trouble      string        `json:"trouble,omitempty"`    // a sentence: what is wrong with this device's sound or picture
	Ended        string        `json:"ended,omitempty"`      // without a call: why the last one ended; a sentence
	Running      []Running     `json:"running,omitempty"`    // calls in channels that one can join
}

// Participant is another device in the call.
type Participant struct {
	User       string     `json:"user"`
	Device     string     `json:"device"`
	Name       string     `json:"name"`
	Verified   bool       `json:"verified,omitempty"`
	State      string     `json:"state"` // "connecting", "connected" or "reconnecting"
	Muted      bool       `json:"muted,omitempty"`
	Deafened   bool       `json:"deafened,omitempty"`
	Camera     bool       `json:"camera,omitempty"`
	Screen     bool       `json:"screen,omitempty"`
	Speaking   bool       `json:"speaking,omitempty"`
	Quality    string     `json:"quality"` // "good", "fair", "poor" or "" while nothing is known
	Words      string     `json:"words"`   // the quality in plain words
	Volume     float64    `json:"volume"`  // 0 to 2
	Statistics Statistics `json:"statistics"`
}

// Running is a call in a channel.
type Running struct {
	Room         Room     `json:"-"`
	Conversation string   `json:"conversation"`
	Started      string   `json:"started"`
	Users        []string `json:"users"`
	Names        []string `json:"names"` // of the users, in their order
}

// speakingLevel is the level above which somebody counts as speaking.
const speakingLevel = 0.03

// Info returns what a person sees of the call now.
func (p *Phone) Info() Info {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.info
}

// tell notes what a person sees, and says so when it has changed.
func (p *Phone) tell() {
	info := p.snapshot()
	p.mu.Lock()
	changed := !reflect.DeepEqual(p.info, info)
	p.info = info
	p.mu.Unlock()
	if changed {
		p.Changed(info)
	}
}

func (p *Phone) snapshot() Info {
	m := p.machine
	info := Info{Phase: m.phase, Ended: m.ended, Participants: []Participant{}, Running: p.running()}
	if m.phase == Idle {
		return info
	}
	own := p.own()
	info.Room, info.Call, info.Video = m.room, m.call.String(), m.video
	info.Incoming, info.Caller = m.caller != m.self, m.caller.String()
	info.CallerName = p.Signals.Peer(m.room.Hub, m.caller).Name
	info.Started, info.Relay = timestamp(m.started), p.canRelay(m.room.Hub)
	info.Muted, info.Deafened, info.Camera, info.Screen, info.Trouble = own.muted, own.deafened, own.camera, own.screen, p.trouble()
	info.Speaking = !own.muted && p.ownLevel() >= speakingLevel
	info.Verified = true
	for _, device := range m.Members() {
		one := p.participant(device, m.members[device])
		info.Participants = append(info.Participants, one)
		info.Verified = info.Verified && one.Verified
	}
	info.Verified = info.Verified && len(info.Participants) > 0
	info.State, info.Warning, info.Encryption = stateOf(m, info.Participants), crowded(&info), encryption(&info)
	return info
}

// trouble is the first thing that is wrong with this device's sound or picture.
func (p *Phone) trouble() string {
	for _, kind := range []string{kindMicrophone, kindSpeaker, KindCamera, KindScreen} {
		if p.troubles[kind] != "" {
			return p.troubles[kind]
		}
	}
	return ""
}

func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}

// ownLevel is how loud the microphone is, where it says so.
func (p *Phone) ownLevel() float64 {
	if p.sending == nil || p.sending.sources[kindMicrophone] == nil {
		return 0
	}
	if meter, ok := p.sending.sources[kindMicrophone].capture.(interface{ Level() float64 }); ok {
		return meter.Level()
	}
	return 0
}

func (p *Phone) participant(device id.DeviceID, member *Member) Participant {
	person := p.Signals.Peer(p.machine.room.Hub, member.User)
	one := Participant{User: member.User.String(), Device: device.String(), Name: person.Name, Verified: person.Verified, State: "connecting", Volume: 1}
	if v, set := p.volumes[member.User]; set {
		one.Volume = v
	}
	q := p.peers[device]
	if q == nil {
		return one
	}
	one.Muted, one.Deafened, one.Camera, one.Screen = q.state.muted, q.state.deafened, q.state.camera, q.state.screen
	one.Statistics = q.figures
	switch {
	case q.connected:
		one.State = "connected"
		one.Quality, one.Words = quality(&q.figures)
		if q.link != nil && q.link.spared {
			one.Quality, one.Words = "poor", "The connection is too slow for pictures, so only sound is sent."
		}
		one.Speaking = !q.state.muted && q.receiving.playback != nil && q.receiving.playback.Level() >= speakingLevel
	case member.Connected:
		one.State, one.Quality, one.Words = "reconnecting", "poor", "The connection was lost; looking for another way."
	}
	return one
}

// Bounds of what is told as good or fair.
const (
	fairLoss, poorLoss           = 0.03, 0.10
	fairRoundTrip, poorRoundTrip = 250.0, 500.0 // milliseconds
	fairJitter                   = 40.0         // milliseconds
)

// quality says in plain words how good a connection is.
func quality(f *Statistics) (mark, words string) {
	switch {
	case f.Loss >= poorLoss:
		return "poor", "Much of what is sent is lost on the way."
	case f.RoundTrip >= poorRoundTrip:
		return "poor", "What is said takes long to arrive."
	case f.Loss >= fairLoss:
		return "fair", "Some of what is sent is lost on the way."
	case f.RoundTrip >= fairRoundTrip:
		return "fair", "What is said takes a moment to arrive."
	case f.Jitter >= fairJitter:
		return "fair", "The connection is uneven."
	}
	return "good", "The connection is good."
}

// stateOf says where the call stands.
func stateOf(m *Machine, participants []Participant) string {
	connected, again := false, false
	for _, one := range participants {
		connected, again = connected || one.State == "connected", again || one.State == "reconnecting"
	}
	switch {
	case m.phase == Ringing:
		return "is calling"
	case m.phase == Calling:
		return "calling"
	case connected:
		return "connected"
	case again:
		return "reconnecting"
	case len(participants) > 0:
		return "connecting"
	}
	return "nobody else is here yet"
}

// crowded warns of a mesh that is too large.
func crowded(info *Info) string {
	people, video := len(info.Participants)+1, info.Camera || info.Screen
	for _, one := range info.Participants {
		video = video || one.Camera || one.Screen
	}
	switch {
	case video && people > MaxWithVideo:
		return fmt.Sprintf("%d people are in this call. Everybody sends their picture to each of the others, so with more than %d most connections are too slow for it: turn cameras off if it falters.", people, MaxWithVideo)
	case people > MaxWithVoice:
		return fmt.Sprintf("%d people are in this call. Everybody sends their voice to each of the others, so with more than %d some connections are too slow for it: it may falter.", people, MaxWithVoice)
	}
	return ""
}

// encryption is the sentence for the lock.
func encryption(info *Info) string {
	var open []string
	for _, one := range info.Participants {
		if !one.Verified {
			open = append(open, one.Name)
		}
	}
	const sure = "Sound and pictures are encrypted from device to device."
	switch {
	case len(info.Participants) == 0:
		return sure
	case len(open) == 0:
		return sure + " You have verified everybody who is in."
	case len(open) == 1:
		return sure + " Compare safety numbers with " + open[0] + " to be sure that it is really them."
	}
	return sure + fmt.Sprintf(" %d people in this call are not verified: compare safety numbers to be sure who they are.", len(open))
}

// running lists the calls that could be joined.
func (p *Phone) running() []Running {
	var list []Running
	for room, roster := range p.machine.running {
		one := Running{Room: room, Started: timestamp(roster.Started)}
		for _, l := range roster.Devices {
			if l.User != id.NoUser {
				one.Users, one.Names = append(one.Users, l.User.String()), append(one.Names, p.Signals.Peer(room.Hub, l.User).Name)
			}
		}
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b Running) int {
		return cmp.Or(cmp.Compare(a.Started, b.Started), slices.Compare(a.Room.Channel[:], b.Room.Channel[:]))
	})
	return list
}
