package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// withoutWords takes what was said in words out of the sections that it was
// said in: words are sealed.
func withoutWords(p *takedown.Particulars, words *particularWords) {
	clause := func(t takedown.Terms) takedown.Terms {
		words.Clause = strings.TrimSpace(t.Clause)
		return takedown.Terms{VersionOf: second(t.VersionOf)}
	}
	if p.Notice != nil {
		kept := *p.Notice
		kept.Terms = clause(kept.Terms)
		p.Notice = &kept
	}
	if p.Freeze != nil {
		kept := *p.Freeze
		kept.Terms = clause(kept.Terms)
		p.Freeze = &kept
	}
	if p.Erasure != nil {
		kept := *p.Erasure
		words.Officer, kept.OfficerAddress = strings.TrimSpace(kept.OfficerAddress), ""
		p.Erasure = &kept
	}
	if p.Report == nil {
		return
	}
	kept := *p.Report
	kept.Events = slices.Clone(kept.Events)
	for n := range kept.Events {
		words.Events = append(words.Events, strings.TrimSpace(kept.Events[n].Text))
		kept.Events[n].Text, kept.Events[n].At = "", second(kept.Events[n].At)
	}
	p.Report = &kept
}

// termsClauses are the clauses of somebody's own terms that a document may name:
// the addressee's, as recorded for its track, and in a dispute the platform's; nil
// for a form of our own, which has none.
func (t *tx) termsClauses(tr *takedown.Track, d *takedown.Document) ([]string, error) {
	if tr == nil {
		return nil, nil
	}
	var out []string
	if d.Instrument == notice.T4b {
		p, err := t.newPlanner(tr)
		if err != nil {
			return nil, err
		}
		var f notice.Facts
		if err := p.factPlatformTerms(&f); err != nil {
			return nil, err
		}
		out = append(out, f.Terms.Clause)
	}
	have, err := t.particulars(tr.ID)
	if err != nil || have == nil {
		return out, err
	}
	var words particularWords
	err = t.open(have, "words", have.Words, &words)
	return append(out, words.Clause), err
}

func (b *bad) terms(at string, in takedown.Terms, now time.Time) {
	b.line(at+"/termsClause", in.Clause, 100)
	b.notFuture(at+"/termsVersion", in.VersionOf, now)
	if in.Clause != "" && in.VersionOf.IsZero() {
		b.add(at+"/termsVersion", "terms change: say of which version the clause is")
	}
}

// checkNoticeWords wants grounds that the complaint has words for, and a place
// that the decision passes over in an item of the track.
func (t *tx) checkNoticeWords(b *bad, tr *takedown.Track, in *takedown.NoticeWords) error {
	if in == nil {
		return nil
	}
	b.terms("/notice", in.Terms, t.now)
	b.some("/notice/newHarm", in.NewHarm, notice.Codes("effect"))
	b.some("/notice/complaintGrounds", in.Grounds, []string{"facts_missed", "terms_only", "wrong_item"})
	if in.Missed == nil {
		return nil
	}
	if !slices.Contains(in.Grounds, "facts_missed") {
		b.add("/notice/missed", "goes with the ground facts_missed")
	}
	if !slices.Contains(tr.Items, in.Missed.Item) {
		b.add("/notice/missed/itemId", "is no item of this track")
	}
	b.locator("/notice/missed/locator", in.Missed.Locator)
	return nil
}

func (b *bad) freeze(in *takedown.Freeze, t *tx) {
	if in == nil {
		return
	}
	b.terms("/freeze", in.Terms, t.now)
	b.maybe("/freeze/measure", in.Measure, "suspend", "limit_posting", "limit_visibility")
	b.some("/freeze/volatile", in.Volatile, volatileData)
	b.maybe("/freeze/breach", in.Breach, "life_or_safety", "repeated", "many_victims")
	b.maybe("/freeze/haste", in.Haste, hasteReasons...)
	if in.Repeats < 0 || in.Repeats == 1 || in.Repeats > 100 {
		b.add("/freeze/repeats", "often is at least twice, and at most 100; 0 pleads no habit")
	}
}

