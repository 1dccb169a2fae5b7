package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// MisdirectionInput is the body of POST /v1/documents/{doc}/misdirection.
type MisdirectionInput struct {
	DispatchID string    `json:"dispatchId,omitempty" maxLength:"60" doc:"The last one without."`
	AwareAt    time.Time `json:"awareAt,omitzero" doc:"When somebody of the organisation knew; without it the reply's receipt."`
	ReplyID    string    `json:"replyId,omitempty" maxLength:"60" doc:"The reply that says so; its receipt counts if it is the earlier one."`
	Address    string    `json:"address,omitempty" maxLength:"320" doc:"Which of several addresses it went wrong at; without it the one that the reply came from, else the first. Nothing goes there until the contact is corrected."`
	Reason     string    `json:"reason" minLength:"3" maxLength:"1000" doc:"A code of the list, or words, which are sealed."`
}

// misdirectable are the statuses of a dispatch that somebody may have read.
var misdirectable = []takedown.DispatchStatus{
	takedown.DispatchSent, takedown.DispatchFiled, takedown.DispatchPosted, takedown.DispatchHandedOver, takedown.DispatchUncertain, takedown.DispatchBounced,
}

// MarkMisdirected records that a document went to a wrong addressee, and starts
// the term of a data breach of ours (C15, art. 33 GDPR) at the moment we were
// aware, with a task for a legal adviser. Marked again with the same moment it
// changes nothing; an earlier one counts from there, a later one is refused: it
// would lengthen a legal term. Roles: coordinator, legal adviser.
func (s *Service) MarkMisdirected(ctx context.Context, who takedown.Principal, doc string, in MisdirectionInput) error {
	roles := []takedown.Role{takedown.Coordinator, takedown.LegalAdviser}
	if err := need(who, roles...); err != nil {
		return err
	}
	caseID, err := caseOf[takedown.Document](ctx, s, doc)
	if err != nil {
		return err
	}
	return s.inAnyCase(ctx, who, caseID, roles, func(t *tx, _ *takedown.Case) error {
		d, err := load[takedown.Document](t, doc)
		if err != nil {
			return err
		}
		n, aware, err := t.checkMisdirection(d, in)
		if err != nil {
			return err
		}
		return t.misdirected(d, n, aware, in)
	})
}

// checkMisdirection gives the dispatch that is meant and the moment that counts.
func (t *tx) checkMisdirection(d *takedown.Document, in MisdirectionInput) (*takedown.Dispatch, time.Time, error) {
	var b bad
	b.fields = checkReason("/reason", in.Reason)
	aware := second(in.AwareAt)
	if in.AwareAt.IsZero() {
		aware = time.Time{}
	}
	if in.ReplyID != "" {
		r, err := find[takedown.Reply](t, in.ReplyID)
		if err != nil {
			return nil, aware, err
		}
		if r == nil || r.Case != d.Case {
			b.add("/replyId", "is no reply of this case")
		} else if aware.IsZero() || r.ReceivedAt.Before(aware) {
			aware = second(r.ReceivedAt)
		}
	}
	id := in.DispatchID
	if id == "" {
		id = d.LastDispatch
	}
	n, err := find[takedown.Dispatch](t, id)
	if err != nil {
		return nil, aware, err
	}
	switch {
	case n == nil || n.Document != d.ID:
		b.add("/dispatchId", "is no dispatch of this document")
	case !slices.Contains(misdirectable, n.Status):
		b.add("/dispatchId", "went to nobody: it is %s", string(n.Status))
	case aware.IsZero():
		b.add("/awareAt", "say when somebody knew, or name the reply that told us")
	case aware.Before(leftAt(n)):
		b.add("/awareAt", "lies before the document was sent")
	}
	b.notFuture("/awareAt", aware, t.now)
	if in.Address != "" && n != nil && n.Document == d.ID {
		to, err := t.reached(d, n)
		if err != nil {
			return nil, aware, err
		}
		if !hasAddress(to, in.Address) {
			b.add("/address", "is none that this attempt went to")
		}
	}
	return n, aware, refuseAll(b.fields)
}

func (t *tx) misdirected(d *takedown.Document, n *takedown.Dispatch, aware time.Time, in MisdirectionInput) error {
	if n.Breach != "" && aware.After(n.AwareAt) {
		return state("we were aware earlier, and clock %s runs from there", n.Breach)
	}
	code, err := t.reason("dispatch.misdirected", n.ID, in.Reason)
	if err != nil {
		return err
	}
	if n.Breach == "" || aware.Before(n.AwareAt) {
		if err := t.startBreach(d, n, aware); err != nil {
			return err
		}
	}
	at, err := t.writerOf(in)
	if err != nil {
		return err
	}
	if err := t.notTheirs(d, n, at); err != nil {
		return err
	}
	t.done(200, n.Breach)
	return t.log("dispatch.misdirected", code, idsOf(n.ID, d.ID, n.Breach, in.ReplyID))
}

