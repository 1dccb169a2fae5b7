package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// lawCmd shows what the program assumes of the law.
type lawCmd struct {
	Check lawCheckCmd `cmd:"" help:"Look whether the law data hang together."`
	Show  lawShowCmd  `cmd:"" help:"One record as it stood on a day."`
	Date  lawDateCmd  `cmd:"" help:"Count a deadline and explain it."`
}

type lawCheckCmd struct {
	Dir  string `type:"existingdir" help:"Check the data files of this directory instead of the program's own: before they are built in." placeholder:"DIR"`
	JSON bool   `help:"What was checked as JSON."`
}

// lawChecked is what law check says: how many records each file holds.
type lawChecked struct {
	OK      bool           `json:"ok"`
	Records map[string]int `json:"records"`
}

// Run checks the data. What is wrong is an error that names each fault with its
// file and id.
func (c lawCheckCmd) Run(term terminal) error {
	data, err := c.load()
	if err != nil {
		return err
	}
	if c.JSON {
		return writeIndented(term.out, lawChecked{true, data.Counts()})
	}
	total := 0
	for _, n := range data.Counts() {
		total += n
	}
	_, err = fmt.Fprintf(term.out, "the law data hang together: %d records in %d files\n", total, len(data.Counts()))
	return err
}

func (c lawCheckCmd) load() (*law.Data, error) {
	if c.Dir == "" {
		return law.Load()
	}
	return law.Read(os.DirFS(c.Dir))
}

type lawShowCmd struct {
	ID   string `arg:"" help:"A clock, offence, route, outcome …: C5, 285d, hoster."`
	On   string `required:"" help:"The day, YYYY-MM-DD."`
	JSON bool   `help:"JSON on a terminal too, as everywhere else."`
}

// Run prints the record with its source and flag.
func (c *lawShowCmd) Run(term terminal) error {
	day, err := time.ParseInLocation(time.DateOnly, c.On, calendar.Amsterdam)
	if err != nil {
		return usagef("--on wants a day, YYYY-MM-DD")
	}
	data, err := law.Load()
	if err != nil {
		return err
	}
	record, err := data.Show(c.ID, day.Add(12*time.Hour))
	if err != nil {
		_, as := data.Show(strings.ToUpper(c.ID), day.Add(12*time.Hour))
		return capitals(err, c.ID, as == nil)
	}
	if onTerminal(term.out) && !c.JSON {
		return writeReadable(term.out, record)
	}
	return writeIndented(term.out, record)
}

// capitals adds to a refusal that an id is held when written in capitals.
func capitals(err error, id string, held bool) error {
	if !held || takedown.KindOf(err) != takedown.NotFound {
		return err
	}
	return takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "%v; ids are written as they stand in docs/law.md: %s", err, strings.ToUpper(id))
}

// writeReadable prints a value as "name: value" lines, what lies inside
// indented, in the order of its JSON.
func writeReadable(w io.Writer, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var b strings.Builder
	dec := json.NewDecoder(bytes.NewReader(raw))
	if err := readable(&b, dec, 0); err != nil {
		return err
	}
	_, err = io.WriteString(w, strings.TrimLeft(b.String(), "\n")+"\n")
	return err
}

func readable(b *strings.Builder, dec *json.Decoder, depth int) error {
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	open, nested := tok.(json.Delim)
	if !nested {
		fmt.Fprintf(b, " %v", tok)
		return nil
	}
	for dec.More() {
		b.WriteString("\n" + strings.Repeat("  ", depth))
		if open == '[' {
			b.WriteString("-")
		} else {
			name, err := dec.Token()
			if err != nil {
				return err
			}
			fmt.Fprintf(b, "%v:", name)
		}
		if err := readable(b, dec, depth+1); err != nil {
			return err
		}
	}
	_, err = dec.Token() // the closing one
	return err
}

