package asl

import (
	"errors"
	"regexp"
	"strings"
	"sync"
	"time"
)

// rule is one choice, or a part of one.
type rule struct {
	next   string
	assign *template
	test   test
}

// test decides over the input; *missing if a path leads nowhere.
type test func(sc *scope) (bool, error)

func (l *loader) choice(s *state, o Object, at string) {
	if v, ok := o.Get("Default"); ok {
		name, isText := v.(string)
		if !isText || name == "" {
			l.refuse(child(at, "Default"), "must name a state")
		}
		s.fallback = name
	}
	v, _ := o.Get("Choices")
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		l.refuse(child(at, "Choices"), "must be a list with at least one choice")
		return
	}
	for i, e := range list {
		s.rules = append(s.rules, l.rule(e, index(child(at, "Choices"), i)))
	}
}

func (l *loader) rule(v any, at string) rule {
	o, ok := v.(Object)
	if !ok {
		l.refuse(at, "must be an object")
		return rule{}
	}
	next, _ := o.Get("Next")
	name, _ := next.(string)
	if name == "" {
		l.refuse(child(at, "Next"), "must name a state")
	}
	return rule{name, l.assign(o, at), l.test(o, at, true, 0)}
}

func never(*scope) (bool, error) { return false, nil }

func (l *loader) test(v any, at string, top bool, depth int) test {
	o, ok := v.(Object)
	if !ok || depth > maxNesting {
		l.refuse(at, "must be an object, not nested too deeply")
		return never
	}
	var key string
	var operand any
	for _, m := range o {
		switch {
		case m.Key == "Variable" || m.Key == "Comment", top && (m.Key == "Next" || m.Key == "Assign"):
			continue
		case m.Key != "And" && m.Key != "Or" && m.Key != "Not" && comparisonOf(m.Key) == nil:
			l.refuse(child(at, m.Key), "this field is not supported here")
			return never
		case key != "":
			l.refuse(child(at, m.Key), "%s is there too", key)
			return never
		}
		key, operand = m.Key, m.Value
	}
	variable, hasVariable := o.Get("Variable")
	switch key {
	case "":
		l.refuse(at, "there is nothing to compare")
		return never
	case "And", "Or", "Not":
		if hasVariable {
			l.refuse(child(at, "Variable"), "this field is not supported here")
		}
		return l.boolean(key, operand, child(at, key), depth)
	}
	return l.comparison(variable, key, operand, at)
}

func (l *loader) boolean(key string, operand any, at string, depth int) test {
	if key == "Not" {
		in := l.test(operand, at, false, depth+1)
		return func(sc *scope) (bool, error) { ok, err := in(sc); return !ok, err }
	}
	list, ok := operand.([]any)
	if !ok || len(list) == 0 {
		l.refuse(at, "must be a list with at least one test")
		return never
	}
	var tests []test
	for i, e := range list {
		tests = append(tests, l.test(e, index(at, i), false, depth+1))
	}
	stop := key == "Or"
	return func(sc *scope) (bool, error) {
		for _, t := range tests {
			if ok, err := t(sc); err != nil || ok == stop {
				return ok, err
			}
		}
		return !stop, nil
	}
}

func (l *loader) comparison(variable any, key string, operand any, at string) test {
	text, ok := variable.(string)
	if !ok {
		l.refuse(child(at, "Variable"), "must be a path")
		return never
	}
	p := l.path(text, child(at, "Variable"))
	here := child(at, key)
	c := comparisonOf(key)
	if strings.HasPrefix(key, "Is") {
		want, ok := operand.(bool)
		if !ok {
			l.refuse(here, "must be true or false")
		}
		return typeTest(p, key, want)
	}
	if strings.HasSuffix(key, "Path") {
		s, ok := operand.(string)
		if !ok {
			l.refuse(here, "must be a path")
			return never
		}
		q := l.path(s, here)
		return compareTest(p, q.condition, c)
	}
	if !fits(key, operand) {
		l.refuse(here, "the value is of the wrong type")
	}
	return compareTest(p, func(*scope) (any, error) { return operand, nil }, c)
}

// fits says whether a constant is of a comparison's type.
func fits(key string, v any) bool {
	ok := false
	switch {
	case strings.HasPrefix(key, "String"):
		_, ok = v.(string)
	case strings.HasPrefix(key, "Numeric"):
		_, ok = v.(Number)
	case strings.HasPrefix(key, "Boolean"):
		_, ok = v.(bool)
	case strings.HasPrefix(key, "Timestamp"):
		s, _ := v.(string)
		_, ok = parseTimestamp(s)
	}
	return ok
}

