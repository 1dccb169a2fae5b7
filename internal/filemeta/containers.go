package filemeta

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"maps"
	"slices"
)

// Bounds of pictures within a file: of one, and how deep files may lie in files.
const (
	maxPicture = 8 << 20
	maxDepth   = 3
)

// within reads a file that lies in another: a picture of a document, an
// attachment.
func (r *reader) within(b []byte) {
	if r.depth >= maxDepth {
		r.Unread = true
		return
	}
	r.depth++
	r.file(b)
	r.depth--
}

// picture reads a picture that is packed in another file. What is larger than
// the bound says so, and is read as far as it goes.
func (r *reader) picture(part io.ReadCloser) { r.within(r.inflate(part)) }

// inflate gives what is packed, up to the bounds of a picture and of all of them.
func (r *reader) inflate(part io.ReadCloser) []byte {
	left := min(maxPicture, maxPictures-r.pictures)
	plain, err := io.ReadAll(io.LimitReader(part, int64(left)+1))
	_ = part.Close() // nothing was written
	r.pictures += len(plain)
	if err != nil || len(plain) > left {
		r.Unread = true
	}
	return plain
}

// image reads a PDF's stream that is a picture or an attached file, if it is
// packed in a way that we know; else somebody must look.
func (r *reader) image(dict, body []byte) {
	flate := bytes.Contains(dict, []byte("/FlateDecode"))
	for _, other := range []string{"/ASCII85Decode", "/ASCIIHexDecode", "/LZWDecode", "/RunLengthDecode", "/JPXDecode", "/Crypt"} {
		if bytes.Contains(dict, []byte(other)) {
			r.Unread = true
			return
		}
	}
	if !flate {
		r.within(body)
		return
	}
	z, err := zlib.NewReader(bytes.NewReader(body))
	if err != nil {
		r.Unread = true
		return
	}
	r.picture(z)
}

// webp reads the chunks EXIF and XMP of a RIFF file.
func (r *reader) webp(b []byte) {
	for at := 12; at < len(b); {
		if at+8 > len(b) {
			r.Unread = true
			return
		}
		kind, size := string(b[at:at+4]), int64(binary.LittleEndian.Uint32(b[at+4:]))
		if size > int64(len(b)-at-8) {
			r.Unread = true
			return
		}
		body := b[at+8 : at+8+int(size)] // not more than the file is long
		switch kind {
		case "VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP": // the picture itself
		case "EXIF":
			r.exif(body)
		default:
			r.runs(body)
		}
		at += 8 + len(body) + len(body)%2
	}
}

// exif reads a block of EXIF, with or without its name before it.
func (r *reader) exif(b []byte) {
	b = bytes.TrimPrefix(b, []byte("Exif\x00\x00"))
	if !bytes.HasPrefix(b, []byte("II*\x00")) && !bytes.HasPrefix(b, []byte("MM\x00*")) {
		r.Unread = true
	}
	r.tiff(b)
	r.runs(b)
}

// box is one box of a file in the ISO base media format (HEIC, AVIF, MP4).
type box struct {
	kind string
	body []byte
}

// boxes splits bytes into boxes; whole is false if they do not fit.
func boxes(b []byte) (out []box, whole bool) {
	for len(b) > 0 {
		if len(b) < 8 {
			return out, false
		}
		size, head := uint64(binary.BigEndian.Uint32(b)), 8
		switch {
		case size == 0: // to the end
			size = uint64(len(b))
		case size == 1 && len(b) >= 16:
			size, head = binary.BigEndian.Uint64(b[8:]), 16
		}
		if size < uint64(head) || size > uint64(len(b)) {
			return out, false
		}
		out = append(out, box{string(b[4:8]), b[head:int(size)]}) //nolint:gosec // not more than the file is long
		b = b[int(size):]                                         //nolint:gosec // as above
	}
	return out, true
}

// isMedia reports whether a file is in the ISO base media format.
func isMedia(b []byte) bool { return len(b) >= 12 && string(b[4:8]) == "ftyp" }

// media reads the metadata of HEIC and AVIF pictures: the items Exif and mime
// (XMP), wherever they lie. Of a film it reads what stands outside the film.
func (r *reader) media(b []byte) {
	top, whole := boxes(b)
	r.Unread = r.Unread || !whole
	still := false
	for _, x := range top {
		switch x.kind {
		case "meta":
			still = true
			r.items(b, x.body)
		case "moov": // a film says in it where it was made
			r.Position = r.Position || bytes.Contains(x.body, []byte("\xa9xyz")) || bytes.Contains(x.body, []byte("location.ISO6709"))
			r.runs(x.body)
		case "ftyp", "mdat", "free", "skip", "wide":
		default:
			r.runs(x.body)
		}
	}
	if brand := string(b[8:12]); !still && (brand == "mif1" || brand == "avif" || brand[:3] == "hei") {
		r.Unread = true // a picture without its list of items
	}
}

// items reads a picture's items that are metadata.
func (r *reader) items(file, meta []byte) {
	if len(meta) < 4 {
		r.Unread = true
		return
	}
	inner, whole := boxes(meta[4:])
	r.Unread = r.Unread || !whole
	var info, where, data []byte
	for _, x := range inner {
		switch x.kind {
		case "iinf":
			info = x.body
		case "iloc":
			where = x.body
		case "idat":
			data = x.body
		}
	}
	kinds, ok := itemKinds(info)
	places, fits := itemPlaces(where)
	r.Unread = r.Unread || !ok || !fits
	for _, id := range slices.Sorted(maps.Keys(kinds)) {
		kind := kinds[id]
		if kind != "Exif" && kind != "mime" && kind != "uri " {
			continue
		}
		body, ok := places[id].read(file, data)
		if r.inflated += len(body); !ok || r.inflated > maxParts {
			r.Unread = true
			continue
		}
		r.item(kind, body)
	}
}

// item reads one item: before EXIF stands how far behind it begins.
func (r *reader) item(kind string, body []byte) {
	if kind != "Exif" {
		r.runs(body)
		return
	}
	if len(body) < 4 || int64(binary.BigEndian.Uint32(body)) > int64(len(body)-4) {
		r.Unread = true
		r.runs(body)
		return
	}
	r.exif(body[4+int(binary.BigEndian.Uint32(body)):])
}
