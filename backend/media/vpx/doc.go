// Package vpx encodes and decodes VP8 pictures with libvpx (RFC 6386). Without cgo it is empty.
package vpx
