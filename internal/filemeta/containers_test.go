package filemeta_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/filemeta"
)

// webp is a RIFF file with a picture of nothing and the chunks given.
func webp(chunks ...[]byte) []byte {
	body := append([]byte("WEBP"), chunk("VP8L", []byte("/\x00\x00\x00\x00"))...)
	for _, c := range chunks {
		body = append(body, c...)
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func chunk(kind string, body []byte) []byte {
	out := append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body))), body...)
	if len(body)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

func isoBox(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(body)+8)), kind...), body...)
}

// heic is a file with one item of a kind, lying in mdat or, by its method, in
// idat.
func heic(kind string, item []byte, inIdat bool) []byte {
	ftyp := isoBox("ftyp", []byte("heic\x00\x00\x00\x00mif1heic"))
	infe := isoBox("infe", []byte{2, 0, 0, 0, 0, 7, 0, 0}, []byte(kind), []byte{0})
	iinf := isoBox("iinf", []byte{0, 0, 0, 0, 0, 1}, infe)
	build := func(at int) []byte {
		method := byte(0)
		var idat []byte
		if inIdat {
			method, idat, at = 1, isoBox("idat", item), 0
		}
		iloc := []byte{1, 0, 0, 0, 0x44, 0, 0, 1, 0, 7, 0, method, 0, 0, 0, 1}
		iloc = binary.BigEndian.AppendUint32(iloc, uint32(at))
		iloc = binary.BigEndian.AppendUint32(iloc, uint32(len(item)))
		meta := isoBox("meta", []byte{0, 0, 0, 0}, isoBox("hdlr", make([]byte, 20)), iinf, isoBox("iloc", iloc), idat)
		return append(append([]byte{}, ftyp...), meta...)
	}
	if inIdat {
		return build(0)
	}
	return append(build(len(build(0))+8), isoBox("mdat", item)...)
}

// exifItem is EXIF as HEIC holds it: behind how far away it begins.
func exifItem(tag uint16, behind []byte) []byte {
	return append([]byte("\x00\x00\x00\x06Exif\x00\x00"), exif(tag, behind)...)
}

