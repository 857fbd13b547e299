package desktop

import (
	"os"
	"path/filepath"
	"testing"
)

func TestGraphicsAreFound(t *testing.T) {
	folder := t.TempDir()
	pattern := filepath.Join(folder, filepath.Base(renderers))
	if err := os.WriteFile(filepath.Join(folder, "card0"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if found(pattern) {
		t.Error("a card that only shows a screen is taken for one to draw with")
	}
	if err := os.WriteFile(filepath.Join(folder, "renderD128"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !found(pattern) {
		t.Error("a card is not found")
	}
}
