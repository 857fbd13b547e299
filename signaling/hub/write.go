package hub

import (
	"sync"
)

// batches are the buffers in which waiting frames are merged into one write.
var batches = sync.Pool{New: func() any { b := make([]byte, 0, maxBatch); return &b }}

// accept takes frames over for the device. When no write is under way it returns true and the caller must call
// writeOut with them next: an idle session is written to directly. Otherwise they wait for the writer.
func (s *session) accept(frames []byte) (mustWrite bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.gone:
		return false
	case !s.writing:
		s.writing = true
		return true
	}
	s.enqueueLocked(frames)
	return false
}

// enqueueLocked lets frames wait, or cuts the session that lets too much wait.
func (s *session) enqueueLocked(frames []byte) {
	if s.queued+len(frames) > s.hub.limits.QueueBytes {
		s.cutLocked(errSlow, dropQueue)
		return
	}
	s.queue = append(s.queue, frames)
	s.queued += len(frames)
}

// writeOut writes accepted frames, and leaves what has come meanwhile to a goroutine of its own.
func (s *session) writeOut(frames []byte) {
	s.write(frames)
	s.mu.Lock()
	more := len(s.queue) > 0
	if !more {
		s.writing = false
		s.wakeLocked()
	}
	s.mu.Unlock()
	if more {
		s.hub.children.Go(s.drain)
	}
}

// deliver writes to the device, or queues while another write is under way. It may block for the time of one write.
func (s *session) deliver(frames []byte) {
	if s.accept(frames) {
		s.writeOut(frames)
	}
}

// post queues frames and never blocks: for callers that hold up others.
func (s *session) post(frames []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return
	}
	s.enqueueLocked(frames)
	if !s.writing {
		s.writing = true
		s.hub.children.Go(s.drain)
	}
}

// send writes to the device and waits until nothing is queued: for whoever can produce more than the queue holds.
func (s *session) send(frames []byte) {
	if s.accept(frames) {
		s.writeOut(frames)
		return
	}
	s.mu.Lock()
	if !s.writing || s.gone {
		s.mu.Unlock()
		return
	}
	if s.drained == nil {
		s.drained = make(chan struct{})
	}
	drained := s.drained
	s.mu.Unlock()
	<-drained
}

// drain writes what is queued, merged, until nothing is. It runs while writing is set.
func (s *session) drain() {
	for {
		s.mu.Lock()
		waiting := s.queue
		s.queue, s.queued = nil, 0
		if len(waiting) == 0 {
			s.writing = false
			s.wakeLocked()
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		s.writeMerged(waiting)
	}
}

// isWriting reports whether something is on its way to the device.
func (s *session) isWriting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writing
}

// writeMerged writes frames in as few writes as fit into maxBatch each.
func (s *session) writeMerged(waiting [][]byte) {
	if len(waiting) == 1 {
		s.write(waiting[0])
		return
	}
	buffer := batches.Get().(*[]byte)
	merged := (*buffer)[:0]
	for _, frames := range waiting {
		if len(merged) > 0 && len(merged)+len(frames) > maxBatch {
			s.write(merged)
			merged = merged[:0]
		}
		if len(frames) >= maxBatch {
			s.write(frames)
			continue
		}
		merged = append(merged, frames...)
	}
	if len(merged) > 0 {
		s.write(merged)
	}
	*buffer = merged
	batches.Put(buffer)
}

// write is the one place that writes to the connection; writing must be set. After a failure the reader ends too.
func (s *session) write(frames []byte) {
	s.writingSince.Store(s.hub.tick.Load())
	defer s.writingSince.Store(0)
	for len(frames) > 0 {
		part := frames
		if len(part) > smallWrite && !s.busy.Load() {
			part = part[:smallWrite]
		}
		s.hub.counters.writes.Add(1)
		if _, err := s.conn.Write(part); err != nil {
			s.conn.Close()
			return
		}
		frames = frames[len(part):]
	}
}

// wakeLocked tells whoever waits in send that nothing is queued any more.
func (s *session) wakeLocked() {
	if s.drained != nil {
		close(s.drained)
		s.drained = nil
	}
}
