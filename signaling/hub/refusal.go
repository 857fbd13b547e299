package hub

import (
	"errors"
	"strings"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
	"gossip/signaling/store"
)

// Refusals that end a connection.
var (
	errReplaced = &wire.Error{Code: wire.CodeReplaced, Sentence: "This device has connected again from elsewhere; this connection is over."}
	errSlow     = &wire.Error{Code: wire.CodeSlow, Sentence: "This device does not read fast enough. Connect again to go on where it stopped.", RetryAfter: 1000}
	errShutdown = &wire.Error{Code: wire.CodeShutdown, Sentence: "The hub is going down. Come back in a few seconds.", RetryAfter: 2000}
	errFlood    = &wire.Error{Code: wire.CodeFlood, Sentence: "This device sends far more than this hub allows. Wait a minute, then connect again.", RetryAfter: 60_000}
	errTimeout  = &wire.Error{Code: wire.CodeTimeout, Sentence: "The login took too long. Connect again."}
	errRevoked  = &wire.Error{Code: wire.CodeCard, Sentence: "This device is no longer on its user's list of devices. Link it again."}
	errNoSubkey = &wire.Error{Code: wire.CodeCard, Sentence: "Nothing can be encrypted to this device: its key is too old. Check its clock and connect again."}
	errBanned   = &wire.Error{Code: wire.CodeBanned, Sentence: "This account is banned from the hub. Ask its operator."}
)

func refuse(code wire.ErrorCode, sentence string) *wire.Error {
	return &wire.Error{Code: code, Sentence: sentence}
}

func malformed(what string) *wire.Error {
	return refuse(wire.CodeMalformed, "The hub could not read "+what+". Update Gossip.")
}

// retryAfter is what the wire carries: milliseconds, rounded up.
func retryAfter(d time.Duration) uint { return uint((d + time.Millisecond - 1) / time.Millisecond) }

// storageRetry is how long a device waits when the disk does not keep up or fails.
const storageRetry = 2 * time.Second

// refusalOf makes what a device may be told of an error; anything that is not a *wire.Error is only logged.
func (s *session) refusalOf(doing string, err error) *wire.Error {
	var refusal *wire.Error
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.Is(err, store.ErrBusy), errors.Is(err, store.ErrClosed):
		return &wire.Error{
			Code: wire.CodeStorage, Sentence: "The hub's disk does not keep up. It is tried again in a moment.", RetryAfter: retryAfter(storageRetry),
		}
	}
	s.hub.log.Error(doing, "device", s.device, "err", err)
	return &wire.Error{
		Code: wire.CodeStorage, Sentence: "The hub could not write to its disk. Its operator must look at it.", RetryAfter: retryAfter(storageRetry),
	}
}

// frame encodes a packet that the hub itself made.
func frame(p wire.Packet) []byte {
	encoded, err := wire.AppendFrame(nil, p)
	if err != nil {
		panic(err) // the hub made the packet: kinds are constants and sizes are checked
	}
	return encoded
}

// signal encodes a signal packet; its payload is a type of package wire.
func signal(kind wire.Kind, re id.MessageID, payload any) []byte {
	encoded, err := wire.Marshal(payload)
	if err != nil {
		panic(err)
	}
	return frame(&wire.SignalPacket{Kind: kind, Re: re, Payload: encoded})
}

func refusalFrame(re id.MessageID, e *wire.Error) []byte {
	if len(e.Sentence) > wire.MaxSentence {
		short := *e
		short.Sentence = strings.ToValidUTF8(e.Sentence[:wire.MaxSentence], "") // the cut may go through a character
		e = &short
	}
	return signal(wire.KindError, re, e)
}
