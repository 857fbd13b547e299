package desktop

import (
	"fmt"

	"github.com/godbus/dbus/v5"
)

// application is the desktop file that launchers know the window by.
const application = "gossip.desktop"

// Title is the window's title while a number of messages wait.
func Title(waiting int) string {
	if waiting <= 0 {
		return "Gossip"
	}
	return fmt.Sprintf("(%d) Gossip", waiting)
}

// Badge shows a number on the window's launcher, where the desktop has such launchers; 0 takes it away.
// https://wiki.ubuntu.com/Unity/LauncherAPI, which most docks follow.
func (b *Bus) Badge(waiting int) error {
	if b == nil {
		return nil
	}
	return b.conn.Emit("/com/canonical/unity/launcherentry/1", "com.canonical.Unity.LauncherEntry.Update",
		"application://"+application, map[string]dbus.Variant{
			"count":         dbus.MakeVariant(int64(max(waiting, 0))),
			"count-visible": dbus.MakeVariant(waiting > 0),
		})
}
