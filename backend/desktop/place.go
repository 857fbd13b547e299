package desktop

import "gossip/backend/settings"

// The window's size when it was never open, and the least that the interface fits into.
const (
	UsualWidth  = 1080
	UsualHeight = 720
	LeastWidth  = 360
	LeastHeight = 480
)

// titleBar is how much of the window's upper edge must be on a screen, so that a person can take hold of it.
const titleBar = 80

// Screen is the size of one screen.
type Screen struct {
	Width, Height int
	Current       bool // the window is on it
}

// Size returns the size to open the window with, before the screens are known.
func Size(kept settings.Window) (width, height int) {
	if kept.Width == 0 || kept.Height == 0 {
		return UsualWidth, UsualHeight
	}
	return max(kept.Width, LeastWidth), max(kept.Height, LeastHeight)
}

// Fit makes a kept window fit the screens that there are now: it may not be larger than the largest of them, and what was
// partly beside them is moved in. placed says whether its place is on them at all; otherwise the window stays where the
// desktop has put it.
func Fit(kept settings.Window, screens []Screen) (fitting settings.Window, placed bool) {
	fitting = kept
	fitting.Width, fitting.Height = Size(kept)
	if len(screens) == 0 {
		return fitting, false
	}
	var widest, highest, allWide, allHigh int
	for _, s := range screens {
		widest, highest = max(widest, s.Width), max(highest, s.Height)
		allWide, allHigh = allWide+s.Width, allHigh+s.Height
	}
	fitting.Width = max(min(fitting.Width, widest), LeastWidth)
	fitting.Height = max(min(fitting.Height, highest), LeastHeight)
	// Where the screens stand to each other is not told: they lie within the sum of their sizes.
	placed = kept.Width > 0 && kept.X+fitting.Width >= titleBar && kept.X <= allWide-titleBar &&
		kept.Y >= 0 && kept.Y <= allHigh-titleBar
	if placed {
		fitting.X = max(min(fitting.X, allWide-fitting.Width), 0)
		fitting.Y = max(min(fitting.Y, allHigh-fitting.Height), 0)
	}
	return fitting, placed
}

// Origin returns where the screen begins that the window was centred on, with its corner at x and y: window toolkits take
// places on that screen and tell places on all of them. Screens begin where others end, so of those places the one is taken
// that is nearest to what the centred window says.
func Origin(x, y, width, height int, screens []Screen) (left, top int) {
	var wide, high []int
	var current Screen
	for _, s := range screens {
		wide, high = append(wide, s.Width), append(high, s.Height)
		if s.Current {
			current = s
		}
	}
	return nearest(x-(current.Width-width)/2, wide), nearest(y-(current.Height-height)/2, high)
}

// nearest returns the sum of some of the sizes that is nearest to a length.
func nearest(length int, sizes []int) int {
	best := 0
	sums := []int{0}
	for _, size := range sizes[:min(len(sizes), maxScreens)] {
		for _, sum := range sums[:len(sums):len(sums)] {
			sums = append(sums, sum+size)
		}
	}
	for _, sum := range sums {
		if abs(sum-length) < abs(best-length) {
			best = sum
		}
	}
	return best
}

// maxScreens bounds for how many screens all arrangements are considered.
const maxScreens = 8

func abs(n int) int { return max(n, -n) }
