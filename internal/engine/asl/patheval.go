package asl

import "fmt"

// scope is what paths are resolved in.
type scope struct {
	input     any
	context   func() any
	variables func(name string) (any, bool)
}

// missing says in the service's words why a path leads nowhere.
type missing struct{ text string }

func (m *missing) Error() string { return m.text }

// eval resolves a path. An indefinite path gives a list, perhaps empty; a
// definite one that leads nowhere gives *missing.
func (p *path) eval(sc *scope) (any, error) {
	v, err := p.start(sc)
	if err != nil {
		return nil, err
	}
	return p.from(v, sc)
}

func (p *path) start(sc *scope) (any, error) {
	switch p.root {
	case rootContext:
		return sc.context(), nil
	case rootVariable:
		if v, ok := sc.variables(p.variable); ok {
			return v, nil
		}
		return nil, &missing{fmt.Sprintf("Variable '%s' is not defined", p.variable)}
	}
	return sc.input, nil
}

func (p *path) from(v any, sc *scope) (any, error) {
	if !p.definite {
		w := walker{top: v, out: []any{}, left: maxVisits}
		w.walk(v, p.steps)
		if w.left < 0 {
			return nil, errTooLarge
		}
		return w.out, nil
	}
	for i := range p.steps {
		next, ok := p.steps[i].one(v)
		if !ok {
			return nil, p.missing(i)
		}
		v = next
	}
	return v, nil
}

func (p *path) missing(i int) error {
	where := "$"
	for _, s := range p.steps[:i+1] {
		if s.kind == stepKey {
			where += "['" + s.key + "']"
		} else {
			where += fmt.Sprintf("[%d]", s.indexes[0])
		}
	}
	if i < len(p.steps)-1 {
		return &missing{"Missing property in path " + where}
	}
	return &missing{"No results for path: " + where}
}

// one follows a step of a definite path.
func (s *step) one(v any) (any, bool) {
	if s.kind == stepKey {
		o, ok := v.(Object)
		if !ok {
			return nil, false
		}
		return o.Get(s.key)
	}
	l, ok := v.([]any)
	if !ok {
		return nil, false
	}
	return at(l, s.indexes[0])
}

func at(l []any, i int) (any, bool) {
	if i < 0 {
		i += len(l)
	}
	if i < 0 || i >= len(l) {
		return nil, false
	}
	return l[i], true
}

// maxVisits bounds what one path may look at: several .. in one path multiply.
const maxVisits = 4 << 20

// walker follows an indefinite path; what leads nowhere is left out.
type walker struct {
	top  any
	out  []any
	left int
}

func (w *walker) walk(v any, steps []step) {
	if w.left--; w.left < 0 {
		return
	}
	if len(steps) == 0 {
		w.out = append(w.out, v)
		return
	}
	s := steps[0]
	if s.deep {
		s.deep = false
		w.descend(v, &s, steps[1:])
		return
	}
	w.each(&s, v, steps[1:])
}

// descend takes a step from a value and from everything below it.
func (w *walker) descend(v any, s *step, rest []step) {
	if w.left--; w.left < 0 {
		return
	}
	w.each(s, v, rest)
	for _, c := range children(v) {
		w.descend(c, s, rest)
	}
}

func children(v any) []any {
	switch x := v.(type) {
	case []any:
		return x
	case Object:
		out := make([]any, len(x))
		for i := range x {
			out[i] = x[i].Value
		}
		return out
	}
	return nil
}

func (w *walker) each(s *step, v any, rest []step) {
	switch s.kind {
	case stepKey:
		if o, ok := v.(Object); ok {
			if c, ok := o.Get(s.key); ok {
				w.walk(c, rest)
			}
		}
	case stepWild:
		for _, c := range children(v) {
			w.walk(c, rest)
		}
	case stepFilter:
		candidates := children(v)
		if _, ok := v.(Object); ok {
			candidates = []any{v}
		}
		for _, c := range candidates {
			if w.left--; s.filter(c, w.top) {
				w.walk(c, rest)
			}
		}
	case stepIndexes, stepSlice:
		s.eachIndex(v, func(c any) { w.walk(c, rest) })
	}
}

func (s *step) eachIndex(v any, visit func(any)) {
	l, ok := v.([]any)
	if !ok {
		return
	}
	if s.kind == stepIndexes {
		for _, i := range s.indexes {
			if c, ok := at(l, i); ok {
				visit(c)
			}
		}
		return
	}
	for i := bound(s.from, 0, len(l)); i < bound(s.to, len(l), len(l)); i++ {
		visit(l[i])
	}
}

func bound(p *int, open, n int) int {
	if p == nil {
		return open
	}
	i := *p
	if i < 0 {
		i += n
	}
	return min(max(i, 0), n)
}

// put gives a copy of a value with the place of a reference path set, missing
// objects made on the way. It fails where something else than an object or an
// existing index stands in the way.
func put(v any, steps []step, with any) (any, bool) {
	if len(steps) == 0 {
		return with, true
	}
	s := &steps[0]
	if s.kind == stepIndexes {
		l, ok := v.([]any)
		if !ok || s.indexes[0] >= len(l) {
			return nil, false
		}
		in, ok := put(l[s.indexes[0]], steps[1:], with)
		c := append([]any(nil), l...)
		c[s.indexes[0]] = in
		return c, ok
	}
	o, ok := v.(Object)
	if !ok {
		return nil, false
	}
	old, ok := o.Get(s.key)
	if !ok || old == nil {
		old = Object{}
	}
	in, ok := put(old, steps[1:], with)
	if !ok {
		return nil, false
	}
	return o.With(s.key, in), true
}
