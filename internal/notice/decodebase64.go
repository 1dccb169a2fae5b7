package notice

import (
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// minCoded is how long base64 must be to be worth reading.
	minCoded = 6
	// maxPieces is how many pieces of a run are read as one: what is coded may
	// hold the marks that part a path, and more than a few are no name's.
	maxPieces = 6
	// pieceGap stands around what a piece says, so that two readings of one run
	// are not read as one: a letter that no value has.
	pieceGap = " \u0298 "
	// maxCoded is how often base64 within base64 is read.
	maxCoded = 3
	// maxStarts is behind how many marks of a run the whole rest is read.
	maxStarts = 16
)

// uncode resolves base64 where it gives readable text, as links carry it. It
// gives only the lines that hold some, at their places: the others were read.
// Line ends within base64 become spaces. Without any it gives nothing.
func uncode(s string) string {
	var b strings.Builder
	lines, found := 0, false
	for line := range strings.Lines(s) {
		if open := uncodeLine(line); open != line {
			b.WriteString(strings.Repeat("\n", lines))
			b.WriteString(open)
			lines, found = 0, true
			continue
		}
		lines++
	}
	if !found {
		return ""
	}
	return b.String()
}

func uncodeLine(s string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); {
		from := i
		for i < len(s) && isCoded(s[i]) {
			i++
		}
		for n := 0; n < 2 && i < len(s) && s[i] == '='; n++ {
			i++
		}
		if i-from < minCoded {
			i = max(i, from+1)
			continue
		}
		if text := codedPieces(s[from:i]); text != "" {
			b.WriteString(s[done:from])
			b.WriteString(text)
			done = i
		}
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

func isCoded(c byte) bool { return codedBytes[c] }

// codedBytes are the bytes of both alphabets.
var codedBytes = func() (out [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-") {
		out[c] = true
	}
	return out
}()

// codedPieces gives what is readable base64 in a run of its letters: the whole,
// each piece between the marks of a path, a few of them together, and the rest
// behind each of the first marks. The marks are letters of base64 too.
func codedPieces(run string) string {
	run = strings.TrimRight(run, "=")
	var b strings.Builder
	read := func(from, to int) {
		if to-from < minCoded {
			return
		}
		if text, ok := fromBase64(run[from:to]); ok {
			b.WriteString(pieceGap + text + pieceGap)
		}
	}
	ends := pieceEnds(run)
	from := 0
	for n := range ends {
		last := min(n+maxPieces, len(ends))
		for _, to := range ends[n:last] {
			read(from, to)
		}
		if last < len(ends) && n < maxStarts {
			read(from, len(run))
		}
		from = ends[n] + 1
	}
	return b.String()
}

// pieceEnds is where each piece between marks ends; the last one with the run.
func pieceEnds(run string) []int {
	var short [8]int // most words have no mark
	ends := short[:0]
	for i := range len(run) {
		if c := run[i]; c == '/' || c == '-' || c == '_' {
			ends = append(ends, i)
		}
	}
	return append(ends, len(run))
}

var (
	urlSafe  = strings.NewReplacer("-", "+", "_", "/")
	oneSpace = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ")
)

func fromBase64(s string) (string, bool) {
	if len(s)%4 == 1 || !beginsReadable(s) {
		return "", false
	}
	if strings.ContainsAny(s, "-_") {
		s = urlSafe.Replace(s)
	}
	var short [48]byte // most words of a letter are tried, and are none
	b := short[:]
	if size := base64.RawStdEncoding.DecodedLen(len(s)); size > len(b) {
		b = make([]byte, size)
	}
	n, err := base64.RawStdEncoding.Decode(b, []byte(s))
	if err != nil || !utf8.Valid(b[:n]) {
		return "", false
	}
	text := oneSpace.Replace(string(b[:n]))
	return text, !strings.ContainsFunc(text, unicode.IsControl)
}

// beginsReadable says of the first letters whether a text can begin with them:
// no text does with a control character (line ends and tabs apart) or with a
// later byte of UTF-8, and only behind a first byte of UTF-8 one of those
// follows. That spares most words their decoding.
func beginsReadable(s string) bool {
	first, second := sextet(s[0])<<2|sextet(s[1])>>4, sextet(s[1])<<4|sextet(s[2])>>2
	later := second >= 0x80 && second < 0xC0
	if first < utf8.RuneSelf {
		return !control(first) && !later && !control(second)
	}
	return first >= 0xC0 && later
}

// control is a byte that no text holds; line ends and tabs are read as spaces.
func control(c byte) bool {
	return c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7F
}

func sextet(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c - 'A'
	case c >= 'a' && c <= 'z':
		return c - 'a' + 26
	case c >= '0' && c <= '9':
		return c - '0' + 52
	case c == '+' || c == '-':
		return 62
	}
	return 63
}
