package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The layout of a bbolt file (format 2), in the byte order of the machine that wrote it:
//
//	page      id(8) flags(2) count(2) overflow(4), then count elements of 16 bytes, then keys and values
//	branch    pos(4) keySize(4) page(8)
//	leaf      flags(4) pos(4) keySize(4) valueSize(4)
//	bucket    the value of a leaf element with flag 1: root(8) sequence(8), and a leaf page of its own when root is 0
//
// pos counts from the start of its element. A page with overflow n is n+1 pages long.
const (
	pageHeaderSize = 16
	elementSize    = 16
	bucketSize     = 16

	branchPage = 1
	leafPage   = 2
	bucketLeaf = 1

	maxDepth = 64 // of pages and buckets in one another: far more than any file has
)

var errPage = errors.New("a page of the file is damaged")

// pageWalk reads every page that a bbolt file reaches, since bbolt itself takes the process down with it when it
// meets one that is cut off, is its own parent or lies outside the file.
type pageWalk struct {
	file io.ReaderAt
	size uint64 // bytes of a page
	high uint64 // one past the last page
	seen map[uint64]struct{}
}

// bounds is what a page's keys must be within: the first is low itself, by which bbolt finds the page's place in its
// parent when it writes it anew, and all are below high; nil is no bound.
type bounds struct{ low, high []byte }

// walk checks a page and everything below it.
func (w *pageWalk) walk(page uint64, within bounds, depth int) error {
	body, err := w.read(page)
	if err != nil {
		return err
	}
	if err := w.walkBody(body, within, depth); err != nil {
		return fmt.Errorf("page %d: %w", page, err)
	}
	return nil
}

// read returns a page with its overflow, seen for the first time.
func (w *pageWalk) read(page uint64) ([]byte, error) {
	if page < 2 || page >= w.high {
		return nil, fmt.Errorf("page %d is not in the file: %w", page, errPage)
	}
	header := make([]byte, pageHeaderSize)
	if _, err := w.file.ReadAt(header, int64(page*w.size)); err != nil {
		return nil, fmt.Errorf("page %d: %w", page, err)
	}
	overflow := uint64(binary.NativeEndian.Uint32(header[12:]))
	if binary.NativeEndian.Uint64(header) != page || overflow >= w.high-page {
		return nil, fmt.Errorf("page %d: %w", page, errPage)
	}
	for n := page; n <= page+overflow; n++ {
		if _, twice := w.seen[n]; twice {
			return nil, fmt.Errorf("page %d is used twice: %w", n, errPage)
		}
		w.seen[n] = struct{}{}
	}
	body := make([]byte, (1+overflow)*w.size)
	if _, err := w.file.ReadAt(body, int64(page*w.size)); err != nil {
		return nil, fmt.Errorf("page %d: %w", page, err)
	}
	return body, nil
}

// walkBody checks the elements of a page, or of a bucket that lives inside a value.
func (w *pageWalk) walkBody(body []byte, within bounds, depth int) error {
	if depth == 0 || len(body) < pageHeaderSize {
		return errPage
	}
	flags, count := binary.NativeEndian.Uint16(body[8:]), int(binary.NativeEndian.Uint16(body[10:]))
	if pageHeaderSize+count*elementSize > len(body) {
		return errPage
	}
	switch {
	case flags == leafPage:
		return w.walkLeaf(body, count, within, depth)
	case flags == branchPage && count > 0:
		return w.walkBranch(body, count, within, depth)
	}
	return errPage
}

// cut returns a part of a page that an element points to.
func cut(body []byte, element int, pos, size uint32) ([]byte, error) {
	from := uint64(element) + uint64(pos)
	if to := from + uint64(size); to <= uint64(len(body)) {
		return body[from:to], nil
	}
	return nil, errPage
}

func (w *pageWalk) walkBranch(body []byte, count int, within bounds, depth int) error {
	keys, children := make([][]byte, count), make([]uint64, count)
	for i := range count {
		at := pageHeaderSize + i*elementSize
		key, err := cut(body, at, binary.NativeEndian.Uint32(body[at:]), binary.NativeEndian.Uint32(body[at+4:]))
		if err != nil {
			return err
		}
		keys[i], children[i] = key, binary.NativeEndian.Uint64(body[at+8:])
	}
	if err := checkOrder(keys, within); err != nil {
		return err
	}
	for i, child := range children {
		below := bounds{keys[i], within.high}
		if i+1 < count {
			below.high = keys[i+1]
		}
		if err := w.walk(child, below, depth-1); err != nil {
			return err
		}
	}
	return nil
}

func (w *pageWalk) walkLeaf(body []byte, count int, within bounds, depth int) error {
	keys := make([][]byte, count)
	for i := range count {
		at := pageHeaderSize + i*elementSize
		flags, pos := binary.NativeEndian.Uint32(body[at:]), binary.NativeEndian.Uint32(body[at+4:])
		keySize, valueSize := binary.NativeEndian.Uint32(body[at+8:]), binary.NativeEndian.Uint32(body[at+12:])
		key, err := cut(body, at, pos, keySize)
		if err != nil {
			return err
		}
		value, err := cut(body, at+len(key), pos, valueSize)
		if err != nil {
			return err
		}
		if keys[i] = key; flags&bucketLeaf != 0 {
			err = w.walkBucket(value, depth)
		}
		if err != nil {
			return err
		}
	}
	return checkOrder(keys, within)
}

func (w *pageWalk) walkBucket(value []byte, depth int) error {
	if len(value) < bucketSize {
		return errPage
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		return w.walk(root, bounds{}, depth-1)
	}
	return w.walkBody(value[bucketSize:], bounds{}, depth-1)
}

func checkOrder(keys [][]byte, within bounds) error {
	if within.low != nil && (len(keys) == 0 || !bytes.Equal(keys[0], within.low)) {
		return fmt.Errorf("its first key is not that of its place: %w", errPage)
	}
	for i, key := range keys {
		if i > 0 && bytes.Compare(keys[i-1], key) >= 0 ||
			within.high != nil && bytes.Compare(key, within.high) >= 0 {
			return fmt.Errorf("its keys are not in order: %w", errPage)
		}
	}
	return nil
}
