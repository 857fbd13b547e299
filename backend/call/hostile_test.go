package call_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"gossip/backend/call"
	"gossip/backend/call/calltest"
	"gossip/common/content"
	"gossip/common/id"
)

// intruder is somebody whom alice has called, and who does what no phone does: a connection made by hand.
type intruder struct {
	*person
	t        *testing.T
	victim   *person
	call     id.CallID
	pc       *webrtc.PeerConnection
	tracks   []*webrtc.TrackLocalStaticRTP
	channel  *webrtc.DataChannel
	sequence uint64

	mu      sync.Mutex // guards the following
	answers []content.Answer
}

// onIntruder tells of alice, who calls the intruder.
func onIntruder(t *testing.T, tell func(x *exchange, alice *person, i *intruder)) {
	t.Helper()
	onExchange(t, func(x *exchange) {
		alice, mallory := x.people[0], x.people[1]
		i := &intruder{person: mallory, t: t, victim: alice, sequence: 1}
		mallory.takes = i.negotiated
		check(t, alice.Start(alice.with(mallory), true))
		i.call = alice.said[0].Call
		i.prepare()
		defer i.pc.GracefulClose()
		tell(x, alice, i)
	}, calltest.Open, calltest.Open)
}

// prepare makes a connection with the sections of the protocol.
func (i *intruder) prepare() {
	i.t.Helper()
	var engine webrtc.SettingEngine
	engine.SetNet(i.host.Net)
	engine.DisableCloseByDTLS(true)
	engine.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	codecs := &webrtc.MediaEngine{}
	check(i.t, codecs.RegisterDefaultCodecs())
	var err error
	i.pc, err = webrtc.NewAPI(webrtc.WithSettingEngine(engine), webrtc.WithMediaEngine(codecs)).NewPeerConnection(webrtc.Configuration{})
	check(i.t, err)
	for n, mime := range []string{webrtc.MimeTypeOpus, webrtc.MimeTypeVP8, webrtc.MimeTypeVP8} {
		track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: mime}, fmt.Sprint(n), "intruder")
		check(i.t, err)
		_, err = i.pc.AddTransceiverFromTrack(track)
		check(i.t, err)
		i.tracks = append(i.tracks, track)
	}
	negotiated, number := true, uint16(0)
	i.channel, err = i.pc.CreateDataChannel("state", &webrtc.DataChannelInit{Negotiated: &negotiated, ID: &number})
	check(i.t, err)
}

// negotiated takes what alice answers.
func (i *intruder) negotiated(body content.Body) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if answer, ok := body.(content.Answer); ok {
		i.answers = append(i.answers, answer)
	}
}

func (i *intruder) answered() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.answers)
}

// offer sends a description; each is newer than the last.
func (i *intruder) offer(sdp string) {
	i.sequence++
	i.send(content.Offer{Negotiation: content.Negotiation{Call: i.call, Sequence: i.sequence}, SDP: sdp})
}

func (i *intruder) send(body content.Body) {
	i.victim.Negotiated(i.victim.with(i.person), i.user, i.device, body)
}

// description is a whole offer with all candidates.
func (i *intruder) description() string {
	i.t.Helper()
	gathered := webrtc.GatheringCompletePromise(i.pc)
	offer, err := i.pc.CreateOffer(nil)
	check(i.t, err)
	check(i.t, i.pc.SetLocalDescription(offer))
	<-gathered
	return i.pc.LocalDescription().SDP
}

