package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Every kind of decision has its own choices; what is none of them is refused
// and stores nothing.
func TestEveryDecisionHasItsChoices(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	v, err := l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	before := len(l.decisions())
	for _, kind := range []string{
		"talk_employer", "police_stop_talk", "reply_to_sender", "media", "own_sources", "no_public_statement",
		"professional_secrecy", "third_party_basis", "amplification", "indemnity", "correction",
	} {
		in := casework.CaseDecisionInput{Kind: kind, Choice: "perhaps", Pros: "x"}
		if kind == "third_party_basis" {
			in.PersonID = v.People[0].ID
		}
		who := coordinator
		if slices.Contains([]string{"professional_secrecy", "third_party_basis", "amplification", "indemnity", "correction"}, kind) {
			who = adviser
		}
		_, err := l.s.Decide(ctx, who, l.c, in)
		l.pointers(err, "/choice")
	}
	if n := len(l.decisions()); n != before {
		t.Errorf("%d decisions were stored", n-before)
	}
}

// decisions are the case's entries of decisions.
func (l *live) decisions() []string {
	l.t.Helper()
	return slices.DeleteFunc(l.entries(l.c), func(line string) bool { return !strings.HasPrefix(line, "decision.recorded") })
}

// That nothing speaks for helping somebody gives no basis.
//
// Requirement: S2-1
func TestNoBasisIsNoBasis(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput(forumURL)
	in.Affected[0].Relation = "third_party"
	c := f.open(in)
	basis := func(choice string) error {
		_, err := f.s.Decide(ctx, adviser, c.Case, casework.CaseDecisionInput{Kind: "third_party_basis", Choice: choice, Pros: "x", PersonID: c.People[0]})
		return err
	}
	f.pointers(basis("no"), "/choice")
	for _, c2 := range []struct {
		choice string
		want   bool
	}{{"none", false}, {"relative", true}, {"none", false}} {
		f.ok(basis(c2.choice))
		v, err := f.s.GetCase(ctx, coordinator, c.Case)
		f.ok(err)
		if v.People[0].ThirdPartyBasis != c2.want {
			t.Errorf("%s: basis %v", c2.choice, v.People[0].ThirdPartyBasis)
		}
	}
}

// Nothing goes to the police, whoever sends it, before a legal adviser said that
// nothing secret goes along; the last word counts.
func TestSecrecyIsDecidedByItsLastYes(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"care", "municipality"} {
		l, ctx := newLive(t), context.Background()
		l.settings(func(in *casework.SettingsInput) { in.Organisation.Kind = kind })
		l.consent("police_report", "")
		l.planned(func(*casework.PoliceReportInput) {})
		desk := policeDesk()
		desk.Source, desk.LastVerified = "https://politie.example", monday
		l.register("contact_desk", desk, 0)
		open := func() error {
			_, err := l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "police_report", ContactID: "contact_desk", ItemIDs: []string{l.page}, Reason: "by_hand"})
			return err
		}
		decide := func(choice string) {
			l.clock.advance(time.Minute)
			_, err := l.s.Decide(ctx, adviser, l.c, casework.CaseDecisionInput{Kind: "professional_secrecy", Choice: choice, Pros: "x"})
			l.ok(err)
			l.settle()
		}
		l.kind(open(), takedown.Conflict)
		decide("nothing_to_disclose")
		decide("not_allowed")
		if err := open(); err == nil || !strings.Contains(err.Error(), "decision:professional_secrecy") {
			t.Errorf("%s: %v", kind, err)
		}
		decide("no_medical_data")
		l.ok(open())
		l.settle()
		if got := lacking(l.on("police_report")); slices.Contains(got, "secrecyDecided") {
			t.Errorf("%s: lacks %v", kind, got)
		}
	}
}
