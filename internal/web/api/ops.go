package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

const (
	keyLease = time.Minute        // how long a POST may be in flight
	keyKept  = 7 * 24 * time.Hour // how long its answer can be repeated
)

type noInput struct{}

type output[O any] struct {
	Status int
	ETag   string `header:"ETag"`
	Body   O
}

// tagOf is the ETag of a view: its field Version, if it has one.
func tagOf(v any) string {
	r := reflect.Indirect(reflect.ValueOf(v))
	if r.Kind() != reflect.Struct {
		return ""
	}
	f := r.FieldByName("Version")
	if !f.IsValid() || f.Kind() != reflect.Int64 {
		return ""
	}
	return etag(f.Int())
}

// page is every list's answer.
type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// get registers a read.
func get[O any](a *API, path, summary string, f func(ctx context.Context, c *call) (O, error), query ...string) {
	op := operation(http.MethodGet, path, summary)
	for _, q := range query {
		op.Parameters = append(op.Parameters, &huma.Param{Name: q, In: "query", Schema: &huma.Schema{Type: "string"}})
	}
	huma.Register(a.huma, op, func(ctx context.Context, _ *noInput) (*output[O], error) {
		c := callOf(ctx)
		if err := c.onlyQuery(query); err != nil {
			return nil, a.fail(c, err)
		}
		o, err := f(ctx, c)
		if err != nil {
			return nil, a.fail(c, err)
		}
		return &output[O]{Status: http.StatusOK, ETag: tagOf(o), Body: o}, nil
	})
}

// put registers a PUT: f gets the expected version, 0 for the first.
func put[B, O any](a *API, path, summary string, f func(ctx context.Context, c *call, in B, version int64) (O, error)) {
	change(a, operation(http.MethodPut, path, summary), f)
}

// patch registers a PATCH (RFC 7396).
func patch[B, O any](a *API, path, summary string, f func(ctx context.Context, c *call, in B, version int64) (O, error)) {
	change(a, operation(http.MethodPatch, path, summary), f)
}

func change[B, O any](a *API, op huma.Operation, f func(ctx context.Context, c *call, in B, version int64) (O, error)) {
	schema := bodyOf[B](a, op)
	huma.Register(a.huma, op, func(ctx context.Context, _ *noInput) (*output[O], error) {
		c := callOf(ctx)
		in, refused, err := readInput[B](a, c, schema)
		if err != nil {
			return nil, a.fail(c, err)
		}
		version, err := c.ifMatch()
		if err != nil {
			return nil, a.fail(c, err)
		}
		var o O
		err = judged(ctx, refused, func(ctx context.Context) (err error) {
			o, err = f(ctx, c, in, version)
			return err
		})
		if err != nil {
			return nil, a.fail(c, err)
		}
		a.settle(ctx)
		return &output[O]{Status: http.StatusOK, ETag: tagOf(o), Body: o}, nil
	})
	a.documentBody(op, schema)
}

// post registers a POST. do has the effect, written with the request's key;
// show renders the answer from the ids it left, under current rights, the
// first time as every other time.
func post[B, O any](a *API, path, summary string, do func(ctx context.Context, c *call, in B) error, show func(ctx context.Context, c *call, ids []string) (O, error)) {
	op := operation(http.MethodPost, path, summary)
	schema := bodyOf[B](a, op)
	huma.Register(a.huma, op, func(ctx context.Context, _ *noInput) (*output[O], error) {
		c := callOf(ctx)
		in, refused, err := readInput[B](a, c, schema)
		if err != nil {
			return nil, a.fail(c, err)
		}
		fin, err := a.once(ctx, c, func(ctx context.Context) error {
			return judged(ctx, refused, func(ctx context.Context) error { return do(ctx, c, in) })
		})
		if err != nil {
			return nil, a.fail(c, err)
		}
		a.settle(ctx)
		o, err := show(ctx, c, fin.IDs)
		if err != nil {
			return nil, a.fail(c, err)
		}
		return &output[O]{Status: fin.Status, ETag: tagOf(o), Body: o}, nil
	})
	a.documentBody(op, schema)
	op.Responses["201"] = op.Responses["200"]
}

// once runs a POST's effect at most once per Idempotency-Key.
func (a *API) once(ctx context.Context, c *call, do func(context.Context) error) (*casework.Finished, error) {
	key, mac := a.requestKey(c)
	now := a.cfg.HostNow()
	store := a.service.Store
	fin, err := store.TakeLease(ctx, key, mac, now, now.Add(keyLease))
	if err != nil || fin != nil {
		return fin, err
	}
	ctx = casework.WithRequest(ctx, casework.Request{Key: key, MAC: mac, Expires: now.Add(keyKept)})
	if err := do(ctx); err != nil {
		a.dropLease(ctx, key)
		return nil, err
	}
	fin, err = store.TakeLease(context.WithoutCancel(ctx), key, mac, now, now.Add(keyLease))
	if err == nil && fin != nil {
		return fin, nil
	}
	a.dropLease(ctx, key) // nothing was written, so there is nothing to repeat
	return &casework.Finished{Status: http.StatusOK}, nil
}

func (a *API) dropLease(ctx context.Context, key string) {
	if err := a.service.Store.DropLease(context.WithoutCancel(ctx), key); err != nil {
		a.log.ErrorContext(ctx, "an idempotency lease could not be dropped; it ends by itself", "error", err)
	}
}

// requestKey scopes an Idempotency-Key by principal, method and path, and
// hashes the request.
func (a *API) requestKey(c *call) (key, mac string) {
	sum := sha256.Sum256([]byte(c.who.ID + "\x00" + c.r.Method + "\x00" + c.r.URL.Path + "\x00" + c.r.Header.Get("Idempotency-Key")))
	return hex.EncodeToString(sum[:]), hex.EncodeToString(a.service.Keys.MAC("idempotency", c.body))
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may be gone: nobody is left to tell
}

// firstID is the id that a POST's effect is about.
func firstID(ids []string) (string, error) {
	if len(ids) == 0 {
		return "", takedown.Errorf(takedown.Conflict, "State", "nothing was changed")
	}
	return ids[0], nil
}
