// Package settings holds a person's preferences: typed, with defaults, in one JSON file of the profile's folder that
// a person can read and edit. No secret belongs here: the file is not sealed.
package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// FileName is what the file is called in the profile's folder.
const FileName = "gossip_settings.json"

// maxFile bounds what is read, in bytes.
const maxFile = 1 << 20

// Settings is a profile's preferences. Its methods may be called by several goroutines.
type Settings struct {
	path   string
	notice string // set by Open only

	mu       sync.Mutex // guards the following
	values   Values
	unknown  map[string]json.RawMessage // keys of the file that Values has not
	watchers map[int]func(Values)
	next     int // the next watcher
}

// Open reads the file in the folder dir; a missing one means the defaults. A damaged file is put aside under a name
// with ".damaged-" and the time, and the defaults are used: Notice then says so. A single value out of its range
// becomes its default. The error is for a folder that can't be read or written.
func Open(dir string) (*Settings, error) {
	s := &Settings{path: filepath.Join(dir, FileName), values: Defaults(), watchers: make(map[int]func(Values))}
	text, err := os.ReadFile(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the settings can't be read; check the permissions of %s: %w", s.path, err)
	}
	if err := s.parse(text); err != nil {
		return s, s.putAside(err)
	}
	return s, nil
}

// Peek returns the preferences of a profile that is not open yet, and changes nothing: where Open would put a damaged file
// aside or fail, it returns the defaults.
func Peek(dir string) Values {
	s := &Settings{values: Defaults()}
	text, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil || s.parse(text) != nil {
		return Defaults()
	}
	return s.values
}

func (s *Settings) parse(text []byte) error {
	if len(text) > maxFile {
		return errors.New("it is too large")
	}
	values, unknown := Defaults(), map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &unknown); err != nil {
		return err
	}
	if unknown == nil {
		return errors.New("it holds no object")
	}
	if err := json.Unmarshal(text, &values); err != nil {
		return err
	}
	for _, key := range knownKeys() {
		delete(unknown, key)
	}
	values.repair()
	s.values, s.unknown = values, unknown
	return nil
}

func (s *Settings) putAside(cause error) error {
	aside := s.path + ".damaged-" + time.Now().UTC().Format("20060102T150405.000Z")
	if err := os.Rename(s.path, aside); err != nil {
		return fmt.Errorf("the settings are damaged (%w) and can't be put aside; move %s away: %w", cause, s.path, err)
	}
	s.notice = fmt.Sprintf("Your settings could not be read (%v), so the defaults are used. The old file is kept as %s.", cause, filepath.Base(aside))
	return nil
}

// Notice is a sentence for the person when Open had to put a damaged file aside, else "".
func (s *Settings) Notice() string { return s.notice }

// Get returns the preferences as they are now.
func (s *Settings) Get() Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values
}

// Update changes the preferences, writes the file and then tells the watchers, unless nothing changed. When the
// change makes no sense or the file can't be written, everything stays as it was and the error says why.
func (s *Settings) Update(change func(*Values)) error {
	s.mu.Lock()
	values := s.values
	change(&values)
	if values == s.values {
		s.mu.Unlock()
		return nil
	}
	err := s.replace(values)
	watchers := make([]func(Values), 0, len(s.watchers))
	for _, watcher := range s.watchers {
		watchers = append(watchers, watcher)
	}
	s.mu.Unlock()
	if err != nil {
		return err
	}
	for _, watcher := range watchers {
		watcher(values)
	}
	return nil
}

// Watch has changed called after each change with the new preferences, in the goroutine that made it, until stop is
// called.
func (s *Settings) Watch(changed func(Values)) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := s.next
	s.next++
	s.watchers[key] = changed
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, key)
	}
}

// replace is called with mu held.
func (s *Settings) replace(values Values) error {
	if err := values.check(); err != nil {
		return err
	}
	text, err := s.format(values)
	if err != nil {
		return err
	}
	if err := writeFile(s.path, text); err != nil {
		return fmt.Errorf("the settings could not be saved; check the free space and the permissions of %s: %w", filepath.Dir(s.path), err)
	}
	s.values = values
	return nil
}

// format merges the keys that this version doesn't know back in, so that an older version does not lose a newer one's
// settings.
func (s *Settings) format(values Values) ([]byte, error) {
	text, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	all := map[string]json.RawMessage{}
	for key, value := range s.unknown {
		all[key] = value
	}
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	text, err = json.Marshal(all)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// writeFile replaces the file at once: a crash leaves the old or the new one, whole.
func writeFile(path string, content []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), FileName+".new-*")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
