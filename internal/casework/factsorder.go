package casework

import (
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
	return nil
}
