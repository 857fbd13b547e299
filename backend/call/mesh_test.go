package call_test

import (
	"fmt"
	"testing"
	"time"

	"gossip/backend/call"
	"gossip/backend/call/calltest"
)

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

// TestSlowPeer has one of three on a bad line: the others' pictures stay good, that one hears, and sees again when it is better.
func TestSlowPeer(t *testing.T) {
	onExchange(t, func(x *exchange) {
		for _, p := range x.people {
			check(t, p.Start(channel, p == x.people[0]))
			time.Sleep(time.Second)
		}
		time.Sleep(10 * time.Second)
		alice, bob, carol := x.people[0], x.people[1], x.people[2]
		carol.host.SetLoss(15)
		time.Sleep(15 * time.Second)
		voice := carol.voice(alice)
		worst := mostBitrate
		for range 100 {
			time.Sleep(100 * time.Millisecond)
			_, bitrate, _, _ := alice.media.Sources(call.KindCamera)[0].Figures()
			worst = min(worst, bitrate)
		}
		t.Logf("while carol's line is bad alice's camera has %d kb/s at least; carol hears %d of 500 packets", worst/1000, carol.voice(alice)-voice)
		if worst < 500_000 {
			t.Error("bob has to see what carol can carry")
		}
		if carol.voice(alice)-voice < 380 {
			t.Error("carol does not hear alice")
		}
		watched := bob.media.Watched(alice.device.String(), call.KindCamera)
		if _, _, broken, last := watched.Frames(); broken > 0 || time.Since(last) > time.Second {
			t.Error("bob does not see alice")
		}
		carol.host.SetLoss(0)
		time.Sleep(time.Minute)
		seen := carol.media.Watched(alice.device.String(), call.KindCamera)
		if _, _, broken, last := seen.Frames(); broken > 0 || time.Since(last) > time.Second {
			t.Errorf("carol saw alice last %v ago, %d broken", time.Since(last), broken)
		}
	}, calltest.Open, calltest.Open, calltest.Open)
}

// mostBitrate is more than any camera is given.
const mostBitrate = 10_000_000

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
