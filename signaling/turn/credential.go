package turn

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/pion/stun/v4"
	pion "github.com/pion/turn/v5"

	"gossip/common/id"
)

const (
	credentialTime = time.Hour
	// keepTime is for how long after that a relay can be kept: a client can't change the credentials of one, and a call
	// may be long.
	keepTime = 12 * time.Hour
)

// secret makes credentials in the form of the TURN REST convention (draft-uberti-behave-turn-rest-00, section 2.2): the user
// name is the time at which they end, a colon, and a name; the password an HMAC over that. The name is the user's id, sealed,
// so it says nothing to others and is another each time. The secret lives as long as the process, and is written nowhere.
type secret struct {
	sealing cipher.AEAD
	signing [32]byte
}

func newSecret() *secret {
	var key [32]byte
	s := new(secret)
	rand.Read(key[:]) // never fails
	rand.Read(s.signing[:])
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // 32 bytes are a key
	}
	if s.sealing, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		panic(err)
	}
	return s
}

// issue makes credentials without URLs.
func (s *secret) issue(user id.UserID, expires time.Time) Credentials {
	end := strconv.FormatInt(expires.Unix(), 10)
	sealed := s.sealing.Seal(nil, nil, user[:], []byte(end))
	name := end + ":" + base64.RawURLEncoding.EncodeToString(sealed)
	return Credentials{Username: name, Password: s.password(name), Expires: time.Unix(expires.Unix(), 0)}
}

// password is what belongs to a user name.
func (s *secret) password(name string) string {
	mac := hmac.New(sha256.New, s.signing[:])
	mac.Write([]byte(name))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// open returns whose a user name is and when it ends; false when this server has not made it.
func (s *secret) open(name string) (user id.UserID, expires time.Time, ok bool) {
	end, token, _ := strings.Cut(name, ":")
	seconds, err := strconv.ParseInt(end, 10, 64)
	if err != nil {
		return user, expires, false
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return user, expires, false
	}
	opened, err := s.sealing.Open(nil, nil, sealed, []byte(end))
	if err != nil || len(opened) != len(user) {
		return user, expires, false
	}
	return id.UserID(opened), time.Unix(seconds, 0), true
}

// authenticate says to pion/turn whose a request is, and the key that it must be signed with.
func (s *Server) authenticate(r *pion.RequestAttributes) (userID string, key []byte, ok bool) {
	user, expires, ok := s.secret.open(r.Username)
	if ok && r.Method != stun.MethodAllocate {
		expires = expires.Add(keepTime)
	}
	if !ok || !time.Now().Before(expires) {
		return "", nil, false
	}
	return string(user[:]), pion.GenerateAuthKey(r.Username, r.Realm, s.secret.password(r.Username)), true
}
