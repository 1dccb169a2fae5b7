package casework_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// poisoned is a DNS at which asking for one domain breaks whoever asks.
type poisoned struct{ txtZone }

func (z poisoned) LookupTXT(ctx context.Context, name string) ([]string, error) {
	if strings.HasSuffix(name, "poison.example") {
		panic("a mail made to break its reader")
	}
	return z.txtZone.LookupTXT(ctx, name)
}

func (b *inbox) store(raw []byte) string {
	b.t.Helper()
	id, err := b.s.ReceiveMail(context.Background(), casework.InboundMail{Raw: raw, By: "smtp"})
	b.ok(err)
	return id
}

func poison(n int) []byte {
	return fmt.Appendf(nil, "From: x@poison.example\r\nSubject: hello %d\r\nMessage-ID: <%d@poison.example>\r\n\r\nwords\r\n", n, n)
}

// A mail that breaks its reader is tried a few times and then left to a person;
// it holds up nobody, however many there are of it.
func TestMailThatBreaksItsReaderIsParkedAndHoldsUpNone(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	b.s.Resolver = poisoned{b.s.Resolver.(txtZone)}
	var bad string
	for n := range 101 { // more than a sweep reads
		bad = b.store(poison(n))
	}
	good := b.store(b.mailTo(b.last(), "", "Wij hebben uw melding ontvangen."))
	b.pass(time.Minute)
	b.pass(time.Minute)
	b.act("reply.classified acknowledgement")
	if v, err := b.s.ReadReply(ctx, specialist, inCase(good)); err != nil || v.Kind != "acknowledgement" {
		t.Errorf("%+v, %v", v, err)
	}
	b.pass(24 * time.Hour)
	for range 6 {
		b.pass(12 * time.Hour)
	}
	v, err := b.s.ReadReply(ctx, specialist, bad)
	b.ok(err)
	if v.Status != "unmatched" || v.Mail == nil || v.Mail.Doubt != "unreadable" {
		t.Fatalf("%+v", v)
	}
	list, err := b.s.Worklist(ctx, specialist, "specialist", "", 200)
	b.ok(err)
	parked := 0
	for _, g := range list.Items {
		for _, task := range g.Tasks {
			if g.Kind == "match_reply" && task.Reason == "unreadable" {
				parked++
			}
		}
	}
	if parked != 101 {
		t.Errorf("%d tasks", parked)
	}
	raw, _, err := b.s.RawReply(ctx, specialist, bad, time.Minute)
	b.ok(err)
	if !bytes.Equal(raw, poison(100)) {
		t.Errorf("%q", raw)
	}
	b.ok(b.s.ClassifyReply(ctx, specialist, bad, casework.ClassificationInput{TrackID: b.track("hoster").ID, Kind: "other"}))
	b.settle()
	raw, _, err = b.s.RawReply(ctx, specialist, inCase(bad), time.Minute)
	b.ok(err)
	if !bytes.Equal(raw, poison(100)) {
		t.Errorf("in its case: %q", raw)
	}
	_, _, err = b.s.RawReply(ctx, auditor, bad, time.Minute)
	b.kind(err, takedown.Forbidden)
	_, _, err = b.s.RawReply(ctx, specialist, bad, time.Minute)
	b.kind(err, takedown.NotFound) // it lies in its case now
}

// Mail that this process is about to read itself, however much of it lies first,
// hides none behind it from the sweep.
func TestTheSweepReadsPastWhatIsHeld(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	for n := range 101 { // more than one page
		release := b.s.HoldMail(b.store(poison(n)))
		defer release()
	}
	b.clock.advance(time.Minute)
	left := b.store(b.mailTo(b.last(), "", "Wij hebben uw melding ontvangen."))
	out, err := b.s.Sweep(ctx, casework.SweepInput{V: casework.InputVersion})
	b.ok(err)
	if v, err := b.s.ReadReply(ctx, specialist, inCase(left)); err != nil || v.Kind != "acknowledgement" || out.Mails != 1 {
		t.Errorf("%d read: %+v, %v", out.Mails, v, err)
	}
}

// What ends the whole process is tried no more often than what breaks a reader:
// the try is counted before it is made.
func TestATryIsCountedBeforeItIsMade(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	id := b.store(b.mailTo(b.last(), "", "Wij hebben uw melding ontvangen."))
	for range 5 {
		b.ok(b.s.CountTry(ctx, id)) // and the process ends here
	}
	b.pass(12 * time.Hour)
	if v, err := b.s.ReadReply(ctx, specialist, id); err != nil || v.Status != "unmatched" || v.Mail.Doubt != "unreadable" {
		t.Errorf("%+v, %v", v, err)
	}
}

