package asl

import (
	"math"
	"strconv"
)

// A value of JSON is nil, bool, Number, string, []any or Object. Objects keep
// the order of their members, as the service does, and numbers keep their
// spelling. Values are never changed in place, so they may be shared.

// Number is a JSON number as it was written.
type Number string

// Member is one member of an Object.
type Member struct {
	Key   string
	Value any
}

// Object is a JSON object with its members in order and no key twice.
type Object []Member

// Get gives a member's value.
func (o Object) Get(key string) (any, bool) {
	for i := range o {
		if o[i].Key == key {
			return o[i].Value, true
		}
	}
	return nil, false
}

// With gives a copy with a member set.
func (o Object) With(key string, v any) Object {
	c := make(Object, len(o), len(o)+1)
	copy(c, o)
	for i := range c {
		if c[i].Key == key {
			c[i].Value = v
			return c
		}
	}
	return append(c, Member{key, v})
}

// WithAll gives a copy with the members of another object set.
func (o Object) WithAll(with Object) Object {
	c := make(Object, len(o), len(o)+len(with))
	copy(c, o)
	at := make(map[string]int, len(o))
	for i := range c {
		at[c[i].Key] = i
	}
	for _, m := range with {
		if i, ok := at[m.Key]; ok {
			c[i].Value = m.Value
			continue
		}
		c = append(c, m)
	}
	return c
}

func intNumber(n int64) Number { return Number(strconv.FormatInt(n, 10)) }

// asInt gives a number's value if it is a whole one, also as 3.0 or 3e0.
func (n Number) asInt() (int64, bool) {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return i, true
	}
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil || f != float64(int64(f)) || f > 1<<53 || f < -(1<<53) {
		return 0, false
	}
	return int64(f), true
}

func (n Number) asFloat() float64 {
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0
	}
	return f // ±Inf when out of range, which compares well
}

// compareNumbers orders two numbers, exactly as long as both are whole.
func compareNumbers(a, b Number) int {
	x, xok := a.asInt()
	y, yok := b.asInt()
	if xok && yok {
		return order(x, y)
	}
	return order(a.asFloat(), b.asFloat())
}

func order[T int64 | float64 | string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Equal compares two values: numbers by value, objects without regard to order.
func Equal(a, b any) bool {
	switch x := a.(type) {
	case Number:
		y, ok := b.(Number)
		return ok && (x == y || compareNumbers(x, y) == 0)
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !Equal(x[i], y[i]) {
				return false
			}
		}
		return true
	case Object:
		y, ok := b.(Object)
		return ok && equalObjects(x, y)
	case nil, bool, string:
		switch b.(type) {
		case nil, bool, string:
			return a == b
		}
	}
	return false
}

func equalObjects(x, y Object) bool {
	if len(x) != len(y) {
		return false
	}
	for _, m := range x {
		v, ok := y.Get(m.Key)
		if !ok || !Equal(m.Value, v) {
			return false
		}
	}
	return true
}
