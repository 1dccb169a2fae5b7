package casework

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// evaluating gathers an evaluation. hidden are the tracks of which police said
// that the person may not be told yet: they leave no trace in it, because it is
// discussed with the person.
type evaluating struct {
	*planner
	lang   string
	hidden map[string]bool
	tracks []*takedown.Track
}

// factEvaluation fills T11 from the case (domain.md §8 T11): codes and numbers,
// no name, no location, no text.
func (t *tx) factEvaluation(c *takedown.Case, lang string) (*notice.Evaluation, error) {
	e := &evaluating{planner: &planner{t: t, c: c}, lang: lang, hidden: map[string]bool{}}
	if err := e.open(); err != nil {
		return nil, err
	}
	out := &notice.Evaluation{}
	for _, step := range []func(*notice.Evaluation) error{e.said, e.routes, e.clocks, e.results, e.flagged, e.refused} {
		if err := step(out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e *evaluating) open() error {
	feedback, err := all[takedown.Feedback](e.t)
	if err != nil {
		return err
	}
	for _, f := range feedback {
		if f.RestrictedUntil.After(e.t.now) {
			e.hidden[f.Track] = true
		}
	}
	tracks, err := all[takedown.Track](e.t)
	e.tracks = slices.DeleteFunc(tracks, func(tr *takedown.Track) bool { return e.hidden[tr.ID] })
	return err
}

// said is what person and team said; every affected person stands there, so that
// one who was forgotten is a finding.
func (e *evaluating) said(out *notice.Evaluation) error {
	have, err := find[takedown.Evaluation](e.t, evaluationID(e.c.ID))
	if err != nil {
		return err
	}
	if have == nil {
		have = &takedown.Evaluation{}
	}
	people, err := all[takedown.Person](e.t)
	if err != nil {
		return err
	}
	out.Team, out.Lessons, out.Refusals = have.Team, have.Lessons, have.Refusals
	for _, person := range people {
		line := notice.EvaluationPerson{}
		for _, p := range have.People {
			if p.Person != person.ID {
				continue
			}
			line.At, line.Not = p.At, p.Not
			out.Experience = experiences(out.Experience, p.Experience)
		}
		out.People = append(out.People, line)
	}
	return nil
}

// experiences sums up what several persons said: who differ are mixed.
func experiences(sum, one string) string {
	if one == "" || sum == one {
		return sum
	}
	if sum == "" {
		return one
	}
	return "mixed"
}

func (e *evaluating) routes(out *notice.Evaluation) error {
	for _, tr := range e.tracks {
		ladder, err := e.t.s.Law.Ladder(tr.Route, tr.StartedAt)
		if err != nil {
			return err
		}
		if name := in(e.lang, ladder.Title); !slices.Contains(out.Routes, name) {
			out.Routes = append(out.Routes, name)
		}
	}
	return nil
}

func (e *evaluating) clocks(out *notice.Evaluation) error {
	clocks, err := all[takedown.Clock](e.t)
	if err != nil {
		return err
	}
	for _, c := range clocks {
		line := notice.EvaluationClock{Rule: c.Rule, Nature: c.Nature, Due: c.Due, Ended: "in_time"}
		switch {
		case e.hidden[c.Track]:
			continue
		case c.Status == takedown.ClockExpired:
			line.Ended = "lapsed"
		case c.Status != takedown.ClockMet:
			continue // it runs on, or another row took its place
		case c.EndedAt.After(c.Due):
			line.Ended = "late"
		}
		out.Clocks = append(out.Clocks, line)
	}
	slices.SortStableFunc(out.Clocks, func(a, b notice.EvaluationClock) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Rule, b.Rule))
	})
	return nil
}

