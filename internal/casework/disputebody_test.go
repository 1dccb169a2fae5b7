package casework_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// What a person says of the body is checked against the register; the fee is
// kept and stands in no letter.
func TestWhatIsSaidOfADisputeBodyIsChecked(t *testing.T) {
	t.Parallel()
	l, ctx := newAtPlatform(t, asRegistered), context.Background()
	l.refused()
	l.consent("ods", "")
	id := l.about("ods", "contact_platform", body()).ID
	put := func(in takedown.Dispute, version int64) error {
		_, err := l.s.PutParticulars(ctx, adviser, id, casework.ParticularsInput{Dispute: &in}, version)
		return err
	}
	l.pointers(put(takedown.Dispute{CheckedAt: monday.AddDate(-2, 0, 0), Scope: []string{"platform", "price", "platform"}, Engaged: "perhaps", Fee: "much", FeeCents: 100}, 0),
		"/dispute/checkedAt", "/dispute/scope/1", "/dispute/scope/2", "/dispute/engaged", "/dispute/fee", "/dispute/feeCents")
	l.pointers(put(takedown.Dispute{CheckedAt: monday.AddDate(0, 1, 0), Fee: "nominal"}, 0), "/dispute/checkedAt", "/dispute/feeCents")
	in := *checked()
	in.Fee, in.FeeCents = "nominal", 995
	l.ok(put(in, 0))
	l.settle()
	v, err := l.s.GetParticulars(ctx, auditor, id)
	l.ok(err)
	if v.Dispute.FeeCents != 995 || v.WordsSealed {
		t.Errorf("%+v", v)
	}
	if d := l.on("ods"); strings.Contains(d.Text, "9,95") || strings.Contains(d.Text, "EUR") || strings.Contains(d.Text, "€") {
		t.Errorf("the fee stands in the letter:\n%s", d.Text)
	}
	in.Scope = []string{"platform", "language", "subject"}
	l.ok(put(in, 1))
	l.settle()
	l.lacks("ods", atParticulars, "dispute/scopeFits")
}

// An award is a flagger's or a body's, has its source, and ends.
//
// Requirement: S2-11
func TestAnAwardIsChecked(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	put := func(kind string, a takedown.Award) error {
		in := authority("Voorbeeldhulp Stichting", kind)
		in.Source, in.Award = "https://contact.example", &a
		_, err := f.s.PutContact(ctx, coordinator, "contact_award", in, 0)
		return err
	}
	full := *body().Award
	f.pointers(put("authority", full), "/award")
	f.pointers(put("trusted_flagger", takedown.Award{}), "/award/coordinator", "/award/area", "/award/source", "/award/since")
	late := full
	late.Since, late.Until, late.Number = monday.Add(time.Hour), monday, "two\nlines"
	f.pointers(put("trusted_flagger", late), "/award/number", "/award/since", "/award/until")
	open := full
	open.Until = time.Time{}
	f.pointers(put("dispute_body", open), "/award/until")
	long := full
	long.Until = long.Since.AddDate(5, 0, 1)
	f.pointers(put("dispute_body", long), "/award/until")
	f.ok(put("trusted_flagger", open))
	v, err := f.s.GetContact(ctx, auditor, "contact_award")
	f.ok(err)
	if v.Award == nil || v.Award.Area != full.Area {
		t.Errorf("%+v", v.Award)
	}
}

// A legal term of the body's counts from its proven receipt: assumed at first,
// counted again from its own confirmation, once.
func TestTheBodysTermCountsFromItsConfirmation(t *testing.T) {
	t.Parallel()
	l := submitted(t)
	if c := l.track("ods").Clocks[0]; c.Receipt != "assumed" || c.DueDate != "2027-06-21" {
		t.Fatalf("%+v", c)
	}
	for range 2 {
		l.clock.advance(4 * 24 * time.Hour)
		l.replied("ods", "acknowledgement", "", "Wij hebben uw zaak ontvangen.")
	}
	clocks := l.track("ods").Clocks
	if len(clocks) != 2 || clocks[0].Status != "superseded" || clocks[1].Receipt != "proven" || clocks[1].DueDate != "2027-06-24" || clocks[1].Supersedes != clocks[0].ID {
		t.Fatalf("%+v", clocks)
	}
	l.pass(84 * 24 * time.Hour) // past the first date, not past the second
	if tr := l.track("ods"); tr.Rungs[0].Ending != "" {
		t.Errorf("silence before the term is over: %+v", tr.Rungs)
	}
	l.pass(8 * 24 * time.Hour)
	if tr := l.track("ods"); tr.Rungs[0].Ending != "silence" {
		t.Errorf("rungs %+v", tr.Rungs)
	}
}

// A body's own signed mail about a decision is read by a person: the rules know
// what providers decide, not what others decide about them. Its words teach the
// register nothing.
func TestADisputeBodysMailIsReadByAPerson(t *testing.T) {
	t.Parallel()
	l, ctx := newAtPlatform(t, asRegistered), context.Background()
	public, private, err := ed25519.GenerateKey(nil)
	l.ok(err)
	l.s.Resolver = txtZone{"s._domainkey.host.example": {"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}}
	l.settings(func(in *casework.SettingsInput) { in.Mail.ReplyDomain = "antwoord.praktijk.example" })
	l.refused()
	l.consent("ods", "")
	in := body()
	in.Channels = []takedown.Channel{{Kind: "mail", Address: "zaken@host.example", Purpose: "complaint"}}
	l.about("ods", "contact_platform", in)
	l.say("ods", casework.ParticularsInput{Dispute: checked()}, 0)
	l.yes("ods")
	b := &inbox{l, private}
	id := b.receive(b.signedMail(b.mailTo(b.last(), "", "De inhoud is verwijderd.")))
	b.act("reply.unclear decision:removed:decision_of_a_dispute_body")
	if tr := l.track("ods"); tr.WaitsFor.State != "AwaitReply" || tr.Clocks[0].Status != "running" {
		t.Errorf("%+v", tr.WaitsFor)
	}
	reply := "reply_m" + strings.TrimPrefix(id, "reply_")
	l.pointers(l.s.ClassifyReply(ctx, specialist, reply, casework.ClassificationInput{Kind: "decision", Decision: "upheld", Pattern: "inhoud is verwijderd"}), "/pattern")
	l.ok(l.s.ClassifyReply(ctx, specialist, reply, casework.ClassificationInput{Kind: "decision", Decision: "upheld"}))
	l.settle()
	if clocks := l.track("ods").Clocks; clocks[len(clocks)-1].Rule != "P6" {
		t.Errorf("%+v", clocks)
	}
}
