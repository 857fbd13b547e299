package config

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/crypto/ssh"
)

// admins reads the operators' keys. Where OpenSSH would let a key do less than everything (options, certificates), or
// would not trust the file, the key is refused rather than let in with more than was meant.
func (l *loader) admins() (admins []Admin) {
	text := l.read(AdminsFile)
	if text == "" {
		return nil
	}
	info, err := os.Stat(filepath.Join(l.dir, AdminsFile))
	if err != nil {
		l.errs = append(l.errs, err)
		return nil
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
		l.warn(AdminsFile, 0, "other users of this machine can write the file, so no key in it is trusted: run chmod 600 on it")
		return nil
	}
	for n, line := range lines(text) {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		admin, err := parseAdmin(line)
		if err != nil {
			l.warn(AdminsFile, n+1, "%v; the line was skipped", err)
			continue
		}
		admins = append(admins, admin)
	}
	return admins
}

// parseAdmin reads one line of the authorized_keys format (sshd(8)).
func parseAdmin(line string) (Admin, error) {
	key, comment, options, _, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil {
		return Admin{}, errors.New("this is no public key: copy the whole line of a file like id_ed25519.pub")
	}
	if len(options) > 0 {
		return Admin{}, errors.New("options before a key are not understood here: leave only the key, or take it out")
	}
	if _, ok := key.(*ssh.Certificate); ok {
		return Admin{}, errors.New("certificates are not understood here: use the plain public key")
	}
	return Admin{Key: key, Comment: comment}, nil
}
