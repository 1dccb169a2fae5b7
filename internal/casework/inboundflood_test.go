package casework_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// stored stores a mail without reading it.
func (f *fixture) stored(raw []byte) string {
	f.t.Helper()
	id, err := f.s.ReceiveMail(context.Background(), casework.InboundMail{Raw: raw, By: "smtp"})
	f.ok(err)
	return id
}

func (f *fixture) sweepsNow() casework.SweepResult {
	f.t.Helper()
	out, err := f.s.Sweep(context.Background(), casework.SweepInput{V: casework.InputVersion})
	f.ok(err)
	return out
}

func numbered(n int) []byte {
	return fmt.Appendf(nil, "From: x@else.example\r\nSubject: hello\r\nMessage-ID: <n%d@else.example>\r\n\r\nhello %d\r\n", n, n)
}

// More mail than one sweep reads waits for the next; nothing is lost, and each
// is asked about once.
func TestAFloodIsReadInTurns(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for n := range 120 {
		f.stored(numbered(n))
	}
	for n := range 5 { // and again, the same bytes
		f.stored(numbered(n))
	}
	if first, second, third := f.sweepsNow().Mails, f.sweepsNow().Mails, f.sweepsNow().Mails; first != 100 || second != 20 || third != 0 {
		t.Errorf("%d, %d and %d mails read", first, second, third)
	}
	list, next, err := f.s.UnmatchedReplies(context.Background(), specialist, "", 200)
	f.ok(err)
	page, err := f.s.Worklist(context.Background(), specialist, "specialist", "", 200)
	f.ok(err)
	if len(list) != 120 || next != "" || len(page.Items) != 1 || page.Items[0].Kind != "match_reply" || len(page.Items[0].Tasks) != 120 {
		t.Errorf("%d unmatched, %+v", len(list), page.Items)
	}
}

// Whatever is made to cost the reader time or memory is kept as it came, read
// within bounds, and asked about.
func TestHostileMailIsKeptAndAskedAbout(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 64 {
		_, err := z.Write(make([]byte, 1<<20))
		f.ok(err)
	}
	f.ok(z.Close())
	head := "From: x@else.example\r\nSubject: hello\r\n"
	large := append([]byte(head+"\r\n"), bytes.Repeat([]byte("word "), (casework.MaxMail-len(head)-2)/5)...)
	for name, raw := range map[string][]byte{
		"as large as allowed": large,
		"ten thousand parts":  []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", 10_000) + "--b--\r\n"),
		"five thousand deep":  []byte(head + strings.Repeat("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 5000)),
		"a packed bomb":       []byte(head + "Content-Type: application/gzip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(bomb.Bytes())),
		"broken MIME":         []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: x-none\r\n\r\n\xff\xfe"),
		"an unknown charset":  []byte(head + "Content-Type: text/plain; charset=x-none\r\n\r\nhello"),
		"no header":           []byte("hello, just words\r\n"),
		"no message id":       []byte(head + "\r\nhello\r\n"),
	} {
		id := f.stored(raw)
		began := time.Now()
		f.ok(f.s.ReadMail(ctx, id))
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		v, err := f.s.GetTask(ctx, specialist, f.taskAbout(id))
		f.ok(err)
		if v.Kind != "match_reply" || v.Status != string(takedown.TaskOpen) {
			t.Errorf("%s: %+v", name, v)
		}
		kept, err := casework.RawMail(ctx, f.s, id)
		f.ok(err)
		if !bytes.Equal(kept, raw) {
			t.Errorf("%s: %d of %d bytes are kept", name, len(kept), len(raw))
		}
	}
}

// taskAbout is the open task about a mail.
func (f *fixture) taskAbout(reply string) string {
	f.t.Helper()
	page, err := f.s.Worklist(context.Background(), specialist, "specialist", "", 200)
	f.ok(err)
	for _, g := range page.Items {
		for _, task := range g.Tasks {
			if task.Subject == reply {
				return task.ID
			}
		}
	}
	f.t.Fatalf("nothing asks about %s", reply)
	return ""
}
