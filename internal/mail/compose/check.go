package compose

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Limits of one message.
const (
	maxRecipients = 50
	maxSubject    = 500 // bytes
	maxName       = 200 // bytes of a display name, an attachment's name, a reference
	// maxSize bounds texts and attachments together: what most servers take,
	// before base64 adds a third.
	maxSize = 18 << 20
)

// Check refuses a message that would not arrive as it is: TooLarge above 18
// MiB, otherwise Invalid with every bad field by its pointer ("/to/1/email"),
// never with its value.
func Check(m casework.Message) error {
	var bad []takedown.FieldError
	add := func(pointer, detail string) {
		if detail != "" {
			bad = append(bad, problem(pointer, detail))
		}
	}
	add("/id", badID(m.ID))
	checkAddress(add, "/from", m.From)
	if m.ReplyTo != (casework.Address{}) {
		checkAddress(add, "/replyTo", m.ReplyTo)
	}
	checkList(add, "/to", m.To)
	checkList(add, "/cc", m.Cc)
	if len(m.To) == 0 {
		add("/to", "is needed")
	}
	if len(m.To)+len(m.Cc) > maxRecipients {
		add("/to", fmt.Sprintf("more than %d recipients", maxRecipients))
	}
	add("/subject", badText(m.Subject, maxSubject))
	add("/reference", badReference(m.Reference))
	if m.Date.IsZero() {
		add("/date", "is needed")
	}
	add("/text", badBody(m.Text))
	add("/html", badBody(m.HTML))
	if m.Text == "" && m.HTML == "" {
		add("/text", "is needed")
	}
	checkAttachments(add, m.Attachments)
	if len(bad) > 0 {
		return invalid(bad...)
	}
	return checkSize(m)
}

func checkSize(m casework.Message) error {
	size := len(m.Text) + len(m.HTML)
	for _, a := range m.Attachments {
		size += len(a.Content)
	}
	if size > maxSize {
		return takedown.Errorf(takedown.TooLarge, takedown.NameInvalidInput, "the message is larger than %d bytes", maxSize)
	}
	return nil
}

func checkList(add func(pointer, detail string), pointer string, list []casework.Address) {
	for i, a := range list {
		checkAddress(add, fmt.Sprintf("%s/%d", pointer, i), a)
	}
}

func checkAddress(add func(pointer, detail string), pointer string, a casework.Address) {
	add(pointer+"/name", badName(a.Name))
	_, detail := address(a.Email)
	add(pointer+"/email", detail)
}

func checkAttachments(add func(pointer, detail string), list []casework.MailAttachment) {
	for i, a := range list {
		pointer := fmt.Sprintf("/attachments/%d", i)
		detail := badName(a.Name)
		switch {
		case detail != "":
		case strings.TrimSpace(a.Name) == "":
			detail = "is needed"
		case strings.ContainsAny(a.Name, `/\`):
			detail = "is a path, not a name"
		}
		add(pointer+"/name", detail)
		if _, ok := contentType(a); !ok || badText(a.MediaType, maxName) != "" {
			add(pointer+"/mediaType", "is no type of a single file")
		}
	}
}

// badText says what is wrong with a text for a header; "" is nothing.
func badText(s string, most int) string {
	switch {
	case strings.ContainsAny(s, "\r\n\x00"):
		return "holds a line break or NUL"
	case strings.ContainsFunc(s, unicode.IsControl):
		return "holds a control character"
	case !utf8.ValidString(s):
		return "is not UTF-8"
	case len(s) > most:
		return fmt.Sprintf("is longer than %d bytes", most)
	}
	return ""
}

// badName is badText for display and file names, which many programs decode
// even where the standard forbids it: encoded words in them are refused.
func badName(s string) string {
	if detail := badText(s, maxName); detail != "" {
		return detail
	}
	if strings.Contains(s, "=?") {
		return "holds an encoded word: give the name itself"
	}
	if s != strings.TrimSpace(s) || strings.Contains(s, "  ") {
		return "has spaces that would not arrive"
	}
	return ""
}

func badReference(s string) string {
	if detail := badText(s, maxName); detail != "" {
		return detail
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) || strings.Contains(s, "=?") {
		return "is not one word of ASCII"
	}
	return ""
}

func badBody(s string) string {
	switch {
	case !utf8.ValidString(s):
		return "is not UTF-8"
	case strings.ContainsRune(s, 0):
		return "holds NUL"
	}
	return ""
}

// badID wants dot-atom@dot-atom (RFC 5322 §3.6.4), at most 200 characters.
func badID(id string) string {
	left, right, ok := strings.Cut(id, "@")
	switch {
	case strings.ContainsAny(id, "\r\n\x00"):
		return "holds a line break or NUL"
	case !ok || !dotAtom(left) || !dotAtom(right) || len(id) > maxName:
		return "is no message id"
	}
	return ""
}

// domains turns an international domain into ASCII; its profile refuses empty
// labels, which idna.Lookup lets through.
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// address gives a mailbox as it goes over the wire, or what is wrong with it.
// Quoted local parts, address literals and non-ASCII local parts are refused:
// no addressee uses them and not every server takes them.
func address(s string) (mailbox, detail string) {
	if s == "" {
		return "", "is needed"
	}
	if detail := badText(s, 254); detail != "" {
		return "", detail
	}
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > 64 || !dotAtom(s[:at]) {
		return "", "is no mail address we can write to"
	}
	domain, err := domains.ToASCII(s[at+1:])
	if err != nil || !dotAtom(domain) {
		return "", "has a domain that cannot be"
	}
	if at+1+len(domain) > 254 {
		return "", "is longer than 254 bytes"
	}
	return s[:at+1] + domain, ""
}

// dotAtom is RFC 5322 §3.2.3's dot-atom-text, in ASCII.
func dotAtom(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || strings.ContainsFunc(part, func(r rune) bool { return !atext(r) }) {
			return false
		}
	}
	return true
}

func atext(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

func problem(pointer, detail string) takedown.FieldError {
	return takedown.FieldError{Pointer: pointer, Detail: detail}
}

func invalid(fields ...takedown.FieldError) error {
	return &takedown.Error{Kind: takedown.Invalid, Name: takedown.NameInvalidInput, Message: "the message cannot be sent as it is", Fields: fields}
}

func internal(message string, err error) error {
	return &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: message, Err: err}
}
