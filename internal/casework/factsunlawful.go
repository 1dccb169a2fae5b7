package casework

import (
	"slices"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// factUnlawful adds a ground without an offence that was found on an item, with
// the law data's own words of today: it goes on for as long as the content is
// there, so no day of an act decides.
func (p *planner) factUnlawful(f *notice.Facts, g takedown.Ground, item string, numbers map[string]string) {
	u, err := p.t.s.Law.LegalGround(g.Ground, p.t.now)
	if err != nil {
		addNew(&f.NotLaw, g.Ground)
		return
	}
	i := slices.IndexFunc(f.Unlawful, func(have notice.Unlawful) bool { return have.ID == u.ID })
	if i < 0 {
		f.Unlawful = append(f.Unlawful, notice.Unlawful{
			ID: u.ID, Kind: u.Kind, Title: in(f.Language, u.Title), Provision: in(f.Language, u.Provision), Rule: in(f.Language, u.Rule),
			Verified: u.Verified(), Needs: u.Needs,
		})
		i = len(f.Unlawful) - 1
	}
	ground := &f.Unlawful[i]
	for _, el := range u.Elements {
		addElement(&ground.Elements, notice.Element{ID: el.ID, Text: in(f.Language, el.Text), Evidence: shownBy(g, el.ID, numbers)})
	}
	for _, it := range p.items {
		if it.ID == item && slices.ContainsFunc(f.Items, func(told notice.Item) bool { return told.No == it.No }) {
			ground.Items = append(ground.Items, it.No)
			ground.Said = append(ground.Said, notice.Said{Item: it.No, Reasons: g.Because, Weighing: g.Weighing})
		}
	}
}
