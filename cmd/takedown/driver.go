package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// driver plays a story through the API as the right principals. After a crash
// of the server it has it started again and repeats its last call with the
// same Idempotency-Key, as a careful client would. The first error sticks:
// what follows does nothing.
type driver struct {
	ctx    context.Context //nolint:containedctx // a driver lives for one story
	server string
	tokens map[string]string // by role
	revive func(ctx context.Context) (server string, err error)
	// delivered says whether the mail sink has a message, by its Message-ID.
	delivered func(messageID string) bool
	// scope keeps this driver's Idempotency-Keys apart from another's.
	scope string
	calls int
	err   error
}

// object is a JSON object of an answer.
type object map[string]any

func (o object) str(path ...string) string {
	s, _ := o.at(path...).(string)
	return s
}

func (o object) at(path ...string) any {
	var v any = map[string]any(o)
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[p]
	}
	return v
}

func (o object) list(path ...string) []object {
	items, _ := o.at(path...).([]any)
	var out []object
	for _, i := range items {
		if m, ok := i.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// maxRevivals bounds how often one call is repeated after a crash.
const maxRevivals = 5

func (d *driver) get(role, path string) object { return d.call(role, http.MethodGet, path, nil) }

func (d *driver) post(role, path string, body any) object {
	return d.call(role, http.MethodPost, path, body)
}

func (d *driver) put(role, path string, body any) object {
	return d.call(role, http.MethodPut, path, body)
}

// call makes one call and repeats it after a crash.
func (d *driver) call(role, method, path string, body any) object {
	if d.err != nil {
		return nil
	}
	d.calls++
	raw, err := json.Marshal(body)
	if err != nil {
		d.err = err
		return nil
	}
	if body == nil {
		raw = nil
	}
	key := fmt.Sprintf("%s-%d", d.scope, d.calls)
	a, err := d.repeat(role, request{method: method, path: path, body: raw, key: key})
	if err != nil {
		d.err = fmt.Errorf("%s %s as %s: %w", method, path, role, err)
		return nil
	}
	out := object{}
	if len(a.body) > 0 {
		if err := json.Unmarshal(a.body, &out); err != nil {
			d.err = fmt.Errorf("%s %s: %w", method, path, err)
		}
	}
	return out
}

func (d *driver) repeat(role string, r request) (answer, error) {
	for n := 0; ; n++ {
		a, err := newClient(d.server, d.tokens[role]).do(d.ctx, r)
		var refused *problemError
		if errors.As(err, &refused) {
			// A PUT whose answer was lost has moved the version on.
			if n > 0 && r.method == http.MethodPut && (refused.status == http.StatusPreconditionFailed || refused.status == http.StatusConflict) {
				return newClient(d.server, d.tokens[role]).do(d.ctx, request{method: http.MethodGet, path: r.path})
			}
			return a, err
		}
		if err == nil || d.revive == nil || n == maxRevivals || d.ctx.Err() != nil {
			return a, err
		}
		if d.server, err = d.revive(d.ctx); err != nil {
			return a, err
		}
		if err := d.settleUncertain(); err != nil {
			return a, err
		}
	}
}

// settleUncertain does what a specialist does after a crash: look whether the
// addressee's server has the message, and say so.
func (d *driver) settleUncertain() error {
	c := newClient(d.server, d.tokens["specialist"])
	a, err := c.do(d.ctx, request{method: http.MethodGet, path: "/v1/worklist?role=specialist"})
	if err != nil {
		return err
	}
	var work object
	if err := json.Unmarshal(a.body, &work); err != nil {
		return err
	}
	for _, group := range work.list("items") {
		if group.str("kind") != "settle_dispatch" {
			continue
		}
		for _, task := range group.list("tasks") {
			if err := d.settleOne(c, task.str("subject")); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *driver) settleOne(c *client, doc string) error {
	a, err := c.do(d.ctx, request{method: http.MethodGet, path: "/v1/documents/" + doc})
	if err != nil {
		return err
	}
	var view object
	if err := json.Unmarshal(a.body, &view); err != nil {
		return err
	}
	outcome := "not_sent"
	if d.delivered(view.str("dispatch", "messageId")) {
		outcome = "sent"
	}
	body, err := json.Marshal(map[string]string{"outcome": outcome, "reason": "mail_server_log"})
	if err != nil {
		return err
	}
	_, err = c.do(d.ctx, request{method: http.MethodPost, path: "/v1/documents/" + doc + "/dispatch-resolution", body: body})
	return err
}

// advanceTo moves the simulated clock to an instant.
func (d *driver) advanceTo(at time.Time) {
	d.post("coordinator", "/v1/clock/advance", map[string]any{"to": at.UTC().Format(time.RFC3339)})
}

// upload brings a file in as evidence: announced, sent to its URL, committed.
func (d *driver) upload(caseID string, content []byte, mediaType string, meta map[string]any) string {
	sum := sha256.Sum256(content)
	up := d.post("specialist", "/v1/cases/"+caseID+"/evidence/uploads", map[string]any{
		"sha256": hex.EncodeToString(sum[:]), "size": len(content), "mediaType": mediaType,
	})
	d.sendBytes(up, content, mediaType)
	body := map[string]any{"uploadId": up.str("id")}
	for k, v := range meta {
		body[k] = v
	}
	return d.post("specialist", "/v1/cases/"+caseID+"/evidence", body).str("id")
}

// sendBytes puts an announced file where the announcement's answer says.
func (d *driver) sendBytes(up object, content []byte, mediaType string) {
	url := up.str("uploadUrl")
	for n := 0; d.err == nil; n++ {
		target := url
		if strings.HasPrefix(url, "/") {
			target = d.server + url
		}
		req, err := http.NewRequestWithContext(d.ctx, http.MethodPut, target, strings.NewReader(string(content)))
		if err != nil {
			d.err = err
			return
		}
		req.Header.Set("Content-Type", mediaType)
		headers, _ := up["uploadHeaders"].(map[string]any)
		for name := range headers {
			req.Header.Set(name, up.str("uploadHeaders", name))
		}
		_, err = newClient(d.server, "").send(req)
		var refused *problemError
		if err == nil || errors.As(err, &refused) || d.revive == nil || n == maxRevivals {
			d.err = err
			return
		}
		d.server, d.err = d.revive(d.ctx)
	}
}

// track is the case's track of a route, the newest if there are several.
func (d *driver) track(caseID, route string) object {
	tracks := d.get("specialist", "/v1/cases/"+caseID+"/tracks").list("items")
	for n := len(tracks) - 1; n >= 0; n-- {
		if tracks[n].str("route") == route {
			return tracks[n]
		}
	}
	d.fail("the case has no track of route %s", route)
	return object{}
}

// document is the document that a track stands at.
func (d *driver) document(caseID, route string) object {
	tr := d.track(caseID, route)
	id := tr.str("document", "id")
	if d.err == nil && id == "" {
		d.fail("track %s stands at no document; it waits for %v", route, tr.at("waitsFor"))
	}
	return d.get("specialist", "/v1/documents/"+id)
}

// expect fails the story unless a track waits in a state.
func (d *driver) expect(caseID, route, state string) object {
	tr := d.track(caseID, route)
	if got := tr.str("waitsFor", "state"); d.err == nil && got != state {
		d.fail("track %s should be at %s; it is at %q, status %s, waiting for %v", route, state, got, tr.str("status"), tr.at("waitsFor"))
	}
	return tr
}

// approve has the legal adviser approve what a track stands at.
func (d *driver) approve(caseID, route string) object {
	doc := d.document(caseID, route)
	return d.post("legal_adviser", "/v1/documents/"+doc.str("id")+"/decision", map[string]any{"decision": "approve", "contentHash": doc.str("contentHash")})
}

func (d *driver) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf(format, args...)
	}
}
