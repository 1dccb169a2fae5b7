package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// States of statemachines/track.asl.json that PlanStep may name.
const (
	goDraft    = "DraftDocument"
	goApproval = "AwaitApproval"
	goSend     = "SendDocument"
	goFiling   = "AwaitFiling"
	goReply    = "AwaitReply"
	goVerify   = "VerifyContent"
	goDossier  = "AssembleDossier"
	goHandOver = "AwaitHandOver"
	goFeedback = "AwaitFeedback"
	goGate     = "AwaitGate"
	goDate     = "AwaitDate"
	goRenew    = "Renew"
	goOutcome  = "RecordOutcome"
	goStop     = "Stop"
)

const (
	// maxWait bounds a wait: 300 days in seconds (design §4).
	maxWait = 25_920_000
	// renewAge and renewTurns end a generation long before AWS's own limits of
	// a year and 25,000 events; a turn is about ten events.
	renewAge   = 300 * 24 * time.Hour
	renewTurns = 900
)

// step is where a track goes next. For a wait, due is the case time at which
// it ends by itself (zero: only by a wake) and why says what it waits for.
type step struct {
	next     string
	document string
	due      time.Time
	why      []string
	asks     []takedown.Role // for gates without a task: in whose worklists they stand
}

func (s step) waits() bool { return len(s.next) > 5 && s.next[:5] == "Await" }

// planner decides what one track does next, from the store alone.
type planner struct {
	t        *tx
	c        *takedown.Case
	track    *takedown.Track
	items    []*takedown.Item
	settings *takedown.Settings
	contact  *takedown.Contact
	ladder   law.Ladder
	facts    []string

	actDate  time.Time   // on which the law of a text is chosen: factsFor sets it
	enclosed []enclosure // copies that the text being drafted carries
	apart    []string    // answers that it does not
}

// newPlanner loads what a decision about a track rests on.
func (t *tx) newPlanner(tr *takedown.Track) (*planner, error) {
	p := &planner{t: t, track: tr}
	var err error
	if p.c, err = load[takedown.Case](t, tr.Case); err != nil {
		return nil, err
	}
	if p.items, err = t.itemsOf(tr.Items); err != nil {
		return nil, err
	}
	if p.settings, err = t.settings(); err != nil {
		return nil, err
	}
	if p.contact, err = t.contact(tr.Contact); err != nil {
		return nil, err
	}
	if p.ladder, err = t.s.Law.Ladder(tr.Route, tr.StartedAt); err != nil {
		return nil, err
	}
	p.facts = t.s.Law.Facts(p.contact.ServiceKind, p.contact.MicroOrSmall, p.contact.VLOP, tr.StartedAt)
	if p.contact.Kind == "police_unit" {
		p.facts = append(p.facts, law.FactContactPolice)
	}
	return p, nil
}

// openItems are the track's items that have no outcome yet. One that is
// flagged as suspected child-abuse material is referred, never noticed.
func (p *planner) openItems() []*takedown.Item {
	var out []*takedown.Item
	for _, it := range p.items {
		if it.SuspectedCSAM {
			continue
		}
		if it.Status != takedown.ItemGone && it.Status != takedown.ItemSettled {
			out = append(out, it)
		}
	}
	return out
}

// PlanStep decides what a track does next. Handler of plan-step; idempotent:
// asked twice, it answers the same until something changes.
func (s *Service) PlanStep(ctx context.Context, in TrackInput) (TrackStep, error) {
	out := TrackStep{V: InputVersion, Track: in.Track, Generation: in.Generation}
	var taken bool
	var job []byte
	err := s.onTrack(ctx, in, func(t *tx, tr *takedown.Track) error {
		var err error
		if taken, err = t.takeLooks(in, tr); err != nil {
			return err
		}
		p, err := t.newPlanner(tr)
		if err != nil {
			return err
		}
		st, err := p.decide()
		if err != nil {
			return err
		}
		job = nil
		if st.next == goVerify {
			if job, err = t.askLook(in, tr, p.items); err != nil {
				return err
			}
		}
		out = out.to(st)
		if err := p.settle(st); err != nil {
			return err
		}
		if tr.Wait != nil {
			out.Wait = tr.Wait.No
			out.Seconds, err = t.secondsUntil(tr.Wait.Due)
		}
		return err
	})
	if stale(err) {
		out.Next = goStop
		return out, nil
	}
	if err != nil {
		return out, err
	}
	return out, s.keepJob(ctx, in, job, taken)
}

