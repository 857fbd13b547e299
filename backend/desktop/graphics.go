package desktop

import "path/filepath"

// renderers is where the kernel shows the graphics cards that a program can draw with.
const renderers = "/dev/dri/renderD*"

// HasGraphics reports whether there is a graphics card to draw with. Where there is none, as in many virtual machines, the
// drawing libraries imitate one, and the moving pictures of a call come to 6 a second in the place of 60.
func HasGraphics() bool { return found(renderers) }

func found(pattern string) bool {
	files, err := filepath.Glob(pattern)
	return err == nil && len(files) > 0
}
