package asl

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

type root int

const (
	rootInput    root = iota // $
	rootContext              // $$
	rootVariable             // $name
)

type stepKind int

const (
	stepKey stepKind = iota
	stepIndexes
	stepSlice
	stepWild
	stepFilter
)

type step struct {
	kind     stepKind
	deep     bool // after ..
	key      string
	indexes  []int
	from, to *int
	filter   filter
}

// path is a parsed JSONPath. A definite one leads to at most one value, an
// indefinite one to a list. A reference path has only names and single
// indexes.
type path struct {
	text     string
	root     root
	variable string
	steps    []step
	definite bool
}

func (p *path) isReference() bool {
	for _, s := range p.steps {
		if s.deep || s.kind != stepKey && (s.kind != stepIndexes || len(s.indexes) != 1 || s.indexes[0] < 0) {
			return false
		}
	}
	return true
}

type pathParser struct {
	s     string
	i     int
	depth int // of paths inside filters
}

// parsePath reads a whole text as one path.
func parsePath(text string) (*path, error) {
	pp := pathParser{s: text}
	p, err := pp.path('$')
	if err != nil {
		return nil, err
	}
	if pp.i < len(text) {
		return nil, fmt.Errorf("not a path: unexpected %q", text[pp.i:pp.i+1])
	}
	p.text = text
	return p, nil
}

func (pp *pathParser) at(c byte) bool { return pp.i < len(pp.s) && pp.s[pp.i] == c }

// path reads from the root sign (@ inside filters) up to what cannot belong to
// a path.
func (pp *pathParser) path(sign byte) (*path, error) {
	if !pp.at(sign) {
		return nil, errors.New("not a path: it must start with $")
	}
	if pp.depth++; pp.depth > maxNesting {
		return nil, errors.New("not a path: nested too deeply")
	}
	defer func() { pp.depth-- }()
	from := pp.i
	pp.i++
	p := &path{definite: true}
	if sign == '$' {
		if pp.at('$') {
			pp.i++
			p.root = rootContext
		} else if name := pp.name(); name != "" {
			p.root, p.variable = rootVariable, name
			if name == "states" {
				return nil, errors.New("the reserved variable $states belongs to JSONata")
			}
		}
	}
	for pp.i < len(pp.s) && (pp.s[pp.i] == '.' || pp.s[pp.i] == '[') {
		s, err := pp.step()
		if err != nil {
			return nil, err
		}
		if s.deep || s.kind > stepIndexes || len(s.indexes) > 1 {
			p.definite = false
		}
		p.steps = append(p.steps, s)
	}
	p.text = pp.s[from:pp.i]
	return p, nil
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// name reads a variable's name.
func (pp *pathParser) name() string {
	from := pp.i
	for pp.i < len(pp.s) && isNameByte(pp.s[pp.i]) {
		pp.i++
	}
	return pp.s[from:pp.i]
}

func (pp *pathParser) step() (step, error) {
	var s step
	if pp.at('.') {
		pp.i++
		if pp.at('.') {
			pp.i++
			s.deep = true
		}
		if !pp.at('[') {
			return pp.dotted(s)
		}
	}
	pp.i++
	return pp.bracket(s)
}

func (pp *pathParser) dotted(s step) (step, error) {
	if pp.at('*') {
		pp.i++
		s.kind = stepWild
		return s, nil
	}
	from := pp.i
	for pp.i < len(pp.s) && (isNameByte(pp.s[pp.i]) || strings.IndexByte("-:/#$%+~|^", pp.s[pp.i]) >= 0) {
		pp.i++
	}
	if pp.at('(') {
		return s, errors.New("functions in paths are not supported")
	}
	if s.key = pp.s[from:pp.i]; s.key == "" {
		return s, errors.New("not a path: a name must follow the dot")
	}
	return s, nil
}

func (pp *pathParser) bracket(s step) (step, error) {
	pp.spaces()
	var err error
	switch {
	case pp.at('*'):
		pp.i++
		s.kind = stepWild
	case pp.at('?'):
		pp.i++
		s.kind = stepFilter
		s.filter, err = pp.filterExpr()
	case pp.at('\'') || pp.at('"'):
		s.key, err = pp.quoted()
	default:
		err = pp.indexes(&s)
	}
	if err != nil {
		return s, err
	}
	pp.spaces()
	if !pp.at(']') {
		if pp.at(',') {
			return s, errors.New("several names in one bracket are not supported")
		}
		return s, errors.New("not a path: ] is missing")
	}
	pp.i++
	return s, nil
}

func (pp *pathParser) spaces() {
	for pp.at(' ') || pp.at('\t') {
		pp.i++
	}
}

func (pp *pathParser) quoted() (string, error) {
	quote := pp.s[pp.i]
	pp.i++
	var b strings.Builder
	for pp.i < len(pp.s) {
		c := pp.s[pp.i]
		pp.i++
		switch {
		case c == quote:
			return b.String(), nil
		case c == '\\':
			return "", errors.New("a backslash in a path is not supported")
		default:
			b.WriteByte(c)
		}
	}
	return "", errors.New("not a path: a quote is missing")
}

func (pp *pathParser) integer() (*int, error) {
	pp.spaces()
	from := pp.i
	if pp.at('-') {
		pp.i++
	}
	for pp.i < len(pp.s) && pp.s[pp.i] >= '0' && pp.s[pp.i] <= '9' {
		pp.i++
	}
	defer pp.spaces()
	if pp.i == from {
		return nil, nil //nolint:nilnil // an open end of a slice
	}
	n, err := strconv.Atoi(pp.s[from:pp.i])
	if err != nil {
		return nil, errors.New("not a path: bad index")
	}
	return &n, nil
}

func (pp *pathParser) indexes(s *step) error {
	first, err := pp.integer()
	if err != nil {
		return err
	}
	if pp.at(':') {
		pp.i++
		s.kind, s.from = stepSlice, first
		s.to, err = pp.integer()
		if err == nil && pp.at(':') {
			err = errors.New("a step in a slice is not supported")
		}
		return err
	}
	s.kind = stepIndexes
	for {
		if first == nil {
			return errors.New("not a path: bad index")
		}
		s.indexes = append(s.indexes, *first)
		if !pp.at(',') {
			return nil
		}
		pp.i++
		if first, err = pp.integer(); err != nil {
			return err
		}
	}
}
