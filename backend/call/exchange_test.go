package call_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gossip/backend/call"
	"gossip/backend/call/calltest"
	"gossip/common/content"
	"gossip/common/id"
)

// exchange joins phones directly: what one says the others hear a moment later, and it keeps the roster of a channel.
type exchange struct {
	t         testing.TB
	internet  *calltest.Internet
	stopRelay func()
	people    []*person

	mu     sync.Mutex // guards the following
	roster call.Roster
	relays []call.Relay
	lost   int           // every so many-th negotiation is lost; 0: none
	again  time.Duration // after which everything negotiated comes again; 0: it does not
	sent   int
	late   func(body content.Body) time.Duration // how much later than others something arrives; nil: all is as fast
	change func(body content.Body) content.Body  // what the one between does; nil: nothing
}

// person is a phone and its machine.
type person struct {
	*call.Phone
	exchange *exchange
	name     string
	user     id.UserID
	device   id.DeviceID
	media    *calltest.Media
	host     *calltest.Host
	hidden   bool // the person hides this device's address
	wary     bool // everybody is a stranger
	said     []content.Call
	takes    func(content.Body) // what others negotiate with the person, in the place of the phone; nil: the phone does
	told     []string           // descriptions and candidates that were sent, under the exchange's mu
}

var (
	hub     = id.HubID{1}
	channel = call.Room{Hub: hub, Channel: id.ChannelID{7}}
)

// signalTime is how long what is said through the hub takes.
const signalTime = 30 * time.Millisecond

// onExchange tells of people behind NATs.
func onExchange(t *testing.T, tell func(x *exchange), nats ...calltest.NAT) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		var running sync.WaitGroup
		x := &exchange{t: t, internet: calltest.NewInternet(t, nats...)}
		x.stopRelay = x.internet.StartRelay()
		for i := range nats {
			p := &person{exchange: x, name: fmt.Sprint("person ", i), user: id.UserID{byte(i + 1)}, device: id.DeviceID{byte(i + 1)}, media: calltest.NewMedia(), host: x.internet.Hosts[i]}
			p.Phone = call.New(call.Config{
				Self: p.user, Device: p.device, Signals: p, Media: p.media, Network: p.host.Net, RelayOnly: p.hides,
			})
			x.people = append(x.people, p)
			running.Go(func() { p.Run(ctx) })
		}
		defer func() {
			for _, p := range x.people {
				p.HangUp()
			}
			cancel()
			running.Wait()
			time.Sleep(time.Minute) // what asks the relay for something gives up
		}()
		tell(x)
	})
}

// later does something when the hub has passed it on.
func later(do func()) { time.AfterFunc(signalTime, do) }

func (p *person) Say(room call.Room, event content.Call) error {
	sent := time.Now()
	p.exchange.mu.Lock()
	p.said = append(p.said, event)
	p.exchange.mu.Unlock()
	for _, other := range p.exchange.people {
		if other != p && (!room.Direct() || other.user == room.User) {
			theirs := room
			if room.Direct() {
				theirs.User = p.user
			}
			later(func() { other.Heard(theirs, p.user, p.device, event, sent) })
		}
	}
	return nil
}

func (p *person) Note(call.Room, id.UserID, content.Call) error { return nil }

func (p *person) Negotiate(room call.Room, to id.DeviceID, body content.Body) error {
	x := p.exchange
	x.mu.Lock()
	x.sent++
	p.told = append(p.told, texts(body)...)
	if x.change != nil {
		body = x.change(body)
	}
	gone := x.lost > 0 && x.sent%x.lost == 0
	x.mu.Unlock()
	if gone {
		return nil
	}
	if room.Direct() {
		room.User = p.user
	}
	other := x.people[to[0]-1]
	if other.takes != nil {
		later(func() { other.takes(body) })
		return nil
	}
	wait := signalTime
	if x.late != nil {
		wait += x.late(body)
	}
	time.AfterFunc(wait, func() { other.Negotiated(room, p.user, p.device, body) })
	if x.again > 0 {
		time.AfterFunc(x.again, func() { other.Negotiated(room, p.user, p.device, body) })
	}
	return nil
}

