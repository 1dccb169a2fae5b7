package dynamostore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/store/dynamostore"
	"github.com/ontdox/takedown/internal/store/storetest"
	"github.com/ontdox/takedown/internal/takedown"
)

var noon = time.Date(2027, time.March, 22, 12, 0, 0, 0, time.UTC)

const caseA = casework.StreamID("case_a")

// hasty gives a store that waits a moment only before it tries again.
func hasty(cfg aws.Config, table string) *dynamostore.Store {
	return dynamostore.New(cfg, dynamostore.Options{Table: table, Delay: func(int) time.Duration { return time.Millisecond }})
}

// wire is the way to the server. meddle may answer a call itself, or change
// or lose its answer; it is told the call's action and its number among the
// calls of that action, from 1.
type wire struct {
	mu     sync.Mutex
	calls  map[string]int
	only   string // the action that is meddled with, "" for all
	meddle func(action string, n int, send func() (*http.Response, error)) (*http.Response, error)
}

func (w *wire) Do(req *http.Request) (*http.Response, error) {
	_, action, _ := strings.Cut(req.Header.Get("X-Amz-Target"), ".")
	w.mu.Lock()
	if w.calls == nil {
		w.calls = map[string]int{}
	}
	w.calls[action]++
	n := w.calls[action]
	w.mu.Unlock()
	send := func() (*http.Response, error) { return http.DefaultTransport.RoundTrip(req) }
	if w.meddle == nil || (w.only != "" && w.only != action) {
		return send()
	}
	return w.meddle(action, n, send)
}

func (w *wire) count(action string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calls[action]
}

// through gives a store on a new table whose calls go over a wire.
func through(t *testing.T, cfg aws.Config, w *wire) *dynamostore.Store {
	t.Helper()
	table := newTable(t, cfg)
	cfg.HTTPClient = w
	return hasty(cfg, table)
}

var errCut = errors.New("the connection was cut")

// lose lets the server hear a call, and nobody its answer.
func lose(send func() (*http.Response, error)) (*http.Response, error) {
	res, err := send()
	if err == nil {
		_, err = io.Copy(io.Discard, res.Body)
		err = errors.Join(err, res.Body.Close())
	}
	return nil, errors.Join(errCut, err)
}

