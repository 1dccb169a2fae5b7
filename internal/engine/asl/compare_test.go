package asl_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/engine/asl"
)

var placeholders = regexp.MustCompile(`<[^<>]+>`)

// wildcard says whether a recorded text stands for anything.
func wildcard(s string) bool {
	return s == "timestamp" || s == "a_task_token" || s == "date" || s == "start-date" || s == "start-time" || s == "entered-time" || s == "RandomNumberGenerated" ||
		strings.HasSuffix(s, "EventDetails.output") || placeholders.MatchString(s)
}

// same compares a recorded value, which may hold placeholders, with ours.
func same(rec, got any) bool {
	if s, ok := rec.(string); ok {
		// JSON inside of a text (a cause) was written anew on its way here.
		if a, b := decoded(rec), decoded(got); isObject(a) && isObject(b) {
			return same(a, b)
		}
		if wildcard(s) {
			return likeText(s, got)
		}
	}
	switch r := rec.(type) {
	case asl.Object:
		g, ok := got.(asl.Object)
		if !ok {
			// The recorder takes JSON inside of texts apart.
			if s, isText := got.(string); isText {
				in, err := asl.ParseJSON([]byte(s))
				if o, isObject := in.(asl.Object); err == nil && isObject {
					return same(r, o)
				}
			}
			return false
		}
		if _, ok := r.Get("RedriveCount"); !ok {
			// AWS has it since November 2023; older recordings do not.
			g = slices.DeleteFunc(slices.Clone(g), func(m asl.Member) bool { return m.Key == "RedriveCount" })
		}
		if len(r) != len(g) {
			return false
		}
		for _, m := range r {
			v, ok := g.Get(m.Key)
			if !ok || !same(m.Value, v) {
				return false
			}
		}
		return true
	case []any:
		g, ok := got.([]any)
		return ok && len(r) == len(g) && !slices.ContainsFunc(indexes(len(r)), func(i int) bool { return !same(r[i], g[i]) })
	}
	return asl.Equal(rec, got)
}

func isObject(v any) bool { _, ok := v.(asl.Object); return ok }

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// likeText compares around the placeholders.
func likeText(rec string, got any) bool {
	s, ok := got.(string)
	if strings.HasSuffix(rec, "EventDetails.output") {
		return true
	}
	if !ok {
		_, isNumber := got.(asl.Number)
		return rec == "RandomNumberGenerated" && isNumber
	}
	if !placeholders.MatchString(rec) {
		return true
	}
	if placeholders.MatchString(s) && strings.HasPrefix(s, "<") {
		return true
	}
	var b strings.Builder
	last := 0
	for _, m := range placeholders.FindAllStringIndex(rec, -1) {
		b.WriteString(regexp.QuoteMeta(rec[last:m[0]]) + `(?s:.*)`)
		last = m[1]
	}
	return regexp.MustCompile(`^` + b.String() + regexp.QuoteMeta(rec[last:]) + `$`).MatchString(s)
}

// fact is what is compared of one event.
type fact struct {
	typ, state string
	in, out    any
	hasIn      bool
	hasOut     bool
	vars       asl.Object
	hasParams  bool
	params     any
	err, cause string
}

func (p *player) recorded() []fact {
	var out []fact
	owner := map[int64]string{}
	for i := range p.r.Events {
		e := &p.r.Events[i]
		owner[e.ID] = owner[e.Previous]
		f := fact{typ: e.Type, err: e.text("error"), cause: e.text("cause")}
		switch {
		case strings.HasSuffix(e.Type, "StateEntered"):
			f.state, f.hasIn, f.in = e.text("name"), true, e.value("input")
			owner[e.ID] = f.state
		case strings.HasSuffix(e.Type, "StateExited"):
			f.state, f.hasOut, f.out = e.text("name"), true, e.value("output")
			v, _ := e.details.Get("assignedVariables")
			f.vars, _ = v.(asl.Object)
		case kind(e.Type) == "Scheduled":
			f.hasParams, f.params = true, e.value("parameters")
			if _, ok := e.details.Get("input"); ok {
				f.params = e.value("input")
			}
		case e.Type == "ExecutionSucceeded":
			f.hasOut, f.out = true, e.value("output")
		}
		out = append(out, f)
	}
	return out
}

