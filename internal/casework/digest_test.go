package casework_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// digested is an installation whose host time passes with the case's, with a
// mail server that does what a test says.
type digested struct {
	*fixture
	mail *scriptedMailer
}

// newDigested has a digest at nine for the coordinator and the adviser; it is
// nine on Monday. The specialist wants none.
func newDigested(t *testing.T) *digested {
	t.Helper()
	d := &digested{fixture: newFixture(t), mail: &scriptedMailer{}}
	d.s.Mailer = d.mail
	began := time.Now()
	d.s.HostNow = func() time.Time {
		now, err := d.clock.Now(context.Background())
		d.ok(err)
		return began.Add(now.Sub(monday))
	}
	d.settings(func(*casework.SettingsInput) {})
	return d
}

func digestSettings() casework.SettingsInput {
	in := goodSettings()
	in.Digest = &casework.DigestSettings{Hour: "09:00", People: []casework.DigestReader{
		{Person: coordinator.ID, Address: "anna@zorg.example", Roles: []string{"coordinator"}},
		{Person: adviser.ID, Address: "bas@zorg.example", Roles: []string{"legal_adviser"}},
	}}
	return in
}

func (d *digested) settings(change func(*casework.SettingsInput)) {
	d.t.Helper()
	have, err := d.s.GetSettings(context.Background(), coordinator)
	d.ok(err)
	in := digestSettings()
	change(&in)
	_, err = d.s.PutSettings(context.Background(), coordinator, in, have.Version)
	d.ok(err)
}

// opened is a case that the specialist opens: its first tasks are the
// coordinator's.
func (d *digested) opened(in casework.OpenCaseInput) casework.CaseOpened {
	d.t.Helper()
	out, err := d.s.OpenCase(context.Background(), specialist, in)
	d.ok(err)
	return out
}

// sends calls send-digest and holds what it says.
func (d *digested) sends(want casework.DigestResult) {
	d.t.Helper()
	got, err := d.s.SendDigest(context.Background(), casework.DigestInput{V: casework.InputVersion})
	d.ok(err)
	if got != want {
		d.t.Fatalf("got %+v, want %+v", got, want)
	}
}

// to is to whom mails went, one after the other.
func (d *digested) to() (out []string) {
	for _, m := range d.mail.attempts {
		out = append(out, m.To[0].Email)
	}
	return out
}

// digests is the history of digests on a day: act and reason.
func (d *digested) digests(day string) (out []string) {
	d.t.Helper()
	lines, err := d.store.Entries(context.Background(), casework.StreamID("org/"+day), 1, 500)
	d.ok(err)
	for _, l := range lines {
		var e struct{ Act, Reason string }
		d.ok(json.Unmarshal(l.Bytes, &e))
		if strings.HasPrefix(e.Act, "digest.") {
			out = append(out, strings.TrimSpace(e.Act+" "+e.Reason))
		}
	}
	return out
}

func TestADigestSaysWhatWaitsInIDsAndCounts(t *testing.T) {
	t.Parallel()
	d := newDigested(t)
	c := d.opened(caseInput("https://forum.example/1", "https://forum.example/2"))
	d.sends(casework.DigestResult{Sent: 1, Quiet: 1})
	if !slices.Equal(d.to(), []string{"anna@zorg.example"}) {
		t.Fatalf("mails went to %q", d.to())
	}
	m := d.mail.attempts[0]
	if !m.Automatic || m.HTML != "" || len(m.Attachments) != 0 || len(m.Cc) != 0 || m.From.Email != "meldpunt@zorg.example" || m.ReplyTo.Email != "" {
		t.Errorf("the mail is %+v", m)
	}
	tasks, err := d.s.CaseTasks(context.Background(), auditor, c.Case)
	d.ok(err)
	waits := 0
	for _, task := range tasks {
		if task.Owner != "coordinator" {
			continue
		}
		waits++
		if !strings.Contains(m.Text, task.Kind+": ") || !strings.Contains(m.Text, "\n- "+task.ID+"\n") {
			t.Errorf("task %s (%s) is not in\n%s", task.ID, task.Kind, m.Text)
		}
	}
	if want := "Werklijst maandag 22 maart 2027: "; waits < 2 || !strings.HasPrefix(m.Subject, want) {
		t.Errorf("%d tasks, subject %q", waits, m.Subject)
	}
	for _, word := range []string{"Sealed", "sealed", "06-", "forum", "@", "http", specialist.ID, coordinator.ID, "huisarts", "teamleider"} {
		if strings.Contains(m.Subject+m.Text, word) {
			t.Errorf("the mail holds %q:\n%s", word, m.Text)
		}
	}
}

