//go:build cgo

package media

import (
	"math"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtp"

	"gossip/backend/media/opus"
)

// overNetwork encodes speech, sends it with loss and jitter, and returns what is heard.
func overNetwork(t *testing.T, speech []float32, loss float64, jitter time.Duration) (heard []float32, stats PlaybackStats, bytes int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		machine := New(Options{})
		v, err := machine.voice()
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		machine.mixer.insert(v)
		encoder, err := opus.NewEncoder(speechBitrate)
		if err != nil {
			t.Fatal(err)
		}
		defer encoder.Close()
		chance := rand.New(rand.NewPCG(1, 2))
		arriving := make(map[int][]*rtp.Packet) // by the block of 10 ms
		for n := range len(speech) / frameSize {
			packet, err := encoder.Encode(speech[n*frameSize : (n+1)*frameSize])
			if err != nil {
				t.Fatal(err)
			}
			bytes += len(packet)
			if chance.Float64() < loss {
				continue
			}
			at := n*2 + int(chance.Float64()*float64(jitter/blockTime))
			arriving[at] = append(arriving[at], &rtp.Packet{
				Header:  rtp.Header{SequenceNumber: uint16(65000 + n), Timestamp: uint32(n * frameSize), SSRC: 7},
				Payload: packet,
			})
		}
		var block [blockSize]float32
		for i := range len(speech)/blockSize + 40 {
			for _, packet := range arriving[i] {
				if err := v.WriteRTP(packet); err != nil {
					t.Fatal(err)
				}
			}
			machine.mixer.block(&block)
			heard = append(heard, block[:]...)
			time.Sleep(blockTime)
		}
		stats = v.Stats()
		stats.Concealed -= min(stats.Concealed, firstSilent*frameSize) // after the last packet
	})
	return heard, stats, bytes
}

func TestSpeechOverLossyNetworks(t *testing.T) {
	speech := append(say(t, "en", farText), say(t, "en-us", nearText)...)
	for _, network := range []struct {
		loss      float64
		jitter    time.Duration
		concealed float64 // the most, as a share
		alike     float64 // the least
	}{
		{0, 0, 0.005, 0.95},
		{0.02, 20 * time.Millisecond, 0.01, 0.93},
		{0.05, 40 * time.Millisecond, 0.03, 0.90},
		{0.10, 60 * time.Millisecond, 0.05, 0.85},
		{0.20, 80 * time.Millisecond, 0.12, 0.80},
	} {
		heard, stats, bytes := overNetwork(t, speech, network.loss, network.jitter)
		share := float64(stats.Concealed) / float64(stats.Samples)
		like, delay := alikeEnvelopes(envelope(speech), envelope(heard))
		t.Logf("loss %2.0f %%, jitter %3v: concealed %4.1f %%, envelope correlation %.3f at %d ms, %.1f kb/s",
			100*network.loss, network.jitter, 100*share, like, delay, float64(bytes)*8/1000/(float64(len(speech))/48000))
		if share > network.concealed || like < network.alike {
			t.Errorf("loss of %v: concealed %.3f of at most %.3f, alike %.3f of at least %.3f",
				network.loss, share, network.concealed, like, network.alike)
		}
	}
}

// TestSilenceIsShort checks that silence costs next to nothing, and that it is a packet all the same.
func TestSilenceIsShort(t *testing.T) {
	encoder, err := opus.NewEncoder(speechBitrate)
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	bytes, short := 0, 0
	for i := range 250 {
		packet, err := encoder.Encode(make([]float32, frameSize))
		if err != nil {
			t.Fatal(err)
		}
		if len(packet) == 0 || !opus.Frame(packet) {
			t.Fatalf("frame %d: a packet of %d bytes", i, len(packet))
		}
		if bytes += len(packet); len(packet) <= 2 {
			short++
		}
	}
	t.Logf("5 s of silence: %d bytes, %d of 250 packets of at most 2", bytes, short)
	if short < 200 {
		t.Errorf("%d of 250 packets are short", short)
	}
}

func TestHostilePackets(t *testing.T) {
	machine := New(Options{})
	v, err := machine.voice()
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	machine.mixer.insert(v)
	chance := rand.New(rand.NewPCG(3, 4))
	var block [blockSize]float32
	for range 3000 {
		payload := make([]byte, chance.IntN(2000))
		for i := range payload {
			payload[i] = byte(chance.Uint32())
		}
		header := rtp.Header{SequenceNumber: uint16(chance.Uint32()), Timestamp: chance.Uint32(), SSRC: chance.Uint32() % 2}
		if err := v.WriteRTP(&rtp.Packet{Header: header, Payload: payload}); err != nil {
			t.Fatal(err)
		}
		machine.mixer.block(&block)
	}
}

// TestMutingWithoutAClick has a speaker mute and unmute in the middle of a tone: calls send Opus silence meanwhile.
func TestMutingWithoutAClick(t *testing.T) {
	encoder, err := opus.NewEncoder(speechBitrate)
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	m := New(Options{})
	v, err := m.voice()
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	m.mixer.insert(v)
	sound := tone(440, 4)
	steepest, last, muted := 0.0, float32(0), -120.0
	var block [blockSize]float32
	for n := range 150 {
		packet, err := encoder.Encode(sound[n*frameSize : (n+1)*frameSize])
		if err != nil {
			t.Fatal(err)
		}
		if n >= 50 && n < 100 {
			packet = []byte{0xf8, 0xff, 0xfe}
		}
		if err := v.WriteRTP(&rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(n), Timestamp: uint32(n * frameSize)}, Payload: packet}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			m.mixer.block(&block)
			for _, sample := range block {
				steepest = max(steepest, math.Abs(float64(sample-last)))
				last = sample
			}
			if n >= 70 && n < 98 {
				muted = max(muted, power(block[:]))
			}
		}
	}
	t.Logf("muted in a tone: steepest step %.4f (the tone: %.4f), %.0f dB while muted, speaking %v", steepest, 0.3*2*math.Pi*440/48000, muted, v.Speaking())
	if steepest > 0.04 || muted > -80 {
		t.Errorf("steepest step %.4f, %.0f dB while muted", steepest, muted)
	}
}
