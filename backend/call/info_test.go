package call

import (
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	for _, c := range []struct {
		figures Statistics
		want    string
	}{
		{Statistics{RoundTrip: 40}, "good"},
		{Statistics{Loss: 0.05}, "fair"},
		{Statistics{Loss: 0.2}, "poor"},
		{Statistics{RoundTrip: 300}, "fair"},
		{Statistics{RoundTrip: 700}, "poor"},
		{Statistics{Jitter: 80}, "fair"},
	} {
		if mark, words := quality(&c.figures); mark != c.want || !strings.HasSuffix(words, ".") {
			t.Errorf("%+v is %q, %q", c.figures, mark, words)
		}
	}
}

func TestWarnings(t *testing.T) {
	for _, c := range []struct {
		others int
		video  bool
		warns  bool
	}{{1, true, false}, {3, true, false}, {4, true, true}, {7, false, false}, {8, false, true}} {
		info := Info{Participants: make([]Participant, c.others), Camera: c.video}
		if warning := crowded(&info); (warning != "") != c.warns {
			t.Errorf("%d others, video %v: %q", c.others, c.video, warning)
		}
	}
}

func TestEncryptionSentence(t *testing.T) {
	verified, bob, carol := Participant{Verified: true}, Participant{Name: "bob"}, Participant{Name: "carol"}
	for _, c := range []struct {
		in   []Participant
		want string
	}{
		{nil, "device to device."},
		{[]Participant{verified}, "verified everybody"},
		{[]Participant{verified, bob}, "safety numbers with bob"},
		{[]Participant{carol, bob}, "2 people in this call are not verified"},
	} {
		if got := encryption(&Info{Participants: c.in}); !strings.Contains(got, c.want) {
			t.Errorf("%d participants: %q", len(c.in), got)
		}
	}
}
