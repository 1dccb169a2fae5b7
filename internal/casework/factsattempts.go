package casework

import (
	"slices"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// factAttempts says what was tried with the site operator and the poster of the
// track's items, and why the poster was not approached, as somebody recorded it:
// never the police's wish.
func (p *planner) factAttempts(f *notice.Facts, instrument string) error {
	if instrument != notice.T1 && instrument != notice.T7 {
		return nil // what a text does not tell does not draft it anew either
	}
	attempts, err := p.attempts()
	if err != nil {
		return err
	}
	none := func(a notice.Attempt) bool { return a.Result == "no_address" }
	for _, a := range attempts {
		line := notice.Attempt{Channel: a.Channel, At: a.At, Result: a.Result}
		operator, err := p.operator(a)
		switch {
		case err != nil:
			return err
		case a.Result == notApproached:
			f.PosterNotContacted = a.Reason
		case a.Role == "poster":
			f.PosterAttempts = append(f.PosterAttempts, line)
		case operator:
			f.Attempts = append(f.Attempts, line)
		}
	}
	if len(f.Attempts) > 0 && !slices.ContainsFunc(f.Attempts, func(a notice.Attempt) bool { return !none(a) }) {
		f.Attempts, f.NoOperatorChannel = nil, true // nobody could be tried
	}
	return nil
}

// attempts are those about any of the track's open items, in order of time: what
// was tried with another site's operator, or another poster, is none of theirs.
func (p *planner) attempts() ([]*takedown.Attempt, error) {
	list, err := all[takedown.Attempt](p.t)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b *takedown.Attempt) int { return a.At.Compare(b.At) })
	var out []*takedown.Attempt
	for _, a := range list {
		for _, it := range p.openItems() {
			about, err := p.t.attemptAbout(a, it)
			if err != nil {
				return nil, err
			}
			if about {
				out = append(out, a)
				break
			}
		}
	}
	return out, nil
}

// operator reports whether an attempt was with the operator of a site: by its
// role, or by the contact that was tried.
func (p *planner) operator(a *takedown.Attempt) (bool, error) {
	if a.Role != "" || a.Contact == "" {
		return a.Role == "site_operator", nil
	}
	c, err := p.t.contact(a.Contact)
	return err == nil && c.Kind == "site_operator", err
}

// attemptAbout says whether an attempt was about an item: one that it names, one
// of the contact that was tried, or one of the whole case as it was then. A page
// found later on the same site has the same operator.
func (t *tx) attemptAbout(a *takedown.Attempt, it *takedown.Item) (bool, error) {
	switch {
	case len(a.Items) > 0:
		return slices.Contains(a.Items, it.ID), nil
	case a.Through > 0 && it.No <= a.Through:
		return true, nil
	case a.Through > 0:
		return t.besideOf(a.Through, it)
	case a.Contact != "":
		c, err := t.contact(a.Contact)
		if err != nil {
			return false, err
		}
		return t.itemOfContact(c, it)
	}
	return true, nil
}

// besideOf says whether an item stands on the site of one of the first items.
func (t *tx) besideOf(through int, it *takedown.Item) (bool, error) {
	host, err := t.hostOf(it)
	if err != nil || host == "" {
		return false, err
	}
	items, err := all[takedown.Item](t)
	if err != nil {
		return false, err
	}
	for _, other := range items {
		if other.No > through {
			continue
		}
		if same, err := t.hostOf(other); err != nil || same == host {
			return err == nil, err
		}
	}
	return false, nil
}

// itemOfContact says whether an item stands with a contact: it is the item's
// own, or the register's look-up gives it for the page's host or what that is a
// part of.
func (t *tx) itemOfContact(c *takedown.Contact, it *takedown.Item) (bool, error) {
	if it.Contact == c.ID {
		return true, nil
	}
	host, err := t.hostOf(it)
	if err != nil || host == "" {
		return false, err
	}
	id, err := t.s.contactForHost(t.ctx, host)
	return id == c.ID, err
}

// hostOf is the host of an item's page; empty for what is no page.
func (t *tx) hostOf(it *takedown.Item) (string, error) {
	place, err := t.place(it)
	return hostOf(place.Canonical), err
}
