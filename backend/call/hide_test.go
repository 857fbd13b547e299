package call_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"gossip/backend/call"
	"gossip/backend/call/calltest"
)

// TestHiddenAddress has somebody who hides from everybody, or from strangers: nothing that they send names an address of
// theirs, and nothing goes between the two but by the relay.
func TestHiddenAddress(t *testing.T) {
	for name, hide := range map[string]func(p *person){
		"from everybody": func(p *person) { p.hidden = true },
		"from strangers": func(p *person) { p.wary = true },
	} {
		for _, nat := range []calltest.NAT{calltest.Open, calltest.PortRestricted} {
			t.Run(name+" "+string(nat), func(t *testing.T) {
				onExchange(t, func(x *exchange) {
					x.withRelay()
					alice := x.people[0]
					hide(alice)
					if _, err := x.connect(false); err != nil {
						t.Fatal(err)
					}
					time.Sleep(2 * time.Second)
					if info := alice.Info(); info.Participants[0].Statistics.Path != "relay" || !info.Relay {
						t.Errorf("the path is %q; the hub relays: %v", info.Participants[0].Statistics.Path, info.Relay)
					}
					alice.host.Cut(true) // has it look for another path, with new candidates
					time.Sleep(5 * time.Second)
					alice.host.Cut(false)
					time.Sleep(10 * time.Second)
					alice.showsNothing()
					if candidates := x.people[1].candidates(); len(candidates) < 2 {
						t.Errorf("who does not hide offers %v: the test looks in the wrong place", candidates)
					}
				}, nat, calltest.Open)
			})
		}
	}
}

// showsNothing checks that what the person has sent names no address but the relay's.
func (p *person) showsNothing() {
	t := p.exchange.t
	t.Helper()
	candidates := p.candidates()
	if len(candidates) == 0 {
		t.Error("no candidates were sent")
	}
	for _, candidate := range candidates {
		if !strings.Contains(candidate, " typ relay raddr 0.0.0.0 rport 9 ") {
			t.Errorf("sent %q", candidate)
		}
	}
	p.exchange.mu.Lock()
	defer p.exchange.mu.Unlock()
	for _, text := range p.told {
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \r\n=/", r) }) {
			if ip, err := netip.ParseAddr(word); err == nil && !ip.IsUnspecified() && word != calltest.RelayAddress {
				t.Errorf("sent the address %v", ip)
			}
		}
	}
}

// TestHiddenAddressWithoutARelay has somebody who hides on a hub that has no relay: they neither call nor accept, and are
// told why.
func TestHiddenAddressWithoutARelay(t *testing.T) {
	onExchange(t, func(x *exchange) {
		x.withSTUN()
		alice, bob := x.people[0], x.people[1]
		alice.hidden = true
		if err := alice.Start(alice.with(bob), false); err == nil || !strings.Contains(err.Error(), "no relay") {
			t.Errorf("alice calls: %v", err)
		}
		check(t, bob.Start(bob.with(alice), false))
		time.Sleep(time.Second)
		if err := alice.Accept(); err == nil || !strings.Contains(err.Error(), "no relay") {
			t.Errorf("alice accepts: %v", err)
		}
		if phase := alice.Info().Phase; phase != "ringing" {
			t.Errorf("alice's call is %q: she could still decline it", phase)
		}
		if len(alice.told) > 0 {
			t.Errorf("alice has sent %q", alice.told)
		}
		alice.hidden = false
		check(t, alice.Accept())
		time.Sleep(5 * time.Second)
		if alice.connected() != 1 {
			t.Error("they are not connected")
		}
	}, calltest.Open, calltest.Open)
}

// TestStrangersWithoutARelay has somebody called by a stranger on a hub that has no relay: there the address can't be hidden.
func TestStrangersWithoutARelay(t *testing.T) {
	onExchange(t, func(x *exchange) {
		x.withSTUN()
		x.people[0].wary = true
		if _, err := x.connect(false); err != nil {
			t.Error(err)
		}
	}, calltest.Open, calltest.Open)
}

// TestCredentialsOfLongCalls has the credentials of a relay end during a call, and the path after that: it is looked for with
// new ones, by whoever offers.
func TestCredentialsOfLongCalls(t *testing.T) {
	onExchange(t, func(x *exchange) {
		x.withRelay()
		alice, bob := x.people[0], x.people[1]
		alice.hidden, bob.hidden = true, true
		if _, err := x.connect(false); err != nil {
			t.Fatal(err)
		}
		x.renewRelay()
		for _, p := range x.people {
			p.host.Cut(true)
			time.Sleep(10 * time.Second)
			p.host.Cut(false)
			time.Sleep(15 * time.Second)
			if alice.connected() != 1 || bob.connected() != 1 {
				t.Fatalf("after %s's cut the call is %+v", p.name, alice.Info())
			}
		}
	}, calltest.Open, calltest.Open)
}

// renewRelay ends everybody's credentials, and gives others.
func (x *exchange) renewRelay() {
	x.internet.SetRelayUser("another")
	x.mu.Lock()
	defer x.mu.Unlock()
	x.relays = []call.Relay{{URLs: calltest.RelayURLs, Username: "another", Credential: calltest.RelayPassword}}
}

// TestRelayIsRestarted takes the relay away under a call that goes through it: it goes on by itself when the relay is back, with
// other credentials.
func TestRelayIsRestarted(t *testing.T) {
	onExchange(t, func(x *exchange) {
		x.withRelay()
		alice, bob := x.people[0], x.people[1]
		alice.hidden, bob.hidden = true, true
		if _, err := x.connect(false); err != nil {
			t.Fatal(err)
		}
		x.stopRelay()
		time.Sleep(10 * time.Second)
		if alice.connected() != 0 {
			t.Error("the relay is not needed")
		}
		x.renewRelay()
		x.internet.StartRelay()
		back := time.Now()
		for alice.connected() != 1 || bob.connected() != 1 {
			if time.Since(back) > 15*time.Second {
				t.Fatalf("the call does not come back: %+v", alice.Info())
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Logf("back after %v", time.Since(back))
	}, calltest.Open, calltest.Open)
}

// TestHidesDuringACall has somebody hide their address in the middle of a call: when a path is looked for, no new address of
// theirs is told.
func TestHidesDuringACall(t *testing.T) {
	for n, name := range []string{"who called", "who accepted"} {
		t.Run(name, func(t *testing.T) {
			onExchange(t, func(x *exchange) {
				x.withRelay()
				if _, err := x.connect(false); err != nil {
					t.Fatal(err)
				}
				hider := x.people[n]
				x.mu.Lock()
				hider.hidden, hider.told = true, nil
				x.mu.Unlock()
				hider.host.Cut(true)
				time.Sleep(10 * time.Second)
				hider.host.Cut(false)
				time.Sleep(15 * time.Second)
				if hider.connected() != 1 {
					x.t.Fatalf("the call is %+v", hider.Info())
				}
				hider.showsNothing()
			}, calltest.Open, calltest.Open)
		})
	}
}
