package asl

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// expr reads a path or an intrinsic call and checks its variables.
func (l *loader) expr(s, at string) expr {
	e, err := parseExpr(s)
	if err != nil {
		l.refuse(at, "%v", err)
		return literalExpr{}
	}
	l.variables(e, at)
	return e
}

// variables refuses a variable that nothing assigns.
func (l *loader) variables(e expr, at string) {
	switch x := e.(type) {
	case pathExpr:
		if x.root != rootVariable {
			return
		}
		for _, sc := range l.scopes {
			if sc.assigned[x.variable] {
				return
			}
		}
		l.refuse(at, "the variable %s is never assigned", x.variable)
	case *callExpr:
		for _, a := range x.args {
			l.variables(a, at)
		}
	}
}

// path reads a path; nil when refused.
func (l *loader) path(s, at string) *path {
	if isIntrinsic(s) {
		l.refuse(at, "an intrinsic function is not supported here")
		return nil
	}
	e, ok := l.expr(s, at).(pathExpr)
	if !ok {
		return nil
	}
	return e.path
}

func (l *loader) pathField(o Object, at, key string) pathField {
	v, ok := o.Get(key)
	if !ok {
		return pathField{}
	}
	if v == nil {
		return pathField{null: true}
	}
	s, ok := v.(string)
	if !ok {
		l.refuse(child(at, key), "must be a path or null")
		return pathField{}
	}
	return pathField{path: l.path(s, child(at, key))}
}

func (l *loader) resultPath(o Object, at string) resultPath {
	v, ok := o.Get("ResultPath")
	if !ok || v == "$" {
		return resultPath{}
	}
	if v == nil {
		return resultPath{discard: true}
	}
	here := child(at, "ResultPath")
	s, ok := v.(string)
	if !ok {
		l.refuse(here, "must be a path or null")
		return resultPath{}
	}
	p := l.path(s, here)
	if p != nil && (p.root != rootInput || !p.isReference()) {
		l.refuse(here, "must be a reference path into the input")
	}
	return resultPath{path: p}
}

func (l *loader) template(o Object, at, key string) *template {
	v, ok := o.Get(key)
	if !ok {
		return nil
	}
	if _, ok := v.(Object); !ok && key != "Parameters" {
		l.refuse(child(at, key), "must be an object")
	}
	return l.parseTemplate(v, child(at, key))
}

func (l *loader) assign(o Object, at string) *template {
	v, ok := o.Get("Assign")
	if !ok {
		return nil
	}
	here := child(at, "Assign")
	a, ok := v.(Object)
	if !ok {
		l.refuse(here, "must be an object")
		return nil
	}
	for _, m := range a {
		name := strings.TrimSuffix(m.Key, ".$")
		if !isVariableName(name) {
			l.refuse(child(here, m.Key), "not a variable's name")
		}
	}
	return l.parseTemplate(a, here)
}

// isVariableName holds a name against Unicode's identifiers (UAX 31).
func isVariableName(s string) bool {
	if s == "states" || !utf8.ValidString(s) || utf8.RuneCountInString(s) > 80 {
		return false
	}
	for i, r := range s {
		start := unicode.IsLetter(r) || unicode.Is(unicode.Nl, r)
		if !start && (i == 0 || !unicode.In(r, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Pc)) {
			return false
		}
	}
	return s != ""
}

// whole reads a whole number between two bounds.
func (l *loader) whole(o Object, at, key string, low, high int64) (int64, bool) {
	v, ok := o.Get(key)
	if !ok {
		return 0, false
	}
	num, isNumber := v.(Number)
	n, isWhole := num.asInt()
	if !isNumber || !isWhole || n < low || n > high {
		l.refuse(child(at, key), "must be a whole number from %d to %d", low, high)
		return 0, false
	}
	return n, true
}

// number reads a field and its …Path twin.
func (l *loader) number(o Object, at, key string, low, high int64) numberField {
	f := numberField{name: key}
	if n, ok := l.whole(o, at, key, low, high); ok {
		f.set, f.n = true, n
	}
	v, ok := o.Get(key + "Path")
	if !ok {
		return f
	}
	here := child(at, key+"Path")
	if _, both := o.Get(key); both {
		l.refuse(here, "%s is there too", key)
	}
	s, ok := v.(string)
	if !ok {
		l.refuse(here, "must be a path")
		return f
	}
	f.set, f.path, f.name = true, l.path(s, here), key+"Path"
	if f.path != nil && !f.path.definite {
		l.refuse(here, "must be a path to one value")
	}
	return f
}

// text reads a text and its …Path twin, which may be a call.
func (l *loader) text(o Object, at, key string) textField {
	f := textField{name: key}
	if v, ok := o.Get(key); ok {
		s, isText := v.(string)
		if !isText {
			l.refuse(child(at, key), "must be a text")
		}
		f.set, f.text = true, s
	}
	v, ok := o.Get(key + "Path")
	if !ok {
		return f
	}
	here := child(at, key+"Path")
	if f.set {
		l.refuse(here, "%s is there too", key)
	}
	s, isText := v.(string)
	if !isText {
		l.refuse(here, "must be a path or an intrinsic function")
		return f
	}
	f.set, f.expr, f.path, f.name = true, l.expr(s, here), s, key+"Path"
	return f
}

// textFunctions are the calls that a Fail takes, as the developer guide lists
// them ("Fail workflow state"): those that give a text.
var textFunctions = []string{
	"States.Format", "States.JsonToString", "States.ArrayGetItem", "States.Base64Encode", "States.Base64Decode", "States.Hash", "States.UUID",
}

// says reads the error's name or the cause of a Fail.
func (l *loader) says(o Object, at, key string) textField {
	f := l.text(o, at, key)
	if c, ok := f.expr.(*callExpr); ok && !slices.Contains(textFunctions, c.name) {
		l.refuse(child(at, f.name), "%s does not give a text", c.name)
	}
	return f
}
