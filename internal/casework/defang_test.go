package casework_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

func TestAContactsFilterGetsNoLinks(t *testing.T) {
	t.Parallel()
	b := newInbox(t, "abuse@host.example")
	if m := b.last(); !strings.Contains(m.Text, forumURL) {
		t.Fatalf("the notice names no page:\n%s", m.Text)
	}
	l := newIdle(t, asItIs)
	in := hosterInput("abuse@host.example")
	in.DefangURLs, in.AttachPDF = true, true
	l.setUpAt("contact_hoster", in)
	l.attempt()
	d := l.document()
	l.approve() // what is approved is what is sent
	m := l.mail.sent[0]
	if m.Text != d.Text || !strings.Contains(m.Text, "hxxps://forum[.]example/t/1") || !strings.Contains(m.Text, "[.] in plaats van") {
		t.Errorf("text:\n%s", m.Text)
	}
	for what, text := range map[string]string{"text": m.Text, "HTML": m.HTML, "subject": m.Subject} {
		if strings.Contains(text, "http://") || strings.Contains(strings.ReplaceAll(text, "https://www.w3.org", ""), "https://") {
			t.Errorf("a link in the %s: %s", what, text)
		}
	}
	if len(m.Attachments) != 1 || m.Attachments[0].MediaType != "application/pdf" {
		t.Errorf("attachments %+v", m.Attachments)
	}
	l.at("AwaitReply", "reply")
}

// The guard reads what the addressee will: a sealed value does not hide in the
// spelling, and an editor's own link is defanged like the program's.
func TestTheGuardReadsDefangedAddresses(t *testing.T) {
	t.Parallel()
	l := newIdle(t, asItIs)
	in := hosterInput("abuse@host.example")
	in.DefangURLs = true
	l.setUpAt("contact_hoster", in)
	l.attempt()
	d := l.document()
	if d.Findings != nil && blocking(d) {
		t.Fatalf("findings %+v", d.Findings)
	}
	edit := func(text string) casework.DocumentView {
		in := casework.EditInput{Subject: d.Subject, Text: text, Recipients: d.Recipients, Form: d.Form}
		l.ok(l.s.EditDocument(context.Background(), specialist, d.ID, in, d.Version))
		d = l.document()
		return d
	}
	if got := edit(d.Text + "\nZie https://forum.example/t/9\n"); !strings.Contains(got.Text, "hxxps://forum[.]example/t/9") || strings.Contains(got.Text, "https://") || blocking(got) {
		t.Errorf("an editor's link: %s\n%+v", got.Text, got.Findings)
	}
	if got := edit(d.Text + "\nhxxps://sealedstraat[.]1[.]example/Sealed Name\n"); !blocking(got) {
		t.Errorf("a sealed name in a defanged address passes")
	}
}

func blocking(d casework.DocumentView) bool {
	for _, f := range d.Findings {
		if f.Blocking {
			return true
		}
	}
	return false
}
