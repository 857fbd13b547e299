package call

import (
	"io"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/cc"
	"github.com/pion/interceptor/pkg/gcc"
	"github.com/pion/interceptor/pkg/stats"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"
)

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
		webrtc.ConfigureTWCCHeaderExtensionSender, configureFeedback, webrtc.ConfigureNack,
		func(_ *webrtc.MediaEngine, r *interceptor.Registry) error { return webrtc.ConfigureRTCPReports(r) },
	} {
		if err := configure(engine, registry); err != nil {
			return nil, err
		}
	}
	registry.Add(counting)
	return webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(p.settings())), nil
}

// configureFeedback has every packet's arrival told.
func configureFeedback(engine *webrtc.MediaEngine, registry *interceptor.Registry) error {
	return webrtc.ConfigureTWCCSenderWithOptions(engine, registry, twcc.WithLoggerFactory(silent))
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
	s.SetSCTPMaxReceiveBufferSize(maxHeard)
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
