package turn

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/stun/v4"
	pion "github.com/pion/turn/v5"

	"gossip/common/id"
)

func fields(text string) []string { return strings.Fields(text) }

// accepts asks as pion/turn does.
func (s *Server) accepts(name string, method stun.Method) (string, bool) {
	user, key, ok := s.authenticate(&pion.RequestAttributes{Username: name, Realm: realm, Method: method})
	return user, ok && len(key) > 0
}

// TestCredentialsEnd: after an hour they open no relay; one that there is can be kept for the rest of a long call.
func TestCredentialsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{secret: newSecret()}
		name := s.secret.issue(alice, time.Now().Add(credentialTime)).Username
		for _, at := range []struct {
			after           time.Duration
			allocate, other bool
		}{
			{0, true, true}, {credentialTime - time.Second, true, true}, {credentialTime, false, true},
			{credentialTime + keepTime - time.Second, false, true}, {credentialTime + keepTime, false, false}, {1000 * time.Hour, false, false},
		} {
			time.Sleep(time.Until(start2000.Add(at.after)))
			for method, want := range map[stun.Method]bool{
				stun.MethodAllocate: at.allocate, stun.MethodRefresh: at.other, stun.MethodCreatePermission: at.other, stun.MethodChannelBind: at.other,
			} {
				if user, ok := s.accepts(name, method); ok != want || ok && user != string(alice[:]) {
					t.Errorf("after %v %v is accepted: %v, from %x", at.after, method, ok, user)
				}
			}
		}
	})
}

// start2000 is when time begins in a bubble.
var start2000 = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// TestNamesSayNothing: two credentials of one user have nothing in common but their end.
func TestNamesSayNothing(t *testing.T) {
	s := newSecret()
	end := time.Now().Add(time.Hour)
	first, second := s.issue(alice, end), s.issue(alice, end)
	_, one, _ := strings.Cut(first.Username, ":")
	_, two, _ := strings.Cut(second.Username, ":")
	if one[:12] == two[:12] || one[40:] == two[40:] || first.Password == second.Password {
		t.Errorf("%q and %q", one, two)
	}
	if text := fmt.Sprint(first.Username, first.Password); strings.Contains(text, alice.String()) || strings.Contains(text, fmt.Sprintf("%x", alice[:4])) {
		t.Error("the user shows")
	}
	if len(first.Username) > 128 || len(first.Password) < 32 {
		t.Errorf("a name of %d bytes, a password of %d", len(first.Username), len(first.Password))
	}
}

// TestEveryByteOfANameCounts as far as it names another user or time.
func TestEveryByteOfANameCounts(t *testing.T) {
	s := newSecret()
	name := s.issue(alice, time.Now().Add(time.Hour)).Username
	for i := range name {
		for _, c := range "0aA-:" {
			changed := name[:i] + string(c) + name[i+1:]
			if _, _, ok := s.open(changed); ok && changed != name {
				t.Errorf("byte %d can be changed to %c", i, c)
			}
		}
		if _, _, ok := s.open(name[:i]); ok {
			t.Errorf("cut to %d bytes it is read", i)
		}
	}
}

// FuzzOpen: nobody else can make a name, and none stops the hub.
func FuzzOpen(f *testing.F) {
	s := newSecret()
	for _, seed := range []string{"", ":", "1:", "1:AAAA", "-1:x", "9223372036854775808:x", s.issue(alice, start2000).Username, newSecret().issue(bob, start2000).Username} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if user, _, ok := s.open(name); ok && user != alice && user != (id.UserID{}) {
			t.Errorf("%q is %v", name, user)
		}
	})
}

func TestForgedAndExpiredCredentials(t *testing.T) {
	s, other := start(t, "127.0.0.1", nil), newSecret()
	good := s.Credentials(alice, time.Now())
	late := good
	late.Username = "9" + good.Username
	swapped := good
	swapped.Password = s.Credentials(bob, time.Now()).Password
	for name, c := range map[string]Credentials{
		"expired":              s.secret.issue(alice, time.Now().Add(-time.Second)),
		"made by another hub":  other.issue(alice, time.Now().Add(time.Hour)),
		"a later end":          late,
		"another's password":   swapped,
		"no password":          {Username: good.Username},
		"no name":              {Password: good.Password},
		"a name of one's own":  {Username: fmt.Sprint(time.Now().Add(time.Hour).Unix(), ":alice"), Password: good.Password},
		"only a time":          {Username: fmt.Sprint(time.Now().Add(time.Hour).Unix()), Password: good.Password},
		"not even a time":      {Username: "alice", Password: "secret"},
		"a very long name":     {Username: good.Username + string(bytes.Repeat([]byte("A"), 300)), Password: good.Password},
		"a password of before": {Username: good.Username, Password: start(t, "127.0.0.1", nil).secret.password(good.Username)},
	} {
		if conn, err := connect(t, s, "udp", c).Allocate(); err == nil {
			conn.Close()
			t.Errorf("%s: there is a relay", name)
		}
	}
	if conn, err := connect(t, s, "udp", good).Allocate(); err != nil {
		t.Errorf("the right ones are refused: %v", err)
	} else {
		conn.Close()
	}
}