// connect has the intruder's connection come about.
func (i *intruder) connect() {
	i.t.Helper()
	i.offer(i.description())
	for range 100 {
		if i.answered() > 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	i.mu.Lock()
	answer := i.answers[0]
	i.mu.Unlock()
	check(i.t, i.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.SDP}))
	for range 100 {
		if i.victim.connected() == 1 && i.channel.ReadyState() == webrtc.DataChannelStateOpen {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	i.t.Fatalf("the intruder is not connected: %+v", i.victim.Info())
}

// TestFloodOfOffers has a thousand offers a second come, each with another fingerprint: a few are answered, and what
// they start ends.
func TestFloodOfOffers(t *testing.T) {
	onIntruder(t, func(x *exchange, alice *person, i *intruder) {
		sdp := i.description()
		before := runtime.NumGoroutine()
		most := 0
		for n := range 5000 {
			i.offer(strings.Replace(sdp, "sha-256 ", fmt.Sprintf("sha-256 %02X:%02X:", n>>8, n&255), 1))
			time.Sleep(time.Millisecond)
			most = max(most, runtime.NumGoroutine())
		}
		t.Logf("%d of 5000 offers were answered; %d goroutines, at most %d", i.answered(), before, most)
		if i.answered() > 12 || most > before+1500 {
			t.Errorf("%d offers were answered with %d goroutines", i.answered(), most)
		}
		check(t, alice.HangUp())
		time.Sleep(time.Minute)
		if left := runtime.NumGoroutine(); left > before {
			t.Errorf("%d goroutines are left of %d", left, before)
		}
	})
}

// TestFloodOfCandidates has candidates come without end: alice tries a few.
func TestFloodOfCandidates(t *testing.T) {
	onIntruder(t, func(x *exchange, alice *person, i *intruder) {
		i.offer(i.description())
		time.Sleep(time.Second)
		sent := alice.host.Sent()
		for n := range 200 {
			var some []content.Candidate
			for c := range content.MaxCandidates {
				some = append(some, content.Candidate{Text: fmt.Sprintf("candidate:%d 1 udp 2130706431 203.0.%d.%d 9 typ host", n*100+c, 120+n, c+1), Media: "0"})
			}
			i.sequence++
			i.send(content.ICE{Negotiation: content.Negotiation{Call: i.call, Sequence: i.sequence}, Candidates: some})
		}
		time.Sleep(10 * time.Second)
		if rate := (alice.host.Sent() - sent) / 10; rate > 100_000 {
			t.Errorf("alice sends %d bytes a second to addresses that a peer names", rate)
		} else {
			t.Logf("%d bytes a second", rate)
		}
	})
}

// TestPeerOpensChannels has a peer open channels, each of which would take room: the call ends.
func TestPeerOpensChannels(t *testing.T) {
	onIntruder(t, func(x *exchange, alice *person, i *intruder) {
		i.connect()
		for n := range 100 {
			if _, err := i.pc.CreateDataChannel(fmt.Sprint(n), nil); err != nil {
				break
			}
		}
		time.Sleep(time.Second)
		if info := alice.Info(); info.Phase != call.Idle {
			t.Errorf("the call goes on: %+v", info)
		}
	})
}

// TestPeerSendsGarbage has a connected peer send all that it can: sound, pictures, feedback and states that make no sense, and
// as fast as it can. The call goes on, and afterwards an honest word is heard.
func TestPeerSendsGarbage(t *testing.T) {
	onIntruder(t, func(x *exchange, alice *person, i *intruder) {
		i.connect()
		random := rand.New(rand.NewPCG(1, 2))
		for n := range 3000 {
			i.garbage(random)
			if n%20 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
		time.Sleep(5 * time.Second)
		check(t, i.channel.Send([]byte{1, 1}))
		time.Sleep(2 * time.Second)
		info := alice.Info()
		if len(info.Participants) != 1 || info.Participants[0].State != "connected" || !info.Participants[0].Muted || info.Participants[0].Camera {
			t.Errorf("after garbage the call is %+v", info)
		}
		_, _, asked, _ := alice.media.Sources(call.KindCamera)[0].Figures()
		if asked > 30 {
			t.Errorf("the camera was asked for %d whole pictures in seconds", asked)
		}
	})
}

// garbage sends one thing of each kind.
func (i *intruder) garbage(random *rand.Rand) {
	for _, track := range i.tracks {
		header := rtp.Header{Version: 2, SequenceNumber: uint16(random.Uint32()), Timestamp: random.Uint32(), Marker: random.IntN(2) == 0}
		track.WriteRTP(&rtp.Packet{Header: header, Payload: noise(random, random.IntN(1200))})
	}
	i.channel.Send(noise(random, random.IntN(64)))
	i.channel.Send([]byte{1, byte(random.Uint32())})
	for _, packet := range i.feedback(random) {
		i.pc.WriteRTCP([]rtcp.Packet{packet})
	}
}

func noise(random *rand.Rand, size int) []byte {
	data := make([]byte, size)
	for n := range data {
		data[n] = byte(random.Uint32())
	}
	return data
}

// feedback is about alice's own streams, and others.
func (i *intruder) feedback(random *rand.Rand) []rtcp.Packet {
	ssrc := random.Uint32()
	if streams := i.pc.GetReceivers(); random.IntN(4) > 0 {
		ssrc = uint32(streams[random.IntN(len(streams))].Track().SSRC())
	}
	raw := rtcp.RawPacket(append([]byte{0x80 | byte(random.IntN(32)), byte(200 + random.IntN(8)), 0, 15}, noise(random, 60)...))
	return []rtcp.Packet{
		&raw,
		&rtcp.PictureLossIndication{MediaSSRC: ssrc},
		&rtcp.FullIntraRequest{MediaSSRC: ssrc, FIR: []rtcp.FIREntry{{SSRC: ssrc, SequenceNumber: byte(random.Uint32())}}},
		&rtcp.TransportLayerNack{MediaSSRC: ssrc, Nacks: []rtcp.NackPair{{PacketID: uint16(random.Uint32()), LostPackets: 0xffff}}},
		&rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: random.Float32() * 1e12, SSRCs: []uint32{ssrc}},
		&rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: ssrc, FractionLost: byte(random.Uint32()), TotalLost: random.Uint32() >> 8, LastSenderReport: random.Uint32(), Delay: random.Uint32()}}},
		&rtcp.SenderReport{SSRC: ssrc, NTPTime: random.Uint64(), RTPTime: random.Uint32()},
		&rtcp.Goodbye{Sources: []uint32{ssrc}},
		&rtcp.TransportLayerCC{
			Header:             rtcp.Header{Padding: true, Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: 5},
			MediaSSRC:          ssrc,
			BaseSequenceNumber: uint16(random.Uint32()), PacketStatusCount: 3, ReferenceTime: random.Uint32() >> 8, FbPktCount: byte(random.Uint32()),
			PacketChunks: []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{Type: rtcp.TypeTCCRunLengthChunk, PacketStatusSymbol: rtcp.TypeTCCPacketReceivedSmallDelta, RunLength: 3}},
			RecvDeltas:   []*rtcp.RecvDelta{{Type: rtcp.TypeTCCPacketReceivedSmallDelta}, {Type: rtcp.TypeTCCPacketReceivedSmallDelta, Delta: 250}, {Type: rtcp.TypeTCCPacketReceivedSmallDelta, Delta: 63750}},
		},
	}
}
