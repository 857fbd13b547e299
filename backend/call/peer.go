package call

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor/pkg/cc"
	"github.com/pion/interceptor/pkg/stats"
	"github.com/pion/webrtc/v4"
	"golang.org/x/time/rate"

	"gossip/common/content"
	"gossip/common/id"
)

// Times of a connection.
const (
	silence       = 3 * time.Second  // without packets: the path is looked for anew
	offerAgain    = 3 * time.Second  // until an offer is repeated
	giveUp        = 30 * time.Second // until a device without a connection is out
	keepAlive     = time.Second
	reflexiveWait = 200 * time.Millisecond // for a path without NAT, before one through a NAT is taken
	relayWait     = time.Second            // for a direct path, before a relayed one is taken
	windDown      = 300 * time.Millisecond // that a connection may take to end by itself when it is closed
	trickleWait   = 50 * time.Millisecond  // candidates found in this time go together
)

// How many offers a device may make: it has no reason to for more than one every offerAgain, or a few at the beginning.
const (
	offerRate  = rate.Limit(1) // a second
	offerBurst = 6
)

// maxHeard bounds what a peer can have waiting on the channel of its state, whose messages are two bytes long.
const maxHeard = 64 << 10

// checksSent is how often a path is tried before it counts as closed; one every 200 ms, for as long as silence can last.
const checksSent = 50

// peer is another device in the call and the connection to it. It belongs to the phone's goroutine.
type peer struct {
	phone  *Phone
	device id.DeviceID
	user   id.UserID
	dialog dialog
	offers bool // this side makes the offers, in the beginning and where a path is lost

	link        *connection   // nil until there is an offer
	fingerprint string        // of the other's DTLS certificate, as the encrypted description says
	offered     *rate.Limiter // bounds what offers make this device do
	early       []content.Candidate
	candidates  int // taken for the present description
	connected   bool
	since       time.Time // when connected has changed
	lastOffer   time.Time
	searches    int // for a path, after the first
	state       remoteState
	receiving   receiving
	figures     Statistics
	last        measured
}

// connection is one RTCPeerConnection. What its callbacks post is dropped when another has taken its place.
type connection struct {
	pc        *webrtc.PeerConnection
	channel   *webrtc.DataChannel
	senders   []*webrtc.RTPSender
	estimator cc.BandwidthEstimator
	stats     stats.Getter
	ended     chan struct{}               // closed when nothing goes over the channel any more
	stated    atomic.Pointer[remoteState] // what the other side has said of itself last; nil: that is known
	local     []content.Candidate         // found and not sent yet
	flushing  bool
	spared    bool      // gets no pictures, because it is too slow for them
	slowSince time.Time // or since when it is spared
}

// connect makes the peer, and its connection where this side offers.
func (p *Phone) connect(e Connect) {
	q := &peer{phone: p, device: e.Device, user: e.User, offers: e.Offer, since: time.Now(), receiving: newReceiving(), offered: rate.NewLimiter(offerRate, offerBurst)}
	q.dialog.polite = string(p.Device[:]) < string(e.Device[:])
	p.peers[e.Device] = q
	if !e.Offer {
		return
	}
	if err := p.open(q); err != nil {
		p.Log.Warn("no connection could be prepared", "cause", err)
		return
	}
	p.warn("offer a connection", p.sendOffer(q, false))
}

// drop ends a peer.
func (p *Phone) drop(device id.DeviceID) {
	q := p.peers[device]
	if q == nil {
		return
	}
	delete(p.peers, device)
	p.closeLink(q)
	q.receiving.close()
}

func (p *Phone) closeLink(q *peer) {
	if q.link == nil {
		return
	}
	link := q.link
	q.link, q.fingerprint, q.early, q.connected = nil, "", nil, false
	p.workers.Go(link.close)
}

// close ends the connection, and tells the other side at once. What is inside DTLS ends by itself then, and first: WebRTC would
// wait for it with a lock in hand that it needs to end.
func (c *connection) close() {
	c.pc.SCTP().Transport().Stop()
	select {
	case <-c.ended:
	case <-time.After(windDown):
	}
	c.pc.GracefulClose()
}

