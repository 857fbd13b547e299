package chat

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
)

const (
	requestTime = 15 * time.Second
	hubAgain    = 5 * time.Second // after a question to the hub failed
	cardsAgain  = time.Minute     // after the hub had no card of a user
	wantDevices = 16              // unknown devices in one request
	// maxQuestions bounds what the hub is asked at the same time: its own words cause some of it.
	maxQuestions = 1000
)

// absence says until when not to ask for a user's card again.
type absence struct {
	until   time.Time
	certain bool // the hub said that it has none; otherwise it could not be asked
}

// haveCards reports whether the newest card of each user is here, and asks for the others. Users whose card the hub
// does not have are passed over.
func (h *Hub) haveCards(users []id.UserID) bool {
	now := time.Now()
	var ask []id.UserID
	complete := true
	for _, user := range h.unconfirmed(users) {
		absent := h.unavailable[user]
		if now.Before(absent.until) {
			complete = complete && absent.certain
			continue
		}
		complete = false
		if !h.fetching[user] {
			ask = append(ask, user)
		}
	}
	if len(ask) > 0 {
		h.startFetch(ask)
	}
	return complete
}

// unconfirmed lists those of the users of whom it is not certain that the newest card is here: a device that was added
// while there was no connection would not get what is encrypted by an older one.
func (h *Hub) unconfirmed(users []id.UserID) []id.UserID {
	list := h.Roster.Wanted(h.Config.Hub, users)
	for _, user := range users {
		if user != h.self && !h.confirmed[user] && !slices.Contains(list, user) {
			list = append(list, user)
		}
	}
	return list
}

// shownPeople lists whom the person is likely to see first, at most as many as one request may name: the hub tells of
// those who are asked for whether they are online.
func (h *Hub) shownPeople() (people []id.UserID) {
	listed := map[id.UserID]bool{h.self: true}
	add := func(user id.UserID) {
		if !listed[user] && len(people) < wire.MaxCardsWanted {
			listed[user] = true
			people = append(people, user)
		}
	}
	for conv := range h.Summaries() {
		if conv.Direct() {
			add(conv.User)
		}
	}
	for _, user := range h.Roster.Users(h.Config.Hub) {
		add(user)
	}
	return people
}

// startFetch asks for cards in the background; what waits for them goes on when they are here.
func (h *Hub) startFetch(users []id.UserID) {
	conn := h.conn
	if conn == nil || len(users) == 0 || h.questions >= maxQuestions {
		return
	}
	h.questions++
	for _, user := range users {
		h.fetching[user] = true
	}
	h.work(func(ctx context.Context) {
		err := h.fetchUsers(ctx, conn, users)
		h.do(ctx, func() error {
			h.questions--
			for _, user := range users {
				delete(h.fetching, user)
				switch {
				case err != nil:
					h.asksAgain = time.Now().Add(hubAgain)
					h.unavailable[user] = absence{until: h.asksAgain}
				case len(h.Roster.Wanted(h.Config.Hub, []id.UserID{user})) > 0:
					h.unavailable[user] = absence{until: time.Now().Add(cardsAgain), certain: true}
				case h.conn == conn:
					h.confirmed[user] = true
				}
			}
			return nil
		})
	})
}

// removed looks what is left of a known user of whom a device is gone.
func (h *Hub) removed(user id.UserID) {
	if _, known := h.Roster.Card(user); known && !h.fetching[user] {
		h.startFetch([]id.UserID{user})
	}
}

// fetchUsers asks for the cards of users, and takes them in. It runs outside the hub's goroutine.
func (h *Hub) fetchUsers(ctx context.Context, conn Connection, users []id.UserID) error {
	for some := range slices.Chunk(users, wire.MaxCardsWanted) {
		want := wire.CardRequest{}
		for _, user := range some {
			want.Users = append(want.Users, wire.WantedCard{User: user, Known: h.Roster.Hash(h.Config.Hub, user)})
		}
		answer, err := h.request(ctx, conn, want)
		if err != nil {
			return err
		}
		h.Roster.Asked(h.Config.Hub, some)
		h.showPeople(h.Roster.SeeOnline(h.Config.Hub, some, answer.End.Online))
	}
	return nil
}

// fetchDevices asks for the cards of whoever the devices belong to, and takes them in. It runs outside the hub's goroutine.
func (h *Hub) fetchDevices(ctx context.Context, conn Connection, devices []id.DeviceID) error {
	for some := range slices.Chunk(devices, wantDevices) {
		if _, err := h.request(ctx, conn, wire.CardRequest{Devices: some}); err != nil {
			return err
		}
	}
	return nil
}

// request asks the hub and takes the cards of the answer in. It runs outside the hub's goroutine.
func (h *Hub) request(ctx context.Context, conn Connection, want wire.CardRequest) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	answer, err := patiently(ctx, func() (Answer, error) { return conn.Request(ctx, want) })
	if err != nil {
		return answer, err
	}
	asked := len(want.Users) + len(want.Names) + len(want.Devices) // what comes beyond was not asked for
	changed, err := h.Roster.Accept(h.Config.Hub, answer.Cards[:min(len(answer.Cards), asked)], time.Now())
	h.showPeople(changed)
	return answer, err
}

// patiently asks again while the hub says that it is asked too often.
func patiently[T any](ctx context.Context, ask func() (T, error)) (T, error) {
	for {
		answer, err := ask()
		refusal := (*wire.Error)(nil)
		if !errors.As(err, &refusal) || refusal.Code != wire.CodeRate {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return answer, ctx.Err()
		case <-time.After(max(refusal.Wait(), 100*time.Millisecond)):
		}
	}
}

