package casework

import (
	"context"
	"fmt"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// SendDocument records the intent, sends once, and records the result. Handler
// of send-document, the only one that mails addressees. Idempotent: a second
// invocation inside the lease does nothing, after it the dispatch is uncertain.
// The error MailTemporary asks the machine to come back later; with GiveUp its
// patience is over and the dispatch has failed.
func (s *Service) SendDocument(ctx context.Context, in DocumentInput) (TrackStep, error) {
	out := TrackStep{V: InputVersion, Track: in.Track, Generation: in.Generation}
	var job *sendJob
	turn, err := s.takeTurn(ctx, in)
	if err != nil {
		return out, err
	}
	err = s.onTrack(ctx, TrackInput{V: in.V, Track: in.Track, Generation: in.Generation}, func(t *tx, tr *takedown.Track) error {
		var err error
		job, err = t.intend(tr, in, turn)
		return err
	})
	if stale(err) || (err == nil && job == nil) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	res, err := s.Mailer.Send(ctx, job.message)
	if err != nil { // nothing was attempted: not even the conversation began
		s.Log.ErrorContext(ctx, "a message was refused by the mailer", "document", in.Document, "error", err)
		res = MailResult{Outcome: MailPermanent, Reply: "refused before sending"}
	}
	s.mailed(res)
	if err := s.recordSend(ctx, in, job, res); err != nil {
		return out, err
	}
	if res.Outcome == MailTemporary {
		return out, takedown.Errorf(takedown.Unavailable, takedown.NameMailTemporary, "the addressee's mail server asks to come back later")
	}
	return out, nil
}

// sendJob is one attempt that was recorded as intended.
type sendJob struct {
	dispatch, attempt string
	message           Message
	redirected        bool
}

// intend checks everything that stands before a send and records the intent;
// nil if there is nothing to send now. turn is when the document's is, zero
// where the addressee's mail has no bound.
func (t *tx) intend(tr *takedown.Track, in DocumentInput, turn time.Time) (*sendJob, error) {
	cur := tr.Current()
	if cur == nil || cur.Document != in.Document || tr.Status != takedown.TrackActive {
		return nil, nil
	}
	d, err := load[takedown.Document](t, in.Document)
	if err != nil || d.Status != takedown.DocumentApproved || d.Channel != "mail" {
		return nil, err
	}
	dispatch, busy, err := t.openDispatch(d)
	if err != nil || busy {
		return nil, err
	}
	if in.GiveUp {
		return nil, t.failed(tr, d, t.orNew(dispatch, d), "gave_up")
	}
	if open, err := t.gatesHold(tr); err != nil || !open {
		return nil, err // withdrawn, held or flagged since it was planned: PlanStep says what it waits for
	}
	content, ok, err := t.mayLeave(tr, d)
	if err != nil || !ok {
		return nil, err
	}
	set, err := t.settings()
	if err != nil {
		return nil, err
	}
	if set.KillSwitch || len(missingSettings(set)) > 0 {
		return nil, nil
	}
	if !turn.IsZero() {
		d.Turn = turn
	}
	if turn.After(t.now) {
		return nil, t.waitsItsTurn(tr, d)
	}
	return t.recordIntent(tr, d, t.orNew(dispatch, d), set, content)
}

// openDispatch is the dispatch that an attempt continues, nil for none; busy
// while another attempt may still be under way.
func (t *tx) openDispatch(d *takedown.Document) (open *takedown.Dispatch, busy bool, err error) {
	last, err := t.lastDispatch(d)
	if err != nil || last == nil || last.Status != takedown.DispatchIntended {
		return nil, false, err
	}
	if last.LeaseUntil.IsZero() {
		return last, false, nil
	}
	if t.s.leaseLeft(last.LeaseUntil) > 0 {
		return nil, true, nil
	}
	return nil, true, t.markUncertain(d, last, "lease_over")
}

// documentAndTrack are a document and the track that it is a step of.
func (t *tx) documentAndTrack(doc string) (*takedown.Document, *takedown.Track, error) {
	d, err := load[takedown.Document](t, doc)
	if err != nil {
		return nil, nil, err
	}
	tr, err := t.trackOf(d)
	return d, tr, err
}

// trackOf is a document's track; an empty one of a form of our own, which no
// track sends.
func (t *tx) trackOf(d *takedown.Document) (*takedown.Track, error) {
	if ownForm(d) {
		return &takedown.Track{}, nil
	}
	return load[takedown.Track](t, d.Track)
}

// lastDispatch is a document's newest attempt to deliver it, nil before the
// first.
func (t *tx) lastDispatch(d *takedown.Document) (*takedown.Dispatch, error) {
	if d.LastDispatch == "" {
		return nil, nil
	}
	return load[takedown.Dispatch](t, d.LastDispatch)
}

// orNew is the dispatch that goes on, or a new one: only once it is certain
// that it will be recorded, for the document names it.
func (t *tx) orNew(open *takedown.Dispatch, d *takedown.Document) *takedown.Dispatch {
	if open != nil {
		return open
	}
	return t.newDispatch(d)
}

func (t *tx) newDispatch(d *takedown.Document) *takedown.Dispatch {
	d.Dispatches++
	n := &takedown.Dispatch{
		Meta: takedown.Meta{ID: dispatchID(d.ID, d.Dispatches), Case: d.Case}, Track: d.Track, Document: d.ID, No: d.Dispatches,
		Channel: d.Channel, ContentHash: d.ContentHash, IntendedAt: t.now,
	}
	d.LastDispatch = n.ID
	return n
}

// dispatchID is derived, so that an attempt that is told twice is one.
func dispatchID(doc string, no int) string {
	return fmt.Sprintf("dispatch_%s_%d", doc[len("doc_"):], no)
}

func (t *tx) recordIntent(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch, set *takedown.Settings, c content) (*sendJob, error) {
	attempt, err := t.s.newID("attempt")
	if err != nil {
		return nil, err
	}
	n.Status, n.Attempt = takedown.DispatchIntended, attempt
	n.LeaseUntil = t.s.HostNow().UTC().Add(t.s.MailLease)
	to, err := t.sentTo(tr, d, c, n.No)
	if err != nil || len(to) == 0 {
		return nil, err // PlanStep gives it up
	}
	msg, err := t.message(d, n, set, c, to)
	if err != nil {
		return nil, err
	}
	if err := t.s.Mailer.Check(msg); err != nil {
		return nil, t.failed(tr, d, n, "refused_by_mailer")
	}
	n.MessageID, n.Recipient = msg.ID, to[0].Address
	t.claimReference(d)
	t.change.Claim = append(t.change.Claim, t.messageClaim(n)...)
	if err := t.put(n); err != nil {
		return nil, err
	}
	if err := t.put(d); err != nil {
		return nil, err
	}
	return &sendJob{dispatch: n.ID, attempt: attempt, message: msg, redirected: set.RedirectTo != ""},
		t.log("dispatch.intended", d.Channel, append([]string{n.ID, d.ID, tr.ID}, carried(c)...), "content:"+d.ContentHash)
}

// carried is the evidence that a mail carries: the mandate.
func carried(c content) []string {
	var out []string
	for _, f := range c.Files {
		out = append(out, f.Evidence)
	}
	return out
}

// messageClaim keeps the message id findable, once per dispatch.
func (t *tx) messageClaim(n *takedown.Dispatch) []Lookup {
	if n.Version > 0 {
		return nil
	}
	return []Lookup{{Space: spaceMessage, Value: n.MessageID, Ref: Key{KindDispatch, n.ID}}}
}

// leaseLeft is how much of a send's lease is left in host time. Leases of a
// former process that held the same data directory have run out.
func (s *Service) leaseLeft(until time.Time) time.Duration {
	taken := until.Add(-s.MailLease)
	if s.LeasesFrom.After(taken) {
		return 0
	}
	return max(0, until.Sub(s.HostNow()))
}

// recordSend writes what became of an attempt. A late "sent" wins over
// "uncertain"; nothing wins over "sent".
func (s *Service) recordSend(ctx context.Context, in DocumentInput, job *sendJob, res MailResult) error {
	caseID, err := caseOf[takedown.Track](ctx, s, in.Track)
	if err != nil {
		return err
	}
	return s.write(context.WithoutCancel(ctx), takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
		n, err := load[takedown.Dispatch](t, job.dispatch)
		if err != nil {
			return err
		}
		d, tr, err := t.documentAndTrack(n.Document)
		if err != nil {
			return err
		}
		open := n.Status == takedown.DispatchIntended && n.Attempt == job.attempt
		if !open && (res.Outcome != MailSent || n.Status != takedown.DispatchUncertain) {
			return nil
		}
		return t.applySend(tr, d, n, job, res)
	})
}

