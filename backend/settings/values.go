package settings

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Values is every preference. The JSON names are those of the file; each field is a plain value, so that two Values
// compare.
type Values struct {
	SelectedTheme       string `json:"selectedTheme"`       // a theme's name; the UI takes its default for one that it does not have
	ColorScheme         string `json:"colorScheme"`         // "system", "light" or "dark"
	DefaultUsername     string `json:"defaultUsername"`     // offered when a profile is made
	DefaultHost         string `json:"defaultHost"`         // of the hub that is offered to join
	DefaultPort         int    `json:"defaultPort"`         // 1 to 65535
	SendTyping          bool   `json:"sendTyping"`          // tell others that this person is typing
	SendReadReceipts    bool   `json:"sendReadReceipts"`    // tell others what was read
	Notifications       bool   `json:"notifications"`       // show them at all
	NotificationPreview bool   `json:"notificationPreview"` // with the text of the message
	DefaultTimer        int    `json:"defaultTimer"`        // seconds until messages of a new conversation disappear; 0 = never
}

// colorSchemes lists what ColorScheme may be; the first is the default.
var colorSchemes = []string{"system", "light", "dark"}

// timers lists what DefaultTimer may be, in seconds: the presets of a conversation's timer.
var timers = []int{0, 30, 300, 3600, 8 * 3600, 86400, 7 * 86400, 28 * 86400}

// maxText bounds the texts, in bytes.
const maxText = 256

// Defaults returns the preferences of a new profile.
func Defaults() Values {
	return Values{
		SelectedTheme:    "wintry",
		ColorScheme:      colorSchemes[0],
		DefaultHost:      "127.0.0.1",
		DefaultPort:      1720,
		SendTyping:       true,
		SendReadReceipts: true,
		Notifications:    true,
	}
}

// check returns a sentence about the first value that makes no sense.
func (v *Values) check() error {
	for _, text := range []string{v.SelectedTheme, v.DefaultUsername, v.DefaultHost} {
		if !textual(text) {
			return fmt.Errorf("a setting is longer than %d bytes or is not text; make it shorter", maxText)
		}
	}
	if v.DefaultPort < 1 || v.DefaultPort > 65535 {
		return errors.New("the port must be a number from 1 to 65535; 1720 is the usual one")
	}
	if !slices.Contains(colorSchemes, v.ColorScheme) {
		return fmt.Errorf("the color scheme must be one of %s", strings.Join(colorSchemes, ", "))
	}
	if !slices.Contains(timers, v.DefaultTimer) {
		return fmt.Errorf("the time after which messages disappear must be one of %v seconds", timers)
	}
	return nil
}

// repair puts the default in the place of each value that makes no sense: a typing error in the file must not cost the
// other settings.
func (v *Values) repair() {
	defaults := Defaults()
	for value, fallback := range map[*string]string{
		&v.SelectedTheme: defaults.SelectedTheme, &v.DefaultUsername: defaults.DefaultUsername, &v.DefaultHost: defaults.DefaultHost,
	} {
		if !textual(*value) {
			*value = fallback
		}
	}
	if v.DefaultPort < 1 || v.DefaultPort > 65535 {
		v.DefaultPort = defaults.DefaultPort
	}
	if !slices.Contains(colorSchemes, v.ColorScheme) {
		v.ColorScheme = defaults.ColorScheme
	}
	if !slices.Contains(timers, v.DefaultTimer) {
		v.DefaultTimer = defaults.DefaultTimer
	}
}

func textual(text string) bool { return len(text) <= maxText && utf8.ValidString(text) }

// knownKeys are the JSON names of Values' fields. encoding/json ignores the case of names when it reads; a key in
// another case is kept beside as unknown.
func knownKeys() []string {
	fields := reflect.TypeFor[Values]()
	keys := make([]string, 0, fields.NumField())
	for i := range fields.NumField() {
		keys = append(keys, fields.Field(i).Tag.Get("json"))
	}
	return keys
}
