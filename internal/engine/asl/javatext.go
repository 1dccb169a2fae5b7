package asl

import (
	"bytes"
	"sort"
	"strconv"
	"strings"
)

// appendJava appends a value as States.Format shows it: texts bare, objects as
// {a=1, b=[]}. The service is written in Java, and this is what it answers.
func appendJava(b []byte, v any) []byte {
	switch x := v.(type) {
	case string:
		return append(b, x...)
	case Number:
		return append(b, javaNumber(x)...)
	case []any:
		b = append(b, '[')
		for i, e := range x {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = appendJava(b, e)
		}
		return append(b, ']')
	case Object:
		b = append(b, '{')
		for i, m := range x {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = append(append(b, m.Key...), '=')
			b = appendJava(b, m.Value)
		}
		return append(b, '}')
	}
	return AppendJSON(b, v)
}

// javaNumber spells a number as Java's Double.toString does; whole ones without
// point and exponent stay as they are.
func javaNumber(n Number) string {
	if !strings.ContainsAny(string(n), ".eE") {
		return string(n)
	}
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil {
		return string(n)
	}
	if a := max(f, -f); f == 0 || a >= 1e-3 && a < 1e7 {
		return withPoint(strconv.FormatFloat(f, 'f', -1, 64))
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	e, _ := strconv.Atoi(exponent) // FormatFloat wrote it
	return withPoint(mantissa) + "E" + strconv.Itoa(e)
}

func withPoint(s string) string {
	if strings.Contains(s, ".") {
		return s
	}
	return s + ".0"
}

// appendCanonical appends a text that equal values share and others do not.
func appendCanonical(b []byte, v any) []byte {
	switch x := v.(type) {
	case Number:
		if i, ok := x.asInt(); ok {
			return strconv.AppendInt(b, i, 10)
		}
		return strconv.AppendFloat(b, x.asFloat(), 'g', -1, 64)
	case []any:
		b = append(b, '[')
		for _, e := range x {
			b = append(appendCanonical(b, e), ',')
		}
		return append(b, ']')
	case Object:
		parts := make([][]byte, len(x))
		for i, m := range x {
			parts[i] = appendCanonical(append(appendString(nil, m.Key), ':'), m.Value)
		}
		sort.Slice(parts, func(i, j int) bool { return bytes.Compare(parts[i], parts[j]) < 0 })
		return append(append(append(b, '{'), bytes.Join(parts, []byte{','})...), '}')
	}
	return AppendJSON(b, v)
}
