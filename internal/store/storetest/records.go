package storetest

import (
	"fmt"
	"strings"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

const caseA, caseB = casework.StreamID("case_a"), casework.StreamID("case_b")

func newStream(e *env) {
	e.same("head of a new stream", e.head(caseA), casework.Revision{Stream: caseA, Last: audit.Genesis})
	ch := e.change(record(caseA, "item", "item_1", 1, "{}"))
	ch.Entries = append(ch.Entries, e.entry("item_1"))
	rev := e.commit(caseA, ch)
	if rev.N != 1 || rev.Entries != 2 {
		e.Fatalf("revision %+v, want one commit and two entries", rev)
	}
	e.same("head after the commit", e.head(caseA), rev)
	lines, err := e.s.Entries(e.ctx, caseA, 2, 10)
	e.ok(err)
	e.same("hash of the last line", rev.Last, audit.Hash(lines[0].Bytes))
}

func readYourWrite(e *env) {
	ch := e.change(record(caseA, "item", "item_1", 1, `{"a":1}`), record(caseA, "track", "track_1", 1, `{"b":2}`))
	ch.Claim = []casework.Lookup{{Space: "url", Value: "v1", Ref: casework.Key{Kind: "item", ID: "item_1"}}}
	e.commit(caseA, ch)
	got, err := e.s.Get(e.ctx, casework.Key{Kind: "track", ID: "track_1"}, casework.Key{Kind: "item", ID: "item_0"}, casework.Key{Kind: "item", ID: "item_1"})
	e.ok(err)
	e.same("rows in the order asked, missing ones left out", got, []casework.Record{
		record(caseA, "track", "track_1", 1, `{"b":2}`), record(caseA, "item", "item_1", 1, `{"a":1}`),
	})
	key, err := e.s.FindLookup(e.ctx, "url", "v1")
	e.ok(err)
	e.same("look-up", key, casework.Key{Kind: "item", ID: "item_1"})
	e.commit(caseA, e.change(record(caseA, "item", "item_1", 2, `{"a":3}`)))
	e.same("the row after a second write", e.get("item", "item_1"), new(record(caseA, "item", "item_1", 2, `{"a":3}`)))
	none, err := e.s.Get(e.ctx)
	e.ok(err)
	e.same("no keys, no rows", len(none), 0)
}

// emptyBodies: nothing is a body too.
func emptyBodies(e *env) {
	ch := e.change(record(caseA, "item", "item_1", 1, ""), casework.Record{Key: casework.Key{Kind: "item", ID: "item_2"}, Stream: caseA, Version: 1})
	ch.Outbox = []casework.OutboxRow{{ID: "wake_1", Kind: "start", Stream: caseA, At: noon}}
	e.commit(caseA, ch)
	e.same("item_1", len(e.get("item", "item_1").Body), 0)
	e.same("item_2", len(e.get("item", "item_2").Body), 0)
	e.same("outbox", e.outboxIDs(noon.Add(lease), 5), []string{"wake_1"})
}

func listByID(e *env) {
	var put []casework.Record
	for _, n := range []int{4, 1, 3, 0, 2} {
		put = append(put, record(caseA, "item", fmt.Sprintf("item_%d", n), 1, "{}"))
	}
	e.commit(caseA, e.change(append(put, record(caseA, "track", "track_9", 1, "{}"))...))
	e.commit(caseB, e.change(record(caseB, "item", "item_5", 1, "{}")))
	first, err := e.s.List(e.ctx, caseA, "item", "", 3)
	e.ok(err)
	e.same("first page", idsOf(first), []string{"item_0", "item_1", "item_2"})
	rest, err := e.s.List(e.ctx, caseA, "item", "item_2", 3)
	e.ok(err)
	e.same("second page", idsOf(rest), []string{"item_3", "item_4"})
	e.same("a listed row is whole", rest[0], record(caseA, "item", "item_3", 1, "{}"))
}

func versions(e *env) {
	e.commit(caseA, e.change(record(caseA, "item", "item_1", 1, "one")))
	for name, r := range map[string]casework.Record{
		"made a second time":      record(caseA, "item", "item_1", 1, "x"),
		"a version left out":      record(caseA, "item", "item_1", 3, "x"),
		"changed before it is":    record(caseA, "item", "item_2", 2, "x"),
		"made in another stream":  record(caseB, "item", "item_1", 1, "x"),
		"taken by another stream": record(caseB, "item", "item_1", 2, "x"),
	} {
		_, err := e.s.Commit(e.ctx, e.head(r.Stream), e.change(r))
		e.Log(name)
		e.refused(err, takedown.Conflict)
	}
	e.same("the row", e.get("item", "item_1"), new(record(caseA, "item", "item_1", 1, "one")))
	e.commit(caseA, e.change(record(caseA, "item", "item_1", 2, "two")))
	e.same("the row", e.get("item", "item_1"), new(record(caseA, "item", "item_1", 2, "two")))
}

// full is a change that writes to every table.
func (e *env) full() casework.Change {
	ch := e.change(record(caseA, "item", "item_new", 1, "{}", casework.IndexPlace{Index: "due", Partition: "p", Sort: "1"}))
	ch.Claim = []casework.Lookup{{Space: "url", Value: "new", Ref: casework.Key{Kind: "item", ID: "item_new"}}}
	ch.Release = []casework.Lookup{{Space: "url", Value: "mine", Ref: casework.Key{Kind: "item", ID: "item_1"}}}
	ch.Outbox = []casework.OutboxRow{{ID: "wake_new", Kind: "start", Stream: caseA, Payload: []byte("{}"), At: noon}}
	ch.Finish = &casework.Finished{Key: "key_new", RequestMAC: "mac", Status: 201, ExpiresAt: noon.AddDate(0, 0, 1)}
	return ch
}

func allOrNothing(e *env) {
	setup := e.change(record(caseA, "item", "item_1", 1, "{}"))
	setup.Claim = []casework.Lookup{
		{Space: "url", Value: "taken", Ref: casework.Key{Kind: "item", ID: "item_1"}},
		{Space: "url", Value: "mine", Ref: casework.Key{Kind: "item", ID: "item_1"}},
	}
	setup.Finish = &casework.Finished{Key: "key_done", RequestMAC: "mac", Status: 201, ExpiresAt: noon.AddDate(0, 0, 1)}
	old := e.head(caseA)
	rev := e.commit(caseA, setup)
	taken := casework.Lookup{Space: "url", Value: "taken", Ref: casework.Key{Kind: "item", ID: "item_new"}}
	for name, spoil := range map[string]func(*casework.Revision, *casework.Change){
		"stale base":  func(r *casework.Revision, _ *casework.Change) { *r = old },
		"forged hash": func(r *casework.Revision, _ *casework.Change) { r.Last = audit.Genesis },
		"base ahead":  func(r *casework.Revision, _ *casework.Change) { r.N++ },
		"stale record": func(_ *casework.Revision, c *casework.Change) {
			c.Put = append(c.Put, record(caseA, "item", "item_1", 3, ""))
		},
		"record exists": func(_ *casework.Revision, c *casework.Change) {
			c.Put = append(c.Put, record(caseA, "item", "item_1", 1, ""))
		},
		"claim taken":    func(_ *casework.Revision, c *casework.Change) { c.Claim = append(c.Claim, taken) },
		"release denied": func(_ *casework.Revision, c *casework.Change) { c.Release = append(c.Release, taken) },
		"finished":       func(_ *casework.Revision, c *casework.Change) { c.Finish.Key = "key_done" },
		"entry exists":   func(_ *casework.Revision, c *casework.Change) { c.Entries = append(c.Entries, setup.Entries[0]) },
	} {
		base, ch := rev, e.full()
		spoil(&base, &ch)
		_, err := e.s.Commit(e.ctx, base, ch)
		e.Log(name)
		e.refused(err, takedown.Conflict)
		e.nothingOf(ch, rev)
	}
	next, err := e.s.Commit(e.ctx, rev, e.full())
	e.ok(err)
	e.same("head", e.head(caseA), next)
	if e.get("item", "item_new") == nil {
		e.Fatal("the change without a flaw left no row")
	}
}

// nothingOf wants that no part of a full change is there.
func (e *env) nothingOf(ch casework.Change, rev casework.Revision) {
	e.Helper()
	e.same("head", e.head(caseA), rev)
	if e.get("item", "item_new") != nil {
		e.Fatal("a record stayed behind")
	}
	_, err := e.s.FindLookup(e.ctx, "url", "new")
	e.refused(err, takedown.NotFound)
	if _, err := e.s.FindLookup(e.ctx, "url", "mine"); err != nil {
		e.Fatalf("a key was released: %v", err)
	}
	_, err = e.s.FindEntry(e.ctx, ch.Entries[0].ID)
	e.refused(err, takedown.NotFound)
	due, err := e.s.OutboxDue(e.ctx, noon.AddDate(0, 0, 1), 10)
	e.ok(err)
	e.same("outbox", len(due), 0)
	e.same("due list", len(e.query(casework.Query{Index: "due", Partition: "p", Limit: 5}).Records), 0)
	f, err := e.s.TakeLease(e.ctx, "key_new", "mac", noon, noon.Add(1))
	e.ok(err)
	if f != nil {
		e.Fatal("a request was finished")
	}
	e.ok(e.s.DropLease(e.ctx, "key_new"))
}

func bounds(e *env) {
	rev := e.commit(caseA, e.change(record(caseA, "item", "item_1", 1, "{}")))
	many := make([]string, casework.MaxEntryIDs+1)
	for i := range many {
		many[i] = fmt.Sprintf("item_%d", i)
	}
	for name, spoil := range map[string]func(*casework.Change){
		"no entry":        func(c *casework.Change) { c.Entries = nil },
		"no actor":        func(c *casework.Change) { c.Entries[0].Actor = "" },
		"second no actor": func(c *casework.Change) { c.Entries = append(c.Entries, e.entry()); c.Entries[1].Actor = "" },
		"41 ids":          func(c *casework.Change) { c.Entries[0].IDs = many },
		"a long row":      func(c *casework.Change) { c.Put[0].Body = make([]byte, casework.MaxRowBytes+1) },
		"a long entry":    func(c *casework.Change) { c.Entries[0].Reason = strings.Repeat("r", casework.MaxRowBytes) },
		"a long payload":  func(c *casework.Change) { c.Outbox[0].Payload = make([]byte, casework.MaxRowBytes+1) },
		"a long place":    func(c *casework.Change) { c.Put[0].Index[0].Sort = strings.Repeat("s", casework.MaxRowBytes) },
		"a long look-up":  func(c *casework.Change) { c.Claim[0].Value = strings.Repeat("v", casework.MaxRowBytes) },
		"91 rows":         func(c *casework.Change) { c.Put = rows(casework.MaxChangeRows - 3) },
		"over 3 MB":       func(c *casework.Change) { c.Put[0].Index = heavy() },
		"another stream":  func(c *casework.Change) { c.Put[0].Stream = caseB },
		"written twice":   func(c *casework.Change) { c.Put = append(c.Put, c.Put[0]) },
		"version 0":       func(c *casework.Change) { c.Put[0].Version = 0 },
	} {
		ch := e.full() // record, entry, claim, outbox, answer
		ch.Release = nil
		spoil(&ch)
		_, err := e.s.Commit(e.ctx, rev, ch)
		e.Log(name)
		e.refused(err, takedown.Invalid)
		e.same("head", e.head(caseA), rev)
		if e.get("item", "item_new") != nil {
			e.Fatal("a record stayed behind")
		}
	}
	_, err := e.s.Commit(e.ctx, casework.Revision{}, e.change())
	e.refused(err, takedown.Invalid)
}

func rows(n int) []casework.Record {
	out := make([]casework.Record, n)
	for i := range out {
		out[i] = record(caseA, "item", fmt.Sprintf("item_row%02d", i), 1, strings.Repeat("b", casework.MaxRowBytes))
	}
	return out
}

// heavy are places of more than 3 MB together, none of them too long.
func heavy() []casework.IndexPlace {
	out := make([]casework.IndexPlace, 800)
	for i := range out {
		out[i] = casework.IndexPlace{Index: "due", Partition: fmt.Sprintf("p%d", i), Sort: strings.Repeat("s", 4000)}
	}
	return out
}

func largestChange(e *env) {
	ch := e.change(rows(casework.MaxChangeRows - 1)...)
	e.commit(caseA, ch)
	list, err := e.s.List(e.ctx, caseA, "item", "", 1000)
	e.ok(err)
	e.same("rows", len(list), casework.MaxChangeRows-1)
	e.same("the last", list[len(list)-1].Body, []byte(strings.Repeat("b", casework.MaxRowBytes)))
}

func loser(e *env) {
	base := e.commit(caseA, e.change())
	_, err := e.s.Commit(e.ctx, base, e.change(record(caseA, "item", "item_1", 1, "first")))
	e.ok(err)
	second := e.change(record(caseA, "item", "item_2", 1, "second"))
	_, err = e.s.Commit(e.ctx, base, second)
	e.refused(err, takedown.Conflict)
	if e.get("item", "item_2") != nil {
		e.Fatal("the loser left a row")
	}
	e.commit(caseA, second) // on the new head it is welcome
	_, err = e.s.Commit(e.ctx, casework.Revision{Stream: caseA, Last: audit.Genesis}, e.change())
	e.refused(err, takedown.Conflict) // the stream is not new
}

func lookups(e *env) {
	one, two := casework.Key{Kind: "item", ID: "item_1"}, casework.Key{Kind: "item", ID: "item_2"}
	claim := func(l ...casework.Lookup) casework.Change { c := e.change(); c.Claim = l; return c }
	_, err := e.s.FindLookup(e.ctx, "url", "v")
	e.refused(err, takedown.NotFound)
	e.commit(caseA, claim(casework.Lookup{Space: "url", Value: "v", Ref: one}))
	e.commit(caseA, claim(casework.Lookup{Space: "url", Value: "v", Ref: one})) // its own again
	_, err = e.s.Commit(e.ctx, e.head(caseB), claim(casework.Lookup{Space: "url", Value: "v", Ref: two}))
	e.refused(err, takedown.Conflict)
	e.commit(caseB, claim(casework.Lookup{Space: "ticket", Value: "v", Ref: two})) // another space

	notMine := e.change()
	notMine.Release = []casework.Lookup{{Space: "url", Value: "v", Ref: two}}
	_, err = e.s.Commit(e.ctx, e.head(caseB), notMine)
	e.refused(err, takedown.Conflict)

	hand := claim(casework.Lookup{Space: "url", Value: "v", Ref: two})
	hand.Release = []casework.Lookup{{Space: "url", Value: "v", Ref: one}}
	e.commit(caseB, hand) // released before it is claimed
	key, err := e.s.FindLookup(e.ctx, "url", "v")
	e.ok(err)
	e.same("holder", key, two)

	back := e.change()
	back.Release = []casework.Lookup{{Space: "url", Value: "v", Ref: two}, {Space: "url", Value: "free", Ref: two}}
	e.commit(caseB, back)
	_, err = e.s.FindLookup(e.ctx, "url", "v")
	e.refused(err, takedown.NotFound)
}
