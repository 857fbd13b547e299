package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold returns a text as it is compared: without case, diacritics, ligatures and invisible characters, every run of
// white space as one blank. It never contains a zero byte.
func Fold(text string) string {
	f := folding{out: make([]byte, 0, len(text))}
	f.fold(text)
	return string(f.out)
}

// strokes are the letters whose mark Unicode does not take for a diacritic, and ligatures that it takes for letters.
var strokes = map[rune]string{
	'ø': "o", 'ł': "l", 'đ': "d", 'ħ': "h", 'ŧ': "t", 'ı': "i", 'æ': "ae", 'œ': "oe",
}

// folding is a text on its way to its folded form.
type folding struct {
	out    []byte
	marks  []segment // filled where mapped is set
	mapped bool
	units  int // UTF-16 units of the text so far
	caser  *cases.Caser
	buffer []byte
}

// segment is a piece of the text that folds on its own: where it starts, folded and in the text.
type segment struct{ folded, units int }

// fold folds a text: as a whole where nobody asks what came from where, for that is quicker.
func (f *folding) fold(text string) {
	if !f.mapped && !isASCII(text) {
		f.piece(text)
		return
	}
	for at := 0; at < len(text); {
		if f.mapped {
			f.marks = append(f.marks, segment{len(f.out), f.units})
		}
		if text[at] < utf8.RuneSelf && (at+1 == len(text) || text[at+1] < utf8.RuneSelf) {
			f.ascii(text[at])
			f.units++
			at++
			continue
		}
		length := max(1, norm.NFKD.NextBoundaryInString(text[at:], true))
		f.piece(text[at : at+length])
		at += length
	}
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func (f *folding) ascii(b byte) {
	switch {
	case b == ' ', b == 0, b >= '\t' && b <= '\r':
		f.blank()
	case b >= 'A' && b <= 'Z':
		f.out = append(f.out, b+'a'-'A')
	default:
		f.out = append(f.out, b)
	}
}

func (f *folding) blank() {
	if len(f.out) == 0 || f.out[len(f.out)-1] != ' ' {
		f.out = append(f.out, ' ')
	}
}

// piece folds what can't be folded byte by byte.
func (f *folding) piece(text string) {
	for _, r := range text {
		f.units += unitsOf(r)
	}
	f.buffer = norm.NFKD.AppendString(f.buffer[:0], text)
	for _, r := range f.lower(f.buffer) {
		switch {
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
		case r == 0, unicode.IsSpace(r):
			f.blank()
		case strokes[r] != "":
			f.out = append(f.out, strokes[r]...)
		default:
			f.out = utf8.AppendRune(f.out, r)
		}
	}
}

func (f *folding) lower(text []byte) string {
	if f.caser == nil {
		caser := cases.Fold()
		f.caser = &caser
	}
	return string(f.caser.Bytes(text))
}

func unitsOf(r rune) int {
	if r >= 1<<16 {
		return 2
	}
	return 1
}

// maxRanges bounds the ranges of one message.
const maxRanges = 500

// Ranges returns where the words of the question stand in the text, in order and without overlaps: start and end in
// UTF-16 units, as programs in a browser count. It is never nil.
func (q *Question) Ranges(text string) [][2]int {
	f := folding{mapped: true}
	f.fold(text)
	f.marks = append(f.marks, segment{len(f.out), f.units})
	covered := make([]bool, len(f.marks)) // by segment
	folded := string(f.out)
	for _, word := range q.Words {
		f.cover(folded, word, covered)
	}
	ranges := [][2]int{}
	for i, yes := range covered {
		if !yes || i > 0 && covered[i-1] {
			continue
		}
		end := i
		for covered[end] {
			end++ // ends at the last mark, which is never covered
		}
		if ranges = append(ranges, [2]int{f.marks[i].units, f.marks[end].units}); len(ranges) == maxRanges {
			break
		}
	}
	return ranges
}

// cover marks the segments in which the word stands.
func (f *folding) cover(folded, word string, covered []bool) {
	mark := 0 // the segment that the search has come to; those before are done
	for at := 0; word != ""; {
		next := strings.Index(folded[at:], word)
		if next < 0 {
			return
		}
		start, end := at+next, at+next+len(word)
		for f.marks[mark+1].folded <= start {
			mark++
		}
		for ; f.marks[mark].folded < end; mark++ {
			covered[mark] = true
		}
		mark--
		at = start + 1
		for at < len(folded) && !utf8.RuneStart(folded[at]) {
			at++
		}
	}
}
