package asl

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Refusal is one reason why a definition was not accepted.
type Refusal struct {
	Path   string // JSON path of the field, "$.States.Ask.ItemReader"
	Reason string
}

// RefusedError holds every reason why a definition was not accepted.
type RefusedError struct{ Refusals []Refusal }

// Error lists the reasons, one a line.
func (e *RefusedError) Error() string {
	lines := make([]string, len(e.Refusals))
	for i, r := range e.Refusals {
		lines[i] = r.Path + ": " + r.Reason
	}
	return strings.Join(lines, "\n")
}

// Host says what a host can do, for what a definition may ask.
type Host struct {
	// Supports says whether there is a handler for a resource.
	Supports func(Resource) bool
	// Check looks at a Task's Parameters as they are written and names the
	// field that the host cannot serve, with the reason; "" if all is well. It
	// may be nil.
	Check func(r Resource, parameters Object) (field, reason string)
	// OwnIdentity says that the host acts under its own identity alone: a Task
	// with Credentials is refused, not run as somebody else than it asks.
	OwnIdentity bool
}

// MaxDefinition is how long a definition may be in bytes, as on AWS.
const MaxDefinition = 1 << 20

// Load reads a definition. The error is a *RefusedError with the JSON path of
// every field that is wrong or not supported.
func Load(data []byte, host Host) (*Definition, error) {
	l := &loader{host: host, names: map[string]string{}}
	if len(data) > MaxDefinition {
		l.refuse("$", "the definition is longer than 1 MiB")
		return nil, &RefusedError{l.refusals}
	}
	v, err := parseOnce(data)
	var twice *doubledError
	if errors.As(err, &twice) {
		l.refuse("$"+twice.at, "this field is there twice")
		return nil, &RefusedError{l.refusals}
	}
	if err != nil {
		l.refuse("$", "%v", err)
		return nil, &RefusedError{l.refusals}
	}
	d := &Definition{hash: hashOf(data)}
	l.definition(d, v)
	if len(l.refusals) > 0 {
		return nil, &RefusedError{l.refusals}
	}
	return d, nil
}

type loader struct {
	host     Host
	refusals []Refusal
	names    map[string]string // state name → where
	scopes   []*varScope
}

// varScope is what one machine assigns, for the checks on variables.
type varScope struct {
	assigned map[string]bool
	depth    int
}

func (l *loader) refuse(at, format string, args ...any) {
	l.refusals = append(l.refusals, Refusal{at, fmt.Sprintf(format, args...)})
}

// child is the JSON path of a member.
func child(at, key string) string {
	for i := range len(key) {
		if !isNameByte(key[i]) {
			return at + "['" + key + "']"
		}
	}
	if key == "" {
		return at + "['']"
	}
	return at + "." + key
}

func index(at string, i int) string { return fmt.Sprintf("%s[%d]", at, i) }

// object checks that a value is an object with known fields.
func (l *loader) object(v any, at string, known ...string) (Object, bool) {
	o, ok := v.(Object)
	if !ok {
		l.refuse(at, "must be an object")
		return nil, false
	}
	for _, m := range o {
		if m.Key == "Comment" {
			if _, ok := m.Value.(string); !ok {
				l.refuse(child(at, m.Key), "must be a text")
			}
			continue
		}
		if !slices.Contains(known, m.Key) {
			l.refuse(child(at, m.Key), "this field is not supported here")
		}
	}
	return o, true
}

func (l *loader) definition(d *Definition, v any) {
	o, ok := l.object(v, "$", "StartAt", "States", "TimeoutSeconds", "Version", "QueryLanguage")
	if !ok {
		return
	}
	l.queryLanguage(o, "$")
	if v, ok := o.Get("Version"); ok && v != "1.0" {
		l.refuse("$.Version", `only "1.0" is known`)
	}
	if n, ok := l.whole(o, "$", "TimeoutSeconds", 1, maxSeconds); ok {
		d.timeout = n
	}
	l.machine(&d.machine, o, "$")
}

// maxSeconds is the longest time-out and wait that the language takes.
const maxSeconds = 99999999

