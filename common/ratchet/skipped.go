package ratchet

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

// chainTag tells the receiving chains of a session apart: the first bytes of the sender's ratchet key.
// Only the peer could make two chains share one, and would only lose messages of its own.
type chainTag [8]byte

// skippedKey is the key of a message that has not arrived yet though later ones have.
type skippedKey struct {
	chain  chainTag
	index  uint32
	stored int64 // Unix seconds
	key    [32]byte
}

// skippedKeySize is a packed key: chain 8, index 4, stored 8, key 32.
const skippedKeySize = 8 + 4 + 8 + 32

// skippedKeys stand in the order in which they were stored, oldest first.
type skippedKeys []skippedKey

// find returns the position of the key of a message, or -1 where it is gone or too old to be used.
func (k skippedKeys) find(tag chainTag, index uint32, now time.Time) int {
	return slices.IndexFunc(k, func(s skippedKey) bool {
		return s.index == index && s.chain == tag && !s.expired(now)
	})
}

func (s *skippedKey) expired(now time.Time) bool {
	return now.Unix()-s.stored >= int64(SkippedLifetime/time.Second)
}

// take returns the keys without the one at a position, which is wiped.
func (k skippedKeys) take(position int) skippedKeys {
	return slices.Delete(k, position, position+1) // Delete clears the freed tail.
}

// expire returns the keys that are young enough; the others are wiped.
func (k skippedKeys) expire(now time.Time) skippedKeys {
	return slices.DeleteFunc(k, func(s skippedKey) bool { return s.expired(now) })
}

// add returns the keys and the fresh ones, without the oldest of the fresh ones' chain past perChain and
// the oldest of all past total. It takes the fresh ones over and clears where they stood.
func (k skippedKeys) add(fresh skippedKeys, perChain, total int) skippedKeys {
	if len(fresh) == 0 {
		return k
	}
	all := append(k, fresh...)
	tag := fresh[0].chain
	clear(fresh)
	surplus := -perChain
	for i := range all {
		if all[i].chain == tag {
			surplus++
		}
	}
	all = slices.DeleteFunc(all, func(s skippedKey) bool {
		drop := s.chain == tag && surplus > 0
		if drop {
			surplus--
		}
		return drop
	})
	if len(all) > total {
		all = slices.Delete(all, 0, len(all)-total)
	}
	return all
}

// pack is the stored form: one byte string, so that thousands of keys cost no more than a copy.
func (k skippedKeys) pack() []byte {
	packed := make([]byte, 0, len(k)*skippedKeySize)
	for i := range k {
		packed = append(packed, k[i].chain[:]...)
		packed = binary.BigEndian.AppendUint32(packed, k[i].index)
		packed = binary.BigEndian.AppendUint64(packed, uint64(k[i].stored))
		packed = append(packed, k[i].key[:]...)
	}
	return packed
}

// unpackSkipped is the inverse of pack; it refuses more than limit keys.
func unpackSkipped(packed []byte, limit int) (skippedKeys, error) {
	if len(packed)%skippedKeySize != 0 || len(packed)/skippedKeySize > limit {
		return nil, fmt.Errorf("%w: %d bytes of skipped keys", ErrMalformed, len(packed))
	}
	if len(packed) == 0 {
		return nil, nil
	}
	keys := make(skippedKeys, len(packed)/skippedKeySize)
	for i := range keys {
		record := packed[i*skippedKeySize:]
		keys[i] = skippedKey{
			chain:  chainTag(record[:8]),
			index:  binary.BigEndian.Uint32(record[8:]),
			stored: int64(binary.BigEndian.Uint64(record[12:])),
			key:    [32]byte(record[20:52]),
		}
	}
	return keys, nil
}
