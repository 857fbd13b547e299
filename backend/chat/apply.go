package chat

import (
	"fmt"
	"time"

	"gossip/backend/history"
	"gossip/common/content"
	"gossip/common/id"
)

// apply does what a message says.
func (c *change) apply(r *received) error {
	switch body := r.message.Body.(type) {
	case content.Text:
		return c.applyText(r, body)
	case content.Edit:
		return c.onTarget(r, body.Target, func(at history.Place, target *history.Row) error { return c.applyEdit(r, body, at, target) })
	case content.Reaction:
		return c.onTarget(r, body.Target, func(at history.Place, target *history.Row) error { return c.applyReaction(r, body, at, target) })
	case content.Delete:
		return c.applyDelete(r, body)
	case content.Receipt:
		return c.applyReceipt(r, body)
	case content.Timer:
		return c.applyTimer(r, body)
	case content.Resend:
		return c.answerResend(r, body)
	case content.Gone:
		return c.applyGone(r, body)
	case content.Call:
		return c.applyCall(r, body)
	case content.Offer, content.Answer, content.ICE:
		c.negotiated(r.conv, r.from, r.device, body)
		return nil
	case content.Unknown:
		return c.applyUnknown(r)
	}
	return nil // of a part of the program that is not here yet
}

// newRow is the row of a message; where it is one's own, written on another device, it is sent already.
func (c *change) newRow(r *received) *history.Row {
	m := r.message
	row := &history.Row{
		ID: m.ID, From: r.from, Device: r.device, Type: m.Body.Type(), SentAt: min(history.Millis(m.SentAt), orNow(r.at, c.now)),
		ReceivedAt: history.Millis(c.now), State: history.StateReceived, Number: m.Number,
	}
	if r.from == c.self {
		row.State, row.Log = history.StateSent, c.logLength(r.conv)
	}
	return row
}

func orNow(ms int64, now time.Time) int64 {
	if ms == 0 {
		return history.Millis(now)
	}
	return ms
}

func (c *change) applyText(r *received, text content.Text) error {
	row := c.newRow(r)
	row.Text, row.ReplyTo, row.ExpiresIn = text.Markdown, text.ReplyTo, int64(text.ExpiresIn/time.Second)
	row.Mention = c.mentions(r, text.Markdown, text.Mentions)
	return c.insertPost(r, row)
}

// applyUnknown shows what a newer version sent, as far as it can be shown.
func (c *change) applyUnknown(r *received) error {
	if r.message.Number == 0 {
		return nil
	}
	row := c.newRow(r)
	row.Text = "This message was made by a newer version of Gossip; update to read it."
	return c.insertPost(r, row)
}

func (c *change) insertPost(r *received, row *history.Row) error {
	at := history.NewPlace(r.major, r.message.Number, r.message.ID)
	if r.from == c.self {
		if err := c.StartTimer(r.conv, row, history.TimeOf(row.SentAt)); err != nil {
			return err
		}
	}
	c.stopTyping(r.conv, r.from)
	if err := c.Insert(r.conv, at, row); err != nil {
		return err
	}
	if err := c.owe(r.conv, r.from, content.Delivered, r.message.ID); err != nil {
		return err
	}
	return c.applyEarly(r.conv, r.message.ID)
}

// onTarget runs do on the message that another one is about; if it is not here yet, the other waits for it.
func (c *change) onTarget(r *received, target id.MessageID, do func(at history.Place, target *history.Row) error) error {
	at, found, err := history.Find(c.tx, r.conv, target)
	if err != nil {
		return err
	}
	if found == nil {
		return c.keepEarly(r, target)
	}
	return do(at, found)
}

func (c *change) applyEdit(r *received, edit content.Edit, at history.Place, target *history.Row) error {
	if err := content.MayEdit(r.from, target.From, target.Type); err != nil {
		c.Log.Warn("an edit was refused", "device", r.device, "cause", err)
		return nil
	}
	by := history.StampOf(r.message)
	if target.Deleted || target.Edit != (history.Stamp{}) && !by.After(target.Edit) {
		return nil
	}
	target.Text, target.Edit, target.Mention = edit.Markdown, by, c.mentions(r, edit.Markdown, edit.Mentions)
	return c.Replace(r.conv, at, target)
}

