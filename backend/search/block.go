package search

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"sort"

	"gossip/backend/store"
	"gossip/common/id"
)

// A block as it is stored, integers big-endian:
//
//	version  1 byte
//	count    2 bytes, of entries
//	authors  2 bytes, how many
//	author   32 bytes each
//	entry    47 bytes each, by place: place 24, sent 8, expires 8, end of its text 4, author 2, flags 1
//	texts    folded, a zero byte behind each; an end counts from the first text and includes the zero byte
const (
	blockVersion = 1
	headLength   = 1 + 2 + 2
	authorLength = len(id.UserID{})
	entryLength  = PlaceLength + 8 + 8 + 4 + 2 + 1

	sentAtOffset    = PlaceLength
	expiresAtOffset = sentAtOffset + 8
	endOffset       = expiresAtOffset + 8
	authorOffset    = endOffset + 4
	flagsOffset     = authorOffset + 2

	hasLink = 1 << 0
)

// A block is full with so many entries, or so many bytes of text.
const (
	maxEntries = 64
	maxTexts   = 8 << 10
)

// view is a stored block, read in place.
type view struct {
	count   int
	authors []byte
	entries []byte
	texts   []byte
}

// viewOf checks the whole of a block, so that what reads it need not.
func viewOf(raw []byte) (v view, err error) {
	if len(raw) < headLength || raw[0] != blockVersion {
		return v, fmt.Errorf("%w (a block of the search index)", store.ErrDamaged)
	}
	v.count = int(binary.BigEndian.Uint16(raw[1:]))
	authors := int(binary.BigEndian.Uint16(raw[3:])) * authorLength
	rest := raw[headLength:]
	if len(rest) < authors+v.count*entryLength {
		return v, fmt.Errorf("%w (a short block of the search index)", store.ErrDamaged)
	}
	v.authors, v.entries, v.texts = rest[:authors], rest[authors:authors+v.count*entryLength], rest[authors+v.count*entryLength:]
	if !v.sound() {
		return v, fmt.Errorf("%w (an entry of the search index)", store.ErrDamaged)
	}
	return v, nil
}

func (v *view) sound() bool {
	end := 0
	for i := range v.count {
		next := v.end(i)
		if next <= end || next > len(v.texts) || v.texts[next-1] != 0 || v.author(i)*authorLength >= len(v.authors) {
			return false
		}
		if i > 0 && bytes.Compare(v.at(i - 1)[:PlaceLength], v.at(i)[:PlaceLength]) >= 0 {
			return false
		}
		end = next
	}
	return end == len(v.texts) && v.count > 0
}

func (v *view) at(i int) []byte    { return v.entries[i*entryLength : (i+1)*entryLength] }
func (v *view) place(i int) Place  { return Place(v.at(i)[:PlaceLength]) }
func (v *view) sentAt(i int) int64 { return int64(binary.BigEndian.Uint64(v.at(i)[sentAtOffset:])) }
func (v *view) expiresAt(i int) int64 {
	return int64(binary.BigEndian.Uint64(v.at(i)[expiresAtOffset:]))
}
func (v *view) end(i int) int    { return int(binary.BigEndian.Uint32(v.at(i)[endOffset:])) }
func (v *view) author(i int) int { return int(binary.BigEndian.Uint16(v.at(i)[authorOffset:])) }
func (v *view) link(i int) bool  { return v.at(i)[flagsOffset]&hasLink != 0 }

func (v *view) start(i int) int {
	if i == 0 {
		return 0
	}
	return v.end(i - 1)
}

// text is the folded text of an entry, without its zero byte.
func (v *view) text(i int) []byte { return v.texts[v.start(i) : v.end(i)-1] }

// holding is the entry whose text has the byte at this offset.
func (v *view) holding(offset int) int {
	return sort.Search(v.count, func(i int) bool { return v.end(i) > offset })
}

// item is an entry of a block that is being changed.
type item struct {
	place             Place
	from              id.UserID
	sentAt, expiresAt int64
	link              bool
	text              []byte // folded
}

func (a *item) equal(b *item) bool {
	return a.place == b.place && a.from == b.from && a.sentAt == b.sentAt && a.expiresAt == b.expiresAt && a.link == b.link && bytes.Equal(a.text, b.text)
}

// items takes a block apart.
func (v *view) items() []item {
	list := make([]item, v.count, v.count+1)
	for i := range list {
		author := v.author(i) * authorLength
		list[i] = item{
			place: v.place(i), from: id.UserID(v.authors[author : author+authorLength]), sentAt: v.sentAt(i), expiresAt: v.expiresAt(i),
			link: v.link(i), text: v.text(i),
		}
	}
	return list
}

func textsLength(items []item) (length int) {
	for i := range items {
		length += len(items[i].text) + 1
	}
	return length
}

// encode puts a block together.
func encode(items []item) []byte {
	var authors []id.UserID
	numbers := make([]int, len(items))
	for i := range items {
		at := slices.Index(authors, items[i].from)
		if at < 0 {
			authors = append(authors, items[i].from)
			at = len(authors) - 1
		}
		numbers[i] = at
	}
	raw := make([]byte, 0, headLength+len(authors)*authorLength+len(items)*entryLength+textsLength(items))
	raw = append(raw, blockVersion)
	raw = binary.BigEndian.AppendUint16(raw, uint16(len(items)))
	raw = binary.BigEndian.AppendUint16(raw, uint16(len(authors)))
	for _, author := range authors {
		raw = append(raw, author[:]...)
	}
	end := 0
	for i := range items {
		end += len(items[i].text) + 1
		raw = items[i].append(raw, end, numbers[i])
	}
	for i := range items {
		raw = append(append(raw, items[i].text...), 0)
	}
	return raw
}

func (a *item) append(raw []byte, end, author int) []byte {
	raw = append(raw, a.place[:]...)
	raw = binary.BigEndian.AppendUint64(raw, uint64(a.sentAt))
	raw = binary.BigEndian.AppendUint64(raw, uint64(a.expiresAt))
	raw = binary.BigEndian.AppendUint32(raw, uint32(end))
	raw = binary.BigEndian.AppendUint16(raw, uint16(author))
	if a.link {
		return append(raw, hasLink)
	}
	return append(raw, 0)
}
