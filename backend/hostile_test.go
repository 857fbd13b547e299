package backend

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gossip/backend/link"
	"gossip/backend/roster"
	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
)

// A hub that was not taken in says something all the same: it is dropped, and nothing breaks.
func TestPacketOfAHubThatWasNotTakenIn(t *testing.T) {
	c := newClient(t, t.TempDir())
	check(t, c.CreateIdentity("alice"))
	h := newHub(c, id.NoHub, hubRow{Address: "localhost:1"})
	h.Packet(new(link.Session), &wire.StreamPacket{Kind: wire.KindPresence})
}

// A hub shows a list of one's devices from before: this device neither goes back to it nor signs it anew.
func TestOlderDeviceListIsRefused(t *testing.T) {
	c := newClient(t, t.TempDir())
	check(t, c.CreateIdentity("alice"))
	first := c.self()
	old, err := first.card()
	check(t, err)
	other, err := identity.NewDeviceKey(time.Now())
	check(t, err)
	list := old.List
	list.Version, list.IssuedAt = list.Version+1, time.Time{}
	list.Devices = append(slices.Clone(list.Devices), other.Fingerprint())
	signed, err := first.user.SignDeviceList(list, time.Now())
	check(t, err)
	newest, err := identity.NewCard(first.user.Certificate(), signed, []*identity.Device{first.keys.Device.Device(), other.Device()}, old.Profile, first.keys.Device)
	check(t, err)
	check(t, c.joinList(newest.Bytes()))
	if err := c.joinList(old.Bytes()); err == nil || !strings.Contains(err.Error(), "older list") {
		t.Errorf("the older list: %v", err)
	}
	now, err := c.self().card()
	check(t, err)
	if now.List.Version != 2 || len(now.Devices) != 2 {
		t.Errorf("it has list %d with %d devices", now.List.Version, len(now.Devices))
	}
}

// Nobody reads the events while a hub tells of ever more people: what is kept of them stays bounded.
func TestUnreadEventsAreBounded(t *testing.T) {
	s := newStream()
	for i := range 3 * maxUnread {
		s.emit([]Event{{Type: EventPerson, Person: &roster.Person{User: fmt.Sprint(i)}}})
	}
	if len(s.queue) > maxUnread || len(s.latest) > maxUnread {
		t.Errorf("%d events wait, %d subjects are known", len(s.queue), len(s.latest))
	}
}

// A hub lets another channel bear the name of one's own: the name means the own one, or nothing.
func TestOneChannelOfAName(t *testing.T) {
	channel := func(n byte, name string, member bool) ChannelInfo {
		return ChannelInfo{Conversation: Conversation{Channel: id.ChannelID{n}}, Name: name, Member: member}
	}
	own, foreign, again := channel(2, "den", true), channel(1, "den", false), channel(3, "den", true)
	for name, test := range map[string]struct {
		list []ChannelInfo
		want id.ChannelID
	}{
		"own first":   {[]ChannelInfo{foreign, own}, own.Conversation.Channel},
		"only other":  {[]ChannelInfo{foreign}, foreign.Conversation.Channel},
		"two own":     {[]ChannelInfo{own, again, foreign}, id.NoChannel},
		"two foreign": {[]ChannelInfo{foreign, channel(4, "den", false)}, id.NoChannel},
		"none":        {[]ChannelInfo{channel(5, "pub", true)}, id.NoChannel},
	} {
		conv, err := oneChannel(test.list, "den")
		if conv.Channel != test.want || (err == nil) != (test.want != id.NoChannel) {
			t.Errorf("%s: %v, %v", name, conv, err)
		}
	}
}