// showPeople tells of people whose card, trust or presence changed, and of the conversations with them.
func (h *Hub) showPeople(users []id.UserID) {
	var events []Event
	hub := h.Config.Hub.String()
	for _, user := range users {
		person := h.Roster.Person(h.Config.Hub, user)
		events = append(events, Event{Type: EventPerson, Hub: hub, Person: &person})
	}
	if len(events) > 0 {
		h.Emit(events)
		h.arrive(arrival{change: func() { h.showDirect(users) }})
	}
}

// showDirect tells of the conversations with these users: who is online and who can be trusted stands there, too.
func (h *Hub) showDirect(users []id.UserID) {
	for _, user := range users {
		conv := Conversation{Hub: h.Config.Hub, User: user}
		if h.listed(conv) {
			info := h.info(conv)
			h.tell(Event{Type: EventConversation, Conversation: info.Key, ConversationInfo: &info})
		}
	}
}

// lacking reports whether the batch needs something of the hub first: the card of an unknown device, a newer card
// that was announced, a channel's log. It asks for all of that once; then the batch is handled with what is there.
func (h *Hub) lacking(batch []arrival) bool {
	if h.conn == nil {
		return false
	}
	var devices []id.DeviceID
	var users []id.UserID
	channels := map[id.ChannelID]bool{}
	for _, a := range batch {
		p, ok := a.packet.(*wire.DataPacket)
		if !ok || p.From == h.device {
			continue
		}
		ch := h.directory.Channel(p.Channel)
		owner, _, known := h.Roster.Owner(p.From, ch.Knows)
		switch {
		case !known && !slices.Contains(devices, p.From):
			devices = append(devices, p.From)
		case known && h.Roster.Stale(h.Config.Hub, p.From) && !slices.Contains(users, owner):
			users = append(users, owner)
		}
		if ch != nil && ch.Member(h.self) && (!known || !ch.Knows(owner)) {
			channels[p.Channel] = true
		}
	}
	if len(devices)+len(users)+len(channels) == 0 {
		return false
	}
	h.gather(devices, users, channels)
	return true
}

// gather fetches what a paused batch lacks and then has it handled.
func (h *Hub) gather(devices []id.DeviceID, users []id.UserID, channels map[id.ChannelID]bool) {
	conn := h.conn
	h.work(func(ctx context.Context) {
		err := h.fetchDevices(ctx, conn, devices)
		if err == nil && len(users) > 0 {
			err = h.fetchUsers(ctx, conn, users)
		}
		for channel := range channels {
			if err == nil {
				err = h.sync(ctx, conn, channel)
			}
		}
		if err != nil {
			h.Log.Info("cards or logs could not be fetched", "hub", h.Config.Hub, "cause", err)
		}
		h.do(ctx, func() error {
			h.resume(conn, err)
			return nil
		})
	})
}

// resume handles the batch that waited.
func (h *Hub) resume(conn Connection, err error) {
	if batch := h.unpause(conn, err); batch != nil {
		h.receive(batch)
	}
}

// unpause returns the batch that waited. When what it needs could not be asked for, it is dropped with the connection: the hub
// gives it again from the cursor.
func (h *Hub) unpause(conn Connection, err error) []arrival {
	batch := h.paused
	h.paused, h.forLogs = nil, false
	h.gathering(false)
	h.wake()
	if err != nil && !isFinal(err) || h.conn != conn {
		h.drop(conn)
		return nil
	}
	return batch
}

// drop ends a connection and discards what it still brings, so that no packet is skipped: the next connection starts
// at the cursor.
func (h *Hub) drop(conn Connection) {
	if h.conn == conn {
		h.conn, h.deaf = nil, true
	}
	conn.Close()
}

// isFinal reports whether the hub has refused for good: asking again would bring the same. After any other error the batch
// must not be handled without what it lacks, or its messages would be lost.
func isFinal(err error) bool {
	refusal := (*wire.Error)(nil)
	if !errors.As(err, &refusal) {
		return false
	}
	switch refusal.Code {
	case wire.CodeRate, wire.CodeStorage, wire.CodeInternal, wire.CodeShutdown, wire.CodeSlow, wire.CodeReplaced, wire.CodeTimeout:
		return false
	}
	return true
}

// FindUser asks who is called so on the hub.
func (h *Hub) FindUser(ctx context.Context, name string) (id.UserID, error) {
	if user, ok := h.Roster.Find(h.Config.Hub, name); ok {
		return user, nil
	}
	conn, err := h.connection(ctx)
	if err != nil {
		return id.NoUser, err
	}
	if _, err := h.request(ctx, conn, wire.CardRequest{Names: []string{name}}); err != nil {
		return id.NoUser, err
	}
	user, ok := h.Roster.Find(h.Config.Hub, name)
	if !ok {
		return id.NoUser, fmt.Errorf("@%s: %w", name, ErrNoUser)
	}
	return user, nil
}

// connection returns the connection of this moment.
func (h *Hub) connection(ctx context.Context) (conn Connection, err error) {
	err = h.do(ctx, func() error {
		if h.conn == nil {
			h.takeArrivals() // it may be the first thing that waits there
		}
		conn = h.conn
		if conn == nil {
			return ErrOffline
		}
		return nil
	})
	return conn, err
}
