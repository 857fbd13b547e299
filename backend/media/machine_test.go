//go:build cgo

package media

import (
	"context"
	"errors"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gen2brain/malgo"
	"github.com/pion/rtp"
)

// carry brings a microphone's packets to a playback until the context ends.
func carry(ctx context.Context, from Capture, to Playback) error {
	for n := 0; ; n++ {
		sample, err := from.Read(ctx)
		if err != nil {
			return err
		}
		header := rtp.Header{Version: 2, SequenceNumber: uint16(n), Timestamp: uint32(n * frameSize), SSRC: 9}
		if err := to.WriteRTP(&rtp.Packet{Header: header, Payload: sample.Data}); err != nil {
			return err
		}
	}
}

// TestFromFileToFile has one end speak a file and the other record what it hears, both without any device.
func TestFromFileToFile(t *testing.T) {
	speech := say(t, "en", nearText)
	folder := t.TempDir()
	said, recorded := filepath.Join(folder, "said.wav"), filepath.Join(folder, "heard.wav")
	if err := WriteWAV(said, speech); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		m := New(Options{Speaker: FilePrefix + recorded})
		mic, err := m.Microphone(FilePrefix + said)
		if err != nil {
			t.Fatal(err)
		}
		play, err := m.Play("bob")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(len(speech))*time.Second/48000)
		defer cancel()
		spoke, seen := false, make(chan struct{})
		go func() {
			defer close(seen)
			for ctx.Err() == nil {
				time.Sleep(100 * time.Millisecond)
				spoke = spoke || mic.(Meter).Speaking() && play.(Meter).Speaking()
			}
		}()
		if err := carry(ctx, mic, play); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		<-seen
		if stats := play.Stats(); stats.Concealed != 0 || stats.Delay > 100*time.Millisecond {
			t.Errorf("%+v", stats)
		}
		if !spoke {
			t.Error("nobody was seen to speak")
		}
		for _, closer := range []interface{ Close() error }{mic, mic, play, m, m} {
			if err := closer.Close(); err != nil {
				t.Error(err)
			}
		}
		if _, err := mic.Read(t.Context()); !errors.Is(err, errClosed) {
			t.Errorf("a closed microphone says %v", err)
		}
	})
	heard, err := ReadWAV(recorded)
	if err != nil {
		t.Fatal(err)
	}
	like, delay := alikeEnvelopes(envelope(speech), envelope(heard))
	t.Logf("%.1f s of speech from file to file: envelope correlation %.3f at %d ms", float64(len(speech))/48000, like, delay)
	if like < 0.95 || delay > 120 {
		t.Errorf("correlation %.3f at %d ms", like, delay)
	}
}

func TestSentencesForWhatIsMissing(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("XDG_SESSION_TYPE", "tty")
	m := New(Options{})
	defer m.Close()
	if _, err := m.Screen(DefaultDevice); !errors.Is(err, errNoScreen) {
		t.Error(err)
	}
	t.Setenv("XDG_SESSION_TYPE", "wayland")
	if _, err := m.Screen(DefaultDevice); !errors.Is(err, errWayland) {
		t.Error(err)
	}
	if _, err := m.Camera("no such camera"); !errors.Is(err, errNoCamera) {
		t.Error(err)
	}
	if _, err := m.Microphone(FilePrefix + "/nowhere.wav"); err == nil {
		t.Error("speaks a file that is not there")
	}
	for _, c := range []struct{ known, err, want error }{
		{errNoCamera, syscall.EACCES, errCameraBarred},
		{errCameraBusy, syscall.EACCES, errCameraBarred},
		{errNoCamera, syscall.EBUSY, errCameraBusy},
		{errCameraBarred, syscall.EBUSY, errCameraBarred},
	} {
		if got := worse(c.known, c.err); got != c.want {
			t.Errorf("%v after %v: %v", c.err, c.known, got)
		}
	}
	for err, want := range map[error]error{
		malgo.ErrBusy: errBusy, malgo.ErrAccessDenied: errForbidden, malgo.ErrNoDevice: errNoSpeaker,
	} {
		if got := explained(err, errNoSpeaker); !errors.Is(got, want) {
			t.Errorf("%v: %v", err, got)
		}
	}
}
