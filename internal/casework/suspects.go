package casework

import (
	"fmt"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

const (
	maxSuspects = 20
	maxHandles  = 20 // of one suspect, and so many account ids
)

// suspect is what is sealed of one; AddedAt is zero for what the intake told.
type suspect struct {
	SuspectInput
	AddedAt time.Time `json:"addedAt,omitzero"`
}

// is says that the same was known already.
func (s suspect) is(in SuspectInput) bool {
	return slices.Equal(s.Handles, in.Handles) && slices.Equal(s.AccountIDs, in.AccountIDs) &&
		s.KnownIdentity == in.KnownIdentity && s.Minor == in.Minor && s.IsColleague == in.IsColleague
}

// suspects wants no more of them than a case's sealed data have room for.
func (b *bad) suspects(pointer string, in []SuspectInput) {
	if len(in) > maxSuspects {
		b.add(pointer, "at most %d suspects", maxSuspects)
		return
	}
	for n, s := range in {
		at := fmt.Sprintf("%s/%d", pointer, n)
		b.atMost(at+"/knownIdentity", s.KnownIdentity, 500)
		for _, list := range []struct {
			name   string
			values []string
		}{{"handles", s.Handles}, {"accountIds", s.AccountIDs}} {
			b.distinct(at+"/"+list.name, list.values, maxHandles)
			for i, v := range list.values {
				b.atMost(fmt.Sprintf("%s/%s/%d", at, list.name, i), v, 200)
			}
		}
	}
}

// restrictFor restricts a case with a colleague as suspect (design §8). Without
// one any more it stays restricted until somebody lifts that.
func restrictFor(c *takedown.Case, in []SuspectInput) {
	c.ColleagueSusp = slices.ContainsFunc(in, func(s SuspectInput) bool { return s.IsColleague })
	c.Restricted = c.Restricted || c.ColleagueSusp
}

// knownNow are the suspects with when each became known: those that were known
// before keep it.
func knownNow(in []SuspectInput, before []suspect, now time.Time) []suspect {
	var out []suspect
	for _, s := range in {
		added := suspect{s, now}
		for _, have := range before {
			if have.is(s) {
				added.AddedAt = have.AddedAt
			}
		}
		out = append(out, added)
	}
	return out
}

// sealSuspects puts other suspects in the place of those that a case has; nil
// leaves them.
func (t *tx) sealSuspects(c *takedown.Case, in *[]SuspectInput) error {
	if in == nil {
		return nil
	}
	var secrets caseSecrets
	if err := t.open(c, "secrets", c.Secrets, &secrets); err != nil {
		return err
	}
	secrets.Suspects = knownNow(*in, secrets.Suspects, t.now)
	var err error
	c.Secrets, err = t.seal(c, "secrets", secrets)
	return err
}

func suspectInputs(known []suspect) []SuspectInput {
	var out []SuspectInput
	for _, s := range known {
		out = append(out, s.SuspectInput)
	}
	return out
}
