package content

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"gossip/common/id"
)

type (
	id16 = id.MessageID
	id32 = id.UserID
)

// people and posts return as many distinct identifiers.
func people(count int) []id32 {
	list := make([]id32, count)
	for n := range list {
		list[n] = id32{1, byte(n >> 8), byte(n)}
	}
	return list
}

func posts(count int) []id16 {
	list := make([]id16, count)
	for n := range list {
		list[n] = id16{1, byte(n >> 8), byte(n)}
	}
	return list
}

func rising(count int) []uint64 {
	list := make([]uint64, count)
	for n := range list {
		list[n] = uint64(n) + 1
	}
	return list
}

func file(change func(*File)) File {
	f := File{ID: id.FileID{1}, Key: FileKey{2}, Name: "picture.png"}
	change(&f)
	return f
}

func sized(size int) []byte { return bytes.Repeat([]byte{1}, size) }

func candidates(count int, text string) ICE {
	return ICE{Negotiation: inCall, Candidates: slices.Repeat([]Candidate{{Text: text}}, count)}
}

func candidateOf(media, fragment string) ICE {
	return ICE{Negotiation: inCall, Candidates: []Candidate{{Text: "x", Media: media, Fragment: fragment}}}
}

var (
	inCall = Negotiation{Call: id.CallID{1}, Sequence: 1}
	target = id.MessageID{1}
	one    = []id.MessageID{target}
	when   = time.UnixMilli(1)
)