func TestADigestGoesOutOnceADay(t *testing.T) {
	t.Parallel()
	d := newDigested(t)
	d.clock.advance(-time.Minute)
	d.opened(caseInput("https://forum.example/1"))
	d.sends(casework.DigestResult{}) // one minute before nine
	d.clock.advance(time.Minute)
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			_, err := d.s.SendDigest(context.Background(), casework.DigestInput{V: casework.InputVersion})
			if err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	d.sends(casework.DigestResult{})
	d.clock.advance(14 * time.Hour)
	d.sends(casework.DigestResult{}) // the quiet one neither, though it may have something by now
	if got, want := d.digests("2027-03-22"), []string{"digest.intended", "digest.sent", "digest.quiet"}; len(d.to()) != 1 || len(got) != len(want) {
		t.Errorf("%q, to %q", got, d.to())
	}
	d.clock.advance(10 * time.Hour) // Tuesday, nine
	d.sends(casework.DigestResult{Sent: 1, Quiet: 1})
	d.clock.advance(5 * 24 * time.Hour) // Sunday, after the clocks changed; days without a call have none
	d.sends(casework.DigestResult{Sent: 1, Quiet: 1})
	if len(d.to()) != 3 || d.mail.attempts[0].ID == d.mail.attempts[1].ID {
		t.Errorf("%d mails", len(d.to()))
	}
}

func TestNobodyIsToldOfTheirOwnAct(t *testing.T) {
	t.Parallel()
	d := newDigested(t)
	_, err := d.s.OpenCase(context.Background(), coordinator, caseInput("https://forum.example/1"))
	d.ok(err)
	d.sends(casework.DigestResult{Quiet: 2})
	d.clock.advance(24*time.Hour - time.Minute)
	if _, err := d.s.OpenCase(context.Background(), coordinator, caseInput("https://forum.example/2")); err != nil {
		t.Fatal(err)
	}
	d.clock.advance(time.Minute)
	d.sends(casework.DigestResult{Sent: 1, Quiet: 1}) // what they opened a day ago waits like anything else
	ids := strings.Count(d.mail.attempts[0].Text, "\n- task_")
	tasks, err := d.s.Worklist(context.Background(), coordinator, "coordinator", "", 0)
	d.ok(err)
	open := 0
	for _, g := range tasks.Items {
		open += len(g.Tasks)
	}
	if ids == 0 || ids >= open {
		t.Errorf("%d of %d tasks are named", ids, open)
	}
}

func TestADigestShowsWhatItsReaderMaySee(t *testing.T) {
	t.Parallel()
	d := newDigested(t)
	d.settings(func(in *casework.SettingsInput) {
		in.Organisation.Language = "en"
		in.Digest.People = append(in.Digest.People, casework.DigestReader{Person: "outsider", Address: "cas@zorg.example", Roles: []string{"coordinator", "liaison"}})
	})
	in := caseInput("https://forum.example/1")
	in.Suspects = []casework.SuspectInput{{IsColleague: true}}
	c := d.opened(in)
	_, err := d.s.GetCase(context.Background(), coordinator, c.Case) // restricted, and not assigned to them
	d.kind(err, takedown.NotFound)
	d.sends(casework.DigestResult{Quiet: 3})
	if len(d.to()) != 0 {
		t.Errorf("mails went to %q", d.to())
	}
	d.opened(caseInput("https://forum.example/2"))
	d.clock.advance(24 * time.Hour)
	d.sends(casework.DigestResult{Sent: 2, Quiet: 1})
	task := d.task(c.Case, "triage")
	for _, m := range d.mail.attempts {
		if strings.Contains(m.Text, task) || !strings.HasPrefix(m.Subject, "Worklist Tuesday 23 March 2027: ") {
			t.Errorf("%s\n%s", m.Subject, m.Text)
		}
	}
}

