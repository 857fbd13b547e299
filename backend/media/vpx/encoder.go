//go:build cgo

package vpx

// #cgo pkg-config: vpx
// #include <stdlib.h>
// #include <vpx/vpx_encoder.h>
// #include <vpx/vp8cx.h>
//
// static int init(vpx_codec_ctx_t *ctx, vpx_codec_enc_cfg_t *cfg, int width, int height, int kbps, int threads) {
//   int code = vpx_codec_enc_config_default(vpx_codec_vp8_cx(), cfg, 0);
//   if (code) return code;
//   cfg->g_w = width;
//   cfg->g_h = height;
//   cfg->g_threads = threads;
//   cfg->g_timebase.num = 1;
//   cfg->g_timebase.den = 90000;
//   cfg->g_lag_in_frames = 0;
//   cfg->g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
//   cfg->g_pass = VPX_RC_ONE_PASS;
//   cfg->rc_end_usage = VPX_CBR;
//   cfg->rc_target_bitrate = kbps;
//   cfg->rc_min_quantizer = 2;
//   cfg->rc_max_quantizer = 56;
//   cfg->rc_undershoot_pct = 100;
//   cfg->rc_overshoot_pct = 15;
//   cfg->rc_buf_initial_sz = 500;
//   cfg->rc_buf_optimal_sz = 600;
//   cfg->rc_buf_sz = 1000;
//   cfg->rc_resize_allowed = 0;
//   cfg->kf_mode = VPX_KF_AUTO;
//   cfg->kf_max_dist = 3000;
//   return vpx_codec_enc_init(ctx, vpx_codec_vp8_cx(), cfg, 0);
// }
//
// static int tune(vpx_codec_ctx_t *ctx, int screen, int speed) {
//   int code = vpx_codec_control(ctx, VP8E_SET_CPUUSED, -speed);
//   if (!code) code = vpx_codec_control(ctx, VP8E_SET_STATIC_THRESHOLD, screen ? 100 : 1);
//   if (!code) code = vpx_codec_control(ctx, VP8E_SET_SCREEN_CONTENT_MODE, screen ? 1 : 0);
//   if (!code) code = vpx_codec_control(ctx, VP8E_SET_NOISE_SENSITIVITY, 0);
//   if (!code) code = vpx_codec_control(ctx, VP8E_SET_TOKEN_PARTITIONS, VP8_ONE_TOKENPARTITION);
//   if (!code) code = vpx_codec_control(ctx, VP8E_SET_MAX_INTRA_BITRATE_PCT, screen ? 0 : 450);
//   return code;
// }
//
// static int encode(vpx_codec_ctx_t *ctx, int width, int height, unsigned char *y, unsigned char *cb, unsigned char *cr,
//                   int ystride, int cstride, long pts, unsigned long duration, int key) {
//   vpx_image_t image;
//   if (!vpx_img_wrap(&image, VPX_IMG_FMT_I420, width, height, 1, y)) return VPX_CODEC_MEM_ERROR;
//   image.planes[0] = y; image.planes[1] = cb; image.planes[2] = cr;
//   image.stride[0] = ystride; image.stride[1] = cstride; image.stride[2] = cstride;
//   return vpx_codec_encode(ctx, &image, pts, duration, key ? VPX_EFLAG_FORCE_KF : 0, VPX_DL_REALTIME);
// }
//
// // The frame of the last call; nothing where the encoder left it out to keep to the bitrate.
// static const void *packet(vpx_codec_ctx_t *ctx, size_t *size, int *key) {
//   vpx_codec_iter_t iter = NULL;
//   const vpx_codec_cx_pkt_t *p;
//   while ((p = vpx_codec_get_cx_data(ctx, &iter))) {
//     if (p->kind == VPX_CODEC_CX_FRAME_PKT) {
//       *size = p->data.frame.sz;
//       *key = (p->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
//       return p->data.frame.buf;
//     }
//   }
//   return NULL;
// }
import "C"

import (
	"errors"
	"fmt"
	"image"
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"
)

// clock is the ticks a second of VP8 over RTP (RFC 7741).
const clock = 90000

var errClosed = errors.New("vpx: closed")

var started, running, most atomic.Int64

// Started returns how many encoders this process has made; a change of a picture's size takes a new one.
func Started() int64 { return started.Load() }

// MostAtOnce returns how many encoders this process has had at a time.
func MostAtOnce() int64 { return most.Load() }

func began() {
	started.Add(1)
	for now := running.Add(1); ; {
		if known := most.Load(); now <= known || most.CompareAndSwap(known, now) {
			return
		}
	}
}

func failed(code C.int) error {
	return fmt.Errorf("vpx: %s", C.GoString(C.vpx_codec_err_to_string(C.vpx_codec_err_t(code))))
}

