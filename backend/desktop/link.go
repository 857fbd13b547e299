package desktop

import (
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLink bounds a link, in bytes.
const maxLink = 4096

// mailFields are what a mail link may set; others attach files or hide recipients.
var mailFields = []string{"subject", "body", "cc"}

// CheckLink returns a link from a message in the form to be opened with. It refuses all but web and mail addresses,
// which the system would otherwise give to whatever program says that it opens them. The error is a sentence.
func CheckLink(link string) (string, error) {
	if len(link) > maxLink {
		return "", fmt.Errorf("this link is longer than %d characters and is not opened; ask its author for a shorter one", maxLink)
	}
	if !utf8.ValidString(link) || strings.ContainsFunc(link, func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }) {
		return "", errors.New("this link holds characters that can't be seen and is not opened; copy it and look at it first")
	}
	parsed, err := url.Parse(link)
	if err != nil {
		return "", errors.New("this link is damaged and can't be opened; ask its author for it again")
	}
	switch parsed.Scheme {
	case "http", "https":
		err = checkWeb(parsed)
	case "mailto":
		err = checkMail(parsed)
	default:
		err = errors.New("only web and mail addresses are opened from here; copy the link if you trust it")
	}
	if err != nil {
		return "", err
	}
	return parsed.String(), nil
}

func checkWeb(link *url.URL) error {
	switch {
	case link.Hostname() == "":
		return errors.New("this link names no web site; ask its author for it again")
	case link.User != nil:
		return errors.New("this link pretends to lead to another site than it does and is not opened; copy it and look at it first")
	}
	return nil
}

func checkMail(link *url.URL) error {
	if link.Opaque == "" || strings.HasPrefix(link.Opaque, "-") {
		return errors.New("this link names nobody to write to; ask its author for it again")
	}
	fields, err := url.ParseQuery(link.RawQuery)
	if err != nil {
		return errors.New("this link is damaged and can't be opened; ask its author for it again")
	}
	for field := range fields {
		if !slices.Contains(mailFields, strings.ToLower(field)) {
			return fmt.Errorf("this mail link wants more than an address and a text (%.20q) and is not opened; write to the address yourself", field)
		}
	}
	return nil
}

// Open opens a link in the system's own program, after CheckLink.
func Open(link string) error {
	link, err := CheckLink(link)
	if err != nil {
		return err
	}
	for _, opener := range openers() {
		path, err := exec.LookPath(opener[0])
		if err != nil {
			continue
		}
		return launch(exec.Command(path, append(opener[1:], link)...))
	}
	return errors.New("no program opens web addresses here; install xdg-utils, or copy the link into your browser")
}

// openers are the programs that open an address, the best first. None of them is a shell.
func openers() [][]string {
	switch runtime.GOOS {
	case "darwin":
		return [][]string{{"open"}}
	case "windows":
		return [][]string{{"rundll32", "url.dll,FileProtocolHandler"}}
	}
	return [][]string{{"xdg-open"}, {"gio", "open"}, {"x-www-browser"}}
}

// launch starts a program that may outlive this one, and takes its end note.
func launch(cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("the link can't be opened; copy it into your browser: %w", err)
	}
	go func() { _ = cmd.Wait() }() // how a browser ends is its own business
	return nil
}