// keepJob hands the next look over after the commit that asks for it, or forgets
// the one that was taken over. Repeated, it does the same.
func (s *Service) keepJob(ctx context.Context, in TrackInput, job []byte, taken bool) error {
	switch {
	case job != nil:
		return s.Store.PutJob(ctx, lookID(in), job)
	case taken:
		return s.Store.DropJob(ctx, lookID(in))
	}
	return nil
}

// to is the answer for a step, its wait not yet numbered.
func (out TrackStep) to(st step) TrackStep {
	out.Next, out.Document, out.Wait, out.Seconds = st.next, st.document, 0, 0
	return out
}

// stale reports whether an error only says that the generation is over.
func stale(err error) bool { return err != nil && takedown.NameOf(err) == takedown.NameStaleInput }

// onTrack runs a track function as the system, if the generation is current.
func (s *Service) onTrack(ctx context.Context, in TrackInput, f func(*tx, *takedown.Track) error) error {
	if err := served(in.V); err != nil {
		return err
	}
	caseID, err := caseOf[takedown.Track](ctx, s, in.Track)
	if err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
		tr, err := load[takedown.Track](t, in.Track)
		if err != nil {
			return err
		}
		if tr.Generation != in.Generation {
			return takedown.Errorf(takedown.Conflict, takedown.NameStaleInput, "generation %d of the track is over", in.Generation)
		}
		return f(t, tr)
	})
}

// secondsUntil is how long a wait lasts on the engine's own timer (design §4).
func (t *tx) secondsUntil(due time.Time) (int64, error) {
	d := due.Sub(t.now)
	if c, ok := t.s.Clock.(interface {
		Left(context.Context, time.Time) (time.Duration, error)
	}); ok {
		var err error
		if d, err = c.Left(t.ctx, due); err != nil {
			return 0, err
		}
	}
	secs := int64((d + time.Second - 1) / time.Second)
	return min(max(1, secs), maxWait), nil
}

// settle records the decision: the open wait with its number, or none.
func (p *planner) settle(st step) error {
	tr := p.track
	before := tr.Wait
	tr.Wait = nil
	if st.waits() {
		tr.Wait = nextWait(before, tr.Waits, st, p.t.now)
		tr.Waits = tr.Wait.No
	}
	if err := p.followWait(before, st.document); err != nil {
		return err
	}
	if sameWait(before, tr.Wait) && len(p.t.dirty) == 0 && len(p.t.change.Entries) == 0 {
		return nil
	}
	if slices.Contains(st.why, whyStale) {
		if err := p.t.askConfirmation(p); err != nil {
			return err
		}
	}
	tr.Turns++
	if err := p.t.put(tr); err != nil {
		return err
	}
	return p.t.log("track.planned", planReason(st), []string{tr.ID})
}

// planReason is the entry's reason code: the state, and what it waits for.
func planReason(st step) string {
	if len(st.why) == 0 {
		return st.next
	}
	reason := st.next + ":" + strings.Join(st.why, ",")
	return reason[:min(len(reason), 400)]
}

// maxWhy is how many reasons a wait keeps: its row stays under 4 KB.
const maxWhy = 20

// nextWait keeps the number of a wait that has not changed and gives a new one
// to another wait.
func nextWait(before *takedown.Wait, last int, st step, now time.Time) *takedown.Wait {
	st.why = st.why[:min(len(st.why), maxWhy)]
	due := st.due
	if !due.After(now) || due.Sub(now) > maxWait*time.Second { // a date that has passed is none: the wait would be over at once, for ever
		due = now.Add(maxWait * time.Second)
		if before != nil && before.Kind == st.next && slices.Equal(before.Why, st.why) && before.Due.After(now) {
			due = before.Due
		}
	}
	w := &takedown.Wait{No: last + 1, Kind: st.next, Since: now, Due: due.UTC(), Why: st.why}
	if len(st.asks) > 0 {
		w.Asks, w.AlsoAsks = st.asks[0], st.asks[1:]
	}
	if sameWait(before, w) {
		w.No, w.Since = before.No, before.Since
	}
	return w
}

