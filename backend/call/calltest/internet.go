// Package calltest has what calls are tested with, for tests only: an internet with NATs, weather and a relay, and sound and
// pictures that are made up and counted. All of it works in testing/synctest bubbles.
package calltest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/stun/v4"
	"github.com/pion/transport/v4/vnet"
	"github.com/pion/turn/v5"
)

// NAT is how a machine stands in the internet (RFC 4787; the old names of RFC 3489).
type NAT string

// The kinds of NATs.
const (
	Open           NAT = "open" // no NAT
	FullCone       NAT = "full cone"
	Restricted     NAT = "restricted"
	PortRestricted NAT = "port restricted"
	Symmetric      NAT = "symmetric"
)

// NATs are all kinds but Open.
var NATs = []NAT{FullCone, Restricted, PortRestricted, Symmetric}

func (n NAT) kind() *vnet.NATType {
	t := &vnet.NATType{MappingBehavior: vnet.EndpointIndependent, FilteringBehavior: vnet.EndpointIndependent, MappingLifeTime: time.Minute}
	switch n {
	case Restricted:
		t.FilteringBehavior = vnet.EndpointAddrDependent
	case PortRestricted:
		t.FilteringBehavior = vnet.EndpointAddrPortDependent
	case Symmetric:
		t.MappingBehavior, t.FilteringBehavior = vnet.EndpointAddrPortDependent, vnet.EndpointAddrPortDependent
	}
	return t
}

// Internet is a network of machines.
type Internet struct {
	Hosts []*Host

	t   testing.TB
	wan *vnet.Router

	mu     sync.Mutex // guards the following
	random *rand.Rand
	loss   int    // percent of all packets
	user   string // who may have relays
	bytes  map[string]int
}

// Host is one machine. Its Net is what calls are made over.
type Host struct {
	*vnet.Net
	internet *Internet
	public   string

	cut  bool // under the internet's mu
	loss int  // percent, under the internet's mu
}

const (
	// RelayAddress is where the relay is.
	RelayAddress = "198.51.100.1"
	// OneWay is how long a packet is on its way.
	OneWay = 20 * time.Millisecond
)

// NewInternet makes machines, each behind a NAT of its own, and has packets flow until the test ends.
func NewInternet(t testing.TB, nats ...NAT) *Internet {
	t.Helper()
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	wan, err := vnet.NewRouter(&vnet.RouterConfig{CIDR: "0.0.0.0/0", MinDelay: OneWay, LoggerFactory: quiet, QueueSize: 1 << 14})
	check(t, err)
	i := &Internet{t: t, wan: wan, random: rand.New(rand.NewPCG(1, 2)), user: RelayUser, bytes: map[string]int{}}
	wan.AddChunkFilter(i.passes)
	for n, nat := range nats {
		i.add(n, nat, quiet)
	}
	i.addRelay()
	check(t, wan.Start())
	t.Cleanup(func() { wan.Stop() })
	return i
}

func (i *Internet) add(n int, nat NAT, quiet logging.LoggerFactory) {
	i.t.Helper()
	public := fmt.Sprintf("203.0.113.%d", n+1)
	host := &Host{internet: i, public: public}
	i.Hosts = append(i.Hosts, host)
	var err error
	if nat == Open {
		host.Net, err = vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{public}})
		check(i.t, err)
		check(i.t, i.wan.AddNet(host.Net))
		return
	}
	lan, err := vnet.NewRouter(&vnet.RouterConfig{
		CIDR: fmt.Sprintf("192.168.%d.0/24", n+1), StaticIPs: []string{public}, NATType: nat.kind(), LoggerFactory: quiet, QueueSize: 1 << 14,
	})
	check(i.t, err)
	host.Net, err = vnet.NewNet(&vnet.NetConfig{})
	check(i.t, err)
	check(i.t, lan.AddNet(host.Net))
	check(i.t, i.wan.AddRouter(lan))
}

// Names and passwords at the relay.
const (
	RelayUser     = "user"
	RelayPassword = "password"
	realm         = "relay.example"
)

// RelayURLs are where the relay is.
var RelayURLs = []string{"stun:" + RelayAddress + ":3478", "turn:" + RelayAddress + ":3478?transport=udp"}

// STUNURLs is the relay as one that only tells addresses.
var STUNURLs = RelayURLs[:1]

// relay is the machine of the TURN server, which starts with StartRelay.
func (i *Internet) addRelay() {
	i.t.Helper()
	machine, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{RelayAddress}})
	check(i.t, err)
	check(i.t, i.wan.AddNet(machine))
	i.Hosts = append(i.Hosts, &Host{Net: machine, internet: i, public: RelayAddress})
}

// StartRelay runs a STUN and TURN server until the test ends, or stop is called.
func (i *Internet) StartRelay() (stop func()) {
	i.t.Helper()
	machine := i.Hosts[len(i.Hosts)-1].Net
	socket, err := machine.ListenPacket("udp4", RelayAddress+":3478")
	check(i.t, err)
	server, err := turn.NewServer(turn.ServerConfig{
		Realm: realm,
		AuthHandler: func(r *turn.RequestAttributes) (string, []byte, bool) {
			return r.Username, turn.GenerateAuthKey(r.Username, realm, RelayPassword), r.Method != stun.MethodAllocate || i.mayRelay(r.Username)
		},
		PacketConnConfigs: []turn.PacketConnConfig{{
			PacketConn:            socket,
			RelayAddressGenerator: &turn.RelayAddressGeneratorStatic{RelayAddress: net.ParseIP(RelayAddress), Address: "0.0.0.0", Net: machine},
		}},
	})
	check(i.t, err)
	stop = sync.OnceFunc(func() { server.Close() })
	i.t.Cleanup(stop)
	return stop
}

// SetRelayUser says who may have relays from now on; those that there are stay.
func (i *Internet) SetRelayUser(name string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.user = name
}

func (i *Internet) mayRelay(name string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return name == i.user
}

// passes is what the weather does to a packet.
func (i *Internet) passes(c vnet.Chunk) bool {
	from, to := c.SourceAddr().(*net.UDPAddr), c.DestinationAddr().(*net.UDPAddr)
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, h := range i.Hosts {
		if h.cut && (from.IP.String() == h.public || to.IP.String() == h.public) {
			return false
		}
		if h.loss > 0 && (from.IP.String() == h.public || to.IP.String() == h.public) && i.random.IntN(100) < h.loss {
			return false
		}
	}
	if i.loss > 0 && i.random.IntN(100) < i.loss {
		return false
	}
	i.bytes[from.IP.String()] += len(c.UserData())
	return true
}

// SetLoss has so many percent of all packets vanish.
func (i *Internet) SetLoss(percent int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.loss = percent
}

// Cut takes the machine off the network, or brings it back.
func (h *Host) Cut(cut bool) {
	h.internet.mu.Lock()
	defer h.internet.mu.Unlock()
	h.cut = cut
}

// SetLoss has so many percent of the machine's packets vanish.
func (h *Host) SetLoss(percent int) {
	h.internet.mu.Lock()
	defer h.internet.mu.Unlock()
	h.loss = percent
}

// Internet is where the machine stands.
func (h *Host) Internet() *Internet { return h.internet }

// Sent is how many bytes the machine has sent.
func (h *Host) Sent() int {
	h.internet.mu.Lock()
	defer h.internet.mu.Unlock()
	return h.internet.bytes[h.public]
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
