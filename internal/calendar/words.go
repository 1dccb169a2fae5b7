package calendar

import (
	"fmt"
	"time"
)

var weekdaysNL = [...]string{"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"}

var monthsNL = [...]string{
	"januari", "februari", "maart", "april", "mei", "juni",
	"juli", "augustus", "september", "oktober", "november", "december",
}

// DateNL writes a day in Dutch: "donderdag 25 maart 2027".
func DateNL(d time.Time) string {
	return fmt.Sprintf("%s %d %s %d", weekdaysNL[d.Weekday()], d.Day(), monthsNL[d.Month()-1], d.Year())
}

// DateEN writes a day in English: "Thursday 25 March 2027".
func DateEN(d time.Time) string { return d.Format("Monday 2 January 2006") }

// instantNL and instantEN write an instant in Amsterdam, with the offset that
// holds there at that moment.
func instantNL(t time.Time) string {
	t = t.In(Amsterdam)
	return DateNL(t) + t.Format(" om 15:04:05") + " (" + t.Format("-07:00") + ")"
}

func instantEN(t time.Time) string {
	t = t.In(Amsterdam)
	return DateEN(t) + t.Format(" at 15:04:05") + " (" + t.Format("-07:00") + ")"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, one)
	}
	return fmt.Sprintf("%d %s", n, many)
}

func daysNL(n int) string { return plural(n, "dag", "dagen") }
func daysEN(n int) string { return plural(n, "day", "days") }

// dutchNames are the Dutch names of holidays whose library name is not Dutch,
// and englishNames the English ones. A name in neither list stands as it is.
var dutchNames = map[string]string{
	"New Year's Day": "Nieuwjaarsdag", "Saint Brigid’s Day": "Saint Brigid's Day",
	"Easter Monday": "Tweede Paasdag", "First Monday in May": "eerste maandag in mei",
	"First Monday in June": "eerste maandag in juni", "First Monday in August": "eerste maandag in augustus",
	"Last Monday in October": "laatste maandag in oktober", "Christmas Day": "Eerste Kerstdag",
	"Saint Stephen's Day": "Tweede Kerstdag", "Neujahrstag": "Nieuwjaarsdag", "Karfreitag": "Goede Vrijdag",
	"Ostermontag": "Tweede Paasdag", "Tag der Arbeit": "Dag van de Arbeid", "Christi Himmelfahrt": "Hemelvaartsdag",
	"Pfingstmontag": "Tweede Pinksterdag", "Tag der Deutschen Einheit": "Dag van de Duitse Eenheid",
	"Weihnachtstag": "Eerste Kerstdag", "Zweiter Weihnachtsfeiertag": "Tweede Kerstdag",
}

var englishNames = map[string]string{
	"Nieuwjaarsdag": "New Year's Day", "Goede Vrijdag": "Good Friday", "Tweede Paasdag": "Easter Monday",
	"Koningsdag": "King's Day", "Bevrijdingsdag": "Liberation Day", "Hemelvaartsdag": "Ascension Day",
	"Tweede Pinksterdag": "Whit Monday", "Eerste Kerstdag": "Christmas Day", "Tweede Kerstdag": "Second Day of Christmas",
	"Saint Brigid’s Day": "Saint Brigid's Day", "Paasmaandag": "Easter Monday", "Dag van de Arbeid": "Labour Day",
	"Onze Lieve Heer Hemelvaart": "Ascension Day", "Pinkstermaandag": "Whit Monday",
	"Nationale Feestdag": "Belgian National Day", "Onze Lieve Vrouw Hemelvaart": "Assumption of Mary",
	"Allerheiligen": "All Saints' Day", "Wapenstilstand": "Armistice Day", "Kerstmis": "Christmas Day",
	"Neujahrstag": "New Year's Day", "Karfreitag": "Good Friday", "Ostermontag": "Easter Monday",
	"Tag der Arbeit": "Labour Day", "Christi Himmelfahrt": "Ascension Day", "Pfingstmontag": "Whit Monday",
	"Tag der Deutschen Einheit": "German Unity Day", "Weihnachtstag": "Christmas Day",
	"Zweiter Weihnachtsfeiertag": "Second Day of Christmas",
}

// named translates a library's holiday and says where its date comes from.
func named(date, name string, c Calendar) Holiday {
	h := Holiday{Date: date, NL: name, EN: name, Source: holidaySource(c).source}
	if s, ok := dutchNames[name]; ok {
		h.NL = s
	}
	if s, ok := englishNames[name]; ok {
		h.EN = s
	}
	return h
}

// article is a rule of counting with its source and how far it was verified.
type article struct{ rule, source, flag string }

// The rules of domain.md §3.4.
var (
	ruleEU1  = article{"1182/71 art. 3(1)", "Verordening 1182/71, art. 3(1)", "[V-sec: quotations]"}
	ruleEU2  = article{"1182/71 art. 2(2)", "Verordening 1182/71, art. 2(2)", "[V-sec: quotations]"}
	ruleEU3  = article{"1182/71 art. 3(2)", "Verordening 1182/71, art. 3(2)", "[V-sec: quotations]"}
	ruleEU33 = article{"1182/71 art. 3(3)", "Verordening 1182/71, art. 3(3)", "[V-sec: quotations]"}
	ruleEU4  = article{"1182/71 art. 3(4)", "Verordening 1182/71, art. 3(4)", "[V-sec: quotations]"}
	ruleEU5  = article{"1182/71 art. 3(5)", "Verordening 1182/71, art. 3(5)", "[own/V-sec]"}
	ruleATW1 = article{"ATW art. 1", "Algemene termijnenwet, art. 1", "[V: ATW]"}
	ruleATW2 = article{"ATW art. 2", "Algemene termijnenwet, art. 2", "[V: ATW]"}
	ruleATW4 = article{"ATW art. 4", "Algemene termijnenwet, art. 4", "[V: ATW]"}
	ruleSv   = article{"Sv art. 136(1)", "Wetboek van Strafvordering, art. 136(1)", "[V: SV25]"}
)

// holidaySource says where a calendar's days come from: the Dutch list was
// compared with art. 3 of the Algemene termijnenwet, the others were not.
func holidaySource(c Calendar) article {
	if c == NL {
		return article{"ATW art. 3", "Algemene termijnenwet, art. 3; " + Library, "[V: ATW]"}
	}
	return article{"holidays " + string(c), Library, "[V-sec: " + Library + "]"}
}
