package hub_test

import (
	"errors"
	"testing"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
	"gossip/signaling/config"
	"gossip/signaling/hubtest"
)

// codeOf is the code of a refusal, or empty.
func codeOf(err error) wire.ErrorCode {
	refusal := new(wire.Error)
	if !errors.As(err, &refusal) {
		return ""
	}
	return refusal.Code
}

func TestLoginWelcomes(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		p := hubtest.NewPerson(t, "alice")
		for range 2 { // the second time the hub knows the card
			alice := h.Login(p)
			w := alice.Welcome
			if w.User != p.User.ID() || w.Name != "alice" || w.Limits.PacketsPerSecond != 50 || w.Limits.PacketBurst != 200 || w.Now == 0 {
				t.Errorf("welcomed with %+v", w)
			}
			if string(w.Session) != string(alice.SSH.SessionID()) || alice.Greeted.NeedsPassword {
				t.Error("the welcome is not of this connection, or asks for a password")
			}
			alice.Conn.Close()
		}
	})
}

func TestLoginRefusals(t *testing.T) {
	tests := map[string]struct {
		code wire.ErrorCode
		act  func(t *testing.T, h *hubtest.Hub, c *hubtest.Client) error
	}{
		"another version": {wire.CodeVersion, func(t *testing.T, h *hubtest.Hub, c *hubtest.Client) error {
			return greetWith(t, c, wire.Greeting{Version: 2, Card: c.Person.Card.Bytes()})
		}},
		"a damaged card": {wire.CodeCard, func(t *testing.T, h *hubtest.Hub, c *hubtest.Client) error {
			card := c.Person.Card.Bytes()
			card[len(card)/2] ^= 1
			return greetWith(t, c, wire.Greeting{Version: wire.Version, Card: card})
		}},
		"somebody else's card": {wire.CodeCard, func(t *testing.T, h *hubtest.Hub, c *hubtest.Client) error {
			return greetWith(t, c, wire.Greeting{Version: wire.Version, Card: hubtest.NewPerson(t, "bob").Card.Bytes()})
		}},
		"a name that is taken": {wire.CodeNameTaken, func(t *testing.T, h *hubtest.Hub, c *hubtest.Client) error {
			h.Login(hubtest.NewPerson(t, "Alice")) // looks like alice
			return c.TryLogin("")
		}},
		"a message before the login": {wire.CodeMalformed, func(t *testing.T, h *hubtest.Hub, c *hubtest.Client) error {
			c.Tell(c.Device.ID(), "hello")
			return c.Greet()
		}},
		"a message instead of credentials": {wire.CodeMalformed, func(t *testing.T, h *hubtest.Hub, c *hubtest.Client) error {
			if err := c.Greet(); err != nil {
				return err
			}
			c.Tell(c.Device.ID(), "hello")
			return c.Prove("")
		}},
		"credentials in clear": {wire.CodeMalformed, func(t *testing.T, h *hubtest.Hub, c *hubtest.Client) error {
			if err := c.Greet(); err != nil {
				return err
			}
			if err := c.SendSignal(wire.KindCredentials, id.NoMessage, &wire.Credentials{Session: c.SSH.SessionID()}); err != nil {
				return err
			}
			return c.Prove("")
		}},
		"credentials for another session": {wire.CodeMalformed, func(t *testing.T, h *hubtest.Hub, c *hubtest.Client) error {
			if err := c.Greet(); err != nil {
				return err
			}
			if err := c.SendCredentials(&wire.Credentials{Session: make([]byte, 32)}); err != nil {
				return err
			}
			return c.Prove("")
		}},
		"a frame that is too large": {wire.CodeMalformed, func(t *testing.T, h *hubtest.Hub, c *hubtest.Client) error {
			if err := c.SendRaw([]byte{0, 3, 0, 0, 0}); err != nil {
				return err
			}
			return c.Greet()
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T) {
				h := hubtest.Start(t)
				c := h.Connect(hubtest.NewPerson(t, "alice"))
				if got := codeOf(test.act(t, h, c)); got != test.code {
					t.Errorf("refused with %q, want %q", got, test.code)
				}
				c.ExpectEnd()
				h.Login(hubtest.NewPerson(t, "carol")) // the hub goes on
			})
		})
	}
}

// greetWith sends a greeting and takes the answer.
func greetWith(t *testing.T, c *hubtest.Client, g wire.Greeting) error {
	t.Helper()
	if err := c.SendSignal(wire.KindGreeting, id.NoMessage, &g); err != nil {
		t.Fatal(err)
	}
	return c.Greet()
}

