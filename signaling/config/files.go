package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/ssh"

	"gossip/common/id"
)

// The names of the operator's files in the data folder.
const (
	NameFile     = "gossip_server.name"   // the hub's name: one line
	ChannelsFile = "gossip_channels.list" // one channel a line
	MOTDFile     = "gossip_motd.txt"      // message of the day; need not exist
	AdminsFile   = "admins"               // keys of the operators, as in OpenSSH's authorized_keys; need not exist
)

const (
	maxFile = 1 << 20 // bytes of each file
	maxMOTD = 4096    // bytes that the protocol carries
)

// defaultName is the name of a hub that was given none.
const defaultName = "Gossip hub"

const (
	newNameFile     = defaultName + "\n"
	newChannelsFile = "// One channel a line. What stands after two slashes is not read.\ngeneral\n"
)

// Files is what the operator wrote into the data folder.
type Files struct {
	Name     string   // of the hub, normalized
	Channels []string // names, normalized, without '#', in the order of the file, each once
	MOTD     string   // message of the day, at most 4,096 bytes; empty if there is none
	Admins   []Admin
}

// Admin is a key that may use the hub's commands.
type Admin struct {
	Key     ssh.PublicKey
	Comment string // what stands after the key, often user@host
}

// Warning is something in a file that was skipped.
type Warning struct {
	File    string // its name in the data folder
	Line    int    // from 1; 0 is the whole file
	Problem string // a sentence for the operator
}

// String returns the place as compilers write it, then the problem.
func (w Warning) String() string {
	if w.Line == 0 {
		return w.File + ": " + w.Problem
	}
	return fmt.Sprintf("%s:%d: %s", w.File, w.Line, w.Problem)
}

// LoadFiles makes the data folder (mode 0700), the hub's name and its list of channels if they are not there, and
// reads all files. What it cannot use in them it skips with a warning; an error is a file that cannot be read at all.
func LoadFiles(dir string) (Files, []Warning, error) {
	if err := prepare(dir); err != nil {
		return Files{}, nil, fmt.Errorf("cannot make the data folder: %w", err)
	}
	l := loader{dir: dir}
	l.checkFolder()
	files := Files{
		Name:     l.name(),
		Channels: l.channels(),
		MOTD:     l.motd(),
		Admins:   l.admins(),
	}
	if err := errors.Join(l.errs...); err != nil {
		return Files{}, nil, err
	}
	return files, l.warnings, nil
}

func prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return errors.Join(
		createFile(filepath.Join(dir, NameFile), newNameFile),
		createFile(filepath.Join(dir, ChannelsFile), newChannelsFile),
	)
}

// createFile leaves a file that is there as it is.
func createFile(path, content string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(file, content)
	return errors.Join(err, file.Close())
}

// loader gathers what is wrong with the files of a folder.
type loader struct {
	dir      string
	warnings []Warning
	errs     []error
}

func (l *loader) warn(file string, line int, format string, args ...any) {
	l.warnings = append(l.warnings, Warning{file, line, fmt.Sprintf(format, args...)})
}

// checkFolder warns when others on the machine can look into the folder, which holds the hub's key.
func (l *loader) checkFolder() {
	info, err := os.Stat(l.dir)
	if err != nil {
		l.errs = append(l.errs, err)
		return
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		l.warn(".", 0, "other users of this machine can look into the data folder, which holds the hub's key: run chmod 700 %s", l.dir)
	}
}

// read returns the text of a file, or "" when it can't be had; a file that is not there is no error.
func (l *loader) read(name string) string {
	text, err := readFile(filepath.Join(l.dir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.errs = append(l.errs, fmt.Errorf("cannot read %s: %w", name, err))
	}
	return text
}

func readFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", errors.New("it is not a file") // opening a pipe would wait for its other end
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxFile {
		return "", fmt.Errorf("it is larger than %s, which is far too much for what it is", Bytes(maxFile))
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF")) // some editors begin every file with it
	if !utf8.Valid(text) {
		return "", errors.New("it is not UTF-8 text: save it as UTF-8")
	}
	return string(text), nil
}

func (l *loader) name() string {
	for n, line := range lines(l.read(NameFile)) {
		if line == "" {
			continue
		}
		name, err := id.CheckName(line)
		if err != nil {
			l.warn(NameFile, n+1, "%v; the hub is called %q until then", err, defaultName)
			return defaultName
		}
		return name
	}
	return defaultName
}

func (l *loader) channels() (names []string) {
	first := make(map[string]int) // the line of each name
	for n, line := range lines(l.read(ChannelsFile)) {
		line, _, _ = strings.Cut(line, "//")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, err := id.CheckChannelName(line)
		if err != nil {
			l.warn(ChannelsFile, n+1, "%v; the line was skipped", err)
			continue
		}
		if at, ok := first[name]; ok {
			l.warn(ChannelsFile, n+1, "the channel %q stands in line %d already", name, at)
			continue
		}
		first[name] = n + 1
		names = append(names, name)
	}
	return names
}

func (l *loader) motd() string {
	text := strings.TrimSpace(strings.ReplaceAll(l.read(MOTDFile), "\r\n", "\n"))
	for n, line := range lines(text) {
		if strings.ContainsFunc(line, func(r rune) bool { return r != '\t' && unicode.In(r, unicode.Cc, unicode.Bidi_Control) }) {
			l.warn(MOTDFile, n+1, "the line holds a control character: type it again; there is no message of the day until then")
			return ""
		}
	}
	if len(text) > maxMOTD {
		l.warn(MOTDFile, 0, "the message of the day has %d bytes: shorten it to %d; there is none until then", len(text), maxMOTD)
		return ""
	}
	return text
}

// lines returns the lines of a text without the white space around them.
func lines(text string) []string {
	all := strings.Split(text, "\n")
	for n := range all {
		all[n] = strings.TrimSpace(all[n])
	}
	return all
}
