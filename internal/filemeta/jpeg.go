package filemeta

import (
	"bytes"
	"encoding/binary"
)

// The markers of a JPEG that stand alone or end something (ITU-T T.81, B.1.1.3).
const (
	markFirstRST = 0xd0
	markLastRST  = 0xd7
	markEnd      = 0xd9 // EOI
	markScan     = 0xda // SOS
	markTEM      = 0x01
	markComment  = 0xfe
)

// maxPadding is how many bytes may stand behind a picture without anybody looking
// at them: what a program fills a block up with.
const maxPadding = 16

// jpeg reads what stands beside the picture: EXIF, XMP, IPTC and comments, of
// more pictures behind the first too, for some telephones put two into one file.
// It reads no more than maxFurther of them.
func (r *reader) jpeg(b []byte) {
	for range maxFurther + 1 {
		rest := r.onePicture(b)
		b = bytes.TrimLeft(rest, "\x00")
		switch {
		case len(b) <= maxPadding:
			r.runs(b)
			return
		case !bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
			r.behind(rest)
			return
		}
	}
	r.Unread = true
}

// onePicture reads the segments of one picture and gives what stands behind it.
func (r *reader) onePicture(b []byte) []byte {
	for at := 2; at < len(b); {
		if b[at] != 0xff {
			r.Unread = true
			return b[at:]
		}
		for at < len(b) && b[at] == 0xff { // any number may fill up before a marker
			at++
		}
		if at == len(b) {
			break
		}
		marker := b[at]
		at++
		switch {
		case marker == markEnd:
			return b[at:]
		case marker == markTEM || marker >= markFirstRST && marker <= markLastRST:
			continue
		case at+2 > len(b):
			r.Unread = true
			return nil
		}
		size := int(binary.BigEndian.Uint16(b[at:]))
		if size < 2 || at+size > len(b) {
			r.Unread = true
			return b[at:]
		}
		r.segment(marker, b[at+2:at+size])
		at += size
		if marker == markScan {
			at += scanned(b[at:])
		}
	}
	return nil
}

// segment reads one segment's body.
func (r *reader) segment(marker byte, body []byte) {
	if marker != markComment && (marker <= 0xe0 || marker > 0xef) {
		return
	}
	if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok {
		r.tiff(tiff)
	}
	r.runs(body)
}

// scanned is how many bytes of the picture itself stand before the next marker.
func scanned(b []byte) int {
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], 0xff)
		if i < 0 || at+i+1 >= len(b) {
			return len(b)
		}
		at += i
		if next := b[at+1]; next != 0 && next != 0xff && (next < markFirstRST || next > markLastRST) {
			return at
		}
		at++
	}
}

// behind reads what stands behind a picture and is none: a film with its place,
// a telephone's own data. It says that there is more than was read.
func (r *reader) behind(b []byte) {
	r.Unread = true
	r.further(b)
	if i := bytes.Index(b, []byte("ftyp")); i >= 4 && isMedia(b[i-4:]) {
		r.runs(b[:i-4])
		r.media(b[i-4:])
		return
	}
	r.runs(b)
}

// further looks for EXIF wherever it stands.
func (r *reader) further(b []byte) {
	for range maxFurther {
		_, behind, ok := bytes.Cut(b, []byte("Exif\x00\x00"))
		if !ok {
			return
		}
		b = behind
		block := b[:min(len(b), 64<<10)]
		r.tiff(block)
		r.runs(block)
	}
	r.Unread = true
}