func ours(events []asl.Event) []fact {
	var out []fact
	for i := range events {
		e := &events[i]
		f := fact{typ: e.Type, err: e.Error, cause: e.Cause}
		switch {
		case strings.HasSuffix(e.Type, "StateEntered"):
			f.state, f.hasIn, f.in = e.State, true, e.Input.V
		case strings.HasSuffix(e.Type, "StateExited"):
			f.state, f.hasOut, f.out, f.vars = e.State, true, e.Output.V, e.Assigned
		case kind(e.Type) == "Scheduled":
			f.hasParams, f.params = true, e.Params.V
		case e.Type == "ExecutionSucceeded":
			f.hasOut, f.out = true, e.Output.V
		}
		out = append(out, f)
	}
	return out
}

func (f fact) String() string {
	return fmt.Sprintf("%s %s in=%s out=%s params=%s vars=%s error=%q cause=%q", f.typ, f.state,
		asl.AppendJSON(nil, f.in), asl.AppendJSON(nil, f.out), asl.AppendJSON(nil, f.params), asl.AppendJSON(nil, f.vars), f.err, f.cause)
}

// equalFact compares a recorded fact with ours, causes included.
func equalFact(r, g fact) bool {
	if r.typ != g.typ || r.state != g.state || r.err != g.err || r.hasIn && !same(r.in, g.in) || r.hasOut && !same(r.out, g.out) {
		return false
	}
	if r.hasParams && !same(r.params, g.params) || len(r.vars) != len(g.vars) {
		return false
	}
	for _, m := range r.vars {
		v, ok := g.vars.Get(m.Key)
		if !ok || !same(decoded(m.Value), v) {
			return false
		}
	}
	return same(decoded(r.cause), decoded(g.cause)) || same(r.cause, g.cause)
}

// compare says what differs first, "" if nothing does: in order, or as a set
// where branches or iterations run beside each other.
func (p *player) compare(x *asl.Execution, events []asl.Event) string {
	if x.Status == asl.Running {
		return "still running in " + x.Where()
	}
	want, got := p.recorded(), ours(events)
	def := string(p.r.Definition)
	if !strings.Contains(def, `"Parallel"`) && !strings.Contains(def, `"Map"`) {
		for i := range want {
			if i >= len(got) || !equalFact(want[i], got[i]) {
				return differs(want, got, i)
			}
		}
		if len(got) > len(want) {
			return "more than recorded: " + got[len(want)].String()
		}
		return ""
	}
	rest := slices.Clone(got)
	for i := range want {
		j := slices.IndexFunc(rest, func(g fact) bool { return equalFact(want[i], g) })
		if j < 0 {
			return fmt.Sprintf("nothing like %s among\n%v", want[i], rest)
		}
		rest = slices.Delete(rest, j, j+1)
	}
	// The recorder lost events inside of groups: their ids are missing.
	lost := int(p.r.Events[len(p.r.Events)-1].ID) - len(want)
	if len(rest) != lost || slices.ContainsFunc(rest, func(f fact) bool { return !strings.HasPrefix(f.typ, "ParallelState") }) {
		return fmt.Sprintf("%d lost, more than recorded: %v", lost, rest)
	}
	if last, mine := want[len(want)-1], got[len(got)-1]; !equalFact(last, mine) {
		return "the end differs: " + mine.String()
	}
	return ""
}

func differs(want, got []fact, i int) string {
	if i >= len(got) {
		return fmt.Sprintf("event %d: want %s, there is none", i+1, want[i])
	}
	return fmt.Sprintf("event %d:\nwant %s\n got %s", i+1, want[i], got[i])
}
