package ratchet

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"math"
)

// chain is a symmetric-key ratchet: the key of the next message and its number. The zero chain is not
// running and has no messages.
type chain struct {
	key     [32]byte
	next    uint32
	running bool
}

// Constants of the Double Ratchet specification, section 5.2 (KDF_CK).
var (
	messageKeyInput = []byte{0x01}
	chainKeyInput   = []byte{0x02}
)

// endOfChain is the number that no message has, so that next can't wrap to 0 and repeat its keys.
const endOfChain = math.MaxUint32

// step gives the key of message number next and moves on, overwriting the old chain key.
func (c *chain) step() (messageKey [32]byte) {
	mac := hmac.New(sha256.New, c.key[:])
	mac.Write(messageKeyInput)
	mac.Sum(messageKey[:0])
	mac.Reset()
	mac.Write(chainKeyInput)
	mac.Sum(c.key[:0])
	c.next++
	return messageKey
}

// pass moves on without making the message key.
func (c *chain) pass() {
	mac := hmac.New(sha256.New, c.key[:])
	mac.Write(chainKeyInput)
	mac.Sum(c.key[:0])
	c.next++
}

// skipTo moves on to number and returns the keys of the messages passed over, at most the last keep.
func (c *chain) skipTo(number uint32, keep int, tag chainTag, stored int64) skippedKeys {
	for number-c.next > uint32(keep) {
		c.pass()
	}
	if number == c.next {
		return nil
	}
	keys := make(skippedKeys, 0, number-c.next)
	for c.next < number {
		index := c.next
		keys = append(keys, skippedKey{chain: tag, index: index, stored: stored, key: c.step()})
	}
	return keys
}

// fill reads random bytes, from crypto/rand unless a test gave another reader.
func fill(random io.Reader, out []byte) error {
	if random == nil {
		random = rand.Reader
	}
	_, err := io.ReadFull(random, out)
	return err
}
