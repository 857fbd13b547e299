package content

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gossip/common/id"
)

// Limits of a file's description.
const (
	MaxFileSize  = 1 << 40 // bytes of plaintext; the hub's quota is far below
	MaxFileName  = 255     // bytes
	MaxMediaType = 127     // bytes
	MaxThumbnail = 32 << 10
)

// FileKey encrypts one file. It prints as "[file key]" whatever the verb.
type FileKey [32]byte

// NewFileKey returns a fresh random key.
func NewFileKey() (k FileKey) {
	rand.Read(k[:])
	return k
}

func (k FileKey) String() string               { return "[file key]" }
func (k FileKey) Format(f fmt.State, _ rune)   { io.WriteString(f, k.String()) }
func (k FileKey) LogValue() slog.Value         { return slog.StringValue(k.String()) }
func (k FileKey) MarshalJSON() ([]byte, error) { return []byte(`"[file key]"`), nil }

// File describes a file that the hub keeps, encrypted, under ID. Everything in it is the sender's claim; SHA256 is
// checked before the file is used.
type File struct {
	ID        id.FileID
	Key       FileKey
	Size      uint64        // of the plaintext, in bytes
	SHA256    [32]byte      // of the plaintext
	Name      string        // as CleanFileName returns it
	MediaType string        // such as "image/png", no parameters; "" when the sender can't tell
	Thumbnail []byte        // an encoded picture, or nil
	ExpiresIn time.Duration // whole seconds; 0: never
}

type fileWire struct {
	ID        id.FileID `cbor:"1,keyasint"`
	Key       FileKey   `cbor:"2,keyasint"`
	Size      uint64    `cbor:"3,keyasint"`
	SHA256    [32]byte  `cbor:"4,keyasint"`
	Name      string    `cbor:"5,keyasint"`
	MediaType string    `cbor:"6,keyasint,omitempty"`
	Thumbnail []byte    `cbor:"7,keyasint,omitempty"`
	ExpiresIn uint32    `cbor:"8,keyasint,omitzero"`
}

func (File) Type() Type { return TypeFile }

func (f File) encode() ([]byte, error) {
	return encoder.Marshal(fileWire{f.ID, f.Key, f.Size, f.SHA256, f.Name, f.MediaType, f.Thumbnail, seconds(f.ExpiresIn)})
}

func (w fileWire) body() Body {
	return File{w.ID, w.Key, w.Size, w.SHA256, w.Name, w.MediaType, w.Thumbnail, duration(w.ExpiresIn)}
}

func (f File) check() error {
	switch {
	case f.ID == id.NoFile || f.Key == FileKey{}:
		return errors.New("the file has no id or no key")
	case f.Size > MaxFileSize:
		return fmt.Errorf("the file has %d bytes; send at most %d", f.Size, uint64(MaxFileSize))
	case f.Name == "" || f.Name != CleanFileName(f.Name):
		return fmt.Errorf("the file's name must have 1 to %d bytes and no path or control characters; rename it", MaxFileName)
	case f.MediaType != "" && !isMediaType(f.MediaType):
		return errors.New("the file's media type is not of the form type/subtype")
	case len(f.Thumbnail) > MaxThumbnail:
		return fmt.Errorf("the thumbnail has %d bytes; make it at most %d", len(f.Thumbnail), MaxThumbnail)
	}
	return CheckTimer(f.ExpiresIn)
}

// CleanFileName returns the last part of a path of any system, without characters that can't be seen or that turn the
// text around, cut to MaxFileName bytes; "file" when nothing is left. Its result cleans to itself.
func CleanFileName(name string) string {
	base := name[strings.LastIndexAny(name, `/\`)+1:]
	clean := strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, base)
	clean = strings.Trim(clean, " ")
	for len(clean) > MaxFileName {
		_, size := utf8.DecodeLastRuneInString(clean)
		clean = strings.TrimRight(clean[:len(clean)-size], " ")
	}
	if clean == "" || clean == "." || clean == ".." {
		return "file"
	}
	return clean
}

// isMediaType accepts the restricted names of RFC 6838 section 4.2, in lower case.
func isMediaType(text string) bool {
	kind, subtype, ok := strings.Cut(text, "/")
	return ok && len(text) <= MaxMediaType && isMediaName(kind) && isMediaName(subtype)
}

func isMediaName(name string) bool {
	const letters, others = "abcdefghijklmnopqrstuvwxyz0123456789", "!#$&-^_.+"
	return name != "" && strings.ContainsRune(letters, rune(name[0])) && strings.Trim(name, letters+others) == ""
}
