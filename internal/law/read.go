package law

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// readList decodes the one list of a data file, record by record and strictly:
// no unknown field, no key twice, nothing of another type, nothing behind it.
// An error names the file and the record, by its id or, without one, its place.
func readList(f file, raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	var records []json.RawMessage
	if err := dec.Decode(&records); err != nil {
		return fmt.Errorf("%s.json: %w", f.name, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) { // a bracket too many is no value
		return errors.New(f.name + ".json: more than one list")
	}
	list := reflect.ValueOf(f.into).Elem()
	out := reflect.MakeSlice(list.Type(), len(records), len(records))
	for n, record := range records {
		if err := readRecord(record, out.Index(n).Addr().Interface()); err != nil {
			return fmt.Errorf("%s.json: %s: %w", f.name, recordName(record, n), err)
		}
	}
	list.Set(out)
	return nil
}

func readRecord(raw json.RawMessage, into any) error {
	if err := keysOnce(raw); err != nil {
		return err
	}
	if !bytes.HasPrefix(raw, []byte("{")) { // null would leave a record without anything
		return errors.New("is no record")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

// recordName is the id of a record, a source's code, or its place in the list.
func recordName(raw json.RawMessage, n int) string {
	var named struct{ ID, Code any }
	// A record that cannot be read for its name is named by its place.
	if err := json.Unmarshal(raw, &named); err == nil {
		for _, v := range []any{named.ID, named.Code} {
			if s, ok := v.(string); ok && s != "" {
				return s
			}
		}
	}
	return fmt.Sprintf("record %d", n+1)
}

// keysOnce refuses an object with a key twice, whatever its letters' case: the
// decoder would take the last of them and say nothing.
func keysOnce(raw json.RawMessage) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	var open []map[string]bool // of each object and, nil, list that is open
	key := false               // in an object, a key comes next
	for {
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case t == json.Delim('{'):
			open, key = append(open, map[string]bool{}), true
			continue
		case t == json.Delim('['):
			open, key = append(open, nil), false
			continue
		case t == json.Delim('}') || t == json.Delim(']'):
			open = open[:len(open)-1]
		case key:
			name, _ := t.(string)
			seen := open[len(open)-1]
			if seen[strings.ToLower(name)] {
				return fmt.Errorf("key %q stands twice", name)
			}
			seen[strings.ToLower(name)] = true
			key = false
			continue
		}
		key = len(open) > 0 && open[len(open)-1] != nil
	}
}
