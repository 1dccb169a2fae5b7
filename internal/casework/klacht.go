package casework

import (
	"context"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// KlachtInput is the body of PUT …/people/{person}/complaints/{offence}.
type KlachtInput struct {
	VictimLearnedAt time.Time `json:"victimLearnedAt,omitzero"`
	Needed          bool      `json:"needed" doc:"Whether the law asks for one. Where it does so under a condition, false waits for a legal adviser's note on the task klacht."`
	Decision        string    `json:"decision,omitempty" enum:"undecided,wanted,not_wanted"`
	DecidedAt       time.Time `json:"decidedAt,omitzero"`
	TextShown       string    `json:"textShown,omitempty" maxLength:"200"`
	SignedAt        time.Time `json:"signedAt,omitzero"`
	FiledAt         time.Time `json:"filedAt,omitzero"`
	WithdrawnAt     time.Time `json:"withdrawnAt,omitzero"`
	SpecialPower    bool      `json:"specialPowerOfAttorney,omitempty"`
	Evidence        string    `json:"evidenceId,omitempty" maxLength:"60" doc:"The signed klacht, uploaded with purpose klacht: it travels in the sealed bundle."`
}

// KlachtView is the klacht of one person for one offence.
type KlachtView struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	Person  string `json:"personId"`
	Offence string `json:"offence"`
	KlachtInput
	Clock string `json:"clockId,omitempty"`
}

func klachtID(person, offence string) string {
	return "klacht_" + strings.TrimPrefix(person, "person_") + "_" + offence
}

// PutKlacht records a person's klacht (arts 64 to 67 Sr): the decision is
// theirs alone. Learning of the act starts C12 where a klacht is needed. Role:
// coordinator.
func (s *Service) PutKlacht(ctx context.Context, who takedown.Principal, caseID, person, offence string, in KlachtInput, version int64) (KlachtView, error) {
	var out KlachtView
	err := s.inCase(ctx, who, caseID, coordinatorOnly, func(t *tx, c *takedown.Case) error {
		if _, err := t.personOf(person); err != nil {
			return err
		}
		k, err := find[takedown.Klacht](t, klachtID(person, offence))
		if err != nil {
			return err
		}
		if err := t.checkKlacht(c, k, person, offence, in); err != nil {
			return err
		}
		if k == nil {
			k = &takedown.Klacht{Meta: takedown.Meta{ID: klachtID(person, offence), Case: c.ID}, Person: person, Offence: offence}
		}
		if err := sameVersion(k.Version, version); err != nil {
			return err
		}
		if err := t.applyKlacht(k, in); err != nil {
			return err
		}
		out = viewKlacht(k)
		out.Version = k.Version + 1
		return t.touch()
	})
	return out, err
}

