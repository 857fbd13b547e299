package backendtest

import (
	"context"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/store"
	"gossip/backend/vault"
	"gossip/common/id"
	"gossip/signaling/hubtest"
)

// storedMessages is how many messages the profile of BenchmarkColdStart holds.
const storedMessages = 100_000

// coldPage is how many messages the window asks for first.
const coldPage = 50

// BenchmarkColdStart opens a profile with 100,000 messages and reads what a window shows first: the conversations and
// the newest page of one. The system has the file in its cache.
func BenchmarkColdStart(b *testing.B) {
	profile := b.TempDir()
	conv := sayOnce(b, profile)
	multiply(b, profile, unlock, conv, storedMessages, func(int, map[uint64]any) {})
	b.ReportAllocs()
	for b.Loop() {
		client, err := backend.New(backend.Options{Dir: profile, Unlock: unlock})
		check(b, err)
		conversations := client.Conversations()
		page, more, err := client.History(conv, "", coldPage)
		check(b, err)
		if len(conversations) == 0 || len(page) != coldPage || !more {
			b.Fatalf("%d conversations, %d messages, more: %v", len(conversations), len(page), more)
		}
		check(b, client.Close())
	}
}

// sayOnce has a new person join a hub and send one message to its channel, and closes the profile.
func sayOnce(b *testing.B, profile string) backend.Conversation {
	b.Helper()
	hub := hubtest.Start(b)
	client, err := backend.New(backend.Options{Dir: profile, Unlock: unlock, Dial: hub.Dial})
	check(b, err)
	check(b, client.CreateIdentity("alice"))
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	ran := make(chan error, 1)
	go func() { ran <- client.Run(ctx) }()
	_, err = client.Join(ctx, backend.JoinRequest{Address: hubAddress})
	check(b, err)
	conv, err := client.Resolve(ctx, "#general")
	check(b, err)
	m, err := client.Send(conv, backend.Draft{Text: "a message of a length that people write to each other, about the weather"})
	check(b, err)
	check(b, client.WaitFor(ctx, conv, m, backend.Sent))
	cancel()
	check(b, <-ran)
	check(b, client.Close())
	return conv
}

// copiesPerCommit bounds one transaction.
const copiesPerCommit = 10_000

// multiply copies the newest message until there are n, each with an id and a place of its own, before the first; vary
// may change the fields of a copy. Sending them all would take minutes of cryptography that is not what is measured.
func multiply(tb testing.TB, profile string, unlock vault.Unlock, conv backend.Conversation, n int, vary func(i int, row map[uint64]any)) {
	tb.Helper()
	v, err := vault.Open(profile, unlock)
	check(tb, err)
	started := time.Now()
	for made := 1; made < n; made += copiesPerCommit {
		check(tb, v.Store().Update(func(tx *store.Tx) error {
			return copyMessage(tx, conv, made, min(made+copiesPerCommit, n), vary)
		}))
	}
	tb.Logf("%d messages stored in %v", n, time.Since(started).Round(time.Millisecond))
	check(tb, v.Lock())
}

// The fields of a stored message that a copy has its own of, by their keys in CBOR.
const (
	idField     = 1
	fromField   = 2
	textField   = 5
	sentField   = 6
	numberField = 17
)

// copyMessage adds the copies from and up to those numbers of the channel's newest message.
func copyMessage(tx *store.Tx, conv backend.Conversation, from, to int, vary func(int, map[uint64]any)) error {
	rows, places := tx.Bucket("message", conv.Hub[:], conv.Channel[:]), tx.Bucket("place", conv.Hub[:], conv.Channel[:])
	newest, _, err := rows.Last()
	if err != nil {
		return err
	}
	row, found, err := store.GetValue[map[uint64]any](rows, newest)
	if err != nil || !found {
		return fmt.Errorf("no message to copy: %w", err)
	}
	for i := from; i < to; i++ {
		m := id.NewMessageID()
		place := append(binary.BigEndian.AppendUint64(make([]byte, 8, 24), uint64(i)), m[:8]...)
		row[idField], row[numberField] = m[:], uint64(i)
		vary(i, row)
		if err := places.Put(m[:], place); err != nil {
			return err
		}
		if err := store.PutValue(rows, place, row); err != nil {
			return err
		}
	}
	return nil
}
