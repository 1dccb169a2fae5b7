package filemeta

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// latin adds the runs that are no UTF-8, read in the code page of Windows, which
// holds Latin-1: programs wrote names so in IPTC, EXIF, PDF and PNG. What reads as
// letters by chance is left out.
func (r *reader) latin(b []byte) {
	if utf8.Valid(b) {
		return
	}
	for run := range bytes.FieldsFuncSeq(b, func(c rune) bool { return c < 0x20 || c == 0x7f }) {
		if r.full {
			return
		}
		if !utf8.Valid(run) {
			r.latinRun(run)
		}
	}
}

// latinRun adds the pieces of a run between what is neither printable ASCII nor a
// letter.
func (r *reader) latinRun(run []byte) {
	var piece []rune
	plain, high := 0, 0
	flush := func() {
		if high > 0 && 10*plain >= latinShare*len(piece) {
			r.add(string(piece))
		}
		piece, plain, high = piece[:0], 0, 0
	}
	for _, c := range run {
		letter := charmap.Windows1252.DecodeByte(c)
		switch {
		case c < utf8.RuneSelf:
			if c == ' ' || unicode.IsLetter(letter) || unicode.IsDigit(letter) {
				plain++
			}
		case unicode.IsLetter(letter):
			high++
		default:
			flush()
			continue
		}
		piece = append(piece, letter)
	}
	flush()
}

// latinShare is how many in ten characters of a piece are ASCII's letters, digits
// and blanks at least: of a text in a Western language most are.
const latinShare = 6