func (t *tx) checkKlacht(c *takedown.Case, k *takedown.Klacht, person, offence string, in KlachtInput) error {
	var b bad
	first, err := t.firstAct(c)
	if err != nil {
		return err
	}
	learned := in.VictimLearnedAt
	if _, err := t.s.Law.Clock("C12", learned); !learned.IsZero() && takedown.KindOf(err) == takedown.NotFound {
		b.add("/victimLearnedAt", "lies before the law data begin")
	} else if !learned.IsZero() && learned.AddDate(0, 3, 0).Before(first) { // its term would be over before the act
		b.add("/victimLearnedAt", "%s", beforeTheAct)
	}
	if err := refuseAll(b.fields); err != nil {
		return err
	}
	o, _, err := t.klachtLaw(c, person, offence)
	if takedown.KindOf(err) == takedown.NotFound {
		return noSuch("offence")
	}
	if err != nil {
		return err
	}
	if o.Klacht.Needed == "yes" && !in.Needed {
		b.add("/needed", "this offence is prosecuted on a klacht only")
	}
	if o.Klacht.Needed == "no" && in.Needed {
		b.add("/needed", "this offence needs no klacht")
	}
	b.oneOf("/decision", in.Decision, []string{"", "undecided", "wanted", "not_wanted"})
	decided := in.Decision == "wanted" || in.Decision == "not_wanted"
	if decided && strings.TrimSpace(in.TextShown) == "" {
		b.add("/textShown", "say which text the person was shown")
	}
	if decided && in.DecidedAt.IsZero() {
		b.add("/decidedAt", "say when the person decided")
	}
	b.atMost("/textShown", in.TextShown, 200)
	if (!in.SignedAt.IsZero() || !in.FiledAt.IsZero()) && in.Decision != "wanted" {
		b.add("/decision", "a klacht is signed and filed by who wants it")
	}
	if k != nil && k.Clock != "" {
		// The fatal term runs: nothing but filing, or the person's own decision
		// with a legal adviser's note, may make it disappear.
		if !in.Needed && o.Klacht.Needed != "yes" {
			b.add("/needed", "the term runs; it ends by filing, or by the person's own decision and a legal adviser's note")
		}
		if in.VictimLearnedAt.IsZero() {
			b.add("/victimLearnedAt", "the term runs from it; correct the day, or leave it")
		}
	}
	t.checkKlachtDates(&b, in)
	if err := t.checkKlachtFile(&b, in); err != nil {
		return err
	}
	return refuseAll(b.fields)
}

func (t *tx) checkKlachtDates(b *bad, in KlachtInput) {
	for _, f := range []struct {
		name string
		at   time.Time
	}{{"/victimLearnedAt", in.VictimLearnedAt}, {"/decidedAt", in.DecidedAt}, {"/signedAt", in.SignedAt}, {"/filedAt", in.FiledAt}, {"/withdrawnAt", in.WithdrawnAt}} {
		b.notFuture(f.name, f.at, t.now)
	}
	daysInOrder(b, in)
	if !in.WithdrawnAt.IsZero() && (in.FiledAt.IsZero() || in.WithdrawnAt.Before(in.FiledAt)) {
		b.add("/withdrawnAt", "only what was filed before is withdrawn")
		return
	}
	if last := t.withdrawableUntil(in.FiledAt); !last.IsZero() && in.WithdrawnAt.After(last) {
		b.add("/withdrawnAt", "a klacht could be withdrawn until %s (art. 67 Sr): it stands", last.In(calendar.Amsterdam).Format(time.DateOnly))
	}
}

// daysInOrder refuses a day that cannot have been: who wants a klacht learned of the
// act first, then decided, signed and filed, some of it on one day. A klacht can
// be made orally: nothing has to be signed.
func daysInOrder(b *bad, in KlachtInput) {
	b.notBefore("/decidedAt", in.DecidedAt, in.VictimLearnedAt, "lies before the person learned of it")
	b.notBefore("/signedAt", in.SignedAt, in.VictimLearnedAt, "lies before the person learned of it")
	b.notBefore("/signedAt", in.SignedAt, in.DecidedAt, "lies before the person decided")
	if !in.FiledAt.IsZero() && in.FiledAt.Before(in.VictimLearnedAt) {
		b.add("/filedAt", "lies before the person learned of it")
	}
	b.notBefore("/filedAt", in.FiledAt, in.DecidedAt, "lies before the person decided")
	b.notBefore("/filedAt", in.FiledAt, in.SignedAt, "lies before it was signed")
}

// withdrawableUntil is the last moment of the last day on which a klacht that
// was filed then can be withdrawn, in Amsterdam; zero where the law data do not
// say.
func (t *tx) withdrawableUntil(filed time.Time) time.Time {
	rule, err := t.s.Law.Clock("C12", filed)
	if filed.IsZero() || err != nil || rule.WithdrawDays == 0 {
		return time.Time{}
	}
	y, m, d := filed.In(calendar.Amsterdam).Date()
	return time.Date(y, m, d+rule.WithdrawDays+1, 0, 0, 0, 0, calendar.Amsterdam).Add(-time.Second)
}

