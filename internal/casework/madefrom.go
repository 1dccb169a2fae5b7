package casework

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// factsHash is a keyed hash of what a text says, and of what it lacks: facts
// hold names that must not be guessed from it. A later look at a page that is
// still there changes nothing that was decided on, and one more capture of it
// nothing but what goes to the police, who get the captures themselves.
func (t *tx) factsHash(f notice.Facts, channel string) (string, error) {
	b, err := hashedFacts(f, channel)
	if err != nil {
		return "", err
	}
	return t.mac(factsNow, b)
}

// How a document's Facts begin, by what they were made of: factsBefore, before
// texts read in which language the sender's own words are, whether its law data
// say that it has a public task, what a notice named, and what is said of each
// item of a ground without an offence.
const (
	factsNow    = "said"
	factsBefore = "facts"
)

// factsHashAs is factsHash in the way that another was made, so that nothing that
// was approved before a text could read a fact falls because it now can.
func (t *tx) factsHashAs(other string, f notice.Facts, channel string) (string, error) {
	if !strings.HasPrefix(other, factsBefore+":") {
		return t.factsHash(f, channel)
	}
	f.Organisation.Language, f.Organisation.PublicTask = "", false
	b, err := hashedFacts(f, channel)
	if err == nil {
		b, err = unlawfulBefore(b, f.Unlawful)
	}
	if err != nil {
		return "", err
	}
	return t.mac(factsBefore, b)
}

// unlawfulBefore puts into hashed facts what is said of grounds without an offence
// as it stood before it was told of each item: of all items at once.
func unlawfulBefore(hashed []byte, grounds []notice.Unlawful) ([]byte, error) {
	for _, u := range grounds {
		now, err := json.Marshal(struct{ Said []notice.Said }{u.Said})
		if err != nil {
			return nil, err
		}
		var was struct{ Reasons, Weighing []string }
		for _, s := range u.Said {
			addNew(&was.Reasons, s.Reasons...)
			addNew(&was.Weighing, s.Weighing...)
		}
		before, err := json.Marshal(was)
		if err != nil {
			return nil, err
		}
		hashed = bytes.Replace(hashed, now[1:len(now)-1], before[1:len(before)-1], 1) // without their braces
	}
	return hashed, nil
}

// hashedFacts is what of the facts is hashed.
func hashedFacts(f notice.Facts, channel string) ([]byte, error) {
	var last time.Time
	for _, e := range f.Earlier {
		if e.SentAt.After(last) {
			last = e.SentAt
		}
	}
	f.Items = slices.Clone(f.Items)
	f.Grounds = slices.Clone(f.Grounds)
	if f.Supervision != nil { // another case's decision is no reason to draft anew
		supervision := *f.Supervision
		supervision.Pattern = notice.Pattern{}
		f.Supervision = &supervision
	}
	f.Unlawful = slices.Clone(f.Unlawful)
	for n := range f.Unlawful {
		f.Unlawful[n].Elements = nil // never for the police
	}
	for n := range f.Grounds {
		if channel != "police" {
			f.Grounds[n].Elements = nil
		}
	}
	for n := range f.Items {
		if channel != "police" {
			f.Items[n].Captures = nil
		}
		at := &f.Items[n].StillOnlineAt
		switch {
		case at.IsZero():
		case at.After(last):
			*at = last.Add(time.Second) // seen since: which day does not matter
		default:
			*at = last
		}
	}
	return json.Marshal(f)
}

// madeFrom are the records that were read while a text was drafted, each with
// its version: "assessment_4f2a:3". What was not read cannot have gone into it.
func (t *tx) madeFrom() []string {
	var out []string
	for key, n := range t.cached {
		switch key.Kind {
		case KindDocument, KindTask, KindDispatch:
			continue // the text itself, and what its way asks of people
		}
		if v := n.Head().Version; v > 0 {
			out = append(out, fmt.Sprintf("%s:%d", key.ID, v))
		}
	}
	slices.Sort(out)
	return out
}

// factsChanged says that a text that has not left would be another one if it
// were drafted now: what it says, or what it lacks, is no longer so. One from
// before facts were hashed stays as it is.
func (p *planner) factsChanged(d *takedown.Document) (bool, error) {
	if d.Facts == "" {
		return false, nil
	}
	q := *p // gathers enclosures of its own
	q.enclosed, q.apart = nil, nil
	drafted := *d // as it was then: who edited or decided on it says nothing
	drafted.Editors, drafted.Approval, drafted.Rejection = nil, nil, nil
	facts, err := q.factsFor(d.Instrument, &drafted)
	if err != nil {
		return false, err
	}
	hash, err := p.t.factsHashAs(d.Facts, facts, d.Channel)
	return hash != d.Facts, err
}

func (t *tx) factsChanged(tr *takedown.Track, d *takedown.Document) (bool, error) {
	if ownForm(d) {
		return false, nil // it says what was so on its date
	}
	p, err := t.newPlanner(tr)
	if err != nil {
		return false, err
	}
	return p.factsChanged(d)
}

// outdated says why a text that has not left must be drafted again: its dates
// have passed, the addressee's name, channel or form changed since, somebody else
// turned out to read what it is written to, or what it says or lacks is no longer
// so.
func (p *planner) outdated(d *takedown.Document) (string, error) {
	switch {
	case !d.SendBy.IsZero() && p.t.now.After(d.SendBy):
		return "send_by_passed", nil
	case !slices.Contains(d.ContactVersions, addressVersion(p.contact)):
		return "contact_changed", nil
	}
	if shut, err := p.elsewhere(d); shut || err != nil {
		return "contact_changed", err
	}
	changed, err := p.factsChanged(d)
	if changed {
		return "facts_changed", err
	}
	return "", err
}

// elsewhere says of a document that somebody else reads what it is written to, while
// the contact can be reached another way.
func (p *planner) elsewhere(d *takedown.Document) (bool, error) {
	rung, ok := p.ladder.Rung(d.Rung)
	if !ok || d.Channel == "police" {
		return false, nil
	}
	wrong, err := p.t.wrongAt(p.track, p.contact)
	if err != nil || !hasAddress(wrong, p.address(d.Channel, d.Instrument)) {
		return false, err
	}
	open := p.openChannel(rung)
	return open != "" && open != d.Channel, nil
}
