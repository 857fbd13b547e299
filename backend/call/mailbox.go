package call

import "sync"

// mailbox hands actions to the one goroutine that owns a call. Posting never waits: the network's goroutines post.
type mailbox struct {
	wake chan struct{}

	mu    sync.Mutex // guards the following
	queue []func()
}

// maxPosted bounds what strangers can have waiting; what this program posts itself always fits.
const maxPosted = 4096

func newMailbox() *mailbox { return &mailbox{wake: make(chan struct{}, 1)} }

func (b *mailbox) post(action func()) {
	b.mu.Lock()
	b.queue = append(b.queue, action)
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// offer posts unless too much waits already.
func (b *mailbox) offer(action func()) {
	b.mu.Lock()
	full := len(b.queue) >= maxPosted
	b.mu.Unlock()
	if !full {
		b.post(action)
	}
}

// take returns what was posted, in order.
func (b *mailbox) take() []func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	queue := b.queue
	b.queue = nil
	return queue
}
