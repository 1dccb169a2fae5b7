package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/witness"
)

// outage is how long the table's server is away.
const outage = 10 * time.Second

// TestTheTableIsAwayForTenSeconds: DynamoDB Local is killed while people open
// cases and a legal adviser approves, and comes back ten seconds later. They hear
// 503 and when to come again; who repeats with the same key gets through, and
// everything happened once. Then it hangs for as long.
func TestTheTableIsAwayForTenSeconds(t *testing.T) {
	t.Parallel()
	on := cloudServices(t)
	cache, err := witness.DefaultCache()
	if err != nil {
		t.Fatal(err)
	}
	db, err := cache.StartKept(t.Context(), witness.DynamoDBLocal)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Stop)
	on.DynamoDB = db.Endpoint
	h, w := newCloudHost(t, on)
	server := h.start()
	first := h.lost(t, w, server, 1)
	first.setUp()
	first.bringApproval()
	first.doc = first.document(first.caseID, "hoster")
	if first.err != nil {
		t.Fatal(first.err)
	}
	people := &persistentPeople{t: t, server: server, tokens: h.tokens, began: make(chan struct{})}
	var all sync.WaitGroup
	for by := range 3 {
		all.Go(func() {
			for n := by; n < opened; n += 3 {
				people.repeat("coordinator", people.opening(n))
			}
		})
	}
	<-people.began
	db.Kill()
	all.Go(func() { people.repeat("legal_adviser", people.approval(first.doc)) })
	if n := askAway(t, server, h.tokens["coordinator"]); n < 3 {
		t.Errorf("only %d answers while the table was away", n)
	}
	if err := db.Again(context.WithoutCancel(t.Context()), cache); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	people.hang(db, opened)
	t.Logf("%d times somebody was told to come again", people.refused.Load())
	if people.refused.Load() == 0 {
		t.Error("nobody was told to come again")
	}
	if err := h.SettleAnew(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	first.stands("AwaitReply", "reply")
	cases := first.get("coordinator", "/v1/cases?limit=200").list("items")
	if first.err != nil || len(cases) != opened+2 {
		t.Errorf("%d cases, want %d: %v", len(cases), opened+2, first.err)
	}
	for _, c := range cases {
		if c.str("id") != first.caseID && len(whys(first.get("coordinator", "/v1/cases/"+c.str("id")))) == 0 {
			t.Errorf("the intake of %s waits for nothing", c.str("id"))
		}
	}
	if n, doubled := w.mails(); n != 1 || doubled != 0 {
		t.Errorf("%d mails, %d doubled, want one", n, doubled)
	}
	lookBehind(t, h)
}

// opened is how many cases are opened around the outage.
const opened = 12

// askAway asks until the outage is over; each answer must be a 503 that says when
// to come again.
func askAway(t *testing.T, server, token string) (answers int) {
	t.Helper()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(outage); time.Now().Before(end); <-tick.C {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server+"/v1/cases", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close() // its status says it
		if answers++; res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
			t.Errorf("the table is away: %s, Retry-After %q", res.Status, res.Header.Get("Retry-After"))
		}
	}
	return answers
}

// persistentPeople repeat what they ask until it is answered.
type persistentPeople struct {
	t       *testing.T
	server  string
	tokens  map[string]string
	refused atomic.Int64
	once    sync.Once
	began   chan struct{} // closed by the first that got through
}

// repeat makes one request, with one key, until it gets through.
func (p *persistentPeople) repeat(role string, r request) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); <-tick.C {
		_, err := newClient(p.server, p.tokens[role]).do(context.WithoutCancel(p.t.Context()), r)
		var problem *problemError
		switch {
		case err == nil:
			p.once.Do(func() { close(p.began) })
			return
		case errors.As(err, &problem) && problem.status == http.StatusServiceUnavailable:
			p.refused.Add(1)
		case errors.As(err, &problem) && problem.status == http.StatusConflict: // the first try is not known to be over
		default:
			p.t.Errorf("%s %s: %v", r.method, r.path, err)
			return
		}
	}
	p.t.Errorf("%s %s: never answered", r.method, r.path)
}

// hang freezes the table's server for as long, while one more case is opened:
// attempts that are never answered are given up and made again.
func (p *persistentPeople) hang(db *witness.Service, n int) {
	p.t.Helper()
	if err := db.Freeze(); err != nil {
		p.t.Fatal(err)
	}
	thaw := time.AfterFunc(outage, func() {
		if err := db.Thaw(); err != nil {
			p.t.Error(err)
		}
	})
	defer thaw.Stop()
	began := time.Now()
	p.repeat("coordinator", p.opening(n))
	if d := time.Since(began); d < outage {
		p.t.Errorf("a frozen server answered after %s", d)
	}
}

func (p *persistentPeople) approval(doc object) request {
	body := fmt.Sprintf(`{"decision":"approve","contentHash":%q}`, doc.str("contentHash"))
	return request{method: http.MethodPost, path: "/v1/documents/" + doc.str("id") + "/decision", body: []byte(body), key: "approval"}
}

func (p *persistentPeople) opening(n int) request {
	body, err := json.Marshal(caseAbout(fmt.Sprintf("%s/uitval/%d", forumHost, n), false))
	if err != nil {
		p.t.Error(err)
	}
	return request{method: http.MethodPost, path: "/v1/cases", body: body, key: fmt.Sprintf("opening-%d", n)}
}