// says answers in the server's stead.
func says(status int, body string) (*http.Response, error) {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

func exception(status int, name, rest string) (*http.Response, error) {
	return says(status, fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"as told"%s}`, name, rest))
}

func item(id string, version int64) casework.Record {
	return casework.Record{
		Key: casework.Key{Kind: "item", ID: id}, Stream: caseA, Version: version, Body: []byte("{}"),
		Index: []casework.IndexPlace{{Index: "due", Partition: "wait", Sort: id}, {Index: "cases", Partition: "all", Sort: id}},
	}
}

// change is a change of one new item, with a message.
func change(id string) casework.Change {
	return casework.Change{
		Put:     []casework.Record{item("item_"+id, 1)},
		Entries: []audit.Entry{{ID: "entry_" + id, At: noon, Actor: "specialist-1", Role: "specialist", Act: "item.added", IDs: []string{"item_" + id}}},
		Claim:   []casework.Lookup{{Space: "url", Value: id, Ref: casework.Key{Kind: "item", ID: "item_" + id}}},
		Outbox:  []casework.OutboxRow{{ID: "wake_" + id, Kind: "start", Stream: caseA, Payload: []byte("{}"), At: noon}},
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v (%s)", err, takedown.KindOf(err))
	}
}

func wantKind(t *testing.T, err error, want takedown.Kind) {
	t.Helper()
	if err == nil || takedown.KindOf(err) != want {
		t.Fatalf("error %v of kind %q, want %q", err, takedown.KindOf(err), want)
	}
}

// commit applies a change on the stream's head.
func commit(t *testing.T, s casework.Store, ch casework.Change) casework.Revision {
	t.Helper()
	base, err := s.Head(context.Background(), caseA)
	ok(t, err)
	rev, err := s.Commit(context.Background(), base, ch)
	ok(t, err)
	return rev
}

// stands wants that a change stands once.
func stands(t *testing.T, s casework.Store, rev casework.Revision, entries int) {
	t.Helper()
	head, err := s.Head(context.Background(), caseA)
	ok(t, err)
	lines, err := s.Entries(context.Background(), caseA, 1, 100)
	ok(t, err)
	due, err := s.OutboxDue(context.Background(), noon.Add(time.Hour), 100)
	ok(t, err)
	if head != rev || len(lines) != entries || len(due) != entries {
		t.Fatalf("head %+v, want %+v; %d lines and %d messages, want %d", head, rev, len(lines), len(due), entries)
	}
}

func TestALostAnswerIsRecognisedByItsToken(t *testing.T) {
	onEach(t, func(t *testing.T, cfg aws.Config) {
		w := &wire{meddle: func(action string, n int, send func() (*http.Response, error)) (*http.Response, error) {
			if action == "TransactWriteItems" && n <= 2 {
				return lose(send)
			}
			return send()
		}}
		s := through(t, cfg, w)
		stands(t, s, commit(t, s, change("1")), 1)
		if n := w.count("TransactWriteItems"); n != 3 {
			t.Fatalf("%d attempts, want 3", n)
		}
	})
}

// TestALostAnswerIsRecognisedByItsRow: where the service has forgotten the
// token, as after ten minutes, and somebody has committed since.
func TestALostAnswerIsRecognisedByItsRow(t *testing.T) {
	onEach(t, func(t *testing.T, cfg aws.Config) {
		table := newTable(t, cfg)
		other := hasty(cfg, table)
		var last casework.Revision
		tokenless := cfg
		tokenless.HTTPClient = &forgetful{after: func() { last = commit(t, other, change("2")) }}
		s := hasty(tokenless, table)
		if rev := commit(t, s, change("1")); rev.N != 1 {
			t.Fatalf("revision %+v, want the first", rev)
		}
		stands(t, s, last, 2)
	})
}

// forgetful sends each transaction under a token that the server has not seen,
// and loses the first answer; then others write.
type forgetful struct {
	n     int
	after func()
}

func (f *forgetful) Do(req *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(req.Header.Get("X-Amz-Target"), ".TransactWriteItems") {
		return http.DefaultTransport.RoundTrip(req)
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	f.n++
	_, rest, found := bytes.Cut(body, []byte(`"ClientRequestToken":"`))
	if !found {
		return nil, errors.New("a transaction without a token")
	}
	token := rest[:bytes.IndexByte(rest, '"')]
	body = bytes.Replace(body, token, fmt.Appendf(nil, "%s%d", token[:len(token)-1], f.n), 1)
	again := req.Clone(req.Context())
	again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	send := func() (*http.Response, error) { return http.DefaultTransport.RoundTrip(again) }
	if f.n > 1 {
		return send()
	}
	res, err := lose(send)
	f.after()
	return res, err
}

func TestThrottlingPasses(t *testing.T) {
	throttled := `,"CancellationReasons":[{"Code":"ThrottlingError","Message":"as told"},{"Code":"None"}]`
	for name, answer := range map[string]func() (*http.Response, error){
		"refused":   func() (*http.Response, error) { return exception(400, "ThrottlingException", "") },
		"cancelled": func() (*http.Response, error) { return exception(400, "TransactionCanceledException", throttled) },
		"exceeded":  func() (*http.Response, error) { return exception(400, "ProvisionedThroughputExceededException", "") },
		"broken":    func() (*http.Response, error) { return exception(500, "InternalServerError", "") },
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, cfg aws.Config) {
				w := &wire{meddle: func(_ string, n int, send func() (*http.Response, error)) (*http.Response, error) {
					if n <= 2 {
						return answer()
					}
					return send()
				}}
				if name == "cancelled" {
					w.only = "TransactWriteItems"
				}
				s := through(t, cfg, w)
				stands(t, s, commit(t, s, change("1")), 1)
				w.mu.Lock()
				w.meddle = func(string, int, func() (*http.Response, error)) (*http.Response, error) { return answer() }
				w.mu.Unlock()
				_, err := s.Commit(context.Background(), casework.Revision{Stream: "case_b", Last: audit.Genesis}, casework.Change{Entries: change("9").Entries})
				wantKind(t, err, takedown.Unavailable)
			})
		})
	}
}

