package filemeta_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/ontdox/takedown/internal/filemeta"
)

const secret = "Verzonnenkwijtstraat 312"

func wide(s string, order binary.AppendByteOrder) []byte {
	var out []byte
	for _, c := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, c)
	}
	return out
}

func packed(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// exif is a TIFF block with one entry, and bytes behind it.
func exif(tag uint16, behind []byte) []byte {
	le := binary.LittleEndian
	out := append([]byte("II*\x00"), 8, 0, 0, 0, 1, 0)
	out = le.AppendUint16(out, tag)
	out = append(out, 4, 0, 1, 0, 0, 0, 26, 0, 0, 0)
	return append(append(out, 0, 0, 0, 0), behind...)
}

// withSegment is a real JPEG with one more segment behind its start.
func withSegment(t testing.TB, marker byte, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	seg := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2))
	return append(append(append([]byte{}, b.Bytes()[:2]...), append(seg, body...)...), b.Bytes()[2:]...)
}

// withChunk is a real PNG with one more chunk behind its header.
func withChunk(t testing.TB, kind string, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	chunk = append(append(chunk, kind...), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return append(append(append([]byte{}, b.Bytes()[:33]...), chunk...), b.Bytes()[33:]...)
}

func office(t testing.TB, part, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(part)
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pdf(dict, stream string) []byte {
	return fmt.Appendf(nil, "%%PDF-1.7\n1 0 obj\n<< %s >>\nstream\n%s\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%%%EOF", dict, stream)
}

// What stands in a file's properties is found, in each form in which programs
// write it.
func TestPropertiesAreRead(t *testing.T) {
	be, le := wide(secret, binary.BigEndian), wide(secret, binary.LittleEndian)
	octal := ""
	for _, c := range append([]byte("\xfe\xff"), be...) {
		octal += fmt.Sprintf("\\%03o", c)
	}
	for name, b := range map[string][]byte{
		"jpeg comment":         withSegment(t, 0xfe, []byte(secret)),
		"jpeg exif, ascii":     withSegment(t, 0xe1, append([]byte("Exif\x00\x00"), exif(0x013b, []byte(secret))...)),
		"jpeg exif, XPAuthor":  withSegment(t, 0xe1, append([]byte("Exif\x00\x00"), exif(0x9c9d, le)...)),
		"jpeg xmp":             withSegment(t, 0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<dc:creator>"+secret+"</dc:creator>")),
		"jpeg iptc":            withSegment(t, 0xed, []byte("Photoshop 3.0\x008BIM\x04\x04\x00\x00\x1c\x02\x50\x00\x18"+secret)),
		"png text":             withChunk(t, "tEXt", []byte("Author\x00"+secret)),
		"png packed text":      withChunk(t, "zTXt", append([]byte("Author\x00\x00"), packed(t, []byte(secret))...)),
		"png exif":             withChunk(t, "eXIf", exif(0x013b, []byte(secret))),
		"docx core properties": office(t, "docProps/core.xml", "<dc:creator>"+secret+"</dc:creator>"),
		"docx comment":         office(t, "word/comments.xml", "<w:t>"+secret+"</w:t>"),
		"odt properties":       office(t, "meta.xml", "<dc:creator>"+secret+"</dc:creator>"),
		"pdf info":             []byte("%PDF-1.4\n1 0 obj << /Author (" + secret + ") >> endobj\n%%EOF"),
		"pdf info, utf-16":     append(append([]byte("%PDF-1.4\n1 0 obj << /Author (\xfe\xff"), be...), ") >> endobj\n%%EOF"...),
		"pdf info, octal":      []byte("%PDF-1.4\n1 0 obj << /Author (" + octal + ") >> endobj\n%%EOF"),
		"pdf info, hex":        fmt.Appendf(nil, "%%PDF-1.4\n1 0 obj << /Author <%x> >> endobj", append([]byte("\xfe\xff"), be...)),
		"pdf xmp":              pdf("/Type /Metadata /Subtype /XML", "<dc:creator>"+secret+"</dc:creator>"),
		"pdf xmp, packed":      pdf("/Type /Metadata /Filter /FlateDecode", string(packed(t, []byte("<dc:creator>"+secret+"</dc:creator>")))),
		"pdf object stream":    pdf("/Type /ObjStm /Filter /FlateDecode", string(packed(t, []byte("<< /Author ("+secret+") >>")))),
		"something else":       []byte("\x00\x01GIF or so " + secret + "\x00"),
	} {
		if got := filemeta.Read(b); !strings.Contains(got.Text, secret) || got.Position || got.Unread {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// latin is a name as programs of the Windows code page write it.
const latin = "J\xf6rgen Verz\xefnsel"

// A name in Latin-1 is read as one, wherever a program wrote it so.
func TestPropertiesInLatin1AreRead(t *testing.T) {
	for name, b := range map[string][]byte{
		"jpeg comment":    withSegment(t, 0xfe, []byte(latin)),
		"jpeg iptc":       withSegment(t, 0xed, []byte("Photoshop 3.0\x008BIM\x04\x04\x00\x00\x1c\x02\x50\x00\x10"+latin)),
		"jpeg exif":       withSegment(t, 0xe1, append([]byte("Exif\x00\x00"), exif(0x013b, []byte(latin))...)),
		"png text":        withChunk(t, "tEXt", []byte("Author\x00"+latin)),
		"pdf info":        []byte("%PDF-1.4\n1 0 obj << /Author (" + latin + ") >> endobj\n%%EOF"),
		"pdf info, octal": []byte("%PDF-1.4\n1 0 obj << /Author (J\\366rgen Verz\\357nsel) >> endobj\n%%EOF"),
		"pdf info, hex":   fmt.Appendf(nil, "%%PDF-1.4\n1 0 obj << /Author <%x> >> endobj", latin),
		"docx core":       office(t, "docProps/core.xml", "<?xml encoding=\"ISO-8859-1\"?><dc:creator>"+latin+"</dc:creator>"),
	} {
		if got := filemeta.Read(b); !strings.Contains(got.Text, "Jörgen Verzïnsel") || got.Unread {
			t.Errorf("%s: %+v", name, got)
		}
	}
	both := filemeta.Read([]byte("Müller en " + latin + "\x00\xe2\x82\xac 5 per stuk"))
	if !strings.Contains(both.Text, "Müller en") || !strings.Contains(both.Text, "Jörgen Verzïnsel") || !strings.Contains(both.Text, "€ 5 per stuk") {
		t.Errorf("UTF-8 and Latin-1 in one file: %q", both.Text)
	}
}

// Bytes that are no text do not become one by it.
func TestBytesThatAreNoTextAreNotReadAsLatin1(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	noise := make([]byte, 1<<17)
	for n := range noise {
		noise[n] = byte(r.Uint32())
	}
	ascii := 0
	for _, line := range strings.Split(filemeta.Read(noise).Text, "\n") {
		for _, c := range line {
			if c > 0x7e && c < 0x100 {
				ascii++
				break
			}
		}
	}
	if ascii > 1200 {
		t.Errorf("%d lines of noise are read as Latin-1 of %d bytes", ascii, len(noise))
	}
}

// Who wrote, changed or commented on a document stands in parts of its own, and
// with the tracked changes in the text: the names are read, the text is not.
func TestAuthorsOfOfficeFilesAreRead(t *testing.T) {
	for name, b := range map[string][]byte{
		"pptx comment authors": office(t, "ppt/commentAuthors.xml", `<p:cmAuthor name="`+secret+`" initials="V"/>`),
		"pptx authors":         office(t, "ppt/authors.xml", `<p188:author name="`+secret+`"/>`),
		"pptx comment":         office(t, "ppt/comments/modernComment_1.xml", `<p188:cm>`+secret+`</p188:cm>`),
		"docx people":          office(t, "word/people.xml", `<w15:person w15:author="`+secret+`"/>`),
		"docx tracked change":  office(t, "word/document.xml", `<w:p><w:ins w:id="1" w:author="`+secret+`" w:date="2027-03-01T00:00:00Z"><w:r><w:t>shown</w:t></w:r></w:ins></w:p>`),
		"docx footnote change": office(t, "word/footnotes.xml", `<w:del w:author='`+secret+`'>`),
		"docx header change":   office(t, "word/header1.xml", `<w:ins w:author="`+secret+`">`),
		"xlsx persons":         office(t, "xl/persons/person.xml", `<person displayName="`+secret+`"/>`),
		"xlsx threads":         office(t, "xl/threadedComments/threadedComment1.xml", `<text>`+secret+`</text>`),
		"xlsx shared by":       office(t, "xl/revisions/userNames.xml", `<userInfo name="`+secret+`"/>`),
		"odt tracked change":   office(t, "content.xml", `<office:change-info><dc:creator>`+secret+`</dc:creator></office:change-info><text:p>shown</text:p>`),
	} {
		if got := filemeta.Read(b); !strings.Contains(got.Text, secret) || strings.Contains(got.Text, "shown") || got.Unread {
			t.Errorf("%s: %+v", name, got)
		}
	}
	long := strings.Repeat("<w:t>a long text</w:t>", 60_000) // longer than a part of properties may be
	got := filemeta.Read(office(t, "word/document.xml", long+`<w:ins w:author="`+secret+`">`))
	if !strings.Contains(got.Text, secret) || got.Unread {
		t.Errorf("behind a long text: %+v", got)
	}
}

// A picture that says where it was made says so in EXIF or in XMP.
func TestAPositionIsSeen(t *testing.T) {
	for name, b := range map[string][]byte{
		"jpeg": withSegment(t, 0xe1, append([]byte("Exif\x00\x00"), exif(0x8825, nil)...)),
		"png":  withChunk(t, "eXIf", exif(0x8825, nil)),
		"tiff": exif(0x8825, nil),
		"xmp":  withSegment(t, 0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<exif:GPSLatitude>52,5N</exif:GPSLatitude>")),
	} {
		if !filemeta.Read(b).Position {
			t.Errorf("%s: no position", name)
		}
	}
}

// What a file shows is not its properties, and a clean one says nothing.
func TestWhatAFileShowsIsLeftAlone(t *testing.T) {
	shown := pdf("/Length 99 /Filter /FlateDecode", string(packed(t, []byte("("+secret+") Tj"))))
	for name, b := range map[string][]byte{"pdf page": shown, "docx text": office(t, "word/document.xml", secret), "empty": nil} {
		if got := filemeta.Read(b); strings.Contains(got.Text, secret) || got.Position || got.Unread {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// What cannot be read whole says so: encrypted, broken off, or larger than the
// bounds. A packed bomb takes no memory.
func TestWhatIsNotReadIsSaid(t *testing.T) {
	long := make([]byte, 0, 1<<20)
	for n := 0; len(long) < 1<<20; n++ {
		long = fmt.Appendf(long, "line %d of many\n", n)
	}
	for name, b := range map[string][]byte{
		"encrypted":   []byte("%PDF-1.7\ntrailer << /Encrypt 5 0 R >>"),
		"broken pdf":  []byte("%PDF-1.7\n1 0 obj << /Type /Metadata >> stream\nabc"),
		"broken jpeg": []byte("\xff\xd8\xff\xe1\xff\xffExif"),
		"broken png":  append([]byte("\x89PNG\r\n\x1a\n"), 0xff, 0xff, 0xff, 0xff, 't', 'E', 'X', 't', 0, 0, 0, 0),
		"broken zip":  []byte("PK\x03\x04 and no more"),
		"a bomb":      withChunk(t, "zTXt", append([]byte("Author\x00\x00"), packed(t, make([]byte, 64<<20))...)),
		"too long":    long,
	} {
		if got := filemeta.Read(b); !got.Unread || len(got.Text) > 80<<10 {
			t.Errorf("%s: unread %v, %d bytes", name, got.Unread, len(got.Text))
		}
	}
}

// No bytes make it fail or give more than its bounds.
func FuzzRead(f *testing.F) {
	f.Add([]byte("%PDF-1.4\n1 0 obj << /Author <FEFF> >> stream endstream"))
	f.Add(exif(0x8825, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := filemeta.Read(b); len(got.Text) > 80<<10 {
			t.Errorf("%d bytes", len(got.Text))
		}
	})
}
