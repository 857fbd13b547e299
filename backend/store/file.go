package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// Where things stand in bbolt's pages, in bytes from a page's start; integers have the machine's byte order.
const (
	pageFlagsAt = 8
	pageCountAt = 10
	pageBodyAt  = 16

	metaPageSizeAt = 24
	metaRootAt     = 32
	metaFreelistAt = 48 // the page of the list of free pages
	metaPagesAt    = 56 // how many pages are in use, free ones included
	metaTxAt       = 64
	metaSumAt      = 72 // FNV-1a of what stands from pageBodyAt to here
	metaEnd        = 80

	boltMagic    = 0xED0CDAED
	freelistFlag = 0x10
	countBelow   = 0xFFFF // a count that is too large stands in the first eight bytes of the body instead
)

// meta is what a meta page says.
type meta struct{ tx, root, freelist, pages uint64 }

// checkFile refuses a file that bbolt would fail on in a worse way than with an error: it takes an empty file for a new
// one, it faults behind the end of a file that was cut off, and it believes whatever the list of free pages says.
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
	if err := checkPages(file, info.Size()); err != nil {
		return fmt.Errorf("%w (%s: %w)", ErrDamaged, path, err)
	}
	return nil
}

func checkPages(file io.ReaderAt, size int64) error {
	m, ok := newestMeta(file)
	if !ok {
		return errors.New("no readable first page")
	}
	if m.pages > uint64(size)/pageSize {
		return fmt.Errorf("it was cut off: %d bytes for %d pages", size, m.pages)
	}
	if m.root < 2 || m.root >= m.pages || m.freelist < 2 || m.freelist >= m.pages {
		return errors.New("the first page points to nowhere")
	}
	return m.checkFreelist(file)
}

// newestMeta reads both meta pages as bbolt does: the one with the higher transaction number counts, if it is whole.
func newestMeta(file io.ReaderAt) (newest meta, found bool) {
	for page := range int64(2) {
		m, ok := readMeta(io.NewSectionReader(file, page*pageSize, metaEnd))
		if ok && (!found || m.tx > newest.tx) {
			newest, found = m, true
		}
	}
	return newest, found
}

func readMeta(r io.Reader) (m meta, ok bool) {
	var page [metaEnd]byte
	if _, err := io.ReadFull(r, page[:]); err != nil {
		return m, false
	}
	sum := fnv.New64a()
	sum.Write(page[pageBodyAt:metaSumAt])
	order := binary.NativeEndian
	m = meta{
		tx: order.Uint64(page[metaTxAt:]), root: order.Uint64(page[metaRootAt:]),
		freelist: order.Uint64(page[metaFreelistAt:]), pages: order.Uint64(page[metaPagesAt:]),
	}
	ok = order.Uint32(page[pageBodyAt:]) == boltMagic && order.Uint64(page[metaSumAt:]) == sum.Sum64() &&
		order.Uint32(page[metaPageSizeAt:]) == pageSize
	return m, ok
}

// checkFreelist wants every free page once, in rising order, within the file.
func (m *meta) checkFreelist(file io.ReaderAt) error {
	damaged := errors.New("the list of free pages makes no sense")
	r := io.NewSectionReader(file, int64(m.freelist)*pageSize, int64(m.pages-m.freelist)*pageSize)
	var head [pageBodyAt]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	order := binary.NativeEndian
	count := uint64(order.Uint16(head[pageCountAt:]))
	if order.Uint16(head[pageFlagsAt:]) != freelistFlag {
		return damaged
	}
	if count == countBelow {
		if err := binary.Read(r, order, &count); err != nil {
			return err
		}
	}
	if count > m.pages {
		return damaged
	}
	free := make([]uint64, count)
	if err := binary.Read(r, order, free); err != nil {
		return err
	}
	last := uint64(1)
	for _, page := range free {
		if page <= last || page >= m.pages || page == m.freelist || page == m.root {
			return damaged
		}
		last = page
	}
	return nil
}
