package identity

import (
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"gossip/common/id"
)

const (
	safetyVersion = 0    // of the computation, as two bytes big-endian
	safetyRounds  = 5200 // of SHA-512, so that a look-alike costs 5200 times more to search for
	safetyGroups  = 6    // of five digits, for each of the two users
)

// SafetyNumber is the number that two users compare to know that nobody stands between them: 60 digits in 12 groups of
// 5, the same for both, of their user fingerprints and addresses. It is computed as Signal's numeric fingerprint.
func SafetyNumber(a id.UserID, addressA string, b id.UserID, addressB string) string {
	halves := []string{safetyHalf(a, addressA), safetyHalf(b, addressB)}
	slices.Sort(halves)
	return strings.Join(halves, " ")
}

// safetyHalf is the 30 digits of one user: each group is five bytes of the digest, modulo 100,000.
func safetyHalf(user id.UserID, address string) string {
	digest := binary.BigEndian.AppendUint16(nil, safetyVersion)
	digest = append(append(digest, user[:]...), address...)
	for range safetyRounds {
		sum := sha512.Sum512(append(digest, user[:]...))
		digest = append(digest[:0], sum[:]...)
	}
	groups := make([]string, safetyGroups)
	for i := range groups {
		var wide [8]byte
		copy(wide[3:], digest[5*i:])
		groups[i] = fmt.Sprintf("%05d", binary.BigEndian.Uint64(wide[:])%100_000)
	}
	return strings.Join(groups, " ")
}
