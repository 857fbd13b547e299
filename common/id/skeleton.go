package id

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Skeleton maps names that a person could take for one another to the same text, after the skeleton of UTS #39
// section 4: compatibility forms, case, accents and look-alikes from Cyrillic, Greek, Armenian, Cherokee and the
// digits fall together. It serves only for comparing, never for showing: a hub refuses a name whose skeleton is
// taken. A skeleton's skeleton is itself.
func Skeleton(name string) string {
	folded := strings.ToUpper(capitals.Replace(norm.NFKD.String(keepVisible(name))))
	var bare strings.Builder
	accented := false
	for _, r := range lookAlikes.Replace(strings.ToLower(folded)) {
		if !unicode.Is(unicode.Mn, r) {
			// Elsewhere, as in Devanagari or kana, a mark makes another letter, not an accent.
			accented = unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic)
		} else if accented {
			continue
		}
		bare.WriteRune(r)
	}
	return bare.String()
}

// keepVisible drops what a name can't hold anyway.
func keepVisible(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || visible(r) {
			return r
		}
		return -1
	}, name)
}

// capitals holds the Greek capitals that look like another Latin letter than their small form does. So the same
// Greek name in two cases may have two skeletons; a Latin name spelled with such letters never gets through.
var capitals = strings.NewReplacer("Η", "h", "Ν", "n", "Υ", "y")

// lookAlikes maps folded characters to what they look like, in capitals or in small letters: a selection from
// Unicode's confusables.txt. What it yields holds none of its keys.
var lookAlikes = strings.NewReplacer(
	// Within Latin and the digits. Capital i, small L and one are the same stroke, hence i as well.
	"0", "o", "1", "l", "i", "l", "|", "l", "m", "rn", "w", "vv", "ł", "l", "ø", "o", "đ", "d", "ħ", "h",
	"æ", "ae", "œ", "oe", "ß", "ss", "ɑ", "a", "ɡ", "g", "ɩ", "l", "ǀ", "l", "ƨ", "2", "ʒ", "3", "ȝ", "3", "ƅ", "b", "ꞵ", "b",
	// Cyrillic.
	"а", "a", "б", "6", "в", "b", "г", "r", "е", "e", "з", "3", "к", "k", "м", "rn", "н", "h", "о", "o", "п", "n",
	"р", "p", "с", "c", "т", "t", "у", "y", "х", "x", "ь", "b", "ѕ", "s", "і", "l", "ј", "j", "ԁ", "d", "ԛ", "q",
	"ԝ", "vv", "һ", "h", "ӏ", "l", "ѵ", "v", "ү", "y", "ӕ", "ae", "ө", "o",
	// Greek.
	"α", "a", "β", "b", "γ", "y", "ε", "e", "ζ", "z", "η", "n", "ι", "l", "κ", "k", "μ", "rn", "ν", "v", "ο", "o",
	"ρ", "p", "τ", "t", "υ", "u", "χ", "x", "ω", "vv", "ϳ", "j", "ϲ", "c",
	// Armenian and Cherokee.
	"ա", "vv", "զ", "q", "հ", "h", "ո", "n", "ս", "u", "օ", "o", "ց", "g",
	"ꭺ", "a", "ᏼ", "b", "ꮯ", "c", "ꭰ", "d", "ꭼ", "e", "ꮐ", "g", "ꮋ", "h", "ꭵ", "l", "ꭻ", "j", "ꮶ", "k", "ꮮ", "l",
	"ꮇ", "rn", "ꮲ", "p", "ꮪ", "s", "ꭲ", "t", "ꮩ", "v", "ꮃ", "vv", "ꮓ", "z",
	// Punctuation that a name may hold.
	"‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "−", "-", "’", "'", "‘", "'", "`", "'", "´", "'",
)
