package law

import (
	"time"

	"github.com/ontdox/takedown/internal/calendar"
)

func (d *Data) checkClock(f *faults, c ClockRule) {
	const file = "clocks"
	f.known(file, c.ID, "nature", string(c.Nature), string(Legal), string(Policy)) // self-set comes with the contact
	f.known(file, c.ID, "against", c.Against, addressee, us)
	f.known(file, c.ID, "proof", c.Proof, "assumed", "proven", "recorded")
	f.known(file, c.ID, "unit", string(c.Unit), string(Hours), string(WorkingDays), string(CalendarDays), string(Weeks), string(Months), string(Given))
	f.known(file, c.ID, "counting", c.Counting, countHours, countPlain, countWorking, countEU, countATW, countKlacht, countEarly)
	f.known(file, c.ID, "calendar", c.Calendar, string(calendar.NL), addressee)
	f.known(file, c.ID, "extendable", c.Extendable, "", "free", "notice_in_first_period", "total")
	if c.Title.NL == "" || c.Title.EN == "" || c.Basis.NL == "" || c.Basis.EN == "" {
		f.add(file, c.ID, "needs title and basis in both languages")
	}
	covers(f, file, c.Record, "event", c.StartEvent, d.events, c.ValidFrom)
	if c.Article != "" {
		covers(f, file, c.Record, "article", c.Article, d.articles, c.since(c.AppliesFrom))
	}
	d.wasRead(f, file, c.ID, c.Flag, c.ValidFrom)
	d.checkLength(f, c)
	d.checkReasons(f, c)
	d.checkStart(f, c)
	checkNature(f, c)
	checkDays(f, c)
}

// checkStart holds a clock's proof to its event: what must be proven does not
// start with something that is only taken for the receipt.
func (d *Data) checkStart(f *faults, c ClockRule) {
	if (c.StartNote.NL == "") != (c.StartNote.EN == "") {
		f.add("clocks", c.ID, "startNote is in both languages, or not there")
	}
	for _, e := range d.events {
		if e.ID == c.StartEvent && e.Assumed && c.Proof != "assumed" {
			f.add("clocks", c.ID, "starts with %s, which is only assumed, and calls its start %s", e.ID, c.Proof)
		}
	}
}

// checkDays holds that what happens while a clock runs happens before its end.
func checkDays(f *faults, c ClockRule) {
	if c.Urgent != nil && (c.Unit == Given || *c.Urgent < 0 || *c.Urgent >= c.Length) {
		f.add("clocks", c.ID, "its urgent length is shorter than its length")
	}
	if c.NotBefore < 0 || (c.NotBefore > 0 && (c.Unit != Hours || c.NotBefore >= c.Length)) {
		f.add("clocks", c.ID, "notBefore is in hours, and before its end")
	}
	last := 0
	for _, n := range c.WarnDays {
		if n <= last || n >= c.mostDays() {
			f.add("clocks", c.ID, "warns on days %v, which must rise and lie before its end", c.WarnDays)
			break
		}
		last = n
	}
	if c.For != nil {
		if !c.For.LifeOrSafety && len(c.For.DataCategories) == 0 {
			f.add("clocks", c.ID, "is for nothing")
		}
		f.once("clocks", c.ID, "data category", c.For.DataCategories)
		for _, v := range c.For.DataCategories {
			f.known("clocks", c.ID, "data category", v, dataCategories...)
		}
	}
}

// mostDays is how many days a clock runs at most, without extension.
func (rule ClockRule) mostDays() int {
	return rule.Length * map[Unit]int{CalendarDays: 1, WorkingDays: 1, Weeks: 7, Months: 31}[rule.Unit]
}

// dataCategories are the codes of api.md.
var dataCategories = []string{
	"home_address", "phone", "email", "photo", "family", "school", "number_plate", "live_location", "work_schedule",
	"employment_history", "health", "financial", "id_number", "private_account", "synthetic",
}

func (d *Data) checkLength(f *faults, c ClockRule) {
	if (c.Unit == Given) != (c.Length == 0) || c.Length < 0 {
		f.add("clocks", c.ID, "has a length, or a unit that is given, not both")
	}
	if (c.Unit == Hours) != (c.Counting == countHours) || (c.Unit == WorkingDays) != (c.Counting == countWorking) {
		f.add("clocks", c.ID, "is in %s and counted as %s", c.Unit, c.Counting)
	}
	if c.Counting == countKlacht && c.Unit != Months {
		f.add("clocks", c.ID, "a klacht is counted in months")
	}
	total := c.Extendable == "total" || c.Extendable == "notice_in_first_period"
	if total != (c.Extension != nil) || (c.Extension != nil && (c.Extension.Unit != c.Unit || c.Extension.Length < 1)) {
		f.add("clocks", c.ID, "what may be extended to a total has an extension in its own unit")
	}
	if _, err := time.Parse(time.DateOnly, c.AppliesFrom); c.AppliesFrom != "" && err != nil {
		f.add("clocks", c.ID, "appliesFrom is no day (YYYY-MM-DD)")
	}
}

// checkReasons holds that a count can explain what it does.
func (d *Data) checkReasons(f *faults, c ClockRule) {
	needs := c.Counting == countWorking || c.Counting == countEarly || c.Counting == countKlacht
	if needs != (c.Why != nil) || (c.Why != nil && (c.Why.Reason.NL == "" || c.Why.Reason.EN == "" || c.Why.Source == "")) {
		f.add("clocks", c.ID, "counted as %s it needs, and no other, a reason in both languages with its source", c.Counting)
	}
	if c.Why != nil {
		d.checkFlag(f, "clocks", c.ID+"/why", c.Why.Flag)
	}
	if (c.Counting == countATW || c.Counting == countKlacht) && c.Frame == nil {
		f.add("clocks", c.ID, "a period of Dutch law needs its frame")
	}
	if c.Frame != nil {
		d.checkFlag(f, "clocks", c.ID+"/frame", c.Frame.Flag)
		if c.Frame.Source == "" {
			f.add("clocks", c.ID, "its frame needs a source")
		}
	}
}

// checkNature keeps law and policy apart: a length of ours is never legal, nor
// flagged as read; what is fatal is legal and never extended.
func checkNature(f *faults, c ClockRule) {
	if c.Choice && (c.Nature == Legal || c.Verified()) {
		f.add("clocks", c.ID, "a length of our own is neither legal nor verified")
	}
	if c.Nature == Legal && (c.Extendable == "free" || c.OwnTerm || c.Urgent != nil) {
		f.add("clocks", c.ID, "a legal clock is not extended or replaced at will")
	}
	if c.Fatal && (!c.Binding() || c.Extendable != "") {
		f.add("clocks", c.ID, "a fatal clock is a legal one against us and never extended")
	}
	if c.Binding() && c.Extendable != "" {
		f.add("clocks", c.ID, "a legal clock against us is never extended")
	}
	if c.OwnTerm && c.Against != addressee {
		f.add("clocks", c.ID, "only an addressee has a term of its own")
	}
	if c.WithdrawDays < 0 || (c.WithdrawDays > 0 && c.Counting != countKlacht) {
		f.add("clocks", c.ID, "withdrawDays belongs to a klacht")
	}
}
