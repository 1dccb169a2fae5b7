package correspondence

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func mail(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n") + "\r\n") }

func TestADeliveryReportIsReadGroupByGroup(t *testing.T) {
	m := Parse(mail(
		"From: <mailer-daemon@mx.example.nl>", "Subject: =?iso-8859-1?q?Zustellung_unm=F6glich?=",
		`Content-Type: multipart/report; report-type=delivery-status; boundary=b`, "",
		"--b", "Content-Type: text/plain; charset=iso-8859-1", "Content-Transfer-Encoding: quoted-printable", "", "unm=F6glich",
		"--b", "Content-Type: message/delivery-status", "",
		"Reporting-MTA: dns; mx.example.nl", "",
		"Final-Recipient: rfc822; abuse@host.example", "Action: Failed", "Status: 5.1.1 (unknown)", "Diagnostic-Code: smtp; 550 no such", " user", "",
		"Original-Recipient: rfc822; legal@host.example", "Final-Recipient: rfc822;<b@host.example>", "Action: delayed", "Status: 4.4.7",
		"--b", "Content-Type: message/rfc822", "", "Message-ID: <one@desk.example.nl>", "Content-Type: text/plain", "", "our notice",
		"--b--",
	), DefaultLimits())
	want := []DeliveryStatus{
		{Recipient: "abuse@host.example", Action: "failed", Status: "5.1.1", Diagnostic: "smtp; 550 no such user"},
		{Recipient: "b@host.example", Original: "legal@host.example", Action: "delayed", Status: "4.4.7"},
	}
	if len(m.Statuses) != 2 || m.Statuses[0] != want[0] || m.Statuses[1] != want[1] {
		t.Errorf("statuses %+v", m.Statuses)
	}
	if m.Subject != "Zustellung unmöglich" || strings.TrimSpace(m.Text) != "unmöglich" || m.Report != "delivery-status" {
		t.Errorf("subject %q, text %q, report %q", m.Subject, m.Text, m.Report)
	}
	if got := m.Returned.Get("Message-Id"); got != "<one@desk.example.nl>" {
		t.Errorf("returned message id %q", got)
	}
	if len(m.Faults) != 0 {
		t.Errorf("faults %q", m.Faults)
	}
}

func TestAFeedbackReportIsRead(t *testing.T) {
	m := Parse(mail("Content-Type: multipart/report; report-type=feedback-report; boundary=b", "", "--b",
		"Content-Type: message/feedback-report", "", "Feedback-Type: abuse", "Version: 1", "--b--"), DefaultLimits())
	if got := m.Feedback.Get("Feedback-Type"); got != "abuse" || m.Report != "feedback-report" {
		t.Errorf("feedback %q, report %q", got, m.Report)
	}
}

func TestWhatIsBrokenIsNamedAndTheRestIsRead(t *testing.T) {
	for name, c := range map[string]struct{ raw, text, fault string }{
		"no header at all":   {"just words without a header\r\n", "just words without a header\r\n", "header:"},
		"a mailbox line":     {"From mailer-daemon Fri Jan  1 00:00:00 2027\r\nSubject: x\r\n\r\nhello", "hello", ""},
		"unknown charset":    {"Content-Type: text/plain; charset=x-none\r\n\r\nhello", "hello", "part:"},
		"unknown encoding":   {"Content-Transfer-Encoding: x-none\r\n\r\nhello", "hello", "part:"},
		"bad base64":         {"Content-Transfer-Encoding: base64\r\n\r\naGVsbG8h!!!!", "hello!", "text:"},
		"no closing line":    {"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello", "hello", "text:"},
		"bytes of no UTF-8":  {"Subject: x\r\n\r\nhel\xfflo", "hel\uFFFDlo", ""},
		"nothing whatsoever": {"", "", "header:"},
	} {
		m := Parse([]byte(c.raw), DefaultLimits())
		if m.Text != c.text || !strings.HasPrefix(strings.Join(m.Faults, "\n"), c.fault) {
			t.Errorf("%s: text %q, faults %q", name, m.Text, m.Faults)
		}
	}
}

func TestBeyondTheLimitsNothingIsRead(t *testing.T) {
	deep := strings.Builder{}
	for range 5000 {
		deep.WriteString("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n")
	}
	for name, raw := range map[string]string{
		"mail:":   "Subject: x\r\n\r\n" + strings.Repeat("word ", 11<<20),
		"text:":   "Subject: x\r\n\r\n" + strings.Repeat("word ", 1<<20),
		"header:": strings.Repeat("X-A: "+strings.Repeat("a", 70)+"\r\n", 10000) + "\r\n",
		"part:":   "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", 10000) + "--b--\r\n",
		"part: m": deep.String(),
	} {
		begin := time.Now()
		m := Parse([]byte(raw), DefaultLimits())
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if !strings.Contains(strings.Join(m.Faults, "\n"), name) || len(m.Text)+len(m.HTML) > 1<<20+2 {
			t.Errorf("%s: faults %q, %d bytes of text", name, m.Faults, len(m.Text))
		}
	}
}

// What a part holds packed is never unpacked, so a bomb costs its own bytes
// alone; and one mail's texts are bounded together, however many parts hold them.
func TestWhatIsPackedStaysPacked(t *testing.T) {
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	if _, err := io.Copy(w, io.LimitReader(zeros{}, 128<<20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	packed := base64.StdEncoding.EncodeToString(bomb.Bytes())
	for _, kind := range []string{"application/gzip", "application/zip", "text/plain; charset=utf-8", "message/rfc822"} {
		raw := mail("Subject: x", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "hello",
			"--b", "Content-Type: "+kind, "Content-Encoding: gzip", "Content-Transfer-Encoding: base64", "", packed, "--b--")
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		begin := time.Now()
		m := Parse(raw, DefaultLimits())
		runtime.ReadMemStats(&after)
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("%s: took %v", kind, took)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 48<<20 {
			t.Errorf("%s: %d MiB for a mail of %d KiB", kind, used>>20, len(raw)>>10)
		}
		if !strings.HasPrefix(m.Text, "hello") || len(m.Text) > DefaultLimits().Text {
			t.Errorf("%s: %d bytes of text", kind, len(m.Text))
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func FuzzParse(f *testing.F) {
	f.Add(mail("Subject: x", "", "hello"))
	f.Add(mail("Content-Type: multipart/report; report-type=delivery-status; boundary=b", "", "--b",
		"Content-Type: message/delivery-status", "", "Final-Recipient: rfc822; a@b.example", "Action: failed", "--b--"))
	limits := Limits{Raw: 1 << 16, Header: 1 << 12, Text: 1 << 12, Parts: 20, Depth: 4}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Parse(raw, limits)
		if !utf8.ValidString(m.Subject) || !utf8.ValidString(m.Text) || !utf8.ValidString(m.HTML) {
			t.Errorf("no UTF-8: %q %q %q", m.Subject, m.Text, m.HTML)
		}
		if len(m.Text)+len(m.HTML) > 3*limits.Text {
			t.Errorf("%d bytes of text", len(m.Text)+len(m.HTML))
		}
	})
}
