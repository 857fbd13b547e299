package media

import "image"

// fromRGB converts pixels of 4 bytes to 4:2:0 (BT.601, as VP8 is shown), into room where it fits. Order says where red,
// green and blue stand. An odd last row or column is left out.
func fromRGB(pixels []byte, stride, width, height int, order [3]int, room *image.YCbCr) *image.YCbCr {
	width, height = width&^1, height&^1
	if room == nil || room.Rect.Dx() != width || room.Rect.Dy() != height {
		room = image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	}
	red, green, blue := order[0], order[1], order[2]
	for y := 0; y < height; y += 2 {
		upper, lower := pixels[y*stride:][:width*4], pixels[(y+1)*stride:][:width*4]
		lumaUpper, lumaLower := room.Y[y*room.YStride:][:width], room.Y[(y+1)*room.YStride:][:width]
		cb, cr := room.Cb[y/2*room.CStride:][:width/2], room.Cr[y/2*room.CStride:][:width/2]
		for x := range cb {
			i := x * 8
			a, b, c, d := upper[i:i+4:i+4], upper[i+4:i+8:i+8], lower[i:i+4:i+4], lower[i+4:i+8:i+8]
			lumaUpper[2*x], lumaUpper[2*x+1] = luma(a[red], a[green], a[blue]), luma(b[red], b[green], b[blue])
			lumaLower[2*x], lumaLower[2*x+1] = luma(c[red], c[green], c[blue]), luma(d[red], d[green], d[blue])
			r := int32(a[red]) + int32(b[red]) + int32(c[red]) + int32(d[red])
			g := int32(a[green]) + int32(b[green]) + int32(c[green]) + int32(d[green])
			bl := int32(a[blue]) + int32(b[blue]) + int32(c[blue]) + int32(d[blue])
			cb[x] = byte((-38*r - 74*g + 112*bl + 512 + 128<<10) >> 10)
			cr[x] = byte((112*r - 94*g - 18*bl + 512 + 128<<10) >> 10)
		}
	}
	return room
}

func luma(r, g, b byte) byte {
	return byte((66*int32(r)+129*int32(g)+25*int32(b)+128)>>8 + 16)
}
