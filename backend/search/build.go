package search

import (
	"errors"

	"gossip/backend/store"
	"gossip/common/id"
)

// indexVersion is that of the blocks and of how texts are folded: another one has every index made anew.
const indexVersion = 1

// endOfPlaces is behind every message.
var endOfPlaces = Place{
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
}

// Current reports whether the index of a hub is of this version.
func Current(tx *store.Tx, hub id.HubID) (bool, error) {
	version, found, err := store.GetValue[int](tx.Bucket(stateBucket), hub[:])
	if errors.Is(err, store.ErrDamaged) {
		return false, nil // to be made anew
	}
	return found && version == indexVersion, err
}

// Begin has the index of every conversation of a hub made anew.
func Begin(tx *store.Tx, hub id.HubID, conversations [][]byte) error {
	if err := tx.Drop(todoBucket, hub[:]); err != nil {
		return err
	}
	for _, conversation := range conversations {
		if err := Rebuild(tx, hub, conversation); err != nil {
			return err
		}
	}
	return store.PutValue(tx.Bucket(stateBucket), hub[:], indexVersion)
}

// Forget drops the index of a conversation.
func Forget(tx *store.Tx, hub id.HubID, conversation []byte) error {
	if err := tx.Drop(blockBucket, hub[:], conversation); err != nil {
		return err
	}
	return Finish(tx, hub, conversation)
}

// Rebuild drops the index of a conversation and has it made anew.
func Rebuild(tx *store.Tx, hub id.HubID, conversation []byte) error {
	if err := Forget(tx, hub, conversation); err != nil {
		return err
	}
	return SetProgress(tx, hub, conversation, endOfPlaces)
}

// Unfinished lists the conversations of a hub of which a part is not indexed yet.
func Unfinished(tx *store.Tx, hub id.HubID) (conversations [][]byte) {
	for key := range tx.Bucket(todoBucket, hub[:]).Range(nil, nil, false, 0) {
		conversations = append(conversations, key)
	}
	return conversations
}

// Complete reports whether all of a hub is indexed.
func Complete(tx *store.Tx, hub id.HubID) (bool, error) {
	current, err := Current(tx, hub)
	if err != nil || !current {
		return false, err
	}
	return tx.Bucket(todoBucket, hub[:]).Empty()
}

// Progress returns before which place a conversation is still to be indexed; false when all of it is.
func Progress(tx *store.Tx, hub id.HubID, conversation []byte) (before Place, unfinished bool, err error) {
	value, err := tx.Bucket(todoBucket, hub[:]).Get(conversation)
	if err != nil || len(value) != PlaceLength {
		return before, false, err
	}
	return Place(value), true, nil
}

// SetProgress notes before which place a conversation is still to be indexed.
func SetProgress(tx *store.Tx, hub id.HubID, conversation []byte, before Place) error {
	return tx.Bucket(todoBucket, hub[:]).Put(conversation, before[:])
}

// Finish notes that all of a conversation is indexed.
func Finish(tx *store.Tx, hub id.HubID, conversation []byte) error {
	return tx.Bucket(todoBucket, hub[:]).Delete(conversation)
}
