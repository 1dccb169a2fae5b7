package law_test

import (
	"slices"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
)

func load(t *testing.T) *law.Data {
	t.Helper()
	d, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func amsterdam(month time.Month, day, hour int) time.Time {
	return time.Date(2027, month, day, hour, 0, 0, 0, calendar.Amsterdam)
}

func TestClocks(t *testing.T) {
	d := load(t)
	own := &law.Term{Unit: law.WorkingDays, Length: 5}
	for _, c := range []struct {
		name, rule, event string
		start             time.Time
		own               *law.Term
		due               string
		nature            law.Nature
	}{
		{"hoster over Good Friday and Easter Monday", "C5", "mailed", amsterdam(time.March, 25, 11), nil, "2027-04-12", law.Policy},
		{"hoster over Koningsdag", "C5", "mailed", amsterdam(time.April, 13, 10), nil, "2027-04-28", law.Policy},
		{"hoster's own term", "C5", "mailed", amsterdam(time.March, 22, 11), own, "2027-03-31", law.SelfSet},
		{"complaint window, on the safe side", "C6", "", amsterdam(time.March, 26, 10), nil, "2027-09-25", law.Legal},
		{"platform, address and phone", "C3", "filed", amsterdam(time.March, 27, 12), nil, "2027-03-29", law.Policy},
		{"GDPR request, end of month", "C10", "received", amsterdam(time.March, 31, 10), nil, "2027-04-30", law.Legal},
		{"klacht, 90 days", "C12", "learned", amsterdam(time.March, 22, 10), nil, "2027-06-20", law.Legal},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := d.Count(c.rule, law.CountInput{Start: c.start, Event: c.event, OwnTerm: c.own})
			if err != nil {
				t.Fatal(err)
			}
			if r.DueDate != c.due || r.Nature != c.nature {
				t.Errorf("due %s (%s), want %s (%s)", r.DueDate, r.Nature, c.due, c.nature)
			}
			if len(r.Steps) == 0 {
				t.Error("the count does not explain itself")
			}
		})
	}
}

// Every rung × every ending leads to a rung, or the ladder says that it ends.
func TestLaddersLeadSomewhere(t *testing.T) {
	d := load(t)
	on := amsterdam(time.March, 22, 9)
	for _, route := range []string{"platform", "hoster", "legal_order", "police_report", "erasure", "delisting", "flagger", "freeze", "regulator", "supervisor_ap", "civil"} {
		l, err := d.Ladder(route, on)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := l.Next("", law.Start); !ok {
			t.Errorf("%s has no first rung", route)
		}
		for _, r := range l.Rungs {
			for _, ending := range r.Endings() {
				for _, facts := range [][]string{nil, {law.FactOnlinePlatform}} {
					next, ok := l.Next(r.ID, ending, facts...)
					ends := slices.Contains(r.EndsAfter, ending)
					if !ok && !ends && ending != law.EndDone && ending != law.EndCancelled {
						t.Errorf("%s: after %s %s %v there is nothing", route, r.ID, ending, facts)
					}
					if ok && ends {
						t.Errorf("%s: %s %s ends the track and leads to %s", route, r.ID, ending, next.ID)
					}
				}
			}
		}
	}
}

func TestPlatformRefusalLeadsToComplaintOnlyWhereArt20Applies(t *testing.T) {
	d := load(t)
	l, err := d.Ladder("platform", amsterdam(time.March, 22, 9))
	if err != nil {
		t.Fatal(err)
	}
	with, _ := l.Next("platform.notice", law.EndRefused, law.Facts("online_platform", false, true)...)
	without, _ := l.Next("platform.notice", law.EndRefused, law.Facts("online_platform", true, false)...)
	if with.Instrument != "T4" || without.Action != law.ActOpenRoute {
		t.Errorf("with art. 20: %s, without: %s", with.ID, without.ID)
	}
}

func TestLidTwoIsNotForHulpverleners(t *testing.T) {
	d := load(t)
	on := amsterdam(time.March, 22, 9)
	for capacity, want := range map[string]bool{"ambtenaar_politie": true, law.NoneOfLid2: false, "huisarts": false} {
		got, err := d.Aggravated("285d", capacity, on)
		if err != nil || got != want {
			t.Errorf("%s: %v %v", capacity, got, err)
		}
	}
	if _, err := d.Offence("285d", time.Date(2023, 12, 31, 12, 0, 0, 0, time.UTC)); err == nil {
		t.Error("285d did not exist before 2024")
	}
}
