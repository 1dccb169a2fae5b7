package main

import (
	"encoding/json"
	"fmt"
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
	enc := json.NewEncoder(term.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(record)
}

type lawDateCmd struct {
	Rule     string `required:"" help:"The clock rule: C1 … C19."`
	Start    string `required:"" help:"The event, RFC 3339 with any offset."`
	Calendar string `help:"The addressee's calendar: NL, IE, BE, DE."`
}

// Run prints the date and each step of its count.
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
	r, err := data.Count(c.Rule, in)
	if err != nil {
		return err
	}
	fmt.Fprintf(term.out, "%s (%s): %s\n", c.Rule, r.Nature, r.DueDate)
	for _, s := range r.Steps {
		fmt.Fprintf(term.out, "  %s  %s  %s\n", s.Date, s.EN, s.Flag)
	}
	return nil
}
