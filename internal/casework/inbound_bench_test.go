package casework_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

const openDispatches = 100_000

// BenchmarkMail classifies and matches mails on one core while 100,000
// dispatches are open.
func BenchmarkMail(b *testing.B) {
	f := newFixture(b)
	ctx := context.Background()
	_, err := f.s.PutSettings(ctx, coordinator, casework.SettingsInput{Mail: casework.MailSettings{From: "meldpunt@praktijk.example", ReplyDomain: "antwoord.praktijk.example"}}, 0)
	f.ok(err)
	mails := f.sentAndAnswered(openDispatches)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		m := mails[i%len(mails)]
		kind, document, err := f.s.LookAtMail(ctx, m.raw)
		if err != nil || kind != m.kind || document != m.document {
			b.Fatalf("%s of %s, want %s of %s: %v\n%s", kind, document, m.kind, m.document, err, m.raw)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

type benchMail struct {
	raw            []byte
	kind, document string
}

// sentAndAnswered stores so many dispatches and gives mails about some of them.
func (f *fixture) sentAndAnswered(n int) []benchMail {
	f.t.Helper()
	ctx := context.Background()
	const batch = 40
	var mails []benchMail
	for i := 0; i < n; i += batch {
		var ns []*takedown.Dispatch
		caseID := fmt.Sprintf("case_%06d", i/batch%500)
		for j := range batch {
			doc := fmt.Sprintf("doc_%016d", i+j)
			ns = append(ns, &takedown.Dispatch{
				Meta: takedown.Meta{Case: caseID}, Document: doc, No: 1, Status: takedown.DispatchSent, MessageID: doc + ".1@praktijk.example", IntendedAt: monday,
			})
		}
		f.ok(f.s.PutDispatches(ctx, caseID, ns))
		if i%(n/200) == 0 {
			mails = append(mails, f.answers(ns[0])...)
		}
	}
	return mails
}

func (f *fixture) answers(n *takedown.Dispatch) []benchMail {
	f.t.Helper()
	to, err := f.s.ReplyAddressOf(n.Document, 1, "antwoord.praktijk.example")
	f.ok(err)
	quoted := "\n\nOp 23 maart 2027 schreef Meldpunt:\n" + strings.Repeat("> Wij melden u inhoud op uw dienst die onrechtmatig is en vragen u die te verwijderen.\n", 60)
	answer := func(subject, text string) []byte {
		return []byte(strings.ReplaceAll("From: abuse@host.example\nTo: "+to+"\nIn-Reply-To: <"+n.MessageID+">\nMessage-ID: <x@host.example>\nSubject: "+subject+
			"\nContent-Type: text/plain; charset=utf-8\n\n"+text+quoted, "\n", "\r\n"))
	}
	return []benchMail{
		{bounceOf(casework.Message{ID: n.MessageID, Subject: "Melding"}, "abuse@host.example", "failed", "5.1.1"), "bounce", n.Document},
		{answer("Automatisch antwoord: Melding", "Ik ben afwezig."), "auto_reply", n.Document},
		{answer("Re: Melding", "Wij hebben uw melding ontvangen. Uw zaaknummer: 4711."), "acknowledgement", n.Document},
		{answer("Re: Melding", "De inhoud is verwijderd."), "decision", n.Document},
		{answer("Re: Melding", "Met vriendelijke groet, de afdeling."), "other", n.Document},
	}
}
