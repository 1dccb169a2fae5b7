package asl

import (
	"errors"
	"fmt"
	"strings"
)

// expr is what stands after the colon of a field whose name ends in ".$": a
// path or an intrinsic function.
type expr interface {
	eval(sc *scope, env *Env) (any, error)
}

type pathExpr struct{ *path }

func (e pathExpr) eval(sc *scope, _ *Env) (any, error) { return e.path.eval(sc) }

type literalExpr struct{ v any }

func (e literalExpr) eval(*scope, *Env) (any, error) { return e.v, nil }

// rawText is a quoted literal as it was written: Format reads its escapes
// itself, because \{ must not become a placeholder.
type rawText string

func (e rawText) eval(*scope, *Env) (any, error) { return unescape(string(e)), nil }

type callExpr struct {
	name string
	fn   function
	args []expr
}

// isIntrinsic says whether a text is meant as a call.
func isIntrinsic(s string) bool { return strings.HasPrefix(s, "States.") }

// parseExpr reads a path or an intrinsic call.
func parseExpr(text string) (expr, error) {
	if !isIntrinsic(text) {
		p, err := parsePath(text)
		return pathExpr{p}, err
	}
	pp := pathParser{s: text}
	e, err := pp.call(0)
	if err != nil {
		return nil, err
	}
	if pp.spaces(); pp.i < len(text) {
		return nil, errors.New("intrinsic function: text after the call")
	}
	return e, nil
}

func (pp *pathParser) call(depth int) (expr, error) {
	if depth > maxNesting {
		return nil, errors.New("intrinsic function: nested too deeply")
	}
	open := strings.IndexByte(pp.s[pp.i:], '(')
	if open < 0 {
		return nil, errors.New("intrinsic function: ( is missing")
	}
	name := strings.TrimSpace(pp.s[pp.i : pp.i+open])
	f, ok := functions[name]
	if !ok {
		return nil, errors.New("this intrinsic function is not known")
	}
	pp.i += open + 1
	c := &callExpr{name: name, fn: f}
	if err := pp.args(c, depth); err != nil {
		return nil, err
	}
	if name == "States.MathRandom" && len(c.args) == 3 {
		return nil, errors.New("a seed is not supported: which number it leads to is not documented")
	}
	if n := len(c.args); n < f.min || f.max >= 0 && n > f.max {
		return nil, fmt.Errorf("%s does not take %d arguments", name, n)
	}
	return c, nil
}

func (pp *pathParser) args(c *callExpr, depth int) error {
	if pp.take(")") {
		return nil
	}
	for {
		a, err := pp.arg(depth)
		if err != nil {
			return err
		}
		c.args = append(c.args, a)
		if pp.take(")") {
			return nil
		}
		if !pp.take(",") {
			return errors.New("intrinsic function: expected , or )")
		}
	}
}

func (pp *pathParser) arg(depth int) (expr, error) {
	pp.spaces()
	switch {
	case pp.at('$'):
		p, err := pp.path('$')
		return pathExpr{p}, err
	case pp.at('\''):
		return pp.rawQuoted()
	case strings.HasPrefix(pp.s[pp.i:], "States."):
		return pp.call(depth + 1)
	}
	from := pp.i
	for pp.i < len(pp.s) && strings.IndexByte(",) \t", pp.s[pp.i]) < 0 {
		pp.i++
	}
	v, err := ParseJSON([]byte(pp.s[from:pp.i]))
	if err != nil || pp.i == from || pp.s[from] == '"' || pp.s[from] == '{' || pp.s[from] == '[' {
		return nil, errors.New("intrinsic function: bad argument")
	}
	return literalExpr{v}, nil
}

func (pp *pathParser) rawQuoted() (expr, error) {
	pp.i++
	from := pp.i
	for ; pp.i < len(pp.s); pp.i++ {
		switch pp.s[pp.i] {
		case '\\':
			if pp.i++; pp.i == len(pp.s) || strings.IndexByte(`'{}\`, pp.s[pp.i]) < 0 {
				return nil, errors.New(`intrinsic function: \ must stand before ', {, } or \`)
			}
		case '\'':
			pp.i++
			return rawText(pp.s[from : pp.i-1]), nil
		}
	}
	return nil, errors.New("intrinsic function: a quote is missing")
}

// unescape takes the backslash off the four characters that may carry one;
// before any other it stays.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte(`'{}\`, s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func (c *callExpr) eval(sc *scope, env *Env) (any, error) {
	args := make([]any, len(c.args))
	for i, a := range c.args {
		if raw, ok := a.(rawText); ok && i == 0 && c.name == "States.Format" {
			args[i] = string(raw)
			continue
		}
		v, err := a.eval(sc, env)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	v, err := c.fn.apply(args, env)
	if errors.Is(err, errTooLarge) {
		return nil, err
	}
	if err != nil {
		return nil, &intrinsicError{fmt.Sprintf("Invalid arguments in %s: %v", c.name, err)}
	}
	return v, nil
}

// intrinsicError becomes States.IntrinsicFailure.
type intrinsicError struct{ text string }

func (e *intrinsicError) Error() string { return e.text }
