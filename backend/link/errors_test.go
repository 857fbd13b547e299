package link

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"gossip/common/id"
	"gossip/common/wire"
)

func TestOneSentencePerCause(t *testing.T) {
	for _, c := range []struct {
		cause error
		want  string
	}{
		{&net.DNSError{Err: "no such host", Name: "hub.example", IsNotFound: true}, "there is no such host"},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, "nothing listens there"},
		{os.NewSyscallError("connect", syscall.ENETUNREACH), "network is unreachable"},
		{os.NewSyscallError("connect", syscall.EHOSTUNREACH), "network is unreachable"},
		{os.ErrDeadlineExceeded, "takes too long"},
		{io.ErrUnexpectedEOF, "does not answer"},
	} {
		err := unreachable("hub.example:1720", c.cause)
		if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "hub.example:1720") {
			t.Errorf("%v is told as %q, want %q in it", c.cause, err, c.want)
		}
		if !errors.Is(err, c.cause) {
			t.Errorf("%q has lost its cause", err)
		}
	}
}

func TestWhichRefusalsNeedAPerson(t *testing.T) {
	for _, c := range []struct {
		code wire.ErrorCode
		want bool
	}{
		{wire.CodePassword, true}, {wire.CodeBanned, true}, {wire.CodeNameTaken, true}, {wire.CodeVersion, true},
		{wire.CodeStaleList, true}, {wire.CodeCard, true}, {wire.CodeShutdown, false}, {wire.CodeSlow, false},
		{wire.CodeReplaced, false}, {wire.CodeTimeout, false}, {wire.CodeRate, false}, {wire.CodeInternal, false},
	} {
		err := refused(&wire.Error{Code: c.code, Sentence: "Do this.", Detail: []byte("card")})
		definite := (*DefiniteError)(nil)
		if errors.As(err, &definite) != c.want {
			t.Errorf("%s: definite is %v", c.code, !c.want)
		}
		if err.Error() != "Do this." {
			t.Errorf("%s: the hub's sentence became %q", c.code, err)
		}
		if c.want && string(definite.Detail) != "card" {
			t.Errorf("%s: the detail is gone", c.code)
		}
	}
}

func TestAChangedHubKeySaysWhatToDo(t *testing.T) {
	err := hubChanged("hub.example:1720", id.HubID{1}, id.HubID{2})
	if err.Code != CodeHubChanged || err.Found != (id.HubID{2}) {
		t.Errorf("got %+v", err)
	}
	for _, want := range []string{"hub.example:1720", "another key than before", "ask its operator", "invite link"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
}

func TestAPlainEndIsNamed(t *testing.T) {
	if got := unexpectedEnd(io.EOF).Error(); got != "the hub closed the connection" {
		t.Errorf("got %q", got)
	}
	if cause := errors.New("other"); unexpectedEnd(cause) != cause {
		t.Error("another cause was changed")
	}
}
