package hub

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gossip/common/id"
	"gossip/common/wire"
)

// TestStampIsEncoding compares stamp, which does not decode, with the encoding of the whole packet.
func TestStampIsEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &wire.DataPacket{
			Kind: rapid.SampledFrom([]wire.Kind{wire.KindMessage, wire.KindSession, wire.KindSenderKey}).Draw(t, "kind"),
			ID:   id.MessageID{1}, From: id.DeviceID{2}, Payload: rapid.SliceOfN(rapid.Byte(), 1, 70_000).Draw(t, "payload"),
		}
		if rapid.Bool().Draw(t, "channel") {
			p.Channel = id.ChannelID{3}
		} else {
			p.To = id.DeviceID{4}
		}
		entry, err := storedEntry(p)
		if err != nil {
			t.Fatal(err)
		}
		p.Seq, p.At, p.Expires = rapid.Uint64().Draw(t, "seq"), rapid.Uint64().Draw(t, "at"), rapid.Uint64().Draw(t, "expires")
		want, err := wire.AppendFrame([]byte("before"), p)
		if err != nil {
			t.Fatal(err)
		}
		if got := stamp([]byte("before"), entry, p.Seq, p.At, p.Expires); !bytes.Equal(got, want) {
			t.Fatalf("stamped %x, encoded %x", got, want)
		}
		if from, err := senderOf(entry); err != nil || from != p.From {
			t.Fatalf("the sender is %v, %v", from, err)
		}
	})
}

func TestPasswordWait(t *testing.T) {
	var f failures
	a := testAddress("198.51.100.7")
	delay := delays{first: 1000, longest: 5000}
	now := testNow
	wrong, right := func() bool { return false }, func() bool { return true }
	for i, want := range []int64{0, 1000, 2000, 4000, 5000, 5000} {
		if got := f.leftLocked(a, delay, now); int64(got) != want {
			t.Errorf("after %d wrong passwords: wait %d, want %d", i, got, want)
		}
		if _, left := f.judge(a, delay, now, right); i > 0 && int64(left) != want {
			t.Errorf("a password that came too early was judged")
		}
		now = now.Add(delay.longest)
		f.judge(a, delay, now, wrong)
	}
	if got := f.leftLocked(testAddress("198.51.100.8"), delay, now); got != 0 {
		t.Errorf("another address waits %d", got)
	}
	now = now.Add(delay.longest)
	f.judge(a, delay, now, right)
	if got := f.leftLocked(a, delay, now); got != 0 {
		t.Errorf("after the right password: wait %d", got)
	}
	six := testAddress("2001:db8::1")
	f.judge(six, delay, now, wrong)
	if f.leftLocked(testAddress("2001:db8::2"), delay, now) == 0 {
		t.Error("a neighbour in the same IPv6 network does not wait")
	}
}

func TestPasswordFailuresAreBounded(t *testing.T) {
	var f failures
	for i := range maxFailures + 10 {
		f.judge(testAddressNumber(i), delays{}, testNow, func() bool { return false })
	}
	if len(f.by) > maxFailures {
		t.Errorf("%d addresses are remembered", len(f.by))
	}
}

func TestLongSentenceIsCutBetweenCharacters(t *testing.T) {
	frame := refusalFrame(id.NoMessage, &wire.Error{Code: wire.CodeCard, Sentence: "x" + strings.Repeat("é", wire.MaxSentence)})
	p, err := wire.ParseFrame(frame[4:])
	if err != nil {
		t.Fatal(err)
	}
	if err := wire.Unmarshal(p.(*wire.SignalPacket).Payload, new(wire.Error)); err != nil {
		t.Errorf("the device can't read the refusal: %v", err)
	}
}
