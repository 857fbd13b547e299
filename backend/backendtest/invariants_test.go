package backendtest

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/e2ee"
	"gossip/common/id"
)

// settleTimes are how long the simulation waits until everything is as it must be. The last ones are for the askings of
// repair, the third of which comes after more than five minutes.
var settleTimes = []time.Duration{2 * time.Second, 10 * time.Second, 50 * time.Second, 6 * time.Minute, 15 * time.Minute}

// finish brings everybody back, waits, and returns what is not as it must be.
func (s *simulation) finish() (broken []string) {
	s.note("everybody comes back")
	s.hub.DieAt(0) // never
	if s.hub.Dead() {
		s.torn = true
		s.hubIsBack()
	}
	for _, d := range s.devices {
		s.ready(d)
		d.line.dieAfter(0)
		d.line.breakAfter(0, nil)
		d.line.setDown(false)
		d.line.slow(0)
		d.client.Reconnect(s.hubID)
	}
	for _, wait := range settleTimes {
		s.rest(wait)
		if broken = s.check(); len(broken) == 0 {
			break
		}
	}
	if len(broken) == 0 {
		broken = s.afterExpiry()
	}
	for _, d := range s.devices {
		d.close()
	}
	s.hub.Stop()
	broken = append(broken, s.plaintexts()...)
	return append(broken, s.complaints()...)
}

// complaints are what the clients logged as a warning or worse, and packets under a key that had been used before: with a
// hub and people who play no tricks there are none, whatever the weather.
func (s *simulation) complaints() (broken []string) {
	for _, line := range s.logs.all() {
		if line.level >= slog.LevelWarn || strings.Contains(line.text, e2ee.ErrReplayed.Error()) {
			broken = append(broken, line.who+" complained: "+line.text)
		}
	}
	return broken
}

// check returns what is not as it must be while everybody is here.
func (s *simulation) check() (broken []string) {
	for _, r := range s.rooms {
		histories := map[*device][]backend.Message{}
		for _, p := range s.people {
			for _, d := range p.devices {
				if r.direct() && !r.has(p) {
					continue
				}
				histories[d] = d.history(r.of(p))
				broken = append(broken, s.checkRows(d, r, histories[d])...)
				broken = append(broken, s.checkSummary(d, r, histories[d])...)
				broken = append(broken, s.checkSearch(d, r, histories[d])...)
			}
		}
		broken = append(broken, s.checkUtterances(r, histories)...)
		broken = append(broken, s.checkOrder(r, histories)...)
	}
	return broken
}

// checkRows looks at what one device shows of a room.
func (s *simulation) checkRows(d *device, r *room, rows []backend.Message) (broken []string) {
	say := func(format string, args ...any) {
		broken = append(broken, fmt.Sprintf("%s in %s: ", d.name, r.name)+fmt.Sprintf(format, args...))
	}
	seen := map[string]bool{}
	last := map[*device]int{}
	for _, m := range rows {
		if m.Notice != nil {
			switch m.Notice.Kind {
			case "gap", "expired", "warning", "key_change":
				say("notice %s: %s", m.Notice.Kind, m.Notice.Text)
			}
			continue
		}
		if seen[m.ID] {
			say("%s is shown twice", m.ID)
		}
		seen[m.ID] = true
		at := slices.IndexFunc(s.said, func(u *utterance) bool { return u.id.String() == m.ID })
		if m.State == backend.Retrying || at < 0 {
			say("a row in state %s (%s %q) that nobody wrote: %s", m.State, m.ID, m.Text, m.Error)
			continue
		}
		u := s.said[at]
		if u.room != r || !u.may[s.ownerOf(d)] {
			say("%s %q was not for this person", m.ID, m.Text)
		}
		if before, any := last[u.by]; any && before > at && !u.lost {
			say("%s %q stands behind what %s said later", m.ID, m.Text, u.by.name)
		}
		last[u.by] = at
	}
	return broken
}

// checkSummary looks whether a device's list says of a room what its rows say, and keeps the draft.
func (s *simulation) checkSummary(d *device, r *room, rows []backend.Message) (broken []string) {
	info, err := d.client.Conversation(r.of(s.ownerOf(d)))
	say := func(format string, args ...any) {
		broken = append(broken, fmt.Sprintf("%s's list of %s: ", d.name, r.name)+fmt.Sprintf(format, args...))
	}
	if err != nil {
		say("%v", err)
	}
	if want := s.drafts[draftKey{d, r}]; info.Draft != want {
		say("the draft is %q, want %q", info.Draft, want)
	}
	first := slices.ContainsFunc(rows, func(m backend.Message) bool { return m.ID == info.FirstUnread && !m.Mine })
	if info.Mentions > info.Unread || info.Unread < 0 || info.Unread > 0 != first || first != (info.FirstUnread != "") {
		say("%d are unread, the first is %q (there: %v), %d mention", info.Unread, info.FirstUnread, first, info.Mentions)
	}
	last := backend.Message{}
	for _, m := range rows {
		if m.State != backend.Retrying && (m.Notice == nil || m.Notice.Kind != "gap") {
			last = m
		}
	}
	if last.Notice != nil {
		last.Mine, last.State = false, ""
	}
	if info.LastMine != last.Mine || info.LastState != last.State || last.Notice == nil && !last.Deleted && info.LastText != last.Text {
		say("the last is %q (mine: %v, %s), want %q (%v, %s)", info.LastText, info.LastMine, info.LastState, last.Text, last.Mine, last.State)
	}
	return broken
}