func (p *person) Join(room call.Room, c id.CallID, _, _ time.Time) error {
	x := p.exchange
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.roster.Devices) == 0 {
		x.roster = call.Roster{Call: c, Started: time.Now()}
	}
	x.roster.Devices = append(x.roster.Devices[:len(x.roster.Devices):len(x.roster.Devices)], call.Listed{Device: p.device, User: p.user, Joined: time.Now()})
	x.tell(room)
	return nil
}

func (p *person) Leave(room call.Room, _ id.CallID) error {
	x := p.exchange
	x.mu.Lock()
	defer x.mu.Unlock()
	var rest []call.Listed
	for _, l := range x.roster.Devices {
		if l.Device != p.device {
			rest = append(rest, l)
		}
	}
	x.roster.Devices = rest
	x.tell(room)
	return nil
}

func (x *exchange) tell(room call.Room) {
	roster := x.roster
	for _, p := range x.people {
		later(func() { p.Told(room, roster) })
	}
}

func (p *person) Relays(id.HubID) []call.Relay {
	p.exchange.mu.Lock()
	defer p.exchange.mu.Unlock()
	return p.exchange.relays
}

func (p *person) Peer(_ id.HubID, user id.UserID) call.Peer {
	return call.Peer{Name: fmt.Sprint("person ", user[0]-1), Verified: true}
}

func (p *person) Stranger(id.HubID, id.UserID) bool { return p.wary }

func (p *person) hides() bool {
	p.exchange.mu.Lock()
	defer p.exchange.mu.Unlock()
	return p.hidden
}

// texts are the descriptions and candidates in what is negotiated.
func texts(body content.Body) (texts []string) {
	switch b := body.(type) {
	case content.Offer:
		return []string{b.SDP}
	case content.Answer:
		return []string{b.SDP}
	case content.ICE:
		for _, c := range b.Candidates {
			texts = append(texts, c.Text)
		}
	}
	return texts
}

// candidates are the candidates that the person has sent, each once, as they are written.
func (p *person) candidates() []string {
	p.exchange.mu.Lock()
	defer p.exchange.mu.Unlock()
	found := regexp.MustCompile(`candidate:[^\r\n]*`).FindAllString(strings.Join(p.told, " \n"), -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// withRelay offers STUN and TURN, withSTUN only what tells addresses.
func (x *exchange) withRelay() {
	x.relays = []call.Relay{{URLs: calltest.RelayURLs, Username: calltest.RelayUser, Credential: calltest.RelayPassword}}
}

func (x *exchange) withSTUN() { x.relays = []call.Relay{{URLs: calltest.STUNURLs}} }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// connect has the first call the second and returns how long it takes until both are connected.
func (x *exchange) connect(video bool) (took time.Duration, err error) {
	x.t.Helper()
	alice, bob := x.people[0], x.people[1]
	check(x.t, alice.Start(alice.with(bob), video))
	time.Sleep(time.Second)
	begun := time.Now()
	check(x.t, bob.Accept())
	if video {
		check(x.t, bob.SetCamera(true))
	}
	for range 400 {
		if alice.connected() == 1 && bob.connected() == 1 {
			return time.Since(begun), nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return 0, errors.New(alice.Info().Ended + bob.Info().Ended)
}

// with is the direct conversation with another.
func (p *person) with(other *person) call.Room { return call.Room{Hub: hub, User: other.user} }

func (p *person) connected() (count int) {
	for _, other := range p.Info().Participants {
		if other.State == "connected" {
			count++
		}
	}
	return count
}

func (p *person) voice(of *person) int {
	packets, _ := p.media.Heard(of.device.String()).Voice()
	return packets
}
