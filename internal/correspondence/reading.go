package correspondence

import (
	netmail "net/mail"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// maxRead is how much of a mail's text the rules look at: bounces and answers
// say what they are at the top.
const maxRead = 64 << 10

// reading is a message as the rules see it: folded, without what is quoted and
// without the mail that a report returns.
type reading struct {
	m           *Message
	subject     string
	sender      string // folded name and address
	senderLocal string
	null        bool     // the return path is empty
	lines       []string // of the report or answer itself, as written
	text        string   // lines, folded
	quoted      bool     // something was quoted
	forwarded   bool     // a person sends on what another mail said
	result      string
}

func read(m *Message) *reading {
	r := &reading{m: m, subject: fold(m.Subject)}
	from := words(m.Header, "From")
	r.sender = fold(from)
	r.senderLocal = localPart(from)
	switch p := fold(m.Header.Get("Return-Path")); p {
	case "<>", "<mailer-daemon>", "mailer-daemon":
		r.null = true
	}
	if from := strings.TrimSpace(from); from == "" || from == "<>" {
		r.sender, r.senderLocal, r.null = "mailer-daemon", "mailer-daemon", true
	}
	text := m.plain()
	if r.forwarded = starts(r.subject, "fwd:", "fw:", "wg:", "tr:", "doorst:"); r.forwarded {
		text = unmarked(text)
	}
	r.lines = r.own(text)
	r.text = fold(strings.Join(r.lines, "\n"))
	return r
}

// Words are what the sender wrote, as text: without marks, without what is
// quoted or returned below.
func (m *Message) Words() string { return strings.TrimSpace(strings.Join(read(m).lines, "\n")) }

// Contains says whether a phrase stands in a text, as the rules compare them.
func Contains(text, phrase string) bool {
	phrase = strings.TrimSpace(fold(phrase))
	return phrase != "" && strings.Contains(fold(text), phrase)
}

// plain is the text of a mail: its text parts, else its HTML without marks.
func (m *Message) plain() string {
	text := m.Text
	if strings.TrimSpace(text) == "" {
		text = m.HTML
	}
	if len(text) > maxRead {
		text = strings.ToValidUTF8(text[:maxRead], "")
	}
	if strings.Contains(text, "</") || strings.Contains(text, "<br") {
		text = withoutMarks(text)
	}
	return text
}

// withoutMarks gives the words of HTML, one line a block. What a browser does
// not show is left out.
func withoutMarks(text string) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(text))
	hidden := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.String()
		case html.TextToken:
			if hidden == 0 {
				out.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			hidden += unseen(string(name), 1)
			out.WriteString(breaks(string(name), z))
		case html.EndTagToken:
			name, _ := z.TagName()
			hidden = max(0, hidden+unseen(string(name), -1))
			out.WriteString(breaks(string(name), z))
		}
	}
}

func unseen(tag string, by int) int {
	if tag == "style" || tag == "script" || tag == "title" {
		return by
	}
	return 0
}

// breaks is what a tag leaves behind: a line end for a block, and an address
// in angle brackets, which only looks like a tag, as it was.
func breaks(tag string, z *html.Tokenizer) string {
	switch tag {
	case "br", "p", "div", "tr", "li", "table", "h1", "h2", "h3", "blockquote", "hr":
		return "\n"
	}
	if strings.Contains(tag, "@") {
		return string(z.Raw())
	}
	return ""
}

// own leaves out the mail that is returned or quoted below.
func (r *reading) own(text string) []string {
	var kept []string
	for rest := text; rest != ""; {
		line, after, _ := strings.Cut(rest, "\n")
		rest = after
		line = strings.TrimRight(line, " \t\r\n")
		trimmed := strings.TrimSpace(line)
		if len(kept) > 0 && (endsOwn(trimmed, r.forwarded) || !r.forwarded && headOfQuoted(trimmed, rest)) {
			r.quoted = true
			break
		}
		if strings.HasPrefix(trimmed, ">") && !strings.HasPrefix(trimmed, ">>> ") {
			r.quoted = true
			continue
		}
		kept = append(kept, line)
	}
	return kept
}

func endsOwn(line string, forwarded bool) bool {
	if line == "" || len(line) > 200 {
		return false
	}
	low := strings.TrimSpace(fold(line))
	if low == "" { // nothing that is seen
		return false
	}
	if !forwarded && introduces(low) {
		return true
	}
	if copies(low) {
		return true
	}
	ruled := strings.ContainsRune("-=*#_|", rune(low[0])) || strings.HasSuffix(low, ":")
	return ruled && !forwarded && inLines(low, signQuoted)
}

// headOfQuoted says whether a line names the sender of a mail that is quoted: soon
// below it stands when that was sent. Some mail programs set no other line above.
func headOfQuoted(line, rest string) bool {
	if !isField(line, signFrom) {
		return false
	}
	for range 6 { // three lines, with empty ones between
		var next string
		next, rest, _ = strings.Cut(rest, "\n")
		if isField(strings.TrimSpace(next), signSent) {
			return true
		}
	}
	return false
}

