package correspondence

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/textproto"
	"strings"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // charsets beyond UTF-8, for bodies and header words
)

// Limits bound the work one message can cause. Sizes are in bytes.
type Limits struct {
	Raw, Header, Text int
	Parts, Depth      int
}

// DefaultLimits are those of the desk: a mail of 50 MiB, of whose text the
// first MiB is read.
func DefaultLimits() Limits {
	return Limits{Raw: 50 << 20, Header: 256 << 10, Text: 1 << 20, Parts: 500, Depth: 12}
}

// Message is what is read of a mail. All texts are valid UTF-8.
type Message struct {
	Header   message.Header // of the whole mail, undecoded
	Subject  string
	Text     string // the text/plain parts, in their order
	HTML     string // the text/html parts: never shown as they are
	Report   string // the report-type of a multipart/report, lower case
	Statuses []DeliveryStatus
	Feedback textproto.MIMEHeader // of a feedback report (RFC 5965), else nil
	Returned message.Header       // header of the mail a report carries
	Faults   []string             // what was broken or beyond the limits
}

// DeliveryStatus is one recipient's group of a delivery report (RFC 3464 §2.3).
type DeliveryStatus struct {
	Recipient, Original        string // addresses without their type
	Action, Status, Diagnostic string // action in lower case
}

type reader struct {
	limits Limits
	parts  int
	left   int // bytes of text that may still be read
	m      *Message
}

// Parse reads a mail. It never fails: what is broken or beyond the limits is
// left out and named in Faults.
func Parse(raw []byte, limits Limits) *Message {
	r := &reader{limits: limits, left: limits.Text, m: &Message{}}
	if len(raw) == 0 {
		r.fault("header: the mail is empty")
	}
	if len(raw) > limits.Raw {
		r.fault("mail: longer than allowed, the rest not read")
		raw = raw[:limits.Raw]
	}
	raw = unboxed(raw)
	e, err := message.ReadWithOptions(bytes.NewReader(raw), &message.ReadOptions{MaxHeaderBytes: int64(limits.Header)})
	if e == nil {
		r.fault("header: " + err.Error())
		r.m.Text = r.take(bytes.NewReader(raw))
		return r.m
	}
	r.m.Header = e.Header
	r.m.Subject = words(e.Header, "Subject")
	r.entity(e, err, 0)
	if strings.TrimSpace(r.m.Text+r.m.HTML) == "" && len(r.m.Statuses) == 0 && r.m.Feedback == nil {
		r.salvage(raw)
	}
	if r.m.Returned.Len() == 0 {
		r.returned(copied(r.m.Text))
	}
	return r.m
}

