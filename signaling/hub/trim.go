package hub

import (
	"context"
	"sync"
	"time"

	"gossip/common/id"
	"gossip/signaling/store"
)

// How often the journals are rid of what everyone has, and of what is too old or too much. What has expired is not
// delivered even before.
const (
	trimEvery  = 10 * time.Second
	sweepEvery = 10 * time.Minute
)

// dirtyJournals are those in which a cursor has moved since they were last trimmed.
type dirtyJournals struct {
	mu sync.Mutex // guards the following
	of map[store.Journal]bool
}

func (d *dirtyJournals) add(j store.Journal) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.of == nil {
		d.of = map[store.Journal]bool{}
	}
	d.of[j] = true
}

func (d *dirtyJournals) takeAll() map[store.Journal]bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := d.of
	d.of = nil
	return all
}

// sweep keeps the journals small until ctx ends.
func (h *Hub) sweep(ctx context.Context) {
	trim, sweep := time.NewTicker(trimEvery), time.NewTicker(sweepEvery)
	defer trim.Stop()
	defer sweep.Stop()
	for {
		select {
		case <-trim.C:
			h.trimAll()
		case now := <-sweep.C:
			if err := h.store.Sweep(now, h.limits.Retention, h.limits.InboxBytes); err != nil {
				h.log.Error("sweep the journals", "err", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// trimAll removes what every device that reads a journal has acknowledged.
func (h *Hub) trimAll() {
	for j := range h.dirty.takeAll() {
		cursors := h.store.Cursors(j)
		if len(cursors) == 0 {
			continue
		}
		least := ^uint64(0)
		for _, seq := range cursors {
			least = min(least, seq)
		}
		if _, err := h.store.Trim(j, least); err != nil {
			h.log.Error("trim a journal", "journal", j, "err", err)
		}
	}
}

// retire forgets a device that its user no longer lists: its session, what waits for it, and its cursors.
func (h *Hub) retire(user id.UserID, device id.DeviceID) {
	if s := h.sessionOf(device); s != nil {
		s.cut(errRevoked, dropQueue)
	}
	h.calls.removeDevice(device)
	if err := h.store.Drop(store.Inbox(device)); err != nil {
		h.log.Error("drop the inbox of a removed device", "device", device, "err", err)
	}
	for _, channel := range h.channels.Of(user) {
		h.store.Forget(store.Channel(channel), device)
		h.dirty.add(store.Channel(channel))
	}
	h.notices.tell(h.everyone(), removedFrame(user, device))
}
