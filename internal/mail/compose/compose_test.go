package compose_test

import (
	"bytes"
	"errors"
	"io"
	"net/textproto"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	_ "github.com/emersion/go-message/charset"
	"github.com/emersion/go-message/mail"
	"github.com/google/go-cmp/cmp"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/compose"
	"github.com/ontdox/takedown/internal/takedown"
)

func message() casework.Message {
	return casework.Message{
		ID:      "doc_01.1@care.example",
		From:    casework.Address{Name: "Zorggroep Noord", Email: "notices@care.example"},
		ReplyTo: casework.Address{Name: "Meldpunt, coördinatie", Email: "r.01.abcdef@reply.care.example"},
		To:      []casework.Address{{Name: "Abuse desk, Hoster", Email: "abuse@hoster.example"}, {Email: "legal@hoster.example"}},
		Cc:      []casework.Address{{Name: "Ünïcode Desk (NL)", Email: "desk@müller.example"}},
		Subject: "Kennisgeving – verwijdering van privégegevens, kenmerk TD-2027-0001 (één van twee stukken, met bijlagen)",
		Text:    "Geachte heer, mevrouw,\n\nRegel met é.\n.\nEen punt alleen.\n", HTML: "<p>Geachte heer, mevrouw</p>",
		Reference: "TD-2027-0001", Date: time.Date(2027, 3, 25, 9, 30, 0, 0, time.UTC),
		Attachments: []casework.MailAttachment{
			{Name: "bijlage één.txt", MediaType: "text/plain", Content: []byte("één\n")},
			{Name: `lijst; "a".pdf`, MediaType: "application/pdf", Content: []byte{0, 1, 2, '\r', '\n'}},
		},
	}
}

// parsed is a mail as an independent reader sees it.
type parsed struct {
	From, To, Cc, ReplyTo         []casework.Address
	Subject, ID, Reference, Text  string
	HTML                          string
	Date                          time.Time
	Names, Types, Contents, Extra []string
}

func read(t *testing.T, raw []byte) parsed {
	t.Helper()
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("not a mail: %v\n%s", err, raw)
	}
	var p parsed
	p.From, p.To = list(t, r.Header, "From"), list(t, r.Header, "To")
	p.Cc, p.ReplyTo = list(t, r.Header, "Cc"), list(t, r.Header, "Reply-To")
	must(t, &p.Subject)(r.Header.Subject())
	must(t, &p.ID)(r.Header.MessageID())
	p.Reference = r.Header.Get(compose.Reference)
	must(t, &p.Date)(r.Header.Date())
	for f := r.Header.Fields(); f.Next(); {
		p.Extra = append(p.Extra, textproto.CanonicalMIMEHeaderKey(f.Key()))
	}
	sort.Strings(p.Extra)
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return p
		}
		if err != nil {
			t.Fatalf("part: %v\n%s", err, raw)
		}
		p.add(t, part)
	}
}

func (p *parsed) add(t *testing.T, part *mail.Part) {
	t.Helper()
	body, err := io.ReadAll(part.Body)
	if err != nil {
		t.Fatal(err)
	}
	switch h := part.Header.(type) {
	case *mail.InlineHeader:
		var mediaType string
		if mediaType, _, err = h.ContentType(); err != nil {
			t.Fatal(err)
		}
		if mediaType == "text/html" {
			p.HTML += string(body)
		} else {
			p.Text += string(body)
		}
	case *mail.AttachmentHeader:
		var name, mediaType string
		must(t, &name)(h.Filename())
		if mediaType, _, err = h.ContentType(); err != nil {
			t.Fatal(err)
		}
		p.Names, p.Types, p.Contents = append(p.Names, name), append(p.Types, mediaType), append(p.Contents, string(body))
	}
}

func must[T any](t *testing.T, into *T) func(T, error) {
	return func(v T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		*into = v
	}
}

func list(t *testing.T, h mail.Header, key string) []casework.Address {
	t.Helper()
	found, err := h.AddressList(key)
	if err != nil {
		t.Fatalf("%s: %v (%q)", key, err, h.Get(key))
	}
	var out []casework.Address
	for _, a := range found {
		out = append(out, casework.Address{Name: a.Name, Email: a.Address})
	}
	return out
}