type lawDateCmd struct {
	Rule     string `required:"" help:"The clock rule: C1 … C19."`
	Start    string `required:"" help:"The event, RFC 3339 with any offset."`
	Length   string `help:"The length, for a rule that takes one (C17; C5: the addressee's own term): 36h, 10d, 2w, '5 working_days', '3 months'."`
	Calendar string `help:"The addressee's calendar: NL (default), IE, BE, DE."`
	JSON     bool   `help:"Nothing else is printed; the flag is taken for the sake of the other commands."`
}

// lawDate is a counted deadline. dueDate is the last day, in Europe/Amsterdam,
// on which the act is in time; start and dueAt are instants in UTC. dueAt is
// the instant itself for rules in hours, else the last second of that day.
type lawDate struct {
	Rule    string     `json:"rule"`
	Nature  law.Nature `json:"nature"`
	Start   time.Time  `json:"start"`
	DueDate string     `json:"dueDate"`
	DueAt   time.Time  `json:"dueAt"`
	// NotInForce says that the law behind the rule did not apply at the start: the
	// count shows how the term would run, and binds nobody.
	NotInForce bool `json:"notInForce,omitempty"`

	Steps []lawStep `json:"steps"`
}

// lawStep is one step of the count; source ends with how far it was verified.
type lawStep struct {
	NL     string `json:"nl"`
	EN     string `json:"en"`
	Source string `json:"source"`
}

// Run prints the date and each step of its count as JSON.
func (c *lawDateCmd) Run(term terminal) error {
	start, err := time.Parse(time.RFC3339, c.Start)
	if err != nil {
		return usagef("--start wants an RFC 3339 instant, for example 2027-03-25T11:00:00+01:00")
	}
	in := law.CountInput{Start: start}
	if c.Calendar != "" {
		if in.Calendar, err = calendar.ParseCalendar(c.Calendar); err != nil {
			return usagef("--calendar is NL, IE, BE or DE")
		}
	}
	data, err := law.Load()
	if err != nil {
		return err
	}
	if err := c.length(data, &in); err != nil {
		return err
	}
	r, err := data.Count(c.Rule, in)
	if err != nil {
		_, as := data.Clock(strings.ToUpper(c.Rule), start)
		return c.flagged(data, capitals(err, c.Rule, as == nil), in)
	}
	return writeIndented(term.out, dateOf(r))
}

// flagged names the flag that a refused count is about.
func (c *lawDateCmd) flagged(data *law.Data, err error, in law.CountInput) error {
	rule, unknown := data.Clock(c.Rule, in.Start)
	switch {
	case unknown != nil:
		return fmt.Errorf("--rule: %w", err)
	case rule.Unit == law.Given || in.Length != nil || in.OwnTerm != nil:
		return fmt.Errorf("--length: %w", err)
	}
	return fmt.Errorf("--start: %w", err)
}

// length reads --length: the whole length of a rule that has none, or the
// addressee's own term in place of ours.
func (c *lawDateCmd) length(data *law.Data, in *law.CountInput) error {
	if c.Length == "" {
		return nil
	}
	t, err := law.ParseTerm(c.Length)
	if err != nil {
		return usagef("--length wants a number and a unit: 36h, 10d, 2w, '5 working_days', '3 months'")
	}
	rule, err := data.Clock(c.Rule, in.Start)
	if err != nil {
		return err
	}
	if rule.OwnTerm {
		in.OwnTerm = &t
		return nil
	}
	in.Length = &t
	return nil
}

func dateOf(r law.Reckoning) lawDate {
	out := lawDate{Rule: r.Rule, Nature: r.Nature, Start: r.Start, DueDate: r.DueDate, DueAt: r.Due}
	for _, s := range r.Steps {
		out.NotInForce = out.NotInForce || s.Code == law.NotInForce
		out.Steps = append(out.Steps, lawStep{s.NL, s.EN, strings.TrimSpace(s.Source + " " + s.Flag)})
	}
	return out
}

func writeIndented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
