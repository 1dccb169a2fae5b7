package asl

import "strconv"

// AppendJSON appends a value as compact JSON, members in their order.
func AppendJSON(b []byte, v any) []byte {
	switch x := v.(type) {
	case bool:
		return strconv.AppendBool(b, x)
	case Number:
		return append(b, x...)
	case string:
		return appendString(b, x)
	case []any:
		b = append(b, '[')
		for i, e := range x {
			if i > 0 {
				b = append(b, ',')
			}
			b = AppendJSON(b, e)
		}
		return append(b, ']')
	case Object:
		b = append(b, '{')
		for i, m := range x {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, m.Key), ':')
			b = AppendJSON(b, m.Value)
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

const hexDigits = "0123456789abcdef"

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		case '\b':
			b = append(b, '\\', 'b')
		case '\f':
			b = append(b, '\\', 'f')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(b, s[from:]...), '"')
}

// jsonSize is the length of AppendJSON's answer without making it.
func jsonSize(v any) int {
	switch x := v.(type) {
	case bool:
		if x {
			return 4
		}
		return 5
	case Number:
		return len(x)
	case string:
		return stringSize(x)
	case []any:
		n := 1 + max(1, len(x))
		for _, e := range x {
			n += jsonSize(e)
		}
		return n
	case Object:
		n := 1 + max(1, len(x))
		for _, m := range x {
			n += stringSize(m.Key) + 1 + jsonSize(m.Value)
		}
		return n
	}
	return 4
}

func stringSize(s string) int {
	n := len(s) + 2
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t' || c == '\b' || c == '\f':
			n++
		case c < ' ':
			n += 5
		}
	}
	return n
}

// Data holds a value in what serialises by encoding/json.
type Data struct{ V any }

// MarshalJSON writes the value in the order of its members.
func (d Data) MarshalJSON() ([]byte, error) { return AppendJSON(nil, d.V), nil }

// UnmarshalJSON reads a value.
func (d *Data) UnmarshalJSON(b []byte) error {
	v, err := ParseJSON(b)
	d.V = v
	return err
}
