package law

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// docs/law.md says what the program assumes; it is written from the data.
func TestDocIsFresh(t *testing.T) {
	const path = "../../docs/law.md"
	d, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	head, err := os.ReadFile("testdata/law.head.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := &doc{}
	doc.WriteString(string(head))
	doc.sources(d)
	doc.offences(d)
	doc.grounds(d)
	doc.clocks(d)
	doc.ladders(d)
	doc.lists(d)
	doc.unverified(d)
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(path, []byte(doc.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(was), doc.String()); diff != "" {
		t.Errorf("docs/law.md is out of date; run: go test ./internal/law -update\n%s", diff)
	}
}

// doc is a Markdown text under way.
type doc struct{ strings.Builder }

func (d *doc) table(title string, head ...string) {
	fmt.Fprintf(d, "## %s\n\n", title)
	d.row(head...)
	d.row(slices.Repeat([]string{"---"}, len(head))...)
}

func (d *doc) row(cells ...string) {
	for _, c := range cells {
		fmt.Fprintf(d, "| %s ", strings.ReplaceAll(c, "|", "\\|"))
	}
	d.WriteString("|\n")
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// since is when a record holds.
func since(r Record) string {
	if r.ValidUntil != "" {
		return r.ValidFrom + " to " + r.ValidUntil
	}
	return "from " + r.ValidFrom
}

func (d *doc) sources(data *Data) {
	d.table("Sources", "code", "text", "version", "how much of it")
	for _, s := range data.sources {
		d.row(code(s.Code), s.Title, s.Version, s.Extent)
	}
	d.WriteString("\n")
}

func (d *doc) offences(data *Data) {
	d.table("Offences, by the day of the act", "id", "offence", "holds", "klacht", "67(1) Sv, so 125p Sv", "text read", "flag", "note")
	for _, o := range data.offences {
		klacht := o.Klacht.Needed
		if o.Klacht.Condition.EN != "" {
			klacht += ": " + o.Klacht.Condition.EN
		}
		listed := "no " + code(o.Remand.Flag)
		if o.Remand.Listed {
			listed = strings.ReplaceAll("yes ("+o.Remand.Ground+") ", "() ", "") + code(o.Remand.Flag)
		}
		d.row(code(o.ID), o.Title.EN, since(o.Record), klacht, listed, o.TextVersion, code(o.Flag), o.Note)
	}
	d.WriteString("\nElements to be evidenced (of 285d those of its text, of the others what their title names):\n\n")
	seen := map[string]bool{}
	for _, o := range data.offences {
		for _, e := range o.Elements {
			if line := fmt.Sprintf("- %s %s: %s (*%s*)\n", o.ID, e.ID, e.Text.EN, e.Text.NL); !seen[line] {
				seen[line] = true
				d.WriteString(line)
			}
		}
	}
	d.WriteString("\nThose that are there to warn have none: nobody claims them.\n\n")
	for _, g := range data.capacities {
		var members []string
		for _, m := range g.Members {
			members = append(members, m.Text.NL)
		}
		fmt.Fprintf(d, "Closed list %s (%s): %s. %s.\n\n", code(g.ID), code(g.Flag), strings.Join(members, ", "), g.Note)
	}
}

func (d *doc) grounds(data *Data) {
	d.table("Grounds without an offence", "id", "ground", "holds", "rests on", "needs", "transparency database", "flag", "note")
	for _, g := range data.grounds {
		rests := g.Provision.EN
		if g.Kind == GroundTerms {
			rests = "the clause that the track names"
		}
		d.row(code(g.ID), g.Title.EN, since(g.Record), rests, strings.Join(g.Needs, ", "), strings.TrimSuffix(g.DecisionGround+", "+g.Category, ", "), code(g.Flag), g.Note)
	}
	d.WriteString("\nWhat evidence must show for each; the flag is the element's own, and no text says that the provision has one that was not read:\n\n")
	for _, g := range data.grounds {
		for _, e := range g.Elements {
			fmt.Fprintf(d, "- %s %s: %s (*%s*) %s\n", g.ID, e.ID, e.Text.EN, e.Text.NL, code(e.Flag))
		}
	}
	d.WriteString("\nThey open no order, no police report and no klacht: those are about offences.\n\n")
}

func (d *doc) clocks(data *Data) {
	d.table("Terms", "id", "term", "nature", "against", "starts", "length", "counted", "flag", "what it rests on")
	for _, c := range data.clocks {
		length := c.term()
		if c.Extension != nil {
			length += ", at most " + c.Extension.words().EN + " more"
		}
		rests := c.Basis.EN + " " + c.Source + "."
		if c.Note != "" {
			rests += " " + c.Note + "."
		}
		if c.AppliesFrom != "" {
			rests += " Applies from " + c.AppliesFrom + "."
		}
		d.row(code(c.ID), c.Title.EN+" ("+since(c.Record)+")", string(c.Nature), c.Against, c.StartEvent+", "+c.Proof, length, c.Counting+", "+c.Calendar, code(c.Flag), rests)
	}
	d.WriteString("\n")
}

// term is a clock's length as the table shows it.
func (rule ClockRule) term() string {
	if rule.Unit == Given {
		return "given with it"
	}
	out := Term{rule.Unit, rule.Length}.words().EN
	if rule.Urgent != nil {
		out += fmt.Sprintf("; life or safety: %d", *rule.Urgent)
	}
	if rule.OwnTerm {
		out += "; or the addressee's own"
	}
	return out
}

func (d *doc) ladders(data *Data) {
	d.WriteString("## Ladders\n\nThe order of the rungs is ours, concluded from the rules named; a person may open any route at any stage.\n\n")
	for _, l := range data.ladders {
		fmt.Fprintf(d, "### %s (`%s`) %s\n\n%s. %s\n\n", l.Title.EN, l.Route, code(l.Flag), l.Source, sentence(l.Note))
		d.row("rung", "does", "comes after", "clock", "needs", "ends the track after", "note")
		d.row(slices.Repeat([]string{"---"}, 7)...)
		for _, r := range l.Rungs {
			d.row(code(r.ID), r.does(), strings.Join(append(append([]string{}, r.After...), whens(r.When)...), ", "), r.clocksText(), strings.Join(r.Needs, ", "), strings.Join(r.EndsAfter, ", "), r.Note)
		}
		d.WriteString("\n")
	}
}

func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

func whens(facts []string) []string {
	if len(facts) == 0 {
		return nil
	}
	return []string{"if " + strings.Join(facts, " and ")}
}

func (r Rung) does() string {
	switch r.Action {
	case ActDocument:
		return r.Instrument + ": " + r.Title.EN + " (" + strings.Join(r.Channel, ", ") + ")"
	case ActOpenRoute:
		return "opens " + r.OpensRoute
	}
	return "task " + r.TaskKind
}

func (r Rung) clocksText() string {
	out := append([]string{}, r.ClockChoice...)
	if r.Clock != "" {
		out = append(out, r.Clock)
	}
	text := strings.Join(out, " or ")
	if r.Receipt != "" {
		text += "; receipt " + r.Receipt
	}
	for _, status := range slices.Sorted(maps.Keys(r.Feedback)) {
		text += "; after " + status + " " + r.Feedback[status]
	}
	if r.Window != "" {
		text += "; within " + r.Window
	}
	if r.Follow != "" {
		text += "; then " + r.Follow
	}
	if r.UpperAgeDays > 0 {
		text += fmt.Sprintf("; upper age %d days", r.UpperAgeDays)
	}
	return strings.TrimPrefix(text, "; ")
}

func (d *doc) lists(data *Data) {
	d.table("Gates", "gate", "holds when", "source", "flag")
	for _, g := range data.gates {
		d.row(code(g.ID), g.Title.EN, g.Source, code(g.Flag))
	}
	d.WriteString("\n")
	d.table("Services and the DSA", "service", "articles", "micro and small: not", "but", "very large: also", "flag", "note")
	for _, s := range data.services {
		d.row(code(s.ID), strings.Join(s.Articles, ", "), strings.Join(s.SmallLose, ", "), strings.Join(s.SmallKeep, ", "), strings.Join(s.Large, ", "), code(s.Flag), s.Note)
	}
	d.WriteString("\n")
	d.table("What depends on the employer's kind", "kind", "named in texts as", "says that it is no authority", "its people have a public task", "a freeze by the police through", "flag", "note")
	for _, e := range data.employers {
		d.row(code(e.ID), e.Role, yesNo(e.PublicBody), yesNo(e.PublicTask), code(e.FreezeThrough), code(e.Flag), e.Note)
	}
	d.WriteString("\n")
	d.table("Outcomes and the codes of the DSA transparency database", "outcome", "means", "code", "left of the item", "where it may hold", "flag", "note")
	for _, o := range data.outcomes {
		d.row(code(o.ID), o.Title.EN, either(code(o.DSACode), "none: "+o.NoCode.EN), o.Kind, strings.Join(o.Territories, ", "), code(o.Flag), o.Note)
	}
	d.WriteString("\n")
	d.table("What a decision says beside that", "value", "field", "means", "codes", "flag", "note")
	for _, v := range data.details {
		d.row(code(v.ID), code(v.Field), v.Title.EN, either(strings.Join(v.Codes, " "), "none: "+v.NoCode.EN), code(v.Flag), v.Note)
	}
	d.WriteString("\n")
	d.table("Instruments", "id", "document", "sent within", "flag")
	for _, i := range data.instruments {
		d.row(code(i.ID), i.Title.EN, fmt.Sprintf("%d days", i.KeepsDays), code(i.Flag))
	}
	d.WriteString("\n")
	d.table("Codes of the DSA transparency database and the outcomes they are", "code", "field", "means", "outcome", "flag")
	for _, v := range data.decisions {
		d.row(code(v.ID), code(v.Field), v.Title.EN, either(code(v.Outcome), "none: "+v.None.EN), code(v.Flag))
	}
	d.WriteString("\n")
	d.table("A suspect who may be a minor", "record", "holds", "said as", "younger than", "then", "article", "flag", "note")
	for _, m := range data.minors {
		d.row(code(m.ID), since(m.Record), m.Title.EN, fmt.Sprintf("%d years", m.Under), m.Claim.EN, code(m.Article), code(m.Flag), m.Note)
	}
	d.WriteString("\n")
	d.table("Routes", "id", "route", "when", "to", "walked by", "flag", "note")
	for _, r := range data.routes {
		d.row(code(r.ID), r.Title.EN, r.When.EN, r.Addressee.EN, strings.Join(r.Tracks, ", "), code(r.Flag), r.Note)
	}
	d.WriteString("\n")
	d.table("Articles that a text may name", "article", "holds", "flag")
	for _, a := range data.articles {
		d.row(a.Name.EN, since(a.Record), code(a.Flag))
	}
	d.WriteString("\n")
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// unverified lists everything that a lawyer must confirm.
func (d *doc) unverified(data *Data) {
	byFlag := map[string][]string{}
	add := func(flag, what string) {
		if verified(flag) {
			return
		}
		kind := "[own]"
		for _, k := range []string{"[infer", "[V-sec"} {
			if strings.HasPrefix(flag, k) {
				kind = k + "]"
			}
		}
		byFlag[kind] = append(byFlag[kind], what)
	}
	addAll(add, "article", data.articles)
	addAll(add, "offence", data.offences)
	addAll(add, "list", data.capacities)
	addAll(add, "term", data.clocks)
	addAll(add, "ladder", data.ladders)
	addAll(add, "gate", data.gates)
	addAll(add, "service", data.services)
	addAll(add, "outcome", data.outcomes)
	addAll(add, "route", data.routes)
	addAll(add, "event", data.events)
	addAll(add, "employer", data.employers)
	addAll(add, "decision", data.decisions)
	addAll(add, "detail", data.details)
	addAll(add, "ground", data.grounds)
	addAll(add, "instrument", data.instruments)
	for _, o := range data.offences {
		add(o.Klacht.Flag, "offence "+o.Version()+" (klacht)")
		add(o.Remand.Flag, "offence "+o.Version()+" (67(1) Sv)")
	}
	d.table("To be confirmed: everything that was not read in the text itself", "flag", "how many", "records")
	for _, kind := range []string{"[own]", "[infer]", "[V-sec]"} {
		sort.Strings(byFlag[kind])
		d.row(code(kind), fmt.Sprint(len(byFlag[kind])), strings.Join(byFlag[kind], ", "))
	}
	d.WriteString("\nBesides: upper ages of rungs, the single reminder, and days of warning are ours `[own]`.\n")
}

func addAll[T dated](add func(flag, what string), kind string, all []T) {
	for _, v := range all {
		r := v.record()
		add(r.Flag, kind+" "+r.Version())
	}
}
