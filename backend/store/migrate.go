package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// firstFormat is the format that a store without any migration has.
const firstFormat = 1

// migration changes the rows of one format into those of the next. Each runs in a transaction of its own together with
// the new format number, so that a crash leaves either format, whole.
type migration struct {
	to   uint32
	what string // for the error that names it
	do   func(*Tx) error
}

// migrations is the whole history, in order, without gaps: the first makes format 2. A step never changes once it was
// released.
var migrations = []migration{}

func newest(steps []migration) uint32 {
	if len(steps) == 0 {
		return firstFormat
	}
	return steps[len(steps)-1].to
}

// The format's row: four bytes in clear, so that a newer one is told from a wrong key, and an empty value sealed to
// them, which proves the key.
const headerBucket = "store"

var formatKey = []byte("format")

func (t *Tx) putFormat(format uint32) error {
	number := binary.BigEndian.AppendUint32(nil, format)
	b := t.Bucket(headerBucket)
	if err := b.create(); err != nil {
		return err
	}
	row := append(number, t.store.seal(append(b.associatedWith(formatKey), number...), nil)...)
	var putErr error
	err := guard(func() { putErr = b.bolt.Put(formatKey, row) })
	return errors.Join(err, putErr)
}

// format returns the file's format, or ErrNewer, ErrWrongKey or ErrDamaged.
func (t *Tx) format(newest uint32) (uint32, error) {
	b := t.Bucket(headerBucket)
	if err := b.open(); err != nil {
		return 0, err
	}
	if b.bolt == nil {
		return 0, fmt.Errorf("%w (it has no format number)", ErrDamaged)
	}
	var row []byte
	if err := guard(func() { row = append(row, b.bolt.Get(formatKey)...) }); err != nil {
		return 0, err
	}
	if len(row) < 4 {
		return 0, fmt.Errorf("%w (it has no format number)", ErrDamaged)
	}
	format := binary.BigEndian.Uint32(row)
	if format > newest {
		return 0, fmt.Errorf("%w (its format is %d, this version knows up to %d)", ErrNewer, format, newest)
	}
	if _, err := t.store.unseal(append(b.associatedWith(formatKey), row[:4]...), row[4:]); err != nil {
		return 0, ErrWrongKey
	}
	return format, nil
}

// migrate checks the key and the format, and runs the steps that are missing.
func (s *Store) migrate(steps []migration) error {
	var format uint32
	err := s.View(func(tx *Tx) (err error) {
		format, err = tx.format(newest(steps))
		return err
	})
	if err != nil || format == newest(steps) {
		return err
	}
	if err := s.copyBefore(format); err != nil {
		return err
	}
	for _, step := range steps {
		if step.to <= format {
			continue
		}
		err := s.Update(func(tx *Tx) error { return errors.Join(step.do(tx), tx.putFormat(step.to)) })
		if err != nil {
			return fmt.Errorf("bringing the profile to format %d (%s) failed; a copy from before is beside it, as %s: %w",
				step.to, step.what, filepath.Base(s.copyPath(format)), err)
		}
	}
	return nil
}

func (s *Store) copyPath(format uint32) string { return fmt.Sprintf("%s.format-%d", s.path, format) }

// copyBefore copies the file while this process holds its lock and no transaction runs. An older copy of the same
// format stays as it is: a second attempt must not put a half-migrated file in its place.
func (s *Store) copyBefore(format uint32) error {
	if _, err := os.Stat(s.copyPath(format)); err == nil {
		return nil
	}
	from, err := os.Open(s.path)
	if err != nil {
		return sentence(err)
	}
	defer from.Close()
	temporary := s.copyPath(format) + ".new"
	to, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return sentence(err)
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		return sentence(errors.Join(err, os.Remove(temporary)))
	}
	if err := os.Rename(temporary, s.copyPath(format)); err != nil {
		return sentence(err)
	}
	return syncFolder(filepath.Dir(s.path))
}
