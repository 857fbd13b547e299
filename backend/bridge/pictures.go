package bridge

import (
	"context"
	"errors"
	"net/http"
	"time"

	"gossip/backend/media"
)

// PicturesPath is where Pictures are: behind it stand the kind and the device, "self" for one's own.
const PicturesPath = "/media/video/"

const ownPictures = "self"

// picturesPatience is how long one waits for pictures that nobody shows yet.
const picturesPatience = 20 * time.Second

// Pictures streams the pictures of a call's participants as Machine.Watch writes them, encoded: a window has no other way
// to them. One's own camera can be watched without a call, too: it is open as long as somebody does. What can't be shown is
// answered with a sentence.
func (s *Session) Pictures() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+PicturesPath+"{kind}/{device}", s.stream)
	return mux
}

func (s *Session) stream(w http.ResponseWriter, r *http.Request) {
	kind, device := r.PathValue("kind"), r.PathValue("device")
	if s.options.Machine == nil || kind != media.KindCamera && kind != media.KindScreen {
		http.NotFound(w, r)
		return
	}
	if device == ownPictures {
		device = media.Self
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "no-store")
	flusher, _ := w.(http.Flusher)
	begun := false
	err := s.watch(r, device, kind, func(frame []byte) error {
		begun = true
		if _, err := w.Write(frame); err != nil {
			return err
		}
		if flusher != nil {
			flusher.Flush()
		}
		return nil
	})
	if err == nil {
		return
	}
	s.log.Debug("pictures are not watched any more", "kind", kind, "error", err)
	if !begun && !errors.Is(err, context.Canceled) {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

// watch writes frames until there are no more, the reader goes or the session ends.
func (s *Session) watch(r *http.Request, device, kind string, write func([]byte) error) error {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	late := time.AfterFunc(picturesPatience, cancel)
	defer late.Stop()
	patient := func(frame []byte) error {
		late.Stop()
		return write(frame)
	}
	if device == media.Self && kind == media.KindCamera && !s.showsCamera() {
		return s.options.Machine.Preview(ctx, s.chosenCamera, patient)
	}
	return s.options.Machine.Watch(ctx, device, kind, patient)
}

// showsCamera reports whether a call shows the own camera, or is about to.
func (s *Session) showsCamera() bool {
	client, err := s.Client()
	return err == nil && client.Call().Camera
}

// chosenCamera is the camera that the person has chosen, where it is there.
func (s *Session) chosenCamera() string {
	client, found, err := s.devices()
	if err != nil {
		return media.DefaultDevice
	}
	return s.chosen(client, found).Camera
}
