package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gossip/backend"
	"gossip/backend/call"
	"gossip/backend/media"
	"gossip/common/content"
)

const (
	lookEvery = 250 * time.Millisecond // at the figures of a call
	goodbye   = 2 * time.Second        // for the word that a call has ended to reach the hub
)

type callCommand struct {
	To      string  `arg:"" help:"@user, '#channel', or the conversation's key."`
	WAV     string  `name:"wav" placeholder:"FILE" help:"Say what stands in a WAV file, once, instead of what the microphone hears; \"test\" is a tone."`
	Record  string  `placeholder:"FILE" help:"Write what is heard into a WAV file instead of playing it."`
	Video   string  `placeholder:"SOURCE" help:"Show a picture, too: test is a pattern that moves, test:640x360 one of that size, screen the screen."`
	Seconds float64 `placeholder:"N" help:"Hang up after so many seconds; by itself the call goes on until somebody hangs up, or an interrupt."`
}

// Help is printed by --help below the command's first line.
func (callCommand) Help() string {
	return `Calls a person, or begins or joins the call of a channel, and prints at the end how the connection with everybody who was in has
been: round_trip, jitter and delay in milliseconds, loss as a share, bitrate_in in bits a second, frames (whole pictures), concealed
(samples of sound made up for lost ones) of samples (played), path (direct or relay). Of this side it prints how many sources it gave
and how many encoders ran for them. Where nobody takes the call, the exit code is 4
(refused), 6 (no answer) or 3 (no connection between the two).

  gossip-cli call @bob
  gossip-cli call @Echo --wav question.wav --record answer.wav --video test --seconds 10 --json`
}

// Run calls, talks and hangs up.
func (c *callCommand) Run(ctx context.Context, a *app) error {
	if c.Seconds < 0 {
		return fail(exitUsage, "--seconds: a call can't be shorter than nothing")
	}
	if c.Video != "" && c.Video != "screen" && !media.IsTest(c.Video) {
		return fail(exitUsage, "--video: test, test:640x360 or another size, or screen")
	}
	machine := media.New(media.Options{Speaker: c.speaker(), Log: a.log})
	if err := c.check(machine); err != nil {
		return errors.Join(err, machine.Close())
	}
	a.media = &headphones{Machine: machine, note: a.note}
	t := talk{callCommand: c}
	err := a.online(ctx, func(s *session) error {
		t.session = s
		return t.run(ctx)
	})
	err = errors.Join(err, machine.Close()) // makes the recording whole
	if t.result.Call == "" {
		return err
	}
	t.result.Encoders = machine.Encoders()
	return errors.Join(err, a.print(t.result, t.result.text()))
}

func (c *callCommand) microphone() string {
	switch c.WAV {
	case "":
		return media.DefaultDevice
	case "test":
		return media.TestDevice
	}
	return media.FilePrefix + c.WAV
}

func (c *callCommand) speaker() string {
	if c.Record == "" {
		return media.DefaultDevice
	}
	return media.FilePrefix + c.Record
}

// camera is used where --video says so.
func (c *callCommand) camera() string {
	if media.IsTest(c.Video) {
		return c.Video
	}
	return media.TestDevice
}

// check opens the microphone and looks for the recording's folder before anybody's telephone rings.
func (c *callCommand) check(machine *media.Machine) error {
	if _, err := os.Stat(filepath.Dir(c.Record)); err != nil {
		return fail(exitNotFound, "there is no folder for the recording: %w", err)
	}
	microphone, err := machine.Microphone(c.microphone())
	switch {
	case errors.Is(err, media.ErrNoMedia):
		return err
	case err != nil && c.WAV == "":
		return fmt.Errorf("%w; or give a sound file with --wav", err)
	case err != nil:
		return fail(exitNotFound, "there is no sound to send: %w", err)
	}
	return microphone.Close()
}

// talk is one run of call.
type talk struct {
	*callCommand
	*session
	result   talked
	joined   time.Time // when somebody was connected first
	troubled string    // the trouble that was told last
	last     call.Phase
	begun    time.Time
}

func (t *talk) run(ctx context.Context) error {
	conversation, err := t.find(ctx)
	if err != nil {
		return err
	}
	if err := t.dial(conversation); err != nil {
		return err
	}
	t.begun = time.Now()
	t.app.note("calling %s", t.To)
	err = t.listen(ctx)
	t.farewell()
	return err
}