func sameWait(a, b *takedown.Wait) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Kind == b.Kind && a.Due.Equal(b.Due) && a.Asks == b.Asks && slices.Equal(a.AlsoAsks, b.AlsoAsks) && slices.Equal(a.Why, b.Why)
}

// maxMoves bounds how many rungs one decision may pass; more is a loop in the
// law data.
const maxMoves = 40

// decide moves the track until it must act or wait.
func (p *planner) decide() (step, error) {
	for range maxMoves {
		st, done, err := p.move()
		if err == nil && done {
			st, err = p.t.asking(st)
		}
		if err != nil || done {
			return st, err
		}
	}
	return step{}, takedown.Errorf(takedown.Internal, takedown.NameInternal, "the ladder of route %s does not end", p.track.Route)
}

// move is one look at the track: a step, or not done yet after a change that
// is to be looked at again.
func (p *planner) move() (step, bool, error) {
	tr, now := p.track, p.t.now
	switch {
	case tr.Ended() || p.c.Status != takedown.CaseOpen:
		return step{next: goStop}, true, nil
	case tr.Turns >= renewTurns || now.Sub(tr.StartedAt) >= renewAge*time.Duration(max(1, tr.Renewals+1)):
		return step{next: goRenew}, true, nil
	case tr.Status == takedown.TrackHeld && (tr.HoldUntil.IsZero() || tr.HoldUntil.After(now)):
		return step{next: goDate, due: tr.HoldUntil, why: []string{"held"}}, true, nil
	case len(p.openItems()) == 0:
		return step{next: goOutcome}, true, nil
	}
	if tr.Status == takedown.TrackHeld { // the hold is over
		tr.Status, tr.HoldUntil = takedown.TrackActive, time.Time{}
		return step{}, false, p.t.put(tr)
	}
	if st, found, err := p.claimed(); found || err != nil {
		return st, true, err
	}
	if open, err := p.t.indemnityOpen(tr); open || err != nil {
		return step{next: goGate, why: []string{"decision:indemnity"}}, true, err
	}
	if err := p.liftDeferral(); err != nil {
		return step{}, false, err
	}
	if cur := tr.Current(); cur != nil {
		return p.onRung(cur)
	}
	return p.climb()
}

// climb takes the rung that the last ending leads to.
func (p *planner) climb() (step, bool, error) {
	after, ending := "", law.Start
	if n := len(p.track.Rungs); n > 0 {
		last := &p.track.Rungs[p.lastEarned()]
		if again, err := p.retake(last); again || err != nil {
			return step{}, false, err
		}
		after, ending = last.Rung, last.Ending
		if rung, ok := p.ladder.Rung(after); ok && slices.Contains(rung.EndsAfter, ending) {
			return step{next: goOutcome}, true, nil
		}
	}
	rung, ok := p.ladder.Next(after, ending, p.facts...)
	if !ok || (rung.Once && p.taken(rung.ID)) {
		return p.exhausted()
	}
	return step{}, false, p.take(rung, rung.ID)
}

// take lets the track come to a rung. how is what the history says of it, about
// are the ids that belong to that beside the track's.
func (p *planner) take(rung law.Rung, how string, about ...string) error {
	p.track.Rungs = append(p.track.Rungs, takedown.Taken{Rung: rung.ID, Instrument: rung.Instrument, EnteredAt: p.t.now})
	if err := p.t.put(p.track); err != nil {
		return err
	}
	return p.t.log("rung.taken", how, append([]string{p.track.ID}, about...))
}

func (p *planner) taken(rung string) bool {
	return slices.ContainsFunc(p.track.Rungs, func(t takedown.Taken) bool { return t.Rung == rung && t.Skipped == "" && !t.Undelivered })
}

// endRung ends the current rung, if it has not ended.
func (p *planner) endRung(ending string) error { return p.t.endRung(p.track, ending) }

func (t *tx) endRung(tr *takedown.Track, ending string) error { return t.endRungAs(tr, ending, ending) }

// endRungAs tells the history something else than how the rung ended: not what
// is secret for a while.
func (t *tx) endRungAs(tr *takedown.Track, ending, told string) error {
	cur := tr.Current()
	if cur == nil {
		return nil
	}
	cur.Ending, cur.EndedAt = ending, t.now
	if err := t.put(tr); err != nil {
		return err
	}
	if err := t.giveUpDraft(tr, cur); err != nil {
		return err
	}
	return t.log("rung.ended", told, []string{tr.ID})
}