// limits lists for each limit what just fits and what is just over.
var limits = []struct {
	name     string
	at, over Body
}{
	{"text length", Text{Markdown: strings.Repeat("x", MaxText)}, Text{Markdown: strings.Repeat("x", MaxText+1)}},
	{"text not empty", Text{Markdown: " "}, Text{}},
	{"text is UTF-8", Text{Markdown: "\ufffd"}, Text{Markdown: "\xff"}},
	{"mentions", Text{Markdown: "x", Mentions: people(MaxMentions)}, Text{Markdown: "x", Mentions: people(MaxMentions + 1)}},
	{"mentions are distinct", Text{Markdown: "x", Mentions: []id32{{1}, {2}}}, Text{Markdown: "x", Mentions: []id32{{1}, {1}}}},
	{"mentions name somebody", Text{Markdown: "x", Mentions: []id32{{1}}}, Text{Markdown: "x", Mentions: []id32{{}}}},
	{"longest timer of a text", Text{Markdown: "x", ExpiresIn: MaxTimer}, Text{Markdown: "x", ExpiresIn: MaxTimer + time.Second}},
	{"longest timer", Timer{MaxTimer}, Timer{MaxTimer + time.Second}},
	{"longest timer of a file", file(func(f *File) { f.ExpiresIn = MaxTimer }), file(func(f *File) { f.ExpiresIn = MaxTimer + time.Second })},
	{"edit length", Edit{Target: target, Markdown: strings.Repeat("x", MaxText)}, Edit{Target: target, Markdown: strings.Repeat("x", MaxText+1)}},
	{"edit names a message", Edit{Target: target, Markdown: "x"}, Edit{Markdown: "x"}},
	{"deletes", Delete{posts(MaxTargets)}, Delete{posts(MaxTargets + 1)}},
	{"delete names a message", Delete{one}, Delete{}},
	{"delete names messages", Delete{one}, Delete{[]id16{{}}}},
	{"deletes are distinct", Delete{[]id16{{1}, {2}}}, Delete{[]id16{{1}, {1}}}},
	{"emoji length", Reaction{Target: target, Emoji: strings.Repeat("❤", 21)}, Reaction{Target: target, Emoji: strings.Repeat("❤", 22)}},
	{"emoji not empty", Reaction{Target: target, Emoji: "+"}, Reaction{Target: target}},
	{"emoji is UTF-8", Reaction{Target: target, Emoji: "\ufffd"}, Reaction{Target: target, Emoji: "\xff"}},
	{"emoji without space", Reaction{Target: target, Emoji: "👍🏽"}, Reaction{Target: target, Emoji: "👍 🏽"}},
	{"emoji without bidi", Reaction{Target: target, Emoji: "🏴\U000E0067\U000E007F"}, Reaction{Target: target, Emoji: "🏴\u202e"}},
	{"reaction names a message", Reaction{Target: target, Emoji: "👍"}, Reaction{Emoji: "👍"}},
	{"receipts", Receipt{Read, posts(MaxTargets), when}, Receipt{Read, posts(MaxTargets + 1), when}},
	{"receipt has a kind", Receipt{Delivered, one, when}, Receipt{0, one, when}},
	{"receipt's latest time", Receipt{Read, one, time.UnixMilli(maxTime)}, Receipt{Read, one, time.UnixMilli(maxTime + 1)}},
	{"receipt's earliest time", Receipt{Read, one, time.UnixMilli(0)}, Receipt{Read, one, time.UnixMilli(-1)}},
	{"file size", file(func(f *File) { f.Size = MaxFileSize }), file(func(f *File) { f.Size = MaxFileSize + 1 })},
	{"file name length", file(func(f *File) { f.Name = strings.Repeat("x", MaxFileName) }), file(func(f *File) { f.Name = strings.Repeat("x", MaxFileName+1) })},
	{"file has a name", file(func(f *File) { f.Name = "a" }), file(func(f *File) { f.Name = "" })},
	{"file name without path", file(func(f *File) { f.Name = "..a" }), file(func(f *File) { f.Name = "../a" })},
	{"file has an id", file(func(f *File) { f.ID[15] = 1 }), file(func(f *File) { f.ID = id.NoFile })},
	{"file has a key", file(func(f *File) { f.Key[31] = 1 }), file(func(f *File) { f.Key = FileKey{} })},
	{"media type length", file(func(f *File) { f.MediaType = "a/" + strings.Repeat("x", MaxMediaType-2) }), file(func(f *File) { f.MediaType = "a/" + strings.Repeat("x", MaxMediaType-1) })},
	{"media type form", file(func(f *File) { f.MediaType = "image/svg+xml" }), file(func(f *File) { f.MediaType = "image" })},
	{"media type without parameters", file(func(f *File) { f.MediaType = "a/b" }), file(func(f *File) { f.MediaType = "a/b;c=d" })},
	{"media type is whole", file(func(f *File) { f.MediaType = "a/b" }), file(func(f *File) { f.MediaType = "a/" })},
	{"thumbnail", file(func(f *File) { f.Thumbnail = sized(MaxThumbnail) }), file(func(f *File) { f.Thumbnail = sized(MaxThumbnail + 1) })},
	{"profile's about", Profile{Name: "Alice", About: strings.Repeat("x", MaxAbout)}, Profile{Name: "Alice", About: strings.Repeat("x", MaxAbout+1)}},
	{"profile's about is UTF-8", Profile{Name: "Alice"}, Profile{Name: "Alice", About: "\xff"}},
	{"avatar", Profile{Name: "Alice", Avatar: sized(MaxAvatar)}, Profile{Name: "Alice", Avatar: sized(MaxAvatar + 1)}},
	{"profile has a name", Profile{Name: "A"}, Profile{}},
	{"profile's name is normal", Profile{Name: "Al ice"}, Profile{Name: "Al  ice"}},
	{"longest call", Call{Event: Ended, Call: id.CallID{1}, Duration: MaxCall}, Call{Event: Ended, Call: id.CallID{1}, Duration: MaxCall + time.Second}},
	{"call has an event", Call{Event: Missed, Call: id.CallID{1}}, Call{Call: id.CallID{1}}},
	{"call has an id", Call{Event: Missed, Call: id.CallID{1}}, Call{Event: Missed}},
	{"only an ended call has a length", Call{Event: Ended, Call: id.CallID{1}, Duration: time.Second}, Call{Event: Missed, Call: id.CallID{1}, Duration: time.Second}},
	{"call's newest event", Call{Event: Busy, Call: id.CallID{1}}, Call{Event: Busy, Call: id.CallID{1}, Duration: time.Second}},
	{"offer's length", Offer{inCall, strings.Repeat("x", MaxSDP)}, Offer{inCall, strings.Repeat("x", MaxSDP+1)}},
	{"offer has a description", Offer{inCall, "x"}, Offer{inCall, ""}},
	{"offer is UTF-8", Offer{inCall, "x"}, Offer{inCall, "\xff"}},
	{"offer has a call", Offer{inCall, "x"}, Offer{Negotiation{Sequence: 1}, "x"}},
	{"offer has a sequence", Offer{inCall, "x"}, Offer{Negotiation{Call: inCall.Call}, "x"}},
	{"answer's length", Answer{inCall, 1, strings.Repeat("x", MaxSDP)}, Answer{inCall, 1, strings.Repeat("x", MaxSDP+1)}},
	{"answer has an offer", Answer{inCall, 1, "x"}, Answer{inCall, 0, "x"}},
	{"answer has a call", Answer{inCall, 1, "x"}, Answer{Negotiation{}, 1, "x"}},
	{"candidates", candidates(MaxCandidates, "x"), candidates(MaxCandidates+1, "x")},
	{"candidate's length", candidates(1, strings.Repeat("x", MaxCandidateText)), candidates(1, strings.Repeat("x", MaxCandidateText+1))},
	{"candidate is not empty", candidates(1, "x"), candidates(1, "")},
	{"candidate is UTF-8", candidates(1, "x"), candidates(1, "\xff")},
	{"candidate's media", candidateOf(strings.Repeat("x", MaxCandidateName), ""), candidateOf(strings.Repeat("x", MaxCandidateName+1), "")},
	{"candidate's fragment", candidateOf("", strings.Repeat("x", MaxCandidateName)), candidateOf("", strings.Repeat("x", MaxCandidateName+1))},
	{"candidates or their end", ICE{Negotiation: inCall, End: true}, ICE{Negotiation: inCall}},
	{"candidates have a call", ICE{Negotiation: inCall, End: true}, ICE{End: true}},
	{"resend numbers", Resend{Numbers: rising(MaxTargets)}, Resend{Numbers: rising(MaxTargets + 1)}},
	{"resend packets", Resend{Packets: posts(MaxTargets)}, Resend{Packets: posts(MaxTargets + 1)}},
	{"resend names something", Resend{Numbers: []uint64{1}}, Resend{}},
	{"resend numbers rise", Resend{Numbers: []uint64{1, 2}}, Resend{Numbers: []uint64{2, 2}}},
	{"resend numbers start at 1", Resend{Numbers: []uint64{1}}, Resend{Numbers: []uint64{0, 1}}},
	{"resend packets are distinct", Resend{Packets: one}, Resend{Packets: []id16{{1}, {1}}}},
	{"gone numbers", Gone{Numbers: rising(MaxTargets)}, Gone{Numbers: rising(MaxTargets + 1)}},
	{"gone names something", Gone{Packets: one}, Gone{}},
	{"sender key", SenderKey{sized(MaxSenderKey)}, SenderKey{sized(MaxSenderKey + 1)}},
	{"sender key not empty", SenderKey{sized(1)}, SenderKey{}},
	{"list in an unknown body", Unknown{99, listOf(MaxTargets)}, Unknown{99, listOf(MaxTargets + 1)}},
	{"depth of an unknown body", Unknown{99, nested(7)}, Unknown{99, nested(8)}},
	{"map in an unknown body", Unknown{99, mapOf(64)}, Unknown{99, mapOf(65)}},
	{"whole message", Unknown{99, bytesOf(130988)}, Unknown{99, bytesOf(130989)}},
}

