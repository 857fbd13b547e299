package bolt

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Backup copies the file into the data folder first and gives that to w: a slow reader at the other end must not keep
// a read transaction open, since the file could reuse no page meanwhile. The copy is opened by Open like any hub.db.
func (s *Store) Backup(w io.Writer) error {
	if err := s.flush(); err != nil { // the cursors that are in memory
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(s.path), FileName+".backup-*")
	if err != nil {
		return fmt.Errorf("cannot make a backup: %w", err)
	}
	defer os.Remove(temporary.Name())
	defer temporary.Close()
	err = s.view(func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(temporary)
		return err
	})
	if err == nil {
		_, err = temporary.Seek(0, io.SeekStart)
	}
	if err == nil {
		_, err = io.Copy(w, temporary)
	}
	if err != nil {
		return fmt.Errorf("cannot make a backup: %w", err)
	}
	return nil
}
