package channel

import (
	"errors"
	"fmt"

	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
)

// check decides whether a statement may be appended.
func (c *Channels) check(channel id.ChannelID, e *entry, statement *membership.Statement, encoded []byte) error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	switch {
	case len(e.statements) == 0:
		if err := c.mayCreate(statement); err != nil {
			return err
		}
	case !c.mayKnow(e, statement):
		return noChannel() // as if there were none: whether there is a private one is not to be found out
	}
	if len(e.statements) >= c.limits.Statements {
		return refuse(wire.CodeLimit, fmt.Sprintf("This channel has had %d changes, the most that this hub keeps. Make a new channel.", len(e.statements)))
	}
	if statement.Action == membership.Rename && c.nameTaken(statement.Text, channel) {
		return nameTaken(statement.Text)
	}
	if _, err := e.state.Check(encoded, c.hub, c.belongs); err != nil {
		return translate(err)
	}
	if limit := c.limits.NameBytes; limit > 0 && namesIt(statement) && len(statement.Text) > limit {
		return refuse(wire.CodeLimit, fmt.Sprintf("The name has %d bytes; this hub allows %d. Choose a shorter one.", len(statement.Text), limit))
	}
	return c.checkShare(e, statement)
}

// namesIt reports whether the statement gives its channel a name.
func namesIt(statement *membership.Statement) bool {
	return statement.Action == membership.Create || statement.Action == membership.Rename
}

// mayKnow reports whether the author of a statement may know of the channel.
func (c *Channels) mayKnow(e *entry, statement *membership.Statement) bool {
	return e.state.Public || c.belongs(statement.User, statement.Device) == nil && e.visible(statement.User)
}

// checkShare refuses who takes more than one user's share.
func (c *Channels) checkShare(e *entry, statement *membership.Statement) error {
	switch {
	case statement.Action == membership.Create && over(c.made[statement.User], c.limits.ChannelsPerUser):
		return refuse(wire.CodeLimit, fmt.Sprintf("You have made %d channels, the most that this hub allows. Use one of them.", c.limits.ChannelsPerUser))
	case statement.Action == membership.Join && over(e.joins[statement.User], c.limits.JoinsPerUser):
		return refuse(wire.CodeLimit, fmt.Sprintf("You have joined this channel %d times, the most that this hub allows.", c.limits.JoinsPerUser))
	}
	return nil
}

// over reports whether there is no room for another one. A limit of 0 is none.
func over(count, limit int) bool { return limit > 0 && count >= limit }

func (c *Channels) mayCreate(statement *membership.Statement) error {
	switch {
	case statement.Action != membership.Create:
		return noChannel()
	case len(c.channels) >= c.limits.Channels:
		return refuse(wire.CodeLimit, fmt.Sprintf("This hub has %d channels, the most that it allows. Ask its operator.", len(c.channels)))
	case c.nameTaken(statement.Text, id.NoChannel):
		return nameTaken(statement.Text)
	}
	return nil
}

func noChannel() error {
	return refuse(wire.CodeNotMember, "There is no such channel on this hub.")
}

// nameTaken reports whether another public channel has the name or one that looks like it. Private channels may share
// names: refusing one would tell that it exists.
func (c *Channels) nameTaken(name string, except id.ChannelID) bool {
	channel, taken := c.names[id.Skeleton(name)]
	return taken && channel != except
}

func nameTaken(name string) error {
	return refuse(wire.CodeNameTaken, fmt.Sprintf("There is a channel #%s already, or one whose name looks like it. Choose another name.", name))
}

// translate makes a refusal of the rules into one for the device.
func translate(err error) error {
	switch {
	case errors.Is(err, membership.ErrConflict):
		return refuse(wire.CodeConflict, "The channel has changed meanwhile. Try again.")
	case errors.Is(err, membership.ErrMalformed):
		return refuse(wire.CodeMalformed, "The hub could not read a change to a channel. Update Gossip.")
	}
	return refuse(wire.CodeForbidden, "The hub refused a change to the channel: "+err.Error()+".")
}

func refuse(code wire.ErrorCode, sentence string) error {
	return &wire.Error{Code: code, Sentence: sentence}
}
