package identity

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tyler-smith/go-bip39"
)

const (
	phraseWords    = 24
	phraseBits     = 256
	maxPhraseInput = 4 << 10 // bytes typed or pasted
	userKeyInfo    = "gossip user v1"
)

// Phrase is a recovery phrase: 24 words of BIP-39 (256 bits and a checksum of 8). It is the user: whoever has it
// can make the user key again. A function holds the words because fmt prints what the fields of other structs point to.
type Phrase struct{ words func() []string }

func newPhrase(words []string) Phrase { return Phrase{func() []string { return slices.Clone(words) }} }

// NewPhrase returns a fresh random phrase.
func NewPhrase() (Phrase, error) {
	entropy, err := bip39.NewEntropy(phraseBits)
	if err != nil {
		return Phrase{}, fmt.Errorf("making a recovery phrase: %w", err)
	}
	mnemonic, err := bip39.NewMnemonic(entropy)
	if err != nil {
		return Phrase{}, fmt.Errorf("making a recovery phrase: %w", err)
	}
	return newPhrase(strings.Fields(mnemonic)), nil
}

// ParsePhrase reads a phrase as a person types it: upper or lower case, any white space. The error names the first
// word that isn't on the list, or says that the checksum is wrong, and what to do.
func ParsePhrase(text string) (Phrase, error) {
	if len(text) > maxPhraseInput {
		return Phrase{}, fmt.Errorf("that is too long for a recovery phrase; type its %d words only", phraseWords)
	}
	words := strings.Fields(strings.ToLower(text))
	for i, word := range words {
		if _, ok := bip39.GetWordIndex(word); !ok {
			return Phrase{}, fmt.Errorf("word %d, %.32q, isn't a recovery word; check its spelling", i+1, word)
		}
	}
	if len(words) != phraseWords {
		return Phrase{}, fmt.Errorf("a recovery phrase has %d words, this has %d; look for one left out or typed twice", phraseWords, len(words))
	}
	if _, err := bip39.EntropyFromMnemonic(strings.Join(words, " ")); err != nil {
		return Phrase{}, errors.New("these words don't belong together: one is wrong or two are swapped; compare them with your note")
	}
	return newPhrase(words), nil
}

// Words returns the 24 words, for the one screen that shows them. The zero Phrase has none.
func (p Phrase) Words() []string {
	if p.words == nil {
		return nil
	}
	return p.words()
}

// userKey derives the user's Ed25519 key: HKDF-SHA256 over the BIP-39 seed (PBKDF2-HMAC-SHA512, 2048 rounds, no
// password).
func (p Phrase) userKey() (ed25519.PrivateKey, error) {
	if p.words == nil {
		return nil, errors.New("there is no recovery phrase; type its 24 words")
	}
	master := bip39.NewSeed(strings.Join(p.words(), " "), "")
	seed, err := hkdf.Key(sha256.New, master, nil, userKeyInfo, ed25519.SeedSize)
	if err != nil {
		return nil, fmt.Errorf("deriving the user key: %w", err)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
