package asl

import (
	"errors"
	"fmt"
	"strings"
)

// filter decides over one element of a list in a path's [?(…)].
type filter func(element, top any) bool

// maxNesting bounds the parsers that call themselves.
const maxNesting = 64

func (pp *pathParser) filterExpr() (filter, error) {
	pp.spaces()
	if !pp.at('(') {
		return nil, errors.New("not a path: ( must follow ?")
	}
	return pp.filterOr(0)
}

func (pp *pathParser) take(token string) bool {
	pp.spaces()
	if !strings.HasPrefix(pp.s[pp.i:], token) {
		return false
	}
	pp.i += len(token)
	return true
}

func (pp *pathParser) filterOr(depth int) (filter, error) {
	left, err := pp.filterAnd(depth)
	for err == nil && pp.take("||") {
		var right filter
		a := left
		if right, err = pp.filterAnd(depth); err == nil {
			left = func(e, t any) bool { return a(e, t) || right(e, t) }
		}
	}
	return left, err
}

func (pp *pathParser) filterAnd(depth int) (filter, error) {
	left, err := pp.filterOne(depth)
	for err == nil && pp.take("&&") {
		var right filter
		a := left
		if right, err = pp.filterOne(depth); err == nil {
			left = func(e, t any) bool { return a(e, t) && right(e, t) }
		}
	}
	return left, err
}

func (pp *pathParser) filterOne(depth int) (filter, error) {
	if depth > maxNesting {
		return nil, errors.New("filter nested too deeply")
	}
	if pp.take("!") {
		f, err := pp.filterOne(depth + 1)
		return func(e, t any) bool { return !f(e, t) }, err
	}
	if pp.take("(") {
		f, err := pp.filterOr(depth + 1)
		if err == nil && !pp.take(")") {
			err = errors.New("not a path: ) is missing")
		}
		return f, err
	}
	return pp.comparison()
}

// operand gives a value of a filter and whether there is one.
type operand func(element, top any) (any, bool)

func (pp *pathParser) comparison() (filter, error) {
	left, isPath, err := pp.operand()
	if err != nil {
		return nil, err
	}
	for _, op := range []string{"==", "!=", "<=", ">=", "<", ">"} {
		if !pp.take(op) {
			continue
		}
		right, _, err := pp.operand()
		if err != nil {
			return nil, err
		}
		return compareWith(op, left, right), nil
	}
	pp.spaces()
	if !isPath || !pp.at(')') && !pp.at('&') && !pp.at('|') {
		return nil, errors.New("this filter is not supported")
	}
	return func(e, t any) bool { _, ok := left(e, t); return ok }, nil
}

func compareWith(op string, left, right operand) filter {
	return func(e, t any) bool {
		a, aok := left(e, t)
		b, bok := right(e, t)
		same := aok && bok && Equal(a, b) || !aok && !bok
		switch op {
		case "==":
			return same
		case "!=":
			return !same
		}
		c, ok := orderOf(a, b)
		return ok && aok && bok && (op[0] == '<' && c < 0 || op[0] == '>' && c > 0 || len(op) == 2 && c == 0)
	}
}

// orderOf orders two numbers or two strings.
func orderOf(a, b any) (int, bool) {
	switch x := a.(type) {
	case Number:
		if y, ok := b.(Number); ok {
			return compareNumbers(x, y), true
		}
	case string:
		if y, ok := b.(string); ok {
			return order(x, y), true
		}
	}
	return 0, false
}

func (pp *pathParser) operand() (operand, bool, error) {
	pp.spaces()
	switch {
	case pp.at('@'), pp.at('$'):
		return pp.pathOperand()
	case pp.at('\''), pp.at('"'):
		s, err := pp.quoted()
		return constant(s), false, err
	case pp.take("true"):
		return constant(true), false, nil
	case pp.take("false"):
		return constant(false), false, nil
	case pp.take("null"):
		return constant(nil), false, nil
	}
	from := pp.i
	for pp.i < len(pp.s) && strings.IndexByte("0123456789+-.eE", pp.s[pp.i]) >= 0 {
		pp.i++
	}
	v, err := ParseJSON([]byte(pp.s[from:pp.i]))
	if err != nil {
		return nil, false, fmt.Errorf("not a path: bad value in a filter")
	}
	return constant(v), false, nil
}

func constant(v any) operand { return func(_, _ any) (any, bool) { return v, true } }

func (pp *pathParser) pathOperand() (operand, bool, error) {
	sign := pp.s[pp.i]
	p, err := pp.path(sign)
	if err != nil {
		return nil, false, err
	}
	if p.root != rootInput || !p.definite {
		return nil, false, errors.New("this path inside a filter is not supported")
	}
	return func(e, t any) (any, bool) {
		if sign == '$' {
			e = t
		}
		v, err := p.from(e, nil)
		return v, err == nil
	}, true, nil
}
