//go:build unix

package vault

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"gossip/backend/store"
)

// lockProfile holds an exclusive flock until the file is closed, which the system does for a process that is killed.
func lockProfile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = store.ErrInUse
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
