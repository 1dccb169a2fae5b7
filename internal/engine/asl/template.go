package asl

import (
	"errors"
	"strings"
)

// template is a payload template: constants, and fields that are computed.
// Lists and objects are copied only where something in them is computed.
type template struct {
	constant any
	fields   []templateField // of an object
	items    []*template     // of a list
	kind     templateKind
}

type templateKind int

const (
	constantTemplate templateKind = iota
	objectTemplate
	listTemplate
)

type templateField struct {
	key  string
	text string // the path or call, for messages
	expr expr   // nil for a nested template
	in   *template
}

// parseTemplate reads a payload template; at is its JSON path.
func (l *loader) parseTemplate(v any, at string) *template {
	switch x := v.(type) {
	case Object:
		return l.objectTemplate(x, at)
	case []any:
		t := &template{constant: v}
		for i, e := range x {
			in := l.parseTemplate(e, index(at, i))
			t.items = append(t.items, in)
			if in.kind != constantTemplate {
				t.kind = listTemplate
			}
		}
		return t
	}
	return &template{constant: v}
}

func (l *loader) objectTemplate(o Object, at string) *template {
	t := &template{constant: o}
	for _, m := range o {
		here := child(at, m.Key)
		if !strings.HasSuffix(m.Key, ".$") {
			in := l.parseTemplate(m.Value, here)
			t.fields = append(t.fields, templateField{key: m.Key, in: in})
			if in.kind != constantTemplate {
				t.kind = objectTemplate
			}
			continue
		}
		t.kind = objectTemplate
		s, ok := m.Value.(string)
		if !ok {
			l.refuse(here, "a field whose name ends in .$ must hold a path or an intrinsic function")
			continue
		}
		t.fields = append(t.fields, templateField{key: strings.TrimSuffix(m.Key, ".$"), text: s, expr: l.expr(s, here)})
		if _, twice := o.Get(strings.TrimSuffix(m.Key, ".$")); twice {
			l.refuse(here, "the same field is also there without .$")
		}
	}
	return t
}

// pathFailure is a template's path that leads nowhere.
type pathFailure struct{ field, path, why string }

func (e *pathFailure) Error() string {
	return "The JSONPath '" + e.path + "' specified for the field '" + e.field + "' could not be found in the input"
}

func (t *template) eval(sc *scope, env *Env) (any, error) {
	switch t.kind {
	case objectTemplate:
		out := make(Object, 0, len(t.fields))
		for i := range t.fields {
			v, err := t.fields[i].eval(sc, env)
			if err != nil {
				return nil, err
			}
			out = append(out, Member{t.fields[i].key, v})
		}
		return out, nil
	case listTemplate:
		out := make([]any, len(t.items))
		for i, in := range t.items {
			v, err := in.eval(sc, env)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case constantTemplate:
	}
	return t.constant, nil
}

func (f *templateField) eval(sc *scope, env *Env) (any, error) {
	if f.expr == nil {
		return f.in.eval(sc, env)
	}
	v, err := f.expr.eval(sc, env)
	var m *missing
	if errors.As(err, &m) {
		return nil, &pathFailure{field: f.key + ".$", path: f.text, why: m.text}
	}
	return v, err
}
