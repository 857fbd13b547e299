package store

import (
	"bytes"
	"os"
	"testing"
)

// FuzzCheckPages patches a sound file with arbitrary bytes at an arbitrary place and cuts it: the check answers, and
// takes no file whose pages lie behind its end.
func FuzzCheckPages(f *testing.F) {
	sound, err := os.ReadFile(fixture)
	if err != nil {
		f.Fatal(err)
	}
	m, ok := newestMeta(bytes.NewReader(sound))
	if !ok || checkPages(bytes.NewReader(sound), int64(len(sound))) != nil {
		f.Fatal("the fixture does not pass")
	}
	free := int(m.freelist) * pageSize
	for _, at := range []int{0, 16, 24, 40, 56, 72, pageSize + 56, free, free + pageFlagsAt, free + pageCountAt, free + pageBodyAt} {
		f.Add(at, len(sound), []byte{0xFF, 0xFF, 1, 0x80})
	}
	f.Add(0, 0, []byte(nil))
	f.Fuzz(func(t *testing.T, at, size int, patch []byte) {
		if at < 0 || at >= len(sound) || size < 0 || size > len(sound) {
			return
		}
		file := append([]byte(nil), sound...)
		copy(file[at:], patch)
		r := bytes.NewReader(file[:size])
		if checkPages(r, int64(size)) != nil {
			return
		}
		if m, ok := newestMeta(r); !ok || m.pages*pageSize > uint64(size) {
			t.Errorf("%d pages in %d bytes passed", m.pages, size)
		}
	})
}

// TestDamagedFreelist: bbolt would believe the list and write over pages that are in use, or far behind the end.
func TestDamagedFreelist(t *testing.T) {
	path := old(t)
	sound := readFile(t, path)
	m, _ := newestMeta(bytes.NewReader(sound))
	free := int(m.freelist) * pageSize
	for name, patch := range map[string]struct {
		at    int
		bytes []byte
	}{
		"another kind of page": {free + pageFlagsAt, []byte{2, 0}},
		"too many":             {free + pageCountAt, []byte{0xFE, 0xFF}},
		"far too many":         {free + pageCountAt, []byte{0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF}},
		"a page that is none":  {free + pageBodyAt, []byte{1, 0, 0, 0, 0, 0, 1, 0}},
		"itself":               {free + pageBodyAt, []byte{byte(m.freelist), 0, 0, 0, 0, 0, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			damaged := bytes.Clone(sound)
			copy(damaged[patch.at:], patch.bytes)
			writeFile(t, path, damaged)
			refused(t, path, testKey, ErrDamaged)
		})
	}
}
