package bridge

import (
	"context"
	"math"
	"time"

	"gossip/backend"
	"gossip/common/id"
)

// Page is a part of a conversation's history, oldest first.
type Page struct {
	Messages []backend.Message `json:"messages"`
	More     bool              `json:"more"`
}

// History returns at most limit rows before a position, "" for the newest, oldest first.
func (c *Calls) History(key, before string, limit int) (Page, error) {
	client, conversation, err := c.in(key)
	if err != nil {
		return Page{}, err
	}
	rows, more, err := client.History(conversation, backend.Position(before), limit)
	return Page{Messages: append([]backend.Message{}, rows...), More: more}, err
}

// Message returns one message.
func (c *Calls) Message(key, message string) (found backend.Message, err error) {
	err = c.on(key, message, func(client *backend.Client, in backend.Conversation, m id.MessageID) (err error) {
		found, err = client.Message(in, m)
		return err
	})
	return found, err
}

// HistoryAfter returns at most limit rows after a position, oldest first.
func (c *Calls) HistoryAfter(key, after string, limit int) (Page, error) {
	client, conversation, err := c.in(key)
	if err != nil {
		return Page{}, err
	}
	rows, more, err := client.HistoryAfter(conversation, backend.Position(after), limit)
	return Page{Messages: append([]backend.Message{}, rows...), More: more}, err
}

// HistoryWindow is the part of a history around one message, oldest first.
type HistoryWindow struct {
	Messages []backend.Message `json:"messages"`
	Before   bool              `json:"before"` // there are more before it
	After    bool              `json:"after"`
}

// HistoryAround returns a message with at most limit rows on each side of it.
func (c *Calls) HistoryAround(key, message string, limit int) (window HistoryWindow, err error) {
	err = c.on(key, message, func(client *backend.Client, in backend.Conversation, m id.MessageID) error {
		rows, before, after, err := client.HistoryAround(in, m, limit)
		window = HistoryWindow{append([]backend.Message{}, rows...), before, after}
		return err
	})
	return window, err
}

// MessageInfo returns who has a message and how it was encrypted.
func (c *Calls) MessageInfo(key, message string) (info backend.MessageInfo, err error) {
	err = c.on(key, message, func(client *backend.Client, in backend.Conversation, m id.MessageID) (err error) {
		info, err = client.MessageInfo(in, m)
		return err
	})
	return info, err
}

// Search finds messages of every hub and conversation, the newest first.
func (c *Calls) Search(question string, limit int) (backend.SearchResult, error) {
	client, err := c.session.Client()
	if err != nil {
		return backend.SearchResult{}, err
	}
	ctx, cancel := context.WithTimeout(c.session.ctx, callPatience)
	defer cancel()
	return client.Search(ctx, question, limit)
}

// Send stores a message to be sent and returns its id. It answers the message replyTo, or none (""). It disappears after
// expiresIn seconds; below zero as the conversation's timer says, with 0 never.
func (c *Calls) Send(key, text, replyTo string, expiresIn int64) (string, error) {
	client, conversation, err := c.in(key)
	if err != nil {
		return "", err
	}
	answered, err := parseMessage(replyTo)
	if err != nil {
		return "", err
	}
	message, err := client.Send(conversation, backend.Draft{Text: text, ReplyTo: answered, ExpiresIn: lifetime(expiresIn)})
	if err != nil {
		return "", err
	}
	return message.String(), nil
}

// lifetime is what a Draft says for the seconds of Send.
func lifetime(seconds int64) time.Duration {
	switch {
	case seconds < 0:
		return 0
	case seconds == 0:
		return backend.Stays
	}
	return time.Duration(min(seconds, math.MaxInt64/int64(time.Second))) * time.Second
}

// Retry sends a message that failed again.
func (c *Calls) Retry(key, message string) error {
	return c.on(key, message, (*backend.Client).Retry)
}

// MarkRead says that everything up to a message has been seen.
func (c *Calls) MarkRead(key, upTo string) error {
	return c.on(key, upTo, (*backend.Client).MarkRead)
}

// Edit replaces the text of one's own message.
func (c *Calls) Edit(key, message, text string) error {
	return c.on(key, message, func(client *backend.Client, in backend.Conversation, m id.MessageID) error {
		return client.Edit(in, m, text)
	})
}

// DeleteMessage takes a message back for everybody.
func (c *Calls) DeleteMessage(key, message string) error {
	return c.on(key, message, (*backend.Client).Delete)
}

// React puts an emoji under a message, or takes it away.
func (c *Calls) React(key, message, emoji string, remove bool) error {
	return c.on(key, message, func(client *backend.Client, in backend.Conversation, m id.MessageID) error {
		return client.React(in, m, emoji, remove)
	})
}
