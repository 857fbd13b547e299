package backendtest

import (
	"context"
	"fmt"
	"time"

	"gossip/backend"
	"gossip/common/id"
	"gossip/signaling/hubtest"
)

// commandTime is how long a command that needs the hub may take in the simulation.
const commandTime = 5 * time.Second

// actions is what happens in a history, and how often.
var actions = []struct {
	weight int
	do     func(s *simulation)
}{
	{22, (*simulation).sayInChannel},
	{18, (*simulation).sayDirectly},
	{5, (*simulation).sayFleetingly},
	{6, (*simulation).edit},
	{4, (*simulation).delete},
	{6, (*simulation).react},
	{2, (*simulation).setTimer},
	{4, (*simulation).markRead},
	{1, (*simulation).typing},
	{2, (*simulation).draft},
	{1, (*simulation).accept},
	{3, (*simulation).create},
	{3, (*simulation).invite},
	{5, (*simulation).join},
	{3, (*simulation).leave},
	{4, (*simulation).cut},
	{3, (*simulation).halfOpen},
	{5, (*simulation).breakSoon},
	{3, (*simulation).breakTwice},
	{3, (*simulation).delay},
	{3, (*simulation).networkDown},
	{5, (*simulation).networkUp},
	{3, (*simulation).hubCrash},
	{3, (*simulation).hubDiesSoon},
	{1, (*simulation).hubRestart},
	{6, (*simulation).killNow},
	{4, (*simulation).killSoon},
	{4, (*simulation).goAway},
	{3, (*simulation).wait},
	{1, (*simulation).reconnect},
	{1, (*simulation).longAbsence},
}

// marker is in every text, so that a plaintext can be searched for.
const marker = "PLAINTEXT"

func (s *simulation) say(d *device, r *room, expires time.Duration) {
	text := fmt.Sprintf("%s %d", marker, len(s.said))
	view := s.view(d, r)
	m, err := d.client.Send(r.of(s.ownerOf(d)), backend.Draft{Text: text, ExpiresIn: expires})
	if err != nil {
		s.note("%s can't say anything in %s: %v", d.name, r.name, err)
		if p := s.ownerOf(d); r.has(p) && len(p.devices) == 1 && !s.uncertain(r) {
			s.t.Errorf("%s can't write in %s: %v", d.name, r.name, err)
		}
		return
	}
	u := s.uttered(d, r, m, text, view)
	s.note("%s says %q in %s (%s, disappears after %v)", d.name, text, r.name, m, u.expires)
}

// uncertain reports whether somebody's standing in the room is not known.
func (s *simulation) uncertain(r *room) bool {
	for _, p := range s.people {
		if r.standing[p] == unsure {
			return true
		}
	}
	return false
}

func (s *simulation) sayInChannel() {
	d := s.device()
	if r := s.room(func(r *room) bool { return !r.direct() && r.has(s.ownerOf(d)) }); r != nil {
		s.say(d, r, 0)
	}
}

func (s *simulation) sayDirectly() {
	d := s.device()
	if r := s.room(func(r *room) bool { return r.direct() && r.has(s.ownerOf(d)) }); r != nil {
		s.say(d, r, 0)
	}
}

func (s *simulation) sayFleetingly() {
	d := s.device()
	if r := s.room(func(r *room) bool { return r.has(s.ownerOf(d)) }); r != nil {
		s.say(d, r, pick(s, []time.Duration{30 * time.Second, 5 * time.Minute}))
	}
}

// room picks one of the rooms that fit; nil when none does.
func (s *simulation) room(fits func(r *room) bool) *room {
	var some []*room
	for _, r := range s.rooms {
		if fits(r) {
			some = append(some, r)
		}
	}
	if len(some) == 0 {
		return nil
	}
	return pick(s, some)
}

// utterance picks one of those that stay and fit.
func (s *simulation) utterance(fits func(u *utterance) bool) *utterance {
	var some []*utterance
	for _, u := range s.said {
		if u.expires == 0 && !u.deleted && fits(u) {
			some = append(some, u)
		}
	}
	if len(some) == 0 {
		return nil
	}
	return pick(s, some)
}

func (s *simulation) edit() {
	d := s.device()
	p := s.ownerOf(d)
	u := s.utterance(func(u *utterance) bool { return u.by == d && u.room.has(p) && !u.vague })
	if u == nil {
		return
	}
	text := u.text + "+"
	err := d.client.Edit(u.room.of(p), u.id, text)
	s.note("%s edits %s to %q: %v", d.name, u.id, text, err)
	if err == nil {
		u.text = text
	} else {
		u.vague = true
	}
}

func (s *simulation) delete() {
	d := s.device()
	p := s.ownerOf(d)
	u := s.utterance(func(u *utterance) bool { return u.by == d && u.room.has(p) && !u.vague })
	if u == nil {
		return
	}
	err := d.client.Delete(u.room.of(p), u.id)
	s.note("%s deletes %s: %v", d.name, u.id, err)
	if err == nil {
		u.deleted = true
	} else {
		u.vague = true
	}
}

