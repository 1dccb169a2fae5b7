package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// bodyOf is a type's schema, as the document shows it.
func bodyOf[B any](a *API, op huma.Operation) *huma.Schema {
	registry := a.huma.OpenAPI().Components.Schemas
	t := reflect.TypeFor[B]()
	s := registry.Schema(t, true, huma.DefaultSchemaNamer(t, op.OperationID+"Request"))
	s.PrecomputeMessages()
	return s
}

// documentBody puts a request's body into the document. The library is not
// given it to read: it would stop at the schema, and what the use case finds
// wrong besides would be named only the next time.
func (a *API) documentBody(op huma.Operation, s *huma.Schema) {
	item := a.huma.OpenAPI().Paths[op.Path]
	for _, o := range []*huma.Operation{item.Post, item.Put, item.Patch} {
		if o != nil && o.Method == op.Method {
			o.RequestBody = &huma.RequestBody{Required: op.Method != http.MethodPost || !emptyObject(a, s), Content: map[string]*huma.MediaType{"application/json": {Schema: s}}}
		}
	}
}

// emptyObject says whether a body has nothing to say; it may be left out then.
func emptyObject(a *API, s *huma.Schema) bool {
	for s.Ref != "" {
		s = a.huma.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s.Type == huma.TypeObject && len(s.Properties) == 0
}

// readInput reads a request's body into B. What the schema refuses is left out
// of B and named, so that the use case can judge the rest: the answer names
// all of it at once.
func readInput[B any](a *API, c *call, s *huma.Schema) (B, []takedown.FieldError, error) {
	var in B
	if len(bytes.TrimSpace(c.body)) == 0 && emptyObject(a, s) {
		return in, nil, nil
	}
	v, err := decodeAny(c.body)
	if err != nil {
		return in, nil, takedown.Errorf(takedown.Malformed, "", "the body is not well-formed JSON%s", whereIn(c.body, err))
	}
	var res huma.ValidateResult
	path := huma.NewPathBuffer(nil, 0)
	path.Push("body")
	huma.Validate(a.huma.OpenAPI().Components.Schemas, s, path, huma.ModeWriteToServer, v, &res)
	fields := fieldsOf(res.Errors)
	for _, f := range fields {
		v = without(v, strings.Split(f.Pointer, "/")[1:])
	}
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &in)
	}
	if err != nil && len(fields) == 0 {
		fields = []takedown.FieldError{{Pointer: pointerIn(err), Detail: "is not right"}}
	}
	return in, fields, nil
}

// decodeAny reads exactly one JSON value.
func decodeAny(b []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	return v, nil
}

// whereIn says at which line and column, from 1, a body stops being JSON, as far
// as an error knows. Nothing of the body itself: it may hold what is sealed.
func whereIn(body []byte, err error) string {
	at := int64(len(body))
	var e *json.SyntaxError
	switch {
	case errors.As(err, &e):
		at = min(e.Offset, at)
	case !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF):
		return ": it holds more than one value"
	}
	read := body[:at]
	line := bytes.Count(read, []byte("\n")) + 1
	column := len(read) - (bytes.LastIndexByte(read, '\n') + 1)
	return fmt.Sprintf(": line %d, column %d", line, max(column, 1))
}

// fieldsOf names what the schema refuses, each field once.
func fieldsOf(errs []error) []takedown.FieldError {
	var out []takedown.FieldError
	seen := map[string]bool{}
	for _, err := range errs {
		var d huma.ErrorDetailer
		if !errors.As(err, &d) {
			continue
		}
		detail := d.ErrorDetail()
		f := takedown.FieldError{Pointer: pointerOf(detail.Location), Detail: publicMessage(detail.Message)}
		if name, ok := strings.CutPrefix(detail.Message, "expected required property "); ok {
			name, _, _ = strings.Cut(name, " ")
			f = takedown.FieldError{Pointer: f.Pointer + "/" + name, Detail: "is needed"}
		}
		if !seen[f.Pointer] {
			seen[f.Pointer] = true
			out = append(out, f)
		}
	}
	return out
}

// without takes what a pointer names out of a value; in a list null stands in
// its place, so that its neighbours keep their numbers.
func without(v any, path []string) any {
	if len(path) == 0 {
		return nil
	}
	name := strings.NewReplacer("~1", "/", "~0", "~").Replace(path[0])
	switch v := v.(type) {
	case map[string]any:
		if len(path) == 1 {
			delete(v, name)
		} else if inner, ok := v[name]; ok {
			v[name] = without(inner, path[1:])
		}
	case []any:
		if n, err := strconv.Atoi(name); err == nil && n >= 0 && n < len(v) {
			v[n] = without(v[n], path[1:])
		}
	}
	return v
}

// pointerIn is the place that a decoding error is about, as far as it says.
func pointerIn(err error) string {
	var e *json.UnmarshalTypeError
	if errors.As(err, &e) && e.Field != "" {
		return "/" + strings.ReplaceAll(e.Field, ".", "/")
	}
	return ""
}

// judged runs a use case on an input whose schema refused some fields: it has
// no effect then, and what it finds wrong is named with them. Who may not, or
// looks at an old version, hears that first.
func judged(ctx context.Context, fields []takedown.FieldError, do func(context.Context) error) error {
	if len(fields) == 0 {
		return do(ctx)
	}
	err := do(casework.WithRefused(ctx, fields))
	var e *takedown.Error
	switch {
	case !errors.As(err, &e):
	case e.Kind == takedown.Invalid:
		for _, f := range e.Fields {
			if !covered(f.Pointer, fields) {
				fields = append(fields, f)
			}
		}
	case e.Kind != takedown.Conflict:
		return err
	}
	return &takedown.Error{Kind: takedown.Invalid, Name: takedown.NameInvalidInput, Message: "the content is not right", Fields: fields}
}

// covered says whether a field, or what it stands in, is named already.
func covered(pointer string, fields []takedown.FieldError) bool {
	for _, f := range fields {
		if pointer == f.Pointer || strings.HasPrefix(pointer, f.Pointer+"/") {
			return true
		}
	}
	return false
}
