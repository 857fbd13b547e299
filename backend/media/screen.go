//go:build cgo

package media

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"strconv"
	"sync"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xinerama"
	"github.com/jezek/xgb/xproto"
	"golang.org/x/sys/unix"
)

var (
	errNoScreen  = errors.New("no screen can be shared: this program was started without a display")
	errWayland   = errors.New("this desktop session (Wayland) does not let programs read the screen: choose “Xorg” or “X11” where you log in, then share again")
	errScreen    = errors.New("the screen cannot be read as it is set up: its colors are not of 24 bits")
	errNoMonitor = errors.New("that screen is gone: choose another one to share")
)

// connect opens the display. The library would write to the terminal what its errors say as well.
func connect() (*xgb.Conn, error) {
	quiet.Do(func() { xgb.Logger.SetOutput(io.Discard) })
	return xgb.NewConn()
}

var quiet sync.Once

// wayland reports whether X11 would show the windows of old programs alone.
func wayland() bool {
	return os.Getenv("WAYLAND_DISPLAY") != "" || os.Getenv("XDG_SESSION_TYPE") == "wayland"
}

// monitors lists the screens of a display; the first has the origin.
func monitors(x *xgb.Conn) []image.Rectangle {
	root := xproto.Setup(x).DefaultScreen(x)
	whole := image.Rect(0, 0, int(root.WidthInPixels), int(root.HeightInPixels))
	if xinerama.Init(x) != nil {
		return []image.Rectangle{whole}
	}
	reply, err := xinerama.QueryScreens(x).Reply()
	if err != nil || len(reply.ScreenInfo) == 0 {
		return []image.Rectangle{whole}
	}
	var found []image.Rectangle
	for _, info := range reply.ScreenInfo {
		at := image.Pt(int(info.XOrg), int(info.YOrg))
		if r := (image.Rectangle{Min: at, Max: at.Add(image.Pt(int(info.Width), int(info.Height)))}).Intersect(whole); !r.Empty() {
			found = append(found, r)
		}
	}
	return found
}

func screens() []Device {
	if wayland() || os.Getenv("DISPLAY") == "" {
		return nil
	}
	x, err := connect()
	if err != nil {
		return nil
	}
	defer x.Close()
	var devices []Device
	for i, r := range monitors(x) {
		devices = append(devices, Device{
			ID: strconv.Itoa(i), Name: fmt.Sprintf("Screen %d (%d × %d)", i+1, r.Dx(), r.Dy()), Default: i == 0,
		})
	}
	return devices
}

// screen reads one monitor of an X11 display, with the pointer.
type screen struct {
	x       *xgb.Conn
	root    xproto.Drawable
	area    image.Rectangle
	pointer bool // the server tells how it looks
	segment shm.Seg
	shared  []byte // memory that the server writes pictures into; nil where it is on another machine
	picture *image.YCbCr
}

func openScreen(id string) (*screen, error) {
	if wayland() {
		return nil, errWayland
	}
	if os.Getenv("DISPLAY") == "" {
		return nil, errNoScreen
	}
	x, err := connect()
	if err != nil {
		return nil, errNoScreen
	}
	s := &screen{x: x}
	if err := s.choose(id); err != nil {
		x.Close()
		return nil, err
	}
	s.share()
	if xfixes.Init(x) == nil {
		_, err := xfixes.QueryVersion(x, 4, 0).Reply()
		s.pointer = err == nil
	}
	return s, nil
}

func (s *screen) choose(id string) error {
	setup := xproto.Setup(s.x)
	root := setup.DefaultScreen(s.x)
	s.root = xproto.Drawable(root.Root)
	if root.RootDepth != 24 && root.RootDepth != 32 || setup.ImageByteOrder != xproto.ImageOrderLSBFirst {
		return errScreen
	}
	all := monitors(s.x)
	n, err := strconv.Atoi(cmp.Or(id, "0"))
	if err != nil || n < 0 || n >= len(all) {
		return errNoMonitor
	}
	s.area = all[n]
	return nil
}

// share has the server write into this process's memory, where it can.
func (s *screen) share() {
	if shm.Init(s.x) != nil {
		return
	}
	id, err := unix.SysvShmGet(unix.IPC_PRIVATE, s.area.Dx()*s.area.Dy()*4, unix.IPC_CREAT|0o600)
	if err != nil {
		return
	}
	memory, err := unix.SysvShmAttach(id, 0, 0)
	if err == nil {
		var segment shm.Seg
		if segment, err = shm.NewSegId(s.x); err == nil {
			err = shm.AttachChecked(s.x, segment, uint32(id), false).Check()
		}
		if err == nil {
			s.segment, s.shared = segment, memory
		} else {
			_ = unix.SysvShmDetach(memory)
		}
	}
	// The segment goes when both ends have let go of it.
	_, _ = unix.SysvShmCtl(id, unix.IPC_RMID, nil)
}

func (s *screen) grab(context.Context) (*image.YCbCr, error) {
	pixels, err := s.pixels()
	if err != nil {
		return nil, errNoMonitor
	}
	width, height := s.area.Dx(), s.area.Dy()
	if len(pixels) < width*height*4 {
		return nil, errScreen
	}
	s.drawPointer(pixels)
	s.picture = fromRGB(pixels, width*4, width, height, [3]int{2, 1, 0}, s.picture)
	return s.picture, nil
}

func (s *screen) pixels() ([]byte, error) {
	const allPlanes = 1<<32 - 1
	left, top, width, height := int16(s.area.Min.X), int16(s.area.Min.Y), uint16(s.area.Dx()), uint16(s.area.Dy())
	if s.shared != nil {
		_, err := shm.GetImage(s.x, s.root, left, top, width, height, allPlanes, xproto.ImageFormatZPixmap, s.segment, 0).Reply()
		return s.shared, err
	}
	reply, err := xproto.GetImage(s.x, xproto.ImageFormatZPixmap, s.root, left, top, width, height, allPlanes).Reply()
	if err != nil {
		return nil, err
	}
	return reply.Data, nil
}

// drawPointer lays the pointer, whose color is premultiplied, over the pixels.
func (s *screen) drawPointer(pixels []byte) {
	if !s.pointer {
		return
	}
	p, err := xfixes.GetCursorImage(s.x).Reply()
	if err != nil {
		return
	}
	at := image.Pt(int(p.X)-int(p.Xhot), int(p.Y)-int(p.Yhot))
	for i, argb := range p.CursorImage {
		pixel := at.Add(image.Pt(i%int(p.Width), i/int(p.Width)))
		if !pixel.In(s.area) {
			continue
		}
		pixel = pixel.Sub(s.area.Min)
		to := pixels[(pixel.Y*s.area.Dx()+pixel.X)*4:][:3]
		clear := 255 - argb>>24
		for c := range to {
			to[c] = byte(argb>>(8*c)) + byte(uint32(to[c])*clear/255)
		}
	}
}

func (s *screen) close() {
	s.x.Close()
	if s.shared != nil {
		_ = unix.SysvShmDetach(s.shared)
		s.shared = nil
	}
}
