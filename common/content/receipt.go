package content

import (
	"errors"
	"fmt"
	"time"

	"gossip/common/id"
)

// ReceiptKind says what happened to a message.
type ReceiptKind uint8

const (
	Delivered ReceiptKind = 1 // it is safely kept on a device
	Read      ReceiptKind = 2 // a person has seen it
)

// Receipt tells the author of messages what became of them. The same body, sent to one's own other devices, is the
// read marker: they show the messages as read and start their timers at At.
type Receipt struct {
	Kind     ReceiptKind
	Messages []id.MessageID
	At       time.Time // the reader's clock, whole milliseconds, UTC
}

type receiptWire struct {
	Kind     ReceiptKind    `cbor:"1,keyasint"`
	Messages []id.MessageID `cbor:"2,keyasint"`
	At       int64          `cbor:"3,keyasint"` // milliseconds since 1970
}

// Typing tells that a person has begun or ended typing. It goes in transient packets only.
type Typing struct {
	Active bool `cbor:"1,keyasint,omitempty"`
}

func (Receipt) Type() Type { return TypeReceipt }
func (Typing) Type() Type  { return TypeTyping }

func (r Receipt) encode() ([]byte, error) {
	return encoder.Marshal(receiptWire{r.Kind, r.Messages, r.At.UnixMilli()})
}
func (t Typing) encode() ([]byte, error) { return encoder.Marshal(t) }

func (w receiptWire) body() Body { return Receipt{w.Kind, w.Messages, time.UnixMilli(w.At).UTC()} }

func (r Receipt) check() error {
	switch at := r.At.UnixMilli(); {
	case r.Kind == 0:
		return errors.New("the receipt has no kind")
	case r.Kind > Read:
		return fmt.Errorf("receipt kind %d: %w", r.Kind, errNewer)
	case at < 0 || at > maxTime:
		return errors.New("the receipt's time is out of range; set the clock of this device")
	}
	return checkTargets(r.Messages)
}

func (t Typing) check() error { return nil }
