package hubtest

import (
	"errors"
	"io"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// pair makes a connection whose ends are told apart by their addresses.
func pair() (*Conn, *Conn) { return Pipe(hubAddress(), hubAddress()) }

func TestBothEndsMayWriteFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := pair()
		for _, c := range []*Conn{a, b} {
			if _, err := c.Write([]byte("hello")); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []*Conn{a, b} {
			if _, err := io.ReadFull(c, make([]byte, 5)); err != nil {
				t.Fatal(err)
			}
		}
		a.Close()
		if _, err := b.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("after the other end closed: %v", err)
		}
	})
}

func TestWeather(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := pair()
		start := time.Now()
		a.Delay(time.Second)
		a.Write([]byte("x"))
		if b.Read(make([]byte, 1)); time.Since(start) != time.Second {
			t.Errorf("a delay of a second took %v", time.Since(start))
		}
		a.Delay(0)
		a.Limit(1000)
		start = time.Now()
		a.Write(make([]byte, 1500))
		a.Write(make([]byte, 1500))
		if io.ReadFull(b, make([]byte, 3000)); time.Since(start) != 3*time.Second {
			t.Errorf("3000 bytes at 1000 a second took %v", time.Since(start))
		}
		a.HalfOpen()
		a.Write([]byte("lost"))
		b.SetReadDeadline(time.Now().Add(time.Hour))
		if _, err := b.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("half-open: %v", err)
		}
		a.Cut()
		if _, err := a.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("cut: %v", err)
		}
		if _, err := b.Write([]byte("x")); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("cut: %v", err)
		}
	})
}

func TestWriterWaitsForWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := pair()
		a.SetWriteDeadline(time.Now().Add(time.Minute))
		if n, err := a.Write(make([]byte, 2*window)); n != window || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("wrote %d, %v", n, err)
		}
		a.SetWriteDeadline(time.Time{})
		go io.Copy(io.Discard, b)
		if _, err := a.Write(make([]byte, 2*window)); err != nil {
			t.Error(err)
		}
		a.Close()
	})
}

func TestCrashKeepsWhatWasAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := Start(t)
		bob, alice := h.Login(NewPerson(t, "bob")), h.Login(NewPerson(t, "alice"))
		alice.ExpectAck(alice.Tell(bob.Device.ID(), "kept"))
		alice.Tell(bob.Device.ID(), "maybe")
		h.Crash()
		bob = h.Login(bob.Person)
		bob.Ack([16]byte{}, 0)
		bob.ExpectText("kept")
	})
}
