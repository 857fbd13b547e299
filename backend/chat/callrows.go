package chat

import (
	"crypto/sha256"
	"fmt"
	"time"

	"gossip/backend/history"
	"gossip/common/content"
	"gossip/common/id"
)

// applyCall hears and shows an event of a call.
func (c *change) applyCall(r *received, event content.Call) error {
	if r.device != c.device && c.mayCall(r.conv, r.from) {
		at := history.TimeOf(orNow(r.at, c.now))
		c.after = append(c.after, func() { c.Calls.Heard(r.conv, r.from, r.device, event, at) })
	}
	if event.Event == content.Ring && r.conv.Direct() && r.from != c.self && !c.mayCall(r.conv, r.from) {
		c.Conversation(r.conv).Asked = true // a stranger's call does not ring: it stands there, as a request
		return c.showCall(r.conv, r.from, content.Call{Event: content.Missed, Call: event.Call, Video: event.Video})
	}
	return c.showCall(r.conv, r.from, event)
}

// callRow is the id of the row that shows a call: the same on every device.
func callRow(call id.CallID) id.MessageID {
	sum := sha256.Sum256(append([]byte("gossip call v1\x00"), call[:]...))
	return id.MessageID(sum[:len(id.MessageID{})])
}

// showCall shows what a call has come to: one row a call, of which the first word counts; in a channel its end is added.
func (c *change) showCall(conv Conversation, by id.UserID, event content.Call) error {
	n, caller := c.callNotice(conv, by, event)
	if n == nil {
		return nil
	}
	at, shown, err := history.Find(c.tx, conv, callRow(event.Call))
	if err != nil {
		return err
	}
	if shown != nil {
		return c.endCallRow(conv, at, shown, event)
	}
	r := &history.Row{ID: callRow(event.Call), From: caller, SentAt: history.Millis(c.now), State: history.StateReceived, Notice: n}
	if n.Kind == history.NoticeMissed {
		r.Type = content.TypeCall // it counts as unread
	}
	return c.Notice(conv, c.reached(conv), r)
}

// endCallRow adds to the row of a channel's call how long it was.
func (c *change) endCallRow(conv Conversation, at history.Place, shown *history.Row, event content.Call) error {
	if conv.Direct() || event.Event != content.Ended || shown.Notice == nil || shown.Notice.Count != 0 {
		return nil
	}
	shown.Notice.Count = max(1, int(event.Duration/time.Second))
	shown.Notice.Text = fmt.Sprintf("%s started a call; it lasted %s.", c.name(shown.From), lasted(event.Duration))
	return c.Replace(conv, at, shown)
}

// callNotice is what the row says, and who called; nil for what is not shown.
func (c *change) callNotice(conv Conversation, by id.UserID, event content.Call) (*history.Notice, id.UserID) {
	mine, name, what := by == c.self, c.name(by), "call"
	if event.Video {
		what = "video call"
	}
	other := c.self
	if mine {
		other = conv.User
	}
	kind, text, caller := history.NoticeCall, "", by
	switch {
	case !conv.Direct() && event.Event == content.Ring:
		text = name + " started a " + what + "."
	case !conv.Direct():
		if event.Event != content.Ended {
			return nil, by
		}
		text = fmt.Sprintf("A %s ended after %s.", what, lasted(event.Duration))
	case event.Event == content.Missed && mine:
		text = fmt.Sprintf("You called %s; nobody answered.", c.name(conv.User))
	case event.Event == content.Missed:
		kind, text = history.NoticeMissed, fmt.Sprintf("You missed a %s from %s.", what, name)
	case event.Event == content.Declined && mine:
		text, caller = fmt.Sprintf("You declined a %s from %s.", what, c.name(other)), other
	case event.Event == content.Declined:
		text, caller = fmt.Sprintf("%s declined your %s.", name, what), other
	case event.Event == content.Busy && mine:
		kind, text, caller = history.NoticeMissed, fmt.Sprintf("You missed a %s from %s: you were in another call.", what, c.name(other)), other
	case event.Event == content.Busy:
		text, caller = fmt.Sprintf("%s was in another call.", name), other
	case event.Event == content.Ended:
		text = fmt.Sprintf("You talked with %s for %s.", c.name(conv.User), lasted(event.Duration))
		if event.Duration == 0 {
			text = fmt.Sprintf("A %s with %s could not be connected.", what, c.name(conv.User))
		}
	default:
		return nil, by
	}
	return &history.Notice{Kind: kind, Text: text, Subject: caller.String()}, caller
}

// lasted is a length of time for people.
func lasted(d time.Duration) string {
	seconds := int(d / time.Second)
	switch {
	case seconds < 60:
		return fmt.Sprintf("%d s", seconds)
	case seconds < 3600:
		return fmt.Sprintf("%d min %d s", seconds/60, seconds%60)
	}
	return fmt.Sprintf("%d h %d min", seconds/3600, seconds/60%60)
}
