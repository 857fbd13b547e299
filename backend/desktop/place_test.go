package desktop

import (
	"testing"

	"gossip/backend/settings"
)

func TestFit(t *testing.T) {
	one := []Screen{{1920, 1080}}
	window := func(x, y, width, height int) settings.Window {
		return settings.Window{X: x, Y: y, Width: width, Height: height}
	}
	for name, row := range map[string]struct {
		kept    settings.Window
		screens []Screen
		want    settings.Window
		placed  bool
	}{
		"never open":               {settings.Window{}, one, window(0, 0, UsualWidth, UsualHeight), false},
		"never open, small screen": {settings.Window{}, []Screen{{800, 600}}, window(0, 0, 800, 600), false},
		"as it was":                {window(100, 50, 900, 700), one, window(100, 50, 900, 700), true},
		"in the corner":            {window(0, 0, 900, 700), one, window(0, 0, 900, 700), true},
		"partly left of it":        {window(-800, 10, 900, 700), one, window(-800, 10, 900, 700), true},
		"left of it":               {window(-900, 10, 900, 700), one, window(-900, 10, 900, 700), false},
		"right of it":              {window(1900, 10, 900, 700), one, window(1900, 10, 900, 700), false},
		"below it":                 {window(10, 1070, 900, 700), one, window(10, 1070, 900, 700), false},
		"title bar above it":       {window(10, -1, 900, 700), one, window(10, -1, 900, 700), false},
		"screen shrank":            {window(10, 10, 1900, 1000), []Screen{{1280, 800}}, window(10, 10, 1280, 800), true},
		"on the second of two":     {window(2500, 10, 900, 700), []Screen{{1920, 1080}, {1280, 1024}}, window(2500, 10, 900, 700), true},
		"second was taken away":    {window(2500, 10, 900, 700), one, window(2500, 10, 900, 700), false},
		"too small":                {window(10, 10, 10, 10), one, window(10, 10, LeastWidth, LeastHeight), true},
		"screen smaller than that": {window(0, 0, 900, 700), []Screen{{320, 240}}, window(0, 0, LeastWidth, LeastHeight), true},
		"screens not known":        {window(100, 50, 900, 700), nil, window(100, 50, 900, 700), false},
	} {
		got, placed := Fit(row.kept, row.screens)
		if got != row.want || placed != row.placed {
			t.Errorf("%s: %+v, %v; want %+v, %v", name, got, placed, row.want, row.placed)
		}
	}
	if got, _ := Fit(settings.Window{Width: 900, Height: 700, Maximised: true}, one); !got.Maximised {
		t.Error("it is not maximised any more")
	}
}

func TestTitle(t *testing.T) {
	for waiting, want := range map[int]string{-1: "Gossip", 0: "Gossip", 3: "(3) Gossip", 1200: "(1200) Gossip"} {
		if got := Title(waiting); got != want {
			t.Errorf("%d: %q, want %q", waiting, got, want)
		}
	}
}
