package storetest

import (
	"fmt"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// requestLost: nothing was stored, and the same commit on the same base is
// taken.
func requestLost(e *env) {
	base := e.commit(caseA, e.change())
	ch := e.change(record(caseA, "item", "item_1", 1, "{}"))
	f := Faulty(e.s, Faults{At: map[int64]Fault{1: RequestLost}})
	_, err := f.Commit(e.ctx, base, ch)
	e.refused(err, takedown.Unavailable)
	e.same("head", e.head(caseA), base)
	_, err = f.Commit(e.ctx, base, ch)
	e.ok(err)
	e.same("lost", f.Lost(), Losses{Calls: 2, Requests: 1})
}

// replyLost: it was stored. The same commit on the same base is a conflict
// that changes nothing, and reloading shows the entry: the caller knows.
func replyLost(e *env) {
	base := e.commit(caseA, e.change())
	ch := e.change(record(caseA, "item", "item_1", 1, "{}"))
	ch.Outbox = []casework.OutboxRow{wake("wake_1", noon)}
	f := Faulty(e.s, Faults{At: map[int64]Fault{1: ReplyLost}})
	_, err := f.Commit(e.ctx, base, ch)
	e.refused(err, takedown.Unavailable)
	stored := e.head(caseA)
	e.same("the commit happened", stored.N, base.N+1)
	_, err = f.Commit(e.ctx, base, ch)
	e.refused(err, takedown.Conflict)
	e.same("head", e.head(caseA), stored)
	e.same("lines", len(e.chained(caseA)), 2)
	line, err := f.FindEntry(e.ctx, ch.Entries[0].ID)
	e.ok(err)
	e.same("our own entry", line.Seq, stored.Entries)
	e.same("the row", e.get("item", "item_1").Version, int64(1))
	e.same("outbox", e.outboxIDs(noon.Add(lease), 5), []string{"wake_1"})
}

// faultsBySeed writes ten changes through faults. Each is repeated on its base
// until it is known to be there; in the end each stands once.
func faultsBySeed(e *env) {
	var all Losses
	for seed := range uint64(6) {
		stream := casework.StreamID(fmt.Sprintf("case_%d", seed))
		f := Faulty(e.s, Faults{Seed: seed, Every: 3})
		for n := range 10 {
			e.persist(f, stream, e.change(record(stream, "item", fmt.Sprintf("item_%d_%d", seed, n), 1, "{}")))
		}
		e.same(fmt.Sprintf("lines of seed %d", seed), len(e.chained(stream)), 10)
		all.Requests += f.Lost().Requests
		all.Replies += f.Lost().Replies
	}
	if all.Requests < 10 || all.Replies < 10 {
		e.Fatalf("too few faults to show anything: %+v", all)
	}
}

// persist commits as a use case does that must not do it twice.
func (e *env) persist(s casework.Store, stream casework.StreamID, ch casework.Change) {
	e.Helper()
	base := e.head(stream)
	for range 100 {
		_, err := s.Commit(e.ctx, base, ch)
		if err == nil {
			return
		}
		switch takedown.KindOf(err) {
		case takedown.Unavailable: // not known: again on the same base
		case takedown.Conflict: // was it ourselves?
			if _, err := s.FindEntry(e.ctx, ch.Entries[0].ID); err == nil {
				return
			}
		default:
			e.Fatalf("a fault gave %v", err)
		}
	}
	e.Fatal("100 tries, and every one was lost")
}
