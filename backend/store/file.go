package store

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// Where things stand in a bbolt meta page, in bytes from the page's start; integers have the machine's byte order.
const (
	metaMagicAt    = 16
	metaPageSizeAt = 24
	metaPagesAt    = 56 // how many pages are in use
	metaTxAt       = 64
	metaSumAt      = 72 // FNV-1a of what stands from metaMagicAt to here
	metaEnd        = 80

	boltMagic = 0xED0CDAED
)

// checkFile refuses a file that bbolt could not open, or that is shorter than the newest of its two meta pages says:
// bbolt takes an empty file for a new one, and reading behind the end of a mapped file is a fault.
func checkFile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return sentence(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return sentence(err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w (%s is not a file)", ErrDamaged, path)
	}
	var newest, needed uint64
	for page := range 2 {
		tx, size, ok := readMeta(io.NewSectionReader(file, int64(page)*pageSize, metaEnd))
		if ok && tx >= newest {
			newest, needed = tx, size
		}
	}
	if needed == 0 {
		return fmt.Errorf("%w (%s has no readable first page)", ErrDamaged, path)
	}
	if uint64(info.Size()) < needed {
		return fmt.Errorf("%w (%s was cut off: it has %d of %d bytes)", ErrDamaged, path, info.Size(), needed)
	}
	return nil
}

// readMeta returns the page's transaction number and the least size of the file in bytes.
func readMeta(r io.Reader) (tx, size uint64, ok bool) {
	var page [metaEnd]byte
	if _, err := io.ReadFull(r, page[:]); err != nil {
		return 0, 0, false
	}
	sum := fnv.New64a()
	sum.Write(page[metaMagicAt:metaSumAt])
	order := binary.NativeEndian
	ok = order.Uint32(page[metaMagicAt:]) == boltMagic && order.Uint64(page[metaSumAt:]) == sum.Sum64() &&
		order.Uint32(page[metaPageSizeAt:]) == pageSize
	return order.Uint64(page[metaTxAt:]), order.Uint64(page[metaPagesAt:]) * pageSize, ok
}
