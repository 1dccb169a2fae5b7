package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

const lease = 30 * time.Second

// free wants that a lease can be taken at an instant, and takes it.
func (e *env) free(key, mac string, now time.Time) {
	e.Helper()
	f, err := e.s.TakeLease(e.ctx, key, mac, now, now.Add(lease))
	e.ok(err)
	if f != nil {
		e.Fatalf("the request is finished: %+v", f)
	}
}

// held wants that another holds the lease.
func (e *env) held(key, mac string, now time.Time) {
	e.Helper()
	_, err := e.s.TakeLease(e.ctx, key, mac, now, now.Add(lease))
	e.refused(err, takedown.Conflict)
}

func leases(e *env) {
	e.free("key_1", "mac", noon)
	e.held("key_1", "mac", noon.Add(lease-time.Second))
	e.free("key_2", "mac", noon)
	e.free("key_1", "mac", noon.Add(lease)) // the first ended by itself
	e.held("key_1", "mac", noon.Add(lease))
	e.ok(e.s.DropLease(e.ctx, "key_1"))
	e.free("key_1", "other", noon.Add(lease)) // without effect, so free for anything
	e.ok(e.s.DropLease(e.ctx, "key_none"))
}

func (e *env) finish(f casework.Finished) {
	e.Helper()
	ch := e.change()
	ch.Finish = &f
	e.commit(caseA, ch)
}

func finishedRequests(e *env) {
	done := casework.Finished{Key: "key_1", RequestMAC: "mac", Status: 201, IDs: []string{"case_1", "item_1"}, ExpiresAt: noon.Add(time.Hour)}
	e.free("key_1", "mac", noon)
	e.finish(done)
	for _, at := range []time.Time{noon, noon.Add(2 * lease), noon.Add(time.Hour - time.Second)} {
		f, err := e.s.TakeLease(e.ctx, "key_1", "mac", at, at.Add(lease))
		e.ok(err)
		e.same("answer", f, &done)
	}
	_, err := e.s.TakeLease(e.ctx, "key_1", "other", noon, noon.Add(lease))
	e.refused(err, takedown.Invalid)
	e.same("name", takedown.NameOf(err), "IdempotencyKeyReused")
	e.ok(e.s.DropLease(e.ctx, "key_1")) // touches no answer
	e.ok(e.s.DropAllLeases(e.ctx))
	f, err := e.s.TakeLease(e.ctx, "key_1", "mac", noon, noon.Add(lease))
	e.ok(err)
	e.same("answer", f, &done)
	e.free("key_1", "other", noon.Add(time.Hour)) // expired
	bare := casework.Finished{Key: "key_2", RequestMAC: "mac", Status: 204, ExpiresAt: noon.Add(time.Hour)}
	e.finish(bare) // its lease was never taken, or has ended
	f, err = e.s.TakeLease(e.ctx, "key_2", "mac", noon, noon.Add(lease))
	e.ok(err)
	e.same("answer without ids", f, &bare)
}

func finishedOnce(e *env) {
	done := casework.Finished{Key: "key_1", RequestMAC: "mac", Status: 201, IDs: []string{"case_1"}, ExpiresAt: noon.Add(time.Hour)}
	e.finish(done)
	again := done
	again.IDs = []string{"case_2"}
	ch := e.change(record(caseA, "item", "item_1", 1, "{}"))
	ch.Finish = &again
	_, err := e.s.Commit(e.ctx, e.head(caseA), ch)
	e.refused(err, takedown.Conflict) // two of one request raced: the effect stands once
	again.RequestMAC = "other"
	_, err = e.s.Commit(e.ctx, e.head(caseA), ch)
	e.refused(err, takedown.Invalid)
	if e.get("item", "item_1") != nil {
		e.Fatal("the second effect stayed")
	}
}

