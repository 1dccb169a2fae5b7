// Package mailtest is what every adapter of casework.Mailer must pass.
package mailtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/compose"
	"github.com/ontdox/takedown/internal/takedown"
)

// Adapter is a mailer under test, with the other end of it.
type Adapter struct {
	// New gives a mailer whose host time is always At.
	New func(t *testing.T) casework.Mailer
	// Arrived gives what arrived at the last mailer's other end.
	Arrived func(t *testing.T) []Arrived
	// OwnIDs says that the service gives a message an id of its own.
	OwnIDs bool
}

// At is the host time of every mailer under test.
var At = time.Date(2027, 3, 25, 9, 30, 1, 0, time.UTC)

// Arrived is one message at the other end.
type Arrived struct {
	From string
	// To is the envelope's, without order; nil where there is none.
	To  []string
	Raw []byte
}

// Run runs the suite. Messages come from notices@care.example, which the
// service must know.
func Run(t *testing.T, a Adapter) {
	for name, test := range map[string]func(*testing.T, Adapter){
		"WhatIsSentArrivesWhole": whole, "ALargeAttachmentArrivesWhole": large, "ARefusedMessageIsNoAttempt": refused,
		"WhatNobodyWroteSaysSo": automatic, "ACancelledSendSendsNothing": cancelled, "ManyAtOnceArriveOnceEach": many,
	} {
		t.Run(name, func(t *testing.T) { test(t, a) })
	}
}

func message(id string) casework.Message {
	return casework.Message{
		ID: id + "@care.example", From: casework.Address{Name: "Zorggroep Noord", Email: "notices@care.example"},
		ReplyTo: casework.Address{Name: "Meldpunt", Email: "r.01.abcdef@reply.care.example"},
		To:      []casework.Address{{Name: "Abuse desk, Hoster", Email: "abuse@hoster.example"}, {Email: "legal@hoster.example"}},
		Cc:      []casework.Address{{Name: "Ünïcode", Email: "desk@hoster.example"}},
		Subject: "Kennisgeving – kenmerk TD-2027-0001ABCD", Text: "Geachte heer, mevrouw,\n\nRegel met é.\n.\nEen punt alleen.\n", HTML: "<p>Geachte heer, mevrouw</p>",
		Reference: "TD-2027-0001ABCD", Date: At.Add(-time.Minute),
		Attachments: []casework.MailAttachment{{Name: "bijlage één.txt", MediaType: "text/plain", Content: []byte("één\r\n")}},
	}
}

func send(t *testing.T, a Adapter, m casework.Mailer, msg casework.Message) casework.MailResult {
	t.Helper()
	res, err := m.Send(t.Context(), msg)
	if err != nil || res.Outcome != casework.MailSent {
		t.Fatalf("%s (%s), %v", res.Outcome, res.Reply, err)
	}
	if !res.At.Equal(At) {
		t.Errorf("sent at %v", res.At)
	}
	if own := res.MessageID != msg.ID; res.MessageID == "" || own != a.OwnIDs {
		t.Errorf("sent as %q, asked for %q", res.MessageID, msg.ID)
	}
	if res.Reply == "" || strings.Contains(strings.ReplaceAll(res.Reply, msg.ID, ""), "@") {
		t.Errorf("the reply %q is empty or names somebody", res.Reply)
	}
	return res
}

func one(t *testing.T, a Adapter) Arrived {
	t.Helper()
	all := a.Arrived(t)
	if len(all) != 1 {
		t.Fatalf("%d messages arrived", len(all))
	}
	return all[0]
}

// header is what must arrive as it was given.
func header(m casework.Message) map[string]string {
	return map[string]string{"Message-Id": "<" + m.ID + ">", compose.Reference: m.Reference, "Date": m.Date.Format(time.RFC1123Z)}
}

