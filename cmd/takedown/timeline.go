package main

import (
	"fmt"
	"io"
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

// waits prints what a track waits for.
func (t *timeline) waits(track object) {
	why, _ := track.at("waitsFor", "why").([]any)
	if len(why) == 0 {
		return
	}
	var codes []string
	for _, w := range why {
		s, _ := w.(string)
		codes = append(codes, words(strings.SplitN(s, ":", 2)[0]))
	}
	t.say("program", fmt.Sprintf("track %s waits for: %s (%s's move)", track.str("route"), strings.Join(codes, ", "), track.str("waitsFor", "whose")))
}

// clocks prints each clock of a track once, with the steps of its count.
func (t *timeline) clocks(track object) {
	for _, d := range track.list("deferred") {
		if key := track.str("id") + d.str("route"); !t.shown[key] {
			t.shown[key] = true
			t.say("program", fmt.Sprintf("route %s waits although it could be asked for: %s", d.str("route"), words(d.str("reason"))))
		}
	}
	for _, c := range track.list("clocks") {
		if t.shown[c.str("id")] {
			continue
		}
		t.shown[c.str("id")] = true
		t.say("clock", fmt.Sprintf("%s (%s) ends on %s", c.str("rule"), c.str("nature"), c.str("dueDate")))
		for _, step := range c.list("steps") {
			fmt.Fprintf(t.w, "  %-20s    %s  %s\n", "", step.str("date"), step.str("en"))
		}
	}
}
