package call_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"gossip/backend/call/calltest"
	"gossip/common/content"
)

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

// TestLateNegotiation has one kind of what is negotiated arrive after what follows it: candidates before their description, or
// long after it.
func TestLateNegotiation(t *testing.T) {
	for name, late := range map[string]content.Type{"offers": content.TypeOffer, "answers": content.TypeAnswer, "candidates": content.TypeICE} {
		for _, by := range []time.Duration{200 * time.Millisecond, 2 * time.Second, 5 * time.Second} {
			t.Run(fmt.Sprint(name, " by ", by), func(t *testing.T) {
				onExchange(t, func(x *exchange) {
					x.withSTUN()
					x.late = func(body content.Body) time.Duration {
						if body.Type() == late {
							return by
						}
						return 0
					}
					took, err := x.connect(false)
					if err != nil {
						t.Fatal(err)
					}
					t.Logf("connected after %v", took)
					if took > 2*by+4*time.Second {
						t.Error("it takes too long")
					}
				}, calltest.PortRestricted, calltest.FullCone)
			})
		}
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
