package desktop

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestCheckLink(t *testing.T) {
	for link, want := range map[string]string{ // "" for refused
		"https://example.org":                        "https://example.org",
		"http://example.org/a?b=c#d":                 "http://example.org/a?b=c#d",
		"HTTPS://Example.org/":                       "https://Example.org/",
		"https://en.wikipedia.org/wiki/Go_(game)":    "https://en.wikipedia.org/wiki/Go_(game)",
		"https://example.org/~bob/;x=$1!*":           "https://example.org/~bob/;x=$1!*",
		"http://[2001:db8::1]:8080/":                 "http://[2001:db8::1]:8080/",
		"https://müller.example/ä":                   "https://m%C3%BCller.example/%C3%A4",
		"mailto:bob@example.org":                     "mailto:bob@example.org",
		"mailto:bob@example.org?subject=Hi&body=You": "mailto:bob@example.org?subject=Hi&body=You",

		"":                                         "",
		"example.org":                              "",
		"//example.org":                            "",
		"https://":                                 "",
		"https:///path":                            "",
		"https://:443/":                            "",
		"https:example.org":                        "",
		`https:\\example.org`:                      "",
		`https://good.example\@evil.example`:       "",
		"https://good.example@evil.example/":       "",
		"https://good.example:x@evil.example/":     "",
		"javascript:alert(1)":                      "",
		"data:text/html,<b>":                       "",
		"file:///etc/passwd":                       "",
		"FILE:///etc/passwd":                       "",
		"ftp://example.org":                        "",
		"gossip://127.0.0.1:1720/#h=x":             "",
		"ssh://-oProxyCommand=x":                   "",
		"--help":                                   "",
		"https://example.org/a b":                  "",
		"https://example.org/\n":                   "",
		"https://example.org/\x00":                 "",
		"https://example.org/\u202egpj.exe":        "",
		"https://example.org/\u200b":               "",
		"https://example.org/\xff":                 "",
		" https://example.org":                     "",
		"mailto:":                                  "",
		"mailto:-x":                                "",
		"mailto:a@example.org?attach=/etc/passwd":  "",
		"mailto:a@example.org?subject=x&Bcc=b@c.d": "",
		"mailto:a@example.org?subject=%zz":         "",
		"https://example.org/" + strings.Repeat("x", 5000): "",
	} {
		got, err := CheckLink(link)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", link, got, err, want)
		}
	}
}

// FuzzCheckLink: what is let through is a web or mail address, and is let through again as it is.
func FuzzCheckLink(f *testing.F) {
	for _, seed := range []string{"https://example.org/?a=b#c", "mailto:a@b.c?subject=x", "http://[::1]:80/%zz", "https://a\\@b", "javascript:x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, link string) {
		checked, err := CheckLink(link)
		if err != nil {
			return
		}
		if !strings.HasPrefix(checked, "http://") && !strings.HasPrefix(checked, "https://") && !strings.HasPrefix(checked, "mailto:") {
			t.Errorf("%q became %q", link, checked)
		}
		if again, err := CheckLink(checked); err != nil || again != checked {
			t.Errorf("%q became %q and then %q, %v", link, checked, again, err)
		}
	})
}

func TestOpen(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("PATH", folder)
	if err := Open("https://example.org/"); err == nil || !strings.Contains(err.Error(), "xdg-utils") {
		t.Errorf("without an opener: %v", err)
	}
	opened := filepath.Join(folder, "opened")
	script := "#!/bin/sh\nprintf %s \"$*\" >" + opened + ".new && mv " + opened + ".new " + opened + "\n"
	if err := os.WriteFile(filepath.Join(folder, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	mv, err := exec.Command("/bin/sh", "-c", "PATH=/usr/bin:/bin command -v mv").Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(strings.TrimSpace(string(mv)), filepath.Join(folder, "mv")); err != nil {
		t.Fatal(err)
	}
	if err := Open("https://example.org/$(date);x"); err != nil {
		t.Fatal(err)
	}
	for late := time.Now().Add(10 * time.Second); ; {
		if text, err := os.ReadFile(opened); err == nil {
			if string(text) != "https://example.org/$%28date%29;x" && string(text) != "https://example.org/$(date);x" {
				t.Errorf("it was given %q", text)
			}
			return
		}
		if time.Now().After(late) {
			t.Fatal("nothing was opened")
		}
	}
}
