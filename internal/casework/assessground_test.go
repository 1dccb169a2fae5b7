package casework_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// unlawfully puts the assessment of the live case's page anew, with unlawful
// processing instead of an offence.
func (l *live) unlawfully(change func(*casework.GroundInput)) error {
	l.t.Helper()
	evid := []string{l.capture(l.c, l.page)}
	ground := casework.GroundInput{
		Ground: "avg17-1-d", Elements: map[string][]string{"E1": evid, "E2": evid},
		Because: []string{"no_consent", "private_data"}, Weighing: []string{"no_debate"},
	}
	change(&ground)
	return l.reassess(func(in *casework.AssessmentInput) {
		in.Grounds, in.Purpose, in.InCapacity = []casework.GroundInput{ground}, nil, false
	})
}

func asIs(*casework.GroundInput) {}

// Content that is unlawful and no offence gets its notice, which says so; the
// police are not asked, and what is about offences stays shut with the reason.
//
// Requirement: S0-9b, S0-4
func TestANoticeWithoutAnOffence(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.ok(l.unlawfully(asIs))
	l.ok(l.align(casework.AlignmentInput{Status: "not_suspected", Reason: "no_offence"}))
	l.attempt()
	d := l.document()
	for _, want := range []string{"Artikel 17, lid 1, onder d,", "De betrokkene heeft niet ingestemd", "artikel 16 van de Digitaledienstenverordening"} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("the notice does not say %q:\n%s", want, d.Text)
		}
	}
	if strings.Contains(d.Text, "trafbaar") || strings.Contains(d.Text, "285d") || strings.Contains(d.Text, "evident") {
		t.Errorf("the notice claims an offence:\n%s", d.Text)
	}
	l.approve()
	l.at("AwaitReply", "reply")
	l.mails(1, 1)

	a, err := l.s.GetAssessment(ctx, specialist, l.c, l.page)
	l.ok(err)
	if g := a.Grounds; len(g) != 1 || g[0].Ground != "avg17-1-d" || g[0].Offence != "" || !slices.Equal(g[0].Because, []string{"no_consent", "private_data"}) || len(a.Suggested) > 0 {
		t.Errorf("the assessment is %+v, suggested %v", g, a.Suggested)
	}
	err = l.policeHave()
	l.kind(err, takedown.Conflict)
	for _, want := range []string{"names no offence", "125p(1) Sv", "erasure"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not stand in: %v", want, err)
		}
	}
	_, err = l.s.PutKlacht(ctx, coordinator, l.c, l.person(), "avg17-1-d", casework.KlachtInput{Needed: true, VictimLearnedAt: monday}, 0)
	l.kind(err, takedown.NotFound)
	if open := l.klachten(); len(open) > 0 {
		t.Errorf("a klacht is asked: %+v", open)
	}
}

// Each part of a ground without an offence is asked by name, and nothing is
// stored without.
func TestAGroundWithoutAnOffenceIsComplete(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	before, err := l.s.GetAssessment(ctx, specialist, l.c, l.page)
	l.ok(err)
	for _, c := range []struct {
		change func(*casework.GroundInput)
		want   []string
	}{
		{func(g *casework.GroundInput) { g.Because = nil }, []string{"/grounds/0/because"}},
		{func(g *casework.GroundInput) { g.Weighing = nil }, []string{"/grounds/0/weighing"}},
		{func(g *casework.GroundInput) { g.Because = []string{"angry"} }, []string{"/grounds/0/because/0"}},
		{func(g *casework.GroundInput) { delete(g.Elements, "E2") }, []string{"/grounds/0/elements/E2"}},
		{func(g *casework.GroundInput) { g.Elements["E9"] = nil }, []string{"/grounds/0/elements"}},
		{func(g *casework.GroundInput) { g.Offence = "285d" }, []string{"/grounds/0/ground"}},
		{func(g *casework.GroundInput) { g.Ground = "285d" }, []string{"/grounds/0/ground"}},
		{func(g *casework.GroundInput) { g.Ground = "own_terms"; delete(g.Elements, "E2") }, []string{"/grounds/0/because", "/grounds/0/weighing"}},
		{func(g *casework.GroundInput) {
			g.Ground, g.Offence, g.Elements = "", "285-1", map[string][]string{"E1": g.Elements["E1"]}
		}, []string{"/grounds/0/because"}},
	} {
		l.pointers(l.unlawfully(c.change), c.want...)
	}
	for _, c := range []struct {
		change func(*casework.GroundInput)
		says   string
	}{
		{func(g *casework.GroundInput) { g.Because = nil }, "no_consent"},
		{func(g *casework.GroundInput) { g.Weighing = nil }, "no_debate"},
		{func(g *casework.GroundInput) { *g = casework.GroundInput{Offence: "avg17-1-d"} }, `{"ground":"avg17-1-d"}; the grounds are avg17-1-d, own_terms`},
		{func(g *casework.GroundInput) { *g = casework.GroundInput{Offence: "999"} }, "is written as ground: avg17-1-d"},
		{func(g *casework.GroundInput) { *g = casework.GroundInput{Offence: "252"} }, "suspectedCsam"},
		{func(g *casework.GroundInput) { g.Ground = "bw6-162"; delete(g.Elements, "E2") }, "stands in no text"}, // nobody read it: a notice on it alone is a dead end
	} {
		var e *takedown.Error
		if err := l.unlawfully(c.change); !errors.As(err, &e) || len(e.Fields) != 1 || !strings.Contains(e.Fields[0].Detail, c.says) {
			t.Errorf("%q is not said: %v", c.says, err)
		}
	}
	var e *takedown.Error
	if err := l.unlawfully(func(g *casework.GroundInput) { *g = casework.GroundInput{Offence: "999"} }); !errors.As(err, &e) || strings.Contains(e.Fields[0].Detail, "suspectedCsam") {
		t.Errorf("child-abuse material is spoken of where there is none: %v", err)
	}
	after, err := l.s.GetAssessment(ctx, specialist, l.c, l.page)
	l.ok(err)
	if after.Version != before.Version {
		t.Error("something was stored")
	}
}

