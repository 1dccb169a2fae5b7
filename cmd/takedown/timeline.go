package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
)

// timeline prints a story so that a person can read it: who did what, when,
// and why a date is that date.
type timeline struct {
	w     io.Writer
	now   time.Time // case time
	shown map[string]bool
}

func newTimeline(w io.Writer) *timeline {
	return &timeline{w: w, now: storyStart(), shown: map[string]bool{}}
}

func (t *timeline) day(at time.Time) {
	fmt.Fprintf(t.w, "\n%s\n", calendar.DateEN(at.In(calendar.Amsterdam)))
}

func (t *timeline) say(who, what string) {
	fmt.Fprintf(t.w, "  %s  %-13s  %s\n", t.now.In(calendar.Amsterdam).Format("15:04"), words(who), what)
}

// words is a code as a person reads it.
func words(code string) string { return strings.ReplaceAll(code, "_", " ") }

// gates prints which gates a track waits at, or that they hold.
func (t *timeline) gates(track object) {
	codes := whys(track)
	if track.str("waitsFor", "state") != "AwaitGate" || len(codes) == 0 {
		t.say("program", "track "+words(track.str("route"))+": every gate holds")
		return
	}
	t.say("program", fmt.Sprintf("track %s waits for: %s (the %s's move)", words(track.str("route")), strings.Join(codes, ", "), words(track.str("waitsFor", "whose"))))
}

// whys are the reasons of a wait as a person reads them, each once.
func whys(waiting object) []string {
	why, _ := waiting.at("waitsFor", "why").([]any)
	var codes []string
	for _, w := range why {
		code, _ := w.(string)
		if said := words(strings.SplitN(code, ":", 2)[0]); !slices.Contains(codes, said) {
			codes = append(codes, said)
		}
	}
	return codes
}

// clocks prints each clock of a track once, with the steps of its count, and
// once the route that waits although it could be asked for.
func (t *timeline) clocks(track object) {
	for _, d := range track.list("deferred") {
		if key := d.str("route") + d.str("reason"); !t.shown[key] {
			t.shown[key] = true
			t.say("program", fmt.Sprintf("the order route waits although it could be asked for; the recorded reason: %s", words(d.str("reason"))))
		}
	}
	for _, c := range track.list("clocks") {
		t.clock(c)
	}
}

// clock prints a clock once: its rule, its nature, its last day, and why that
// day.
func (t *timeline) clock(c object) {
	if t.shown[c.str("id")] {
		return
	}
	t.shown[c.str("id")] = true
	t.say("clock", fmt.Sprintf("%s, %s (%s), runs until %s:", c.str("rule"), c.str("title", "en"), c.str("nature"), due(c)))
	for _, step := range c.list("steps") {
		fmt.Fprintf(t.w, "%24s- %s\n", "", step.str("en"))
	}
}

// due is the last day of a clock in words.
func due(clock object) string {
	day, err := time.ParseInLocation(time.DateOnly, clock.str("dueDate"), calendar.Amsterdam)
	if err != nil {
		return clock.str("dueDate")
	}
	return calendar.DateEN(day)
}