// results are the items' ends and what brought them about.
func (e *evaluating) results(out *notice.Evaluation) error {
	items, err := all[takedown.Item](e.t)
	if err != nil {
		return err
	}
	slices.SortStableFunc(items, func(a, b *takedown.Item) int { return a.No - b.No })
	for _, it := range items {
		words, at := e.outcome(it)
		out.Results = append(out.Results, notice.EvaluationResult{Item: it.No, Words: words, Hours: int(at.Sub(e.heardAt()) / time.Hour)})
		if err := e.worked(out, it); err != nil {
			return err
		}
	}
	return nil
}

// heardAt is when the organisation heard of the case, as its report to the police
// says; without that on record the case's opening: a count needs a beginning.
func (e *evaluating) heardAt() time.Time {
	if e.c.ReportedAt.IsZero() {
		return e.c.OpenedAt
	}
	return e.c.ReportedAt
}

// outcome is how an item ended, in the law data's words, and when; empty, now,
// while it has not, or while that may not be told.
func (e *evaluating) outcome(it *takedown.Item) (string, time.Time) {
	if it.Outcome == nil || e.hidden[it.Outcome.Track] {
		return "", e.t.now
	}
	o, err := e.t.s.Law.Outcome(it.Outcome.Code, it.Outcome.At)
	if err != nil {
		return "", it.Outcome.At
	}
	words := in(e.lang, o.Title)
	var beside []string
	for _, d := range e.t.s.detailMeanings(it.Outcome.DecisionDetails, it.Outcome.At) {
		beside = append(beside, in(e.lang, d.Title))
	}
	if len(beside) > 0 {
		words += " (" + strings.Join(beside, "; ") + ")"
	}
	return words, it.Outcome.At
}

// worked names the last instrument of the track that an item ended on, where
// nothing or less of it is left.
func (e *evaluating) worked(out *notice.Evaluation, it *takedown.Item) error {
	if it.Outcome == nil || it.Outcome.Track == "" || e.hidden[it.Outcome.Track] {
		return nil
	}
	o, err := e.t.s.Law.Outcome(it.Outcome.Code, it.Outcome.At)
	if err != nil || (o.Kind != "gone" && o.Kind != "partly") {
		return nil
	}
	tr, err := load[takedown.Track](e.t, it.Outcome.Track)
	if err != nil {
		return err
	}
	d, err := e.lastDelivered(tr)
	if err == nil && d != nil && !slices.Contains(out.Worked, d.Instrument) {
		out.Worked = append(out.Worked, d.Instrument)
	}
	return err
}

// flagged counts notices by provider, kind of content and action, as art. 22(3)
// DSA has it: each page of each notice that arrived.
func (e *evaluating) flagged(out *notice.Evaluation) error {
	for _, tr := range e.tracks {
		d, err := e.lastDelivered(tr, notice.T1, notice.T2)
		if err != nil {
			return err
		}
		if d == nil {
			continue
		}
		contact, err := e.t.contact(tr.Contact)
		if err != nil {
			return err
		}
		for _, id := range tr.Items {
			it, err := load[takedown.Item](e.t, id)
			if err != nil {
				return err
			}
			words, _ := e.outcome(it)
			out.Flagged = countOne(out.Flagged, notice.EvaluationCount{Provider: contact.ServiceKind, Content: it.ContentType, Words: words})
		}
	}
	return nil
}

func countOne(rows []notice.EvaluationCount, row notice.EvaluationCount) []notice.EvaluationCount {
	for n := range rows {
		same := rows[n]
		same.Count = 0
		if same == row {
			rows[n].Count++
			return rows
		}
	}
	row.Count = 1
	return append(rows, row)
}

func (e *evaluating) refused(out *notice.Evaluation) error {
	replies, err := all[takedown.Reply](e.t)
	for _, r := range replies {
		if r.Status != takedown.ReplyClassified || !againstUs(r.Kind, r.Decision) || e.hidden[r.Track] {
			continue
		}
		out.Refused = true
		if r.Reason != "" && !slices.Contains(out.Refusals, r.Reason) {
			out.Refusals = append(slices.Clone(out.Refusals), r.Reason)
		}
	}
	return err
}