func (l *loader) queryLanguage(o Object, at string) {
	if v, ok := o.Get("QueryLanguage"); ok && v != "JSONPath" {
		l.refuse(child(at, "QueryLanguage"), "only JSONPath is supported")
	}
}

// machine reads StartAt and States of an object whose fields were checked.
func (l *loader) machine(m *machine, o Object, at string) {
	m.states = map[string]*state{}
	sv, ok := o.Get("States")
	states, isObject := sv.(Object)
	if !ok || !isObject || len(states) == 0 {
		l.refuse(child(at, "States"), "must be an object with at least one state")
		return
	}
	sc := &varScope{assigned: map[string]bool{}, depth: len(l.scopes)}
	collectAssigned(states, sc.assigned)
	l.shadowing(states, sc, child(at, "States"))
	l.scopes = append(l.scopes, sc)
	for _, s := range states {
		here := child(child(at, "States"), s.Key)
		l.stateName(s.Key, here)
		m.states[s.Key] = l.state(s.Key, s.Value, here)
	}
	l.scopes = l.scopes[:len(l.scopes)-1]
	l.transitions(m, o, states, at)
}

func (l *loader) stateName(name, at string) {
	if name == "" || len([]rune(name)) > 80 {
		l.refuse(at, "a state's name has 1 to 80 characters")
	}
	if other, ok := l.names[name]; ok {
		l.refuse(at, "there is another state of this name at %s", other)
	}
	l.names[name] = at
}

func (l *loader) transitions(m *machine, o, states Object, at string) {
	v, _ := o.Get("StartAt")
	start, ok := v.(string)
	if !ok || m.states[start] == nil {
		l.refuse(child(at, "StartAt"), "must name a state")
		return
	}
	m.startAt = start
	reached := map[string]bool{}
	l.reach(m, start, reached)
	for _, s := range states {
		if !reached[s.Key] {
			l.refuse(child(child(at, "States"), s.Key), "no state leads here")
		}
	}
}

func (l *loader) reach(m *machine, name string, reached map[string]bool) {
	todo := []string{name}
	for len(todo) > 0 {
		name = todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		s := m.states[name]
		if s == nil || reached[name] {
			continue
		}
		reached[name] = true
		for _, t := range s.targets() {
			if m.states[t.name] == nil {
				l.refuse(l.names[name]+t.field, "there is no state %q here", t.name)
			}
			todo = append(todo, t.name)
		}
	}
}

type target struct{ field, name string }

func (s *state) targets() []target {
	var out []target
	if s.next != "" {
		out = append(out, target{".Next", s.next})
	}
	if s.fallback != "" {
		out = append(out, target{".Default", s.fallback})
	}
	for i, c := range s.catch {
		if c.next != "" {
			out = append(out, target{fmt.Sprintf(".Catch[%d].Next", i), c.next})
		}
	}
	for i := range s.rules {
		if s.rules[i].next != "" {
			out = append(out, target{fmt.Sprintf(".Choices[%d].Next", i), s.rules[i].next})
		}
	}
	return out
}

// collectAssigned finds the variables that a machine's own states assign.
func collectAssigned(states Object, into map[string]bool) {
	for _, s := range states {
		o, _ := s.Value.(Object)
		addAssigned(o, into)
		for _, key := range []string{"Catch", "Choices"} {
			v, _ := o.Get(key)
			l, _ := v.([]any)
			for _, e := range l {
				in, _ := e.(Object)
				addAssigned(in, into)
			}
		}
	}
}

func addAssigned(o Object, into map[string]bool) {
	v, _ := o.Get("Assign")
	a, _ := v.(Object)
	for _, m := range a {
		into[strings.TrimSuffix(m.Key, ".$")] = true
	}
}

// shadowing refuses inner variables that carry an outer one's name.
func (l *loader) shadowing(states Object, sc *varScope, at string) {
	for name := range sc.assigned {
		for _, outer := range l.scopes {
			if outer.assigned[name] {
				l.refuse(at, "the variable %s is assigned in an outer scope too", name)
				return
			}
		}
	}
}
