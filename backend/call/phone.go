package call

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"gossip/common/content"
	"gossip/common/id"
)

// ErrClosed is returned by commands to a phone whose Run has ended.
var ErrClosed = errors.New("the client is closed")

// Config is what a Phone needs.
type Config struct {
	Self      id.UserID
	Device    id.DeviceID
	Signals   Signals
	Media     Media       // nil: this build has neither sound nor picture
	Network   Network     // nil: the machine's
	Loopback  bool        // takes the addresses of this machine alone for candidates, too
	RelayOnly func() bool // the person hides this device's address from everybody
	// StartMuted has a call begin with the microphone giving silence.
	StartMuted func() bool
	Changed    func(Info) // called by the phone's goroutine when something that a person sees has changed; must not block
	Log        *slog.Logger
}

// tickEvery is how often a call is looked after.
const tickEvery = 250 * time.Millisecond

// Phone is a device's way to call and be called. It is in one call at a time. Run brings it to life; its methods may be
// called from several goroutines.
type Phone struct {
	Config
	box     *mailbox
	stopped chan struct{}  // closed when Run has ended
	workers sync.WaitGroup // captures, readers, connections that are being closed

	// The following belongs to the goroutine of Run.
	ctx      context.Context
	machine  *Machine
	peers    map[id.DeviceID]*peer
	sending  *sending
	volumes  map[id.UserID]float64
	devices  map[string]string // kind of source -> which, as Media names it
	deafened bool
	muted    bool
	troubles map[string]string // kind of source, or kindSpeaker -> what is wrong with it: a sentence

	mu   sync.Mutex // guards the following
	info Info
}

// New returns a phone that is in no call.
func New(config Config) *Phone {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.RelayOnly == nil {
		config.RelayOnly = func() bool { return false }
	}
	if config.StartMuted == nil {
		config.StartMuted = func() bool { return false }
	}
	if config.Changed == nil {
		config.Changed = func(Info) {}
	}
	return &Phone{
		Config: config, box: newMailbox(), stopped: make(chan struct{}), machine: NewMachine(config.Self, config.Device),
		peers: map[id.DeviceID]*peer{}, volumes: map[id.UserID]float64{}, devices: map[string]string{}, troubles: map[string]string{},
	}
}

// Run handles everything until ctx ends; then it leaves the call without a word, which HangUp says before, and returns when all
// that it started has ended.
func (p *Phone) Run(ctx context.Context) {
	p.ctx = ctx
	defer p.workers.Wait()
	defer close(p.stopped)
	defer p.shut()
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		var tick <-chan time.Time
		if p.machine.phase != Idle {
			tick = ticker.C
		}
		select {
		case <-ctx.Done():
			return
		case <-p.box.wake:
			for _, action := range p.box.take() {
				action()
			}
		case <-tick:
			p.tick(time.Now())
		}
		p.tell()
	}
}

// shut ends every connection and source.
func (p *Phone) shut() {
	for device := range p.peers {
		p.drop(device)
	}
	p.closeSending()
}

// command runs do in the phone's goroutine and returns its error; Info tells of it then.
func (p *Phone) command(do func() error) error {
	done := make(chan error, 1)
	p.box.post(func() {
		err := do()
		p.tell()
		done <- err
	})
	select {
	case err := <-done:
		return err
	case <-p.stopped:
		return ErrClosed
	}
}

// input has the machine take an input that a person gives.
func (p *Phone) input(in Input) error {
	return p.command(func() error { return p.step(in) })
}

// Start begins a call in a room, or joins the one that runs in a channel.
func (p *Phone) Start(room Room, video bool) error {
	return p.command(func() error {
		if err := p.mayConnect(room.Hub); err != nil {
			return err
		}
		return p.step(Start{Room: room, Call: id.NewCallID(), Video: video})
	})
}

// Accept takes the call that rings.
func (p *Phone) Accept() error {
	return p.command(func() error {
		if err := p.mayConnect(p.machine.room.Hub); err != nil && p.machine.phase == Ringing {
			return err
		}
		return p.step(Accept{})
	})
}

