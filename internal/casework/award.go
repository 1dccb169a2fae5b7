package casework

import (
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/notice"
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
	b.awarded("/award", *a, now)
	switch {
	case a.Until.IsZero() && in.Kind == kindDisputeBody:
		b.add("/award/until", "is needed: a certificate holds %d years at most", longestCertificate)
	case in.Kind == kindDisputeBody && a.Until.After(a.Since.AddDate(longestCertificate, 0, 0)):
		b.add("/award/until", "a certificate holds %d years at most", longestCertificate)
	}
}

// awarded holds what any award says.
func (b *bad) awarded(at string, a takedown.Award, now time.Time) {
	for _, f := range []struct {
		pointer, value string
		limit          int
	}{{at + "/coordinator", a.Coordinator, 200}, {at + "/area", a.Area, 200}, {at + "/source", a.Source, 300}} {
		b.needed(f.pointer, f.value, f.limit)
	}
	b.line(at+"/number", a.Number, 80)
	if a.Since.IsZero() {
		b.add(at+"/since", "is needed")
	}
	b.notFuture(at+"/since", a.Since, now)
	if !a.Until.IsZero() && !a.Until.After(a.Since) {
		b.add(at+"/until", "lies before it was given")
	}
}

// ownAward holds the organisation's award to what a notice says of it: its
// number too (domain.md §8 T2).
func (b *bad) ownAward(a *takedown.OwnAward, now time.Time) {
	if a == nil {
		return
	}
	b.awarded("/flagger", a.Award, now)
	if strings.TrimSpace(a.Number) == "" {
		b.add("/flagger/number", "is needed: a notice names it")
	}
}

// ownAwardOf is the organisation's award as it is stored.
func ownAwardOf(in *takedown.OwnAward) *takedown.OwnAward {
	if in == nil {
		return nil
	}
	return &takedown.OwnAward{Award: *awardOf(&in.Award), CoversDoxing: in.CoversDoxing}
}

// flagger is what a notice may say of our standing: an award that is recorded,
// in force from the day of the text to the last on which it may leave, and for
// this kind of content (art. 22(2) DSA). nil: none, and none is claimed.
func flagger(set *takedown.Settings, d *takedown.Document) *notice.Flagger {
	a := set.Flagger
	if a == nil || !a.CoversDoxing || !a.Holds(d.DraftedAt) || !a.Holds(d.SendBy) {
		return nil
	}
	return &notice.Flagger{ID: a.Number, Area: a.Area, Coordinator: a.Coordinator}
}
