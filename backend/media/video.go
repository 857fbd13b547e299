//go:build cgo

package media

import (
	"context"
	"errors"
	"image"
	"sync"
	"time"

	"gossip/backend/media/vpx"
)

const (
	firstBitrate = 800_000 // until the network is known
	leastVideo   = 30_000
	mostCamera   = 2_500_000
	mostScreen   = 4_000_000
)

// closeTime is how long a camera may take to be free after it was closed; it is tried so often meanwhile.
const (
	closeTime  = 2 * time.Second
	closeTries = 20
)

// videoCapture is a camera or a screen as VP8: one encoder, whoever watches. Read belongs to one goroutine.
type videoCapture struct {
	source pictureSource
	own    *wall // where this end sees itself
	screen bool
	most   int

	reading sync.Mutex // guards the following; held while a picture is taken
	ladder  *ladder
	encoder *vpx.Encoder
	aim     int // what the encoder was told
	room    *image.YCbCr
	begin   time.Time
	due     time.Duration // of the next picture
	last    time.Duration // of the last one that was sent

	mu       sync.Mutex // guards the following
	bitrate  int
	keyframe bool

	open   context.Context // ends with Close
	close  context.CancelFunc
	free   sync.Once
	closed func() // called once, when the source is free again; may be nil
}

func newVideo(source pictureSource, own *wall, screen bool) *videoCapture {
	v := &videoCapture{source: source, own: own, screen: screen, most: mostCamera, bitrate: firstBitrate}
	v.open, v.close = context.WithCancel(context.Background())
	rungs := cameraRungs
	if screen {
		rungs, v.most = screenRungs, mostScreen
	}
	v.ladder = newLadder(rungs, v.bitrate)
	return v
}

// Read waits for the next frame. A capture that nobody reads takes no pictures.
func (v *videoCapture) Read(ctx context.Context) (Sample, error) {
	v.reading.Lock()
	defer v.reading.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(v.open, cancel)()
	if v.begin.IsZero() {
		v.begin = time.Now()
	}
	for {
		sample, err := v.next(ctx)
		switch {
		case v.open.Err() != nil:
			return Sample{}, errClosed
		case err != nil:
			return Sample{}, err
		case sample.Data != nil:
			return sample, nil
		}
	}
}

// next takes one picture; the encoder may leave it out to keep to its bitrate.
func (v *videoCapture) next(ctx context.Context) (Sample, error) {
	if err := ctx.Err(); err != nil {
		return Sample{}, err
	}
	bitrate, keyframe := v.wishes()
	rung := v.ladder.choose(bitrate, time.Since(v.begin))
	if err := v.pause(ctx, rung.interval()); err != nil {
		return Sample{}, err
	}
	picture, err := v.source.grab(ctx)
	if err != nil {
		return Sample{}, err
	}
	width, height := rung.sized(picture.Rect.Dx(), picture.Rect.Dy())
	if err := v.prepare(width, height, bitrate); err != nil {
		return Sample{}, err
	}
	picture, v.room = fitted(picture, v.room, width, height)
	at := time.Since(v.begin)
	data, key, err := v.encoder.Encode(picture, at, keyframe)
	if err != nil || data == nil {
		return Sample{}, err
	}
	if key {
		v.keyframeMade()
	}
	duration := at - v.last
	v.last = at
	if err := v.own.WriteFrame(data, key, at); errors.Is(err, ErrKeyframeNeeded) {
		v.RequestKeyframe()
	}
	return Sample{Data: data, Duration: duration, Keyframe: key}, nil
}

// pause waits until the next picture is due. Time that was lost is not made up for.
func (v *videoCapture) pause(ctx context.Context, interval time.Duration) error {
	now := time.Since(v.begin)
	v.due = max(v.due+interval, now-interval)
	if v.due <= now {
		return ctx.Err()
	}
	wait := time.NewTimer(v.due - now)
	defer wait.Stop()
	select {
	case <-wait.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// prepare has an encoder for the size and the bitrate.
func (v *videoCapture) prepare(width, height, bitrate int) error {
	if v.encoder != nil {
		if w, h := v.encoder.Size(); w == width && h == height {
			if v.aim == bitrate {
				return nil
			}
			v.aim = bitrate
			return v.encoder.SetBitrate(bitrate)
		}
		v.encoder.Close()
	}
	encoder, err := vpx.NewEncoder(vpx.Settings{Width: width, Height: height, BitsPerSecond: bitrate, Screen: v.screen})
	v.encoder, v.aim = encoder, bitrate
	return err
}

func (v *videoCapture) wishes() (bitrate int, keyframe bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.bitrate, v.keyframe
}

func (v *videoCapture) keyframeMade() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.keyframe = false
}

// SetBitrate sets the aim in bits a second; size and speed follow it.
func (v *videoCapture) SetBitrate(bitsPerSecond int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.bitrate = min(max(bitsPerSecond, leastVideo), v.most)
}

// RequestKeyframe has the next frame stand for itself.
func (v *videoCapture) RequestKeyframe() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.keyframe = true
}

// Close ends the capture and with it Read; it may be called twice.
func (v *videoCapture) Close() error {
	v.close()
	v.reading.Lock()
	defer v.reading.Unlock()
	v.free.Do(func() {
		v.source.close()
		if v.encoder != nil {
			v.encoder.Close()
		}
		if v.closed != nil {
			v.closed()
		}
	})
	return v.own.Close()
}

// Camera opens a camera: DefaultDevice, one of Devices, TestDevice, or TestSize. This end sees it as Self's KindCamera. A
// preview ends, since most cameras serve one alone. Errors are sentences for a person.
func (m *Machine) Camera(device string) (Capture, error) {
	free := m.preview.claim()
	opened, err := m.openCamera(device)
	for tries := 0; errors.Is(err, errCameraBusy) && m.preview.shared() && tries < closeTries; tries++ {
		time.Sleep(closeTime / closeTries) // the call has only just let go of the same one
		opened, err = m.openCamera(device)
	}
	if err != nil {
		free()
		return nil, err
	}
	opened.closed = free
	return opened, nil
}

func (m *Machine) openCamera(device string) (*videoCapture, error) {
	source, err := cameraSource(device)
	if err != nil {
		return nil, err
	}
	return newVideo(source, m.gallery.open(Self, KindCamera), false), nil
}

func cameraSource(device string) (pictureSource, error) {
	if width, height, ok := testSize(device); ok {
		return newPattern(width, height), nil
	}
	return openCamera(device)
}

// Screen opens a screen: DefaultDevice, one of Devices, or TestDevice. This end sees it as Self's KindScreen. Errors are
// sentences for a person.
func (m *Machine) Screen(device string) (Capture, error) {
	var source pictureSource = newPattern(1920, 1080)
	if device != TestDevice {
		opened, err := openScreen(device)
		if err != nil {
			return nil, err
		}
		source = opened
	}
	return newVideo(source, m.gallery.open(Self, KindScreen), true), nil
}
