package casework

import (
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// kindDisputeBody is a contact that settles disputes with platforms out of court
// (art. 21 DSA).
const kindDisputeBody = "dispute_body"

// longestCertificate is for how many years a dispute body is certified at most
// (art. 21(3) and (8) DSA).
const longestCertificate = 5

// awardOf is an award as it is stored.
func awardOf(in *takedown.Award) *takedown.Award {
	if in == nil {
		return nil
	}
	out := *in
	out.Since, out.Until = second(in.Since), second(in.Until)
	return &out
}

// award wants who gave it, for what, since when and where that was read: an
// informal standing is none (domain.md §0.3(5)).
func (b *bad) award(in ContactInput, now time.Time) {
	a := in.Award
	if a == nil {
		return
	}
	if !slices.Contains([]string{"trusted_flagger", kindDisputeBody}, in.Kind) {
		b.add("/award", "is a trusted flagger's or a dispute body's")
	}
	for _, f := range []struct {
		pointer, value string
		limit          int
	}{{"/award/coordinator", a.Coordinator, 200}, {"/award/area", a.Area, 200}, {"/award/source", a.Source, 300}} {
		if strings.TrimSpace(f.value) == "" {
			b.add(f.pointer, "is needed")
		}
		b.line(f.pointer, f.value, f.limit)
	}
	b.line("/award/number", a.Number, 80)
	if a.Since.IsZero() {
		b.add("/award/since", "is needed")
	}
	b.notFuture("/award/since", a.Since, now)
	switch {
	case a.Until.IsZero() && in.Kind == kindDisputeBody:
		b.add("/award/until", "is needed: a certificate holds %d years at most", longestCertificate)
	case a.Until.IsZero():
	case !a.Until.After(a.Since):
		b.add("/award/until", "lies before it was given")
	case in.Kind == kindDisputeBody && a.Until.After(a.Since.AddDate(longestCertificate, 0, 0)):
		b.add("/award/until", "a certificate holds %d years at most", longestCertificate)
	}
}
