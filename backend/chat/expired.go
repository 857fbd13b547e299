package chat

import (
	"gossip/backend/history"
	"gossip/common/id"
	"gossip/common/wire"
)

// hubError handles a word of the hub that answers no packet.
func (c *change) hubError(refusal *wire.Error) error {
	if refusal.Code != wire.CodeExpired {
		c.emit(Event{Type: EventError, Error: &Trouble{Code: string(refusal.Code), Sentence: refusal.Sentence}})
		return nil
	}
	var notice wire.ExpiredNotice
	if err := wire.Unmarshal(refusal.Detail, &notice); err != nil {
		c.Log.Warn("the hub sent something that makes no sense", "cause", err)
		return nil
	}
	notice.Count = min(notice.Count, maxNumber)
	if notice.Channel == id.NoChannel {
		text := expiredText(notice.Count)
		c.emit(Event{Type: EventError, Error: &Trouble{Code: string(wire.CodeExpired), Sentence: text}})
		return nil
	}
	if !c.directory.Channel(notice.Channel).Member(c.self) {
		c.Log.Warn("the hub tells of messages in a channel that this user is not in", "channel", notice.Channel)
		return nil
	}
	return c.expiredNotice(Conversation{Hub: c.Config.Hub, Channel: notice.Channel}, notice.Count)
}

// expiredNotice shows how many messages are lost; a count that follows another one directly is added to it.
func (c *change) expiredNotice(conv Conversation, count uint64) error {
	at, r, err := history.Find(c.tx, conv, c.Conversation(conv).LastID)
	if err != nil {
		return err
	}
	if r == nil || r.Notice == nil || r.Notice.Kind != history.NoticeExpired {
		_, err := c.notice(conv, history.Notice{Kind: history.NoticeExpired, Count: int(count), Text: expiredText(count)}, id.NoUser)
		return err
	}
	count = min(count+uint64(r.Notice.Count), maxNumber)
	r.Notice.Count, r.Notice.Text = int(count), expiredText(count)
	return c.Replace(conv, at, r)
}
