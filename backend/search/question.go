package search

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of a question.
const (
	maxQuestion = 400 // characters
	maxWords    = 16  // words and phrases
	maxNames    = 16  // of each filter
)

// Question is what a person wants to find. The zero value finds everything.
type Question struct {
	Words []string // folded; each has to stand in the text
	From  []string // as typed, without a sign; one of them has to be the author
	In    []string // as typed, with its sign if any; one of them has to be the conversation
	Since int64    // Unix milliseconds
	Until int64    // Unix milliseconds, exclusive; 0: no end
	Link  bool     // with a link
	Hints []string // sentences about what was not understood
}

// Empty reports whether the question asks for nothing.
func (q *Question) Empty() bool {
	return len(q.Words) == 0 && len(q.From) == 0 && len(q.In) == 0 && q.Since == 0 && q.Until == 0 && !q.Link
}

func (q *Question) hint(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(q.Hints, text) {
		q.Hints = append(q.Hints, text)
	}
}

// Parse reads a question as a person types it. Words have to occur, parts of words too; a phrase in quotation marks occurs
// as it stands. Filters: from:name, in:#channel, in:@person, before:, after: and on: with a day (2026-11-20, today,
// yesterday), a month (2026-11) or a year, and has:link; a value with blanks stands in quotation marks. Days begin at
// midnight where now's clock stands. Whatever it can't understand is in Hints.
func Parse(text string, now time.Time) *Question {
	q := &Question{}
	if utf8.RuneCountInString(text) > maxQuestion {
		text = string([]rune(text)[:maxQuestion])
		q.hint("The question is too long; only its first %d characters were used.", maxQuestion)
	}
	for text = skipBlanks(text); text != ""; text = skipBlanks(text) {
		var t token
		t, text = next(text)
		q.take(t, now)
	}
	if q.Empty() && len(q.Hints) == 0 {
		q.hint("Type a word to search for.")
	}
	return q
}

// token is a word, a phrase, or a filter and its value.
type token struct{ filter, value, raw string }

func skipBlanks(text string) string { return strings.TrimLeftFunc(text, isBlank) }

func isBlank(r rune) bool { return unicode.IsSpace(r) || r == 0 }

func isQuote(r rune) bool { return strings.ContainsRune(`"“”„`, r) }

// next takes the first token off a text that does not begin with a blank.
func next(text string) (t token, rest string) {
	letters := strings.TrimLeftFunc(text, func(r rune) bool { return r < utf8.RuneSelf && unicode.IsLetter(r) })
	if name := text[:len(text)-len(letters)]; name != "" && strings.HasPrefix(letters, ":") && !strings.HasPrefix(letters, "://") {
		t.filter = strings.ToLower(name)
		t.value, rest = value(letters[1:])
	} else {
		t.value, rest = value(text)
	}
	t.raw = text[:len(text)-len(rest)]
	return t, rest
}

// value takes what stands in quotation marks, or what goes to the next blank. A mark that is not closed quotes the rest:
// the person is still typing.
func value(text string) (taken, rest string) {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 || !isQuote(first) {
		end := strings.IndexFunc(text, isBlank)
		if end < 0 {
			end = len(text)
		}
		return text[:end], text[end:]
	}
	text = text[size:]
	end := strings.IndexFunc(text, isQuote)
	if end < 0 {
		return text, ""
	}
	_, size = utf8.DecodeRuneInString(text[end:])
	return text[:end], text[end+size:]
}

// filters do what each filter says with a value that is not empty.
var filters = map[string]struct {
	apply   func(q *Question, value string, now time.Time)
	example string
}{
	"from":   {func(q *Question, value string, _ time.Time) { q.addName(&q.From, strings.TrimPrefix(value, "@")) }, "from:bob"},
	"in":     {func(q *Question, value string, _ time.Time) { q.addName(&q.In, value) }, "in:#general"},
	"before": {func(q *Question, value string, now time.Time) { q.when(value, now, func(p period) { q.to(p.start) }) }, "before:2026-11-20"},
	"after":  {func(q *Question, value string, now time.Time) { q.when(value, now, func(p period) { q.since(p.end) }) }, "after:2026-11-20"},
	"on": {func(q *Question, value string, now time.Time) {
		q.when(value, now, func(p period) { q.since(p.start); q.to(p.end) })
	}, "on:today"},
	"has": {func(q *Question, value string, _ time.Time) { q.has(value) }, "has:link"},
}

func (q *Question) take(t token, now time.Time) {
	filter, known := filters[t.filter]
	switch {
	case known && strings.TrimLeft(t.value, "@#") == "":
		q.hint("Write a value behind %s:, as in %s.", t.filter, filter.example)
	case known:
		filter.apply(q, t.value, now)
	case t.filter != "" && t.value != "":
		q.hint("There is no filter %s:, so it was searched for as text. The filters are from:, in:, before:, after:, on: and has:link.", t.filter)
		q.word(t.raw)
	case t.filter != "":
		q.word(t.raw)
	default:
		q.word(t.value)
	}
}

func (q *Question) word(text string) {
	word := strings.TrimSpace(Fold(text))
	switch {
	case word == "" || slices.Contains(q.Words, word):
	case len(q.Words) == maxWords:
		q.hint("Only the first %d words were searched for.", maxWords)
	default:
		q.Words = append(q.Words, word)
	}
}

func (q *Question) addName(names *[]string, name string) {
	if len(*names) == maxNames {
		q.hint("Only the first %d names of a filter were used.", maxNames)
		return
	}
	*names = append(*names, name)
}

func (q *Question) has(what string) {
	switch Fold(what) {
	case "link", "links", "url":
		q.Link = true
	default:
		q.hint("has:%s is not known; has:link finds messages with a link.", what)
	}
}

func (q *Question) since(t time.Time) { q.Since = max(q.Since, t.UnixMilli()) }

func (q *Question) to(t time.Time) {
	if at := max(t.UnixMilli(), 1); q.Until == 0 || at < q.Until {
		q.Until = at
	}
}

// period is a day, a month or a year.
type period struct{ start, end time.Time }

func (q *Question) when(value string, now time.Time, apply func(period)) {
	p, ok := parsePeriod(value, now)
	if !ok {
		q.hint("“%s” is not a date; write it like 2026-11-20, 2026-11, today or yesterday.", value)
		return
	}
	apply(p)
}

func parsePeriod(value string, now time.Time) (p period, ok bool) {
	day := func(ahead int) period {
		year, month, today := now.Date()
		midnight := func(ahead int) time.Time { return time.Date(year, month, today+ahead, 0, 0, 0, 0, now.Location()) }
		return period{midnight(ahead), midnight(ahead + 1)}
	}
	switch strings.ToLower(value) {
	case "today":
		return day(0), true
	case "yesterday":
		return day(-1), true
	}
	for _, form := range []struct {
		layout              string
		years, months, days int
	}{{"2006-01-02", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}} {
		start, err := time.ParseInLocation(form.layout, value, now.Location())
		if err == nil && start.Year() >= 1970 {
			return period{start, start.AddDate(form.years, form.months, form.days)}, true
		}
	}
	return p, false
}
