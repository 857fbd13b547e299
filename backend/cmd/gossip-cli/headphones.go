package main

import (
	"context"
	"sync"

	"gossip/backend/call"
	"gossip/backend/media"
)

// headphones are a machine whose sound goes nowhere where there is no speaker, so that it is still decoded and measured.
type headphones struct {
	*media.Machine
	note func(format string, args ...any)
}

// Play plays somebody.
func (h *headphones) Play(participant string) (call.Playback, error) {
	playback, err := h.Machine.Play(participant)
	if err == nil {
		return playback, nil
	}
	h.note("what is heard is not played: %s", lower(err.Error()))
	if err := h.SetSpeaker(media.NoDevice); err != nil {
		return nil, err
	}
	return h.Machine.Play(participant)
}

// nothingYet is the name of a microphone that says nothing: a sound file is to begin when somebody hears it.
const nothingYet = "nothing yet"

// Microphone opens a microphone.
func (h *headphones) Microphone(device string) (call.Capture, error) {
	if device != nothingYet {
		return h.Machine.Microphone(device)
	}
	ended := make(chan struct{})
	return &mute{ended, sync.OnceFunc(func() { close(ended) })}, nil
}

// mute is a source of which nothing comes.
type mute struct {
	ended chan struct{}
	end   func()
}

// Read waits for the end.
func (m *mute) Read(ctx context.Context) (call.Sample, error) {
	select {
	case <-ctx.Done():
		return call.Sample{}, ctx.Err()
	case <-m.ended:
		return call.Sample{}, context.Canceled
	}
}

// SetBitrate does nothing.
func (*mute) SetBitrate(int) {}

// RequestKeyframe does nothing.
func (*mute) RequestKeyframe() {}

// Close ends Read; it may be called twice.
func (m *mute) Close() error {
	m.end()
	return nil
}
