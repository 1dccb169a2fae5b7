// Package storetest is the suite that every adapter of casework.Store passes,
// and two wrappers of a real store: one whose lists lag, one that loses
// requests and replies.
package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Run runs the suite, once on the adapter and once with lists that lag. open
// gives an empty store each time and sees to its closing (t.Cleanup). Only rows
// are promised to read your own writes; lists are read after a Flush where the
// store has one.
func Run(t *testing.T, open func(t *testing.T) casework.Store) {
	t.Helper()
	t.Run("plain", func(t *testing.T) { runAll(t, open) })
	t.Run("lagging", func(t *testing.T) {
		runAll(t, func(t *testing.T) casework.Store { return Lagging(open(t)) })
	})
}

// RunLog runs what the suite says of the Merkle log alone.
func RunLog(t *testing.T, open func(t *testing.T) casework.Store) {
	t.Helper()
	runCases(t, open, logCases)
}

// suiteCase is one sentence of the suite.
type suiteCase struct {
	name string
	run  func(*env)
}

var logCases = []suiteCase{
	{"log grows", logGrows},
	{"log head is swapped", logHead},
	{"log in order of streams", logOrder},
}

func runAll(t *testing.T, open func(t *testing.T) casework.Store) {
	t.Helper()
	runCases(t, open, logCases)
	runCases(t, open, []suiteCase{
		{"a new stream", newStream},
		{"read your write", readYourWrite},
		{"empty bodies", emptyBodies},
		{"records in a stream by id", listByID},
		{"versions", versions},
		{"all or nothing", allOrNothing},
		{"bounds", bounds},
		{"the largest change", largestChange},
		{"one of two on a base loses", loser},
		{"look-ups", lookups},
		{"order of history", history},
		{"entries are found by id", findEntry},
		{"streams apart", streamsApart},
		{"due list", dueList},
		{"places follow the record", placesFollow},
		{"sorted bytewise", sortedBytewise},
		{"pages", pages},
		{"pages while others write", stablePages},
		{"foreign cursor", foreignCursor},
		{"lists may lag, rows never", rowsNeverLag},
		{"leases", leases},
		{"finished requests", finishedRequests},
		{"finished once", finishedOnce},
		{"one lease of many", oneLease},
		{"all leases dropped", allLeasesDropped},
		{"outbox", outbox},
		{"outbox ids are used once", outboxOnce},
		{"tokens", tokens},
		{"jobs", jobs},
		{"40 writers and 10 readers", crowd},
		{"unique look-ups under concurrent writers", uniqueLookups},
		{"request lost", requestLost},
		{"reply lost", replyLost},
		{"faults by seed", faultsBySeed},
		{"a cancelled caller", cancelled},
	})
}

func runCases(t *testing.T, open func(t *testing.T) casework.Store, cases []suiteCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.run(&env{T: t, s: open(t), ctx: context.Background()})
		})
	}
}

// noon is when everything happens: Monday 22 March 2027.
var noon = time.Date(2027, time.March, 22, 12, 0, 0, 0, time.UTC)

// env is one case of the suite at work on its own store.
type env struct {
	*testing.T
	s   casework.Store
	ctx context.Context //nolint:containedctx // lives for one test
	n   atomic.Int64
}

// entry gives an entry that nobody else has.
func (e *env) entry(ids ...string) audit.Entry {
	return audit.Entry{
		ID: fmt.Sprintf("entry_%04d", e.n.Add(1)), At: noon, Actor: "principal_anna", Role: "specialist",
		Act: "item.added", IDs: ids,
	}
}

// change is a change of these records with one entry.
func (e *env) change(put ...casework.Record) casework.Change {
	return casework.Change{Put: put, Entries: []audit.Entry{e.entry()}}
}

func record(stream casework.StreamID, kind casework.RecordKind, id string, version int64, body string, index ...casework.IndexPlace) casework.Record {
	return casework.Record{
		Key: casework.Key{Kind: kind, ID: id}, Stream: stream, Version: version, Body: []byte(body), Index: index,
	}
}

func (e *env) head(stream casework.StreamID) casework.Revision {
	e.Helper()
	r, err := e.s.Head(e.ctx, stream)
	e.ok(err)
	return r
}

// commit applies a change on a stream's head.
func (e *env) commit(stream casework.StreamID, ch casework.Change) casework.Revision {
	e.Helper()
	r, err := e.s.Commit(e.ctx, e.head(stream), ch)
	e.ok(err)
	return r
}

// get reads one record, nil if it is missing.
func (e *env) get(kind casework.RecordKind, id string) *casework.Record {
	e.Helper()
	list, err := e.s.Get(e.ctx, casework.Key{Kind: kind, ID: id})
	e.ok(err)
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

func (e *env) ok(err error) {
	e.Helper()
	if err != nil {
		e.Fatalf("unexpected error: %v (%v)", err, takedown.KindOf(err))
	}
}

// refused wants an error of a kind.
func (e *env) refused(err error, kind takedown.Kind) {
	e.Helper()
	if err == nil || takedown.KindOf(err) != kind {
		e.Fatalf("error %v of kind %q, want kind %q", err, takedown.KindOf(err), kind)
	}
}

func (e *env) same(what string, got, want any) {
	e.Helper()
	if d := cmp.Diff(want, got); d != "" {
		e.Fatalf("%s (-want +got):\n%s", what, d)
	}
}

// settled lets lists catch up.
func (e *env) settled() {
	e.Helper()
	if f, ok := e.s.(interface{ Flush(context.Context) error }); ok {
		e.ok(f.Flush(e.ctx))
	}
}

// query reads one page after the lists have caught up.
func (e *env) query(q casework.Query) casework.Page {
	e.Helper()
	e.settled()
	p, err := e.s.Query(e.ctx, q)
	e.ok(err)
	return p
}

func idsOf(list []casework.Record) []string {
	out := []string{}
	for _, r := range list {
		out = append(out, r.ID)
	}
	return out
}