func (t *tx) applySend(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch, job *sendJob, res MailResult) error {
	n.ServerReply = res.Reply[:min(len(res.Reply), 300)]
	if res.MessageID != "" && res.MessageID != n.MessageID {
		n.MessageID = res.MessageID // the mail service's own
		t.change.Claim = append(t.change.Claim, Lookup{Space: spaceMessage, Value: n.MessageID, Ref: Key{KindDispatch, n.ID}})
	}
	switch res.Outcome {
	case MailSent:
		if job.redirected {
			return t.redirected(d, n)
		}
		n.Status = takedown.DispatchSent
		return t.delivered(tr, d, n, t.now, "mailed")
	case MailTemporary:
		n.LeaseUntil = time.Time{} // free for the next attempt, under the same number
		n.Temporary++
		if err := t.put(n); err != nil {
			return err
		}
		return t.log("dispatch.temporary", "", []string{n.ID, d.ID})
	case MailUncertain:
		return t.markUncertain(d, n, "no_answer_to_the_final_dot")
	}
	return t.refusedAtOnce(tr, d, n, job, res)
}

func (t *tx) redirected(d *takedown.Document, n *takedown.Dispatch) error {
	n.Status, n.At = takedown.DispatchRedirected, t.now
	if err := t.put(n); err != nil {
		return err
	}
	return t.log("dispatch.redirected", "test_redirect", []string{n.ID, d.ID})
}

