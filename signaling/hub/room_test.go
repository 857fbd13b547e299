package hub

import (
	"testing"

	"gossip/common/id"
	"gossip/signaling/store"
)

// TestLeftDoesNotGoLive: a device that leaves while it catches up must get nothing more.
func TestLeftDoesNotGoLive(t *testing.T) {
	var r rooms
	j := store.Channel(id.ChannelID{1})
	stays, leaves := r.enter(nil, nil, j), r.enter(nil, nil, j)
	r.leave(leaves)
	if !leaves.room.join(leaves, 0) || len(leaves.room.live) != 0 {
		t.Error("it went live")
	}
	if !stays.room.join(stays, 0) || len(stays.room.live) != 1 {
		t.Error("the other one did not")
	}
	r.leave(stays)
	if r.find(j) != nil {
		t.Error("an empty room is kept")
	}
}

// TestJoinAfterPublished: what was published while a device read has to be read before it goes live.
func TestJoinAfterPublished(t *testing.T) {
	var r rooms
	sub := r.enter(nil, nil, store.Inbox(id.DeviceID{1}))
	sub.room.running = true // nobody takes what is pending
	sub.room.publish(&delivery{seq: 5})
	if sub.room.join(sub, 4) {
		t.Error("it went live without sequence 5")
	}
	if !sub.room.join(sub, 5) {
		t.Error("it did not go live with everything")
	}
}
