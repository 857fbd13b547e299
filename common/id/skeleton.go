package id

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Skeleton maps names that a person could take for one another to the same text, after the skeleton of UTS #39
// section 4: compatibility forms, case, accents and look-alikes from Cyrillic, Greek, Armenian, Cherokee and the
// digits fall together. It serves only for comparing, never for showing: a hub refuses a name whose skeleton is
// taken. A skeleton's skeleton is itself.
func Skeleton(name string) string {
	var bare strings.Builder
	accented := false
	for _, r := range norm.NFKD.String(name) {
		switch {
		case r != ' ' && !visible(r):
			continue
		case unicode.Is(unicode.Mn, r) && accented:
			continue
		}
		if !unicode.Is(unicode.Mn, r) {
			// Elsewhere, as in Devanagari or kana, a mark makes another letter, not an accent.
			accented = unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic)
		}
		bare.WriteRune(r)
	}
	return lookAlikes.Replace(cases.Fold().String(capitals.Replace(bare.String())))
}

// capitals holds the Greek capitals that look like another Latin letter than their small form does. So the same
// Greek name in two cases may have two skeletons; a Latin name spelled with such letters never gets through.
var capitals = strings.NewReplacer("Η", "h", "Ν", "n", "Υ", "y")

// lookAlikes maps folded characters to what they look like, in capitals or in small letters: a selection from
// Unicode's confusables.txt. What it yields holds none of its keys.
var lookAlikes = strings.NewReplacer(
	// Within Latin and the digits. Capital i, small L and one are the same stroke, hence i as well.
	"0", "o", "1", "l", "i", "l", "|", "l", "m", "rn", "w", "vv", "ı", "l", "ł", "l", "ø", "o", "đ", "d", "ħ", "h",
	"æ", "ae", "œ", "oe", "ɑ", "a", "ɡ", "g", "ɩ", "l", "ǀ", "l", "ƨ", "2", "ʒ", "3", "ȝ", "3", "ƅ", "b", "ꞵ", "b",
	// Cyrillic.
	"а", "a", "б", "6", "в", "b", "г", "r", "е", "e", "з", "3", "к", "k", "м", "rn", "н", "h", "о", "o", "п", "n",
	"р", "p", "с", "c", "т", "t", "у", "y", "х", "x", "ь", "b", "ѕ", "s", "і", "l", "ј", "j", "ԁ", "d", "ԛ", "q",
	"ԝ", "vv", "һ", "h", "ӏ", "l", "ѵ", "v", "ү", "y", "ӕ", "ae", "ө", "o",
	// Greek.
	"α", "a", "β", "b", "γ", "y", "ε", "e", "ζ", "z", "η", "n", "ι", "l", "κ", "k", "μ", "rn", "ν", "v", "ο", "o",
	"ρ", "p", "τ", "t", "υ", "u", "χ", "x", "ω", "vv", "ϳ", "j", "ϲ", "c",
	// Armenian, and Cherokee, which folds to capitals.
	"ա", "vv", "զ", "q", "հ", "h", "ո", "n", "ս", "u", "օ", "o", "ց", "g",
	"Ꭺ", "a", "Ᏼ", "b", "Ꮯ", "c", "Ꭰ", "d", "Ꭼ", "e", "Ꮐ", "g", "Ꮋ", "h", "Ꭵ", "l", "Ꭻ", "j", "Ꮶ", "k", "Ꮮ", "l",
	"Ꮇ", "rn", "Ꮲ", "p", "Ꮪ", "s", "Ꭲ", "t", "Ꮩ", "v", "Ꮃ", "vv", "Ꮓ", "z",
	// Punctuation that a name may hold.
	"‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "−", "-", "’", "'", "‘", "'", "`", "'", "´", "'",
)
