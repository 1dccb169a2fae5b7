package filemeta_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/filemeta"
)

func film() []byte {
	moov := append([]byte("\x00\x00\x00\x1dmoov\xa9xyz"), []byte("+52.0+004.0/ 4711")...)
	return append([]byte("\x00\x00\x00\x10ftypmp42\x00\x00\x00\x00"), moov...)
}

// A camera may fill up before a marker, and a film may stand behind a picture.
func TestAJPEGIsReadToItsEnd(t *testing.T) {
	position := append([]byte("Exif\x00\x00"), exif(0x8825, []byte(secret))...)
	plain := withSegment(t, 0xe1, position)
	filled := append(append([]byte{0xff, 0xd8}, 0xff, 0xff), plain[2:]...)
	clean := withSegment(t, 0xfe, []byte("ok"))
	for name, c := range map[string]struct {
		file             []byte
		position, unread bool
	}{
		"filled up":             {filled, true, false},
		"two pictures":          {append(bytes.Clone(clean), plain...), true, false},
		"two, padded":           {append(append(bytes.Clone(clean), make([]byte, 512)...), plain...), true, false},
		"a film":                {append(bytes.Clone(clean), film()...), true, true},
		"a telephone's data":    {append(bytes.Clone(clean), bytes.Repeat([]byte("data "), 20)...), false, true},
		"its data with EXIF":    {append(append(bytes.Clone(clean), "SEFH----------------"...), position...), true, true},
		"a little padding":      {append(bytes.Clone(clean), "\r\n"...), false, false},
		"zeros":                 {append(bytes.Clone(clean), make([]byte, 4096)...), false, false},
		"no marker":             {append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, 4, 'o', 'k', 'x'}, position...), true, true},
		"a length of one":       {append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, 1}, position...), true, true},
		"cut in a length":       {[]byte{0xff, 0xd8, 0xff, 0xe1, 0}, false, true},
		"a block that lies out": {withSegment(t, 0xe1, []byte("Exif\x00\x00II*\x00\xff\xff\xff\x7f")), false, true},
		"a block of nothing":    {withSegment(t, 0xe1, []byte("Exif\x00\x00II*\x00")), false, true},
		"as it is":              {clean, false, false},
	} {
		got := filemeta.Read(c.file)
		if got.Position != c.position || got.Unread != c.unread {
			t.Errorf("%s: %+v", name, got)
		}
		if c.position && name != "a film" && !strings.Contains(got.Text, secret) {
			t.Errorf("%s: %q", name, got.Text)
		}
	}
}
