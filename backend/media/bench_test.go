//go:build cgo

package media

import (
	"testing"

	"github.com/pion/rtp"

	"gossip/backend/media/opus"
)

// BenchmarkMicrophone cleans and encodes 20 ms of speech while somebody else is heard.
func BenchmarkMicrophone(b *testing.B) {
	near, far := say(b, "en", nearText), say(b, "en+f3", farText)
	cleaner, err := newCleaning()
	if err != nil {
		b.Fatal(err)
	}
	defer cleaner.close()
	encoder, err := opus.NewEncoder(speechBitrate)
	if err != nil {
		b.Fatal(err)
	}
	defer encoder.Close()
	frame := make([]float32, frameSize)
	for i := 0; b.Loop(); i++ {
		for at := 0; at < frameSize; at += blockSize {
			cleaner.Played(cut(far, i*frameSize+at, blockSize))
			copy(frame[at:], cut(near, i*frameSize+at, blockSize))
			cleaner.clean(frame[at : at+blockSize])
		}
		if _, err := encoder.Encode(frame); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVoice decodes and mixes 20 ms of somebody's speech.
func BenchmarkVoice(b *testing.B) {
	speech := say(b, "en", nearText)
	encoder, err := opus.NewEncoder(speechBitrate)
	if err != nil {
		b.Fatal(err)
	}
	defer encoder.Close()
	var packets [][]byte
	for at := 0; at+frameSize <= len(speech); at += frameSize {
		packet, err := encoder.Encode(speech[at : at+frameSize])
		if err != nil {
			b.Fatal(err)
		}
		packets = append(packets, packet)
	}
	m := New(Options{})
	v, err := m.voice()
	if err != nil {
		b.Fatal(err)
	}
	defer v.Close()
	m.mixer.insert(v)
	var block [blockSize]float32
	for i := 0; b.Loop(); i++ {
		header := rtp.Header{SequenceNumber: uint16(i), Timestamp: uint32(i * frameSize)}
		if err := v.WriteRTP(&rtp.Packet{Header: header, Payload: packets[i%len(packets)]}); err != nil {
			b.Fatal(err)
		}
		m.mixer.block(&block)
		m.mixer.block(&block)
	}
}

// cut is a piece of a sound that is repeated for ever.
func cut(sound []float32, at, length int) []float32 {
	at %= len(sound) - length
	return sound[at : at+length]
}
