package mirror

import (
	"context"
	"sync"
	"time"

	"github.com/pion/rtp"

	"gossip/backend/call"
)

// Opus in calls: a packet every 20 ms, times in samples of 48 kHz (RFC 7587).
const (
	packetTime    = 20 * time.Millisecond
	packetSamples = 960
	longestPacket = 1500
)

// silence is an Opus packet of 20 ms in which nothing is heard.
var silence = []byte{0xf8, 0xff, 0xfe}

// sound keeps packets until it is their time. They stand in slots of 20 ms, so that it does not matter in which order they
// come; a slot that stays empty was lost.
type sound struct {
	delay time.Duration

	mu      sync.Mutex // guards the following
	hearing *hearing   // who fills it; nil for nobody, and then nothing has begun
	slots   map[int64][]byte
	begun   bool
	ssrc    uint32
	origin  time.Time // when slot 0 is due
	slot    int64     // of the newest packet
	time    uint32    // of the newest packet, as RTP tells it
	last    byte      // first byte of what was given last: how it is encoded
}

func newSound(delay time.Duration) *sound {
	return &sound{delay: delay, slots: map[int64][]byte{}}
}

// listen begins to hear somebody.
func (s *sound) listen() *hearing {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hearing, s.begun = &hearing{sound: s}, false
	clear(s.slots)
	return s.hearing
}

// put keeps a packet for its time; the caller holds mu. A pause, another stream or clocks that have drifted apart begin anew.
func (s *sound) put(packet *rtp.Packet, now time.Time) {
	slot := s.slot + int64(int32(packet.Timestamp-s.time))/packetSamples
	ahead := s.due(slot).Sub(now)
	if !s.begun || packet.SSRC != s.ssrc || ahead < s.delay/2 || ahead > s.delay*3/2 {
		clear(s.slots)
		s.begun, s.ssrc, s.origin, s.slot, s.time = true, packet.SSRC, now.Add(s.delay), 0, packet.Timestamp
		slot = 0
	}
	if slot > s.slot {
		s.slot, s.time = slot, packet.Timestamp
	}
	if len(s.slots) > int(2*s.delay/packetTime) { // nobody takes them
		clear(s.slots)
	}
	s.slots[slot] = append([]byte(nil), packet.Payload...)
}

func (s *sound) due(slot int64) time.Time { return s.origin.Add(time.Duration(slot) * packetTime) }

// take returns the packet that is due. For one that was lost it is the head of one alone, which libopus takes for a loss and
// conceals.
func (s *sound) take(now time.Time) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	since := now.Sub(s.origin)
	if !s.begun || since < 0 {
		return silence
	}
	slot := int64(since / packetTime)
	packet := s.slots[slot]
	delete(s.slots, slot)
	if packet == nil && slot >= s.slot {
		return silence
	}
	stats := &s.hearing.stats
	stats.Samples += packetSamples
	if packet == nil {
		stats.Concealed += packetSamples
		return []byte{s.last}
	}
	s.last = packet[0]
	return packet
}

// hearing is what one other says.
type hearing struct {
	sound *sound
	stats call.PlaybackStats // guarded by sound.mu
}

// WriteRTP takes a packet in any order; what is no 20 ms of Opus is left out.
func (h *hearing) WriteRTP(packet *rtp.Packet) error {
	h.sound.mu.Lock()
	defer h.sound.mu.Unlock()
	if h.sound.hearing != h {
		return errClosed
	}
	if wellFormed(packet.Payload) {
		h.sound.put(packet, time.Now())
	}
	return nil
}

// wellFormed reports whether a packet is one frame of 20 ms (RFC 6716, section 3.1).
func wellFormed(packet []byte) bool {
	if len(packet) == 0 || len(packet) > longestPacket || packet[0]&3 != 0 {
		return false
	}
	switch config := packet[0] >> 3; {
	case config < 12: // SILK: 10, 20, 40, 60 ms
		return config%4 == 1
	case config < 16: // hybrid: 10, 20 ms
		return config%2 == 1
	default: // CELT: 2.5, 5, 10, 20 ms
		return config%4 == 3
	}
}

// SetVolume does nothing: what was said comes back as it was.
func (*hearing) SetVolume(float64) {}

// Level is 0: nobody listens here.
func (*hearing) Level() float64 { return 0 }

// Stats counts what was given back.
func (h *hearing) Stats() call.PlaybackStats {
	h.sound.mu.Lock()
	defer h.sound.mu.Unlock()
	stats := h.stats
	stats.Delay = h.sound.delay
	return stats
}

// Close ends it; it may be called twice.
func (h *hearing) Close() error {
	h.sound.mu.Lock()
	defer h.sound.mu.Unlock()
	if h.sound.hearing == h {
		h.sound.hearing, h.sound.begun = nil, false
		clear(h.sound.slots)
	}
	return nil
}

// open returns a microphone.
func (s *sound) open() call.Capture {
	ended := make(chan struct{})
	return &microphone{sound: s, ended: ended, end: sync.OnceFunc(func() { close(ended) })}
}

// microphone gives a packet every 20 ms.
type microphone struct {
	sound *sound
	ended chan struct{}
	end   func()
	next  time.Time // belongs to Read
}

// latest is how much may be made up for after this program was held up.
const latest = 200 * time.Millisecond

// Read waits for the next 20 ms.
func (m *microphone) Read(ctx context.Context) (call.Sample, error) {
	now := time.Now()
	if m.next.IsZero() || now.Sub(m.next) > latest {
		m.next = now
	}
	at := m.next.Add(packetTime)
	if err := wait(ctx, m.ended, nil, at.Sub(now)); err != nil {
		return call.Sample{}, err
	}
	m.next = at
	return call.Sample{Data: m.sound.take(at), Duration: packetTime}, nil
}

// SetBitrate does nothing: what was encoded stays as it is.
func (*microphone) SetBitrate(int) {}

// RequestKeyframe does nothing: every packet of speech can be decoded.
func (*microphone) RequestKeyframe() {}

// Close ends Read; it may be called twice.
func (m *microphone) Close() error {
	m.end()
	return nil
}

// wait returns after a time, or early when more has something; errors are those of ctx and of a source that was closed.
func wait(ctx context.Context, ended <-chan struct{}, more <-chan struct{}, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-more:
	case <-ctx.Done():
		return ctx.Err()
	case <-ended:
		return errClosed
	}
	return nil
}
