package chat

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gossip/backend/directory"
	"gossip/backend/history"
	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
)

// takeUpdate takes a word of the hub about channels: summaries, or a part of a log.
func (h *Hub) takeUpdate(update wire.ChannelUpdate) {
	if len(update.Summaries) > 0 {
		h.takeSummaries(update.Summaries, false, false)
	}
	ch := h.directory.Channel(update.Channel)
	if len(update.Statements) == 0 || ch != nil && !h.follows(ch) && !h.tellsOfSelf(update.Statements) {
		return
	}
	if ch == nil || !h.follows(ch) { // one was made a member or invited before the summary came: ask for the whole
		h.startSync(update.Channel)
		return
	}
	end := update.From + uint64(len(update.Statements))
	ch.Summary.Length = max(ch.Summary.Length, end)
	if !ch.Behind() {
		return
	}
	if ch.State == nil || update.From > ch.State.Length || !h.knowsAuthors(update.Statements) {
		h.startSync(update.Channel)
		return
	}
	err := h.update(func(c *change) error { return c.takeLog(update.Channel, update.From, update.Statements, nil) })
	if err != nil {
		h.Log.Error("a channel's log could not be stored", "cause", err)
	}
}

// tellsOfSelf reports whether a part of a log is about one's own entering, on another device.
func (h *Hub) tellsOfSelf(log [][]byte) bool {
	return slices.ContainsFunc(log, func(encoded []byte) bool {
		s, err := membership.Parse(encoded)
		return err == nil && s.User == h.self && (s.Action == membership.Join || s.Action == membership.Create)
	})
}

// knowsAuthors reports whether the cards are here that a part of a log needs.
func (h *Hub) knowsAuthors(log [][]byte) bool {
	for _, encoded := range log {
		s, err := membership.Parse(encoded)
		if err != nil || s.User != id.NoUser && h.Roster.Belongs(s.User, s.Device) != nil {
			return false
		}
	}
	return true
}

// syncBehind fetches what is missing of every log that concerns oneself: while the hub was not to be asked, words of new
// statements may have come.
func (h *Hub) syncBehind() {
	for channel, ch := range h.directory.Channels() {
		if h.follows(ch) && ch.Behind() {
			h.startSync(channel)
		}
	}
}

// startSync fetches what is missing of a channel's log in the background.
func (h *Hub) startSync(channel id.ChannelID) {
	ch, conn := h.directory.Channel(channel), h.conn
	if conn == nil || ch != nil && ch.Syncing || h.questions >= maxQuestions || time.Now().Before(h.asksAgain) {
		return
	}
	if ch != nil {
		ch.Syncing = true
	}
	h.questions++
	h.syncs++
	h.work(func(ctx context.Context) {
		err := h.sync(ctx, conn, channel)
		if err != nil {
			h.Log.Info("a channel's log could not be fetched", "channel", channel, "cause", err)
		}
		h.do(ctx, func() error {
			h.questions--
			h.synced(conn, channel, err)
			return nil
		})
	})
}

// synced notes that the fetching of a log has ended. One that an earlier connection began counts no more.
func (h *Hub) synced(conn Connection, channel id.ChannelID, err error) {
	if h.conn != conn {
		return
	}
	h.syncs--
	if ch := h.directory.Channel(channel); ch != nil {
		ch.Syncing = false
	}
	if err != nil {
		h.asksAgain = time.Now().Add(hubAgain)
	}
	h.logsCame(err)
}

// forgetSyncs begins to count the logs that are being fetched for a new connection: what the one before did not bring, this one
// asks for anew.
func (h *Hub) forgetSyncs() {
	h.syncs = 0
	for _, ch := range h.directory.Channels() {
		ch.Syncing = false
	}
}

