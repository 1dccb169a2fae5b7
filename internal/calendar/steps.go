package calendar

import (
	"fmt"
	"time"
)

// say adds a step. A basis that is ours marks the step as our choice.
func (c *counting) say(date, code, nl, en string, a article, ours bool) {
	c.Steps = append(c.Steps, Step{
		Date: date, Code: code, NL: nl, EN: en,
		Rule: a.rule, Source: a.source, Flag: a.flag, OurChoice: ours,
	})
}

func on(d time.Time) string { return d.Format(time.DateOnly) }

// begins says when the count starts, and on what its length rests.
func (c *counting) begins() {
	nl, en := c.opt.Event.NL, c.opt.Event.EN
	if nl == "" || en == "" {
		nl, en = "begin", "start"
	}
	c.say(c.Start.Format(time.RFC3339), "start",
		fmt.Sprintf("%s: %s, tijd in Amsterdam.", capital(nl), instantNL(c.Start)),
		fmt.Sprintf("%s: %s, Amsterdam time.", capital(en), instantEN(c.Start)),
		article{c.opt.Rule, "recorded event", ""}, false)
	if b := c.opt.Length; b != nil {
		c.say(on(c.first), "length", b.Reason.NL, b.Reason.EN, article{c.opt.Rule, b.Source, b.Flag}, b.OurChoice)
	}
}

// excluded says that the first day is not counted; on the early side it is.
func (c *counting) excluded() {
	if c.opt.Early != nil {
		return
	}
	c.say(on(c.first), "day_excluded",
		fmt.Sprintf("De dag zelf, %s, telt niet mee.", DateNL(c.first)),
		fmt.Sprintf("The day itself, %s, does not count.", DateEN(c.first)), c.basis(ruleEU1), c.ours())
}

// basis is the article a step rests on: the count's own frame, or Regulation
// 1182/71; where the count is our choice that is followed by analogy only.
func (c *counting) basis(a article) article {
	if f := c.opt.Frame; f != nil {
		return article{c.opt.Rule, f.Source, f.Flag}
	}
	if c.ours() {
		a.source += " (followed by choice)"
	}
	return a
}

// ours says whether the counting rule is our own choice.
func (c *counting) ours() bool {
	return c.opt.ByChoice || (c.opt.Length != nil && c.opt.Length.OurChoice)
}

// run is a series of counted working days without a break.
type run struct {
	from, to  time.Time
	low, high int
}

func (r *run) add(day time.Time, n int) {
	if r.low == 0 {
		r.from, r.low = day, n
	}
	r.to, r.high = day, n
}

func (c *counting) flush(r *run) {
	switch {
	case r.low == 0:
		return
	case r.low == r.high:
		c.closeWeekend()
		c.say(on(r.to), "counted",
			fmt.Sprintf("%s is werkdag %d.", capital(DateNL(r.to)), r.low),
			fmt.Sprintf("%s is working day %d.", DateEN(r.to), r.low), c.basis(ruleEU2), c.ours())
	default:
		c.closeWeekend()
		c.say(on(r.to), "counted",
			fmt.Sprintf("%s tot en met %s zijn werkdag %d tot en met %d.", capital(DateNL(r.from)), DateNL(r.to), r.low, r.high),
			fmt.Sprintf("%s to %s are working days %d to %d.", DateEN(r.from), DateEN(r.to), r.low, r.high),
			c.basis(ruleEU2), c.ours())
	}
	*r = run{}
}

// skip explains a day that is not counted; a weekend's two days make one step.
func (c *counting) skip(day time.Time, name Words) {
	if weekend(day) {
		c.pending = append(c.pending, day)
		return
	}
	c.closeWeekend()
	nl := fmt.Sprintf("%s, %s, telt niet mee", capital(DateNL(day)), name.NL)
	en := fmt.Sprintf("%s, %s, is not counted", DateEN(day), name.EN)
	a := holidaySource(c.Calendar)
	b := c.opt.Idle
	if b == nil {
		c.say(on(day), "skipped_holiday", nl+": een feestdag is geen werkdag.", en+": a public holiday is no working day.", c.basis(ruleEU2), c.ours())
		return
	}
	c.say(on(day), "skipped_holiday", nl+", omdat "+b.Reason.NL+".", en+" because "+b.Reason.EN+".",
		article{a.rule, b.Source, b.Flag}, b.OurChoice)
}

func (c *counting) closeWeekend() {
	if len(c.pending) == 0 {
		return
	}
	first, last := c.pending[0], c.pending[len(c.pending)-1]
	c.pending = nil
	nl := fmt.Sprintf("%s is weekend en telt niet mee.", capital(DateNL(first)))
	en := fmt.Sprintf("%s is weekend and is not counted.", DateEN(first))
	if !first.Equal(last) {
		nl = fmt.Sprintf("%s en %s zijn weekend en tellen niet mee.", capital(DateNL(first)), DateNL(last))
		en = fmt.Sprintf("%s and %s are weekend and are not counted.", DateEN(first), DateEN(last))
	}
	c.say(on(first), "skipped_weekend", nl, en, c.basis(ruleEU2), c.ours())
}

// lands says where a period in days, weeks or months falls.
func (c *counting) lands(last time.Time, nl, en string) {
	c.say(on(last), "counted",
		fmt.Sprintf("%s na %s is %s.", capital(nl), DateNL(c.first), DateNL(last)),
		fmt.Sprintf("%s after %s is %s.", capital(en), DateEN(c.first), DateEN(last)), c.basis(ruleEU3), c.ours())
}

