package call_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
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
	t        testing.TB
	internet *calltest.Internet
	people   []*person

	mu     sync.Mutex // guards the following
	roster call.Roster
	relays []call.Relay
	lost   int           // every so many-th negotiation is lost; 0: none
	again  time.Duration // after which everything negotiated comes again; 0: it does not
	sent   int
	change func(body content.Body) content.Body // what the one between does; nil: nothing
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
	hidden   bool
	said     []content.Call
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
		x.internet.StartRelay()
		for i := range nats {
			p := &person{exchange: x, name: fmt.Sprint("person ", i), user: id.UserID{byte(i + 1)}, device: id.DeviceID{byte(i + 1)}, media: calltest.NewMedia(), host: x.internet.Hosts[i]}
			p.Phone = call.New(call.Config{
				Self: p.user, Device: p.device, Signals: p, Media: p.media, Network: p.host.Net, RelayOnly: func() bool { return p.hidden },
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

func (x *exchange) of(user id.UserID) *person { return x.people[user[0]-1] }

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
	later(func() { x.people[to[0]-1].Negotiated(room, p.user, p.device, body) })
	if x.again > 0 {
		time.AfterFunc(x.again, func() { x.people[to[0]-1].Negotiated(room, p.user, p.device, body) })
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

func (p *person) Relays(id.HubID) []call.Relay { return p.exchange.relays }

func (p *person) Peer(_ id.HubID, user id.UserID) call.Peer {
	return call.Peer{Name: fmt.Sprint("person ", user[0]-1), Verified: true}
}

func (p *person) Stranger(id.HubID, id.UserID) bool { return false }

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
	check(x.t, alice.Start(call.Room{Hub: hub, User: bob.user}, video))
	time.Sleep(time.Second)
	begun := time.Now()
	check(x.t, bob.Accept())
	for range 400 {
		if alice.connected() == 1 && bob.connected() == 1 {
			return time.Since(begun), nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return 0, errors.New(alice.Info().Ended + bob.Info().Ended)
}

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

// TestNATs has every pair of NATs connect: directly where that is possible, else by relay.
func TestNATs(t *testing.T) {
	for _, one := range calltest.NATs {
		for _, other := range calltest.NATs {
			t.Run(fmt.Sprintf("%s with %s", one, other), func(t *testing.T) {
				onExchange(t, func(x *exchange) {
					x.withRelay()
					took, err := x.connect(false)
					if err != nil {
						t.Fatalf("no connection: %v", err)
					}
					time.Sleep(3 * time.Second)
					path := x.people[0].Info().Participants[0].Statistics.Path
					t.Logf("%s after %v", path, took)
					hard := one == calltest.Symmetric && (other == calltest.Symmetric || other == calltest.PortRestricted) ||
						other == calltest.Symmetric && one == calltest.PortRestricted
					if want := map[bool]string{false: "direct", true: "relay"}[hard]; path != want {
						t.Errorf("the path is %q, want %q", path, want)
					}
					if x.people[0].voice(x.people[1]) < 100 || x.people[1].voice(x.people[0]) < 100 {
						t.Error("they do not hear each other")
					}
				}, one, other)
			})
		}
	}
}

// TestNoWayThrough has two symmetric NATs and no relay: the call ends with a sentence that says why.
func TestNoWayThrough(t *testing.T) {
	onExchange(t, func(x *exchange) {
		x.withSTUN()
		if _, err := x.connect(false); err == nil {
			t.Fatal("they are connected")
		}
		if ended := x.people[0].Info().Ended; ended != "No connection could be made: a firewall or NAT is in the way, and no relay could help." {
			t.Errorf("it says %q", ended)
		}
	}, calltest.Symmetric, calltest.Symmetric)
}

// TestHiddenAddress has somebody who hides: nothing goes between the two but by the relay.
func TestHiddenAddress(t *testing.T) {
	onExchange(t, func(x *exchange) {
		x.withRelay()
		x.people[0].hidden = true
		if _, err := x.connect(false); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if path := x.people[0].Info().Participants[0].Statistics.Path; path != "relay" {
			t.Errorf("the path is %q", path)
		}
	}, calltest.Open, calltest.Open)
}

// TestLoss loses packets both ways: voice comes as far as packets do, video comes back within two seconds.
func TestLoss(t *testing.T) {
	for _, percent := range []int{2, 5, 10, 20} {
		t.Run(fmt.Sprint(percent, " percent"), func(t *testing.T) {
			onExchange(t, func(x *exchange) {
				if _, err := x.connect(true); err != nil {
					t.Fatal(err)
				}
				time.Sleep(5 * time.Second)
				alice, bob := x.people[0], x.people[1]
				x.internet.SetLoss(percent)
				voice := bob.voice(alice)
				camera := bob.media.Watched(alice.device.String(), call.KindCamera)
				frames, _, _, _ := camera.Frames()
				longest, quiet := time.Duration(0), time.Now()
				for range 300 {
					time.Sleep(100 * time.Millisecond)
					if _, _, _, last := camera.Frames(); last.After(quiet) {
						quiet = last
					}
					longest = max(longest, time.Since(quiet))
				}
				after, keys, broken, _ := camera.Frames()
				heard := float64(bob.voice(alice)-voice) / 1500
				f := bob.Info().Participants[0].Statistics
				t.Logf("voice %.1f %%, frames %.1f of 20 a second, %d key frames, longest without %v, measured loss %.1f %%, estimate %d kb/s, quality %q",
					100*heard, float64(after-frames)/30, keys, longest, 100*f.Loss, f.BitrateOut/1000, bob.Info().Participants[0].Quality)
				if bob.connected() != 1 || heard < 1-float64(percent)/100-0.05 || longest > 2*time.Second+100*time.Millisecond || broken > 0 {
					t.Errorf("heard %.2f, longest %v, %d broken", heard, longest, broken)
				}
			}, calltest.Open, calltest.Open)
		})
	}
}

// TestCut takes one off the network for a while.
func TestCut(t *testing.T) {
	for _, length := range []time.Duration{2 * time.Second, 5 * time.Second, 20 * time.Second} {
		t.Run(length.String(), func(t *testing.T) {
			onExchange(t, func(x *exchange) {
				x.withRelay()
				if _, err := x.connect(false); err != nil {
					t.Fatal(err)
				}
				time.Sleep(3 * time.Second)
				alice, bob := x.people[0], x.people[1]
				bob.host.Cut(true)
				time.Sleep(length)
				bob.host.Cut(false)
				back, voice := time.Now(), alice.voice(bob)
				for alice.voice(bob) < voice+10 || bob.connected() != 1 || alice.connected() != 1 {
					if time.Since(back) > 30*time.Second {
						t.Fatalf("they do not come back: %+v", alice.Info())
					}
					time.Sleep(20 * time.Millisecond)
				}
				t.Logf("voice is back after %v", time.Since(back))
				if time.Since(back) > 6*time.Second {
					t.Error("it takes too long")
				}
			}, calltest.PortRestricted, calltest.FullCone)
		})
	}
}

// TestLostNegotiation loses every third thing that is negotiated.
func TestLostNegotiation(t *testing.T) {
	for lost := 3; lost < 7; lost++ {
		onExchange(t, func(x *exchange) {
			x.lost = lost
			took, err := x.connect(false)
			if err != nil {
				t.Fatalf("one of %d lost: %v", lost, err)
			}
			t.Logf("one of %d lost: %v", lost, took)
		}, calltest.Open, calltest.Open)
	}
}

// TestRepeatedNegotiation has everything come twice, at once or late: the connection is made once and stays.
func TestRepeatedNegotiation(t *testing.T) {
	for _, again := range []time.Duration{signalTime, 100 * time.Millisecond, 2 * time.Second, 10 * time.Second} {
		onExchange(t, func(x *exchange) {
			x.again = again
			if _, err := x.connect(false); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			f := x.people[0].Info().Participants[0].Statistics
			if f.Restarts != 0 || f.PacketsLost != 0 || x.people[0].voice(x.people[1]) < 2900 {
				t.Errorf("repeated after %v: %+v", again, f)
			}
		}, calltest.Open, calltest.Open)
	}
}

// TestWrongFingerprint has somebody who could open the seal put another fingerprint into an offer, an answer, or both: no
// connection comes about, since the certificate that is shown is not the one that was named.
func TestWrongFingerprint(t *testing.T) {
	for name, swaps := range map[string]func(content.Body) bool{
		"offer":  func(b content.Body) bool { return b.Type() == content.TypeOffer },
		"answer": func(b content.Body) bool { return b.Type() == content.TypeAnswer },
		"both":   func(content.Body) bool { return true },
	} {
		t.Run(name, func(t *testing.T) {
			onExchange(t, func(x *exchange) {
				x.change = func(body content.Body) content.Body {
					if !swaps(body) {
						return body
					}
					switch b := body.(type) {
					case content.Offer:
						b.SDP = otherFingerprint(b.SDP)
						return b
					case content.Answer:
						b.SDP = otherFingerprint(b.SDP)
						return b
					}
					return body
				}
				if _, err := x.connect(true); err == nil {
					t.Fatal("they are connected")
				}
				if heard := x.people[0].voice(x.people[1]) + x.people[1].voice(x.people[0]); heard > 0 {
					t.Errorf("%d packets were heard", heard)
				}
			}, calltest.Open, calltest.Open)
		})
	}
}

// otherFingerprint turns the digits of a description's fingerprint round.
func otherFingerprint(description string) string {
	return regexp.MustCompile(`(?m)^a=fingerprint:sha-256 .*$`).ReplaceAllStringFunc(description, func(line string) string {
		name, digits := line[:len("a=fingerprint:sha-256 ")], line[len("a=fingerprint:sha-256 "):]
		return name + strings.NewReplacer("0", "1", "1", "0", "A", "B", "B", "A").Replace(digits)
	})
}

// TestMesh counts encoders and bytes as the mesh grows: encoders are as many as sources, bytes grow with the peers.
func TestMesh(t *testing.T) {
	for _, size := range []int{2, 3, 4, 8} {
		video := size <= call.MaxWithVideo
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			var nats []calltest.NAT
			for range size {
				nats = append(nats, calltest.Open)
			}
			onExchange(t, func(x *exchange) {
				for _, p := range x.people {
					check(t, p.Start(channel, video))
					time.Sleep(time.Second)
				}
				for _, p := range x.people {
					for range 100 {
						if p.connected() == size-1 {
							break
						}
						time.Sleep(100 * time.Millisecond)
					}
					if p.connected() != size-1 {
						t.Fatalf("%s is connected to %d", p.name, p.connected())
					}
				}
				first := x.people[0]
				sent := first.host.Sent()
				time.Sleep(10 * time.Second)
				t.Logf("%d people: %d kb/s up, %d microphones, %d cameras open on one", size, (first.host.Sent()-sent)*8/10_000,
					len(first.media.Sources("microphone")), len(first.media.Sources(call.KindCamera)))
				for _, p := range x.people {
					if len(p.media.Sources("microphone")) != 1 || video != (len(p.media.Sources(call.KindCamera)) == 1) {
						t.Errorf("%s encodes more than once", p.name)
					}
					for _, other := range x.people {
						if other != p && p.voice(other) < 500 {
							t.Errorf("%s hears %d packets of %s", p.name, p.voice(other), other.name)
						}
					}
				}
				if warning := first.Info().Warning; warning != "" {
					t.Errorf("it warns: %s", warning)
				}
			}, nats...)
		})
	}
}