func TestADigestIsNotWorthASecondMail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		outcomes []casework.MailOutcome
		first    casework.DigestResult
		entries  []string
		then     casework.DigestResult
		later    casework.DigestResult // after the lease
		mails    int
	}{
		"uncertain": {
			[]casework.MailOutcome{casework.MailUncertain},
			casework.DigestResult{Uncertain: 1},
			[]string{"digest.intended", "digest.uncertain", "digest.quiet"},
			casework.DigestResult{Quiet: 1},
			casework.DigestResult{},
			1,
		},
		"refused": {
			[]casework.MailOutcome{casework.MailPermanent},
			casework.DigestResult{Failed: 1, Quiet: 1},
			[]string{"digest.intended", "digest.failed", "digest.quiet"},
			casework.DigestResult{},
			casework.DigestResult{},
			1,
		},
		"put off": {
			[]casework.MailOutcome{casework.MailTemporary, casework.MailTemporary},
			casework.DigestResult{Delayed: 1},
			[]string{"digest.intended", "digest.delayed", "digest.quiet", "digest.intended", "digest.delayed", "digest.intended", "digest.sent"},
			casework.DigestResult{Quiet: 1},
			casework.DigestResult{Delayed: 1},
			3,
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDigested(t)
			d.opened(caseInput("https://forum.example/1"))
			d.mail.says(c.outcomes...)
			d.sends(c.first)
			d.sends(c.then)
			d.sends(casework.DigestResult{})
			d.clock.advance(6 * time.Minute)
			d.sends(c.later)
			if c.later.Delayed > 0 {
				d.clock.advance(6 * time.Minute)
				d.sends(casework.DigestResult{Sent: 1})
			}
			if got := d.digests("2027-03-22"); !slices.Equal(got, c.entries) || len(d.to()) != c.mails {
				t.Errorf("%d mails; %q, want %q", len(d.to()), got, c.entries)
			}
		})
	}
}

// TestADigestThatDiedOnItsWay: the process is gone while the mail is under way.
func TestADigestThatDiedOnItsWay(t *testing.T) {
	t.Parallel()
	d := newDigested(t)
	d.opened(caseInput("https://forum.example/1"))
	const gone = "gone"
	d.mail.during = func() { panic(gone) }
	func() {
		defer func() {
			if r := recover(); r != gone {
				panic(r)
			}
		}()
		_, _ = d.s.SendDigest(context.Background(), casework.DigestInput{V: casework.InputVersion})
	}()
	d.mail.during = nil
	d.sends(casework.DigestResult{Quiet: 1}) // the lease holds
	d.clock.advance(6 * time.Minute)
	d.sends(casework.DigestResult{Uncertain: 1})
	d.sends(casework.DigestResult{})
	if got, want := d.digests("2027-03-22"), []string{"digest.intended", "digest.quiet", "digest.uncertain lease_over"}; !slices.Equal(got, want) || len(d.to()) != 0 {
		t.Errorf("%d mails; %q, want %q", len(d.to()), got, want)
	}
}

// TestALateWordOfASendWins: the answer comes when the lease is over already.
func TestALateWordOfASendWins(t *testing.T) {
	t.Parallel()
	d := newDigested(t)
	d.opened(caseInput("https://forum.example/1"))
	d.mail.during = func() {
		d.mail.during = nil
		d.clock.advance(6 * time.Minute)
		d.sends(casework.DigestResult{Quiet: 1, Uncertain: 1})
	}
	d.sends(casework.DigestResult{Sent: 1})
	if got, want := d.digests("2027-03-22"), []string{"digest.intended", "digest.quiet", "digest.uncertain lease_over", "digest.sent"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
