//go:build cgo

package media

import (
	"image"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// paint fills a part of the screen with a color, 0xrrggbb, in a window without a frame.
func paint(t *testing.T, x *xgb.Conn, area image.Rectangle, color uint32) {
	t.Helper()
	screen := xproto.Setup(x).DefaultScreen(x)
	window, err := xproto.NewWindowId(x)
	if err != nil {
		t.Fatal(err)
	}
	err = xproto.CreateWindowChecked(x, screen.RootDepth, window, screen.Root, int16(area.Min.X), int16(area.Min.Y),
		uint16(area.Dx()), uint16(area.Dy()), 0, xproto.WindowClassInputOutput, screen.RootVisual,
		xproto.CwBackPixel|xproto.CwOverrideRedirect, []uint32{color, 1}).Check()
	if err == nil {
		err = xproto.MapWindowChecked(x, window).Check()
	}
	if err == nil {
		err = xproto.ClearAreaChecked(x, false, window, 0, 0, 0, 0).Check()
	}
	if err != nil {
		t.Fatal(err)
	}
}
