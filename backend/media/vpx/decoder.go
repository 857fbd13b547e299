//go:build cgo

package vpx

// #include <stdlib.h>
// #include <vpx/vpx_decoder.h>
// #include <vpx/vp8dx.h>
//
// static int decoder_init(vpx_codec_ctx_t *ctx) { return vpx_codec_dec_init(ctx, vpx_codec_vp8_dx(), NULL, 0); }
// static vpx_image_t *decoded(vpx_codec_ctx_t *ctx) {
//   vpx_codec_iter_t iter = NULL;
//   return vpx_codec_get_frame(ctx, &iter);
// }
import "C"

import (
	"image"
	"runtime"
	"unsafe"
)

// Decoder turns the frames of one encoder into pictures: the headless client counts and keeps them so. The window decodes
// in its webview instead.
type Decoder struct {
	context *C.vpx_codec_ctx_t
}

// NewDecoder returns a decoder that waits for a keyframe.
func NewDecoder() (*Decoder, error) {
	d := &Decoder{context: (*C.vpx_codec_ctx_t)(C.calloc(1, C.sizeof_vpx_codec_ctx_t))}
	if code := C.decoder_init(d.context); code != C.VPX_CODEC_OK {
		C.free(unsafe.Pointer(d.context))
		return nil, failed(code)
	}
	runtime.SetFinalizer(d, (*Decoder).Close)
	return d, nil
}

// Decode returns the picture of a frame, in memory of the caller's own; nil where the frame shows none.
func (d *Decoder) Decode(frame []byte) (*image.YCbCr, error) {
	if d.context == nil {
		return nil, errClosed
	}
	if len(frame) == 0 {
		return nil, nil
	}
	code := C.int(C.vpx_codec_decode(d.context, (*C.uchar)(&frame[0]), C.uint(len(frame)), nil, 0))
	if code != C.VPX_CODEC_OK {
		return nil, failed(code)
	}
	shown := C.decoded(d.context)
	if shown == nil {
		return nil, nil
	}
	picture := image.NewYCbCr(image.Rect(0, 0, int(shown.d_w), int(shown.d_h)), image.YCbCrSubsampleRatio420)
	copyPlane(picture.Y, picture.YStride, unsafe.Pointer(shown.planes[0]), int(shown.stride[0]), picture.Rect.Dx(), picture.Rect.Dy())
	width, height := (picture.Rect.Dx()+1)/2, (picture.Rect.Dy()+1)/2
	copyPlane(picture.Cb, picture.CStride, unsafe.Pointer(shown.planes[1]), int(shown.stride[1]), width, height)
	copyPlane(picture.Cr, picture.CStride, unsafe.Pointer(shown.planes[2]), int(shown.stride[2]), width, height)
	runtime.KeepAlive(d)
	return picture, nil
}

func copyPlane(to []byte, toStride int, from unsafe.Pointer, fromStride, width, height int) {
	for y := range height {
		copy(to[y*toStride:y*toStride+width], unsafe.Slice((*byte)(unsafe.Add(from, y*fromStride)), width))
	}
}

// Close frees the decoder; it may be called twice.
func (d *Decoder) Close() {
	if d.context != nil {
		C.vpx_codec_destroy(d.context)
		C.free(unsafe.Pointer(d.context))
		d.context = nil
	}
}
