package audit

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxIDs is how many ids one entry may name (design §5).
const maxIDs = 40

// Encode writes an entry as its line: compact JSON, UTF-8, keys in a fixed
// order, only strings, integers and lists of strings; At in UTC, cut to the
// second. Entries without id, stream, actor, act, sequence number, instant or
// prev, with more than 40 ids, or with text that is no UTF-8 are Invalid.
func Encode(e Entry) ([]byte, error) {
	if err := check(e); err != nil {
		return nil, err
	}
	b := appendField([]byte{'{'}, "id", e.ID)
	b = appendField(b, "stream", e.Stream)
	b = strconv.AppendInt(append(b, `,"seq":`...), e.Seq, 10)
	b = appendField(b, "at", e.At.UTC().Format(time.RFC3339))
	b = appendField(b, "actor", e.Actor)
	b = appendField(b, "role", e.Role)
	b = appendField(b, "act", e.Act)
	b = appendField(b, "reason", e.Reason)
	b = appendStrings(b, "ids", e.IDs)
	b = appendStrings(b, "hashes", e.Hashes)
	b = appendField(b, "prev", e.Prev)
	return append(b, '}'), nil
}

func check(e Entry) error {
	for _, f := range []struct{ name, value string }{{"id", e.ID}, {"stream", e.Stream}, {"actor", e.Actor}, {"act", e.Act}} {
		if f.value == "" {
			return invalid("an entry needs %s", f.name)
		}
	}
	if len(e.IDs) > maxIDs {
		return invalid("an entry names at most %d ids", maxIDs)
	}
	if e.Seq < 1 {
		return invalid("an entry needs a number in its stream")
	}
	if y := e.At.UTC().Year(); e.At.IsZero() || y < 0 || y > 9999 {
		return invalid("an entry needs an instant of the years 0 to 9999")
	}
	if len(e.Prev) != len(Genesis) || strings.Trim(e.Prev, "0123456789abcdef") != "" {
		return invalid("an entry needs the hash of the one before")
	}
	for _, s := range slices.Concat([]string{e.ID, e.Stream, e.Actor, e.Role, e.Act, e.Reason}, e.IDs, e.Hashes) {
		if !utf8.ValidString(s) {
			return invalid("an entry holds UTF-8 alone")
		}
	}
	return nil
}

func appendField(b []byte, name, value string) []byte {
	return appendQuoted(appendName(b, name), value)
}

func appendName(b []byte, name string) []byte {
	if len(b) > 1 {
		b = append(b, ',')
	}
	return append(appendQuoted(b, name), ':')
}

func appendStrings(b []byte, name string, values []string) []byte {
	b = append(appendName(b, name), '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendQuoted(b, v)
	}
	return append(b, ']')
}

// Decode reads a line strictly: whatever Encode would not write byte for byte
// is Invalid.
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
	if err := json.Unmarshal(line, &raw); err != nil {
		return Entry{}, invalid("is no entry")
	}
	at, err := time.Parse(time.RFC3339, raw.At)
	if err != nil {
		return Entry{}, invalid("has no instant")
	}
	e := Entry{raw.ID, raw.Stream, raw.Seq, at.UTC(), raw.Actor, raw.Role, raw.Act, raw.Reason, raw.IDs, raw.Hashes, raw.Prev}
	again, err := Encode(e)
	if err != nil {
		return Entry{}, err
	}
	// Unknown, doubled and reordered keys, other spellings and white space all
	// end here.
	if !bytes.Equal(again, line) {
		return Entry{}, invalid("is not written as an entry is")
	}
	return e, nil
}

// Chain makes lines of entries: it fills in stream, sequence number and prev,
// and gives the hash of the last line. seq and prev are those of the stream's
// last line: 0 and Genesis for a new one. Errors are Encode's; then nothing is
// chained.
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
