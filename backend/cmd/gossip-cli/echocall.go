package main

import (
	"time"

	"gossip/backend"
	"gossip/backend/call"
)

const (
	echoDelay   = 2 * time.Second
	longestCall = 10 * time.Minute // for others to have their turn
	missedCall  = "missed_call"    // the kind of the notice that one has missed a call
	mayCallNow  = "I know you now: call again, and I answer."
)

// echoTalk is the call that Echo is in.
type echoTalk struct {
	call    string    // id; "" for none
	since   time.Time // when it was taken
	trouble string    // that was told last
	spoken  spoken
}

// spoken is what echo prints of a call.
type spoken struct {
	Call         string  `json:"call"`
	Conversation string  `json:"conversation"`
	From         string  `json:"from"`
	FromName     string  `json:"from_name"`
	Seconds      float64 `json:"seconds"`
	backend.CallStatistics
}

// follows takes a call that rings, shows what the other shows, and notes the end.
func (e *echo) follows() error {
	info := e.Client.Call()
	if e.talk.call != "" && info.Call != e.talk.call {
		if err := e.hungUp(); err != nil {
			return err
		}
	}
	switch info.Phase {
	case call.Ringing:
		if err := e.AcceptCall(); err != nil {
			e.app.note("the call of %s is not taken: %s", info.CallerName, lower(err.Error())) // it was faster to end
			return nil
		}
		e.talk = echoTalk{call: info.Call, since: time.Now()}
		e.talk.spoken = spoken{Call: info.Call, Conversation: info.Conversation, From: info.Caller, FromName: info.CallerName}
		e.app.note("took the call of %s", info.CallerName)
	case call.Active:
		e.imitate(info)
	}
	return nil
}

// imitate keeps Echo's sources on while the other's are.
func (e *echo) imitate(info backend.CallInfo) {
	if info.Trouble != "" && info.Trouble != e.talk.trouble {
		e.talk.trouble = info.Trouble
		e.app.note("%s", lower(info.Trouble))
	}
	camera, screen := false, false
	for _, p := range info.Participants {
		camera, screen = camera || p.Camera, screen || p.Screen
		if p.State == "connected" {
			e.talk.spoken.CallStatistics = p.Statistics
		}
	}
	var err error
	switch { // what can't be done now is tried with the next event: the call may be over
	case time.Since(e.talk.since) > longestCall:
		err = e.HangUp()
	case camera != info.Camera:
		err = e.SetCamera(camera)
	case screen != info.Screen:
		err = e.SetScreen(screen)
	}
	if err != nil {
		e.app.log.Debug("the call does not follow", "cause", err)
	}
}

// hungUp tells of the call that is over.
func (e *echo) hungUp() error {
	done := e.talk.spoken
	done.Seconds = time.Since(e.talk.since).Seconds()
	e.talk = echoTalk{}
	if e.app.flags.JSON {
		return e.app.object(done)
	}
	e.app.note("talked with %s for %.0f s", done.FromName, done.Seconds)
	return nil
}

// goAway ends the call that Echo is in, so that the other does not wait for it to come back.
func (e *echo) goAway() error {
	if e.talk.call == "" {
		return nil
	}
	if err := e.HangUp(); err != nil {
		e.app.log.Debug("there is no call to end", "cause", err)
	}
	e.partWays()
	return e.hungUp()
}

// introduce writes to a stranger whose call did not ring. Saying something to them accepts them.
func (e *echo) introduce(m backend.Message) error {
	conversation, err := backend.ParseConversation(m.Conversation)
	if err != nil || !conversation.Direct() {
		return err
	}
	info, err := e.Conversation(conversation)
	if err != nil || !info.Request {
		return err
	}
	if _, err := e.Send(conversation, backend.Draft{Text: mayCallNow}); err != nil {
		e.app.note("a stranger who calls is not answered: %v", err)
	}
	return nil
}
