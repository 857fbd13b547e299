//go:build cgo

package media

import (
	"cmp"
	"context"
	"errors"
	"image"
	"image/draw"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pion/mediadevices/pkg/driver"
	v4l "github.com/pion/mediadevices/pkg/driver/camera"
	"github.com/pion/mediadevices/pkg/frame"
	frames "github.com/pion/mediadevices/pkg/io/video"
	"github.com/pion/mediadevices/pkg/prop"
)

var (
	errNoCamera     = errors.New("no camera was found: plug one in, then try again")
	errCameraBusy   = errors.New("the camera does not answer: close other programs that use it, then try again")
	errCameraGone   = errors.New("the camera stopped: plug it in again, or choose another one")
	errCameraBarred = errors.New("this account may not use the camera: add it to the group “video”, log in again, then try again")
)

// cameraMu guards the list of cameras, which the driver keeps for the process, and the following.
var cameraMu sync.Mutex

var (
	cameraFiles []string // of the last list
	cameraList  []Device
)

// cameraDrivers looks for cameras anew. Those that are open are not in the new list, but go on.
func cameraDrivers() []driver.Driver {
	v4l.Initialize()
	found := driver.GetManager().Query(driver.FilterDeviceType(driver.Camera))
	slices.SortFunc(found, func(a, b driver.Driver) int {
		return cmp.Or(cmp.Compare(b.Info().Priority, a.Info().Priority), cmp.Compare(a.Info().Label, b.Info().Label))
	})
	return found
}

// cameras lists what there is. To look at a camera is to wake it, so that is done for new ones alone.
func cameras() []Device {
	cameraMu.Lock()
	defer cameraMu.Unlock()
	files, _ := filepath.Glob("/dev/video*")
	if slices.Equal(files, cameraFiles) {
		return slices.Clone(cameraList)
	}
	var devices []Device
	for i, d := range cameraDrivers() {
		name, _, _ := strings.Cut(d.Info().Name, v4l.LabelSeparator)
		if name == "" {
			files = nil // it is not ready yet: look again
		}
		devices = append(devices, Device{ID: d.Info().Label, Name: cmp.Or(name, d.Info().Label), Default: i == 0})
	}
	cameraFiles, cameraList = files, devices
	return slices.Clone(devices)
}

// camera keeps the newest picture of a device.
type camera struct {
	driver driver.Driver
	done   chan struct{}

	mu     sync.Mutex // guards the following
	newest *image.YCbCr
	held   *image.YCbCr // the last that was grabbed
	spare  *image.YCbCr // to be written next
	failed error
	more   chan struct{} // has one entry when something changed
}

func openCamera(id string) (*camera, error) {
	cameraMu.Lock()
	defer cameraMu.Unlock()
	failure := errNoCamera
	for _, d := range cameraDrivers() {
		if id != DefaultDevice && d.Info().Label != id {
			continue
		}
		opened, err := startCamera(d)
		if err == nil {
			return opened, nil
		}
		failure = worse(failure, err)
	}
	return nil, failure
}

// worse is the sentence for what kept cameras from being opened. Machines list devices that give no pictures beside those
// that do, so that a camera that may not be used says more than one that does not answer.
func worse(known, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return errCameraBarred
	case known == errNoCamera:
		return errCameraBusy
	}
	return known
}

func startCamera(d driver.Driver) (*camera, error) {
	if err := d.Open(); err != nil {
		return nil, err
	}
	offers := d.Properties()
	if len(offers) == 0 {
		d.Close()
		return nil, errNoCamera
	}
	reader, err := d.(driver.VideoRecorder).VideoRecord(slices.MinFunc(offers, func(a, b prop.Media) int {
		return cmp.Compare(unsuited(a), unsuited(b))
	}))
	if err != nil {
		d.Close()
		return nil, err
	}
	c := &camera{driver: d, done: make(chan struct{}), more: make(chan struct{}, 1)}
	go c.run(reader)
	return c, nil
}

// unsuited is how far what a camera offers is from 720p at 30 a second, and how much work it makes.
func unsuited(p prop.Media) float64 {
	score := 0.0
	if p.Height > 720 {
		score += float64(p.Height-720) / 100
	} else {
		score += float64(720-p.Height) / 50
	}
	if p.Width*9 != p.Height*16 {
		score++
	}
	if p.FrameRate != 0 && p.FrameRate < 30 {
		score += float64(30 - p.FrameRate)
	}
	if p.FrameRate > 30 {
		score += float64(p.FrameRate-30) / 10
	}
	switch p.FrameFormat {
	case frame.FormatMJPEG:
		score += 0.5
	case frame.FormatZ16:
		score += 1000
	}
	return score
}

// run reads until the camera is closed or fails.
func (c *camera) run(reader frames.Reader) {
	defer close(c.done)
	for {
		picture, release, err := reader.Read()
		if err != nil {
			c.tell(nil, errCameraGone)
			return
		}
		c.tell(c.copied(picture), nil)
		release()
	}
}

// copied keeps a picture beyond the next read.
func (c *camera) copied(picture image.Image) *image.YCbCr {
	from, ok := picture.(*image.YCbCr)
	if !ok {
		rgba := image.NewRGBA(picture.Bounds())
		draw.Draw(rgba, rgba.Rect, picture, rgba.Rect.Min, draw.Src)
		return fromRGB(rgba.Pix, rgba.Stride, rgba.Rect.Dx(), rgba.Rect.Dy(), [3]int{0, 1, 2}, nil)
	}
	width, height := from.Rect.Dx()&^1, from.Rect.Dy()&^1
	c.mu.Lock()
	room := c.spare
	c.spare = nil
	c.mu.Unlock()
	if room == nil {
		room = image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	}
	shrink(room, from)
	return room
}

func (c *camera) tell(picture *image.YCbCr, err error) {
	c.mu.Lock()
	if c.newest != nil {
		c.spare = c.newest
	}
	c.newest, c.failed = picture, err
	c.mu.Unlock()
	select {
	case c.more <- struct{}{}:
	default:
	}
}

func (c *camera) grab(ctx context.Context) (*image.YCbCr, error) {
	for {
		picture, failed := c.swap()
		if picture != nil || failed != nil {
			return picture, failed
		}
		select {
		case <-c.more:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(6 * time.Second):
			return nil, errCameraGone
		}
	}
}

// swap gives the newest picture for the one before.
func (c *camera) swap() (*image.YCbCr, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.newest != nil {
		c.spare, c.held, c.newest = c.held, c.newest, nil
		return c.held, nil
	}
	return nil, c.failed
}

func (c *camera) close() {
	c.driver.Close()
	<-c.done
}
