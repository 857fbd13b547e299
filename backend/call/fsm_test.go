package call

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"gossip/common/content"
	"gossip/common/id"
)

// The people of the table: this device is me on d1; bob has b1 and b2; carol has c1.
var (
	me, bob, carol = id.UserID{1}, id.UserID{2}, id.UserID{3}
	d1, d2         = id.DeviceID{1}, id.DeviceID{2} // mine
	b1, b2, c1     = id.DeviceID{11}, id.DeviceID{12}, id.DeviceID{21}
	hub            = id.HubID{9}
	withBob        = Room{Hub: hub, User: bob}
	withCarol      = Room{Hub: hub, User: carol}
	general        = Room{Hub: hub, Channel: id.ChannelID{5}}
	low, mid, high = id.CallID{1}, id.CallID{2}, id.CallID{3}
	noon           = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
)

// step is an input after a while, and what is done about it, in short.
type step struct {
	after time.Duration
	in    Input
	want  string // effects, see brief
	phase Phase
}

// brief is the effects in short: one word each.
func brief(effects []Effect) string {
	var words []string
	for _, effect := range effects {
		switch e := effect.(type) {
		case Say:
			words = append(words, fmt.Sprintf("say:%d/%d", e.Event.Event, e.Event.Call[0]))
		case Note:
			words = append(words, fmt.Sprintf("note:%d", e.Event.Event))
		case Connect:
			words = append(words, map[bool]string{true: "offer:", false: "wait:"}[e.Offer]+fmt.Sprint(e.Device[0]))
		case Open:
			words = append(words, map[bool]string{true: "open:video", false: "open"}[e.Video])
		case Drop:
			words = append(words, fmt.Sprintf("drop:%d", e.Device[0]))
		default:
			words = append(words, strings.ToLower(reflect.TypeOf(effect).Name()))
		}
	}
	return strings.Join(words, " ")
}

func ringBy(room Room, call id.CallID, user id.UserID, device id.DeviceID) Ring {
	return Ring{Room: room, Call: call, User: user, Device: device, Sent: noon}
}

func ringWithVideo() Ring {
	ring := ringBy(withBob, mid, bob, b1)
	ring.Video = true
	return ring
}

func bobSays(event content.CallEvent) Said { return Said{withBob, mid, bob, b1, event} }

func rosterOf(call id.CallID, devices ...Listed) Told {
	return Told{general, Roster{Call: call, Started: noon, Devices: devices}}
}

var (
	meIn    = Listed{d1, me, noon}
	bobIn   = Listed{b1, bob, noon}
	carolIn = Listed{c1, carol, noon}
	start   = Start{Room: withBob, Call: mid}
	talking = []step{{in: start, want: "open say:1/2", phase: Calling}, {in: Offered{withBob, mid, bob, b1}, want: "wait:11", phase: Active}, {in: Connected{b1}, phase: Active}}
	ringing = []step{{in: ringBy(withBob, mid, bob, b1), phase: Ringing}}
	inRoom  = []step{{in: Start{Room: general, Call: mid}, want: "open say:1/2 enter", phase: Active}, {in: rosterOf(mid, meIn), phase: Active}}
)

func then(before []step, more ...step) []step {
	return append(before[:len(before):len(before)], more...)
}