func TestRefusalsHaveTheirKind(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want takedown.Kind
	}{
		"in the way":   {`,"CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"None"}]`, takedown.Conflict},
		"condition":    {`,"CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed"}]`, takedown.Conflict},
		"both":         {`,"CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"ConditionalCheckFailed"}]`, takedown.Conflict},
		"a bad row":    {`,"CancellationReasons":[{"Code":"None"},{"Code":"ValidationError"}]`, takedown.Invalid},
		"large stream": {`,"CancellationReasons":[{"Code":"ItemCollectionSizeLimitExceeded"}]`, takedown.Invalid},
		"unexplained":  {``, takedown.Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			w := &wire{meddle: func(string, int, func() (*http.Response, error)) (*http.Response, error) {
				return exception(400, "TransactionCanceledException", c.body)
			}}
			cfg := at("http://127.0.0.1:1") // nobody is asked
			cfg.HTTPClient = w
			s := hasty(cfg, "none")
			_, err := s.Commit(context.Background(), casework.Revision{Stream: caseA, Last: audit.Genesis}, change("1"))
			wantKind(t, err, c.want)
			if n := w.count("TransactWriteItems"); n != 1 {
				t.Fatalf("%d attempts, want one", n)
			}
		})
	}
}

// TestUnprocessedRowsAreAskedForAgain: the service answers with two rows at
// most, as it does when it is short of capacity.
func TestUnprocessedRowsAreAskedForAgain(t *testing.T) {
	onEach(t, func(t *testing.T, cfg aws.Config) {
		table := newTable(t, cfg)
		writer := hasty(cfg, table)
		var keys []casework.Key
		ch := change("0")
		for n := range 5 {
			r := item(fmt.Sprintf("item_%d", n), 1)
			keys = append(keys, r.Key)
			if n > 0 {
				ch.Put = append(ch.Put, r)
			}
		}
		commit(t, writer, ch)
		cut := cfg
		cut.HTTPClient = &stingy{table: table, rows: 2}
		s := hasty(cut, table)
		rows, err := s.Get(context.Background(), keys...)
		ok(t, err)
		if len(rows) != 5 {
			t.Fatalf("%d rows, want 5", len(rows))
		}
		none := cfg
		none.HTTPClient = &stingy{table: table}
		_, err = hasty(none, table).Get(context.Background(), keys...)
		wantKind(t, err, takedown.Unavailable)
	})
}

// TestFaultyStore plays the suite's faults over the adapter: every change
// stands once.
func TestFaultyStore(t *testing.T) {
	onEach(t, func(t *testing.T, cfg aws.Config) {
		s := open(t, cfg)
		f := storetest.Faulty(s, storetest.Faults{Seed: 7, Every: 2})
		for n := range 12 {
			persist(t, f, change(fmt.Sprint(n)))
		}
		f.Heal()
		if l := f.Lost(); l.Replies < 5 || l.Requests < 5 {
			t.Fatalf("too few faults to show anything: %+v", l)
		}
		head, err := s.Head(context.Background(), caseA)
		ok(t, err)
		stands(t, s, head, 12)
	})
}

// persist commits as a use case does: it looks again until its entry stands.
func persist(t *testing.T, s casework.Store, ch casework.Change) {
	t.Helper()
	for range 200 {
		base, err := s.Head(context.Background(), caseA)
		if err != nil {
			wantKind(t, err, takedown.Unavailable)
			continue
		}
		if _, err := s.FindEntry(context.Background(), ch.Entries[0].ID); err == nil {
			return
		} else if takedown.KindOf(err) != takedown.NotFound {
			wantKind(t, err, takedown.Unavailable)
			continue
		}
		if _, err := s.Commit(context.Background(), base, ch); err == nil {
			return
		} else if takedown.KindOf(err) != takedown.Conflict {
			wantKind(t, err, takedown.Unavailable)
		}
	}
	t.Fatal("200 tries, and every one was lost")
}
