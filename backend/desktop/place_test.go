package desktop

import (
	"slices"
	"testing"

	"gossip/backend/settings"
)

func TestFit(t *testing.T) {
	one := []Screen{{Width: 1920, Height: 1080}}
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
		"never open, small screen": {settings.Window{}, []Screen{{Width: 800, Height: 600}}, window(0, 0, 800, 600), false},
		"as it was":                {window(100, 50, 900, 700), one, window(100, 50, 900, 700), true},
		"in the corner":            {window(0, 0, 900, 700), one, window(0, 0, 900, 700), true},
		"partly left of it":        {window(-800, 10, 900, 700), one, window(0, 10, 900, 700), true},
		"partly right and below":   {window(1500, 900, 900, 700), one, window(1020, 380, 900, 700), true},
		"left of it":               {window(-900, 10, 900, 700), one, window(-900, 10, 900, 700), false},
		"right of it":              {window(1900, 10, 900, 700), one, window(1900, 10, 900, 700), false},
		"below it":                 {window(10, 1070, 900, 700), one, window(10, 1070, 900, 700), false},
		"title bar above it":       {window(10, -1, 900, 700), one, window(10, -1, 900, 700), false},
		"screen shrank":            {window(10, 10, 1900, 1000), []Screen{{Width: 1280, Height: 800}}, window(0, 0, 1280, 800), true},
		"on the second of two":     {window(2200, 10, 900, 700), []Screen{{Width: 1920, Height: 1080}, {Width: 1280, Height: 1024}}, window(2200, 10, 900, 700), true},
		"second was taken away":    {window(2500, 10, 900, 700), one, window(2500, 10, 900, 700), false},
		"too small":                {window(10, 10, 10, 10), one, window(10, 10, LeastWidth, LeastHeight), true},
		"screen smaller than that": {window(0, 0, 900, 700), []Screen{{Width: 320, Height: 240}}, window(0, 0, LeastWidth, LeastHeight), true},
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

func TestOrigin(t *testing.T) {
	laptop, monitor := Screen{Width: 1920, Height: 1080}, Screen{Width: 2560, Height: 1440}
	on := func(s Screen) Screen {
		s.Current = true
		return s
	}
	for name, row := range map[string]struct {
		left, top int
		screens   []Screen
	}{
		"one screen":           {0, 0, []Screen{on(laptop)}},
		"first of two":         {0, 0, []Screen{on(laptop), monitor}},
		"second of two":        {1920, 0, []Screen{laptop, on(monitor)}},
		"below the other":      {0, 1440, []Screen{monitor, on(laptop)}},
		"third of three":       {4480, 0, []Screen{laptop, monitor, on(laptop)}},
		"between two":          {1920, 0, []Screen{laptop, laptop, on(monitor)}},
		"none that is known":   {0, 0, nil},
		"more than reasonable": {1920, 0, append(slices.Repeat([]Screen{laptop}, 40), on(laptop))},
	} {
		var current Screen
		for _, s := range row.screens {
			if s.Current {
				current = s
			}
		}
		const width, height, frame = 900, 700, 30 // a title bar above the window and a rounded half
		x, y := row.left+(current.Width-width)/2-1, row.top+(current.Height-height)/2-frame
		if row.screens == nil {
			x, y = 10, 10
		}
		if left, top := Origin(x, y, width, height, row.screens); left != row.left || top != row.top {
			t.Errorf("%s: %d, %d; want %d, %d", name, left, top, row.left, row.top)
		}
	}
}
