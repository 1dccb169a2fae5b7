package notice

import (
	"html"
	"net/url"
	"strings"
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
