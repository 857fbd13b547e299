package link

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"

	"gossip/common/id"
	"gossip/common/wire"
)

// ErrClosed is returned by calls on a connection that is gone.
var ErrClosed = errors.New("the connection to the hub is gone")

// ErrFull is returned by Send when too much waits already: send again after some of it has been acknowledged.
var ErrFull = errors.New("too many packets are waiting for the hub")

// DefiniteError ends Run: trying again would bring the same answer until a person decides something.
type DefiniteError struct {
	Code     wire.ErrorCode // CodeHubChanged, or the hub's own
	Sentence string
	Detail   []byte   // of CodeStaleList: the newest card
	Found    id.HubID // of CodeHubChanged: the key that answered
}

// CodeHubChanged is the link's own code: the host key is not the pinned one.
const CodeHubChanged wire.ErrorCode = "hub_changed"

func (e *DefiniteError) Error() string { return e.Sentence }

func hubChanged(address string, pinned, found id.HubID) *DefiniteError {
	return &DefiniteError{Code: CodeHubChanged, Found: found, Sentence: fmt.Sprintf(
		"The hub at %s shows another key than before (%.12s… instead of %.12s…). Somebody may be in between: ask its operator for the right one before you join again by a new invite link.",
		address, found, pinned)}
}

// definite are the hub's refusals that only a person can change.
var definite = map[wire.ErrorCode]bool{
	wire.CodePassword: true, wire.CodeBanned: true, wire.CodeNameTaken: true, wire.CodeVersion: true,
	wire.CodeStaleList: true, wire.CodeCard: true,
}

// refused makes the hub's refusal the error that ends the connection.
func refused(e *wire.Error) error {
	if definite[e.Code] {
		return &DefiniteError{Code: e.Code, Sentence: e.Sentence, Detail: e.Detail}
	}
	return e
}

// unreachable says in a sentence why the hub did not answer.
func unreachable(address string, err error) error {
	var dns *net.DNSError
	why := "it does not answer. Check the address and your network"
	switch {
	case errors.As(err, &dns):
		why = "there is no such host. Check the address"
	case errors.Is(err, syscall.ECONNREFUSED):
		why = "nothing listens there. Check the port, or ask its operator whether the hub is running"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		why = "the network is unreachable. Check your connection"
	case errors.Is(err, os.ErrDeadlineExceeded):
		why = "it takes too long to answer. Check the address and your network"
	}
	return fmt.Errorf("can't reach the hub at %s: %s (%w)", address, why, err)
}