func oneLease(e *env) {
	var got, refused atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			f, err := e.s.TakeLease(e.ctx, "key_1", "mac", noon, noon.Add(lease))
			switch {
			case err == nil && f == nil:
				got.Add(1)
			case err != nil && takedown.KindOf(err) == takedown.Conflict:
				refused.Add(1)
			default:
				e.Errorf("answer %v, error %v", f, err)
			}
		})
	}
	wg.Wait()
	if got.Load() != 1 || refused.Load() != 19 {
		e.Fatalf("%d got the lease, %d were refused", got.Load(), refused.Load())
	}
}

func allLeasesDropped(e *env) {
	for n := range 3 {
		e.free(fmt.Sprintf("key_%d", n), "mac", noon)
	}
	e.ok(e.s.DropAllLeases(e.ctx))
	for n := range 3 {
		e.free(fmt.Sprintf("key_%d", n), "mac", noon)
	}
}

func (e *env) send(rows ...casework.OutboxRow) {
	e.Helper()
	ch := e.change()
	ch.Outbox = rows
	e.commit(caseA, ch)
}

func wake(id string, at time.Time) casework.OutboxRow {
	return casework.OutboxRow{ID: id, Kind: "start", Stream: caseA, Payload: []byte(`{"id":"` + id + `"}`), At: at}
}

func (e *env) outboxIDs(before time.Time, limit int) []string {
	e.Helper()
	rows, err := e.s.OutboxDue(e.ctx, before, limit)
	e.ok(err)
	out := []string{}
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return out
}

func outbox(e *env) {
	later := noon.Add(time.Minute)
	e.send(wake("wake_3", noon.Add(2*time.Second)), wake("wake_2", noon.Add(time.Millisecond)))
	e.send(wake("wake_1", noon))
	e.same("oldest first", e.outboxIDs(later, 10), []string{"wake_1", "wake_2", "wake_3"})
	e.same("again, until it is marked", e.outboxIDs(later, 10), []string{"wake_1", "wake_2", "wake_3"})
	e.same("written before", e.outboxIDs(noon.Add(2*time.Second), 10), []string{"wake_1", "wake_2"})
	e.same("at most", e.outboxIDs(later, 1), []string{"wake_1"})
	rows, err := e.s.OutboxDue(e.ctx, later, 1)
	e.ok(err)
	e.same("whole", rows[0], wake("wake_1", noon))
	for range 2 {
		e.ok(e.s.MarkDelivered(e.ctx, "wake_1"))
	}
	e.same("what is left", e.outboxIDs(later, 10), []string{"wake_2", "wake_3"})
}

func outboxOnce(e *env) {
	later := noon.Add(time.Minute)
	e.send(wake("wake_1", noon))
	second := wake("wake_1", noon.Add(time.Second))
	second.Payload = []byte("other")
	e.send(second)
	rows, err := e.s.OutboxDue(e.ctx, later, 10)
	e.ok(err)
	e.same("the first stands", rows, []casework.OutboxRow{wake("wake_1", noon)})
	e.ok(e.s.MarkDelivered(e.ctx, "wake_1"))
	e.send(second)
	e.same("delivered is delivered", e.outboxIDs(later, 10), []string{})
}

func tokens(e *env) {
	_, err := e.s.Token(e.ctx, "track_1/step/1")
	e.refused(err, takedown.NotFound)
	for _, tok := range []string{"old", "newer", "newest"} {
		e.ok(e.s.PutToken(e.ctx, "track_1/step/1", tok))
		e.ok(e.s.PutToken(e.ctx, "track_2/step/1", "other"))
		got, err := e.s.Token(e.ctx, "track_1/step/1")
		e.ok(err)
		e.same("the newest", got, tok)
	}
}

func cancelled(e *env) {
	base := e.commit(caseA, e.change())
	ctx, cancel := context.WithCancel(e.ctx)
	cancel()
	ch := e.change(record(caseA, "item", "item_1", 1, "{}"))
	_, err := e.s.Commit(ctx, base, ch)
	e.refused(err, takedown.Unavailable)
	if !errors.Is(err, ctx.Err()) {
		e.Fatalf("the cause is lost: %v", err)
	}
	_, err = e.s.Head(ctx, caseA)
	e.refused(err, takedown.Unavailable)
	e.same("head", e.head(caseA), base)
	e.commit(caseA, ch)
}
