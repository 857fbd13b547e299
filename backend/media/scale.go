package media

import "image"

// fitted returns the picture in 4:2:0 at the size: itself where it fits, else averaged into room, which is made anew where
// it does not fit.
func fitted(picture, room *image.YCbCr, width, height int) (result, kept *image.YCbCr) {
	size := picture.Rect.Size()
	if size.X == width && size.Y == height && picture.SubsampleRatio == image.YCbCrSubsampleRatio420 && picture.Rect.Min == (image.Point{}) {
		return picture, room
	}
	if room == nil || room.Rect.Dx() != width || room.Rect.Dy() != height {
		room = image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	}
	shrink(room, picture)
	return room, room
}

// shrink writes a picture into one of another size in 4:2:0.
func shrink(to, from *image.YCbCr) {
	size, target := from.Rect.Size(), to.Rect.Size()
	across, down := subsampling(from.SubsampleRatio)
	first := from.YOffset(from.Rect.Min.X, from.Rect.Min.Y)
	shrinkPlane(plane{to.Y, to.YStride, target.X, target.Y}, plane{from.Y[first:], from.YStride, size.X, size.Y})
	first = from.COffset(from.Rect.Min.X, from.Rect.Min.Y)
	for _, c := range []struct{ to, from []byte }{{to.Cb, from.Cb}, {to.Cr, from.Cr}} {
		shrinkPlane(plane{c.to, to.CStride, target.X / 2, target.Y / 2},
			plane{c.from[first:], from.CStride, max(size.X/across, 1), max(size.Y/down, 1)})
	}
}

// subsampling is how many pixels share a color, across and down.
func subsampling(ratio image.YCbCrSubsampleRatio) (across, down int) {
	switch ratio {
	case image.YCbCrSubsampleRatio444:
		return 1, 1
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 2, 2
}

type plane struct {
	pixels                []byte
	stride, width, height int
}

// shrinkPlane gives each pixel the mean of those that it stands for; a pixel is repeated where to is larger.
func shrinkPlane(to, from plane) {
	edges := make([]int, to.width+1)
	for x := range edges {
		edges[x] = x * from.width / to.width
	}
	for y := range to.height {
		top := y * from.height / to.height
		bottom := max((y+1)*from.height/to.height, top+1)
		row := to.pixels[y*to.stride : y*to.stride+to.width]
		for x := range row {
			left, right := edges[x], max(edges[x+1], edges[x]+1)
			sum := 0
			for line := top; line < bottom; line++ {
				for _, pixel := range from.pixels[line*from.stride+left : line*from.stride+right] {
					sum += int(pixel)
				}
			}
			row[x] = byte(sum / ((bottom - top) * (right - left)))
		}
	}
}