// find returns the conversation when its hub has let the client in.
func (t *talk) find(ctx context.Context) (backend.Conversation, error) {
	if _, err := t.ready(ctx, t.To); err != nil {
		return backend.Conversation{}, err
	}
	t.calm(ctx)
	ctx, cancel := context.WithTimeout(ctx, t.app.flags.Timeout)
	defer cancel()
	return t.resolve(ctx, t.To)
}

func (t *talk) dial(conversation backend.Conversation) error {
	microphone := t.microphone()
	if t.WAV != "" {
		microphone = nothingYet
	}
	if err := errors.Join(t.SetCallDevice("microphone", microphone), t.SetCallDevice(call.KindCamera, t.camera())); err != nil {
		return err
	}
	if err := t.StartCall(conversation, backend.CallOptions{Video: media.IsTest(t.Video)}); err != nil {
		if exitCode(err) != exitFailure {
			return err
		}
		return fail(exitRefused, "%s", lower(err.Error()))
	}
	t.result = talked{Conversation: conversation.String(), Name: t.To, Call: t.Call().Call, Participants: []companion{}}
	return nil
}

// listen stays in the call until it ends, its time is over, or an interrupt comes.
func (t *talk) listen(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		over, err := t.look()
		if over || err != nil {
			return err
		}
		if t.Seconds > 0 && !t.joined.IsZero() && time.Since(t.joined).Seconds() >= t.Seconds {
			return t.hangUp("the time was over")
		}
		select {
		case <-ctx.Done():
			return t.interrupted(ctx)
		case <-tick.C:
		case e, open := <-t.Events():
			if !open {
				return errors.New("the client has ended by itself; see its log with -v")
			}
			if err := t.stops(e); err != nil {
				return err
			}
		}
	}
}

// look takes note of the call, and reports whether it is over.
func (t *talk) look() (over bool, err error) {
	info := t.Client.Call()
	if info.Phase == call.Idle {
		return true, t.ended(lower(info.Ended))
	}
	t.last = info.Phase
	if info.Trouble != "" && info.Trouble != t.troubled {
		t.troubled, t.result.Trouble = info.Trouble, info.Trouble
		t.app.note("%s", lower(info.Trouble))
	}
	if info.State == "connected" && t.joined.IsZero() {
		t.joined = time.Now()
		t.app.note("connected; %s", lower(info.Encryption))
		err = t.begin()
	}
	t.result.note(info)
	return false, err
}

// begin says and shows what waited for somebody to be there.
func (t *talk) begin() error {
	err := t.SetCallDevice("microphone", t.microphone())
	if t.Video == "screen" {
		err = errors.Join(err, t.SetScreen(true))
	}
	return err
}

// ended says why there is no call any more; where there was none at all, that is the failure.
func (t *talk) ended(why string) error {
	if t.result.Ended = why; why == "" {
		t.result.Ended = "the other hung up"
	}
	switch {
	case !t.joined.IsZero():
		return nil
	case t.last == call.Active:
		return fail(exitUnreachable, "%s", t.result.Ended)
	case time.Since(t.begun) >= content.RingTime:
		return fail(exitTimeout, "%s", t.result.Ended)
	}
	return fail(exitRefused, "%s", t.result.Ended)
}

// interrupted hangs up. A call that was in progress ends so in the usual way.
func (t *talk) interrupted(ctx context.Context) error {
	err := t.hangUp("interrupted")
	if t.joined.IsZero() {
		return errors.Join(ctx.Err(), err)
	}
	return err
}

func (t *talk) hangUp(why string) error {
	t.result.Ended = why
	if err := t.HangUp(); err != nil && t.Client.Call().Phase != call.Idle {
		return err
	}
	return nil
}

// farewell notes how long the call was, and stays until the hub knows that it is over.
func (t *talk) farewell() {
	if !t.joined.IsZero() {
		t.result.Connected, t.result.Seconds = true, time.Since(t.joined).Seconds()
	}
	t.partWays()
}

// partWays waits until what is to be said of a call that is over has been said.
func (s *session) partWays() {
	late := time.NewTimer(goodbye)
	defer late.Stop()
	for {
		select {
		case <-late.C:
			return
		case <-s.Events():
		case <-time.After(calmTime):
			return
		}
	}
}
