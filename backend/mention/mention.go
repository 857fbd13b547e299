// Package mention finds out whom a Markdown text names, as "@name" outside of words and code.
package mention

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"gossip/common/id"
)

// Everybody is the name by which a channel's moderators name all its members.
const Everybody = "all"

// Bounds of the search for a name in one text.
const (
	maxMarks     = 100                  // '@' that are looked at
	maxEnds      = 500                  // places behind them where the name could end
	maxNameBytes = 4 * id.MaxNameLength // behind each: a name may be shorter in its normal form
)

// Names reports whether a Markdown text names somebody, as "@name" outside of words and code. Names that a person could take
// for one another count as the same.
func Names(markdown, name string) bool {
	if !strings.Contains(markdown, "@") {
		return false
	}
	wanted, spaces := id.Skeleton(name), strings.Count(name, " ")
	prose, from, ends := proseOf(markdown), 0, maxEnds
	for range maxMarks {
		mark := strings.IndexByte(prose[from:], '@')
		if mark < 0 {
			return false
		}
		before, behind := prose[:from+mark], prose[from+mark+1:]
		if beginsName(before) && startsWith(behind[:min(len(behind), maxNameBytes)], wanted, spaces, &ends) {
			return true
		}
		from += mark + 1
	}
	return false
}

// beginsName reports whether an '@' behind this text can begin a name: not in an address, a path or a word.
func beginsName(before string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	return !inWord(last) && !strings.ContainsRune(`/\@`, last)
}

// startsWith reports whether the text begins with the name of that skeleton, which has so many spaces. It counts down the ends
// that it may still try.
func startsWith(text, skeleton string, spaces int, ends *int) bool {
	for end, r := range text + "\n" {
		if end > 0 && spaces == 0 && *ends > 0 && endsName(text[end:]) {
			if *ends--; id.Skeleton(text[:end]) == skeleton {
				return true
			}
		}
		if r == ' ' {
			spaces--
		}
		if spaces < 0 || r == '\n' {
			return false
		}
	}
	return false
}

// endsName reports whether a name can end before this text. What joins words ends one only where no word follows.
func endsName(behind string) bool {
	next, size := utf8.DecodeRuneInString(behind)
	if size > 0 && strings.ContainsRune("-._@", next) {
		next, _ = utf8.DecodeRuneInString(behind[size:])
	}
	return !inWord(next)
}

func inWord(r rune) bool {
	return r != utf8.RuneError && unicode.In(r, unicode.L, unicode.M, unicode.N)
}

// proseOf is a Markdown text without its code: fenced blocks and code spans.
func proseOf(markdown string) string {
	if !strings.ContainsAny(markdown, "`~") {
		return markdown
	}
	var prose, paragraph strings.Builder
	flush := func() {
		prose.WriteString(withoutSpans(paragraph.String()))
		paragraph.Reset()
	}
	fence := ""
	for line := range strings.Lines(markdown) {
		mark := fenceOf(line)
		switch {
		case fence != "":
			if strings.HasPrefix(mark, fence) && strings.TrimSpace(line) == mark {
				fence = ""
			}
		case mark != "":
			flush()
			fence = mark
		default:
			paragraph.WriteString(line)
			if strings.TrimSpace(line) == "" {
				flush()
			}
		}
	}
	flush()
	return prose.String()
}

// fenceOf is the row of at least three '`' or '~' that a line begins with; "" when there is none.
func fenceOf(line string) string {
	text := strings.TrimLeft(line, " ")
	for _, mark := range []string{"`", "~"} {
		if rest := strings.TrimLeft(text, mark); len(text)-len(rest) >= 3 && len(line)-len(text) < 4 {
			return text[:len(text)-len(rest)]
		}
	}
	return ""
}

// withoutSpans drops the code spans of a paragraph: what stands between two equal rows of '`' (CommonMark 6.1).
func withoutSpans(paragraph string) string {
	type ticks struct{ at, length int }
	var rows []ticks
	for i := 0; i < len(paragraph); {
		length := len(paragraph[i:]) - len(strings.TrimLeft(paragraph[i:], "`"))
		if length > 0 {
			rows = append(rows, ticks{i, length})
		}
		i += max(length, 1)
	}
	closing := map[int][]int{} // length -> which of the rows, the last first
	for i := len(rows) - 1; i >= 0; i-- {
		closing[rows[i].length] = append(closing[rows[i].length], i)
	}
	var prose strings.Builder
	from := 0
	for i := 0; i < len(rows); i++ {
		same := closing[rows[i].length]
		for len(same) > 0 && same[len(same)-1] <= i {
			same = same[:len(same)-1]
		}
		closing[rows[i].length] = same
		if len(same) == 0 {
			continue
		}
		prose.WriteString(paragraph[from:rows[i].at] + "`")
		i = same[len(same)-1]
		from = rows[i].at + rows[i].length
	}
	return prose.String() + paragraph[from:]
}
