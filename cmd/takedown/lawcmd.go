package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
)

// lawCmd shows what the program assumes of the law.
type lawCmd struct {
	Check lawCheckCmd `cmd:"" help:"Look whether the law data hang together."`
	Show  lawShowCmd  `cmd:"" help:"One record as it stood on a day."`
	Date  lawDateCmd  `cmd:"" help:"Count a deadline and explain it."`
}

type lawCheckCmd struct{}

// Run checks the embedded data.
func (lawCheckCmd) Run(term terminal) error {
	if _, err := law.Load(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(term.out, "the law data hang together")
	return err
}

type lawShowCmd struct {
	ID string `arg:"" help:"A clock, offence, route, outcome …: C5, 285d, hoster."`
	On string `required:"" help:"The day, YYYY-MM-DD."`
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
		return err
	}
	return writeIndented(term.out, record)
}

type lawDateCmd struct {
	Rule     string `required:"" help:"The clock rule: C1 … C19."`
	Start    string `required:"" help:"The event, RFC 3339 with any offset."`
	Length   string `help:"The length, for a rule that takes one (C17; C5: the addressee's own term): 36h, 10d, 2w, '5 working_days', '3 months'."`
	Calendar string `help:"The addressee's calendar: NL (default), IE, BE, DE."`
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
	Steps   []lawStep  `json:"steps"`
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
		return err
	}
	return writeIndented(term.out, dateOf(r))
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
