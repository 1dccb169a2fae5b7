package dirmail_test

import (
	"bytes"
	"context"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/dirmail"
	"github.com/ontdox/takedown/internal/mail/mailtest"
	"github.com/ontdox/takedown/internal/takedown"
)

var first = time.Date(2027, 3, 25, 9, 30, 1, 0, time.UTC)

func message(id string) casework.Message {
	return casework.Message{
		ID: id, From: casework.Address{Email: "notices@care.example"}, To: []casework.Address{{Email: "abuse@hoster.example"}},
		Subject: "Kennisgeving", Text: "x", Date: first,
	}
}

type outbox struct {
	*dirmail.Mailer
	dir string
	now time.Time
}

func open(t *testing.T, hook func(string)) *outbox {
	t.Helper()
	o := &outbox{dir: filepath.Join(t.TempDir(), "outbox"), now: first}
	var err error
	o.Mailer, err = dirmail.New(dirmail.Options{Dir: o.dir, HostNow: func() time.Time { return o.now }, Hook: hook})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *outbox) send(t *testing.T, id string) casework.MailResult {
	t.Helper()
	res, err := o.Send(t.Context(), message(id))
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func (o *outbox) files(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(o.dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestSendWritesOneFile(t *testing.T) {
	o := open(t, nil)
	want := casework.MailResult{Outcome: casework.MailSent, MessageID: "doc_1.1@care.example", Reply: "written to doc_1.1@care.example.eml", At: first}
	if d := cmp.Diff(want, o.send(t, "doc_1.1@care.example")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"doc_1.1@care.example.eml"}, o.files(t)); d != "" {
		t.Error(d)
	}
	raw, err := os.ReadFile(filepath.Join(o.dir, "doc_1.1@care.example.eml"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil || m.Header.Get("Message-Id") != "<doc_1.1@care.example>" {
		t.Errorf("%v, %v", m, err)
	}
}

func TestSendAgainIsTheSameSend(t *testing.T) {
	o := open(t, nil)
	before := o.send(t, "doc_1.1@care.example")
	o.now = first.Add(time.Hour)
	if d := cmp.Diff(before, o.send(t, "doc_1.1@care.example")); d != "" {
		t.Error(d)
	}
	o.send(t, "doc_1.2@care.example")
	if got := o.files(t); len(got) != 2 {
		t.Errorf("files %v", got)
	}
}

func TestManyAtOnceWriteOne(t *testing.T) {
	o := open(t, nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if res, err := o.Send(t.Context(), message("a@b.example")); err != nil || res.Outcome != casework.MailSent {
				t.Errorf("%s, %v", res.Outcome, err)
			}
		})
	}
	wg.Wait()
	if got := o.files(t); len(got) != 1 {
		t.Errorf("files %v", got)
	}
}

func TestNamesAreSafeAndDiffer(t *testing.T) {
	o := open(t, nil)
	long := strings.Repeat("/", 90)
	for _, id := range []string{"a/b@c.example", "a%2Fb@c.example", "a*b@c.example", long + "1@c.example", long + "2@c.example"} {
		if res := o.send(t, id); res.Outcome != casework.MailSent {
			t.Errorf("%s: %s", id, res.Reply)
		}
	}
	if got := o.files(t); len(got) != 5 {
		t.Errorf("files %v", got)
	}
}

func TestHooks(t *testing.T) {
	var got []string
	var o *outbox
	o = open(t, func(point string) { got = append(got, point+" "+strings.Join(o.files(t), " ")) })
	o.send(t, "a@b.example")
	if d := cmp.Diff([]string{"send:before ", "send:after a@b.example.eml"}, got); d != "" {
		t.Error(d)
	}
}

func TestFaults(t *testing.T) {
	o := open(t, nil)
	bad := message("a@b.example")
	bad.Subject = "x\r\nBcc: y@z.example"
	if _, err := o.Send(t.Context(), bad); takedown.KindOf(err) != takedown.Invalid {
		t.Errorf("a bad message: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if res, err := o.Send(ctx, message("a@b.example")); err != nil || res.Outcome != casework.MailTemporary {
		t.Errorf("cancelled: %s, %v", res.Outcome, err)
	}
	if got := o.files(t); len(got) != 0 {
		t.Errorf("files %v", got)
	}
	if err := os.RemoveAll(o.dir); err != nil {
		t.Fatal(err)
	}
	if res := o.send(t, "a@b.example"); res.Outcome != casework.MailTemporary {
		t.Errorf("no directory: %s", res.Outcome)
	}
	if _, err := dirmail.New(dirmail.Options{Dir: o.dir}); takedown.KindOf(err) != takedown.Invalid {
		t.Errorf("no clock: %v", err)
	}
}

func TestSuite(t *testing.T) {
	var o *outbox
	mailtest.Run(t, mailtest.Adapter{
		New: func(t *testing.T) casework.Mailer {
			o = open(t, nil)
			o.now = mailtest.At
			return o
		},
		Arrived: func(t *testing.T) (all []mailtest.Arrived) {
			for _, name := range o.files(t) {
				raw, err := os.ReadFile(filepath.Join(o.dir, name))
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, mailtest.Arrived{Raw: raw})
			}
			return all
		},
	})
}
