package casework

import (
	"slices"

	"github.com/ontdox/takedown/internal/correspondence"
	"github.com/ontdox/takedown/internal/takedown"
)

// bouncedByHand does what a bounce means that a person says a reply is. It is of
// the only recipient who did not refuse before. Of several nobody says which: the
// others may have it, so the clock goes on and a person looks at the contact.
func (t *tx) bouncedByHand(tr *takedown.Track, d *takedown.Document, r *takedown.Reply) error {
	if d == nil {
		return nil
	}
	n, err := t.lastDispatch(d)
	if err != nil || n == nil {
		return err
	}
	if r.Dispatch != "" && r.Dispatch != n.ID {
		of, err := find[takedown.Dispatch](t, r.Dispatch)
		if err != nil || of != nil && of.Document == d.ID {
			return err // of an attempt that was followed by another
		}
	}
	recipients, err := t.recipientsOf(d, n)
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(recipients, func(a string) bool { return hasAddress(n.Refused, a) })
	if len(left) > 1 {
		return t.askCheck(tr, "one_recipient_bounced", r.ID, d.ContactVersions)
	}
	if len(left) == 1 && mayHave(d) {
		n.Refused = append(n.Refused, left[0])
		if err := t.put(n); err != nil {
			return err
		}
	}
	return t.bounced(tr, d)
}

// mayHave says that its addressee has a document as far as is known.
func mayHave(d *takedown.Document) bool {
	return d.Status == takedown.DocumentDelivered || d.Status == takedown.DocumentUncertain
}

// isCopy says that a recipient is none whom a document is written to.
func isCopy(r Recipient) bool { return r.Kind == "cc" }

// namesAnother says of a report that it names somebody, and none of those whom a
// document went to in this attempt: a member of the addressee's list, or where it
// forwards to. Whether our addressee has the document it does not say.
func (t *tx) namesAnother(d *takedown.Document, n *takedown.Dispatch, all []correspondence.Delivery) (bool, error) {
	recipients, err := t.recipientsOf(d, n)
	return err == nil && namesAny(all) && len(refusedBy(all, recipients)) == 0, err
}

// saysWhat says of a permanent refusal that it rests on more than its words: on a
// report part or a code, or it names a recipient.
func saysWhat(d correspondence.Delivery) bool {
	return d.Permanence == correspondence.Permanent && (d.Reported || d.Status != "" || d.ReplyCode != "" || d.Recipient != "" || d.Original != "")
}

// namesAny says whether a report names anybody whom it speaks of.
func namesAny(all []correspondence.Delivery) bool {
	return slices.ContainsFunc(all, func(d correspondence.Delivery) bool { return d.Recipient != "" || d.Original != "" })
}

// bounceNeedsPerson: anybody who knows a reference can write a bounce; only one
// that carries what the addressee's mail system alone was sent, and that is of
// somebody whom we wrote to, stops a clock. Words that may stand elsewhere, or
// that name neither a code nor anybody, stop none.
func (t *tx) bounceNeedsPerson(in *mailRead) (string, error) {
	permanent := worst(in.verdict.Deliveries)
	switch {
	case permanent == correspondence.Delayed:
		return "", nil
	case in.weak():
		return whyWeak, nil
	case permanent != correspondence.Permanent, in.verdict.Confidence != correspondence.Clear, !slices.ContainsFunc(in.verdict.Deliveries, saysWhat):
		return whyUnclear, nil
	}
	d, err := load[takedown.Document](t, in.match.Document)
	if err != nil {
		return "", err
	}
	n, err := t.dispatchOf(d, in.match.Target)
	if err != nil || n == nil || n.ID != d.LastDispatch {
		return "", err // it changes nothing
	}
	if another, err := t.namesAnother(d, n, in.verdict.Deliveries); another || err != nil {
		return whyNotOurs, err
	}
	return "", nil
}