// markUncertain notes that nobody knows whether the addressee has it. Only a
// person, a reply or the mail service's word settles it.
func (t *tx) markUncertain(d *takedown.Document, n *takedown.Dispatch, reason string) error {
	n.Status, d.Status = takedown.DispatchUncertain, takedown.DocumentUncertain
	if err := t.put(n); err != nil {
		return err
	}
	if err := t.put(d); err != nil {
		return err
	}
	tr, err := t.trackOf(d)
	if err != nil {
		return err
	}
	if overFor(tr, d) { // the planner asks for what its track stands at
		if err := t.openTask(settleTask(d)); err != nil {
			return err
		}
	}
	// An alarm of infra/template.yaml counts this line by its words.
	t.s.Log.WarnContext(t.ctx, "the end of a send is not known", "dispatch", n.ID, "reason", reason)
	return t.log("dispatch.uncertain", reason, []string{n.ID, d.ID})
}

// failed notes that the addressee does not have it and will not get it by
// itself: the ladder leads to a contact task.
func (t *tx) failed(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch, reason string) error {
	n.Status, d.Status, n.LeaseUntil = takedown.DispatchFailed, takedown.DocumentFailed, time.Time{}
	if cur := tr.Current(); cur != nil && cur.Document == d.ID && reason == "refused" {
		cur.Undelivered = true // the addressee's own server said no: another address may take it
		if err := t.put(tr); err != nil {
			return err
		}
	}
	if err := t.put(n); err != nil {
		return err
	}
	if err := t.put(d); err != nil {
		return err
	}
	return t.log("dispatch.failed", reason, []string{n.ID, d.ID, tr.ID})
}
