package content

import (
	"errors"
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"gossip/common/id"
)

// Limits of what a message says.
const (
	MaxText     = 64 << 10 // bytes of Markdown
	MaxMentions = 256
	MaxTargets  = 1000 // messages that one delete, receipt or request names
	MaxEmoji    = 64   // bytes of a reaction
)

// Text is something said, in Markdown.
type Text struct {
	Markdown  string
	ReplyTo   id.MessageID  // NoMessage: answers nothing
	ExpiresIn time.Duration // whole seconds; 0: never
	Mentions  []id.UserID   // who is to be notified; each once
}

type textWire struct {
	Markdown  string       `cbor:"1,keyasint"`
	ReplyTo   id.MessageID `cbor:"2,keyasint,omitzero"`
	ExpiresIn uint32       `cbor:"3,keyasint,omitzero"`
	Mentions  []id.UserID  `cbor:"4,keyasint,omitempty"`
}

// Edit replaces the text of an earlier message of the same author; see MayEdit and Stamp.
type Edit struct {
	Target   id.MessageID `cbor:"1,keyasint"`
	Markdown string       `cbor:"2,keyasint"`
	Mentions []id.UserID  `cbor:"3,keyasint,omitempty"`
}

// Delete takes messages back for everybody; see MayDelete. What is deleted stays deleted, whatever edit comes later.
type Delete struct {
	Targets []id.MessageID `cbor:"1,keyasint"`
}

// Reaction puts an emoji beside a message, or takes it away again. A person's newest word on one message and emoji
// counts; see Stamp.
type Reaction struct {
	Target id.MessageID `cbor:"1,keyasint"`
	Emoji  string       `cbor:"2,keyasint"`
	Remove bool         `cbor:"3,keyasint,omitempty"`
}

func (Text) Type() Type     { return TypeText }
func (Edit) Type() Type     { return TypeEdit }
func (Delete) Type() Type   { return TypeDelete }
func (Reaction) Type() Type { return TypeReaction }

func (t Text) encode() ([]byte, error) {
	return encoder.Marshal(textWire{t.Markdown, t.ReplyTo, seconds(t.ExpiresIn), t.Mentions})
}
func (e Edit) encode() ([]byte, error)     { return encoder.Marshal(e) }
func (d Delete) encode() ([]byte, error)   { return encoder.Marshal(d) }
func (r Reaction) encode() ([]byte, error) { return encoder.Marshal(r) }

func (w textWire) body() Body { return Text{w.Markdown, w.ReplyTo, duration(w.ExpiresIn), w.Mentions} }

func (t Text) check() error {
	if err := CheckTimer(t.ExpiresIn); err != nil {
		return err
	}
	return checkText(t.Markdown, t.Mentions)
}

func (e Edit) check() error {
	if e.Target == id.NoMessage {
		return errors.New("the edit names no message")
	}
	return checkText(e.Markdown, e.Mentions)
}

func (d Delete) check() error { return checkTargets(d.Targets) }

func (r Reaction) check() error {
	if r.Target == id.NoMessage {
		return errors.New("the reaction names no message")
	}
	if r.Emoji == "" || len(r.Emoji) > MaxEmoji || !utf8.ValidString(r.Emoji) {
		return fmt.Errorf("a reaction is one emoji of at most %d bytes; choose another", MaxEmoji)
	}
	for _, c := range r.Emoji {
		if unicode.In(c, unicode.Cc, unicode.Cf, unicode.Co, unicode.Z) && !joinsEmoji(c) {
			return fmt.Errorf("a reaction can't hold %U; choose one emoji", c)
		}
	}
	return nil
}

// joinsEmoji allows the format characters of emoji sequences (UTS #51): the zero-width joiner and the tags of flags.
func joinsEmoji(c rune) bool { return c == '\u200d' || (c >= 0xE0020 && c <= 0xE007F) }

func checkText(markdown string, mentions []id.UserID) error {
	switch {
	case markdown == "":
		return errors.New("the text is empty; type something")
	case len(markdown) > MaxText:
		return fmt.Errorf("the text has %d bytes; send at most %d, or send it as a file", len(markdown), MaxText)
	case !utf8.ValidString(markdown):
		return errors.New("the text is not valid UTF-8; type it again")
	case len(mentions) > MaxMentions:
		return fmt.Errorf("the text mentions %d people; mention at most %d", len(mentions), MaxMentions)
	case !distinct(mentions):
		return errors.New("the text mentions nobody or the same person twice")
	}
	return nil
}

// checkTargets wants 1 to MaxTargets messages, each once.
func checkTargets(targets []id.MessageID) error {
	switch {
	case len(targets) == 0:
		return errors.New("it names no message")
	case len(targets) > MaxTargets:
		return fmt.Errorf("it names %d messages; name at most %d at once", len(targets), MaxTargets)
	case !distinct(targets):
		return errors.New("it names no message or the same one twice")
	}
	return nil
}

// distinct tells whether no element is zero or comes twice.
func distinct[T comparable](list []T) bool {
	var zero T
	seen := make(map[T]bool, len(list))
	for _, element := range list {
		if element == zero || seen[element] {
			return false
		}
		seen[element] = true
	}
	return true
}
