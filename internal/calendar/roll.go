package calendar

import "time"

// period is what the rules on the last day need to know of a length.
type period struct {
	days, weeks, months int
	text                Words
}

// roll treats the last day as the options say, then finishes.
func (c *counting) roll(last time.Time, p period) (Count, error) {
	c.Base = last.Format(time.DateOnly)
	switch c.opt.Roll {
	case RollEU:
		// 3(5): a period of two days or more holds at least two working days.
		last = c.forward(c.atLeastTwo(last, p.days >= 2, ruleEU5), ruleEU4)
	case RollATW:
		if atwExcludes(p) {
			c.atwSilent(last)
			break
		}
		last = c.forward(c.atLeastTwo(last, p.days >= 3, ruleATW2), ruleATW1)
	default:
		if name, idle := c.book.idle(last); idle {
			c.stays(last, name)
		}
	}
	return c.finish(last)
}

// atwExcludes is art. 4 ATW: longer than 90 days, twelve weeks or three months.
func atwExcludes(p period) bool {
	switch {
	case p.months > 0:
		return p.months > 3
	case p.weeks > 0:
		return p.weeks > 12
	}
	return p.days > 90
}

// forward moves an idle last day to the next working day.
func (c *counting) forward(last time.Time, rule article) time.Time {
	day := last
	for {
		name, idle := c.book.idle(day)
		if !idle {
			return day
		}
		next := day.AddDate(0, 0, 1)
		c.moves(day, name, next, rule)
		day = next
	}
}

// atLeastTwo lengthens a short period until it holds two working days.
func (c *counting) atLeastTwo(last time.Time, applies bool, rule article) time.Time {
	if !applies {
		return last
	}
	working, day := 0, c.first
	for day.Before(last) {
		day = day.AddDate(0, 0, 1)
		if _, idle := c.book.idle(day); !idle {
			working++
		}
		if working == 2 {
			return last
		}
	}
	for working < 2 {
		day = day.AddDate(0, 0, 1)
		if _, idle := c.book.idle(day); !idle {
			working++
		}
	}
	c.lengthened(last, day, rule)
	return day
}
