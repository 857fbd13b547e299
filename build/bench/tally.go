package main

import (
	"math"
	"sync/atomic"
	"time"
)

// tally counts what all devices of one run get.
type tally struct {
	deliveries atomic.Uint64
	latencies  [buckets]atomic.Uint64
	measuring  atomic.Bool // latencies count
	problem    atomic.Pointer[error]
}

// Latencies are counted in buckets that grow by a hundredth each, from 10 microseconds on.
const (
	buckets      = 1600
	bucketGrowth = 1.01
	leastLatency = 10 * time.Microsecond
)

// count takes one delivery; a negative latency is of a packet that is not the load's.
func (t *tally) count(latency time.Duration) {
	if latency < 0 {
		return
	}
	t.deliveries.Add(1)
	if t.measuring.Load() {
		at := math.Log(float64(max(latency, leastLatency))/float64(leastLatency)) / math.Log(bucketGrowth)
		t.latencies[min(int(at), buckets-1)].Add(1)
	}
}

// fail keeps the first problem of a run.
func (t *tally) fail(err error) {
	if err != nil {
		t.problem.CompareAndSwap(nil, &err)
	}
}

// failure is what fail has kept, or nil.
func (t *tally) failure() error {
	if p := t.problem.Load(); p != nil {
		return *p
	}
	return nil
}

// quantile returns the latency, in milliseconds, that a part of the deliveries did not exceed.
func (t *tally) quantile(part float64) float64 {
	var all, seen uint64
	for i := range t.latencies {
		all += t.latencies[i].Load()
	}
	for i := range t.latencies {
		if seen += t.latencies[i].Load(); float64(seen) >= part*float64(all) {
			return float64(leastLatency) * math.Pow(bucketGrowth, float64(i+1)) / float64(time.Millisecond)
		}
	}
	return math.NaN()
}
