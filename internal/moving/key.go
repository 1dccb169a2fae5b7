package moving

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// wrappedIn is the wrapped key that a body holds, nil without: of a case, of
// what stands in none, of a job. Its field is "key" in every one of them.
func wrappedIn(body []byte) ([]byte, error) {
	var has struct {
		Key json.RawMessage `json:"key"`
	}
	if err := json.Unmarshal(body, &has); err != nil {
		return nil, err
	}
	var wrapped []byte
	if len(has.Key) == 0 {
		return nil, nil
	}
	return wrapped, json.Unmarshal(has.Key, &wrapped)
}

// keyed are the kinds of records that hold a wrapped key.
var keyed = map[casework.RecordKind]bool{casework.KindCase: true, casework.KindReport: true, casework.KindReply: true}

// place is where a row may hold a wrapped key: whose, in which body, and where
// it goes once it is open.
func place(m casework.Moved) (id string, body, open *[]byte) {
	switch {
	case m.Record != nil && keyed[m.Record.Kind]:
		return m.Record.ID, &m.Record.Body, &m.Record.Open
	case m.Job != nil && !m.Job.Result:
		return m.Job.ID, &m.Job.Body, &m.Job.Open
	}
	return "", nil, nil
}

// unwrap opens the key of a row.
func unwrap(ctx context.Context, keys casework.WholeKeys, m casework.Moved) error {
	id, body, open := place(m)
	if body == nil {
		return nil
	}
	wrapped, err := wrappedIn(*body)
	if err != nil || len(wrapped) == 0 { // none, or destroyed
		return err
	}
	if *open, err = keys.Unwrap(ctx, id, wrapped); err != nil {
		return named(id, err)
	}
	return nil
}

// wrap wraps it again and puts it in its place; nothing else of the body
// changes by a byte.
func wrap(ctx context.Context, keys casework.KeyWrapper, m casework.Moved) error {
	id, body, open := place(m)
	if body == nil {
		return nil
	}
	former, err := wrappedIn(*body)
	if err != nil {
		return err
	}
	if (len(former) > 0) != (len(*open) > 0) {
		return invalid("the archive holds %s without its key", id)
	}
	if len(former) == 0 {
		return nil
	}
	wrapped, err := keys.Wrap(ctx, id, *open)
	clear(*open)
	*open = nil
	if err != nil {
		return named(id, err)
	}
	was, is := quoted(former), quoted(wrapped)
	if bytes.Count(*body, was) != 1 {
		return invalid("the archive holds %s with a key that is not written as a key is", id)
	}
	*body = bytes.Replace(*body, was, is, 1)
	return nil
}

func quoted(key []byte) []byte {
	return []byte(`"key":"` + base64.StdEncoding.EncodeToString(key) + `"`)
}

func named(id string, err error) error {
	return &takedown.Error{Kind: takedown.KindOf(err), Name: takedown.NameOf(err), Message: fmt.Sprintf("%s: its key cannot be moved", id), Err: err}
}