// want is what a reader must find of a message, and nothing beside it.
func want(m casework.Message) parsed {
	p := parsed{
		From: wire(m.From), To: wire(m.To...), Cc: wire(m.Cc...), Subject: m.Subject, ID: m.ID, Reference: m.Reference,
		Text: lines(m.Text), HTML: lines(m.HTML), Date: m.Date.Truncate(time.Second),
		Extra: []string{"Content-Type", "Date", "From", "Message-Id", "Mime-Version", "To"},
	}
	for key, has := range map[string]bool{
		"Cc": len(m.Cc) > 0, "Reply-To": m.ReplyTo.Email != "", "Subject": m.Subject != "", "X-Takedown-Ref": m.Reference != "",
		"Content-Transfer-Encoding": len(m.Attachments) == 0 && (m.Text == "" || m.HTML == ""),
	} {
		if has {
			p.Extra = append(p.Extra, key)
		}
	}
	if m.ReplyTo.Email != "" {
		p.ReplyTo = wire(m.ReplyTo)
	}
	sort.Strings(p.Extra)
	for _, a := range m.Attachments {
		mediaType, _, _ := strings.Cut(a.MediaType, ";")
		p.Names, p.Types = append(p.Names, a.Name), append(p.Types, strings.ToLower(strings.TrimSpace(mediaType)))
		p.Contents = append(p.Contents, string(a.Content))
	}
	return p
}

func wire(list ...casework.Address) []casework.Address {
	var out []casework.Address
	for _, a := range list {
		mailbox, _ := compose.Envelope(casework.Message{From: a})
		out = append(out, casework.Address{Name: a.Name, Email: mailbox})
	}
	return out
}

// lines is how text is compared: line ends are the transport's.
func lines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

func compare(t *testing.T, m casework.Message, raw []byte) {
	t.Helper()
	got := read(t, raw)
	got.Text, got.HTML = lines(got.Text), lines(got.HTML)
	if !got.Date.Equal(m.Date.Truncate(time.Second)) {
		t.Errorf("date %v, want %v", got.Date, m.Date)
	}
	expected := want(m)
	got.Date = expected.Date
	if d := cmp.Diff(expected, got); d != "" {
		t.Errorf("a reader finds another message (-want +got):\n%s\n%s", d, raw)
	}
}

func TestBytesArriveAsTheyAre(t *testing.T) {
	full := message()
	bare := casework.Message{
		ID: full.ID, From: full.From, To: full.To[:1], Subject: "=?utf-8?q?not=0D=0ABcc:_x?=", Text: "x", Date: full.Date,
	}
	htmlOnly := bare
	htmlOnly.Text, htmlOnly.HTML, htmlOnly.Subject = "", "<p>x</p>", ""
	many := full
	many.To = nil
	for i := range 48 {
		many.To = append(many.To, casework.Address{Name: "Desk, nr " + string(rune('A'+i%26)) + "é", Email: "desk" + string(rune('a'+i%26)) + strings.Repeat("x", i) + "@hoster.example"})
	}
	for name, m := range map[string]casework.Message{"full": full, "bare": bare, "html only": htmlOnly, "many": many} {
		t.Run(name, func(t *testing.T) {
			raw, err := compose.Bytes(m)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, m, raw)
			for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
				if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
					t.Errorf("a line that mail does not allow: %q", line)
				}
			}
		})
	}
}

func TestFoldsLongHeaders(t *testing.T) {
	raw, err := compose.Bytes(message())
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		if len(line) > 90 { // a boundary's line cannot be broken
			t.Errorf("%d characters: %q", len(line), line)
		}
	}
}

func TestEnvelopeHasEveryRecipientOnce(t *testing.T) {
	m := message()
	m.Cc = append(m.Cc, m.To[0])
	from, to := compose.Envelope(m)
	if from != "notices@care.example" || !slices.Equal(to, []string{"abuse@hoster.example", "legal@hoster.example", "desk@xn--mller-kva.example"}) {
		t.Errorf("envelope %s → %v", from, to)
	}
}

