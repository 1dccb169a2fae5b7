// Package compose turns a message into the bytes of a mail (RFC 5322). The
// library that writes them lets line breaks through and drops addresses that
// it cannot read, so everything is checked here first: what is refused is
// named, and nothing is dropped. It touches no network.
package compose

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jordan-wright/email"

	"github.com/ontdox/takedown/internal/casework"
)

// Reference is the header that carries our reference.
const Reference = "X-Takedown-Ref"

// Bytes composes a message that passes Check, with CRLF line ends. Boundaries
// are random, so two compositions of one message differ there alone.
//
// A document has no Auto-Submitted header: a person edits and a second one
// approves every text, and an addressee's acknowledgement, which RFC 3834 would
// forbid to an automatic text, is wanted. What the program writes by itself
// (Automatic) has it.
func Bytes(m casework.Message) ([]byte, error) {
	if err := Check(m); err != nil {
		return nil, err
	}
	e := email.NewEmail()
	e.From = field(m.From)
	e.To, e.Cc = fields(m.To), fields(m.Cc)
	if m.ReplyTo.Email != "" {
		e.ReplyTo = []string{field(m.ReplyTo)}
	}
	e.Subject = words(m.Subject)
	e.Text, e.HTML = []byte(m.Text), []byte(m.HTML)
	e.Headers.Set("Message-Id", "<"+m.ID+">")
	e.Headers.Set("Date", m.Date.Format(time.RFC1123Z))
	if m.Reference != "" {
		e.Headers.Set(Reference, m.Reference)
	}
	if m.Automatic {
		e.Headers.Set("Auto-Submitted", "auto-generated")
	}
	for i, a := range m.Attachments {
		e.Attachments = append(e.Attachments, attachment(m.ID, i, a))
	}
	b, err := e.Bytes()
	if err != nil {
		return nil, internal("the message could not be composed", err)
	}
	b = fold(b)
	return b, checkLines(b)
}

// Envelope gives the sender and the recipients, each once, as SMTP takes them.
// The message has passed Check.
func Envelope(m casework.Message) (from string, to []string) {
	from, _ = address(m.From.Email)
	seen := map[string]bool{}
	for _, list := range [][]casework.Address{m.To, m.Cc} {
		for _, a := range list {
			if mailbox, _ := address(a.Email); !seen[mailbox] {
				seen[mailbox] = true
				to = append(to, mailbox)
			}
		}
	}
	return from, to
}

// attachment sets every header itself: the library would write name and type
// as they are, into three headers.
func attachment(id string, i int, a casework.MailAttachment) *email.Attachment {
	mediaType, _ := contentType(a)
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	h.Set("Content-Id", "<"+strconv.Itoa(i+1)+"."+id+">")
	return &email.Attachment{ContentType: mediaType, Header: h, Content: a.Content}
}

// contentType is the attachment's type in canonical form. A text without a
// charset is read as ASCII (RFC 2046 §4.1.2); ours are UTF-8, and it says so.
func contentType(a casework.MailAttachment) (string, bool) {
	t, params, err := mime.ParseMediaType(a.MediaType)
	if err != nil || !strings.Contains(t, "/") || strings.HasPrefix(t, "multipart/") || strings.HasPrefix(t, "message/") {
		return "", false
	}
	if strings.HasPrefix(t, "text/") && params["charset"] == "" && utf8.Valid(a.Content) {
		params["charset"] = "utf-8"
	}
	s := mime.FormatMediaType(t, params)
	return s, s != ""
}

func fields(list []casework.Address) []string {
	var out []string
	for _, a := range list {
		out = append(out, field(a))
	}
	return out
}

// field writes one address without any comma outside an encoded word: the
// library splits its lists at every comma, quoted or not.
func field(a casework.Address) string {
	mailbox, _ := address(a.Email)
	switch {
	case a.Name == "":
		return "<" + mailbox + ">"
	case plain(a.Name) && !strings.Contains(a.Name, ","):
		return (&mail.Address{Name: a.Name, Address: mailbox}).String()
	}
	return encoded(a.Name) + " <" + mailbox + ">"
}

// words is a text for an unstructured header: as it is, or encoded if a reader
// could take it for something else.
func words(s string) string {
	if plain(s) && !strings.Contains(s, "=?") && strings.TrimSpace(s) == s {
		return s
	}
	return encoded(s)
}

// encoded is s as RFC 2047 words of at most 75 characters, never splitting a
// character, with one space between: the line is folded later.
func encoded(s string) string {
	const most = 45 // bytes that give 60 characters of base64
	var out []string
	for s != "" {
		n := 0
		for n < len(s) {
			_, size := utf8.DecodeRuneInString(s[n:])
			if n+size > most {
				break
			}
			n += size
		}
		out = append(out, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(out, " ")
}

// plain says that s is printable ASCII.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Lines of a header: folded at 76 where there is a space, refused above 998
// (RFC 5322 §2.1.1).
const (
	foldAt  = 76
	maxLine = 998
)

// fold breaks the header's long lines before a space, which changes nothing
// for who reads it (RFC 5322 §2.2.3).
func fold(b []byte) []byte {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return b
	}
	out := make([]byte, 0, len(b)+256)
	for _, line := range bytes.SplitAfter(b[:end+2], []byte("\r\n")) {
		out = append(out, foldLine(line)...)
	}
	return append(out, b[end+2:]...)
}

func foldLine(line []byte) []byte {
	var out []byte
	for len(line) > foldAt+2 {
		i := bytes.LastIndexByte(line[1:foldAt], ' ') + 1
		if i == 0 || len(bytes.TrimSpace(line[:i])) == 0 || bytes.HasSuffix(line[:i], []byte(":")) || len(bytes.TrimSpace(line[i:])) == 0 {
			if i = after(line); i == 0 {
				break
			}
		}
		out = append(append(out, line[:i]...), "\r\n"...)
		line = line[i:]
	}
	return append(out, line...)
}

// after is the first place past the limit where a line may still be broken.
func after(line []byte) int {
	for i := foldAt; i < len(line)-2; i++ {
		if line[i] == ' ' && len(bytes.TrimSpace(line[i:])) > 0 {
			return i
		}
	}
	return 0
}

func checkLines(b []byte) error {
	head, _, _ := bytes.Cut(b, []byte("\r\n\r\n"))
	for _, line := range bytes.Split(head, []byte("\r\n")) {
		if len(line) > maxLine {
			name, _, _ := strings.Cut(string(line), ":")
			return invalid(problem("/"+strings.ToLower(name), fmt.Sprintf("makes a header line above %d characters", maxLine)))
		}
	}
	return nil
}