func encoded(v any) []byte {
	raw, err := encoder.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

func listOf(count int) []byte  { return encoded(make([]int, count)) }
func bytesOf(count int) []byte { return encoded(make([]byte, count)) }
func nested(depth int) []byte  { return append(bytes.Repeat([]byte{0x81}, depth), 1) }

func mapOf(pairs int) []byte {
	m := make(map[int]int)
	for n := range pairs {
		m[n] = n
	}
	return encoded(m)
}

// Both ways in hold each limit: Marshal doesn't make what Parse wouldn't take.
func TestLimits(t *testing.T) {
	for _, limit := range limits {
		fits, tooMuch := inMessage(limit.at), inMessage(limit.over)
		raw, err := fits.Marshal()
		if err != nil {
			t.Errorf("%s: what fits is refused: %v", limit.name, err)
		}
		if _, err := Parse(raw); err != nil {
			t.Errorf("%s: what fits isn't read: %v", limit.name, err)
		}
		if _, err := tooMuch.Marshal(); err == nil {
			t.Errorf("%s: what is over is marshalled", limit.name)
		}
		plain, err := tooMuch.encode()
		if err != nil {
			t.Errorf("%s: %v", limit.name, err)
		}
		if _, err := Parse(pad(plain)); err == nil {
			t.Errorf("%s: what is over is read", limit.name)
		}
	}
}

// What the wire has no form for, only Marshal can refuse.
func TestUnsendable(t *testing.T) {
	for _, body := range []Body{
		Text{Markdown: "x", ExpiresIn: time.Second + 1}, Text{Markdown: "x", ExpiresIn: -time.Second}, Timer{time.Millisecond},
		Timer{-MaxTimer}, Timer{1 << 62}, Call{Event: Ended, Call: id.CallID{1}, Duration: time.Millisecond},
		Call{Event: Ended, Call: id.CallID{1}, Duration: -1}, Receipt{Kind: 9, Messages: one, At: when}, Call{Event: 9, Call: id.CallID{1}},
	} {
		if raw, err := inMessage(body).Marshal(); err == nil {
			t.Errorf("%#v becomes %x", body, raw)
		}
	}
}

func inMessage(body Body) *Message {
	m := &Message{ID: id.MessageID{1}, Conversation: Conversation{Channel: id.ChannelID{2}}, SentAt: when, Body: body}
	if _, senderKey := body.(SenderKey); !senderKey {
		m.Author = id.UserID{3}
	}
	if Numbered(body) {
		m.Number = 1
	}
	return m
}
