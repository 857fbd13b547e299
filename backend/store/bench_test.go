package store

import (
	"encoding/binary"
	"path/filepath"
	"testing"
	"time"
)

// message is about what a client keeps of a message.
type message struct {
	From [32]byte  `cbor:"1,keyasint"`
	Text string    `cbor:"2,keyasint"`
	At   time.Time `cbor:"3,keyasint"`
}

const stored = 100_000

// history makes a store with 100,000 messages in ten conversations.
func history(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "store.db")
	s, err := Open(path, testKey)
	if err != nil {
		b.Fatal(err)
	}
	text := string(make([]byte, 200))
	for batch := range stored / 1000 {
		update(b, s, func(tx *Tx) error {
			for i := range 1000 {
				number := uint64(batch*1000 + i)
				m := message{Text: text, At: time.Unix(int64(number), 0)}
				if err := PutValue(tx.Bucket("rows", []byte{byte(i % 10)}), binary.BigEndian.AppendUint64(nil, number), m); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

func BenchmarkOpen100k(b *testing.B) {
	path := history(b)
	for b.Loop() {
		s, err := Open(path, testKey)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}

// BenchmarkPage reads the newest 50 of 10,000 rows.
func BenchmarkPage(b *testing.B) {
	s := openTest(b, history(b))
	for b.Loop() {
		count := 0
		view(b, s, func(tx *Tx) error {
			for _, value := range tx.Bucket("rows", []byte{3}).Range(nil, nil, true, 50) {
				if _, err := DecodeValue[message](value); err != nil {
					return err
				}
				count++
			}
			return nil
		})
		if count != 50 {
			b.Fatalf("%d rows", count)
		}
	}
}

// BenchmarkReadAll100k reads and decodes every row: the most that a cold start could have to do.
func BenchmarkReadAll100k(b *testing.B) {
	s := openTest(b, history(b))
	for b.Loop() {
		view(b, s, func(tx *Tx) error {
			for conversation := range byte(10) {
				for _, value := range tx.Bucket("rows", []byte{conversation}).Range(nil, nil, false, 0) {
					if _, err := DecodeValue[message](value); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
}

func BenchmarkSeal300(b *testing.B) {
	s, value, associated := newTest(b), make([]byte, 300), make([]byte, 60)
	for b.Loop() {
		s.seal(associated, value)
	}
}

func BenchmarkUnseal300(b *testing.B) {
	s, associated := newTest(b), make([]byte, 60)
	sealed := s.seal(associated, make([]byte, 300))
	for b.Loop() {
		if _, err := s.unseal(associated, sealed); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkUpdate is one small durable change: one fsync.
func BenchmarkUpdate(b *testing.B) {
	s := openTest(b, history(b))
	number := uint64(stored)
	for b.Loop() {
		number++
		update(b, s, func(tx *Tx) error {
			return PutValue(tx.Bucket("rows", []byte{3}), binary.BigEndian.AppendUint64(nil, number), message{Text: "hi"})
		})
	}
}
