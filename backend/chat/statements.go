package chat

import (
	"context"
	"crypto/rand"
	"errors"
	"math/big"
	"time"

	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
)

// maxConflicts is how often a statement is signed again because the log went on meanwhile.
const maxConflicts = 5

// CreateChannel makes a channel, of which one is then the owner, with the timer that the person wants for what they begin.
func (h *Hub) CreateChannel(ctx context.Context, name string, public bool) (Conversation, error) {
	name, err := id.CheckChannelName(name)
	if err != nil {
		return Conversation{}, err
	}
	conn, err := h.connection(ctx)
	if err != nil {
		return Conversation{}, err
	}
	encoded, err := h.sign(membership.Statement{Action: membership.Create, Text: name, Public: public})
	if err != nil {
		return Conversation{}, err
	}
	if _, err := patiently(ctx, func() (uint64, error) { return conn.Post(ctx, encoded) }); err != nil {
		return Conversation{}, err
	}
	channel := id.ChannelOf(encoded)
	conv := Conversation{Hub: h.Config.Hub, Channel: channel}
	if err := h.sync(ctx, conn, channel); err != nil || h.Preferences().Timer == 0 {
		return conv, err
	}
	return conv, h.SetTimer(conv, h.Preferences().Timer)
}

// JoinChannel enters a public channel, or a private one that one is invited to.
func (h *Hub) JoinChannel(ctx context.Context, channel id.ChannelID) error {
	return h.state(ctx, channel, membership.Statement{Action: membership.Join})
}

// JoinHubChannels enters the public channels that the hub itself made, at most limit of them: where a newcomer starts.
func (h *Hub) JoinHubChannels(ctx context.Context, limit int) error {
	conn, err := h.connection(ctx)
	if err != nil {
		return err
	}
	for _, info := range h.Channels() {
		if limit == 0 {
			return nil
		}
		if !info.Public || info.Member {
			continue
		}
		channel := info.Conversation.Channel
		if err := h.sync(ctx, conn, channel); err != nil {
			return err
		}
		if !h.madeByHub(channel) {
			continue
		}
		if err := h.JoinChannel(ctx, channel); err != nil {
			return err
		}
		limit--
	}
	return nil
}

func (h *Hub) madeByHub(channel id.ChannelID) (made bool) {
	h.call(func() error {
		ch := h.directory.Channel(channel)
		made = ch != nil && ch.State != nil && ch.State.Hub == h.HubKey
		return nil
	})
	return made
}

// LeaveChannel leaves; what was read stays.
func (h *Hub) LeaveChannel(ctx context.Context, channel id.ChannelID) error {
	return h.state(ctx, channel, membership.Statement{Action: membership.Leave})
}

// Invite lets a user join a private channel.
func (h *Hub) Invite(ctx context.Context, channel id.ChannelID, user id.UserID) error {
	return h.state(ctx, channel, membership.Statement{Action: membership.Invite, Subject: user})
}

// RemoveMember puts a user out.
func (h *Hub) RemoveMember(ctx context.Context, channel id.ChannelID, user id.UserID) error {
	return h.state(ctx, channel, membership.Statement{Action: membership.Remove, Subject: user})
}

// SetRole gives a member another role.
func (h *Hub) SetRole(ctx context.Context, channel id.ChannelID, user id.UserID, role Role) error {
	numbers := map[Role]membership.Role{RoleMember: membership.Member, RoleModerator: membership.Moderator, RoleOwner: membership.Owner}
	number, known := numbers[role]
	if !known {
		return errors.New("a role is member, moderator or owner")
	}
	return h.state(ctx, channel, membership.Statement{Action: membership.SetRole, Subject: user, Role: number})
}

// SetTopic sets the line under the channel's name.
func (h *Hub) SetTopic(ctx context.Context, channel id.ChannelID, topic string) error {
	return h.state(ctx, channel, membership.Statement{Action: membership.SetTopic, Text: topic})
}

// RenameChannel gives the channel another name.
func (h *Hub) RenameChannel(ctx context.Context, channel id.ChannelID, name string) error {
	name, err := id.CheckChannelName(name)
	if err != nil {
		return err
	}
	return h.state(ctx, channel, membership.Statement{Action: membership.Rename, Text: name})
}

// state adds a statement to a channel's log: signed against the newest log, and again when that went on meanwhile.
func (h *Hub) state(ctx context.Context, channel id.ChannelID, s membership.Statement) error {
	conn, err := h.connection(ctx)
	if err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		if err := h.sync(ctx, conn, channel); err != nil {
			return err
		}
		encoded, err := h.signNext(ctx, channel, s)
		if err != nil || encoded == nil {
			return err
		}
		_, err = patiently(ctx, func() (uint64, error) { return conn.Post(ctx, encoded) })
		refusal := (*wire.Error)(nil)
		if errors.As(err, &refusal) && refusal.Code == wire.CodeConflict && attempt < maxConflicts {
			if err := jitter(ctx, attempt); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		return h.sync(ctx, conn, channel)
	}
}

// signNext signs a statement as the next of the log that is here; nil when one is in already.
func (h *Hub) signNext(ctx context.Context, channel id.ChannelID, s membership.Statement) (encoded []byte, err error) {
	err = h.do(ctx, func() error {
		ch := h.directory.Channel(channel)
		switch {
		case ch == nil || ch.State == nil:
			return errors.New("this channel is not known here, or one has to be invited first")
		case ch.Trouble != "":
			return errors.New(ch.Trouble)
		}
		if s.Action == membership.Join && ch.Member(h.self) {
			return nil
		}
		s.Channel, s.Previous = channel, ch.State.Head
		if encoded, err = h.sign(s); err != nil {
			return err
		}
		_, err := ch.State.Check(encoded, h.HubKey, h.Roster.Belongs)
		return err
	})
	return encoded, err
}

func (h *Hub) sign(s membership.Statement) ([]byte, error) {
	s.At, s.User, s.Device = time.Now(), h.self, h.device
	rand.Read(s.Nonce[:])
	return s.Sign(h.Device)
}

// jitter waits a random while, longer each time, so that two who collided do not collide again.
func jitter(ctx context.Context, attempt int) error {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(attempt)*int64(200*time.Millisecond)))
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(n.Int64())):
		return nil
	}
}
