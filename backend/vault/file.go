package vault

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"gossip/backend/store"
)

func writeKeyFile(dir string, key store.Key) error {
	return writeFile(filepath.Join(dir, keyFile), append(hex.AppendEncode(nil, key[:]), '\n'))
}

// readKeyFile refuses a key that others can read, as ssh does.
func readKeyFile(dir string) (store.Key, error) {
	path := filepath.Join(dir, keyFile)
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return store.Key{}, fmt.Errorf("%w (%s is missing)", ErrNoKey, path)
	}
	if err != nil {
		return store.Key{}, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return store.Key{}, fmt.Errorf("the key file %s can be read by other users, so it is not used; run: chmod 600 %s", path, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return store.Key{}, err
	}
	return parseKey(text)
}

func parseKey(text []byte) (key store.Key, err error) {
	defer clear(text)
	text = bytes.TrimSpace(text)
	if len(text) != hex.EncodedLen(len(key)) {
		return key, fmt.Errorf("%w (it is there, but cut off)", ErrNoKey)
	}
	if _, err := hex.Decode(key[:], text); err != nil {
		return store.Key{}, fmt.Errorf("%w (it is there, but damaged)", ErrNoKey)
	}
	return key, nil
}

// writeFile replaces a file at once and durably; only its owner can read it.
func writeFile(path string, content []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // 0600
	if err != nil {
		return unwritable(err)
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return unwritable(errors.Join(err, os.Remove(file.Name())))
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// syncFolder makes a rename durable before the key is removed from where it was. Not every system lets a folder be
// synced; there it is durable by itself or not at all.
func syncFolder(folder string) {
	if dir, err := os.Open(folder); err == nil {
		dir.Sync()
		dir.Close()
	}
}

func unwritable(err error) error {
	return fmt.Errorf("the profile's folder can't be written; check its permissions and the free space: %w", err)
}