var table = map[string][]step{
	"call, answered, hung up":         then(talking, step{after: time.Minute, in: HangUp{}, want: "say:4/2 drop:11 shut"}),
	"call, the other hangs up":        then(talking, step{in: bobSays(content.Ended), want: "drop:11 shut"}),
	"call, the other closes":          then(talking, step{in: Closed{b1}, want: "drop:11 shut"}),
	"call, the other vanishes":        then(talking, step{in: Lost{b1}, want: "say:4/2 drop:11 shut"}),
	"call, nobody answers":            {{in: start, want: "open say:1/2", phase: Calling}, {after: 59 * time.Second, in: Tick{}, phase: Calling}, {after: time.Second, in: Tick{}, want: "say:3/2 shut"}},
	"call, given up":                  {{in: start, want: "open say:1/2", phase: Calling}, {in: HangUp{}, want: "say:3/2 shut"}},
	"call, declined":                  {{in: start, want: "open say:1/2", phase: Calling}, {in: bobSays(content.Declined), want: "shut"}},
	"call, busy":                      {{in: start, want: "open say:1/2", phase: Calling}, {in: bobSays(content.Busy), want: "shut"}},
	"call, answered before the offer": {{in: start, want: "open say:1/2", phase: Calling}, {in: bobSays(content.AnsweredElsewhere), want: "wait:11", phase: Active}, {in: Offered{withBob, mid, bob, b1}, phase: Active}},
	"call, two devices answer":        {{in: start, want: "open say:1/2", phase: Calling}, {in: Offered{withBob, mid, bob, b2}, want: "wait:12", phase: Active}, {in: Offered{withBob, mid, bob, b1}, want: "drop:12 wait:11", phase: Active}},
	"call, a second device is late":   then(talking, step{in: Offered{withBob, mid, bob, b2}, phase: Active}),
	"call, no connection comes about": {{in: start, want: "open say:1/2", phase: Calling}, {in: Offered{withBob, mid, bob, b1}, want: "wait:11", phase: Active}, {in: Lost{b1}, want: "say:4/2 drop:11 shut"}},
	"call without a hub":              {{in: HubAway{hub}}, {in: start, want: "refuse"}, {in: HubBack{hub}}, {in: start, want: "open say:1/2", phase: Calling}},
	"call twice":                      then(talking, step{in: start, want: "refuse", phase: Active}, step{in: Start{Room: withCarol, Call: high}, want: "refuse", phase: Active}),
	"call, word on another call":      then(talking, step{in: Said{withBob, low, bob, b1, content.Ended}, phase: Active}, step{in: Said{withCarol, mid, carol, c1, content.Ended}, phase: Active}),
	"call, an unknown device ends it": then(talking, step{in: Said{withBob, mid, bob, b2, content.Ended}, phase: Active}),
	"call, the hub goes and comes":    then(talking, step{in: HubAway{hub}, phase: Active}, step{after: time.Hour, in: Tick{}, phase: Active}, step{in: HubBack{hub}, phase: Active}),

	"rings, accepted":                  then(ringing, step{in: Accept{}, want: "open say:2/2 offer:11", phase: Active}),
	"rings with pictures, accepted":    {{in: ringWithVideo(), phase: Ringing}, {in: Accept{}, want: "open say:2/2 offer:11", phase: Active}},
	"rings, called back with pictures": then(ringing, step{in: Start{Room: withBob, Call: high, Video: true}, want: "open:video say:2/2 offer:11", phase: Active}),
	"rings, accepted by calling":       then(ringing, step{in: Start{Room: withBob, Call: high}, want: "open say:2/2 offer:11", phase: Active}),
	"rings, declined":                  then(ringing, step{in: Decline{}, want: "say:5/2"}),
	"rings, hung up":                   then(ringing, step{in: HangUp{}, want: "say:5/2"}),
	"rings, given up":                  then(ringing, step{in: bobSays(content.Missed)}),
	"rings, ended":                     then(ringing, step{in: bobSays(content.Ended)}),
	"rings, nobody is here":            then(ringing, step{after: time.Minute, in: Tick{}, want: "note:3"}),
	"rings, answered elsewhere":        then(ringing, step{in: Said{withBob, mid, me, d2, content.AnsweredElsewhere}}),
	"rings, declined elsewhere":        then(ringing, step{in: Said{withBob, mid, me, d2, content.Declined}}),
	"rings, and somebody else calls":   then(ringing, step{in: ringBy(withCarol, high, carol, c1), want: "say:6/3", phase: Ringing}),
	"rings, twice":                     then(ringing, step{in: ringBy(withBob, mid, bob, b1), phase: Ringing}),
	"rings, an offer before accepting": then(ringing, step{in: Offered{withBob, mid, bob, b1}, phase: Ringing}),
	"rings late":                       {{after: time.Minute, in: ringBy(withBob, mid, bob, b1), want: "note:3"}},
	"rings on one's own behalf":        {{in: ringBy(withBob, mid, me, d2)}},
	"rings in a channel":               {{in: ringBy(general, mid, bob, b1)}},
	"rings from the future":            {{in: Ring{Room: withBob, Call: mid, User: bob, Device: b1, Sent: noon.Add(time.Hour)}, phase: Ringing}, {after: time.Minute, in: Tick{}, want: "note:3"}},
	"accepts nothing":                  {{in: Accept{}, want: "refuse"}, {in: Decline{}, want: "refuse"}, {in: HangUp{}, want: "refuse"}},
	"both accept on two devices":       then(ringing, step{in: Accept{}, want: "open say:2/2 offer:11", phase: Active}, step{in: Said{withBob, mid, me, d2, content.AnsweredElsewhere}, phase: Active}),
	"the lower id keeps it":            then(ringing, step{in: Accept{}, want: "open say:2/2 offer:11", phase: Active}, step{in: Said{withBob, mid, me, id.DeviceID{}, content.AnsweredElsewhere}, want: "drop:11 shut"}),
	"blocked in a call":                then(talking, step{in: Blocked{carol}, phase: Active}, step{in: Blocked{bob}, want: "say:4/2 drop:11 shut"}),
	"blocked while it rings":           then(ringing, step{in: Blocked{bob}}),
	"blocked in a channel":             then(inRoom, step{in: rosterOf(mid, meIn, bobIn, carolIn), want: "wait:11 wait:21", phase: Active}, step{in: Blocked{bob}, want: "drop:11", phase: Active}, step{after: time.Hour, in: Tick{}, phase: Active}),
	"busy in a call":                   then(talking, step{in: ringBy(withCarol, high, carol, c1), want: "say:6/3", phase: Active}),
	"the other calls anew":             then(talking, step{in: ringBy(withBob, high, bob, b1), want: "drop:11 shut", phase: Ringing}),

	"glare, theirs wins": {{in: start, want: "open say:1/2", phase: Calling}, {in: ringBy(withBob, low, bob, b1), want: "say:2/1 offer:11", phase: Active}},
	"glare, mine wins":   {{in: start, want: "open say:1/2", phase: Calling}, {in: ringBy(withBob, high, bob, b1), phase: Calling}, {in: Offered{withBob, mid, bob, b1}, want: "wait:11", phase: Active}},

	"channel, somebody comes":           then(inRoom, step{in: rosterOf(mid, meIn, bobIn), want: "wait:11", phase: Active}),
	"channel, the offer comes first":    then(inRoom, step{in: Offered{general, mid, bob, b1}, want: "wait:11", phase: Active}, step{in: rosterOf(mid, meIn, bobIn), phase: Active}),
	"channel, join what runs":           {{in: rosterOf(low, bobIn, carolIn)}, {in: Start{Room: general, Call: mid}, want: "open enter", phase: Active}, {in: rosterOf(low, bobIn, carolIn, meIn), want: "offer:11 offer:21", phase: Active}},
	"channel, both began":               then(inRoom[:1], step{in: rosterOf(low, bobIn, meIn), want: "offer:11", phase: Active}),
	"channel, leave":                    then(inRoom, step{in: rosterOf(mid, meIn, bobIn), want: "wait:11", phase: Active}, step{in: HangUp{}, want: "leave drop:11 shut"}),
	"channel, the last leaves":          then(inRoom, step{after: time.Minute, in: HangUp{}, want: "leave say:4/2 shut"}),
	"channel, an unknown device":        then(inRoom, step{in: rosterOf(mid, meIn, Listed{b1, id.NoUser, noon}), phase: Active}),
	"channel, another's offer":          then(inRoom, step{in: Offered{general, low, bob, b1}, phase: Active}, step{in: Offered{withBob, mid, bob, b1}, phase: Active}),
	"channel, one is removed":           then(inRoom, step{in: rosterOf(mid, meIn, bobIn), want: "wait:11", phase: Active}, step{in: Removed{general, bob}, want: "drop:11", phase: Active}),
	"channel, oneself is removed":       then(inRoom, step{in: rosterOf(mid, meIn, bobIn), want: "wait:11", phase: Active}, step{in: Removed{general, me}, want: "drop:11 shut"}),
	"channel, another one's members":    then(inRoom, step{in: Removed{Room{Hub: hub, Channel: id.ChannelID{6}}, me}, phase: Active}),
	"channel, refused":                  then(inRoom[:1], step{in: Refused{general, "full"}, want: "shut"}),
	"channel, the hub forgets":          then(inRoom, step{in: rosterOf(mid, meIn, bobIn), want: "wait:11", phase: Active}, step{in: HubAway{hub}, phase: Active}, step{after: time.Hour, in: Tick{}, phase: Active}, step{in: HubBack{hub}, want: "enter", phase: Active}, step{in: rosterOf(mid, meIn), phase: Active}, step{after: 20 * time.Second, in: Tick{}, phase: Active}, step{in: rosterOf(mid, meIn, bobIn), phase: Active}, step{after: time.Minute, in: Tick{}, phase: Active}),
	"channel, who does not come back":   then(inRoom, step{in: rosterOf(mid, meIn, bobIn), want: "wait:11", phase: Active}, step{in: rosterOf(mid, meIn), phase: Active}, step{after: rosterPatience, in: Tick{}, want: "drop:11", phase: Active}),
	"channel, a connection breaks":      then(inRoom, step{in: rosterOf(mid, meIn, bobIn), want: "wait:11", phase: Active}, step{in: Lost{b1}, want: "drop:11", phase: Active}, step{after: time.Second, in: Tick{}, phase: Active}, step{after: reachAgain, in: Tick{}, want: "wait:11", phase: Active}),
	"channel, two devices of one's own": then(inRoom, step{in: rosterOf(mid, meIn, Listed{d2, me, noon.Add(1)}), want: "wait:2", phase: Active}),
}

