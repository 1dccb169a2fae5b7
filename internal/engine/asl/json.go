package asl

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deep JSON may be nested, as in the service's own reader.
const maxDepth = 1000

// ParseJSON reads one JSON value. The error says where it went wrong and never
// quotes the input.
func ParseJSON(data []byte) (any, error) {
	p := parser{s: data}
	return p.whole()
}

// parseOnce is ParseJSON for a text in which every name of an object must be
// there once; *doubledError otherwise.
func parseOnce(data []byte) (any, error) {
	p := parser{s: data, once: true}
	return p.whole()
}

// doubledError is a name that an object has twice; at is its JSON path without
// the "$".
type doubledError struct{ at string }

func (e *doubledError) Error() string { return "JSON: a name is there twice" }

// below puts where a doubled name's parent stands before its path.
func below(err error, parent string) error {
	var e *doubledError
	if errors.As(err, &e) {
		e.at = parent + e.at
	}
	return err
}

func (p *parser) whole() (any, error) {
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.i < len(p.s) {
		return nil, p.fail("text after the value")
	}
	return v, nil
}

type parser struct {
	s    []byte
	i    int
	once bool // a doubled name is an error
}

func (p *parser) fail(what string) error { return fmt.Errorf("JSON: %s at byte %d", what, p.i) }

func (p *parser) space() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return
		}
	}
}

func (p *parser) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, p.fail("nested too deeply")
	}
	p.space()
	if p.i >= len(p.s) {
		return nil, p.fail("unexpected end")
	}
	switch c := p.s[p.i]; {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		return p.string()
	case c == 't':
		return true, p.word("true")
	case c == 'f':
		return false, p.word("false")
	case c == 'n':
		return nil, p.word("null")
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	return nil, p.fail("unexpected character")
}

func (p *parser) word(w string) error {
	if !bytes.HasPrefix(p.s[p.i:], []byte(w)) {
		return p.fail("unexpected character")
	}
	p.i += len(w)
	return nil
}

func (p *parser) digits() bool {
	from := p.i
	for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		p.i++
	}
	return p.i > from
}

func (p *parser) at(c byte) bool { return p.i < len(p.s) && p.s[p.i] == c }

func (p *parser) number() (any, error) {
	from := p.i
	if p.at('-') {
		p.i++
	}
	if p.at('0') {
		p.i++
	} else if !p.digits() {
		return nil, p.fail("bad number")
	}
	if p.at('.') {
		if p.i++; !p.digits() {
			return nil, p.fail("bad number")
		}
	}
	if p.at('e') || p.at('E') {
		p.i++
		if p.at('+') || p.at('-') {
			p.i++
		}
		if !p.digits() {
			return nil, p.fail("bad number")
		}
	}
	if n := p.s[from:p.i]; string(n) != "-0" {
		return Number(n), nil
	}
	return Number("0"), nil // as the service reads it
}

func (p *parser) array(depth int) (any, error) {
	p.i++
	out := []any{}
	if p.space(); p.at(']') {
		p.i++
		return out, nil
	}
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, below(err, index("", len(out)))
		}
		out = append(out, v)
		p.space()
		if p.at(']') {
			p.i++
			return out, nil
		}
		if !p.at(',') {
			return nil, p.fail("expected , or ]")
		}
		p.i++
	}
}

func (p *parser) object(depth int) (any, error) {
	p.i++
	out := Object{}
	if p.space(); p.at('}') {
		p.i++
		return out, nil
	}
	var seen map[string]int // only for large objects
	for {
		if p.space(); !p.at('"') {
			return nil, p.fail("expected a member's name")
		}
		key, err := p.string()
		if err != nil {
			return nil, err
		}
		if p.space(); !p.at(':') {
			return nil, p.fail("expected :")
		}
		p.i++
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, below(err, child("", key.(string)))
		}
		before := len(out)
		if out, seen = putLast(out, seen, key.(string), v); p.once && len(out) == before {
			return nil, &doubledError{child("", key.(string))}
		}
		p.space()
		if p.at('}') {
			p.i++
			return out, nil
		}
		if !p.at(',') {
			return nil, p.fail("expected , or }")
		}
		p.i++
	}
}

// putLast sets a member while an object is read; of a doubled key the last one
// counts.
func putLast(out Object, seen map[string]int, key string, v any) (Object, map[string]int) {
	if seen == nil && len(out) >= 32 {
		seen = make(map[string]int, 64)
		for i, m := range out {
			seen[m.Key] = i
		}
	}
	if seen != nil {
		if i, ok := seen[key]; ok {
			out[i].Value = v
			return out, seen
		}
		seen[key] = len(out)
		return append(out, Member{key, v}), seen
	}
	for i := range out {
		if out[i].Key == key {
			out[i].Value = v
			return out, seen
		}
	}
	return append(out, Member{key, v}), seen
}

func (p *parser) string() (any, error) {
	p.i++
	from := p.i
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == '"':
			s := string(bytes.ToValidUTF8(p.s[from:p.i], []byte("\ufffd")))
			p.i++
			return s, nil
		case c == '\\':
			return p.escaped(from)
		case c < ' ':
			return nil, p.fail("control character in a string")
		}
		p.i++
	}
	return nil, p.fail("string without end")
}

func (p *parser) escaped(from int) (any, error) {
	buf := append([]byte(nil), p.s[from:p.i]...)
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == '"':
			p.i++
			return string(bytes.ToValidUTF8(buf, []byte("\ufffd"))), nil
		case c < ' ':
			return nil, p.fail("control character in a string")
		case c != '\\':
			buf = append(buf, c)
			p.i++
		default:
			var err error
			if buf, err = p.escape(buf); err != nil {
				return nil, err
			}
		}
	}
	return nil, p.fail("string without end")
}

func (p *parser) escape(buf []byte) ([]byte, error) {
	if p.i+1 >= len(p.s) {
		return nil, p.fail("string without end")
	}
	c := p.s[p.i+1]
	p.i += 2
	switch c {
	case '"', '\\', '/':
		return append(buf, c), nil
	case 'b':
		return append(buf, '\b'), nil
	case 'f':
		return append(buf, '\f'), nil
	case 'n':
		return append(buf, '\n'), nil
	case 'r':
		return append(buf, '\r'), nil
	case 't':
		return append(buf, '\t'), nil
	case 'u':
		return p.unicode(buf)
	}
	return nil, p.fail("unknown escape")
}

func (p *parser) unicode(buf []byte) ([]byte, error) {
	r, ok := p.hex4()
	if !ok {
		return nil, p.fail("bad \\u escape")
	}
	if utf16.IsSurrogate(r) {
		second := rune(-1)
		if bytes.HasPrefix(p.s[p.i:], []byte(`\u`)) {
			mark := p.i
			p.i += 2
			if second, ok = p.hex4(); !ok || utf16.DecodeRune(r, second) == utf8.RuneError {
				p.i, second = mark, -1
			}
		}
		r = utf16.DecodeRune(r, second)
	}
	return utf8.AppendRune(buf, r), nil
}

func (p *parser) hex4() (rune, bool) {
	if p.i+4 > len(p.s) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(p.s[p.i:p.i+4]), 16, 16)
	if err != nil {
		return 0, false
	}
	p.i += 4
	return rune(n), true
}
