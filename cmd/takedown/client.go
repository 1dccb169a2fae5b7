package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// client calls a server's API as its commands, the demo and the stories do.
type client struct {
	server, token string
	http          *http.Client
}

func newClient(server, token string) *client {
	return &client{server: strings.TrimRight(server, "/"), token: token, http: &http.Client{Timeout: time.Minute}}
}

// access is where a command finds the API, and who calls it.
type access struct {
	Server string `env:"TAKEDOWN_SERVER" default:"http://127.0.0.1:8080" help:"The server."`
	Token  string `env:"TAKEDOWN_TOKEN" help:"Your token; better in the environment."`
}

// client is the API's caller; without a token there is none.
func (a access) client() (*client, error) {
	if a.Token == "" {
		return nil, usagef("set TAKEDOWN_TOKEN, or give --token")
	}
	return newClient(a.Server, a.Token), nil
}

// request is one call of the API.
type request struct {
	method, path string
	body         []byte
	key          string // Idempotency-Key, made if empty
	ifMatch      string // looked up if empty
}

// answer is what came back.
type answer struct {
	status int
	etag   string
	body   []byte
}

// problemError is a refusal, as the one line for stderr.
type problemError struct {
	status int
	line   string
}

func (e *problemError) Error() string { return e.line }

// do makes one call. A refusal is a *problemError.
func (c *client) do(ctx context.Context, r request) (answer, error) {
	if r.ifMatch == "" && (r.method == http.MethodPut || r.method == http.MethodPatch) {
		tag, err := c.etag(ctx, r.path)
		if err != nil {
			return answer{}, err
		}
		r.ifMatch = tag
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.server+r.path, bytes.NewReader(r.body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if len(r.body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	switch {
	case r.method == http.MethodPost && r.key == "":
		req.Header.Set("Idempotency-Key", rand.Text())
	case r.method == http.MethodPost:
		req.Header.Set("Idempotency-Key", r.key)
	case r.ifMatch == "*":
		req.Header.Set("If-None-Match", "*")
	case r.ifMatch != "":
		req.Header.Set("If-Match", r.ifMatch)
	}
	return c.send(req)
}

func (c *client) send(req *http.Request) (answer, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, fmt.Errorf("the server does not answer; start takedown serve, or name another with --server: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return answer{}, err
	}
	a := answer{resp.StatusCode, resp.Header.Get("ETag"), body}
	if resp.StatusCode >= 400 {
		return a, &problemError{resp.StatusCode, problemLine(resp.StatusCode, body)}
	}
	return a, nil
}

// etag reads the version that a PUT or PATCH builds on; "*" for the first.
func (c *client) etag(ctx context.Context, path string) (string, error) {
	a, err := c.do(ctx, request{method: http.MethodGet, path: path})
	if err != nil {
		if a.status == http.StatusNotFound || a.status == http.StatusMethodNotAllowed {
			return "*", nil
		}
		return "", err
	}
	if a.etag == "" {
		return "*", nil
	}
	return a.etag, nil
}

// problemLine renders an RFC 9457 answer as one line that says what to do.
func problemLine(status int, body []byte) string {
	var p struct {
		Detail string `json:"detail"`
		Errors []struct{ Pointer, Detail string }
	}
	if json.Unmarshal(body, &p) != nil || p.Detail == "" {
		return fmt.Sprintf("the server answered %d", status)
	}
	line := fmt.Sprintf("%d: %s", status, p.Detail)
	for _, e := range p.Errors {
		line += fmt.Sprintf("; %s %s", e.Pointer, e.Detail)
	}
	return line
}

// fill puts arguments into a path's parameters and the rest, as k=v, into the
// query.
func fill(path string, args []string) (string, error) {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if !strings.HasPrefix(p, "{") {
			continue
		}
		if len(args) == 0 {
			return "", fmt.Errorf("%s is missing", strings.Trim(p, "{}"))
		}
		parts[i], args = url.PathEscape(args[0]), args[1:]
	}
	q := url.Values{}
	for _, a := range args {
		k, v, ok := strings.Cut(a, "=")
		if !ok {
			return "", fmt.Errorf("%q is one argument too many; queries are NAME=VALUE", a)
		}
		q.Set(k, v)
	}
	out := strings.Join(parts, "/")
	if len(q) > 0 {
		out += "?" + q.Encode()
	}
	return out, nil
}