func (t *tx) applyKlacht(k *takedown.Klacht, in KlachtInput) error {
	learned := second(in.VictimLearnedAt)
	if in.Needed != k.Needed || in.Needed && in.Decision != "not_wanted" {
		k.NotedBy = "" // somebody thought again: the note was about another answer
	}
	if err := t.klachtClock(k, in, learned); err != nil {
		return err
	}
	k.Needed, k.VictimLearnedAt, k.Decision, k.DecidedAt, k.TextShown = in.Needed, learned, in.Decision, second(in.DecidedAt), in.TextShown
	k.SignedAt, k.FiledAt, k.WithdrawnAt, k.SpecialPower = second(in.SignedAt), second(in.FiledAt), second(in.WithdrawnAt), in.SpecialPower
	k.Evidence = in.Evidence
	if err := t.klachtFiled(k); err != nil {
		return err
	}
	if err := t.klachtTask(k); err != nil {
		return err
	}
	if err := t.put(k); err != nil {
		return err
	}
	return t.log("klacht.recorded", strings.Trim(k.Offence+":"+k.Decision, ":"), idsOf(k.ID, k.Person, k.Clock))
}

// klachtClock keeps C12, which is fatal, on the day the person learned of the
// act, and on no other; a corrected day of learning or of filing, or a decision
// taken back, starts a new row.
func (t *tx) klachtClock(k *takedown.Klacht, in KlachtInput, learned time.Time) error {
	if !in.Needed || learned.IsZero() {
		return nil
	}
	if k.Clock != "" {
		c, err := load[takedown.Clock](t, k.Clock)
		if err != nil {
			return err
		}
		if learned.Equal(k.VictimLearnedAt) && klachtStands(c, k, second(in.FiledAt)) {
			return nil
		}
		if err := t.correctKlacht(c); err != nil {
			return err
		}
	}
	c, err := t.startClock("C12", learned, law.CountInput{Event: "learned"}, takedown.Clock{Person: k.Person, Supersedes: k.Clock})
	if err != nil {
		return err
	}
	k.Clock = c.ID
	return nil
}

// klachtFiled ends C12: in time, or too late.
func (t *tx) klachtFiled(k *takedown.Klacht) error {
	if k.FiledAt.IsZero() || k.Clock == "" {
		return nil
	}
	c, err := load[takedown.Clock](t, k.Clock)
	if err != nil {
		return err
	}
	status, reason := filedOn(c, k.FiledAt)
	return t.endClock(k.Clock, status, reason)
}

const (
	klachtInTime = "klacht_filed"
	klachtLate   = "klacht_filed_late"
)

// filedOn is what a filing on a day makes of C12.
func filedOn(c *takedown.Clock, at time.Time) (takedown.ClockStatus, string) {
	if at.After(c.Due) {
		return takedown.ClockExpired, klachtLate
	}
	return takedown.ClockMet, klachtInTime
}

// klachtStands says whether a klacht's clock says of a filing what is so; without
// a filing, whether it runs or a legal adviser's note ended it.
func klachtStands(c *takedown.Clock, k *takedown.Klacht, filed time.Time) bool {
	if c.Status == takedown.ClockRunning {
		return true
	}
	if filed.IsZero() {
		return k.NotedBy != ""
	}
	status, reason := filedOn(c, filed)
	return c.Status == status && c.Reason == reason
}

// correctKlacht takes a klacht's clock back for a row that follows. One that a
// wrong day had ended as filed was never so; what a note ended stays as it was.
func (t *tx) correctKlacht(c *takedown.Clock) error {
	if c.Reason == klachtInTime || c.Reason == klachtLate {
		c.Status, c.EndedAt, c.Reason = takedown.ClockSuperseded, t.now, "klacht_corrected"
		return t.put(c)
	}
	return t.endClock(c.ID, takedown.ClockSuperseded, "klacht_corrected")
}