// checkUtterances looks whether what was said is shown to everybody who has to see it, as it is now.
func (s *simulation) checkUtterances(r *room, histories map[*device][]backend.Message) (broken []string) {
	for _, u := range s.said {
		if u.room != r || u.lost {
			continue
		}
		for _, d := range s.devices {
			switch {
			case !u.must[s.ownerOf(d)]:
			case u.expires == 0:
				broken = append(broken, s.checkShown(u, d, histories[d])...)
			case len(s.ownerOf(d).devices) == 1 && d != u.by && !d.saw(u.id):
				broken = append(broken, fmt.Sprintf("%s never saw %s by %s, which disappears", d.name, u.id, u.by.name))
			}
		}
	}
	return broken
}

func (s *simulation) checkShown(u *utterance, d *device, rows []backend.Message) (broken []string) {
	say := func(format string, args ...any) {
		broken = append(broken, fmt.Sprintf("%s in %s, %s %q by %s: ", d.name, u.room.name, u.id, u.text, u.by.name)+fmt.Sprintf(format, args...))
	}
	at := slices.IndexFunc(rows, func(m backend.Message) bool { return m.ID == u.id.String() })
	if at < 0 && u.deleted {
		return broken // taken back before this device could read it: the author has nothing left to give again
	}
	if at < 0 {
		say("is not shown")
		return broken
	}
	m := rows[at]
	if d == u.by && (m.State == backend.Queued || m.State == backend.Failed) {
		say("is %s: %s", m.State, m.Error)
	}
	if u.vague {
		return broken
	}
	text := u.text
	if u.deleted {
		text = ""
	}
	if m.Text != text || m.Deleted != u.deleted {
		say("is shown as %q (deleted: %v, want %v)", m.Text, m.Deleted, u.deleted)
	}
	if got, want := reactionsOf(m), s.reactionsOf(u); got != want {
		say("has the reactions %q, want %q", got, want)
	}
	return broken
}

func reactionsOf(m backend.Message) string {
	var list []string
	for _, r := range m.Reactions {
		for _, user := range r.Users {
			list = append(list, r.Emoji+user)
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func (s *simulation) reactionsOf(u *utterance) string {
	var list []string
	for key, stays := range u.reactions {
		if stays && !u.deleted {
			list = append(list, key.emoji+key.by.devices[0].user.String())
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// checkOrder looks whether everybody sees a conversation in the same order. In direct ones that is the time of receipt of each
// device's copy: of the copies of a message that was under way when the hub died, some may be from before and some from after. The
// first person has two devices, the second of which may be off.
func (s *simulation) checkOrder(r *room, histories map[*device][]backend.Message) (broken []string) {
	if s.torn && r.direct() && r.has(s.people[0]) {
		return nil
	}
	for i, a := range s.devices {
		for _, b := range s.devices[:i] {
			left, right := s.common(histories[a], histories[b])
			if !slices.Equal(left, right) {
				broken = append(broken, fmt.Sprintf("%s has another order in %s than %s: %q and %q", a.name, r.name, b.name, left, right))
			}
		}
	}
	return broken
}

// common are the ids of the messages that both show, in the order of each. Those that somebody who had left got by
// asking after coming back stand where their author went on for them; those whose author left before hearing that they were taken
// stand there as failed.
func (s *simulation) common(a, b []backend.Message) (left, right []string) {
	of := func(rows, others []backend.Message) (ids []string) {
		for _, m := range rows {
			if m.Notice == nil && !s.isStray(m.ID) && slices.ContainsFunc(others, func(o backend.Message) bool { return o.ID == m.ID }) {
				ids = append(ids, m.ID)
			}
		}
		return ids
	}
	return of(a, b), of(b, a)
}

func (s *simulation) isStray(m string) bool {
	return slices.ContainsFunc(s.said, func(u *utterance) bool { return (u.stray || u.lost) && u.id.String() == m })
}

// afterExpiry has everybody read everything, waits until all timers are over, and looks whether what had to disappear
// is gone.
func (s *simulation) afterExpiry() (broken []string) {
	fleeting := slices.ContainsFunc(s.said, func(u *utterance) bool { return u.expires != 0 })
	if !fleeting {
		return nil
	}
	type sight struct {
		d *device
		u *utterance
	}
	seen := map[sight]bool{} // of people with two devices one may get it later still
	for _, u := range s.said {
		for _, d := range s.devices {
			seen[sight{d, u}] = d == u.by || d.saw(u.id)
		}
	}
	for _, r := range s.rooms {
		for _, d := range s.devices {
			if r.has(s.ownerOf(d)) {
				s.readAll(d, r)
			}
		}
	}
	s.rest(6 * time.Minute)
	for _, u := range s.said {
		if u.expires == 0 {
			continue
		}
		for _, d := range s.devices {
			p := s.ownerOf(d)
			if u.room.direct() && !u.room.has(p) || !seen[sight{d, u}] {
				continue
			}
			if m, err := d.client.Message(u.room.of(p), u.id); err == nil && !u.lost && u.room.has(p) {
				broken = append(broken, fmt.Sprintf("%s still shows %s by %s in state %s, which expires at %q", d.name, u.id, u.by.name, m.State, m.ExpiresAt))
			}
		}
	}
	return append(broken, s.check()...)
}

// plaintexts searches the folders of the hub and of everybody.
func (s *simulation) plaintexts() (broken []string) {
	folders := map[string]folder{"the hub's folder": readFolder(s.t, s.hub.Dir)}
	for _, d := range s.devices {
		folders[d.name+"'s folder"] = readFolder(s.t, d.dir)
	}
	for name, files := range folders {
		for file, content := range files {
			if bytes.Contains(content.used, []byte(marker)) {
				broken = append(broken, fmt.Sprintf("%s holds a plaintext in %s", name, file))
			}
		}
	}
	return broken
}

func messageID(t testing.TB, text string) (m id.MessageID) {
	t.Helper()
	check(t, m.UnmarshalText([]byte(text)))
	return m
}
