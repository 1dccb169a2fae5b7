package law

import (
	"time"

	"github.com/ontdox/takedown/internal/calendar"
)

func (d *Data) checkClock(f *faults, c ClockRule) {
	const file = "clocks"
	f.known(file, c.ID, "nature", string(c.Nature), string(Legal), string(Policy)) // self-set comes with the contact
	f.known(file, c.ID, "against", c.Against, addressee, "us")
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
	checkNature(f, c)
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
	if c.Nature == Legal && (c.Extendable == "free" || c.Pausable || c.OwnTerm || c.Urgent != nil) {
		f.add("clocks", c.ID, "a legal clock is not extended, paused or replaced at will")
	}
	if c.WithdrawDays < 0 || (c.WithdrawDays > 0 && c.Counting != "klacht") {
		f.add("clocks", c.ID, "withdrawDays belongs to a klacht")
	}
	if c.Fatal && (c.Nature != Legal || c.Extendable != "") {
		f.add("clocks", c.ID, "a fatal clock is legal and never extended")
	}
}
