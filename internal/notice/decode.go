package notice

import (
	"encoding/base64"
	"html"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxEscapes is how often something may be escaped again and still be read.
const maxEscapes = 12

// decode drops invisible characters and resolves HTML entities and
// percent-encoding, also where they were escaped again.
func decode(s string) string {
	for range maxEscapes {
		next := html.UnescapeString(unpercent(s))
		if next == s {
			break
		}
		s = next
	}
	return s
}

// unpercent resolves percent-encoding, however often: before entities, because
// a reader of HTML takes "&amp" for one without its semicolon.
func unpercent(s string) string {
	for range maxEscapes {
		next := percentOnce(visible(s))
		if next == s {
			break
		}
		s = next
	}
	return s
}

// visible is a text without its invisible characters.
func visible(s string) string {
	if strings.IndexFunc(s, invisible) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return r
	}, s)
}

// percentOnce resolves each run of percent-encoded bytes.
func percentOnce(s string) string {
	i := strings.IndexByte(s, '%')
	if i < 0 {
		return s
	}
	var b strings.Builder
	for ; i >= 0; i = strings.IndexByte(s, '%') {
		end := i
		for end+2 < len(s) && s[end] == '%' && isHex(s[end+1]) && isHex(s[end+2]) {
			end += 3
		}
		if end == i {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i])
		if u, err := url.PathUnescape(s[i:end]); err == nil {
			b.WriteString(u)
		}
		s = s[end:]
	}
	b.WriteString(s)
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// minCoded is how long base64 must be to be worth reading.
const minCoded = 6

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
		if text, at, ok := firstCoded(s[from:i]); ok {
			b.WriteString(s[done : from+at])
			b.WriteString(" " + text + " ")
			done = i
		}
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

func isCoded(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '_' || c == '-'
}

// firstCoded finds what is base64 behind any of a path's slashes.
func firstCoded(s string) (text string, at int, ok bool) {
	for len(s)-at >= minCoded {
		if text, ok := fromBase64(s[at:]); ok {
			return text, at, true
		}
		next := strings.IndexByte(s[at:], '/')
		if next < 0 {
			break
		}
		at += next + 1
	}
	return "", 0, false
}

var urlSafe = strings.NewReplacer("-", "+", "_", "/")

func fromBase64(s string) (string, bool) {
	s = strings.TrimRight(s, "=")
	if strings.ContainsAny(s, "-_") {
		s = urlSafe.Replace(s)
	}
	if len(s)%4 == 1 {
		return "", false
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
	text := strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(string(b[:n]))
	return text, !strings.ContainsFunc(text, unicode.IsControl)
}

// stripTags is a text without mark-up: what stands between < and > in one piece.
func stripTags(s string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); {
		open := strings.IndexByte(s[i:], '<')
		if open < 0 {
			break
		}
		open += i
		end := strings.IndexAny(s[open+1:], "<>")
		if end < 0 {
			break
		}
		end += open + 1
		if s[end] == '<' {
			i = end
			continue
		}
		b.WriteString(s[done:open])
		done, i = end+1, end+1
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}
