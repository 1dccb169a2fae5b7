package dynamostore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/audit/audittest"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// stingy moves all but the first rows of an answer to a batch into what was
// not processed.
type stingy struct {
	table string
	rows  int
}

func (s *stingy) Do(req *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil || !strings.HasSuffix(req.Header.Get("X-Amz-Target"), ".BatchGetItem") {
		return res, err
	}
	defer func() { _ = res.Body.Close() }() // read whole below
	var out struct {
		Responses       map[string][]map[string]any
		UnprocessedKeys map[string]map[string]any
	}
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		return nil, err
	}
	rows := out.Responses[s.table]
	if len(rows) > s.rows {
		var left []map[string]any
		for _, r := range rows[s.rows:] {
			left = append(left, map[string]any{"pk": r["pk"], "sk": r["sk"]})
		}
		out.Responses[s.table] = rows[:s.rows]
		out.UnprocessedKeys = map[string]map[string]any{s.table: {"Keys": left, "ConsistentRead": true}}
	}
	body, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Body: io.NopCloser(bytes.NewReader(body))}, nil
}

// line carries bytes between its own port and a server, until it is cut.
type line struct {
	to, address string
	mu          sync.Mutex
	listener    net.Listener
	conns       map[net.Conn]bool
}

func newLine(t *testing.T, to string) *line {
	t.Helper()
	l := &line{to: strings.TrimPrefix(to, "http://"), address: "127.0.0.1:0", conns: map[net.Conn]bool{}}
	l.mend(t)
	t.Cleanup(l.cut)
	return l
}

// mend takes calls again, at the same port.
func (l *line) mend(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", l.address)
	if err != nil {
		t.Fatal(err)
	}
	l.listener, l.address = listener, listener.Addr().String()
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", l.to)
			if err != nil {
				_ = from.Close()
				continue
			}
			l.mu.Lock()
			l.conns[from], l.conns[to] = true, true
			l.mu.Unlock()
			for _, p := range [][2]net.Conn{{from, to}, {to, from}} {
				go func() {
					_, _ = io.Copy(p[0], p[1]) // cut either way
					_ = p[0].Close()
				}()
			}
		}
	}()
}

// cut ends every call and takes none.
func (l *line) cut() {
	_ = l.listener.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.conns {
		_ = c.Close()
	}
	clear(l.conns)
}

// TestAnOutageLosesNothing cuts the line to the server while eight writers are
// at work, until many calls have failed, three times. Each failure is
// Unavailable; who repeats gets through, and everything stands once.
func TestAnOutageLosesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, cfg aws.Config) {
		const writers, each, outages, failures = 8, 12, 3, 16
		l := newLine(t, *cfg.BaseEndpoint)
		table := newTable(t, cfg)
		straight := hasty(cfg, table)
		cfg.BaseEndpoint = aws.String("http://" + l.address)
		s := hasty(cfg, table)
		commit(t, straight, casework.Change{Entries: change("first").Entries})
		var failed, done atomic.Int64
		outage := make(chan struct{}, 1)
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for n := range each {
					persistent(t, s, change(fmt.Sprintf("%d_%d", w, n)), &failed)
					if done.Add(1)%(writers*each/(outages+1)) == 0 {
						select {
						case outage <- struct{}{}:
						default:
						}
					}
				}
			})
		}
		ended := make(chan struct{})
		go func() { wg.Wait(); close(ended) }()
		cuts := 0
		for running := true; running; {
			select {
			case <-ended:
				running = false
			case <-outage:
				if cuts == outages {
					continue
				}
				cuts++
				l.cut()
				for was := failed.Load(); failed.Load() < was+failures; {
					_, err := s.Head(context.Background(), caseA)
					if takedown.KindOf(err) != takedown.Unavailable || err == nil {
						t.Errorf("the line is cut, and a head is read: %v", err)
					}
					failed.Add(1)
				}
				l.mend(t)
			}
		}
		if cuts != outages {
			t.Fatalf("%d outages, want %d", cuts, outages)
		}
		lines, err := straight.Entries(context.Background(), caseA, 1, 1000)
		ok(t, err)
		if len(lines) != writers*each+1 {
			t.Fatalf("%d lines, want %d", len(lines), writers*each+1)
		}
	})
}

// persistent commits a change as a use case does, counting what failed.
func persistent(t *testing.T, s casework.Store, ch casework.Change, failed *atomic.Int64) {
	ctx := context.Background()
	for {
		base, err := s.Head(ctx, caseA)
		if err == nil {
			_, err = s.FindEntry(ctx, ch.Entries[0].ID)
		}
		if err == nil {
			return // an earlier try, whose answer was lost
		}
		if takedown.KindOf(err) == takedown.NotFound {
			_, err = s.Commit(ctx, base, ch)
		}
		switch takedown.KindOf(err) {
		case takedown.Conflict:
		case takedown.Unavailable:
			failed.Add(1)
		default:
			if err != nil {
				t.Errorf("a writer failed: %v", err)
			}
			return
		}
	}
}

// TestArchive holds the log in the table to what the sequencer and the
// verification rest on: on dynoxide only, because it looks at every entry of a
// growing history 16 times; TestCommitsOfManyEntriesBecomeLeaves runs on both.
func TestArchive(t *testing.T) {
	cfg := config(t, "TAKEDOWN_DYNOXIDE")
	audittest.Run(t, func(t *testing.T) audittest.Bench {
		s := open(t, cfg)
		return audittest.Bench{Archive: s.Archive(), Commit: func(ctx context.Context, stream string, entries ...audit.Entry) error {
			base, err := s.Head(ctx, casework.StreamID(stream))
			if err == nil {
				_, err = s.Commit(ctx, base, casework.Change{Entries: entries})
			}
			return err
		}}
	})
}
