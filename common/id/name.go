package id

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxNameLength is how long a normalized name of a person or a channel may be, in bytes of UTF-8.
const MaxNameLength = 64

// maxRawLength bounds the work on a name that is not checked yet: nothing longer can shrink to MaxNameLength
// except by folding white space.
const maxRawLength = 16 * MaxNameLength

// maxMarks is how many combining marks may follow one another: enough for every living script, too few
// to paint over the lines above and below.
const maxMarks = 4

// emojiSelector asks for the coloured form of the character before it. Keyboards add it by themselves, so it's
// dropped instead of refused.
const emojiSelector = "\uFE0F"

// CheckName returns the normalized form of a person's display or account name: NFKC, trimmed, runs of spaces
// folded to one, 1 to MaxNameLength bytes, and nothing that is invisible or changes the direction of the text
// around it. The result checks to itself. The error is a sentence for the person who typed the name.
func CheckName(name string) (normalized string, err error) {
	folded, err := normalizeName("name", name)
	if err != nil {
		return "", err
	}
	for _, r := range folded {
		if r != ' ' && !visible(r) {
			return "", fmt.Errorf("the name holds a character that can't be shown (%U); delete it or type the name again", r)
		}
	}
	if strings.ContainsRune(folded, '@') || strings.HasPrefix(folded, "#") {
		return "", errors.New("a name can't hold '@' nor start with '#', which mark addresses and channels; leave them out")
	}
	return folded, checkShape("name", folded)
}

// CheckChannelName returns the normalized form of a channel's name: as CheckName, lower-cased, without the '#' that
// may lead the input, and made only of letters, digits, '-', '_' and '.'. The result checks to itself.
func CheckChannelName(name string) (normalized string, err error) {
	folded, err := normalizeName("channel name", name)
	if err != nil {
		return "", err
	}
	folded = norm.NFKC.String(strings.ToLower(strings.TrimPrefix(folded, "#")))
	for _, r := range folded {
		if !channelRune(r) {
			return "", fmt.Errorf("a channel name can't hold %q; use letters, digits, '-', '_' and '.'", r)
		}
	}
	return folded, checkShape("channel name", folded)
}

// normalizeName applies NFKC and folds the spaces, some of which only NFKC brings out.
func normalizeName(what, name string) (string, error) {
	if len(name) > maxRawLength {
		return "", fmt.Errorf("the %s is too long; use at most %d bytes", what, MaxNameLength)
	}
	if !utf8.ValidString(name) {
		return "", fmt.Errorf("the %s is not valid UTF-8; type it again", what)
	}
	plain := strings.ReplaceAll(strings.TrimSpace(name), emojiSelector, "")
	folded := norm.NFKC.String(plain)
	return strings.Join(strings.FieldsFunc(folded, isSpace), " "), nil
}

// isSpace leaves out the control characters that unicode.IsSpace counts: inside a name those are refused.
func isSpace(r rune) bool { return unicode.Is(unicode.Zs, r) }

// visible tells whether a character leaves a mark of its own: letters, marks, numbers, punctuation and symbols
// (which leaves out control, format, bidi, surrogate, private-use and unassigned), less the blank ones among them.
func visible(r rune) bool {
	if !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S) {
		return false
	}
	return !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) && r != '\u2800'
}

func channelRune(r rune) bool {
	if r == '-' || r == '_' || r == '.' {
		return true
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd) && visible(r)
}

// checkShape checks what concerns the whole normalized name.
func checkShape(what, name string) error {
	if name == "" {
		return fmt.Errorf("the %s is empty; type one", what)
	}
	if len(name) > MaxNameLength {
		return fmt.Errorf("the %s has %d bytes; use at most %d", what, len(name), MaxNameLength)
	}
	if first, _ := utf8.DecodeRuneInString(name); unicode.Is(unicode.M, first) {
		return fmt.Errorf("the %s starts with an accent that stands on nothing; put a letter before it", what)
	}
	marks := 0
	for _, r := range name {
		if !unicode.Is(unicode.Mn, r) {
			marks = 0
		} else if marks++; marks > maxMarks {
			return errors.New("the " + what + " has too many accents on one letter; use fewer")
		}
	}
	return nil
}