func TestReplayedCredentialsFail(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t, hubtest.WithPassword("open sesame"))
		p := hubtest.NewPerson(t, "alice")
		first, second := h.Connect(p), h.Connect(p)
		if err := errors.Join(first.Greet(), second.Greet()); err != nil {
			t.Fatal(err)
		}
		credentials := &wire.Credentials{Password: "open sesame", Session: first.SSH.SessionID()}
		if err := second.SendCredentials(credentials); err != nil {
			t.Fatal(err)
		}
		second.ExpectRefusal(wire.CodeMalformed)
		second.ExpectEnd()
		if err := first.Prove("open sesame"); err != nil {
			t.Errorf("the connection for which they were made: %v", err)
		}
	})
}

func TestPasswords(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t, hubtest.WithPassword("open sesame"))
		c := h.ConnectOver(h.DialFrom("198.51.100.7"), hubtest.NewPerson(t, "alice"), nil)
		if err := c.Greet(); err != nil || !c.Greeted.NeedsPassword {
			t.Fatalf("greeted with %+v, %v", c.Greeted, err)
		}
		start := time.Now()
		for i, want := range []time.Duration{0, time.Second, 3 * time.Second} { // each wait is twice the last
			if code := codeOf(c.Prove("let me in")); code != wire.CodePassword {
				t.Fatalf("try %d was refused with %q", i, code)
			}
			if took := time.Since(start); took < want || took > want+time.Second/2 {
				t.Errorf("try %d was answered after %v, want %v", i, took, want)
			}
		}
		c.ExpectEnd()
		again := h.ConnectOver(h.DialFrom("198.51.100.7"), c.Person, nil)
		if err := again.TryLogin("open sesame"); err != nil {
			t.Errorf("the right password after the wait: %v", err)
		}
	})
}

func TestPasswordWaitLongerThanLogin(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t, hubtest.WithPassword("open sesame"), hubtest.WithConfig(func(c *config.Config) {
			c.Limits.PasswordDelay = time.Minute
		}))
		p := hubtest.NewPerson(t, "alice")
		c := h.ConnectOver(h.DialFrom("198.51.100.7"), p, nil)
		if err := c.TryLogin("wrong"); codeOf(err) != wire.CodePassword {
			t.Fatal(err)
		}
		var refusal *wire.Error
		if err := c.Prove("open sesame"); !errors.As(err, &refusal) || refusal.Wait() < 50*time.Second {
			t.Errorf("while the address has to wait: %v", err)
		}
		elsewhere := h.Connect(p)
		if err := elsewhere.TryLogin("open sesame"); err != nil {
			t.Errorf("from another address: %v", err)
		}
	})
}

func TestLoginTimesOut(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		silent, greeted := h.Connect(hubtest.NewPerson(t, "alice")), h.Connect(hubtest.NewPerson(t, "bob"))
		if err := greeted.Greet(); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		silent.ExpectRefusal(wire.CodeTimeout)
		greeted.ExpectRefusal(wire.CodeTimeout)
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("timed out after %v", took)
		}
		silent.ExpectEnd()
	})
}

func TestSecondConnectionReplacesFirst(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		first := h.Login(hubtest.NewPerson(t, "alice"))
		second := h.Login(first.Person)
		first.ExpectRefusal(wire.CodeReplaced)
		first.ExpectEnd()
		second.Sync()
		if n := h.Server().Hub().Stats().Sessions; n != 1 {
			t.Errorf("%d sessions", n)
		}
	})
}

func TestRemovedDeviceIsOut(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		p := hubtest.NewPerson(t, "alice")
		phone := hubtest.NewDevice(t)
		p.List(t, p.Device, phone)
		both := h.Login(p)
		lost := h.ConnectOver(h.DialFrom("198.51.100.7"), p, phone)
		lost.Login("")
		bob := h.Login(hubtest.NewPerson(t, "bob"))
		p.List(t, p.Device)
		h.Login(p)
		both.ExpectRefusal(wire.CodeReplaced)
		lost.ExpectRefusal(wire.CodeCard)
		lost.ExpectEnd()
		m := bob.Tell(phone.ID(), "still there?")
		if refusal := bob.ExpectRefusal(wire.CodeUnknownDevice); refusal.Sentence == "" {
			t.Errorf("no sentence for %v", m)
		}
		p.Card = bob.Person.Card // the lost phone has no card of its own any more
		if err := h.ConnectOver(h.DialFrom("198.51.100.7"), p, phone).TryLogin(""); codeOf(err) != wire.CodeCard {
			t.Errorf("the lost phone logged in with: %v", err)
		}
	})
}