// isField says whether a line is a field of a mail's head by one of a sign's
// names, also in bold.
func isField(line string, s sign) bool {
	if len(line) > 400 {
		return false
	}
	name, _, ok := strings.Cut(line, ":")
	if !ok || len(name) > 40 {
		return false
	}
	name = strings.Trim(fold(name), " *_")
	return slices.ContainsFunc(house().rules[s], func(r *rule) bool { return slices.Contains(r.Any, name) })
}

func inLines(low string, s sign) bool {
	for _, rule := range house().rules[s] {
		for _, p := range rule.Any {
			if strings.Contains(low, p) {
				return true
			}
		}
	}
	return false
}

// copied is the head of the mail that a report in words copies below its own
// text, "" without one.
func copied(text string) string {
	if len(text) > maxRead {
		text = strings.ToValidUTF8(text[:maxRead], "")
	}
	seen := false
	for rest := text; rest != ""; {
		line, after, _ := strings.Cut(rest, "\n")
		rest = after
		low := strings.TrimSpace(fold(line))
		if seen && low != "" && copies(low) {
			head, _, _ := strings.Cut(strings.TrimLeft(strings.ReplaceAll(rest, "\r", ""), "\n"), "\n\n")
			if name, _, ok := strings.Cut(head, ":"); ok && name != "" && !strings.ContainsAny(name, " \t\n") {
				return head
			}
		}
		seen = seen || low != ""
	}
	return ""
}

func copies(low string) bool {
	if len(low) > 200 {
		return false
	}
	ruled := strings.ContainsRune("-=*#_|", rune(low[0])) || strings.HasSuffix(low, ":")
	return inLines(low, signPlain) || ruled && inLines(low, signReturned)
}

// introduces says whether a line is what mail programs put above a quotation.
func introduces(low string) bool {
	for _, pair := range [][2]string{
		{"on ", "wrote:"}, {"op ", "schreef"}, {"am ", "schrieb"}, {"le ", "a écrit"}, {"el ", "escribió"},
	} {
		if strings.HasPrefix(low, pair[0]) && strings.Contains(low, pair[1]) && strings.HasSuffix(low, ":") {
			return true
		}
	}
	return false
}

// field is the folded text a rule looks at. An absent header is empty; one that
// is there, even without a value, is not.
func (r *reading) field(name, header string) string {
	switch name {
	case inSubject:
		return r.subject
	case inText:
		return r.text
	case inSender:
		return r.sender
	case inSenderLocal:
		return r.senderLocal
	case inResult:
		return r.result
	case inHeader:
		if r.m.Header.Has(header) {
			return " " + fold(r.m.Header.Get(header))
		}
	}
	return ""
}

func starts(text string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(strings.TrimSpace(text), p) {
			return true
		}
	}
	return false
}

// unmarked takes the quotation marks off a text that was sent on.
func unmarked(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		rest, marked := strings.CutPrefix(line, "> ")
		if !marked {
			rest = strings.TrimPrefix(line, ">")
		}
		out.WriteString(rest)
	}
	return out.String()
}

// answering says that the message continues a conversation, as people do.
func (r *reading) answering() bool {
	return r.quotedSubject() || !r.null && (r.m.Header.Has("In-Reply-To") || r.m.Header.Has("References"))
}

// quotedSubject says that the subject is the one answered to.
func (r *reading) quotedSubject() bool {
	return starts(r.subject, "re:", "re :", "aw:", "antw:", "antwoord:", "sv:", "r:", "ré:")
}

// ownStart is the first lines of what the sender wrote.
func ownStart(r *reading) string {
	return strings.Join(r.lines[:min(len(r.lines), 60)], "\n")
}

// bare is the address of a field that names one or more.
func bare(field string) string {
	if all, err := netmail.ParseAddressList(field); err == nil && len(all) > 0 {
		return all[0].Address
	}
	return strings.Trim(field, " <>")
}

func localPart(from string) string {
	address := from
	if a, err := netmail.ParseAddress(from); err == nil {
		address = a.Address
	} else if _, rest, ok := strings.Cut(from, "<"); ok {
		address, _, _ = strings.Cut(rest, ">")
	} else if words := strings.Fields(from); len(words) > 0 {
		address = words[0]
	}
	local, _, _ := strings.Cut(address, "@")
	local, _, _ = strings.Cut(strings.ToLower(local), "+")
	return strings.Trim(local, "<> ")
}

var quotes = strings.NewReplacer("’", "'", "‘", "'", "`", "'", "“", `"`, "”", `"`, "„", `"`, "\u00a0", " ", "\u200b", "", "\u00ad", "")

// fold makes texts comparable: lower case, one kind of quotation mark, one
// space for any white space.
func fold(s string) string {
	s = quotes.Replace(strings.ToLower(s))
	var out strings.Builder
	out.Grow(len(s))
	space := false
	for _, c := range s {
		if unicode.IsSpace(c) {
			space = true
			continue
		}
		if space {
			out.WriteByte(' ')
			space = false
		}
		out.WriteRune(c)
	}
	if space {
		out.WriteByte(' ')
	}
	return out.String()
}
