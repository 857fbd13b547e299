package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"gossip/common/identity"
)

// KeyFile is the hub's secret key in its data folder: whoever has it can pose as the hub.
const KeyFile = "hub.key"

// loadKey reads the hub's key, or makes it where there is none.
func loadKey(dir string, now time.Time) (*identity.DeviceKey, error) {
	path := filepath.Join(dir, KeyFile)
	secret, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key, err := identity.NewDeviceKey(now)
		if err != nil {
			return nil, fmt.Errorf("make the hub's key: %w", err)
		}
		return key, storeKey(path, key)
	}
	if err != nil {
		return nil, fmt.Errorf("read the hub's key: %w", err)
	}
	key, err := identity.ParseDeviceKey(secret, now)
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: restore it from a backup, or every device will warn of another hub: %w", path, err)
	}
	return key, rotate(dir, key, now)
}

// rotate makes a new encryption subkey when it is time, and stores it before it is used by anyone.
func rotate(dir string, key *identity.DeviceKey, now time.Time) error {
	changed, err := key.RotateSubkeys(now)
	if err != nil {
		return fmt.Errorf("rotate the hub's encryption key: %w", err)
	}
	if !changed {
		return nil
	}
	return storeKey(filepath.Join(dir, KeyFile), key)
}

// storeKey writes the key so that a crash leaves the old file or the new one.
func storeKey(path string, key *identity.DeviceKey) error {
	secret, err := key.MarshalBinary()
	if err != nil {
		return fmt.Errorf("encode the hub's key: %w", err)
	}
	if err := writeAtomically(path, secret); err != nil {
		return fmt.Errorf("write the hub's key: %w", err)
	}
	return nil
}

func writeAtomically(path string, content []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(content)
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(temporary.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder puts the new name on disk too. Systems that can't do that for a folder keep it by other means.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) {
		return err
	}
	return nil
}