func TestCheckNamesEveryBadField(t *testing.T) {
	for name, c := range map[string]struct {
		change func(m *casework.Message)
		at     []string
	}{
		"header injection by subject":     {func(m *casework.Message) { m.Subject = "x\r\nBcc: y@z.example" }, []string{"/subject"}},
		"lone line feed":                  {func(m *casework.Message) { m.Subject = "x\ny" }, []string{"/subject"}},
		"NUL in a name":                   {func(m *casework.Message) { m.From.Name = "x\x00" }, []string{"/from/name"}},
		"encoded word in a name":          {func(m *casework.Message) { m.From.Name = "=?utf-8?q?x?=" }, []string{"/from/name"}},
		"two addresses in one":            {func(m *casework.Message) { m.To[1].Email = "a@b.example, c@d.example" }, []string{"/to/1/email"}},
		"address with a name":             {func(m *casework.Message) { m.To[0].Email = "A <a@b.example>" }, []string{"/to/0/email"}},
		"quoted local part":               {func(m *casework.Message) { m.Cc[0].Email = `"a b"@c.example` }, []string{"/cc/0/email"}},
		"empty label":                     {func(m *casework.Message) { m.Cc[0].Email = "a@b..example" }, []string{"/cc/0/email"}},
		"address literal":                 {func(m *casework.Message) { m.Cc[0].Email = "a@[127.0.0.1]" }, []string{"/cc/0/email"}},
		"a local part beyond ASCII":       {func(m *casework.Message) { m.To[0].Email = "büro@hoster.example" }, []string{"/to/0/email"}},
		"no at":                           {func(m *casework.Message) { m.To[0].Email = "abuse" }, []string{"/to/0/email"}},
		"empty among others":              {func(m *casework.Message) { m.To[1].Email = "" }, []string{"/to/1/email"}},
		"nobody":                          {func(m *casework.Message) { m.To = nil }, []string{"/to"}},
		"name without address":            {func(m *casework.Message) { m.ReplyTo.Email = "" }, []string{"/replyTo/email"}},
		"injection by attachment name":    {func(m *casework.Message) { m.Attachments[0].Name = "a\r\nX: y" }, []string{"/attachments/0/name"}},
		"a path":                          {func(m *casework.Message) { m.Attachments[0].Name = "../a" }, []string{"/attachments/0/name"}},
		"injection by attachment type":    {func(m *casework.Message) { m.Attachments[1].MediaType = "a/b\r\nX: y" }, []string{"/attachments/1/mediaType"}},
		"a composite type":                {func(m *casework.Message) { m.Attachments[1].MediaType = "multipart/mixed" }, []string{"/attachments/1/mediaType"}},
		"injection by reference":          {func(m *casework.Message) { m.Reference = "x\ny" }, []string{"/reference"}},
		"injection by id":                 {func(m *casework.Message) { m.ID = "a@b>\r\nX: <y" }, []string{"/id"}},
		"no date":                         {func(m *casework.Message) { m.Date = time.Time{} }, []string{"/date"}},
		"no text":                         {func(m *casework.Message) { m.Text, m.HTML = "", "" }, []string{"/text"}},
		"several at once":                 {func(m *casework.Message) { m.ID, m.Subject, m.To[0].Email = "", "\r", "x" }, []string{"/id", "/to/0/email", "/subject"}},
		"text that is not UTF-8":          {func(m *casework.Message) { m.Text = "\xff" }, []string{"/text"}},
		"a name in another character set": {func(m *casework.Message) { m.To[0].Name = "\xe9" }, []string{"/to/0/name"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := message()
			c.change(&m)
			var e *takedown.Error
			if err := compose.Check(m); !errors.As(err, &e) || e.Kind != takedown.Invalid {
				t.Fatalf("Check: %v", err)
			}
			var at []string
			for _, f := range e.Fields {
				at = append(at, f.Pointer)
			}
			if !slices.Equal(at, c.at) {
				t.Errorf("names %v, want %v", at, c.at)
			}
			if _, err := compose.Bytes(m); err == nil {
				t.Error("composed all the same")
			}
		})
	}
}

func TestCheckRefusesTooMuch(t *testing.T) {
	m := message()
	m.Attachments[0].Content = make([]byte, 19<<20)
	if err := compose.Check(m); takedown.KindOf(err) != takedown.TooLarge {
		t.Errorf("19 MiB: %v", err)
	}
}

// FuzzBytes holds that whatever stands in the fields, a message is refused or
// a reader finds exactly its headers, addresses and files.
func FuzzBytes(f *testing.F) {
	bad := []string{"", "x", "a, b", "a\r\nBcc: x@y.example", "a\nb", "\x00", "é", `"`, `\`, "=?utf-8?q?a=0D=0Ab?=", "a@b.example, c@d.example", " ", "<>", "()", ";", "a\"; filename=b", strings.Repeat("é", 90), "text/plain; charset=\"x\r\ny\""}
	for _, s := range bad {
		f.Add(s, s, "a@b.example", s, s, s, "text/plain", s, "doc.1@b.example")
		f.Add(s, "n", s, "s", "t", "n.txt", s, "r", s)
		f.Add("n", s, "a@"+s, "s "+s, s+"\n", s+".txt", "application/pdf", "r"+s, s+"@b.example")
	}
	f.Fuzz(func(t *testing.T, from, name, addr, subject, text, file, mediaType, reference, id string) {
		base := message()
		m := casework.Message{
			ID: id, From: casework.Address{Name: from, Email: addr}, ReplyTo: casework.Address{Name: name, Email: addr},
			To:      []casework.Address{{Name: name, Email: "first@hoster.example"}, {Name: from, Email: addr}, {Name: subject, Email: "last@hoster.example"}},
			Cc:      []casework.Address{{Name: file, Email: addr}},
			Subject: subject, Text: text, HTML: "<p>" + text + "</p>", Reference: reference, Date: base.Date,
			Attachments: []casework.MailAttachment{{Name: file, MediaType: mediaType, Content: []byte(text)}},
		}
		raw, err := compose.Bytes(m)
		if err != nil {
			if takedown.KindOf(err) != takedown.Invalid {
				t.Errorf("refused as %s", takedown.KindOf(err))
			}
			return
		}
		compare(t, m, raw)
	})
}
