package chat

import "gossip/common/wire"

// Bounds of what has arrived and is not handled yet. Beyond them the connection is not read, so that the hub has to wait.
const (
	maxQueue      = 8192     // packets
	maxQueueBytes = 32 << 20 // of payloads, with packetBytes for each
	packetBytes   = 256
)

// Connected takes a connection that the hub has welcomed. It returns at once, as Disconnected does; they and Packet are
// called by one goroutine, in order.
func (h *Hub) Connected(conn Connection, welcome wire.Welcome) {
	h.arriveAnew(func() { h.connected(conn, welcome) })
}

// Disconnected tells that the connection is gone.
func (h *Hub) Disconnected() { h.arriveAnew(h.disconnected) }

func (h *Hub) arriveAnew(change func()) {
	h.queueMu.Lock()
	h.overflowed = false
	h.queueMu.Unlock()
	h.arrive(arrival{change: change})
}

// Packet takes a packet of the connection. It waits while too much has arrived already, but never while an answer of the hub
// is waited for, which comes through the same connection: then what does not fit is dropped, and the connection with it once
// the rest is handled, so that the hub brings it again.
func (h *Hub) Packet(p wire.Packet) {
	for !h.enqueued(p) {
		select {
		case <-h.room:
		case <-h.stopped:
			return
		}
	}
	h.wake()
}

// enqueued reports whether the packet needs no more care.
func (h *Hub) enqueued(p wire.Packet) bool {
	h.queueMu.Lock()
	defer h.queueMu.Unlock()
	full := len(h.queue) >= maxQueue || h.queueBytes+sizeOf(p) > maxQueueBytes
	switch {
	case h.overflowed:
		return true
	case full && h.asking:
		h.overflowed = true
		h.queue = append(h.queue, arrival{change: h.overflow})
		return true
	case full:
		return false
	}
	h.queue = append(h.queue, arrival{packet: p})
	h.queueBytes += sizeOf(p)
	return true
}

// overflow ends a connection of which packets were dropped.
func (h *Hub) overflow() {
	if h.conn != nil {
		h.drop(h.conn)
	}
}

func sizeOf(p wire.Packet) int {
	switch p := p.(type) {
	case *wire.DataPacket:
		return packetBytes + len(p.Payload)
	case *wire.SignalPacket:
		return packetBytes + len(p.Payload)
	case *wire.StreamPacket:
		return packetBytes + len(p.Payload)
	}
	return packetBytes
}

// gathering tells whether a batch waits for an answer of the hub.
func (h *Hub) gathering(asking bool) {
	h.queueMu.Lock()
	h.asking = asking
	h.queueMu.Unlock()
	h.hasRoom()
}

// hasRoom lets Packet look again.
func (h *Hub) hasRoom() {
	select {
	case h.room <- struct{}{}:
	default:
	}
}

func (h *Hub) arrive(a arrival) {
	h.queueMu.Lock()
	h.queue = append(h.queue, a)
	h.queueMu.Unlock()
	h.wake()
}

func (h *Hub) wake() {
	select {
	case h.arrived <- struct{}{}:
	default:
	}
}

// nextBatch takes one change of the connection, or as many packets as stand before the next.
func (h *Hub) nextBatch() []arrival {
	h.queueMu.Lock()
	defer h.queueMu.Unlock()
	defer h.hasRoom()
	n := 0
	for n < len(h.queue) && n < maxBatch && (h.queue[n].change == nil || n == 0) {
		n++
		if h.queue[n-1].change != nil {
			break
		}
		h.queueBytes -= sizeOf(h.queue[n-1].packet)
	}
	batch := h.queue[:n:n]
	h.queue = h.queue[n:]
	return batch
}
