package history

import "gossip/backend/search"

// Clear erases the rows of a conversation, all that depends on them and the draft. What was agreed with the others stays, as do
// the place and the time behind which new rows go. It is listed again when something is said there, unless it stays listed.
func (c *Change) Clear(conv Conversation, staysListed bool) error {
	if err := c.KeepDraft(conv, Draft{}); err != nil || c.archive.summaries[conv] == nil {
		return err
	}
	old := c.Conversation(conv)
	*old = Summary{
		Timer: old.Timer, TimerSet: old.TimerSet, Notices: old.Notices, Major: old.Major, Sent: old.Sent, Muted: old.Muted,
		Stranger: old.Stranger, Forgotten: !staysListed, Pinned: old.Pinned && !conv.Direct(),
	}
	c.Touch(conv)
	c.listener.Cleared(conv)
	c.listener.Listed()
	return c.dropRows(conv)
}

// dropRows erases the rows of a conversation and all that depends on them. The expiry index names only their ids; what it has
// of them goes when it is due.
func (c *Change) dropRows(conv Conversation) error {
	for _, name := range []string{rowBucket, placeBucket, unreadBucket, earlyBucket, sentBucket, receptionBucket} {
		if err := c.tx.Drop(name, conv.Hub[:], conv.Key()); err != nil {
			return err
		}
	}
	delete(c.archive.earlyFull, conv)
	delete(c.indexes, conv)
	return search.Forget(c.tx, conv.Hub, conv.Key())
}
