package casework

import "github.com/ontdox/takedown/internal/takedown"

// How far it is known that an addressee has a document.
const (
	receiptAssumed = "assumed"
	receiptProven  = "proven"
)

// receiptProven counts a legal term against the addressee (C8, C10) again from
// its own word that it has the document: until then receipt is only assumed, and
// of two dates the later one is taken (domain.md §3.4, §3.5). A mail that is not
// for certain the addressee's moves nothing.
func (t *tx) receiptProven(tr *takedown.Track, r *takedown.Reply) error {
	cur := tr.Current()
	if cur == nil || cur.Clock == "" || cur.Document != r.Document || (r.Mail != nil && r.Mail.Sender != "authenticated") {
		return nil
	}
	old, err := load[takedown.Clock](t, cur.Clock)
	if err != nil {
		return err
	}
	rule, err := t.s.Law.Clock(old.Rule, old.Start)
	if err != nil {
		return err
	}
	extended := old.Counted != nil && old.Counted.Extended
	if old.Status != takedown.ClockRunning || rule.Proof != receiptProven || old.Receipt != receiptAssumed || extended {
		return nil
	}
	p, err := t.newPlanner(tr)
	if err != nil {
		return err
	}
	base := takedown.Clock{Track: old.Track, Document: old.Document, Supersedes: old.ID}
	next, err := t.startClock(old.Rule, r.ReceivedAt, p.countInput(old.Rule, rule.StartEvent), base)
	if err != nil {
		return err
	}
	if err := t.endClock(old.ID, takedown.ClockSuperseded, "receipt_proven"); err != nil {
		return err
	}
	return t.repoint(old.ID, next.ID)
}