// Decline refuses the call that rings.
func (p *Phone) Decline() error { return p.input(Decline{}) }

// HangUp leaves the call, or gives up calling.
func (p *Phone) HangUp() error { return p.input(HangUp{}) }

// Heard takes what somebody who may be heard in the room has said of a call, at the time when they sent it.
func (p *Phone) Heard(room Room, user id.UserID, device id.DeviceID, event content.Call, sent time.Time) {
	p.box.offer(func() {
		if event.Event == content.Ring {
			p.step(Ring{room, event.Call, user, device, event.Video, sent})
			return
		}
		p.step(Said{room, event.Call, user, device, event.Event})
	})
}

// Negotiated takes an Offer, an Answer or an ICE that a device entitled to be in the room has encrypted for this one.
func (p *Phone) Negotiated(room Room, user id.UserID, device id.DeviceID, body content.Body) {
	p.box.offer(func() { p.negotiated(room, user, device, body) })
}

// Told takes the hub's roster of a channel.
func (p *Phone) Told(room Room, roster Roster) {
	p.box.post(func() { p.step(Told{room, roster}) })
}

// Hub tells whether there is a connection to a hub.
func (p *Phone) Hub(hub id.HubID, online bool) {
	p.box.post(func() {
		if online {
			p.step(HubBack{hub})
			return
		}
		p.step(HubAway{hub})
	})
}

// Removed tells that a user is no longer in a channel.
func (p *Phone) Removed(room Room, user id.UserID) {
	p.box.post(func() { p.step(Removed{room, user}) })
}

// Blocked ends what there is with a user whom the person is about to block.
func (p *Phone) Blocked(user id.UserID) error { return p.input(Blocked{user}) }

// Refused tells that the hub does not let this device into the call of a channel.
func (p *Phone) Refused(room Room, sentence string) {
	p.box.post(func() { p.step(Refused{room, sentence}) })
}

// step gives the machine an input and does what follows; the error is a refusal, or what the first effect met.
func (p *Phone) step(in Input) error {
	var failed error
	for _, effect := range p.machine.Step(in, time.Now()) {
		if err := p.do(effect); err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

func (p *Phone) do(effect Effect) error {
	switch e := effect.(type) {
	case Say:
		return p.warn("tell of the call", p.Signals.Say(e.Room, e.Event))
	case Note:
		return p.warn("note the call", p.Signals.Note(e.Room, e.By, e.Event))
	case Open:
		p.openSending(e.Video)
	case Shut:
		p.closeSending()
	case Connect:
		p.connect(e)
	case Drop:
		p.drop(e.Device)
	case Enter:
		return p.warn("join the call", p.Signals.Join(e.Room, e.Call, e.Started, e.Joined))
	case Leave:
		return p.warn("leave the call", p.Signals.Leave(e.Room, e.Call))
	case Refuse:
		return sentence(e.Sentence)
	}
	return nil
}

func (p *Phone) warn(what string, err error) error {
	if err != nil {
		p.Log.Warn("could not "+what, "cause", err)
	}
	return err
}

// tick looks after the call.
func (p *Phone) tick(now time.Time) {
	p.step(Tick{})
	for _, device := range p.machine.Members() {
		if q := p.peers[device]; q != nil {
			p.lookAfter(q, now)
		}
	}
	p.adapt(now)
}

// negotiated passes on what a device says to the connection with it.
func (p *Phone) negotiated(room Room, user id.UserID, device id.DeviceID, body content.Body) {
	offer, isOffer := body.(content.Offer)
	if isOffer {
		p.step(Offered{room, offer.Call, user, device})
	}
	q := p.peers[device]
	if q == nil || room != p.machine.room || user != q.user {
		return
	}
	var err error
	switch b := body.(type) {
	case content.Offer:
		err = p.takeOffer(q, b)
	case content.Answer:
		err = p.takeAnswer(q, b)
	case content.ICE:
		err = p.takeCandidates(q, b)
	}
	if err != nil {
		p.Log.Warn("what a device negotiates was refused", "device", device, "cause", err)
	}
}