func withPictures(t testing.TB, parts map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// containers hold one picture's metadata each: its EXIF with a tag and what
// stands behind it.
func containers(t testing.TB, tag uint16, behind []byte) map[string][]byte {
	jpeg := withSegment(t, 0xe1, append([]byte("Exif\x00\x00"), exif(tag, behind)...))
	return map[string][]byte{
		"webp":                      webp(chunk("EXIF", exif(tag, behind))),
		"webp, named":               webp(chunk("EXIF", append([]byte("Exif\x00\x00"), exif(tag, behind)...))),
		"heic":                      heic("Exif", exifItem(tag, behind), false),
		"heic, idat":                heic("Exif", exifItem(tag, behind), true),
		"pdf photograph":            pdf("/Subtype /Image /Filter /DCTDecode", string(jpeg)),
		"pdf photograph, in a list": pdf("/Subtype /Image /Filter [/DCTDecode]", string(jpeg)),
		"pdf photograph, packed":    pdf("/Subtype /Image /Filter [/FlateDecode /DCTDecode]", string(packed(t, jpeg))),
		"pdf attachment":            pdf("/Type /EmbeddedFile /Filter /FlateDecode", string(packed(t, jpeg))),
		"docx photograph":           withPictures(t, map[string][]byte{"word/media/image1.jpeg": jpeg}),
		"docx webp":                 withPictures(t, map[string][]byte{"word/media/image1.webp": webp(chunk("EXIF", exif(tag, behind)))}),
		"odt photograph":            withPictures(t, map[string][]byte{"Pictures/10000.jpg": jpeg}),
		"docx thumbnail":            withPictures(t, map[string][]byte{"docProps/thumbnail.jpeg": jpeg}),
		"docx within a docx":        withPictures(t, map[string][]byte{"word/embeddings/x.docx": withPictures(t, map[string][]byte{"word/media/image1.jpeg": jpeg})}),
		"docx, pdf within it":       withPictures(t, map[string][]byte{"word/embeddings/x.pdf": pdf("/Filter /DCTDecode", string(jpeg))}),
	}
}

// What a picture says about itself is found wherever the picture lies.
func TestPicturesAreRead(t *testing.T) {
	for name, b := range containers(t, 0x013b, []byte(secret)) {
		if got := filemeta.Read(b); !strings.Contains(got.Text, secret) || got.Position || got.Unread {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for name, b := range map[string][]byte{
		"webp xmp": webp(chunk("XMP ", []byte("<dc:creator>"+secret+"</dc:creator>"))),
		"heic xmp": heic("mime", []byte("<dc:creator>"+secret+"</dc:creator>"), false),
		"mp4":      append(isoBox("ftyp", []byte("isom\x00\x00\x00\x00")), isoBox("moov", isoBox("udta", []byte(secret)))...),
	} {
		if got := filemeta.Read(b); !strings.Contains(got.Text, secret) || got.Position || got.Unread {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// So is where it was made.
func TestPicturesSayWhereTheyWereMade(t *testing.T) {
	for name, b := range containers(t, 0x8825, nil) {
		if got := filemeta.Read(b); !got.Position || got.Unread {
			t.Errorf("%s: %+v", name, got)
		}
	}
	film := append(isoBox("ftyp", []byte("qt  \x00\x00\x00\x00")), isoBox("moov", isoBox("udta", isoBox("\xa9xyz", []byte("+52+005/"))))...)
	if !filemeta.Read(film).Position {
		t.Error("a film's position is not seen")
	}
}

// A picture without metadata says nothing, and what cannot be read says so.
func TestPicturesThatCannotBeRead(t *testing.T) {
	plain := withSegment(t, 0xe0, []byte("JFIF\x00"))
	for name, b := range map[string][]byte{
		"webp": webp(), "pdf": pdf("/Filter /DCTDecode", string(plain)), "docx": withPictures(t, map[string][]byte{"word/media/image1.jpeg": plain}),
	} {
		if got := filemeta.Read(b); got.Position || got.Unread {
			t.Errorf("a plain %s: %+v", name, got)
		}
	}
	whole := heic("Exif", exifItem(0x013b, nil), false)
	far := bytes.Clone(whole)
	copy(far[bytes.Index(far, []byte("iloc"))+20:], "\x7f\xff\xff\xff")
	deep := plain
	for range 5 {
		deep = withPictures(t, map[string][]byte{"word/media/x.zip": deep})
	}
	for name, b := range map[string][]byte{
		"broken webp":           append(webp(), "EXIF\xff\xff\xff\x7f"...),
		"cut webp":              append(webp(), "EX"...),
		"webp, no EXIF in EXIF": webp(chunk("EXIF", []byte("nothing of the kind"))),
		"cut heic":              whole[:len(whole)-4],
		"heic without items":    isoBox("ftyp", []byte("heic\x00\x00\x00\x00")),
		"heic, item far away":   far,
		"pdf, JPEG 2000":        pdf("/Filter /JPXDecode", "x"),
		"pdf, packed otherwise": pdf("/Filter [/ASCII85Decode /DCTDecode]", "x"),
		"too deep":              deep,
		"a bomb in a docx":      withPictures(t, map[string][]byte{"word/media/image1.png": append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 64<<20)...)}),
	} {
		if got := filemeta.Read(b); !got.Unread || len(got.Text) > 80<<10 {
			t.Errorf("%s: unread %v, %d bytes", name, got.Unread, len(got.Text))
		}
	}
}

// No bytes of a picture make it fail.
func FuzzPictures(f *testing.F) {
	f.Add(heic("Exif", exifItem(0x8825, nil), true))
	f.Add(heic("mime", []byte("xmp"), false))
	f.Add(webp(chunk("EXIF", exif(0x013b, nil))))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := filemeta.Read(b); len(got.Text) > 80<<10 {
			t.Errorf("%d bytes", len(got.Text))
		}
	})
}
