// Package desktop is what surrounds the window: where it stood, the desktop's notifications, the number on its launcher,
// the one process that a profile has, and the programs that open links. On Linux most of it goes over the D-Bus session
// bus. It knows no window toolkit.
package desktop

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"time"

	"github.com/godbus/dbus/v5"
)

// patience is how long another program on the bus may take for an answer.
const patience = 5 * time.Second

// Bus is a connection to the desktop's session bus. A nil Bus is a desktop without one.
type Bus struct {
	conn    *dbus.Conn
	notices *Notices // nil: nobody listens
}

// Connect connects to the session bus, with a connection of its own. Where there is none it gives an error.
func Connect() (*Bus, error) {
	conn, err := dbus.SessionBusPrivate()
	if err != nil {
		return nil, err
	}
	if err := conn.Auth(nil); err != nil {
		_ = conn.Close()
		return nil, err
	}
	if err := conn.Hello(); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &Bus{conn: conn}, nil
}

// Close takes the notifications away, ends the connection and waits for who listens on it.
func (b *Bus) Close() error {
	if b == nil {
		return nil
	}
	if b.notices != nil {
		b.notices.withdrawAll()
	}
	err := b.conn.Close()
	if b.notices != nil {
		<-b.notices.closed
	}
	return err
}

// call calls a method and stores what it returns.
func (b *Bus) call(at dbus.BusObject, method string, results []any, args ...any) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return at.CallWithContext(ctx, method, 0, args...).Store(results...)
}

// The window of a profile on the bus: a name that only one process can have, with one method.
const (
	windowPath      = dbus.ObjectPath("/org/gossip/Window")
	windowInterface = "org.gossip.Window"
)

// busName is the name of a profile's process. The folder's path stays out of it: everybody on the bus sees names.
func busName(profile string) (string, error) {
	path, err := filepath.Abs(profile)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	sum := sha256.Sum256([]byte(path))
	return "org.gossip.Profile.p" + hex.EncodeToString(sum[:16]), nil
}

// opener is what other processes may call.
type opener struct{ open func(link string) }

// Open shows the window, and offers the hub of an invite link to be joined unless it is "".
func (o opener) Open(link string) *dbus.Error {
	o.open(link)
	return nil
}

// Claim makes this the profile's process: from then on open is called when a person starts another one, with the link
// that was handed over or "". claimed is false when there is such a process already.
func (b *Bus) Claim(profile string, open func(link string)) (claimed bool, err error) {
	name, err := busName(profile)
	if err != nil {
		return false, err
	}
	if err := b.conn.Export(opener{open}, windowPath, windowInterface); err != nil {
		return false, err
	}
	reply, err := b.conn.RequestName(name, dbus.NameFlagDoNotQueue)
	if err != nil {
		return false, fmt.Errorf("claim the profile's name on the session bus: %w", err)
	}
	return reply == dbus.RequestNameReplyPrimaryOwner || reply == dbus.RequestNameReplyAlreadyOwner, nil
}

// HandOver has the profile's process show its window and take the link, or "".
func (b *Bus) HandOver(profile, link string) error {
	name, err := busName(profile)
	if err != nil {
		return err
	}
	return b.call(b.conn.Object(name, windowPath), windowInterface+".Open", nil, link)
}