// klachtTask keeps the open question in sight: the choice is the person's, the
// days are counted. It is one task from first to last. Only filing closes it
// here; a decision against it, and a coordinator's word that the law's condition
// does not hold, wait for the legal adviser's note.
func (t *tx) klachtTask(k *takedown.Klacht) error {
	conditional, err := t.isConditional(k.Person, k.Offence)
	if err != nil {
		return err
	}
	if !k.Needed && !conditional {
		return t.closeTasks(taskKlacht, k.ID) // the law asks for none
	}
	if k.NotedBy != "" {
		return nil
	}
	if k.Needed && !k.FiledAt.IsZero() {
		return t.closeTasks(taskKlacht, k.ID)
	}
	task, err := t.findTask(taskKlacht, k.ID)
	if err != nil {
		return err
	}
	if task == nil {
		if err := t.openTask(takedown.Task{Kind: taskKlacht, Subject: k.ID, Mandatory: true}); err != nil {
			return err
		}
		if task, err = t.findTask(taskKlacht, k.ID); err != nil {
			return err
		}
	}
	task.Owner, task.Reason = takedown.Coordinator, "klacht_needed"
	switch {
	case !k.Needed:
		task.Owner, task.Reason = takedown.LegalAdviser, klachtNotNeeded
	case k.Decision == "not_wanted":
		task.Owner, task.Reason = takedown.LegalAdviser, "klacht_not_wanted"
	}
	if k.Clock != "" {
		c, err := load[takedown.Clock](t, k.Clock)
		if err != nil {
			return err
		}
		task.DueAt = c.Due
	}
	return t.put(task)
}

// mayDismissKlacht lets a legal adviser's note close the task after the person's
// own recorded decision, or after the record that the law's condition for a
// klacht does not hold, and nothing else.
func (t *tx) mayDismissKlacht(task *takedown.Task) error {
	k, err := find[takedown.Klacht](t, task.Subject)
	if err != nil {
		return err
	}
	if k == nil {
		return state("record the person's klacht first: whether it is needed, and when the person learned of the act")
	}
	if !k.Needed {
		return nil
	}
	if k.Decision != "not_wanted" || k.DecidedAt.IsZero() || k.TextShown == "" {
		return state("this task closes by filing the klacht, or by the person's own decision against it and then a legal adviser's note")
	}
	return nil
}

// noteKlacht records whose note dismissed a klacht, or said that none is needed, and
// ends its clock.
func (t *tx) noteKlacht(task *takedown.Task) error {
	k, err := load[takedown.Klacht](t, task.Subject)
	if err != nil {
		return err
	}
	k.NotedBy = t.who.ID
	if err := t.put(k); err != nil {
		return err
	}
	return t.endRunning(k.Clock, "klacht_not_wanted")
}

func viewKlacht(k *takedown.Klacht) KlachtView {
	return KlachtView{
		ID: k.ID, Version: k.Version, Person: k.Person, Offence: k.Offence, Clock: k.Clock,
		KlachtInput: KlachtInput{k.VictimLearnedAt, k.Needed, k.Decision, k.DecidedAt, k.TextShown, k.SignedAt, k.FiledAt, k.WithdrawnAt, k.SpecialPower, k.Evidence},
	}
}

// GetKlacht gives a person's klacht for an offence. Roles: whoever may see the
// case.
func (s *Service) GetKlacht(ctx context.Context, who takedown.Principal, caseID, person, offence string) (KlachtView, error) {
	var out KlachtView
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, c *takedown.Case) error {
		k, err := load[takedown.Klacht](t, klachtID(person, offence))
		if err == nil && k.Case != c.ID {
			err = noSuch(KindKlacht)
		}
		if err == nil {
			out = viewKlacht(k)
		}
		return err
	})
	return out, err
}
