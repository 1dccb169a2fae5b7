package law

import (
	"fmt"
	"regexp"
	"slices"
)

// onlyLid2 marks an element of the aggravated form (Element.Only).
const onlyLid2 = "lid2"

// codeArticle is how a klacht names its article: 269(1), 285b(2).
var codeArticle = regexp.MustCompile(`^[0-9]+[a-z]*(\([1-9]\))?$`)

func codesOf(all []Capacity) []string {
	out := make([]string, 0, len(all))
	for _, c := range all {
		out = append(out, c.Code)
	}
	return out
}

func (d *Data) checkOffence(f *faults, o Offence) {
	covers(f, "offences", o.Record, "article", o.Article, d.articles, o.ValidFrom)
	if o.CapacityGroup != "" {
		covers(f, "offences", o.Record, "capacity group", o.CapacityGroup, d.capacities, o.ValidFrom)
	}
	// Art. 67(1) Sv is that of the day of the request, so its flag is not held to
	// the day of the act.
	d.wasRead(f, "offences", o.ID, o.Flag, o.ValidFrom)
	d.wasRead(f, "offences", o.ID+"/klacht", o.Klacht.Flag, o.ValidFrom)
	if o.Title.NL == "" || o.Title.EN == "" {
		f.add("offences", o.ID, "needs a title in both languages")
	}
	unread := o.TextVersion == "not read" || o.TextVersion == "not stated"
	if !unread && !slices.ContainsFunc(d.sources, func(s Source) bool { return s.Code == o.TextVersion }) {
		f.add("offences", o.ID, "was read in %q, which is no source", o.TextVersion)
	}
	if o.TextVersion == "not read" && o.Verified() {
		f.add("offences", o.ID, "is flagged %s, and was not read", o.Flag)
	}
	if o.MaxPrisonMonths < 0 {
		f.add("offences", o.ID, "a maximum term is in months, or unknown")
	}
	if o.Klacht.Article != "" && !codeArticle.MatchString(o.Klacht.Article) {
		f.add("offences", o.ID, "klacht names %q, which is no article of the Criminal Code", o.Klacht.Article)
	}
	f.known("offences", o.ID, "klacht", o.Klacht.Needed, "yes", "no", "conditional")
	if (o.Klacht.Needed == "conditional") != (o.Klacht.Condition.NL != "" && o.Klacht.Condition.EN != "") {
		f.add("offences", o.ID, "a conditional klacht, and no other, has a condition in both languages")
	}
	if o.Klacht.Source == "" || o.Remand.Source == "" {
		f.add("offences", o.ID, "klacht and remand need a source each")
	}
	d.checkFlag(f, "offences", o.ID+"/klacht", o.Klacht.Flag)
	d.checkFlag(f, "offences", o.ID+"/remand", o.Remand.Flag)
	if o.Remand.Listed {
		f.known("offences", o.ID, "the ground of 67(1) Sv", o.Remand.Ground, "a", "b", "") // "": not looked up
	} else if o.Remand.Ground != "" {
		f.add("offences", o.ID, "has a ground of 67(1) Sv but is not listed there")
	}
	checkElements(f, "offences", o.ID, o.Elements)
	for _, e := range o.Elements {
		if e.Flag != "" {
			f.add("offences", o.ID, "element %s has a flag of its own: it has the offence's", e.ID)
		}
		f.known("offences", o.ID, "only", e.Only, "", onlyLid2)
		if e.Only != "" && o.CapacityGroup == "" {
			f.add("offences", o.ID, "element %s is for the aggravated form only, and there is no list of capacities", e.ID)
		}
	}
}

// checkElements holds that elements are numbered in order, in both languages.
func checkElements(f *faults, file, id string, elements []Element) {
	for n, e := range elements {
		if e.ID != fmt.Sprintf("E%d", n+1) || e.Text.NL == "" || e.Text.EN == "" {
			f.add(file, id, "element %d needs its id E%d and both languages", n+1, n+1)
		}
	}
}