func TestMachine(t *testing.T) {
	for name, steps := range table {
		t.Run(name, func(t *testing.T) {
			m, now := NewMachine(me, d1), noon
			for i, s := range steps {
				now = now.Add(s.after)
				if got := brief(m.Step(s.in, now)); got != s.want || m.phase != s.phase {
					t.Fatalf("step %d, %T: %q in phase %q, want %q in %q", i, s.in, got, m.phase, s.want, s.phase)
				}
			}
		})
	}
}

// TestMachineStaysSane gives the machine every two inputs after every history: what it opens it shuts, whom it connects to it drops.
func TestMachineStaysSane(t *testing.T) {
	var inputs []Input
	known := map[string]bool{}
	for _, steps := range table {
		for _, s := range steps {
			if text := fmt.Sprintf("%T %v", s.in, s.in); !known[text] {
				known[text], inputs = true, append(inputs, s.in)
			}
		}
	}
	for name, steps := range table {
		for _, first := range inputs {
			for _, second := range inputs {
				m, open, peers := NewMachine(me, d1), false, map[id.DeviceID]bool{}
				for _, in := range append(inputsOf(steps), first, second) {
					for _, effect := range m.Step(in, noon) {
						switch e := effect.(type) {
						case Open:
							open = true
						case Shut:
							open = false
						case Connect:
							if peers[e.Device] {
								t.Fatalf("%s, %T, %T: connected twice", name, first, second)
							}
							peers[e.Device] = true
						case Drop:
							delete(peers, e.Device)
						}
					}
				}
				if open != (m.phase == Calling || m.phase == Active) || len(peers) != len(m.members) || m.phase == Idle && len(peers) > 0 {
					t.Fatalf("%s, %T, %T: open %v in phase %q with %d peers and %d members", name, first, second, open, m.phase, len(peers), len(m.members))
				}
			}
		}
	}
}

func inputsOf(steps []step) (inputs []Input) {
	for _, s := range steps {
		inputs = append(inputs, s.in)
	}
	return inputs
}