func (s *simulation) react() {
	d := s.device()
	p := s.ownerOf(d)
	u := s.utterance(func(u *utterance) bool { return u.must[p] && u.room.has(p) && !u.vague })
	if u == nil {
		return
	}
	if m, err := d.client.Message(u.room.of(p), u.id); err != nil || m.Deleted {
		return // it is not here yet
	}
	key := reactionKey{p, pick(s, []string{"👍", "🙂"})}
	remove := u.reactions[key]
	err := d.client.React(u.room.of(p), u.id, key.emoji, remove)
	s.note("%s reacts to %s with %s (taken back: %v): %v", d.name, u.id, key.emoji, remove, err)
	if err == nil {
		u.reactions[key] = !remove
	} else {
		u.vague = true
	}
}

func (s *simulation) setTimer() {
	d := s.device()
	r := s.room(func(r *room) bool { return r.has(s.ownerOf(d)) })
	if r == nil {
		return
	}
	timer := pick(s, []time.Duration{0, 0, 30 * time.Second, 5 * time.Minute})
	s.note("%s sets the timer of %s to %v: %v", d.name, r.name, timer, d.client.SetTimer(r.of(s.ownerOf(d)), timer))
}

func (s *simulation) markRead() {
	d := s.device()
	if r := s.room(func(r *room) bool { return r.has(s.ownerOf(d)) }); r != nil {
		s.note("%s reads %s", d.name, r.name)
		s.readAll(d, r)
	}
}

// readAll marks everything in a room as read.
func (s *simulation) readAll(d *device, r *room) {
	conv := r.of(s.ownerOf(d))
	all := d.history(conv)
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Notice == nil {
			err := d.client.MarkRead(conv, messageID(s.t, all[i].ID)) // it may have disappeared meanwhile
			s.note("%s read %s up to %s %q: %v", d.name, r.name, all[i].ID, all[i].Text, err)
			return
		}
	}
}

func (s *simulation) typing() {
	d := s.device()
	if r := s.room(func(r *room) bool { return r.has(s.ownerOf(d)) }); r != nil {
		s.note("%s types in %s: %v", d.name, r.name, d.client.SetTyping(r.of(s.ownerOf(d)), true))
	}
}

// draft leaves something unsent in a room, or clears it.
func (s *simulation) draft() {
	d := s.device()
	r := s.room(func(r *room) bool { return r.has(s.ownerOf(d)) })
	if r == nil {
		return
	}
	text := ""
	if !s.chance(3) {
		text = fmt.Sprintf("%s draft %d", marker, len(s.drafts))
	}
	err := d.client.SaveDraft(r.of(s.ownerOf(d)), text, id.NoMessage)
	s.note("%s leaves %q in %s: %v", d.name, text, r.name, err)
	if err == nil {
		s.drafts[draftKey{d, r}] = text
	}
}

// accept takes whoever has written for no stranger.
func (s *simulation) accept() {
	d := s.device()
	if r := s.room(func(r *room) bool { return r.direct() && r.has(s.ownerOf(d)) }); r != nil {
		s.note("%s accepts %s: %v", d.name, r.name, d.client.AcceptRequest(r.of(s.ownerOf(d))))
	}
}

func (s *simulation) command(do func(ctx context.Context) error) error {
	ctx, done := context.WithTimeout(context.Background(), commandTime)
	defer done()
	return do(ctx)
}

func (s *simulation) create() {
	if len(s.rooms) > 8 {
		return
	}
	d := s.device()
	name := fmt.Sprintf("den%d", len(s.rooms))
	public := s.chance(2)
	var conv backend.Conversation
	err := s.command(func(ctx context.Context) (err error) {
		conv, err = d.client.CreateChannel(ctx, s.hubID, name, public)
		return err
	})
	s.note("%s creates #%s (public %v): %v", d.name, name, public, err)
	if err == nil {
		r := s.addRoom("#"+name, conv, nil)
		r.creator, r.private = s.ownerOf(d), !public
		r.standing[r.creator] = in
	}
}

// roomFor picks a channel that people made and in which the person does not stand so.
func (s *simulation) roomFor(p *person, not standing) *room {
	return s.room(func(r *room) bool { return !r.direct() && r.creator != p && r.standing[p] != not })
}

func (s *simulation) invite() {
	d := s.device()
	r := s.room(func(r *room) bool { return r.private && r.creator == s.ownerOf(d) })
	if r == nil {
		return
	}
	whom := pick(s, s.people)
	if r.standing[whom] != out {
		return
	}
	err := s.command(func(ctx context.Context) error { return d.client.Invite(ctx, r.conv, whom.devices[0].user) })
	s.note("%s invites %s to %s: %v", d.name, whom.name, r.name, err)
}

func (s *simulation) join() {
	d := s.device()
	p := s.ownerOf(d)
	r := s.roomFor(p, in)
	if r == nil {
		return
	}
	s.joining(p, r)
	err := s.command(func(ctx context.Context) error { return d.client.JoinChannel(ctx, r.conv) })
	s.note("%s joins %s: %v", d.name, r.name, err)
	if err == nil {
		r.standing[p] = in
	}
}

