package backend

import (
	"context"
	"errors"
	"sync"
	"time"

	"gossip/backend/chat"
	"gossip/backend/e2ee"
	"gossip/backend/link"
	"gossip/backend/roster"
	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/wire"
)

// States of a hub's connection, as Hub.State says them.
const (
	HubConnecting = "connecting"
	HubOnline     = "online"
	HubOffline    = "offline"
	HubStopped    = "stopped" // needs a decision; Detail says which
)

// maxLists is how many device lists in a row a hub can have this device take over before it is not believed any more.
const maxLists = 5

const hubBucket = "hub" // hub id -> hubRow

// hubRow is a joined hub.
type hubRow struct {
	Address  string      `cbor:"1,keyasint"`
	Name     string      `cbor:"2,keyasint,omitempty"`
	Motd     string      `cbor:"3,keyasint,omitempty"`
	Account  string      `cbor:"4,keyasint,omitempty"`
	Password string      `cbor:"5,keyasint,omitempty"`
	Token    []byte      `cbor:"6,keyasint,omitempty"` // of the invite link
	Key      id.DeviceID `cbor:"7,keyasint"`           // the hub's host key
}

func loadHubs(st *store.Store) (map[id.HubID]hubRow, error) {
	rows := map[id.HubID]hubRow{}
	err := st.View(func(tx *store.Tx) error {
		for key, value := range tx.Bucket(hubBucket).Range(nil, nil, false, 0) {
			row, err := store.DecodeValue[hubRow](value)
			if err != nil {
				return err
			}
			rows[id.HubID(key)] = row
		}
		return nil
	})
	return rows, err
}

// hub is one hub: its link, and once its key is known its conversations. It is the link's Handler.
type hub struct {
	client *Client
	link   *link.Link // set by start, under mu

	mu      sync.Mutex // guards the following; taken after the client's mu
	id      id.HubID   // NoHub until the first connection of a hub whose key was not known before
	row     hubRow
	chat    *chat.Hub
	info    Hub
	session *link.Session
	cancel  context.CancelFunc
	ended   chan struct{} // closed when the link's goroutine has ended
	outcome chan error    // buffered: nil with the first welcome, or why there will be none
	endChat func()        // ends the conversations' goroutine and waits for it
}

func newHub(c *Client, hubID id.HubID, row hubRow) *hub {
	h := &hub{client: c, id: hubID, row: row, outcome: make(chan error, 1)}
	h.info = Hub{Address: row.Address, Name: row.Name, Motd: row.Motd, Account: row.Account, State: HubOffline}
	if hubID != id.NoHub {
		h.info.ID, h.info.Link = hubID.String(), inviteLink(hubID, row.Address, row.Token)
	}
	return h
}

