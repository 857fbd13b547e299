package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

var (
	errNoWAV   = errors.New("not a WAV file of 16-bit or 32-bit samples")
	errLongWAV = fmt.Errorf("longer than %d minutes: cut it", longestWAV/60)
)

// longestWAV is the seconds that are read of a file; all of it is kept in memory.
const longestWAV = 20 * 60

const (
	formatPCM        = 1
	formatFloat      = 3
	formatExtensible = 0xfffe
)

// ReadWAV returns the sound of a WAV file as 48 kHz mono.
func ReadWAV(path string) ([]float32, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	samples, err := decodeWAV(bufio.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return samples, nil
}

type wavFormat struct {
	Format, Channels   uint16
	Rate, BytesPerSec  uint32
	BlockAlign, Sample uint16
}

func decodeWAV(r io.Reader) ([]float32, error) {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil || string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return nil, errNoWAV
	}
	var format wavFormat
	for {
		var chunk struct {
			ID   [4]byte
			Size uint32
		}
		if err := binary.Read(r, binary.LittleEndian, &chunk); err != nil {
			return nil, errNoWAV
		}
		body := io.LimitReader(r, int64(chunk.Size)+int64(chunk.Size%2))
		switch string(chunk.ID[:]) {
		case "fmt ":
			if err := binary.Read(body, binary.LittleEndian, &format); err != nil {
				return nil, errNoWAV
			}
		case "data":
			return readSamples(io.LimitReader(r, int64(chunk.Size)), format)
		}
		if _, err := io.Copy(io.Discard, body); err != nil {
			return nil, err
		}
	}
}

// readSamples reads to the end: programs that write to a pipe leave the size of the data open.
func readSamples(r io.Reader, f wavFormat) ([]float32, error) {
	if f.Channels == 0 || f.Channels > 8 || f.Rate < 8000 || f.Rate > 192000 {
		return nil, errNoWAV
	}
	size := int(f.Sample / 8)
	var sample func([]byte) float32
	switch {
	case size == 2 && (f.Format == formatPCM || f.Format == formatExtensible):
		sample = func(b []byte) float32 { return float32(int16(binary.LittleEndian.Uint16(b))) / 32768 }
	case size == 4 && f.Format == formatFloat:
		sample = func(b []byte) float32 { return sound(math.Float32frombits(binary.LittleEndian.Uint32(b))) }
	default:
		return nil, errNoWAV
	}
	channels := int(f.Channels)
	most := int64(longestWAV) * int64(f.Rate) * int64(size*channels)
	raw, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(raw)) > most {
		return nil, errLongWAV
	}
	mono := make([]float32, len(raw)/(size*channels))
	for i := range mono {
		for c := range channels {
			mono[i] += sample(raw[(i*channels+c)*size:]) / float32(channels)
		}
	}
	return resample(mono, int(f.Rate), 48000), nil
}

// sound is a sample that an encoder can take: no number, or one beyond all loudness, is silence.
func sound(sample float32) float32 {
	if !(sample >= -16 && sample <= 16) {
		return 0
	}
	return sample
}

// resample changes the rate with a windowed sinc of 32 samples.
func resample(in []float32, from, to int) []float32 {
	if from == to {
		return in
	}
	const half = 16
	step := float64(from) / float64(to)
	cut := min(1, 1/step) // what the lower rate can carry
	out := make([]float32, int(float64(len(in))/step))
	for i := range out {
		at := float64(i) * step
		center := int(at)
		sum := 0.0
		for k := max(center-half+1, 0); k <= min(center+half, len(in)-1); k++ {
			x := at - float64(k)
			window := 0.5 + 0.5*math.Cos(math.Pi*x/half)
			sum += float64(in[k]) * cut * sinc(cut*x) * window
		}
		out[i] = float32(sum)
	}
	return out
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// wavWriter writes 48 kHz mono of 16 bits. Close makes the header whole.
type wavWriter struct {
	file  *os.File
	out   *bufio.Writer
	bytes uint32
}

func createWAV(path string) (*wavWriter, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	w := &wavWriter{file: file, out: bufio.NewWriter(file)}
	if err := w.header(); err != nil {
		file.Close()
		return nil, err
	}
	return w, nil
}

func (w *wavWriter) header() error {
	return binary.Write(w.file, binary.LittleEndian, struct {
		RIFF   [4]byte
		Size   uint32
		WAVE   [8]byte
		Length uint32
		Format wavFormat
		Data   [4]byte
		Bytes  uint32
	}{
		[4]byte{'R', 'I', 'F', 'F'}, 36 + w.bytes, [8]byte{'W', 'A', 'V', 'E', 'f', 'm', 't', ' '}, 16,
		wavFormat{formatPCM, 1, 48000, 96000, 2, 16}, [4]byte{'d', 'a', 't', 'a'}, w.bytes,
	})
}

func (w *wavWriter) write(samples []float32) error {
	for _, sample := range samples {
		value := uint16(int16(min(max(sample, -1), 1) * 32767))
		if _, err := w.out.Write([]byte{byte(value), byte(value >> 8)}); err != nil {
			return err
		}
	}
	w.bytes += uint32(2 * len(samples))
	return nil
}

func (w *wavWriter) close() error {
	err := w.out.Flush()
	if _, seek := w.file.Seek(0, io.SeekStart); seek == nil {
		err = errors.Join(err, w.header())
	}
	return errors.Join(err, w.file.Close())
}

// WriteWAV writes 48 kHz mono into a file.
func WriteWAV(path string, samples []float32) error {
	w, err := createWAV(path)
	if err != nil {
		return err
	}
	return errors.Join(w.write(samples), w.close())
}
