package content

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"gossip/common/id"
)

// MaxSenderKey is how many bytes a sender-key distribution may have.
const MaxSenderKey = 4 << 10

// Resend asks the device that it is sent to for messages of its own in the conversation, in the form in which they
// were first sent: by their Number, after a hole, or by their packet, after one that couldn't be decrypted. Devices
// send it by themselves; it has no place in the history.
type Resend struct {
	Numbers []uint64       `cbor:"1,keyasint,omitempty"` // rising
	Packets []id.MessageID `cbor:"2,keyasint,omitempty"`
}

// Gone answers a Resend for what the device has no more, because it was deleted or has expired: asking again is no
// use and nothing is to be shown as missing. The numbers are the answering device's own.
type Gone struct {
	Numbers []uint64       `cbor:"1,keyasint,omitempty"` // rising
	Packets []id.MessageID `cbor:"2,keyasint,omitempty"`
}

// SenderKey hands over the state from which the sender's messages in the channel can be read from here on. It goes
// through a pairwise session only, and prints as "[sender key]".
type SenderKey struct {
	Distribution []byte `cbor:"1,keyasint"` // as the ratchet package makes it
}

func (Resend) Type() Type    { return TypeResend }
func (Gone) Type() Type      { return TypeGone }
func (SenderKey) Type() Type { return TypeSenderKey }

func (r Resend) encode() ([]byte, error)    { return encoder.Marshal(r) }
func (g Gone) encode() ([]byte, error)      { return encoder.Marshal(g) }
func (k SenderKey) encode() ([]byte, error) { return encoder.Marshal(k) }

func (r Resend) check() error { return checkWanted(r.Numbers, r.Packets) }
func (g Gone) check() error   { return checkWanted(g.Numbers, g.Packets) }

func (k SenderKey) check() error {
	if len(k.Distribution) == 0 || len(k.Distribution) > MaxSenderKey {
		return fmt.Errorf("a sender key has 1 to %d bytes, not %d", MaxSenderKey, len(k.Distribution))
	}
	return nil
}

// Format hides the key whatever the verb.
func (k SenderKey) Format(f fmt.State, _ rune)   { io.WriteString(f, "[sender key]") }
func (k SenderKey) LogValue() slog.Value         { return slog.StringValue("[sender key]") }
func (k SenderKey) MarshalJSON() ([]byte, error) { return []byte(`"[sender key]"`), nil }

// checkWanted wants at least one number or packet, at most MaxTargets of each, each once.
func checkWanted(numbers []uint64, packets []id.MessageID) error {
	if len(numbers) == 0 && len(packets) == 0 {
		return errors.New("it names no message")
	}
	if len(numbers) > MaxTargets || len(packets) > MaxTargets {
		return fmt.Errorf("it names more than %d messages", MaxTargets)
	}
	var last uint64
	for _, number := range numbers {
		if number <= last {
			return errors.New("its numbers don't rise from 1")
		}
		last = number
	}
	if !distinct(packets) {
		return errors.New("it names no packet or the same one twice")
	}
	return nil
}
