package ratchet

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gossip/common/id"
)

// The vectors of testdata are made by `go test -run Vectors -update ./common/ratchet` and are the same at
// each run: what is random comes from a ChaCha8 generator (Go's math/rand/v2), its 32-byte seed the number
// of the step in each byte, given to the states' unexported random reader. The start is step 0. A second
// implementation needs no generator: every secret that it needs is in the files. All bytes are hexadecimal.
var update = flag.Bool("update", false, "write the vectors of testdata again")

func randomness(step int) io.Reader {
	return rand.NewChaCha8([32]byte(bytes.Repeat([]byte{byte(step)}, 32)))
}

// hexBytes is a byte string in a vector file.
type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.AppendDecode(nil, text)
	return err
}

// step is one message: what its sender was before it and after it, and what its receiver was before and after.
type step struct {
	From           string   `json:"from"`
	Transient      bool     `json:"transient,omitempty"`
	Plaintext      hexBytes `json:"plaintext"`
	Message        hexBytes `json:"message"`
	SenderBefore   hexBytes `json:"sender_before"`
	SenderAfter    hexBytes `json:"sender_after"`
	ReceiverBefore hexBytes `json:"receiver_before"`
	ReceiverAfter  hexBytes `json:"receiver_after"`
}

// refusal is a message that the receiver, in the state of Receiver, refuses.
type refusal struct {
	Why      string   `json:"why"`
	Message  hexBytes `json:"message"`
	Receiver hexBytes `json:"receiver"`
	Error    string   `json:"error"`
}

type sessionVector struct {
	Session    hexBytes  `json:"session"`
	Initiator  hexBytes  `json:"initiator"`
	Responder  hexBytes  `json:"responder"`
	Root       hexBytes  `json:"root"`
	RatchetKey hexBytes  `json:"ratchet_key"`
	Time       time.Time `json:"time"`
	// Steps in the order in which they are sent; Arrival is the order in which they are decrypted.
	Steps    []step    `json:"steps"`
	Arrival  []int     `json:"arrival"`
	Refusals []refusal `json:"refusals"`
}

type channelVector struct {
	Channel      hexBytes  `json:"channel"`
	Device       hexBytes  `json:"device"`
	Epoch        uint64    `json:"epoch"`
	Distribution hexBytes  `json:"distribution"`
	Time         time.Time `json:"time"`
	Steps        []step    `json:"steps"`
	Arrival      []int     `json:"arrival"`
	Refusals     []refusal `json:"refusals"`
}

// causes are the errors that vectors name.
var causes = map[string]error{
	"malformed": ErrMalformed, "forged": ErrForged, "replayed": ErrReplayed, "too far ahead": ErrTooFarAhead,
	"before shared": ErrBeforeShared, "wrong epoch": ErrWrongEpoch,
}

// vector reads a file of testdata, or with -update writes what fresh returns and reads that.
func vector[V any](t *testing.T, name string, fresh func(*testing.T) V) (v V) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		data, err := json.MarshalIndent(fresh(t), "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// restore is a state from its bytes.
func restore[S state](t *testing.T, data []byte, to S) S {
	t.Helper()
	if err := to.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	return to
}

func expectBytes(t *testing.T, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Fatalf("%s:\n got %x\nwant %x", what, got, want)
	}
}

func expectCause(t *testing.T, r refusal, err error) {
	t.Helper()
	if cause, ok := causes[r.Error]; !ok || !errors.Is(err, cause) {
		t.Errorf("%s: %v, want %s", r.Why, err, r.Error)
	}
}

func (v *sessionVector) binding() Binding {
	return Binding{SessionID(v.Session), id.DeviceID(v.Initiator), id.DeviceID(v.Responder)}
}

func (v *channelVector) owner() owner {
	return owner{id.ChannelID(v.Channel), id.DeviceID(v.Device), v.Epoch}
}