// sync fetches, verifies and stores what is missing of a channel's log. It runs outside the hub's goroutine.
func (h *Hub) sync(ctx context.Context, conn Connection, channel id.ChannelID) error {
	var from uint64
	err := h.do(ctx, func() error {
		if ch := h.directory.Channel(channel); ch != nil && ch.State != nil {
			from = ch.State.Length
		}
		return nil
	})
	if err != nil {
		return err
	}
	answer, err := h.request(ctx, conn, wire.CardRequest{Channel: channel, LogFrom: from})
	if err != nil {
		return err
	}
	log := logOf(answer.Logs, channel, from)
	if err := h.fetchAuthors(ctx, conn, log); err != nil {
		return err
	}
	return h.do(ctx, func() error {
		return h.update(func(c *change) error { return c.takeLog(channel, from, log, answer.Logs) })
	})
}

// logOf puts the parts of a log in order; parts that do not follow are left out.
func logOf(parts []wire.ChannelUpdate, channel id.ChannelID, from uint64) (log [][]byte) {
	slices.SortFunc(parts, func(a, b wire.ChannelUpdate) int { return cmp.Compare(a.From, b.From) })
	for _, part := range parts {
		if part.Channel == channel && part.From == from+uint64(len(log)) {
			log = append(log, part.Statements...)
		}
	}
	return log
}

// fetchAuthors gets the cards of who signed, where they are not here.
func (h *Hub) fetchAuthors(ctx context.Context, conn Connection, log [][]byte) error {
	var authors []id.UserID
	for _, encoded := range log {
		statement, err := membership.Parse(encoded)
		if err != nil {
			return nil // refused when it is applied
		}
		if statement.User != id.NoUser && !slices.Contains(authors, statement.User) && h.Roster.Belongs(statement.User, statement.Device) != nil {
			authors = append(authors, statement.User)
		}
	}
	return h.fetchUsers(ctx, conn, authors)
}

// takeLog appends what verifies of a part of a channel's log.
func (c *change) takeLog(channel id.ChannelID, from uint64, log [][]byte, parts []wire.ChannelUpdate) error {
	ch, err := c.listed(channel, parts)
	if err != nil {
		return err
	}
	if ch.State == nil && from > 0 || ch.State != nil && from > ch.State.Length {
		return nil // a part that does not join
	}
	for i, encoded := range log {
		if index := from + uint64(i); ch.State == nil || index == ch.State.Length {
			refusal, err := c.append(ch, encoded, len(log)-i <= maxNotices)
			if err != nil {
				return err
			}
			if refusal != nil {
				return c.refuseLog(ch, refusal)
			}
		} // else another fetch was quicker
	}
	ch.Summary.Length = max(ch.Summary.Length, from+uint64(len(log)))
	if ch.State != nil && ch.Summary.Length > ch.State.Length && len(log) == 0 {
		ch.Summary.Length = ch.State.Length // the hub has no more after all
	}
	c.emit(Event{Type: EventConversations})
	if ch.State == nil {
		return nil
	}
	return c.believe(ch)
}

// listed returns the channel, making it when it is new, with what an answer says of it.
func (c *change) listed(name id.ChannelID, parts []wire.ChannelUpdate) (*directory.Channel, error) {
	ch, err := c.directory.Open(c.tx, name)
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		for _, s := range part.Summaries {
			if err := c.takeSummary(s, false); err != nil {
				return nil, err
			}
		}
	}
	return ch, nil
}

// append adds one statement to a channel's log, or returns why it is refused.
func (c *change) append(ch *directory.Channel, encoded []byte, show bool) (refusal, err error) {
	before := ch.Member(c.self)
	statement, returns, refusal, err := c.directory.Append(c.tx, ch, encoded, c.now, c.Roster.Belongs)
	if refusal != nil || err != nil {
		return refusal, err
	}
	if err := c.showStatement(ch, statement, before, show); err != nil {
		return nil, err
	}
	if returns && ch.Member(c.self) {
		return nil, c.welcomeBack(ch, statement.User)
	}
	return nil, nil
}