// kindWrongAddressee is a reply which says that our document was not for who
// has it.
const kindWrongAddressee = "wrong_addressee"

// breachRule is the term of a personal data breach of ours (art. 33(1) GDPR).
const breachRule = "C15"

// sentWrong starts the term of a data breach on a reply's word, at its receipt,
// even where the track has ended; one that has not writes there no more
// (notTheirs). A reply that came later than another that said so changes no term.
func (t *tx) sentWrong(tr *takedown.Track, r *takedown.Reply) error {
	d, err := t.repliedTo(tr, r)
	if err != nil {
		return err
	}
	if d == nil {
		return refuse("/documentId", "nothing of this track was sent that a wrong addressee could have")
	}
	of, writer := "", ""
	if r.Mail != nil {
		of, writer = r.Mail.Dispatch, r.Mail.Of
	}
	n, err := t.answeredBy(d, of, r.ReceivedAt)
	if err != nil {
		return err
	}
	aware := second(r.ReceivedAt)
	switch {
	case n == nil:
		return refuse("/documentId", "went to nobody before the reply came")
	case n.Breach != "" && !aware.Before(n.AwareAt):
		if writer == "" || hasAddress(n.Wrong, writer) {
			return nil
		}
		return t.notTheirs(d, n, writer) // another one of several
	}
	if err := t.startBreach(d, n, aware); err != nil {
		return err
	}
	if err := t.log("dispatch.misdirected", kindWrongAddressee, idsOf(n.ID, d.ID, n.Breach, r.ID)); err != nil {
		return err
	}
	return t.notTheirs(d, n, writer)
}

// wrongFits holds a mail about a wrong addressee back where what it answers was
// not sent before it came.
func (t *tx) wrongFits(in *mailRead) (string, error) {
	d, err := load[takedown.Document](t, in.match.Document)
	if err != nil {
		return "", err
	}
	n, err := t.answeredBy(d, in.match.Target, in.reply.ReceivedAt)
	if err != nil || n == nil {
		return whyNotSent, err
	}
	return "", nil
}

// answeredBy is the attempt that a reply which came at an instant answers: the one
// that its mail was matched to, else the last that could have been read by then.
// Nil where there is none: a fallback after it went to somebody else.
func (t *tx) answeredBy(d *takedown.Document, matched string, at time.Time) (*takedown.Dispatch, error) {
	for no := d.Dispatches; no > 0; no-- {
		id := dispatchID(d.ID, no)
		if strings.HasPrefix(matched, string(KindDispatch)+"_") && id != matched {
			continue
		}
		n, err := find[takedown.Dispatch](t, id)
		if err != nil {
			return nil, err
		}
		if n != nil && slices.Contains(misdirectable, n.Status) && !second(at).Before(leftAt(n)) {
			return n, nil
		}
	}
	return nil, nil
}

// leftAt is the first moment from which an attempt can have been read. What a
// person filed, posted or handed over left before it was recorded.
func leftAt(n *takedown.Dispatch) time.Time {
	if !n.At.IsZero() && n.At.Before(n.IntendedAt) {
		return second(n.At)
	}
	return second(n.IntendedAt)
}

// startBreach starts C15, in the place of one that began later, and opens the
// legal adviser's task.
func (t *tx) startBreach(d *takedown.Document, n *takedown.Dispatch, aware time.Time) error {
	old := n.Breach
	if old != "" {
		if err := t.endClock(old, takedown.ClockSuperseded, "aware_earlier"); err != nil {
			return err
		}
	}
	c, err := t.startClock(breachRule, aware, law.CountInput{Event: "aware"}, takedown.Clock{Track: d.Track, Document: d.ID, Supersedes: old})
	if err != nil {
		return err
	}
	n.AwareAt, n.Breach = aware, c.ID
	if err := t.put(n); err != nil {
		return err
	}
	task, err := t.findTask(taskBreach, n.ID)
	if err != nil {
		return err
	}
	if task != nil {
		task.DueAt = c.Due
		return t.put(task)
	}
	return t.openTask(takedown.Task{
		Kind: taskBreach, Owner: takedown.LegalAdviser, Reason: kindWrongAddressee, Subject: n.ID, Track: d.Track, Mandatory: true, Urgent: true, DueAt: c.Due,
	})
}

// breachDecided ends the term of a breach once a legal adviser has said what
// was done about it; too late is too late.
func (t *tx) breachDecided(task *takedown.Task) error {
	n, err := load[takedown.Dispatch](t, task.Subject)
	if err != nil || n.Breach == "" {
		return err
	}
	c, err := load[takedown.Clock](t, n.Breach)
	if err != nil {
		return err
	}
	if t.now.After(c.Due) {
		return t.endClock(c.ID, takedown.ClockExpired, "breach_decided_late")
	}
	return t.endClock(c.ID, takedown.ClockMet, "breach_decided")
}