// openChat opens the conversations and starts their goroutine, which ends with the client.
func (h *hub) openChat(me *self, people *roster.Roster) error {
	c := h.client
	if err := people.AddHub(h.id); err != nil {
		return err
	}
	conversations, err := chat.Open(chat.Config{
		Hub: h.id, HubKey: h.row.Key, Device: me.keys.Device, Store: c.store, Engine: e2ee.New(me.keys.Device, h.id),
		Roster: people, Preferences: c.preferences, Calls: heard{c.phone}, Emit: c.events.emit, Log: c.log,
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(c.alive)
	ended := make(chan struct{})
	h.chat, h.endChat = conversations, func() {
		cancel()
		<-ended
	}
	c.tasks.Go(func() {
		defer close(ended)
		conversations.Run(ctx)
	})
	return nil
}

// start runs the link, if it does not run.
func (h *hub) start() {
	device := h.client.self().keys.Device // takes the client's mu, which goes before h.mu
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cancel != nil {
		return
	}
	ctx, cancel := context.WithCancel(h.client.alive)
	h.cancel, h.ended = cancel, make(chan struct{})
	h.link = link.New(link.Config{
		Address: h.row.Address, Hub: h.id, Device: device, Card: h.client.freshCard,
		Credentials: h.credentials, Dial: h.client.options.Dial, Log: h.client.log, Client: h.client.options.Client, Handler: h,
	})
	h.show(func(info *Hub) { info.State, info.Detail, info.RetryAt = HubConnecting, "", "" })
	h.client.tasks.Go(func() { h.run(ctx, h.link, h.ended) })
}

// run keeps the link going until ctx ends or the hub's answer needs a person.
func (h *hub) run(ctx context.Context, l *link.Link, ended chan struct{}) {
	defer close(ended)
	var lists int // taken over one right after the other
	var last time.Time
	for {
		err := l.Run(ctx)
		if ctx.Err() != nil {
			h.lost(HubOffline, "")
			return
		}
		definite := (*link.DefiniteError)(nil)
		if time.Since(last) > time.Minute {
			lists = 0
		}
		if errors.As(err, &definite) && definite.Code == wire.CodeStaleList && lists < maxLists {
			if err = h.client.joinList(definite.Detail); err == nil {
				lists, last = lists+1, time.Now()
				continue
			}
		}
		h.lost(HubStopped, err.Error())
		h.decide(err)
		h.client.events.emit([]Event{{Type: EventError, Hub: h.key(), Error: &Trouble{Code: codeOf(err), Sentence: err.Error()}}})
		return
	}
}

func codeOf(err error) string {
	definite := (*link.DefiniteError)(nil)
	if errors.As(err, &definite) {
		return string(definite.Code)
	}
	return "identity"
}

// decide tells Join how it went; only the first word counts.
func (h *hub) decide(err error) {
	select {
	case h.outcome <- err:
	default:
	}
}

// stop ends the link and waits for it.
func (h *hub) stop() {
	h.mu.Lock()
	cancel, ended := h.cancel, h.ended
	h.mu.Unlock()
	if cancel == nil {
		return
	}
	cancel()
	<-ended
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended == ended {
		h.cancel = nil
	}
}

// renew connects anew, so that the hub gets the newest card.
func (h *hub) renew() {
	h.mu.Lock()
	session := h.session
	h.mu.Unlock()
	if session != nil {
		session.Close()
	}
}

// again connects anew where there is a connection, or was one until the hub wanted a decision; false where there was none to
// end. What the hub says then is the decision.
func (h *hub) again() bool {
	h.mu.Lock()
	running := h.cancel != nil
	h.mu.Unlock()
	if !running {
		return false
	}
	h.stop()
	h.mu.Lock()
	h.outcome = make(chan error, 1)
	h.mu.Unlock()
	h.start()
	return true
}

// decision is where the hub's next word on this device comes.
func (h *hub) decision() <-chan error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.outcome
}

// reconnect tries now: it cuts a pause short, and starts a link that had stopped.
func (h *hub) reconnect() {
	h.mu.Lock()
	l, stopped := h.link, h.info.State == HubStopped
	h.mu.Unlock()
	if stopped {
		h.stop()
	}
	h.start()
	if l != nil && !stopped {
		l.Reconnect()
	}
}

func (h *hub) credentials() (password string, token []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.row.Password, h.row.Token
}

func (h *hub) key() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.info.ID
}

// freshCard is one's own card for a greeting, with a subkey that is not over: whoever was away for long, or asleep, connects before
// the subkey is renewed by its time, and the hub takes no card to which nothing can be encrypted.
func (c *Client) freshCard() ([]byte, error) {
	if err := c.rotate(time.Now()); err != nil {
		return nil, err
	}
	return c.cardBytes()
}

// cardBytes is one's own card: the one of before as long as it says the same, because the hub and everybody
// there know that one by its hash and need not fetch it again.
func (c *Client) cardBytes() ([]byte, error) {
	me := c.self()
	if known, ok := c.people().Card(me.user.ID()); ok && me.says(known) {
		return known.Bytes(), nil
	}
	card, err := me.card()
	if err != nil {
		return nil, err
	}
	return card.Bytes(), nil
}

func (h *hub) lost(state, detail string) {
	h.mu.Lock()
	conversations, was := h.chat, h.session
	h.session = nil
	h.show(func(info *Hub) { info.State, info.Detail, info.RetryAt = state, detail, "" })
	h.mu.Unlock()
	if conversations != nil && was != nil {
		conversations.Disconnected()
	}
}

// show changes what is told of the hub and tells it; the caller holds mu.
func (h *hub) show(change func(*Hub)) {
	change(&h.info)
	info := h.info
	h.client.events.emit([]Event{{Type: EventHub, Hub: info.ID, HubInfo: &info}})
}

func (h *hub) snapshot() Hub {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.info
}

// timestamp is a time as all events carry it.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }
