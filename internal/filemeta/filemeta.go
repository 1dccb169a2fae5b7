// Package filemeta reads what a file says about itself beside what it shows: the
// properties of PDF and Office files, the text and position in a picture's
// metadata. It changes nothing and keeps nothing.
package filemeta

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"slices"
	"strings"
)

// Bounds of one reading: of an inflated part, of all of them, of all pictures in
// a file, and of what is kept. What goes beyond is Unread.
const (
	maxPart     = 1 << 20
	maxParts    = 8 << 20
	maxPictures = 32 << 20
	maxText     = 64 << 10
	maxFurther  = 8
)

// Found is what a file says about itself.
type Found struct {
	Text     string `json:"text,omitempty"`     // every readable run, one a line, each once
	Position bool   `json:"position,omitempty"` // it says where it was made
	Unread   bool   `json:"unread,omitempty"`   // there is more than could be read
}

// Read reads a file's properties, whatever its declared type: the bytes say what
// it is. Pictures and attachments in a document are read as it is. Of a file of
// no known form every readable run is given. It takes at most maxPicture beside
// the file itself, and a time in proportion to its size.
func Read(b []byte) Found {
	r := &reader{seen: map[string]bool{}}
	r.file(b)
	r.Text = strings.Join(r.lines, "\n")
	r.Position = r.Position || strings.Contains(r.Text, "GPSLatitude") // XMP's name for it
	return r.Found
}

// file reads one file by its form.
func (r *reader) file(b []byte) {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		r.jpeg(b)
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		r.png(b)
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		r.office(b)
	case bytes.HasPrefix(b, []byte("RIFF")) && bytes.HasPrefix(b[min(len(b), 8):], []byte("WEBP")):
		r.webp(b)
	case isMedia(b):
		r.media(b)
	case bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-")):
		r.pdf(b)
	default:
		r.tiff(b)
		r.runs(b)
	}
}

type reader struct {
	Found
	lines    []string
	seen     map[string]bool
	size     int // of lines
	inflated int
	pictures int  // bytes of pictures within the file
	depth    int  // of files within files
	full     bool // no more is kept, so no more is read
}

// add keeps a run that says something.
func (r *reader) add(s string) {
	if s = strings.Join(strings.Fields(s), " "); len([]rune(s)) < 4 || r.seen[s] {
		return
	}
	if r.size+len(s) > maxText {
		r.Unread, r.full = true, true
		return
	}
	r.seen[s] = true
	r.size += len(s)
	r.lines = append(r.lines, s)
}

// png reads the text chunks, inflated where they are packed, and EXIF.
func (r *reader) png(b []byte) {
	for at := 8; at+12 <= len(b); {
		size, kind := int(binary.BigEndian.Uint32(b[at:])), string(b[at+4:at+8])
		if size < 0 || size > len(b)-at-12 {
			r.Unread = true
			return
		}
		body := b[at+8 : at+8+size]
		switch kind {
		case "tEXt":
			r.runs(body)
		case "zTXt", "iTXt":
			r.runs(body)
			if i := bytes.IndexByte(body, 0x78); i >= 0 { // where zlib begins
				r.packed(body[i:])
			}
		case "eXIf":
			r.tiff(body)
			r.runs(body)
		}
		at += 12 + size
	}
}

// pdf reads everything outside streams, and the streams that hold metadata,
// further objects, photographs or attached files. What the pages show is for the
// reader's eyes.
func (r *reader) pdf(b []byte) {
	r.Unread = r.Unread || bytes.Contains(b, []byte("/Encrypt"))
	for len(b) > 0 {
		i := bytes.Index(b, []byte("stream"))
		if i < 0 {
			r.literal(b)
			return
		}
		head := b[:i]
		r.literal(head)
		body := bytes.TrimLeft(b[i+len("stream"):], "\r\n")
		end := bytes.Index(body, []byte("endstream"))
		if end < 0 {
			r.Unread = true
			return
		}
		dict := head[max(0, bytes.LastIndex(head, []byte("obj"))):]
		if bytes.Contains(dict, []byte("/Metadata")) || bytes.Contains(dict, []byte("/ObjStm")) {
			if bytes.Contains(dict, []byte("/FlateDecode")) {
				r.packed(body[:end])
			} else {
				r.runs(body[:end])
			}
		}
		for _, kind := range []string{"/DCTDecode", "/JPXDecode", "/EmbeddedFile"} {
			if bytes.Contains(dict, []byte(kind)) {
				r.image(dict, body[:end])
				break
			}
		}
		b = body[end+len("endstream"):]
	}
}

