package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/ontdox/takedown/internal/takedown"
)

// maxIDs is how many ids one entry may name (design §5).
const maxIDs = 40

// Encode writes an entry as its line: compact JSON, UTF-8, keys in a fixed
// order, only strings, integers and lists of strings. Entries without id,
// actor or act, with more than 40 ids, or with text that is no UTF-8 are
// Invalid.
func Encode(e Entry) ([]byte, error) {
	if err := check(e); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteByte('{')
	field(&b, "id", e.ID)
	field(&b, "stream", e.Stream)
	b.WriteString(`,"seq":` + strconv.FormatInt(e.Seq, 10))
	field(&b, "at", e.At.UTC().Format(time.RFC3339))
	field(&b, "actor", e.Actor)
	field(&b, "role", e.Role)
	field(&b, "act", e.Act)
	field(&b, "reason", e.Reason)
	list(&b, "ids", e.IDs)
	list(&b, "hashes", e.Hashes)
	field(&b, "prev", e.Prev)
	b.WriteByte('}')
	return b.Bytes(), nil
}

func check(e Entry) error {
	for _, f := range []struct{ name, value string }{{"id", e.ID}, {"stream", e.Stream}, {"actor", e.Actor}, {"act", e.Act}} {
		if f.value == "" {
			return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "an entry needs %s", f.name)
		}
	}
	if len(e.IDs) > maxIDs {
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "an entry names at most %d ids", maxIDs)
	}
	if len(e.Prev) != len(Genesis) || e.Seq < 1 || e.At.IsZero() {
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "an entry needs seq, at and prev")
	}
	all := slices.Concat([]string{e.ID, e.Stream, e.Actor, e.Role, e.Act, e.Reason}, e.IDs, e.Hashes)
	for _, s := range all {
		if !utf8.ValidString(s) {
			return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "an entry holds UTF-8 alone")
		}
	}
	return nil
}

func field(b *bytes.Buffer, name, value string) {
	if b.Len() > 1 {
		b.WriteByte(',')
	}
	quote(b, name)
	b.WriteByte(':')
	quote(b, value)
}

func list(b *bytes.Buffer, name string, values []string) {
	b.WriteByte(',')
	quote(b, name)
	b.WriteString(":[")
	for i, v := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		quote(b, v)
	}
	b.WriteByte(']')
}

// quote writes a JSON string the one way that we write it: no HTML escaping.
func quote(b *bytes.Buffer, s string) {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes
	b.Truncate(b.Len() - 1)
}

// Decode reads a line strictly: whatever Encode would not write byte for byte
// is refused.
func Decode(line []byte) (Entry, error) {
	var raw struct {
		ID     string   `json:"id"`
		Stream string   `json:"stream"`
		Seq    int64    `json:"seq"`
		At     string   `json:"at"`
		Actor  string   `json:"actor"`
		Role   string   `json:"role"`
		Act    string   `json:"act"`
		Reason string   `json:"reason"`
		IDs    []string `json:"ids"`
		Hashes []string `json:"hashes"`
		Prev   string   `json:"prev"`
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&raw); err != nil {
		return Entry{}, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "is no entry")
	}
	at, err := time.Parse(time.RFC3339, raw.At)
	if err != nil {
		return Entry{}, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "has no instant")
	}
	e := Entry{raw.ID, raw.Stream, raw.Seq, at.UTC(), raw.Actor, raw.Role, raw.Act, raw.Reason, raw.IDs, raw.Hashes, raw.Prev}
	again, err := Encode(e)
	if err != nil {
		return Entry{}, err
	}
	if !bytes.Equal(again, line) {
		return Entry{}, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "is not written as an entry is")
	}
	return e, nil
}

// Chain makes lines of entries: it fills in stream, sequence number and prev,
// and gives the hash of the last line. seq and prev are those of the stream's
// last line: 0 and Genesis for a new one.
func Chain(stream string, seq int64, prev string, entries []Entry) ([]Line, string, error) {
	lines := make([]Line, 0, len(entries))
	for _, e := range entries {
		seq++
		e.Stream, e.Seq, e.Prev = stream, seq, prev
		b, err := Encode(e)
		if err != nil {
			return nil, "", err
		}
		prev = Hash(b)
		lines = append(lines, Line{Stream: stream, Seq: seq, ID: e.ID, Bytes: b})
	}
	return lines, prev, nil
}

// Canonical is the history's encoder for other hashed things: compact JSON,
// keys sorted, strings as in entries; values are strings, integers, booleans,
// lists and maps of them, nil as null.
func Canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	err := canonical(&b, v)
	return b.Bytes(), err
}

func canonical(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case string:
		quote(b, v)
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case int:
		b.WriteString(strconv.Itoa(v))
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case []any:
		return canonicalList(b, v)
	case map[string]any:
		return canonicalMap(b, v)
	default:
		return fmt.Errorf("canonical JSON has no %T", v)
	}
	return nil
}

func canonicalList(b *bytes.Buffer, list []any) error {
	b.WriteByte('[')
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := canonical(b, v); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

func canonicalMap(b *bytes.Buffer, m map[string]any) error {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	b.WriteByte('{')
	for i, k := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		quote(b, k)
		b.WriteByte(':')
		if err := canonical(b, m[k]); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}
