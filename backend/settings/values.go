package settings

import (
	"errors"
	"reflect"
	"slices"
	"unicode/utf8"
)

// Values is every preference. The JSON names are those of the file; each field is a plain value, so that two Values
// compare.
type Values struct {
	SelectedTheme       string `json:"selectedTheme"`       // a theme's name; the UI takes its default for one that it does not have
	ColorScheme         string `json:"colorScheme"`         // "system", "light" or "dark"
	TextSize            int    `json:"textSize"`            // percent, 80 to 200
	Density             string `json:"density"`             // "comfortable" or "compact"
	DefaultUsername     string `json:"defaultUsername"`     // offered when a profile is made
	DefaultHost         string `json:"defaultHost"`         // of the hub that is offered to join
	DefaultPort         int    `json:"defaultPort"`         // 1 to 65535
	SendTyping          bool   `json:"sendTyping"`          // tell others that this person is typing
	SendReadReceipts    bool   `json:"sendReadReceipts"`    // tell others what was read
	PrivacyAsked        bool   `json:"privacyAsked"`        // the person was asked about the two above
	PhraseConfirmed     bool   `json:"phraseConfirmed"`     // the person has shown that the recovery phrase is written down
	Notifications       bool   `json:"notifications"`       // show them at all
	NotificationPreview bool   `json:"notificationPreview"` // with the text of the message
	NotificationSound   bool   `json:"notificationSound"`   // with a sound
	DoNotDisturb        bool   `json:"doNotDisturb"`        // none of them for now
	EnterSends          bool   `json:"enterSends"`          // Enter sends a message; otherwise Ctrl+Enter does
	HideAddress         bool   `json:"hideAddress"`         // calls go only through the hub's relay, so that nobody learns this device's address
	PushToTalk          bool   `json:"pushToTalk"`          // in calls this person is heard only while a key is held
	PushToTalkKey       string `json:"pushToTalkKey"`       // that key, as KeyboardEvent.code of the UI Events specification names it
	RingSound           bool   `json:"ringSound"`           // calls ring with a sound
	CallChecked         bool   `json:"callChecked"`         // sound and picture are not to be checked before a call any more
	DefaultTimer        int    `json:"defaultTimer"`        // seconds until messages of a new conversation disappear; 0 = never
	Devices
	Window
}

// Devices is what a person has chosen for calls, as package media names it, and by the name that a person reads: some
// systems number devices. "" is the system's own choice.
type Devices struct {
	Microphone     string `json:"callMicrophone"`
	MicrophoneName string `json:"callMicrophoneName"`
	Speaker        string `json:"callSpeaker"`
	SpeakerName    string `json:"callSpeakerName"`
	Camera         string `json:"callCamera"`
	CameraName     string `json:"callCameraName"`
}

// Window is where the app's window was when it was last open, in the units of the desktop. The zero Window was never open.
type Window struct {
	X         int  `json:"windowX"`
	Y         int  `json:"windowY"`
	Width     int  `json:"windowWidth"`
	Height    int  `json:"windowHeight"`
	Maximised bool `json:"windowMaximised"`
}

// What the texts may be; the first is the default.
var (
	colorSchemes = []string{"system", "light", "dark"}
	densities    = []string{"comfortable", "compact"}
)

// timers lists what DefaultTimer may be, in seconds: the presets of a conversation's timer.
var timers = []int{0, 30, 300, 3600, 8 * 3600, 86400, 7 * 86400, 28 * 86400}

const (
	maxText     = 256       // of a text, in bytes
	maxDevice   = 1024      // of a device's name, in bytes
	maxPosition = 1_000_000 // of the window, either way from the corner of the first screen
)

// Defaults returns the preferences of a new profile.
func Defaults() Values {
	return Values{
		SelectedTheme:     "wintry",
		ColorScheme:       colorSchemes[0],
		TextSize:          100,
		Density:           densities[0],
		DefaultHost:       "127.0.0.1",
		DefaultPort:       1720,
		SendTyping:        true,
		SendReadReceipts:  true,
		Notifications:     true,
		NotificationSound: true,
		EnterSends:        true,
		PushToTalkKey:     "Space",
		RingSound:         true,
	}
}

