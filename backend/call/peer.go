package call

import (
	"io"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/cc"
	"github.com/pion/interceptor/pkg/gcc"
	"github.com/pion/interceptor/pkg/stats"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"

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
	windDown      = 300 * time.Millisecond // in which a connection that the other has closed ends by itself: then closing it waits for nothing
	trickleWait   = 50 * time.Millisecond  // candidates found in this time go together
)

// checksSent is how often a path is tried before it counts as closed; one every 200 ms, for as long as silence can last.
const checksSent = 50

// peer is another device in the call and the connection to it. It belongs to the phone's goroutine.
type peer struct {
	phone  *Phone
	device id.DeviceID
	user   id.UserID
	dialog dialog
	offers bool // this side makes the offers, in the beginning and where a path is lost

	link        *connection // nil until there is an offer
	fingerprint string      // of the other's DTLS certificate, as the encrypted description says
	early       []content.Candidate
	connected   bool
	since       time.Time // when connected has changed
	lastOffer   time.Time
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
	ended     atomic.Bool         // the other side has closed it
	local     []content.Candidate // found and not sent yet
	flushing  bool
	spared    bool      // gets no pictures, because it is too slow for them
	slowSince time.Time // or since when it is spared
}

// connect makes the peer, and its connection where this side offers.
func (p *Phone) connect(e Connect) {
	q := &peer{phone: p, device: e.Device, user: e.User, offers: e.Offer, since: time.Now(), receiving: newReceiving()}
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
	p.workers.Go(func() {
		if link.ended.Load() {
			time.Sleep(windDown)
		}
		link.pc.GracefulClose()
	})
}

// open makes a connection in place of the one before.
func (p *Phone) open(q *peer) error {
	p.closeLink(q)
	link := &connection{}
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
	link.channel.OnMessage(func(m webrtc.DataChannelMessage) {
		state, ok := parseState(m.Data)
		if ok {
			p.postFor(q, link, func() { q.state = state })
		}
	})
	return nil
}

// postFor posts what is about a connection, for as long as it is the peer's.
func (p *Phone) postFor(q *peer, link *connection, action func()) {
	p.box.post(func() {
		if q.link == link && p.peers[q.device] == q {
			action()
		}
	})
}

// api is WebRTC as this program uses it: Opus and VP8, feedback on every packet, repair by repetition.
func (p *Phone) api(link *connection) (*webrtc.API, error) {
	engine, registry := &webrtc.MediaEngine{}, &interceptor.Registry{}
	if err := registerCodecs(engine); err != nil {
		return nil, err
	}
	congestion, err := cc.NewInterceptor(func() (cc.BandwidthEstimator, error) {
		return gcc.NewSendSideBWE(gcc.SendSideBWEInitialBitrate(startBitrate), gcc.SendSideBWEMinBitrate(leastBitrate),
			gcc.SendSideBWEMaxBitrate(mostBitrate), gcc.SendSideBWEPacer(gcc.NewNoOpPacer()))
	})
	if err != nil {
		return nil, err
	}
	congestion.OnNewPeerConnection(func(_ string, estimator cc.BandwidthEstimator) { link.estimator = estimator })
	counting, err := stats.NewInterceptor()
	if err != nil {
		return nil, err
	}
	counting.OnNewPeerConnection(func(_ string, getter stats.Getter) { link.stats = getter })
	registry.Add(congestion)
	for _, configure := range []func(*webrtc.MediaEngine, *interceptor.Registry) error{
		webrtc.ConfigureTWCCHeaderExtensionSender, webrtc.ConfigureTWCCSender, webrtc.ConfigureNack,
		func(_ *webrtc.MediaEngine, r *interceptor.Registry) error { return webrtc.ConfigureRTCPReports(r) },
	} {
		if err := configure(engine, registry); err != nil {
			return nil, err
		}
	}
	registry.Add(counting)
	return webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(p.settings())), nil
}

// silent keeps WebRTC from writing addresses to the standard error.
var silent = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}

func (p *Phone) settings() webrtc.SettingEngine {
	var s webrtc.SettingEngine
	s.SetICETimeouts(silence, giveUp, keepAlive)
	s.LoggerFactory = silent
	s.SetSrflxAcceptanceMinWait(reflexiveWait)
	s.SetPrflxAcceptanceMinWait(reflexiveWait)
	s.SetRelayAcceptanceMinWait(relayWait)
	s.SetICEMaxBindingRequests(checksSent)
	s.DisableCloseByDTLS(true) // it is closed here, when it is out of use
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetIncludeLoopbackCandidate(p.Loopback)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	if p.Network != nil {
		s.SetNet(p.Network)
	}
	return s
}

func registerCodecs(engine *webrtc.MediaEngine) error {
	opus := webrtc.RTPCodecParameters{RTPCodecCapability: audioCodec, PayloadType: 111}
	if err := engine.RegisterCodec(opus, webrtc.RTPCodecTypeAudio); err != nil {
		return err
	}
	vp8 := webrtc.RTPCodecParameters{RTPCodecCapability: videoCodec, PayloadType: 96}
	return engine.RegisterCodec(vp8, webrtc.RTPCodecTypeVideo)
}

// configuration says which servers help, and whether this device's address is hidden.
func (p *Phone) configuration(q *peer) webrtc.Configuration {
	c := webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle}
	relays := p.Signals.Relays(p.machine.room.Hub)
	canRelay := false
	for _, r := range relays {
		c.ICEServers = append(c.ICEServers, webrtc.ICEServer{URLs: r.URLs, Username: r.Username, Credential: r.Credential})
		canRelay = canRelay || r.relays()
	}
	hidden := p.RelayOnly() || canRelay && p.Signals.Stranger(p.machine.room.Hub, q.user)
	if hidden {
		c.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	return c
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
	link.pc.SCTP().Transport().OnStateChange(func(s webrtc.DTLSTransportState) {
		if s == webrtc.DTLSTransportStateClosed {
			link.ended.Store(true)
			p.postFor(q, link, func() { p.step(Closed{q.device}) })
		}
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
	case q.offers && q.link != nil && now.Sub(q.lastOffer) >= offerAgain:
		if q.dialog.first != 0 {
			p.warn("repeat an offer", p.repeatOffer(q, true))
			return
		}
		p.warn("look for another path", p.sendOffer(q, true))
	}
}
