package media

import "time"

const (
	binTime   = 10 * time.Millisecond
	bins      = 50
	forget    = 0.995 // a packet: the last 4 s count
	most      = 0.97  // of the packets come in time
	shortest  = 2 * frameTime
	baseTime  = 2 * time.Second // over which the quickest packet is looked for, twice
	longPause = 500 * time.Millisecond
)

// arrivals learns how unevenly packets come: by how much each is later than the quickest of the last seconds. The share of
// each lateness is kept as a histogram that forgets, as NetEq of WebRTC does.
type arrivals struct {
	histogram [bins]float64
	counted   float64 // packets, for the first ones to weigh more
	started   bool
	origin    time.Time     // arrival of the first packet
	last      time.Time     // arrival of the last one
	timestamp uint32        // of the last one
	sent      time.Duration // of the last one, by the sender's clock, since the first
	quickest  [2]time.Duration
	window    time.Time // begin of the window of quickest[0]
}

func newArrivals() arrivals {
	var a arrivals
	a.histogram[3] = 1 // a home network, until it is known better
	return a
}

// restart forgets the clock of the sender and keeps the histogram.
func (a *arrivals) restart() { a.started = false }

func (a *arrivals) note(timestamp uint32, now time.Time) {
	if !a.started || now.Sub(a.last) > longPause {
		a.started = true
		a.origin, a.last, a.window = now, now, now
		a.timestamp, a.sent = timestamp, 0
		a.quickest = [2]time.Duration{0, 0}
		return
	}
	a.sent += time.Duration(int32(timestamp-a.timestamp)) * time.Second / 48000
	a.timestamp, a.last = timestamp, now
	delay := now.Sub(a.origin) - a.sent
	if now.Sub(a.window) > baseTime {
		a.window = now
		a.quickest[1], a.quickest[0] = a.quickest[0], delay
	}
	a.quickest[0] = min(a.quickest[0], delay)
	late := delay - min(a.quickest[0], a.quickest[1])
	a.count(int(late / binTime))
}

func (a *arrivals) count(bin int) {
	a.counted++
	keep := min(1-1/(a.counted+10), forget)
	for i := range a.histogram {
		a.histogram[i] *= keep
	}
	a.histogram[min(max(bin, 0), bins-1)] += 1 - keep
}

// aim is the delay in which most packets come.
func (a *arrivals) aim() time.Duration {
	sum := 0.0
	for bin, share := range a.histogram {
		if sum += share; sum >= most {
			return max(time.Duration(bin+1)*binTime+frameTime, shortest)
		}
	}
	return bins * binTime
}