func whole(t *testing.T, a Adapter) {
	m, msg := a.New(t), message("doc_01.1")
	if err := m.Check(msg); err != nil {
		t.Fatal(err)
	}
	send(t, a, m, msg)
	got := one(t, a)
	if got.From != msg.From.Email && got.To != nil {
		t.Errorf("from %s", got.From)
	}
	slices.Sort(got.To)
	if to := slices.Compact(got.To); to != nil && !slices.Equal(to, []string{"abuse@hoster.example", "desk@hoster.example", "legal@hoster.example"}) {
		t.Errorf("to %q", to)
	}
	r, err := mail.CreateReader(bytes.NewReader(got.Raw))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range header(msg) {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got, err := r.Header.Subject(); err != nil || got != msg.Subject {
		t.Errorf("subject %q, %v", got, err)
	}
	for name, want := range map[string][]casework.Address{"From": {msg.From}, "To": msg.To, "Cc": msg.Cc, "Reply-To": {msg.ReplyTo}} {
		if got := addresses(t, r.Header, name); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	want := []string{msg.Text, msg.HTML, string(msg.Attachments[0].Content)}
	if got := bodies(t, r); !slices.Equal(got, want) {
		t.Errorf("bodies %q, want %q", got, want)
	}
}

// automatic: plain text alone, and the header that keeps machines from
// answering; what a person wrote has none.
func automatic(t *testing.T, a Adapter) {
	for says, auto := range map[string]bool{"auto-generated": true, "": false} {
		m, msg := a.New(t), message("digest_01")
		msg.Automatic, msg.HTML, msg.Attachments, msg.ReplyTo = auto, "", nil, casework.Address{}
		send(t, a, m, msg)
		r, err := mail.CreateReader(bytes.NewReader(one(t, a).Raw))
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Header.Get("Auto-Submitted"); got != says || r.Header.Get("Reply-To") != "" {
			t.Errorf("Auto-Submitted: %q, want %q", got, says)
		}
		if kind, _, err := r.Header.ContentType(); err != nil || kind != "text/plain" {
			t.Errorf("it is %s, %v", kind, err)
		}
		if got := bodies(t, r); !slices.Equal(got, []string{msg.Text}) {
			t.Errorf("bodies %q", got)
		}
	}
}

func addresses(t *testing.T, h mail.Header, name string) (out []casework.Address) {
	t.Helper()
	list, err := h.AddressList(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		out = append(out, casework.Address{Name: a.Name, Email: a.Address})
	}
	return out
}

// bodies gives the texts, with plain line ends, and the files, as they came.
func bodies(t *testing.T, r *mail.Reader) (out []string) {
	t.Helper()
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(part.Body)
		if err != nil {
			t.Fatal(err)
		}
		if _, inline := part.Header.(*mail.InlineHeader); inline {
			body = bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
		}
		out = append(out, string(body))
	}
}

func large(t *testing.T, a Adapter) {
	m, msg := a.New(t), message("doc_02.1")
	msg.Attachments[0].Content = bytes.Repeat([]byte{0, '\r', '\n', 255}, 1<<18) // 1 MiB
	send(t, a, m, msg)
	r, err := mail.CreateReader(bytes.NewReader(one(t, a).Raw))
	if err != nil {
		t.Fatal(err)
	}
	if got := bodies(t, r); len(got) != 3 || got[2] != string(msg.Attachments[0].Content) {
		t.Error("the attachment has changed")
	}
}

func refused(t *testing.T, a Adapter) {
	m := a.New(t)
	for pointer, change := range map[string]func(*casework.Message){
		"/subject":                 func(m *casework.Message) { m.Subject = "x\r\nBcc: y@z.example" },
		"/to/1/email":              func(m *casework.Message) { m.To[1].Email = "a@b.example>\r\nRCPT TO:<y@z.example" },
		"/from/name":               func(m *casework.Message) { m.From.Name = "x\x00" },
		"/reference":               func(m *casework.Message) { m.Reference = "x\ny" },
		"/id":                      func(m *casework.Message) { m.ID = "a@b>\r\nX: <y" },
		"/attachments/0/name":      func(m *casework.Message) { m.Attachments[0].Name = "a\nb" },
		"/to":                      func(m *casework.Message) { m.To = nil },
		"/date":                    func(m *casework.Message) { m.Date = time.Time{} },
		"/attachments/0/mediaType": func(m *casework.Message) { m.Attachments[0].MediaType = "a/b\r\nX: y" },
	} {
		msg := message("doc_03.1")
		change(&msg)
		_, err := m.Send(t.Context(), msg)
		for _, err := range []error{m.Check(msg), err} {
			var e *takedown.Error
			if !errors.As(err, &e) || e.Kind != takedown.Invalid || len(e.Fields) != 1 || e.Fields[0].Pointer != pointer {
				t.Errorf("%s: %v", pointer, err)
			}
		}
	}
	if all := a.Arrived(t); len(all) > 0 {
		t.Errorf("%d messages arrived", len(all))
	}
}

func cancelled(t *testing.T, a Adapter) {
	m := a.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if res, err := m.Send(ctx, message("doc_04.1")); err != nil || res.Outcome != casework.MailTemporary || res.Reply == "" {
		t.Errorf("%s (%s), %v", res.Outcome, res.Reply, err)
	}
	if all := a.Arrived(t); len(all) > 0 {
		t.Errorf("%d messages arrived", len(all))
	}
}

func many(t *testing.T, a Adapter) {
	m := a.New(t)
	var wg sync.WaitGroup
	var want []string
	for n := range 6 {
		msg := message(fmt.Sprintf("doc_05.%d", n))
		want = append(want, "<"+msg.ID+">")
		wg.Go(func() {
			if res, err := m.Send(context.WithoutCancel(t.Context()), msg); err != nil || res.Outcome != casework.MailSent {
				t.Errorf("%s (%s), %v", res.Outcome, res.Reply, err)
			}
		})
	}
	wg.Wait()
	var got []string
	for _, m := range a.Arrived(t) {
		r, err := mail.CreateReader(bytes.NewReader(m.Raw))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r.Header.Get("Message-Id"))
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("arrived %q", got)
	}
}