// literal reads objects of a PDF, as they stand and with the octal escapes of
// their strings resolved.
func (r *reader) literal(b []byte) {
	r.runs(b)
	if !bytes.ContainsRune(b, '\\') {
		return
	}
	plain := make([]byte, 0, len(b))
	for n := 0; n < len(b); n++ {
		if b[n] != '\\' || n+1 == len(b) {
			plain = append(plain, b[n])
			continue
		}
		v, digits := 0, 0
		for digits < 3 && n+1 < len(b) && b[n+1] >= '0' && b[n+1] <= '7' {
			v, digits, n = v*8+int(b[n+1]-'0'), digits+1, n+1
		}
		if digits > 0 {
			plain = append(plain, byte(v))
		}
	}
	r.runs(plain)
}

// packed reads a zlib stream.
func (r *reader) packed(b []byte) {
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		r.Unread = true
		return
	}
	r.bounded(z)
}

// bounded reads one inflated part.
func (r *reader) bounded(part io.ReadCloser) {
	left := min(maxPart, maxParts-r.inflated)
	plain, err := io.ReadAll(io.LimitReader(part, int64(left)+1))
	_ = part.Close() // nothing was written
	r.inflated += len(plain)
	if err != nil || len(plain) > left {
		r.Unread = true
	}
	r.runs(plain)
}

// gpsTag points to the block of EXIF that holds a position.
const gpsTag = 0x8825

// tiff looks whether an EXIF block has a position.
func (r *reader) tiff(b []byte) {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case bytes.HasPrefix(b, []byte("II*\x00")):
	case bytes.HasPrefix(b, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return
	}
	if len(b) < 8 {
		r.Unread = true
		return
	}
	at := order.Uint32(b[4:])
	if uint64(at)+2 > uint64(len(b)) {
		r.Unread = true
		return
	}
	entries := b[at+2:]
	for range order.Uint16(b[at:]) {
		if len(entries) < 12 {
			r.Unread = true
			return
		}
		if order.Uint16(entries) == gpsTag {
			r.Position = true
		}
		entries = entries[12:]
	}
}

// runs adds the readable runs of bytes: as UTF-8 and ASCII, as PDF's strings in
// hexadecimal, as Latin-1, and as UTF-16 of either order at either offset.
func (r *reader) runs(b []byte) {
	for run := range bytes.FieldsFuncSeq(b, func(c rune) bool { return c < 0x20 || c == 0x7f || c == 0xfffd }) {
		if r.full {
			return
		}
		r.add(string(run))
		r.hex(run)
	}
	r.latin(b)
	for offset := range 2 {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			r.wide(b[min(offset, len(b)):], order)
		}
	}
}

// wide adds runs of UTF-16. Only Latin letters are looked at: any pair of bytes
// is some other letter.
func (r *reader) wide(b []byte, order binary.ByteOrder) {
	var run []rune
	flush := func() {
		if len(run) >= 4 {
			r.add(string(run))
		}
		run = run[:0]
	}
	for ; len(b) >= 2; b = b[2:] {
		c := rune(order.Uint16(b))
		if c < 0x20 || c == 0x7f || c > 0x24f || (c > 0x7e && c < 0xa0) {
			flush()
			continue
		}
		run = append(run, c)
	}
	flush()
}

// hex adds what stands in a PDF's <...> strings.
func (r *reader) hex(run []byte) {
	for {
		end := bytes.IndexByte(run, '>')
		if end < 0 {
			return
		}
		if i := bytes.LastIndexByte(run[:end], '<'); i >= 0 {
			plain := unhex(run[i+1 : end])
			if wide, ok := bytes.CutPrefix(plain, []byte("\xfe\xff")); ok {
				r.wide(wide, binary.BigEndian)
			} else {
				r.add(strings.ToValidUTF8(string(plain), " "))
				r.latin(plain)
			}
		}
		run = run[end+1:]
	}
}

func unhex(b []byte) []byte {
	b = slices.DeleteFunc(bytes.Clone(b), func(c byte) bool { return c == ' ' })
	out := make([]byte, 0, len(b)/2)
	for n := 0; n+1 < len(b); n += 2 {
		hi, lo := digit(b[n]), digit(b[n+1])
		if hi < 0 || lo < 0 {
			return nil
		}
		out = append(out, byte(hi<<4|lo)) //nolint:gosec // two hexadecimal digits are one byte
	}
	return out
}

func digit(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }
