package correspondence

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// sent is an index in memory: space and value to target. A target is a document
// and, after a slash, its dispatch; a document is its track's letter and the
// number of the step.
type sent map[string]string

var errDown = errors.New("the store is down")

func (s sent) find(key string) (Sent, error) {
	if s["down"] != "" {
		return Sent{}, errDown
	}
	target := s[key]
	if target == "" {
		return Sent{}, nil
	}
	document, _, _ := strings.Cut(target, "/")
	track := strings.TrimRight(document, "0123456789")
	step, _ := strconv.Atoi(strings.TrimPrefix(document, track)) // none is the first
	return Sent{Target: target, Document: document, Track: track, At: time.Unix(int64(step), 0)}, nil
}

func (s sent) Dispatch(_ context.Context, name string) (Sent, error) {
	return s.find("dispatch " + name)
}

func (s sent) Message(_ context.Context, id string) (Sent, error) {
	return s.find("message " + id)
}

func (s sent) Reference(_ context.Context, ref string) (Sent, error) {
	return s.find("reference " + ref)
}

func (s sent) Ticket(_ context.Context, domain, ticket string) (Sent, error) {
	return s.find("ticket " + domain + " " + ticket)
}

var theSent = sent{
	"dispatch a-1": "a/1", "dispatch b-1": "b/1", "message a.1@desk.example.nl": "a/1", "message b.1@desk.example.nl": "b/1",
	"reference TD-2027-AAAA2222": "a", "ticket hoster.example 4711": "a",
	"dispatch a3-1": "a3/1", "message a3.1@desk.example.nl": "a3/1", "reference TD-2027-AAAA3333": "a3", "reference TD-2027-BBBB2222": "b",
}

func matcher(t testing.TB, index Index) *Matcher {
	t.Helper()
	return &Matcher{Addresses: addresses(t, 1), Reference: regexp.MustCompile(`(?i)\bTD-20[0-9]{2}-[A-Z2-7]{8}\b`), Index: index}
}

func signed(t testing.TB, name string) string {
	t.Helper()
	a, err := addresses(t, 1).Sign(name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAMessageIsMatchedByTheSurestProof(t *testing.T) {
	m := matcher(t, theSent)
	a := signed(t, "a-1")
	returned := []string{
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b", "", "--b", "Content-Type: message/rfc822", "",
		"Message-ID: <a.1@desk.example.nl>", "Subject: x", "", "y", "--b--",
	}
	for name, c := range map[string]struct {
		raw    []byte
		rcpt   string
		ticket string
		proof  Proof
		where  string
	}{
		"address in To":         {raw: mail("From: x@hoster.example", "To: Desk <"+strings.ToUpper(a)+">", "", "x"), proof: ProofAddress, where: "To"},
		"address in envelope":   {raw: mail("From: x@hoster.example", "", "x"), rcpt: a, proof: ProofAddress, where: "envelope"},
		"address before thread": {raw: mail("From: x@hoster.example", "In-Reply-To: <a.1@desk.example.nl>", "Delivered-To: "+a, "", "x"), proof: ProofAddress, where: "Delivered-To"},
		"thread":                {raw: mail("From: x@hoster.example", "In-Reply-To: <a.1@desk.example.nl>", "", "x"), proof: ProofThread, where: "In-Reply-To"},
		"references":            {raw: mail("From: x@hoster.example", "References: <zzz@y>\r\n <a.1@desk.example.nl>", "", "x"), proof: ProofThread, where: "References"},
		"reference in subject":  {raw: mail("From: x@hoster.example", "Subject: Re: Melding, kenmerk td-2027-aaaa2222", "", "x"), proof: ProofReference, where: "subject"},
		"reference in text":     {raw: mail("From: x@hoster.example", "", "Uw kenmerk: TD-2027-AAAA2222."), proof: ProofReference, where: "text"},
		"ticket":                {raw: mail("From: x@hoster.example", "", "x"), ticket: "4711", proof: ProofTicket, where: "sender and number"},
		"copied in words": {raw: from("MAILER-DAEMON@mx.example", "failure notice", "Sorry.", "", "--- Below this line is a copy of the message.", "",
			"Received: x", "Message-ID: <a.1@desk.example.nl>", "", "our words"), proof: ProofReturned, where: "Message-ID"},
		"returned": {raw: mail(append([]string{"From: MAILER-DAEMON@mx.example"}, returned...)...), proof: ProofReturned, where: "Message-ID"},
		"returned reference": {raw: from("MAILER-DAEMON@mx.example", "failure notice", "Sorry.", "", "--- Below this line is a copy of the message.", "",
			"Received: x", "X-Takedown-Ref: TD-2027-AAAA2222", "", "our words"), proof: ProofReference, where: "X-Takedown-Ref"},
	} {
		var rcpts []string
		if c.rcpt != "" {
			rcpts = []string{c.rcpt}
		}
		got, err := m.Match(context.Background(), Parse(c.raw, DefaultLimits()), c.ticket, rcpts...)
		if err != nil || got.Document != "a" || got.Proof != c.proof || got.Doubt != "" || got.Evidence[0].Where != c.where {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestDoubtMatchesNobody(t *testing.T) {
	m := matcher(t, theSent)
	forged := strings.Replace(signed(t, "a-1"), "a-1", "b-1", 1)
	for name, c := range map[string]struct {
		raw   []byte
		doubt string
	}{
		"nothing":            {mail("From: x@hoster.example", "", "hello"), DoubtNothing},
		"forged":             {mail("From: x@hoster.example", "To: "+forged, "In-Reply-To: <a.1@desk.example.nl>", "", "x"), DoubtForged},
		"two documents":      {mail("From: x@hoster.example", "To: "+signed(t, "a-1"), "In-Reply-To: <b.1@desk.example.nl>", "", "x"), DoubtDisagrees},
		"unknown dispatch":   {mail("From: x@hoster.example", "To: "+signed(t, "z-9"), "", "x"), DoubtNothing},
		"another's ticket":   {mail("From: x@else.example", "Subject: [#4711]", "", "x"), DoubtNothing},
		"unknown references": {mail("From: x@hoster.example", "References: <q@q>", "Subject: TD-2027-ZZZZ2222", "", "x"), DoubtNothing},
	} {
		got, err := m.Match(context.Background(), Parse(c.raw, DefaultLimits()), "4711")
		if name == "nothing" || name == "unknown dispatch" || name == "unknown references" {
			got, err = m.Match(context.Background(), Parse(c.raw, DefaultLimits()), "")
		}
		if err != nil || got.Document != "" || got.Target != "" || got.Doubt != c.doubt {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := matcher(t, sent{"down": "yes"}).Match(context.Background(), Parse(mail("In-Reply-To: <a@b>", "", "x"), DefaultLimits()), ""); !errors.Is(err, errDown) {
		t.Errorf("a store that is down: %v", err)
	}
}

// A reminder and a complaint name the notice before them, and so does every
// answer that quotes them.
func TestAnAnswerThatNamesSeveralDocumentsOfOneTrackIsMatched(t *testing.T) {
	m := matcher(t, theSent)
	quoted := []string{"", "We looked into this.", "", "> Our reference: TD-2027-AAAA3333", "> our notice TD-2027-AAAA2222 of 1 March"}
	first := []string{"", "Uw melding TD-2027-AAAA2222, herinnerd met TD-2027-AAAA3333."}
	for name, c := range map[string]struct {
		head   []string
		body   []string
		ticket string
		want   string
		proof  Proof
	}{
		"references alone":          {head: []string{"Subject: your mail"}, body: quoted, want: "a3", proof: ProofReference},
		"the notice named first":    {body: first, want: "a3", proof: ProofReference},
		"to the reminder's address": {head: []string{"To: " + signed(t, "a3-1")}, body: quoted, want: "a3", proof: ProofAddress},
		"to the notice's address":   {head: []string{"To: " + signed(t, "a-1")}, body: quoted, want: "a", proof: ProofAddress},
		"the whole thread":          {head: []string{"In-Reply-To: <a3.1@desk.example.nl>", "References: <a.1@desk.example.nl> <a3.1@desk.example.nl>"}, body: quoted, want: "a3", proof: ProofThread},
		"the ticket of the notice":  {head: []string{"In-Reply-To: <a3.1@desk.example.nl>"}, body: quoted, ticket: "4711", want: "a3", proof: ProofThread},
		"ticket and reference":      {body: []string{"", "About TD-2027-AAAA3333"}, ticket: "4711", want: "a3", proof: ProofReference},
	} {
		raw := mail(append(append([]string{"From: x@hoster.example"}, c.head...), c.body...)...)
		got, err := m.Match(context.Background(), Parse(raw, DefaultLimits()), c.ticket)
		if err != nil || got.Document != c.want || got.Proof != c.proof || got.Doubt != "" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	report := mail("From: MAILER-DAEMON@mx.example", "Subject: failed: TD-2027-AAAA3333", "Content-Type: multipart/report; report-type=delivery-status; boundary=b", "",
		"--b", "Content-Type: message/rfc822", "", "Message-ID: <a.1@desk.example.nl>", "Subject: x", "", "y", "--b--")
	if got, err := m.Match(context.Background(), Parse(report, DefaultLimits()), ""); err != nil || got.Document != "a" || got.Proof != ProofReturned {
		t.Errorf("a report on the notice that names the reminder: %+v, %v", got, err)
	}
	other := mail("From: x@hoster.example", "To: "+signed(t, "a3-1"), "", "TD-2027-AAAA2222 and TD-2027-BBBB2222")
	if got, err := m.Match(context.Background(), Parse(other, DefaultLimits()), ""); err != nil || got.Document != "" || got.Doubt != DoubtDisagrees {
		t.Errorf("two tracks: %+v, %v", got, err)
	}
}

// counting counts look-ups: a hostile mail must not cause many.
type counting struct {
	sent
	n int
}

func (c *counting) Message(ctx context.Context, id string) (Sent, error) {
	c.n++
	return c.sent.Message(ctx, id)
}

func TestAMessageCausesFewLookUps(t *testing.T) {
	c := &counting{sent: theSent}
	raw := mail("References: "+strings.Repeat("<a@b> ", 5000), "In-Reply-To: "+strings.Repeat("<a@b>", 5000), "", "x")
	if _, err := matcher(t, c).Match(context.Background(), Parse(raw, DefaultLimits()), ""); err != nil || c.n > 3*maxLooked {
		t.Errorf("%d look-ups, %v", c.n, err)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add(mail("To: "+signed(f, "a-1"), "In-Reply-To: <a.1@desk.example.nl>", "Subject: TD-2027-AAAA2222", "", "x"), "4711")
	f.Add(mail("To: @,<>, a@b", "References: <<>>@", "", "x"), "")
	m := matcher(f, theSent)
	f.Fuzz(func(t *testing.T, raw []byte, ticket string) {
		got, err := m.Match(context.Background(), Parse(raw, Limits{Raw: 1 << 16, Header: 1 << 13, Text: 1 << 12, Parts: 20, Depth: 4}), ticket)
		if err != nil {
			t.Fatal(err)
		}
		if (got.Document == "") != (got.Doubt != "") {
			t.Errorf("%+v", got)
		}
		if got.Document == "b" && !slices.ContainsFunc(got.Evidence, func(e Evidence) bool { return e.Target == "b/1" }) {
			t.Errorf("matched without evidence: %+v", got)
		}
	})
}
