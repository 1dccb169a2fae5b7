package audit

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/ontdox/takedown/internal/takedown"
)

// Canonical is the history's encoder for whatever else is hashed (content
// hashes, MACs): compact JSON, keys sorted by their UTF-8 bytes, strings as in
// entries, no HTML escaping. Values are strings, booleans, int, int64, []string,
// []any and map[string]any of them; nil is null. Anything else, floats above
// all, and text that is no UTF-8 are Invalid: two inputs never share an output
// by accident.
func Canonical(v any) ([]byte, error) {
	return appendValue(nil, v)
}

func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		if !utf8.ValidString(v) {
			return nil, invalid("canonical JSON holds UTF-8 alone")
		}
		return appendQuoted(b, v), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case []string:
		return appendList(b, v)
	case []any:
		return appendList(b, v)
	case map[string]any:
		return appendMap(b, v)
	}
	return nil, invalid("canonical JSON has no %T", v)
}

func appendList[T any](b []byte, list []T) ([]byte, error) {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendValue(b, v); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func appendMap(b []byte, m map[string]any) ([]byte, error) {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	b = append(b, '{')
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendValue(b, k); err != nil {
			return nil, err
		}
		if b, err = appendValue(append(b, ':'), m[k]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// short are the control characters with an escape of their own (RFC 8785).
var short = map[byte]byte{'\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r', '"': '"', '\\': '\\'}

// appendQuoted writes a JSON string the one way that we write it: as RFC 8785
// does, escaping only what JSON forbids. It is ours, not encoding/json's: lines
// written today must be written the same by every later version.
func appendQuoted(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		c := s[i]
		switch e, ok := short[c]; {
		case ok:
			b = append(b, '\\', e)
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

func invalid(format string, args ...any) error {
	return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, format, args...)
}
