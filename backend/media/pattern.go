package media

import (
	"bytes"
	"context"
	"image"
	"slices"
	"time"
)

// pictureSource is where a video capture takes its pictures from.
type pictureSource interface {
	// grab waits for a picture; it stays as it is until the next call.
	grab(ctx context.Context) (*image.YCbCr, error)
	close()
}

// pattern is a picture that needs no camera: bars of color, a ramp of grey, and a square that crosses once in 4 s.
type pattern struct {
	picture *image.YCbCr
	bars    []byte // a row of brightness where the square runs
	begin   time.Time
}

// The bars of SMPTE EG 1 at 75 %, as Y, Cb, Cr.
var barColors = [7][3]byte{
	{180, 128, 128}, {162, 44, 142}, {131, 156, 44}, {112, 72, 58}, {84, 184, 198}, {65, 100, 212}, {35, 212, 114},
}

func newPattern(width, height int) *pattern {
	p := &pattern{picture: image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420), begin: time.Now()}
	for y := range height {
		row := p.picture.Y[y*p.picture.YStride:][:width]
		for x := range row {
			row[x] = barColors[x*7/width][0]
			if y > height*3/4 {
				row[x] = byte(16 + x*219/width)
			}
		}
	}
	for y := range height / 2 {
		for x := range width / 2 {
			i, color := y*p.picture.CStride+x, barColors[x*14/width]
			if y > height*3/8 {
				color = [3]byte{0, 128, 128}
			}
			p.picture.Cb[i], p.picture.Cr[i] = color[1], color[2]
		}
	}
	p.bars = slices.Clone(p.picture.Y[:width])
	return p
}

func (p *pattern) grab(context.Context) (*image.YCbCr, error) {
	p.draw(time.Since(p.begin))
	return p.picture, nil
}

func (*pattern) close() {}

// draw puts the square where it belongs at a time.
func (p *pattern) draw(at time.Duration) {
	const period = 4 * time.Second
	width, height := p.picture.Rect.Dx(), p.picture.Rect.Dy()
	side := height / 6
	left := int(int64(width-side) * int64(at%period) / int64(period))
	white := bytes.Repeat([]byte{235}, side)
	for y := height / 3; y < height/3+side; y++ {
		row := p.picture.Y[y*p.picture.YStride:]
		copy(row, p.bars)
		copy(row[left:], white)
	}
}