func compareTest(p *path, operand func(*scope) (any, error), c func(a, b any) bool) test {
	return func(sc *scope) (bool, error) {
		a, err := p.condition(sc)
		if err != nil {
			return false, err
		}
		b, err := operand(sc)
		return err == nil && c(a, b), err
	}
}

// condition resolves a path of a rule; one that leads nowhere ends the
// execution.
func (p *path) condition(sc *scope) (any, error) {
	v, err := p.eval(sc)
	var m *missing
	if errors.As(err, &m) {
		return nil, &runtimeError{"Invalid path '" + p.text + "': The choice state's condition path references an invalid value."}
	}
	return v, err
}

func typeTest(p *path, key string, want bool) test {
	holds := comparisonOf(key)
	return func(sc *scope) (bool, error) {
		if key != "IsPresent" {
			v, err := p.condition(sc)
			return holds(v, nil) == want, err
		}
		v, err := p.eval(sc)
		l, isList := v.([]any)
		return (err == nil && (p.definite || !isList || len(l) > 0)) == want, nil
	}
}

// comparisonOf gives what compares the variable's value with the operand; nil
// for what is no comparison. Values of different types never match.
func comparisonOf(key string) func(a, b any) bool {
	switch key {
	case "IsPresent", "IsNull":
		return func(a, _ any) bool { return a == nil }
	case "IsString":
		return func(a, _ any) bool { _, ok := a.(string); return ok }
	case "IsNumeric":
		return func(a, _ any) bool { _, ok := a.(Number); return ok }
	case "IsBoolean":
		return func(a, _ any) bool { _, ok := a.(bool); return ok }
	case "IsTimestamp":
		return func(a, _ any) bool { s, _ := a.(string); _, ok := parseTimestamp(s); return ok }
	case "BooleanEquals", "BooleanEqualsPath":
		return func(a, b any) bool {
			x, xok := a.(bool)
			y, yok := b.(bool)
			return xok && yok && x == y
		}
	case "StringMatches":
		return func(a, b any) bool {
			x, xok := a.(string)
			y, yok := b.(string)
			return xok && yok && matches(x, y)
		}
	}
	return orderingOf(strings.TrimSuffix(key, "Path"))
}

var orderings = map[string]func(int) bool{
	"Equals":            func(c int) bool { return c == 0 },
	"LessThan":          func(c int) bool { return c < 0 },
	"LessThanEquals":    func(c int) bool { return c <= 0 },
	"GreaterThan":       func(c int) bool { return c > 0 },
	"GreaterThanEquals": func(c int) bool { return c >= 0 },
}

func orderingOf(key string) func(a, b any) bool {
	kinds := map[string]func(a, b any) (int, bool){"String": orderStrings, "Numeric": orderNumbers, "Timestamp": orderTimes}
	for kind, cmp := range kinds {
		if holds := orderings[strings.TrimPrefix(key, kind)]; holds != nil && strings.HasPrefix(key, kind) {
			return func(a, b any) bool { c, ok := cmp(a, b); return ok && holds(c) }
		}
	}
	return nil
}

func orderStrings(a, b any) (int, bool) {
	x, xok := a.(string)
	y, yok := b.(string)
	return order(x, y), xok && yok
}

func orderNumbers(a, b any) (int, bool) {
	x, xok := a.(Number)
	y, yok := b.(Number)
	if !xok || !yok {
		return 0, false
	}
	return compareNumbers(x, y), true
}

func orderTimes(a, b any) (int, bool) {
	x, _ := a.(string)
	y, _ := b.(string)
	s, sok := parseTimestamp(x)
	t, tok := parseTimestamp(y)
	return s.Compare(t), sok && tok
}

var timestampForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$`)
})

// parseTimestamp reads the language's timestamps: RFC 3339 with T, and Z or an
// offset.
func parseTimestamp(s string) (time.Time, bool) {
	if !timestampForm().MatchString(s) {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t, err == nil
}

// matches compares with a pattern in which * stands for any characters, \* for
// itself and \\ for a backslash.
func matches(s, pattern string) bool {
	var parts []string // between the stars
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern) && (pattern[i+1] == '*' || pattern[i+1] == '\\'):
			i++
			b.WriteByte(pattern[i])
		case c == '*':
			parts = append(parts, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	last := b.String()
	if len(parts) == 0 {
		return s == last
	}
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	for _, p := range parts[1:] {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return strings.HasSuffix(s, last)
}
