package storetest

import (
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Of the crowd on one stream: 40 tracks of a case and 10 people reading it.
const (
	writers    = 40
	readers    = 10
	rounds     = 3
	maxRetries = 5000
)

// crowd lets 40 writers and 10 readers work on one stream. None may fail; a
// writer that loses reloads and decides again. A counter that all of them raise
// shows a lost update.
func crowd(e *env) {
	e.commit(caseA, e.change(record(caseA, "case", "case_a", 1, "0")))
	var retries, reads atomic.Int64
	var wg, watch sync.WaitGroup
	stop := make(chan struct{})
	for range readers {
		watch.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					e.look(&reads)
				}
			}
		})
	}
	for w := range writers {
		wg.Go(func() {
			for round := range rounds {
				e.raise(fmt.Sprintf("track_%02d", w), int64(round)+1, &retries)
			}
		})
	}
	wg.Wait()
	close(stop)
	watch.Wait()
	const all = writers * rounds
	e.Logf("%d commits, %d retries, %d reads", all, retries.Load(), reads.Load())
	e.same("counter", string(e.get("case", "case_a").Body), strconv.Itoa(all))
	e.same("lines", len(e.chained(caseA)), all+1)
	list, err := e.s.List(e.ctx, caseA, "track", "", 100)
	e.ok(err)
	e.same("tracks", len(list), writers)
	for _, r := range list {
		e.same("version of "+r.ID, r.Version, int64(rounds))
	}
}

// raise writes a track's next version and raises the case's counter.
func (e *env) raise(track string, version int64, retries *atomic.Int64) {
	for range maxRetries {
		base, err := e.s.Head(e.ctx, caseA)
		if err != nil {
			e.Errorf("a writer's head: %v", err)
			return
		}
		rows, err := e.s.Get(e.ctx, casework.Key{Kind: "case", ID: "case_a"})
		if err != nil || len(rows) != 1 {
			e.Errorf("a writer's row: %v", err)
			return
		}
		n, err := strconv.Atoi(string(rows[0].Body))
		if err != nil {
			e.Errorf("the counter: %v", err)
			return
		}
		_, err = e.s.Commit(e.ctx, base, e.change(
			record(caseA, "case", "case_a", rows[0].Version+1, strconv.Itoa(n+1)),
			record(caseA, "track", track, version, "{}", due(track)),
		))
		if err == nil {
			return
		}
		if takedown.KindOf(err) != takedown.Conflict {
			e.Errorf("a writer failed: %v", err)
			return
		}
		retries.Add(1)
		runtime.Gosched()
	}
	e.Errorf("%s never got through", track)
}

// look reads a case as a person does. What the head promises must be there.
func (e *env) look(reads *atomic.Int64) {
	before, err := e.s.Head(e.ctx, caseA)
	if err == nil {
		var rows []casework.Record
		rows, err = e.s.Get(e.ctx, casework.Key{Kind: "case", ID: "case_a"})
		if err == nil && rows[0].Version < before.N {
			e.Errorf("the row is at %d, the head read before it at %d", rows[0].Version, before.N)
		}
	}
	if err == nil {
		var n int
		lines, lerr := e.s.Entries(e.ctx, caseA, before.Entries, 1)
		if n, err = len(lines), lerr; err == nil && n != 1 {
			e.Errorf("the head's last line is missing")
		}
	}
	if err == nil {
		_, err = e.s.Query(e.ctx, casework.Query{Index: "due", Partition: "wait", Limit: 10})
	}
	if err != nil {
		e.Errorf("a reader failed: %v", err)
	}
	reads.Add(1)
}

// uniqueLookups lets writers on streams of their own claim the same URLs: one
// wins each, the others change nothing.
func uniqueLookups(e *env) {
	const urls, rivals = 5, 12
	var won [urls]atomic.Int64
	var wg sync.WaitGroup
	for r := range rivals {
		wg.Go(func() {
			stream := casework.StreamID(fmt.Sprintf("case_%02d", r))
			for u := range urls {
				id := fmt.Sprintf("item_%02d_%d", r, u)
				ch := e.change(record(stream, "item", id, 1, "{}"))
				ch.Claim = []casework.Lookup{{Space: "url", Value: fmt.Sprintf("url_%d", u), Ref: casework.Key{Kind: "item", ID: id}}}
				head, err := e.s.Head(e.ctx, stream)
				if err == nil {
					_, err = e.s.Commit(e.ctx, head, ch)
				}
				switch {
				case err == nil:
					won[u].Add(1)
				case takedown.KindOf(err) != takedown.Conflict:
					e.Errorf("%s failed: %v", id, err)
				}
			}
		})
	}
	wg.Wait()
	for u := range urls {
		e.same(fmt.Sprintf("winners of url_%d", u), won[u].Load(), int64(1))
		holder, err := e.s.FindLookup(e.ctx, "url", fmt.Sprintf("url_%d", u))
		e.ok(err)
		for r := range rivals {
			id := fmt.Sprintf("item_%02d_%d", r, u)
			if there := e.get("item", id) != nil; there != (id == holder.ID) {
				e.Errorf("%s: there %v, the holder is %s", id, there, holder.ID)
			}
		}
	}
}
