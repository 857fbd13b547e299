package media

import "math"

const (
	shortestLag = 120 // 2.5 ms
	longestLag  = 480 // 10 ms
	alike       = 0.8 // correlation above which a period can be left out or said twice unheard
	inaudible   = 1e-4
)

// shorten leaves one period out of a frame, lengthen says it twice; both return the frame as it is where that would be
// heard. The joint is faded over the length of the period (after Accelerate and PreemptiveExpand of NetEq).
func shorten(frame []float32) []float32 {
	lag, ok := period(frame)
	if !ok {
		return frame
	}
	out := make([]float32, 0, len(frame)-lag)
	out = appendFaded(out, frame[:lag], frame[lag:2*lag])
	return append(out, frame[2*lag:]...)
}

func lengthen(frame []float32) []float32 {
	lag, ok := period(frame)
	if !ok {
		return frame
	}
	out := make([]float32, 0, len(frame)+lag)
	out = append(out, frame[:lag]...)
	out = appendFaded(out, frame[lag:2*lag], frame[:lag])
	return append(out, frame[lag:]...)
}

func appendFaded(out, from, to []float32) []float32 {
	for i := range from {
		weight := float32(i) / float32(len(from))
		out = append(out, from[i]*(1-weight)+to[i]*weight)
	}
	return out
}

// period finds how far a frame is like itself.
func period(frame []float32) (lag int, ok bool) {
	if len(frame) < 2*longestLag {
		return 0, false
	}
	base := frame[:longestLag]
	energy := dot(base, base)
	if energy/longestLag < inaudible*inaudible {
		return longestLag, true
	}
	best := 0.0
	for l := shortestLag; l <= longestLag; l += 2 {
		moved := frame[l : l+longestLag]
		if like := dot(base, moved) / math.Sqrt(energy*dot(moved, moved)+1e-12); like > best {
			best, lag = like, l
		}
	}
	return lag, best > alike
}

func dot(a, b []float32) float64 {
	var sum float32
	for i := range a {
		sum += a[i] * b[i]
	}
	return float64(sum)
}
