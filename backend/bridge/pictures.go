package bridge

import (
	"context"
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
// to them.
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
	err := s.watch(r, device, kind, func(frame []byte) error {
		if _, err := w.Write(frame); err != nil {
			return err
		}
		if flusher != nil {
			flusher.Flush()
		}
		return nil
	})
	if err != nil {
		s.log.Debug("pictures are not watched any more", "kind", kind, "error", err)
	}
}

// watch writes frames until there are no more, the reader goes or the session ends.
func (s *Session) watch(r *http.Request, device, kind string, write func([]byte) error) error {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	late := time.AfterFunc(picturesPatience, cancel)
	defer late.Stop()
	return s.options.Machine.Watch(ctx, device, kind, func(frame []byte) error {
		late.Stop()
		return write(frame)
	})
}
