package casework

import (
	"context"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// TrackView is a track as its readers see it: what was done, what it waits
// for, whose move it is, and what comes next and when.
type TrackView struct {
	ID         string          `json:"id"`
	Case       string          `json:"caseId"`
	Version    int64           `json:"version"`
	Route      string          `json:"route"`
	Contact    string          `json:"contactId"`
	Provider   string          `json:"providerId,omitempty"`
	Person     string          `json:"personId,omitempty"`
	Items      []string        `json:"itemIds"`
	Status     string          `json:"status"`
	Reason     string          `json:"reason,omitempty"`
	StartedAt  time.Time       `json:"startedAt"`
	EndedAt    time.Time       `json:"endedAt,omitzero"`
	HoldUntil  time.Time       `json:"holdUntil,omitzero"`
	Outcome    string          `json:"outcome,omitempty"`
	Feedback   string          `json:"feedback,omitempty"`
	Feedbacks  []FeedbackView  `json:"feedbacks,omitempty" doc:"What was said of a request for an order, as far as the reader may see it now."`
	Generation int             `json:"generation"`
	Rungs      []RungView      `json:"rungs"`
	Document   *DocumentBrief  `json:"document,omitempty"`
	Clocks     []ClockView     `json:"clocks"`
	WaitsFor   *WaitView       `json:"waitsFor,omitempty"`
	Next       *NextView       `json:"next,omitempty"`
	Deferred   []DeferredRoute `json:"deferred,omitempty"`
	Replies    []ReplyBrief    `json:"replies,omitempty" doc:"What came on it, oldest first; not in lists."`
	// Alternatives are the routes that stay open beside the last rung.
	Alternatives []OpenRoute `json:"alternatives,omitempty"`
}

// RungView is one rung taken.
type RungView struct {
	Rung       string        `json:"rung"`
	Title      calendarWords `json:"title"`
	Instrument string        `json:"instrument,omitempty"`
	Document   string        `json:"documentId,omitempty"`
	Clock      string        `json:"clockId,omitempty"`
	EnteredAt  time.Time     `json:"enteredAt"`
	EndedAt    time.Time     `json:"endedAt,omitzero"`
	Ending     string        `json:"ending,omitempty"`
	SkippedBy  string        `json:"skippedBy,omitempty"`
}

type calendarWords = law.Text

// DocumentBrief names the document that a track stands at.
type DocumentBrief struct {
	ID          string `json:"id"`
	Instrument  string `json:"instrument"`
	Status      string `json:"status"`
	Channel     string `json:"channel"`
	ContentHash string `json:"contentHash"`
	Findings    int    `json:"findings"`
}

// WaitView says what a track waits for, until when, and whose move it is.
type WaitView struct {
	State string    `json:"state"`
	Why   []string  `json:"why"`
	Until time.Time `json:"until"`
	Whose string    `json:"whose"`
}

// NextView is what happens if nothing else does.
type NextView struct {
	Rung  string        `json:"rung"`
	Title calendarWords `json:"title"`
	At    time.Time     `json:"at"`
	If    string        `json:"if"`
}

// DeferredRoute is a route that could be opened and is not, with the reason.
type DeferredRoute struct {
	Route  string `json:"route"`
	Reason string `json:"reason"`
}

// ListTracks gives the tracks of a case. Roles: whoever may see the case.
func (s *Service) ListTracks(ctx context.Context, who takedown.Principal, caseID string) ([]TrackView, error) {
	out := []TrackView{}
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, _ *takedown.Case) error {
		tracks, err := all[takedown.Track](t)
		if err != nil {
			return err
		}
		for _, tr := range tracks {
			v, err := t.trackView(tr)
			if err != nil {
				return err
			}
			out = append(out, v)
		}
		return nil
	})
	return out, err
}

// GetTrack gives one track.
func (s *Service) GetTrack(ctx context.Context, who takedown.Principal, track string) (TrackView, error) {
	var out TrackView
	caseID, err := caseOf[takedown.Track](ctx, s, track)
	if err != nil {
		return out, err
	}
	err = s.readCase(ctx, who, caseID, anyRole, func(t *tx, _ *takedown.Case) error {
		tr, err := load[takedown.Track](t, track)
		if err != nil {
			return err
		}
		if out, err = t.trackView(tr); err == nil {
			out.Replies, err = t.repliesOf(tr.ID)
		}
		return err
	})
	return out, err
}

func (t *tx) trackView(tr *takedown.Track) (TrackView, error) {
	v := TrackView{
		ID: tr.ID, Case: tr.Case, Version: tr.Version, Route: tr.Route, Contact: tr.Contact, Provider: tr.Provider, Person: tr.Person,
		Items: tr.Items, Status: string(tr.Status), Reason: tr.Reason, StartedAt: tr.StartedAt, EndedAt: tr.EndedAt,
		HoldUntil: tr.HoldUntil, Outcome: tr.Outcome, Generation: tr.Generation,
		Rungs: []RungView{}, Clocks: []ClockView{},
	}
	var err error
	if tr.Feedback != "" {
		if v.Feedbacks, v.Feedback, err = t.feedbackOf(tr); err != nil {
			return v, err
		}
	}
	p, err := t.newPlanner(tr)
	if err != nil {
		return v, err
	}
	for _, r := range tr.Rungs {
		rung, _ := p.ladder.Rung(r.Rung)
		ending := r.Ending
		if v.Feedback != tr.Feedback && ending != "" { // part of what was said is secret for this reader
			ending = restricted
		}
		v.Rungs = append(v.Rungs, RungView{r.Rung, rung.Title, r.Instrument, r.Document, r.Clock, r.EnteredAt, r.EndedAt, ending, r.Skipped})
	}
	if err := t.viewClocks(&v, tr); err != nil {
		return v, err
	}
	if cur := tr.Current(); cur != nil && cur.Document != "" {
		d, err := load[takedown.Document](t, cur.Document)
		if err != nil {
			return v, err
		}
		v.Document = &DocumentBrief{d.ID, d.Instrument, string(d.Status), d.Channel, d.ContentHash, d.Findings}
	}
	if tr.Wait != nil {
		v.WaitsFor = &WaitView{State: tr.Wait.Kind, Why: tr.Wait.Why, Until: tr.Wait.Due, Whose: whoseMove(tr.Wait)}
	}
	if tr.Deferred != "" {
		v.Deferred = append(v.Deferred, DeferredRoute{Route: routeOrder, Reason: tr.Deferred})
	}
	v.Next = p.nextView()
	v.Alternatives, err = p.alternatives()
	return v, err
}

func (t *tx) viewClocks(v *TrackView, tr *takedown.Track) error {
	clocks, err := all[takedown.Clock](t)
	if err != nil {
		return err
	}
	for _, c := range clocks {
		if c.Track != tr.ID {
			continue
		}
		view, err := t.clockView(c)
		if err != nil {
			return err
		}
		v.Clocks = append(v.Clocks, view)
	}
	return nil
}

// nextView is the rung that silence leads to, if a clock runs.
func (p *planner) nextView() *NextView {
	cur := p.track.Current()
	if cur == nil || cur.Clock == "" {
		return nil
	}
	clock, err := load[takedown.Clock](p.t, cur.Clock)
	if err != nil || clock.Status != takedown.ClockRunning {
		return nil
	}
	rung, ok := p.ladder.Next(cur.Rung, law.EndSilence, p.facts...)
	if !ok {
		return nil
	}
	return &NextView{Rung: rung.ID, Title: rung.Title, At: clock.Due, If: law.EndSilence}
}