// open makes a connection in place of the one before.
func (p *Phone) open(q *peer) error {
	p.closeLink(q)
	link := &connection{ended: make(chan struct{})}
	api, err := p.api(link)
	if err != nil {
		return err
	}
	if link.pc, err = api.NewPeerConnection(p.configuration(q)); err != nil {
		return err
	}
	q.link = link
	if err := p.attach(link); err != nil {
		p.closeLink(q)
		return err
	}
	negotiated, number := true, uint16(0)
	link.channel, err = link.pc.CreateDataChannel("state", &webrtc.DataChannelInit{Negotiated: &negotiated, ID: &number})
	if err != nil {
		p.closeLink(q)
		return err
	}
	p.listen(q, link)
	link.channel.OnOpen(func() { p.postFor(q, link, func() { p.sendState(q) }) })
	link.channel.OnMessage(func(m webrtc.DataChannelMessage) { p.stated(q, link, m.Data) })
	return nil
}

// stated takes what a peer says of itself. However often it does, one word of it waits: the last.
func (p *Phone) stated(q *peer, link *connection, data []byte) {
	state, ok := parseState(data)
	if ok && link.stated.Swap(&state) == nil {
		p.postFor(q, link, func() { q.state = *link.stated.Swap(nil) })
	}
}

// postFor posts what is about a connection, for as long as it is the peer's.
func (p *Phone) postFor(q *peer, link *connection, action func()) {
	p.box.post(func() {
		if q.link == link && p.peers[q.device] == q {
			action()
		}
	})
}

// listen has the connection's news posted.
func (p *Phone) listen(q *peer, link *connection) {
	link.pc.OnICECandidate(func(c *webrtc.ICECandidate) {
		if c != nil {
			found := c.ToJSON()
			p.postFor(q, link, func() { p.found(q, link, found) })
		}
	})
	link.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		p.postFor(q, link, func() { p.stateChanged(q, s) })
	})
	link.pc.OnDataChannel(func(*webrtc.DataChannel) { // none but the agreed one is opened: it would take room for nothing
		p.postFor(q, link, func() { p.step(Closed{q.device}) })
	})
	ended := sync.OnceFunc(func() { close(link.ended) })
	link.pc.SCTP().OnClose(func(error) { // what is inside DTLS ends when the other side closes it
		ended()
		p.postFor(q, link, func() { p.step(Closed{q.device}) })
	})
	link.pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		kind, ok := link.kindOf(receiver)
		if !ok {
			return
		}
		p.postFor(q, link, func() { p.receive(q, link, kind, track) })
	})
}

// stateChanged follows what the connection says of itself.
func (p *Phone) stateChanged(q *peer, s webrtc.PeerConnectionState) {
	now := time.Now()
	switch s {
	case webrtc.PeerConnectionStateConnected:
		if m := p.machine.members[q.device]; m != nil && m.Connected && !q.connected {
			q.figures.Restarts++
		}
		q.connected, q.since = true, now
		p.step(Connected{q.device})
		p.refreshPictures()
		p.sendState(q)
	case webrtc.PeerConnectionStateDisconnected, webrtc.PeerConnectionStateFailed:
		if q.connected {
			q.connected, q.since = false, now
		}
		if q.offers && q.dialog.first == 0 {
			p.warn("look for another path", p.sendOffer(q, true))
		}
	}
}

// lookAfter repeats what was not answered and gives up what does not come back.
func (p *Phone) lookAfter(q *peer, now time.Time) {
	p.measure(q, now)
	switch {
	case q.connected:
	case now.Sub(q.since) >= giveUp:
		p.step(Lost{q.device})
	case !q.offers || q.link == nil:
	case q.dialog.first != 0 && now.Sub(q.lastOffer) >= offerAgain:
		p.warn("repeat an offer", p.repeatOffer(q, true))
	case q.dialog.first == 0 && now.Sub(q.lastOffer) >= p.searchAgain(q):
		p.warn("look for another path", p.sendOffer(q, true))
	}
}

// searchAgain is how long a path is looked for before it is looked for anew. Where there never was one, what is said through
// the hub may take longer than a search: each gets twice the time of the one before.
func (p *Phone) searchAgain(q *peer) time.Duration {
	if m := p.machine.members[q.device]; m != nil && m.Connected {
		return offerAgain
	}
	return offerAgain << min(q.searches, 2)
}