// salvage reads the body of a mail whose parts cannot be told apart: as text,
// up to the mail it carries.
func (r *reader) salvage(raw []byte) {
	if kind, _, _ := r.m.Header.ContentType(); !strings.HasPrefix(kind, "multipart/") {
		return
	}
	_, body, ok := bytes.Cut(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
	if !ok {
		return
	}
	text := r.take(bytes.NewReader(body))
	low := strings.ToLower(text)
	for _, carried := range []string{"content-type: message/rfc822", "content-type: text/rfc822-headers"} {
		if i := strings.Index(low, carried); i >= 0 && len(low) == len(text) {
			if _, rest, ok := strings.Cut(text[i:], "\n\n"); ok {
				r.returned(rest)
			}
			text, low = text[:i], low[:i]
		}
	}
	r.m.Text = text
}

// unboxed cuts the "From " line (RFC 4155) a mailbox file leaves before a mail.
func unboxed(raw []byte) []byte {
	if _, rest, ok := bytes.Cut(raw, []byte("\n")); ok && bytes.HasPrefix(raw, []byte("From ")) {
		return rest
	}
	return raw
}

func (r *reader) fault(what string) {
	if len(r.m.Faults) < 20 {
		r.m.Faults = append(r.m.Faults, strings.ToValidUTF8(what, "\uFFFD"))
	}
}

func (r *reader) entity(e *message.Entity, err error, depth int) {
	if err != nil {
		r.fault("part: " + err.Error())
	}
	if r.parts++; r.parts > r.limits.Parts || depth > r.limits.Depth {
		r.fault("part: more or deeper than allowed, not read")
		return
	}
	kind, params, _ := e.Header.ContentType()
	switch multi := e.MultipartReader(); {
	case multi != nil:
		if kind == "multipart/report" && r.m.Report == "" {
			r.m.Report = strings.ToLower(params["report-type"])
		}
		r.each(multi, depth)
	default:
		r.leaf(e, kind)
	}
}

func (r *reader) each(multi message.MultipartReader, depth int) {
	for r.parts <= r.limits.Parts {
		part, err := multi.NextPart()
		if part == nil {
			if err != nil && !errors.Is(err, io.EOF) {
				r.fault("part: " + err.Error())
			}
			return
		}
		r.entity(part, err, depth+1)
	}
}

func (r *reader) leaf(e *message.Entity, kind string) {
	switch kind {
	case "text/plain", "":
		r.m.Text += r.take(e.Body)
	case "text/html":
		r.m.HTML += r.take(e.Body)
	case "message/delivery-status", "message/global-delivery-status":
		r.statuses(r.take(e.Body))
	case "message/feedback-report":
		r.m.Feedback, _ = textproto.NewReader(bufio.NewReader(strings.NewReader(r.take(e.Body)))).ReadMIMEHeader()
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers":
		r.returned(r.take(e.Body))
	}
}

// returned reads only the header of a mail within the mail: its text is
// somebody's earlier words, not the sender's answer.
func (r *reader) returned(text string) {
	if r.m.Returned.Len() > 0 || text == "" {
		return
	}
	options := &message.ReadOptions{MaxHeaderBytes: int64(r.limits.Header)}
	if e, _ := message.ReadWithOptions(strings.NewReader(text+"\r\n\r\n"), options); e != nil {
		r.m.Returned = e.Header
	}
}

func (r *reader) take(body io.Reader) string {
	b, err := io.ReadAll(io.LimitReader(body, int64(r.left)+1))
	if err != nil {
		r.fault("text: " + err.Error())
	}
	if len(b) > r.left {
		r.fault("text: longer than allowed, the rest not read")
		b = b[:r.left]
	}
	r.left -= len(b)
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

func words(h message.Header, name string) string {
	text, err := h.Text(name)
	if err != nil {
		text = h.Get(name)
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// statuses reads the groups of a delivery report. A group of a recipient names
// one or an action; the first group speaks of the whole mail.
func (r *reader) statuses(text string) {
	groups := textproto.NewReader(bufio.NewReader(strings.NewReader(text + "\n\n")))
	for range r.limits.Parts {
		h, err := groups.ReadMIMEHeader()
		if s, ok := statusOf(h); ok {
			r.m.Statuses = append(r.m.Statuses, s)
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			r.fault("delivery status: " + err.Error())
		}
	}
}

func statusOf(h textproto.MIMEHeader) (DeliveryStatus, bool) {
	s := DeliveryStatus{
		Recipient: typed(h.Get("Final-Recipient")), Original: typed(h.Get("Original-Recipient")),
		Action: strings.ToLower(first(h.Get("Action"))), Status: first(h.Get("Status")),
		Diagnostic: h.Get("Diagnostic-Code"),
	}
	if s.Recipient == "" {
		s.Recipient, s.Original = s.Original, ""
	}
	return s, s.Recipient != "" || s.Action != ""
}

func typed(field string) string {
	if _, address, ok := strings.Cut(field, ";"); ok {
		field = address
	}
	return strings.Trim(field, " <>\t")
}

func first(field string) string {
	if words := strings.Fields(field); len(words) > 0 {
		return words[0]
	}
	return ""
}
