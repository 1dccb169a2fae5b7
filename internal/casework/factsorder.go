package casework

import (
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/notice"
)

// factOrder adds what a person said for a request for an order: in place of a
// report's number, of earlier notices, of what the register knows. That waiting
// is not responsible is the case's own flag too.
func (p *planner) factOrder(f *notice.Facts) error {
	said, err := p.said()
	if err != nil {
		return err
	}
	in := said.Order
	f.FiledTogether, f.Waiting, f.DutyPhone = in.FiledTogether, in.Waiting, p.settings.Organisation.DutyPhone
	if f.Waiting == "" && p.c.Flags.Urgent() {
		f.Waiting = "life_or_safety"
	}
	if f.Provider != nil && in.Representative != "" {
		f.Provider.Representative = in.Representative
	}
	f.Order = &notice.Order{Volatile: in.Volatile, Haste: in.Haste, Measures: in.Measures, Service138g: in.Service138g}
	f.Order.Block = p.orderBlock(f)
	return nil
}

// orderBlock is what the block of art. 9(2)(a) DSA needs in a language of the
// order's addressee: that of its contact, where it is not the document's own.
// An order goes out in a declared language, or with a translation (art. 9 DSA).
func (p *planner) orderBlock(f *notice.Facts) *notice.OrderBlock {
	if f.Provider == nil || len(f.Provider.Languages) == 0 {
		return nil
	}
	language := notice.LanguageFor(f.Provider.Country, f.Provider.Languages)
	if language == f.Language {
		return nil
	}
	out := &notice.OrderBlock{Language: language, Undeclared: !slices.ContainsFunc(f.Provider.Languages, func(l string) bool { return strings.EqualFold(l, language) })}
	for _, g := range f.Grounds {
		on := p.groundDate(&g)
		if o, err := p.t.s.Law.Offence(g.Offence, on); err == nil {
			there := p.newGround(o, on, g.ActDate, language)
			there.Items = g.Items
			out.Grounds = append(out.Grounds, there)
		}
	}
	return out
}
