package notice

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

func itoa(n int) string { return strconv.Itoa(n) }

// page is a document that reads well without style sheets, scripts or pictures.
const page = `<!DOCTYPE html>
<html lang="%LANG%">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>%TITLE%</title>
<style>body{font:16px/1.5 sans-serif;max-width:45em;margin:2em auto;padding:0 1em;color:#111;background:#fff}h1{font-size:1.4em}h2{font-size:1.15em}p,li{overflow-wrap:anywhere}</style>
</head>
<body>
<main>
<h1>%TITLE%</h1>
%BODY%</main>
</body>
</html>
`

// HTML is a draft as one simple page: headings, paragraphs and lists, all text
// escaped, nothing fetched, no link that a click could follow to the content.
// Sealed annexes are never in it.
func HTML(d Draft) []byte {
	var b strings.Builder
	writeBody(&b, clean(d.Text))
	for _, a := range d.Annexes {
		if !a.Sealed {
			writeBody(&b, clean(a.Text))
		}
	}
	language := d.Language
	if language == "" {
		language = "nl"
	}
	return []byte(strings.NewReplacer("%LANG%", html.EscapeString(language), "%TITLE%", html.EscapeString(cleanField(d.Subject)), "%BODY%", b.String()).Replace(page))
}

// writeBody turns blocks between blank lines into headings, lists, paragraphs.
func writeBody(b *strings.Builder, text string) {
	for _, block := range strings.Split(strings.TrimSpace(text), "\n\n") {
		writeBlock(b, strings.Split(strings.Trim(block, "\n"), "\n"))
	}
}

var (
	bullet     = regexp.MustCompile(`^- `)
	listNumber = regexp.MustCompile(`^[0-9]+\. `)
)

func writeBlock(b *strings.Builder, lines []string) {
	for n := 0; n < len(lines); {
		line := lines[n]
		switch {
		case isHeading(line):
			b.WriteString("<h2>" + html.EscapeString(line) + "</h2>\n")
			n++
		case bullet.MatchString(line):
			n = writeList(b, lines, n, "ul", bullet)
		case listNumber.MatchString(line):
			n = writeList(b, lines, n, "ol", listNumber)
		default:
			n = writeParagraph(b, lines, n)
		}
	}
}

// isHeading reports whether a line is in capitals without a full stop.
func isHeading(line string) bool {
	letters := 0
	for _, r := range line {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters > 3 && !strings.HasSuffix(line, ".") && !bullet.MatchString(line) && !listNumber.MatchString(line) && !listNumber.MatchString(line)
}

// itemNumber keeps the number of an item where a browser would count another: a
// list that goes on, or one that leaves numbers out. shown is what the browser
// gives the item; it is moved to the next.
func itemNumber(mark string, shown *int) string {
	want, err := strconv.Atoi(strings.TrimSuffix(mark, ". "))
	if err != nil || want == *shown { // a bullet, or counted so anyway
		*shown++
		return ""
	}
	*shown = want + 1
	return ` value="` + itoa(want) + `"`
}

func writeList(b *strings.Builder, lines []string, n int, tag string, mark *regexp.Regexp) int {
	b.WriteString("<" + tag + ">\n")
	for shown := 1; n < len(lines) && mark.MatchString(lines[n]); n++ {
		b.WriteString("<li" + itemNumber(mark.FindString(lines[n]), &shown) + ">" + html.EscapeString(mark.ReplaceAllString(lines[n], "")) + "</li>\n")
	}
	b.WriteString("</" + tag + ">\n")
	return n
}

func writeParagraph(b *strings.Builder, lines []string, n int) int {
	b.WriteString("<p>")
	for first := true; n < len(lines) && !isHeading(lines[n]) && !bullet.MatchString(lines[n]) && !listNumber.MatchString(lines[n]); n++ {
		if !first {
			b.WriteString("<br>\n")
		}
		b.WriteString(html.EscapeString(lines[n]))
		first = false
	}
	b.WriteString("</p>\n")
	return n
}