// checkReportWords wants a report of this case, and facts with a day, a source
// and evidence of this case.
func (t *tx) checkReportWords(b *bad, in *takedown.ReportWords) error {
	if in == nil {
		return nil
	}
	if in.Report != "" {
		r, err := find[takedown.PoliceReport](t, policeReportID(string(t.base.Stream), in.Report))
		if err != nil {
			return err
		}
		if r == nil || !r.NotWanted.Empty() {
			b.add("/report/reportId", "is no report of this case that is to be made")
		}
	}
	if len(in.Events) > 20 {
		b.add("/report/events", "at most 20")
	}
	for n, e := range in.Events {
		at := fmt.Sprintf("/report/events/%d", n)
		if e.At.IsZero() {
			b.add(at+"/at", "is needed")
		}
		b.notFuture(at+"/at", e.At, t.now)
		if strings.TrimSpace(e.Text) == "" {
			b.add(at+"/text", "is needed")
		}
		b.line(at+"/text", e.Text, 300)
		b.oneOf(at+"/source", e.Source, []string{"own_observation", "reported_to_us", "provider"})
		for m, id := range e.Evidence {
			ev, err := find[takedown.Evidence](t, id)
			if err != nil {
				return err
			}
			if m >= 5 || ev == nil || ev.Case != string(t.base.Stream) || ev.Purpose != "" {
				b.add(fmt.Sprintf("%s/evidenceIds/%d", at, m), "is no evidence of this case, or one of more than 5")
			}
		}
	}
	return nil
}

// factNotice adds what a person said for a notice, reminder or complaint.
func (p *planner) factNotice(f *notice.Facts) error {
	said, err := p.said()
	if err != nil {
		return err
	}
	in := said.Notice
	f.Terms, f.NewHarm = notice.Terms{Clause: in.Clause, VersionOf: in.VersionOf}, in.NewHarm
	if f.Decision == nil {
		return nil
	}
	f.ComplaintGrounds = append(slices.Clone(in.Grounds), f.ComplaintGrounds...)
	if in.Missed == nil {
		return nil
	}
	it, err := find[takedown.Item](p.t, in.Missed.Item)
	if err != nil || it == nil {
		return err
	}
	f.Decision.MissedPlace = notice.Locus{Item: it.No, Locator: in.Missed.Locator}
	return nil
}

// factReport says which of the case's reports a track makes, and what happened
// beside what the items show.
func (p *planner) factReport(f *notice.Facts) error {
	said, err := p.said()
	if err != nil {
		return err
	}
	f.Reports = nil
	r, err := p.theReport(said.Report.Report)
	if err != nil {
		return err
	}
	if r != nil {
		line, err := p.factReportLine(r)
		if err != nil {
			return err
		}
		f.Reports = []notice.Report{line}
	}
	_, numbers, err := p.evidenceNumbers()
	if err != nil {
		return err
	}
	for _, e := range said.Report.Events {
		event := notice.Event{At: e.At, Text: e.Text, Source: e.Source}
		for _, id := range e.Evidence {
			if n := numbers[id]; n != "" {
				event.Evidence = append(event.Evidence, n)
			}
		}
		f.Events = append(f.Events, event)
	}
	return nil
}

// theReport is the one that a person named, else the one that is still to be
// made, else the only one. Of several nobody guesses.
func (p *planner) theReport(named string) (*takedown.PoliceReport, error) {
	if named != "" {
		return find[takedown.PoliceReport](p.t, policeReportID(p.c.ID, named))
	}
	reports, err := all[takedown.PoliceReport](p.t)
	if err != nil {
		return nil, err
	}
	reports = slices.DeleteFunc(reports, func(r *takedown.PoliceReport) bool { return !r.NotWanted.Empty() })
	open := slices.DeleteFunc(slices.Clone(reports), func(r *takedown.PoliceReport) bool { return !r.FiledAt.IsZero() })
	switch {
	case len(open) == 1:
		return open[0], nil
	case len(reports) == 1:
		return reports[0], nil
	}
	return nil, nil
}

// factRequests are what the police are asked with a report: what an offence, the
// alignment and decisions give reason to.
func (p *planner) factRequests(f *notice.Facts) error {
	if len(f.Reports) > 0 && f.Reports[0].Kind == "aangifte" {
		f.Requests = append(f.Requests, "investigation")
	}
	if slices.ContainsFunc(f.Grounds, func(g notice.Ground) bool { return g.Verified && g.Eligible && g.EligibleBy != "" }) {
		f.Requests = append(f.Requests, "order")
	}
	a, err := p.t.alignment()
	if err != nil {
		return err
	}
	if a == nil || a.Preservation == "" || a.Preservation == "asked" {
		f.Requests = append(f.Requests, "preservation")
	}
	f.Requests = append(f.Requests, "inform")
	if a == nil || a.Status != "answered" {
		f.Requests = append(f.Requests, "may_notify")
	}
	return p.factStopTalk(f)
}
