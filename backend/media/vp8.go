package media

import "time"

// The largest pictures that are shown: a screen of 4096 pixels by 4096.
const (
	mostSide   = 7680
	mostPixels = 4096 * 4096
)

// mostFrame is the bytes of a peer's frame that are taken: twice what 4 Mb/s gives for a whole second.
const mostFrame = 1 << 20

// guarded is a wall for what strangers send: a frame names its own size, and who decodes it makes room for that.
type guarded struct {
	*wall
	lost bool // nothing can be shown before the next keyframe
}

// WriteFrame shows a frame. ErrKeyframeNeeded says that it, or one before, cannot be shown.
func (g *guarded) WriteFrame(data []byte, keyframe bool, timestamp time.Duration) error {
	if !plausible(data, keyframe) {
		g.lost = true
	} else if keyframe {
		g.lost = false
	}
	if g.lost {
		return ErrKeyframeNeeded
	}
	return g.wall.WriteFrame(data, keyframe, timestamp)
}

// plausible judges the head of a VP8 frame (RFC 6386, section 9.1): 3 bytes, the first bit of which is 0 in a keyframe; there
// follow a start code, and width and height of 14 bits.
func plausible(frame []byte, keyframe bool) bool {
	if len(frame) < 3 || len(frame) > mostFrame || keyframe != (frame[0]&1 == 0) {
		return false
	}
	if !keyframe {
		return true
	}
	if len(frame) < 10 || frame[3] != 0x9d || frame[4] != 0x01 || frame[5] != 0x2a {
		return false
	}
	width, height := int(frame[6])|int(frame[7]&0x3f)<<8, int(frame[8])|int(frame[9]&0x3f)<<8
	return width > 0 && height > 0 && max(width, height) <= mostSide && width*height <= mostPixels
}
