package hub

import (
	"testing"
	"time"

	"golang.org/x/time/rate"
)

// TestLargeAnswersCount: a request that has brought many packets is paid for by those that follow it, however many it
// were, and one that has brought one or none costs no more than itself.
func TestLargeAnswersCount(t *testing.T) {
	for answers, want := range map[int]time.Duration{0: 0, 1: 0, 11: 10 * time.Second, 1000: 20 * time.Second} {
		s := &session{hub: &Hub{limits: DefaultLimits()}, packets: *rate.NewLimiter(1, 20)}
		for range 20 { // the burst is used up
			if wait, _ := s.overRate(0, testNow); wait != 0 {
				t.Fatalf("a packet within the burst waits %v", wait)
			}
		}
		s.charge(answers, testNow)
		later := testNow.Add(want)
		if wait, _ := s.overRate(0, later); wait == 0 {
			t.Errorf("%d answers: a packet is taken after %v", answers, want)
		}
		s.refuseUntil.Store(0)
		if wait, _ := s.overRate(0, later.Add(time.Second)); wait != 0 {
			t.Errorf("%d answers: a packet waits %v more", answers, wait)
		}
	}
}