func (s *simulation) leave() {
	d := s.device()
	p := s.ownerOf(d)
	r := s.roomFor(p, out)
	if r == nil {
		return
	}
	s.leaving(p, r)
	err := s.command(func(ctx context.Context) error { return d.client.LeaveChannel(ctx, r.conv) })
	s.note("%s leaves %s: %v", d.name, r.name, err)
	if err == nil {
		r.standing[p] = out
	}
}

func (s *simulation) cut() {
	d := s.device()
	s.note("%s loses the connection", d.name)
	d.line.each((*hubtest.Conn).Cut)
}

func (s *simulation) halfOpen() {
	d := s.device()
	s.note("%s's connection is half open", d.name)
	d.line.each((*hubtest.Conn).HalfOpen)
}

// breakSoon has a connection end while something comes through it: in the middle of a login, or of what was missed.
func (s *simulation) breakSoon() {
	d := s.device()
	reads := 1 + s.rng.IntN(60)
	if s.chance(2) {
		s.note("%s's connection will be half open after %d reads", d.name, reads)
		d.line.breakAfter(reads, (*hubtest.Conn).HalfOpen)
		return
	}
	s.note("%s's connection will be lost after %d reads", d.name, reads)
	d.line.breakAfter(reads, (*hubtest.Conn).Cut)
}

// breakTwice has a device and somebody else write in a channel at the same time, and the device lose the connection before it
// has the other's message, and again while that comes through at last.
func (s *simulation) breakTwice() {
	const way = time.Second // from the device to the hub
	d := s.device()
	other := s.device()
	r := s.room(func(r *room) bool { return !r.direct() && r.has(s.ownerOf(d)) && r.has(s.ownerOf(other)) })
	if r == nil || d == other {
		return
	}
	d.line.slow(way)
	s.say(d, r, 0)
	s.rest(way / 2)
	s.say(other, r, 0)
	s.rest(way * 3 / 4)
	reads := 5 + s.rng.IntN(30)
	s.note("%s loses the connection, and again after %d reads", d.name, reads)
	d.line.slow(0)
	d.line.each((*hubtest.Conn).Cut)
	d.line.breakAfter(reads, (*hubtest.Conn).Cut)
}

func (s *simulation) delay() {
	d := s.device()
	slow := time.Duration(s.rng.IntN(3000)) * time.Millisecond
	s.note("%s's network takes %v", d.name, slow)
	d.line.slow(slow)
}

func (s *simulation) networkDown() {
	d := s.device()
	s.note("%s has no network", d.name)
	d.line.setDown(true)
}

func (s *simulation) networkUp() {
	d := s.device()
	s.note("%s has a network", d.name)
	d.line.setDown(false)
	d.line.slow(0)
}

func (s *simulation) hubCrash() {
	s.note("the hub crashes")
	s.hub.Kill()
	s.plant.hubKilled(s)
	time.Sleep(time.Duration(s.rng.IntN(5000)) * time.Millisecond)
	s.hub.Revive()
}

// hubDiesSoon has the hub end between two writes of something that it does.
func (s *simulation) hubDiesSoon() {
	writes := 1 + s.rng.IntN(20)
	s.note("the hub will die at write %d", writes)
	s.hub.DieAt(writes)
}

// hubIsBack brings a hub back that has died.
func (s *simulation) hubIsBack() {
	s.note("the hub has died; it comes back")
	s.hub.Kill()
	s.plant.hubKilled(s)
	s.hub.Revive()
}

func (s *simulation) hubRestart() {
	s.note("the hub restarts")
	s.hub.Restart()
}

func (s *simulation) killNow() { s.kill(s.device(), "is killed") }

func (s *simulation) killSoon() {
	d := s.device()
	writes := 1 + s.rng.IntN(12)
	s.note("%s will die at write %d", d.name, writes)
	d.line.dieAfter(writes)
}

func (s *simulation) goAway() {
	d := s.device()
	s.note("%s closes the program", d.name)
	d.close()
}

func (s *simulation) wait() {
	long := pick(s, []time.Duration{15 * time.Second, 35 * time.Second, 2 * time.Minute, 6 * time.Minute})
	s.note("%v pass", long)
	s.rest(long)
}

func (s *simulation) reconnect() {
	d := s.device()
	s.note("%s reconnects: %v", d.name, d.client.Reconnect(s.hubID))
}

// longAbsence turns everything off for so long that keys are renewed afterwards.
func (s *simulation) longAbsence() {
	for _, d := range s.devices {
		if d.on() && d.line.isDead() {
			s.kill(d, "died")
		}
		d.close()
	}
	for _, u := range s.said {
		if u.expires != 0 {
			u.lost = true // the hub need not keep it for so long
		}
	}
	away := time.Duration(7+s.rng.IntN(4)) * 24 * time.Hour
	s.note("everything is off for %v", away)
	s.hub.Kill()
	time.Sleep(away)
	s.hub.Revive()
}