func (c *change) applyReaction(r *received, reaction content.Reaction, at history.Place, target *history.Row) error {
	if content.MayReact(target.Type) != nil || target.Deleted {
		return nil
	}
	word := history.Choice{Emoji: reaction.Emoji, User: r.from, Stamp: history.StampOf(r.message), Removed: reaction.Remove}
	for i, old := range target.Reactions {
		if old.User == word.User && old.Emoji == word.Emoji {
			if word.Stamp.After(old.Stamp) {
				target.Reactions[i] = word
			}
			return c.Replace(r.conv, at, target)
		}
	}
	if !roomForReaction(target.Reactions, r.from) {
		c.Log.Warn("a reaction too many was dropped", "device", r.device)
		return nil
	}
	target.Reactions = append(target.Reactions, word)
	return c.Replace(r.conv, at, target)
}

// Bounds of the reactions to one message, taken back or not: its row is written anew with each.
const (
	maxReactions       = 1000
	maxReactionsPerson = 32
)

func roomForReaction(reactions []history.Choice, user id.UserID) bool {
	own := 0
	for _, r := range reactions {
		if r.User == user {
			own++
		}
	}
	return own < maxReactionsPerson && len(reactions) < maxReactions
}

func (c *change) applyDelete(r *received, body content.Delete) error {
	moderator := c.moderates(r.conv, r.from)
	for _, m := range body.Targets {
		at, target, err := history.Find(c.tx, r.conv, m)
		if err != nil {
			return err
		}
		if target == nil {
			if err := c.keepEarly(r, m); err != nil {
				return err
			}
			continue
		}
		if err := content.MayDelete(r.from, target.From, moderator, target.Type); err != nil {
			c.Log.Warn("a deletion was refused", "device", r.device, "cause", err)
			continue
		}
		target.Text, target.Deleted, target.Mention, target.Reactions, target.Edit = "", true, false, nil, history.Stamp{}
		if err := c.Replace(r.conv, at, target); err != nil {
			return err
		}
	}
	return nil
}

func (c *change) applyTimer(r *received, timer content.Timer) error {
	state := c.Conversation(r.conv)
	by, bound := history.StampOf(r.message), orNow(r.at, c.now)+maxAhead.Milliseconds()
	bounded := by.At > bound
	by.At = min(by.At, bound)                          // nobody has the last word for ever
	overtakes := bounded && by.At == state.TimerSet.At // of two words bounded alike the later one counts
	if state.TimerSet != (history.Stamp{}) && !overtakes && !by.After(state.TimerSet) {
		return nil
	}
	state.Timer, state.TimerSet = int64(timer.ExpiresIn/time.Second), by
	c.Touch(r.conv)
	name := c.Roster.Name(c.Config.Hub, r.from)
	text := name + " turned disappearing messages off."
	if timer.ExpiresIn > 0 {
		text = fmt.Sprintf("%s set messages to disappear after %s.", name, timerText(timer.ExpiresIn))
	}
	_, err := c.notice(r.conv, history.Notice{Kind: history.NoticeTimer, Subject: r.from.String(), Text: text}, r.from)
	return err
}

// timerText is a timer for people.
func timerText(d time.Duration) string {
	units := []struct {
		length time.Duration
		name   string
	}{{7 * 24 * time.Hour, "week"}, {24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}}
	for _, u := range units {
		if d >= u.length && d%u.length == 0 {
			if d == u.length {
				return "1 " + u.name
			}
			return fmt.Sprintf("%d %ss", d/u.length, u.name)
		}
	}
	return d.String()
}

func expiredText(count uint64) string {
	if count == 1 {
		return "1 message expired on the hub before it was fetched."
	}
	return fmt.Sprintf("%d messages expired on the hub before they were fetched.", count)
}
