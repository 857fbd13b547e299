package call_test

import (
	"errors"
	"testing"
	"time"

	"gossip/backend/call/calltest"
)

// TestMicrophoneIsPluggedInDuringACall begins a call without a microphone: it is said, and over when one is there.
func TestMicrophoneIsPluggedInDuringACall(t *testing.T) {
	onExchange(t, func(x *exchange) {
		alice, bob := x.people[0], x.people[1]
		alice.media.Unplug(errors.New("no microphone was found"))
		for _, p := range []*person{alice, bob} {
			if err := p.Start(channel, false); err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Second)
		}
		if info := alice.Info(); info.Trouble != "no microphone was found" || len(alice.media.Sources("microphone")) > 0 {
			t.Fatalf("without a microphone: %+v", info)
		}
		again := func() {
			t.Helper()
			if err := alice.SetDevice("microphone", ""); err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Second)
		}
		again()
		if info := alice.Info(); info.Trouble == "" {
			t.Error("nothing is said any more, although there is still none")
		}
		alice.media.Unplug(nil)
		again()
		if info := alice.Info(); info.Trouble != "" || len(alice.media.Sources("microphone")) != 1 || info.Muted {
			t.Errorf("with a microphone: %+v", info)
		}
		if packets, _ := bob.media.Heard(alice.device.String()).Voice(); packets < 200 {
			t.Errorf("bob hears %d packets of 5 s", packets)
		}
		alice.media.Unplug(errors.New("the camera is busy"))
		check(t, alice.SetCamera(true))
		time.Sleep(time.Second)
		if info := alice.Info(); info.Trouble != "the camera is busy" || info.Camera {
			t.Errorf("with a camera that is busy: %+v", info)
		}
		alice.media.Unplug(nil)
		check(t, alice.SetCamera(true))
		time.Sleep(time.Second)
		if info := alice.Info(); info.Trouble != "" || !info.Camera {
			t.Errorf("with a camera: %+v", info)
		}
		again() // it is there: nothing changes
		if n := len(alice.media.Sources("microphone")); n != 1 {
			t.Errorf("%d microphones were opened", n)
		}
	}, calltest.Open, calltest.Open)
}