func (c *counting) clamped(last time.Time) {
	c.say(on(last), "month_end",
		fmt.Sprintf("Die maand heeft geen dag %d; dan geldt de laatste dag van de maand.", c.first.Day()),
		fmt.Sprintf("That month has no day %d, so its last day counts.", c.first.Day()), c.basis(ruleEU3), c.ours())
}

func (c *counting) thirty(last time.Time, n int) {
	c.say(on(last), "thirty_day_months",
		fmt.Sprintf("Een maand is hier 30 dagen: %d dagen na %s is %s.", 30*n, DateNL(c.first), DateNL(last)),
		fmt.Sprintf("A month is 30 days here: %d days after %s is %s.", 30*n, DateEN(c.first), DateEN(last)), ruleSv, false)
}

// shorter says that the calendar months end before the months of 30 days.
func (c *counting) shorter(last time.Time, text Words) {
	c.say(on(last), "shorter",
		fmt.Sprintf("%s na %s is eerder: %s; wij houden de vroegste dag aan.", capital(text.NL), DateNL(c.first), DateNL(last)),
		fmt.Sprintf("%s after %s is earlier: %s; we keep to the earliest day.", capital(text.EN), DateEN(c.first), DateEN(last)),
		article{c.opt.Rule, "domain.md §3.4", "[infer]"}, true)
}

// stays says that an idle last day is left where it is, and why.
func (c *counting) stays(last time.Time, name Words) {
	b := c.opt.RollWhy
	if b == nil {
		c.say(on(last), "not_moved",
			fmt.Sprintf("%s blijft de laatste dag; er is niets dat hem verschuift.", capital(dayNL(last, name))),
			fmt.Sprintf("%s stays the last day; nothing moves it.", dayEN(last, name)), c.basis(ruleEU33), c.ours())
		return
	}
	c.say(on(last), "not_moved",
		fmt.Sprintf("%s blijft de laatste dag, omdat %s.", capital(dayNL(last, name)), b.Reason.NL),
		fmt.Sprintf("%s stays the last day because %s.", dayEN(last, name), b.Reason.EN),
		article{c.opt.Rule, b.Source, b.Flag}, b.OurChoice)
}

// dayNL and dayEN name a day with its holiday; a weekend's name is in the date.
func dayNL(d time.Time, name Words) string {
	if weekend(d) {
		return DateNL(d)
	}
	return DateNL(d) + " (" + name.NL + ")"
}

func dayEN(d time.Time, name Words) string {
	if weekend(d) {
		return DateEN(d)
	}
	return DateEN(d) + " (" + name.EN + ")"
}

func (c *counting) moves(day time.Time, name Words, next time.Time, a article) {
	c.say(on(next), "rolled",
		fmt.Sprintf("%s is geen werkdag; de laatste dag wordt %s.", capital(dayNL(day, name)), DateNL(next)),
		fmt.Sprintf("%s is no working day; the last day becomes %s.", dayEN(day, name), DateEN(next)), a, false)
}

func (c *counting) lengthened(last, to time.Time, a article) {
	c.say(on(to), "lengthened",
		fmt.Sprintf("Tot en met %s zitten er geen twee werkdagen in de termijn; die loopt daarom tot en met %s.", DateNL(last), DateNL(to)),
		fmt.Sprintf("Up to %s the period holds fewer than two working days, so it runs to %s.", DateEN(last), DateEN(to)), a, false)
}

func (c *counting) atwSilent(last time.Time) {
	c.say(on(last), "not_moved",
		fmt.Sprintf("De Algemene termijnenwet verlengt zo'n lange termijn niet; %s blijft de laatste dag.", DateNL(last)),
		fmt.Sprintf("The Algemene termijnenwet does not extend so long a period; %s stays the last day.", DateEN(last)), ruleATW4, false)
}

// hours explains a count in hours, with any change of the clock inside it.
func (c *counting) hours(due time.Time, n int) {
	c.say(due.Format(time.RFC3339), "counted",
		fmt.Sprintf("%s later is %s.", capital(plural(n, "uur", "uur")), instantNL(due)),
		fmt.Sprintf("%s later is %s.", capital(plural(n, "hour", "hours")), instantEN(due)), c.basis(ruleEU3), c.ours())
	_, before := c.Start.In(Amsterdam).Zone()
	_, after := due.In(Amsterdam).Zone()
	if before == after {
		return
	}
	nl, en := "een uur vooruit (zomertijd)", "an hour forward (summer time)"
	if after < before {
		nl, en = "een uur terug (wintertijd)", "an hour back (winter time)"
	}
	c.say(due.Format(time.RFC3339), "clock_change",
		"Intussen gaat de klok "+nl+"; een uur blijft een uur.",
		"Meanwhile the clock goes "+en+"; an hour stays an hour.", c.basis(ruleEU3), c.ours())
}

func (c *counting) early(last time.Time) {
	b := c.opt.Early
	c.say(on(last), "early",
		fmt.Sprintf("Wij houden %s aan, omdat %s.", DateNL(last), b.Reason.NL),
		fmt.Sprintf("We keep to %s because %s.", DateEN(last), b.Reason.EN),
		article{c.opt.Rule, b.Source, b.Flag}, b.OurChoice)
}

func (c *counting) ends(last time.Time) {
	c.say(on(last), "due",
		fmt.Sprintf("De termijn loopt tot en met %s, tot het einde van die dag in Amsterdam.", DateNL(last)),
		fmt.Sprintf("The period runs to the end of %s in Amsterdam.", DateEN(last)), c.basis(ruleEU3), c.ours())
}

// capital raises an ASCII first letter; our words start with no other.
func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
