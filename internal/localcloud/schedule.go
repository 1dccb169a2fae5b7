package localcloud

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Schedule is a rule of the template that calls a function again and again.
type Schedule struct {
	// Function is the physical name.
	Function string
	Every    time.Duration
	Input    string
}

// Schedules are those that run at a rate. One that runs at a time of day is
// passed over: nobody waits for it here.
func (s *Stack) Schedules() ([]Schedule, error) {
	var out []Schedule
	for _, kind := range []string{typeRule, typeSchedule} {
		for _, id := range s.of(kind) {
			props, err := s.properties(id, "ScheduleExpression", "Targets", "Target")
			if err != nil {
				return nil, err
			}
			found, err := s.schedule(props)
			if err != nil {
				return nil, fmt.Errorf("resource %s: %w", id, err)
			}
			out = append(out, found...)
		}
	}
	return out, nil
}

type target struct{ Arn, Input string }

func (s *Stack) schedule(props map[string]any) ([]Schedule, error) {
	var read struct {
		ScheduleExpression string
		Targets            []target // of a rule
		Target             target   // of a schedule
	}
	if err := into(props, &read); err != nil {
		return nil, err
	}
	every, err := rateOf(read.ScheduleExpression)
	if err != nil || every == 0 {
		return nil, err
	}
	var out []Schedule
	for _, t := range append(read.Targets, read.Target) {
		for _, id := range s.of(typeFunction) {
			if t.Arn == s.r.attrs[id+".Arn"] {
				out = append(out, Schedule{s.Ref(id), every, t.Input})
			}
		}
	}
	return out, nil
}

var rate = regexp.MustCompile(`^rate\((\d+) (minute|hour|day)s?\)$`)

// rateOf reads rate(5 minutes); 0 for what is no rate.
func rateOf(expression string) (time.Duration, error) {
	m := rate.FindStringSubmatch(expression)
	if m == nil {
		return 0, nil
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n == 0 {
		return 0, fmt.Errorf("schedule %q is no rate", expression)
	}
	return time.Duration(n) * map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[m[2]], nil
}