// Settings are what an encoder starts with.
type Settings struct {
	Width, Height int // even
	BitsPerSecond int
	Screen        bool // text that stands still, instead of a face that moves
}

// Encoder makes VP8 frames of pictures of one size. It belongs to one goroutine.
type Encoder struct {
	context  *C.vpx_codec_ctx_t
	config   *C.vpx_codec_enc_cfg_t
	settings Settings
	last     time.Duration
}

// NewEncoder returns an encoder; its first frame is a keyframe.
func NewEncoder(s Settings) (*Encoder, error) {
	if s.Width <= 0 || s.Height <= 0 || s.Width%2 != 0 || s.Height%2 != 0 {
		return nil, fmt.Errorf("vpx: a picture of %d by %d", s.Width, s.Height)
	}
	e := &Encoder{
		context:  (*C.vpx_codec_ctx_t)(C.calloc(1, C.sizeof_vpx_codec_ctx_t)),
		config:   (*C.vpx_codec_enc_cfg_t)(C.calloc(1, C.sizeof_vpx_codec_enc_cfg_t)),
		settings: s,
		last:     -1,
	}
	code := C.init(e.context, e.config, C.int(s.Width), C.int(s.Height), C.int(kilobits(s.BitsPerSecond)), C.int(threads(s)))
	if code != C.VPX_CODEC_OK {
		e.free()
		return nil, failed(code)
	}
	runtime.SetFinalizer(e, (*Encoder).Close)
	began()
	if code := C.tune(e.context, flag(s.Screen), C.int(speed(s))); code != C.VPX_CODEC_OK {
		e.Close()
		return nil, failed(code)
	}
	return e, nil
}

func kilobits(bitsPerSecond int) int { return max(bitsPerSecond/1000, 20) }

// threads leaves cores to the rest of the call.
func threads(s Settings) int {
	if s.Width*s.Height < 640*480 {
		return 1
	}
	return min(max(runtime.NumCPU()/2, 1), 4)
}

// speed is libvpx's own scale for real time: higher is faster and coarser.
func speed(s Settings) int {
	if s.Width*s.Height > 640*480 {
		return 8
	}
	return 6
}

func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// Size returns the width and height that pictures must have.
func (e *Encoder) Size() (width, height int) { return e.settings.Width, e.settings.Height }

// SetBitrate sets the aim in bits a second.
func (e *Encoder) SetBitrate(bitsPerSecond int) error {
	if e.context == nil {
		return errClosed
	}
	e.config.rc_target_bitrate = C.uint(kilobits(bitsPerSecond))
	if code := C.int(C.vpx_codec_enc_config_set(e.context, e.config)); code != C.VPX_CODEC_OK {
		return failed(code)
	}
	return nil
}

// Encode returns the frame of a picture in 4:2:0 that was taken at the given time, in memory of the caller's own. It
// returns nothing where the encoder leaves the picture out to keep to its bitrate.
func (e *Encoder) Encode(picture *image.YCbCr, at time.Duration, keyframe bool) (frame []byte, key bool, err error) {
	if e.context == nil {
		return nil, false, errClosed
	}
	width, height := e.Size()
	if picture.Rect.Dx() != width || picture.Rect.Dy() != height || picture.SubsampleRatio != image.YCbCrSubsampleRatio420 {
		return nil, false, fmt.Errorf("vpx: a picture of %v, %v", picture.Rect, picture.SubsampleRatio)
	}
	at = max(at, e.last+time.Millisecond)
	duration := time.Second / 30
	if e.last >= 0 {
		duration = min(at-e.last, time.Second)
	}
	e.last = at
	code := C.encode(e.context, C.int(width), C.int(height),
		(*C.uchar)(&picture.Y[0]), (*C.uchar)(&picture.Cb[0]), (*C.uchar)(&picture.Cr[0]),
		C.int(picture.YStride), C.int(picture.CStride), C.long(ticks(at)), C.ulong(max(ticks(duration), 1)), flag(keyframe))
	if code != C.VPX_CODEC_OK {
		return nil, false, failed(code)
	}
	var size C.size_t
	var isKey C.int
	if data := C.packet(e.context, &size, &isKey); data != nil && size > 0 {
		frame = C.GoBytes(data, C.int(size))
	}
	runtime.KeepAlive(picture)
	runtime.KeepAlive(e)
	return frame, isKey != 0, nil
}

func ticks(d time.Duration) int64 { return d.Microseconds() * clock / 1e6 }

// Close frees the encoder; it may be called twice.
func (e *Encoder) Close() {
	if e.context != nil {
		C.vpx_codec_destroy(e.context)
		e.free()
		running.Add(-1)
	}
}

func (e *Encoder) free() {
	C.free(unsafe.Pointer(e.context))
	C.free(unsafe.Pointer(e.config))
	e.context, e.config = nil, nil
}