// rule is what one or a few values have to keep to.
type rule struct {
	holds    func(*Values) bool
	sentence string                           // for the person whose change breaks it
	restore  func(v *Values, defaults Values) // takes the defaults of what it is about
}

var rules = []rule{
	textRule(func(v *Values) *string { return &v.SelectedTheme }),
	textRule(func(v *Values) *string { return &v.DefaultUsername }),
	textRule(func(v *Values) *string { return &v.DefaultHost }),
	textRule(func(v *Values) *string { return &v.PushToTalkKey }),
	{
		func(v *Values) bool { return slices.Contains(colorSchemes, v.ColorScheme) },
		"the color scheme must be system, light or dark",
		func(v *Values, defaults Values) { v.ColorScheme = defaults.ColorScheme },
	},
	{
		func(v *Values) bool { return within(v.TextSize, 80, 200) },
		"the size of the text must be a number from 80 to 200 percent",
		func(v *Values, defaults Values) { v.TextSize = defaults.TextSize },
	},
	{
		func(v *Values) bool { return slices.Contains(densities, v.Density) },
		"the density must be comfortable or compact",
		func(v *Values, defaults Values) { v.Density = defaults.Density },
	},
	{
		func(v *Values) bool { return within(v.DefaultPort, 1, 65535) },
		"the port must be a number from 1 to 65535; 1720 is the usual one",
		func(v *Values, defaults Values) { v.DefaultPort = defaults.DefaultPort },
	},
	{
		func(v *Values) bool { return slices.Contains(timers, v.DefaultTimer) },
		"messages can disappear after 30 seconds, 5 minutes, an hour, 8 hours, a day, a week or 4 weeks, or stay; choose one of these",
		func(v *Values, defaults Values) { v.DefaultTimer = defaults.DefaultTimer },
	},
	{
		func(v *Values) bool { return v.Devices.possible() },
		"the name of a device for calls is too long or is not text; choose another device",
		func(v *Values, defaults Values) { v.Devices = defaults.Devices },
	},
	{
		func(v *Values) bool { return v.Window.possible() },
		"the window's place and size are no place and size",
		func(v *Values, defaults Values) { v.Window = defaults.Window },
	},
}

// textRule bounds a text.
func textRule(text func(*Values) *string) rule {
	return rule{
		func(v *Values) bool { return len(*text(v)) <= maxText && utf8.ValidString(*text(v)) },
		"a setting is longer than 256 bytes or is not text; make it shorter",
		func(v *Values, defaults Values) { *text(v) = *text(&defaults) },
	}
}

func (d Devices) possible() bool {
	for _, name := range []string{d.Microphone, d.MicrophoneName, d.Speaker, d.SpeakerName, d.Camera, d.CameraName} {
		if len(name) > maxDevice || !utf8.ValidString(name) {
			return false
		}
	}
	return true
}

func (w Window) possible() bool {
	return within(w.X, -maxPosition, maxPosition) && within(w.Y, -maxPosition, maxPosition) &&
		within(w.Width, 0, maxPosition) && within(w.Height, 0, maxPosition)
}

func within(n, least, most int) bool { return least <= n && n <= most }

// check returns a sentence about the first value that makes no sense.
func (v *Values) check() error {
	for _, rule := range rules {
		if !rule.holds(v) {
			return errors.New(rule.sentence)
		}
	}
	return nil
}

// repair puts the default in the place of each value that makes no sense: a typing error in the file must not cost the
// other settings.
func (v *Values) repair() {
	for _, rule := range rules {
		if !rule.holds(v) {
			rule.restore(v, Defaults())
		}
	}
}

// knownKeys are the JSON names of Values' fields. encoding/json ignores the case of names when it reads; a key in
// another case is kept beside as unknown.
func knownKeys() []string {
	var keys []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Values]()) {
		if !field.Anonymous {
			keys = append(keys, field.Tag.Get("json"))
		}
	}
	return keys
}
