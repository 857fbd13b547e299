package notify

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// maxBody is how many characters of a message are shown.
const maxBody = 200

// word finds the words for the newest of count messages, of which some were not told yet.
func word(m Message, count, untold int, c Choices) Alert {
	alert := Alert{Conversation: m.Conversation, Title: title(m), Quiet: m.Request}
	switch {
	case !c.Preview && count == 1:
		alert.Title, alert.Body = "Gossip", "New message"
	case !c.Preview:
		alert.Title, alert.Body = "Gossip", fmt.Sprintf("%d new messages", count)
	case m.Request:
		alert.Body = line(m.From) + " would like to write to you"
	case untold > 1:
		alert.Body = fmt.Sprintf("%d new messages", count)
	case m.Channel && !m.Mention:
		alert.Body = line(m.From) + ": " + line(plain(m.Text))
	default:
		alert.Body = line(plain(m.Text))
	}
	return alert
}

// wordRing finds the words for a call.
func wordRing(m Message, video bool, c Choices) Alert {
	alert := Alert{Conversation: m.Conversation, Title: title(m), Body: "Voice call", Ringing: true}
	switch {
	case !c.Preview:
		alert.Title, alert.Body = "Gossip", "Somebody calls you"
	case video:
		alert.Body = "Video call"
	}
	return alert
}

// title says where something was said, or by whom.
func title(m Message) string {
	var title string
	switch {
	case m.Request:
		title = "Message request"
	case m.Channel && m.Mention:
		title = line(m.From) + " mentioned you in #" + line(m.Name)
	case m.Channel:
		title = "#" + line(m.Name)
	default:
		title = line(m.From)
	}
	if m.Hub != "" {
		title += " (" + line(m.Hub) + ")"
	}
	return title
}

// line makes one line of a text: white space is folded, what is invisible or turns the direction of writing is left out,
// and what is too long is cut.
func line(text string) string {
	var out strings.Builder
	count := 0
	for _, word := range strings.Fields(text) {
		if count > 0 {
			out.WriteByte(' ')
			count++
		}
		for _, r := range word {
			if !unicode.IsPrint(r) && r != joiner {
				continue
			}
			if count++; count > maxBody {
				return strings.TrimSpace(out.String()) + "…"
			}
			out.WriteRune(r)
		}
	}
	return out.String()
}

// The marks of Markdown that people type most: what they stand around is kept.
var marks = []struct {
	mark *regexp.Regexp
	kept string
}{
	{regexp.MustCompile("(?m)^ {0,3}(```|~~~).*$"), ""},       // the fences of code
	{regexp.MustCompile(`(?m)^ {0,3}(#{1,6} |> ?)+`), ""},     // headings and quotes
	{regexp.MustCompile(`!?\[([^\]\n]*)\]\([^)\s]*\)`), "$1"}, // links and pictures
	{regexp.MustCompile(`\*\*(\S[^\n]*?)\*\*`), "$1"},
	{regexp.MustCompile(`~~(\S[^\n]*?)~~`), "$1"},
	{regexp.MustCompile("`([^`\n]+)`"), "$1"},
	{regexp.MustCompile(`(^|[\s(])[*_]([^\s*_][^\n*_]*)[*_]([\s.,:;!?)]|$)`), "$1$2$3"},
}

// plain leaves the marks out of a message's text. It reads no more than it needs for maxBody characters.
func plain(text string) string {
	if len(text) > enoughText {
		text = text[:enoughText]
	}
	for _, m := range marks {
		text = m.mark.ReplaceAllString(text, m.kept)
	}
	return text
}

// enoughText is how many bytes of a message can end up in maxBody characters, generously.
const enoughText = 16 * maxBody

// joiner makes one emoji of several.
const joiner = '\u200d'
