package hub_test

import (
	"testing"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
	"gossip/signaling/hubtest"
)

// ask sends a request for cards and gathers the answer.
func ask(t *testing.T, c *hubtest.Client, request wire.CardRequest) (cards [][]byte, end wire.EndOfCards) {
	t.Helper()
	m := id.NewMessageID()
	if err := c.SendSignal(wire.KindCardRequest, m, &request); err != nil {
		t.Fatal(err)
	}
	for {
		p, err := c.Receive()
		if err != nil {
			t.Fatal(err)
		}
		signal, ok := p.(*wire.SignalPacket)
		if !ok || signal.Re != m {
			continue
		}
		switch signal.Kind {
		case wire.KindCards:
			opened, err := c.Device.Open(signal.Payload, c.Hub, time.Now())
			if err != nil {
				t.Fatalf("a ckp that does not open: %v", err)
			}
			var part wire.Cards
			if err := wire.Unmarshal(opened, &part); err != nil {
				t.Fatal(err)
			}
			cards = append(cards, part.Cards...)
		case wire.KindEndOfCards:
			if err := wire.Unmarshal(signal.Payload, &end); err != nil {
				t.Fatal(err)
			}
			return cards, end
		}
	}
}

func TestCards(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		bob, carol := hubtest.NewPerson(t, "bob"), hubtest.NewPerson(t, "carol")
		h.Login(bob)
		h.Login(carol).Conn.Close()
		alice := h.Login(hubtest.NewPerson(t, "alice"))
		tests := map[string]struct {
			request wire.CardRequest
			cards   int
			missing uint
			online  int
		}{
			"by user":       {wire.CardRequest{Users: []wire.WantedCard{{User: bob.User.ID()}}}, 1, 0, 1},
			"known":         {wire.CardRequest{Users: []wire.WantedCard{{User: bob.User.ID(), Known: bob.Card.Hash()}}}, 0, 0, 1},
			"by name":       {wire.CardRequest{Names: []string{"carol", "dave"}}, 1, 1, 0},
			"by device":     {wire.CardRequest{Devices: []id.DeviceID{carol.Device.ID(), {7}}}, 1, 1, 0},
			"three times":   {wire.CardRequest{Users: []wire.WantedCard{{User: bob.User.ID()}}, Names: []string{"bob"}, Devices: []id.DeviceID{bob.Device.ID()}}, 1, 0, 1},
			"nobody":        {wire.CardRequest{Users: []wire.WantedCard{{User: id.UserID{3}}}}, 0, 1, 0},
			"nothing":       {wire.CardRequest{}, 0, 0, 0},
			"other channel": {wire.CardRequest{Channel: id.ChannelID{5}}, 0, 1, 0},
		}
		for name, test := range tests {
			cards, end := ask(t, alice, test.request)
			if len(cards) != test.cards || end.Missing != test.missing || len(end.Online) != test.online {
				t.Errorf("%s: %d cards, %+v", name, len(cards), end)
			}
		}
		cards, _ := ask(t, alice, wire.CardRequest{Names: []string{"bob"}})
		if string(cards[0]) != string(bob.Card.Bytes()) {
			t.Error("bob's card is not as he made it")
		}
	})
}