// Where an assessment names no offence, leaving it needs no adviser's yes, and
// nobody is asked to report anything.
func TestNoOffenceNeedsNoReport(t *testing.T) {
	t.Parallel()
	l := newIdle(t, asItIs)
	opened := l.open(caseInput(forumURL))
	l.c, l.page = opened.Case, opened.Items[0].Item
	evid := []string{l.capture(l.c, l.page)}
	put := func(decision string, version int64) casework.AssessmentView {
		v, err := l.s.PutAssessment(context.Background(), specialist, l.c, l.page, casework.AssessmentInput{
			Grounds:       []casework.GroundInput{{Ground: "avg17-1-d", Elements: map[string][]string{"E1": evid, "E2": evid}, Because: []string{"no_consent"}, Weighing: []string{"no_debate"}}},
			Amplification: "low", Locator: "line:2", Decision: decision,
		}, version)
		l.ok(err)
		return v
	}
	v := put("act", 0)
	if !v.Weighed {
		t.Error("who acts outside the urgent lane weighed what speaks against it")
	}
	if open := l.openTasks(l.c, "report_offence"); len(open) > 0 {
		t.Errorf("a report is asked: %+v", open)
	}
	if v = put("monitor", v.Version); v.Weighed {
		t.Error("something is recorded as weighed that nobody said")
	}
	if open := l.openTasks(l.c, "confirm_assessment"); len(open) > 0 {
		t.Errorf("an adviser is asked: %+v", open)
	}
}

// pair is a notice about two pages, each with what its own assessment says.
func (l *live) pair(first, second casework.GroundInput) casework.DocumentView {
	l.t.Helper()
	ctx := context.Background()
	other := l.another("https://forum.example/t/2")
	for page, ground := range map[string]casework.GroundInput{l.page: first, other: second} {
		a, err := l.s.GetAssessment(ctx, specialist, l.c, page)
		l.ok(err)
		in, evid := a.AssessmentInput, []string{l.capture(l.c, page)}
		ground.Elements = map[string][]string{"E1": evid, "E2": evid}
		in.Grounds, in.Purpose, in.InCapacity = []casework.GroundInput{ground}, nil, false
		_, err = l.s.PutAssessment(ctx, specialist, l.c, page, in, a.Version)
		l.ok(err)
		l.settle()
	}
	l.openedFor("platform", platformInput(), l.page, other)
	return l.on("platform")
}

// What one page's assessment says is told of that page alone.
//
// Requirement: S0-9b
func TestAGroundIsToldOfItsOwnPage(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	d := l.pair(
		casework.GroundInput{Ground: "avg17-1-d", Because: []string{"no_consent"}, Weighing: []string{"no_debate"}},
		casework.GroundInput{Ground: "avg17-1-d", Because: []string{"no_consent", "third_person"}, Weighing: []string{"no_debate", "readable_without"}},
	)
	for _, want := range []string{"- De betrokkene heeft niet", "- onderdeel 2: Het zijn gegevens van iemand", "zonder deze gegevens (onderdeel 2)."} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("the notice does not say %q:\n%s", want, d.Text)
		}
	}
}

// The example of an assessment without an offence is taken as it stands, with
// evidence of the case in it.
func TestTheExampleOfAnAssessmentIsTaken(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	body, err := os.ReadFile("../../docs/examples/assessment.json")
	l.ok(err)
	d := json.NewDecoder(bytes.NewReader(bytes.ReplaceAll(body, []byte("EVIDENCE"), []byte(l.capture(l.c, l.page)))))
	d.DisallowUnknownFields()
	var in casework.AssessmentInput
	l.ok(d.Decode(&in))
	l.ok(l.reassess(func(have *casework.AssessmentInput) { *have = in }))
}
