package turn

import (
	"net"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	pion "github.com/pion/turn/v5"
)

// TestEndingWhilePeersCome: a relay that ends while its client asks for more and more peers. Without lastMoment the race
// detector finds what could stop the hub, see there.
func TestEndingWhilePeersCome(t *testing.T) {
	s := start(t, "127.0.0.1", nil)
	askUntilTheEnd(t, s)
	if !until(func() bool { return s.Stats().Relays == 0 }) || s.Stats().Opened != 1 {
		t.Errorf("%+v", s.Stats())
	}
}

// askUntilTheEnd opens a relay for a second, and asks for peers around its end.
func askUntilTheEnd(t *testing.T, s *Server) {
	conn, err := net.Dial("udp", netJoin("127.0.0.1", s.port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c := s.Credentials(alice, time.Now())
	udp := stun.RawAttribute{Type: stun.AttrRequestedTransport, Value: []byte{17, 0, 0, 0}}
	allocate := stun.NewType(stun.MethodAllocate, stun.ClassRequest)
	var nonce stun.Nonce
	if answer := askFor(conn, allocate, udp); answer == nil || nonce.GetFrom(answer) != nil {
		t.Fatal("no nonce")
	}
	signed := []stun.Setter{
		stun.NewUsername(c.Username), stun.NewRealm(realm), nonce, stun.MessageIntegrity(pion.GenerateAuthKey(c.Username, realm, c.Password)),
	}
	second := stun.RawAttribute{Type: stun.AttrLifetime, Value: []byte{0, 0, 0, 1}}
	if answer := askFor(conn, append([]stun.Setter{allocate, udp, second}, signed...)...); answer == nil || answer.Type.Class != stun.ClassSuccessResponse {
		t.Fatal("no relay")
	}
	end := time.Now().Add(time.Second)
	time.Sleep(time.Until(end.Add(-100 * time.Millisecond)))
	for i := byte(0); time.Now().Before(end.Add(100 * time.Millisecond)); i++ {
		peer := stun.RawAttribute{Type: stun.AttrXORPeerAddress, Value: []byte{0, 1, 0, 9, 9, 9, 9, i}}
		setters := []stun.Setter{stun.TransactionID, stun.NewType(stun.MethodCreatePermission, stun.ClassRequest), peer}
		conn.Write(stun.MustBuild(append(setters, signed...)...).Raw)
		time.Sleep(2 * time.Millisecond) // whatever comes next would put things in order
	}
}

// askFor sends a request and reads the answer; nil when none comes.
func askFor(conn net.Conn, setters ...stun.Setter) *stun.Message {
	conn.Write(stun.MustBuild(append([]stun.Setter{stun.TransactionID}, setters...)...).Raw)
	conn.SetReadDeadline(time.Now().Add(patience))
	buffer := make([]byte, maxDatagram)
	n, err := conn.Read(buffer)
	answer := &stun.Message{Raw: buffer[:n]}
	if err != nil || answer.Decode() != nil {
		return nil
	}
	return answer
}