// downBlobs answers no reader.
type downBlobs struct{ casework.Blobs }

func (downBlobs) Get(context.Context, string) (io.ReadCloser, error) {
	return nil, takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "no answer")
}

// A store that is down is not the mail's fault.
func TestAMailIsNotParkedForAFaultOfOurs(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	id := b.store(b.mailTo(b.last(), "", "Wij hebben uw melding ontvangen."))
	blobs := b.s.Blobs
	b.s.Blobs = downBlobs{blobs}
	for range 10 {
		b.pass(time.Hour)
	}
	b.s.Blobs = blobs
	b.pass(time.Hour)
	if v, err := b.s.ReadReply(ctx, specialist, inCase(id)); err != nil || v.Kind != "acknowledgement" {
		t.Errorf("%+v, %v", v, err)
	}
	b.act("reply.classified acknowledgement")
}

// What is here twice, and our own mail come back, are forgotten as mail that is
// nobody's is.
func TestDuplicatesAndOurOwnMailExpire(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	b.settings(func(in *casework.SettingsInput) { in.Mail.UnmatchedDays = 5 })
	m := b.last()
	raw := b.mailTo(m, "", "Wij hebben uw melding ontvangen.")
	b.receive(raw)
	again := b.receive(append([]byte("Received: by another way\r\n"), raw...))
	own := b.receive([]byte("From: meldpunt@praktijk.example\r\nTo: " + m.ReplyTo.Email + "\r\nX-Takedown-Ref: " + m.Reference + "\r\nSubject: x\r\n\r\nmelding\r\n"))
	for id, status := range map[string]string{again: "duplicate", own: "own"} {
		if _, _, err := b.s.RawReply(ctx, specialist, id, time.Minute); err != nil {
			t.Errorf("%s is not there at first: %v", status, err)
		}
	}
	b.pass(6 * 24 * time.Hour)
	for id, status := range map[string]string{again: "duplicate", own: "own"} {
		v, err := b.s.ReadReply(ctx, specialist, id)
		if err != nil || v.Status != "expired" {
			t.Errorf("%s: %+v, %v", status, v, err)
		}
		_, _, err = b.s.RawReply(ctx, specialist, id, time.Minute)
		b.kind(err, takedown.NotFound)
	}
}

// Of a mail that was too large to take, the beginning tells whose it is; what it
// means a person says.
func TestAMailOfWhichTheBeginningWasTakenIsAPersons(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	b.s.AuthServers = []string{"mx.praktijk.example"}
	in := casework.InboundMail{By: "imap", Size: 60 << 20, Raw: append([]byte("Authentication-Results: mx.praktijk.example; dmarc=pass header.from=host.example\r\n"), b.mailTo(b.last(), "", "De inhoud is verwijderd.")...)}
	b.ok(b.s.TakeMail(ctx, in))
	b.settle()
	b.act("reply.unclear decision:removed:only_its_beginning_was_taken")
	b.at("AwaitReply", "reply")
	b.task(b.c, "classify_reply")

	in.Raw = []byte("From: x@else.example\r\nSubject: hello\r\n\r\nwords")
	b.ok(b.s.TakeMail(ctx, in))
	list, _, err := b.s.UnmatchedReplies(ctx, specialist, "", 10)
	b.ok(err)
	if len(list) != 1 || list[0].Mail.Size != 60<<20 || list[0].Mail.Why != "only_its_beginning_was_taken" {
		t.Errorf("%+v", list)
	}
}

// slowDNS takes its time for every mail.
type slowDNS struct {
	txtZone
	clock *handClock
}

func (z slowDNS) LookupTXT(ctx context.Context, name string) ([]string, error) {
	z.clock.advance(10 * time.Second)
	return z.txtZone.LookupTXT(ctx, name)
}

// Name servers that do not answer hold up the sweep for a bounded time.
func TestASweepReadsMailForABoundedTime(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	b.s.Resolver = slowDNS{b.s.Resolver.(txtZone), b.clock}
	for n := range 6 {
		b.store(fmt.Appendf(nil, "From: x@slow.example\r\nSubject: %d\r\nMessage-ID: <%d@slow.example>\r\n\r\nwords\r\n", n, n))
	}
	read := 0
	for sweeps := 1; read < 6; sweeps++ {
		out, err := b.s.Sweep(context.Background(), casework.SweepInput{V: casework.InputVersion})
		b.ok(err)
		if out.Mails == 0 || out.Mails > 2 || sweeps > 6 {
			t.Fatalf("sweep %d read %d", sweeps, out.Mails)
		}
		read += out.Mails
	}
}