func (c *change) refuseLog(ch *directory.Channel, cause error) error {
	c.Log.Warn("a statement of a channel's log was refused", "channel", ch.ID, "cause", cause)
	if ch.State == nil {
		ch.Trouble = "The list of this channel's members does not verify: " + cause.Error() + "."
		return nil
	}
	return c.distrust(ch, directory.Rewritten)
}

// maxNotices is how many statements of one fetch get a notice: a new device learns a long log at once.
const maxNotices = 20

// showStatement makes the notice of a statement, and starts or ends the channel's journal with one's own membership.
func (c *change) showStatement(ch *directory.Channel, s *membership.Statement, wasMember, show bool) error {
	isMember := ch.Member(c.self)
	conv := Conversation{Hub: c.Config.Hub, Channel: ch.ID}
	if isMember && !wasMember {
		if err := c.enter(ch, conv); err != nil {
			return err
		}
	}
	if (!isMember && !wasMember) || c.Summary(conv) == nil {
		return nil
	}
	if show {
		if err := c.statementNotice(conv, s); err != nil {
			return err
		}
	}
	if s.Action == membership.Leave || s.Action == membership.Remove {
		c.callsWithout(conv, s)
	}
	if wasMember && !isMember {
		return c.Engine.LeaveChannel(c.tx, ch.ID)
	}
	if isMember && (s.Action == membership.Leave || s.Action == membership.Remove) {
		return c.reconsider(conv)
	}
	return nil
}

func (c *change) statementNotice(conv Conversation, s *membership.Statement) error {
	kind, text := c.describe(s)
	n := history.Notice{Kind: kind, Text: text}
	if s.Subject != id.NoUser {
		n.Subject = s.Subject.String()
	}
	_, err := c.notice(conv, n, s.User)
	return err
}

// welcomeBack gives this device's sender key to a member who was out meanwhile and has dropped it.
func (c *change) welcomeBack(ch *directory.Channel, user id.UserID) error {
	conv := Conversation{Hub: c.Config.Hub, Channel: ch.ID}
	for _, device := range c.devicesOf([]id.UserID{user}) {
		if err := c.rekey(conv, user, device.ID()); err != nil {
			return err
		}
	}
	return nil
}

// enter starts reading a channel where the hub has this device start: at the user's joining, which may have been on
// another device, a while ago.
func (c *change) enter(ch *directory.Channel, conv Conversation) error {
	c.Conversation(conv).Forgotten = false
	c.Touch(conv)
	at := c.cursors[ch.ID]
	if at == nil {
		at = &cursor{}
		c.cursors[ch.ID] = at
	}
	at.told, at.live, at.ackAt, at.own = false, false, time.Time{}, nil // the hub has forgotten who was out meanwhile
	return store.PutValue(c.tx.Bucket(cursorBucket, c.Config.Hub[:]), ch.ID[:], at.seq)
}

// describe says what a statement does.
func (h *Hub) describe(s *membership.Statement) (kind, text string) {
	who, whom := "The hub", ""
	if s.User != id.NoUser {
		who = h.Roster.Name(h.Config.Hub, s.User)
	}
	if s.Subject != id.NoUser {
		whom = h.Roster.Name(h.Config.Hub, s.Subject)
	}
	switch s.Action {
	case membership.Create:
		return history.NoticeCreated, fmt.Sprintf("%s made the channel #%s.", who, s.Text)
	case membership.Invite:
		return history.NoticeInvited, fmt.Sprintf("%s invited %s.", who, whom)
	case membership.Join:
		return history.NoticeJoined, who + " joined."
	case membership.Leave:
		return history.NoticeLeft, who + " left."
	case membership.Remove:
		return history.NoticeRemoved, fmt.Sprintf("%s removed %s.", who, whom)
	case membership.SetRole:
		return history.NoticeRole, fmt.Sprintf("%s made %s %s.", who, whom, s.Role)
	case membership.Rename:
		return history.NoticeRenamed, fmt.Sprintf("%s renamed the channel to #%s.", who, s.Text)
	default:
		return history.NoticeTopic, fmt.Sprintf("%s set the topic: %s", who, s.Text)
	}
}
