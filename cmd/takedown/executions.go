package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
)

// A person at a terminal reads executions as a table: where each stands, since
// when, until when, and what it waits for. In a pipe they are the API's JSON.

// seen is an execution or an event as the API gives it.
type seen struct {
	ID                            int64
	Name, Machine, Status         string
	State, WaitsFor, Error, Cause string
	Type, Details                 string
	At                            time.Time
	Since, StartedAt              time.Time
	StoppedAt, WaitsUntil         time.Time
	Items                         []seen
	Next                          string
}

// printExecution writes what execution list, show and history answer.
func printExecution(w io.Writer, verb string, body []byte) error {
	var a seen
	if err := json.Unmarshal(body, &a); err != nil {
		return err
	}
	var text strings.Builder
	t := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	switch verb {
	case "list":
		listExecutions(t, a.Items)
	case "history":
		listEvents(t, a.Items)
	default:
		showExecution(t, a)
	}
	if a.Next != "" {
		fmt.Fprintf(t, "\nmore: cursor=%s\n", a.Next)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(text.String()) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

func listExecutions(w io.Writer, list []seen) {
	row(w, "NAME", "STATUS", "STATE", "WAITS FOR", "SINCE", "UNTIL")
	for _, e := range list {
		if e.Status == "RUNNING" {
			row(w, e.Name, e.Status, e.State, e.WaitsFor, clockTime(e.Since), clockTime(e.WaitsUntil))
			continue
		}
		row(w, e.Name, e.Status, e.Error, "", clockTime(e.StoppedAt), "")
	}
}

func showExecution(w io.Writer, e seen) {
	for _, line := range [][2]string{
		{"name", e.Name},
		{"machine", e.Machine},
		{"status", e.Status},
		{"started", clockTime(e.StartedAt)},
		{"stopped", clockTime(e.StoppedAt)},
		{"stands in", e.State},
		{"since", clockTime(e.Since)},
		{"waits for", e.WaitsFor},
		{"until", clockTime(e.WaitsUntil)},
		{"error", e.Error},
		{"cause", e.Cause},
	} {
		if line[1] != "" {
			row(w, line[0], line[1])
		}
	}
}

func listEvents(w io.Writer, list []seen) {
	row(w, "ID", "AT", "EVENT", "STATE", "DETAILS")
	for _, e := range list {
		row(w, fmt.Sprint(e.ID), clockTime(e.At), e.Type, e.State, e.Details)
	}
}

// row writes cells; a terminal does what control characters say, so that none
// gets there.
func row(w io.Writer, cells ...string) {
	for i, c := range cells {
		cells[i] = strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f {
				return ' '
			}
			return r
		}, c)
	}
	fmt.Fprintln(w, strings.Join(cells, "\t"))
}

// clockTime is an instant as people here read it; "" for none.
func clockTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Amsterdam).Format("2006-01-02 15:04:05")
}
