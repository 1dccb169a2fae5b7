package casework

import (
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// taskReferCSAM is the mandatory referral of suspected child-abuse material to
// the hotline (Offlimits) or the police, who alone may look at it. Only the
// location goes there; the task is done when it is on record to whom it went,
// when, and under which reference of theirs (domain.md §4.2, §5 R8).
const taskReferCSAM = "refer_csam"

// ReferralInput is one referral of a location.
type ReferralInput struct {
	To        string    `json:"to" enum:"offlimits,police"`
	At        time.Time `json:"at"`
	Reference string    `json:"reference" maxLength:"60" doc:"Their number of the report: letters, digits, _ . -"`
}

// referralNumber is all that a reference may be: it stands in the clear, so no
// location and no name fits into it.
var referralNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_.-]{1,60}$`) })

// referrals wants them with the task that is one, and with no other.
func (b *bad) referrals(task *takedown.Task, in []ReferralInput, now time.Time) {
	switch {
	case task.Kind != taskReferCSAM && len(in) > 0:
		b.add("/referrals", "belongs to %s", taskReferCSAM)
		return
	case task.Kind == taskReferCSAM && len(in) == 0:
		b.add("/referrals", "say to whom the location went, when, and under which reference")
	case len(in) > 2:
		b.add("/referrals", "at most 2")
		return
	}
	for n, r := range in {
		at := fmt.Sprintf("/referrals/%d", n)
		b.oneOf(at+"/to", r.To, []string{"offlimits", "police"})
		if slices.ContainsFunc(in[:n], func(before ReferralInput) bool { return before.To == r.To }) {
			b.add(at+"/to", "is named twice")
		}
		switch {
		case r.At.IsZero():
			b.add(at+"/at", "say when it was referred")
		case r.At.Before(task.CreatedAt.Truncate(time.Minute)):
			b.add(at+"/at", "lies before the item was flagged")
		}
		b.notFuture(at+"/at", r.At, now)
		if !referralNumber().MatchString(r.Reference) {
			b.add(at+"/reference", "must be their number of the report: letters, digits, _ . -")
		}
	}
}

// recordReferrals writes to whom the location of the task's item went.
func (t *tx) recordReferrals(task *takedown.Task, in []ReferralInput) error {
	for _, r := range in {
		task.Referrals = append(task.Referrals, takedown.Referral{To: r.To, At: second(r.At), Reference: r.Reference})
		if err := t.log("item.referred", r.To, idsOf(task.Subject, task.ID)); err != nil {
			return err
		}
	}
	return nil
}
