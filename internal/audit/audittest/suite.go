package audittest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/takedown"
)

// Bench is an empty archive under test and the way to write to its streams.
type Bench struct {
	Archive audit.Archive
	Commit  func(ctx context.Context, stream string, entries ...audit.Entry) error
}

// Entry is a valid entry with an id.
func Entry(id string) audit.Entry {
	return audit.Entry{
		ID: id, At: time.Date(2027, 3, 22, 9, 0, 0, 0, time.UTC), Actor: "specialist-1", Role: "specialist",
		Act: "item.added", Reason: "reported", IDs: []string{"item_1"}, Hashes: []string{"location:00ff"},
	}
}

// Keys makes a log key for tests.
func Keys(t testing.TB) (note.Signer, string) {
	t.Helper()
	secret, public, err := audit.NewLogKey(rand.Reader, "test-deployment")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return signer, public
}

// Run holds an archive to what the sequencer and the verification rest on.
func Run(t *testing.T, open func(t *testing.T) Bench) {
	for name, test := range map[string]func(*testing.T, Bench){
		"Empty": empty, "Streams": streams, "Append": appending, "Conflict": conflicts,
		"Sequenced": sequenced, "Together": together, "Faults": faults,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// Fill commits n entries over three streams, ids entry_0 to entry_n-1.
func Fill(t testing.TB, b Bench, from, n int) {
	t.Helper()
	for i := from; i < from+n; i++ {
		must(t, b.Commit(context.Background(), fmt.Sprintf("case_%d", i%3), Entry(fmt.Sprintf("entry_%d", i))))
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, err error, kind takedown.Kind) {
	t.Helper()
	if err == nil || takedown.KindOf(err) != kind {
		t.Fatalf("error %v, want %s", err, kind)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("%s (-want +got):\n%s", what, d)
	}
}

func empty(t *testing.T, b Bench) {
	head, err := b.Archive.Head(t.Context())
	must(t, err)
	same(t, "head", head, audit.LogHead{})
	pending, err := b.Archive.Pending(t.Context(), 10)
	must(t, err)
	same(t, "pending", len(pending), 0)
	streams, err := b.Archive.Streams(t.Context())
	must(t, err)
	same(t, "streams", len(streams), 0)
	_, err = b.Archive.LeafIndex(t.Context(), "entry_none")
	wantKind(t, err, takedown.NotFound)
	_, err = b.Archive.Hashes(t.Context(), []int64{0})
	wantKind(t, err, takedown.NotFound)
}

func streams(t *testing.T, b Bench) {
	Fill(t, b, 0, 10)
	heads, err := b.Archive.Streams(t.Context())
	must(t, err)
	same(t, "streams", len(heads), 3)
	for _, h := range heads {
		lines, err := b.Archive.StreamLines(t.Context(), h.Stream, 1, 100)
		must(t, err)
		same(t, "lines of "+h.Stream, int64(len(lines)), h.Entries)
		same(t, "last of "+h.Stream, audit.Hash(lines[len(lines)-1].Bytes), h.Last)
		for i, l := range lines {
			e, err := audit.Decode(l.Bytes)
			must(t, err)
			same(t, "line", []any{l.Stream, l.Seq, l.ID}, []any{h.Stream, int64(i + 1), e.ID})
		}
		part, err := b.Archive.StreamLines(t.Context(), h.Stream, 2, 1)
		must(t, err)
		same(t, "one line from the second", part, lines[1:2])
	}
	wantKind(t, b.Commit(t.Context(), "case_9", Entry("entry_3")), takedown.Conflict)
}

// place gives pending lines their places with hashes made up.
func place(lines []audit.Line, from int64) (leaves []audit.Leaf, hashes []audit.StoredHash) {
	for i, l := range lines {
		n := from + int64(i)
		leaves = append(leaves, audit.Leaf{EntryID: l.ID, Index: n})
		hashes = append(hashes, audit.StoredHash{Index: n, Hash: [32]byte{byte(n), 1}})
	}
	return leaves, hashes
}

func appending(t *testing.T, b Bench) {
	Fill(t, b, 0, 5)
	all, err := b.Archive.Pending(t.Context(), 100)
	must(t, err)
	same(t, "pending", len(all), 5)
	next := audit.LogHead{Version: 1, Size: 3, Note: []byte("signed")}
	leaves, hashes := place(all[:3], 0)
	must(t, b.Archive.Append(t.Context(), audit.LogHead{}, next, leaves, hashes))
	head, err := b.Archive.Head(t.Context())
	must(t, err)
	same(t, "head", head, next)
	for i, l := range all[:3] {
		index, err := b.Archive.LeafIndex(t.Context(), l.ID)
		must(t, err)
		same(t, "place", index, int64(i))
	}
	got, err := b.Archive.Hashes(t.Context(), []int64{2, 0})
	must(t, err)
	same(t, "hashes in the order asked", got, [][32]byte{{2, 1}, {0, 1}})
	_, err = b.Archive.Hashes(t.Context(), []int64{0, 77})
	wantKind(t, err, takedown.NotFound)
	part, err := b.Archive.Lines(t.Context(), 1, 1)
	must(t, err)
	same(t, "one line from the second leaf", part, all[1:2])
	rest, err := b.Archive.Pending(t.Context(), 100)
	must(t, err)
	same(t, "still pending", rest, all[3:])
}

func conflicts(t *testing.T, b Bench) {
	Fill(t, b, 0, 4)
	all, err := b.Archive.Pending(t.Context(), 100)
	must(t, err)
	one := audit.LogHead{Version: 1, Size: 2, Note: []byte("one")}
	leaves, hashes := place(all[:2], 0)
	must(t, b.Archive.Append(t.Context(), audit.LogHead{}, one, leaves, hashes))
	more, moreHashes := place(all[2:], 2)
	two := audit.LogHead{Version: 2, Size: 4, Note: []byte("two")}
	wantKind(t, b.Archive.Append(t.Context(), audit.LogHead{}, two, more, moreHashes), takedown.Conflict)
	twice := append(more, audit.Leaf{EntryID: all[0].ID, Index: 4})
	wantKind(t, b.Archive.Append(t.Context(), one, two, twice, moreHashes), takedown.Conflict)
	head, err := b.Archive.Head(t.Context())
	must(t, err)
	same(t, "head", head, one)
	_, err = b.Archive.LeafIndex(t.Context(), all[2].ID)
	wantKind(t, err, takedown.NotFound)
	_, err = b.Archive.Hashes(t.Context(), []int64{2})
	wantKind(t, err, takedown.NotFound)
}

// Verify wants a whole installation of a number of entries.
func Verify(t testing.TB, in audit.Installation, entries int) audit.Report {
	t.Helper()
	rep, err := audit.VerifyInstallation(context.Background(), in, audit.Options{Key: in.VerifierKey})
	must(t, err)
	if rep.Entries != entries || !rep.KeyCompared {
		t.Fatalf("report %+v, want %d entries", rep, entries)
	}
	return rep
}

func sequenced(t *testing.T, b Bench) {
	signer, key := Keys(t)
	heads := audit.FileHeads(filepath.Join(t.TempDir(), "heads.log"))
	seq := audit.NewSequencer(b.Archive, heads, signer)
	in := audit.Installation{Archive: b.Archive, Heads: heads, VerifierKey: key}
	total := 0
	for _, n := range []int{0, 1, 2, 5, 401} {
		Fill(t, b, total, n)
		total += n
		got, err := seq.CatchUp(t.Context())
		must(t, err)
		same(t, "leaves", got, n)
		rep := Verify(t, in, total)
		same(t, "log", []any{rep.Head.N, rep.Pending, rep.HeadBehind}, []any{int64(total), 0, false})
	}
	head, err := b.Archive.Head(t.Context())
	must(t, err)
	same(t, "heads", head.Version, int64(8)) // 401 lines are five batches
	proof, err := audit.Prove(t.Context(), b.Archive, "entry_77")
	must(t, err)
	verifier, err := audit.ParseVerifier(key)
	must(t, err)
	signed, err := audit.OpenHead(proof.Head, verifier)
	must(t, err)
	lines, err := b.Archive.Lines(t.Context(), proof.Index, 1)
	must(t, err)
	must(t, tlog.CheckRecord(proof.Proof, signed.Tree.N, signed.Tree.Hash, proof.Index, tlog.RecordHash(lines[0].Bytes)))
	Fill(t, b, total, 2)
	if rep := Verify(t, in, total+2); rep.Pending != 2 {
		t.Fatalf("%d pending, want 2", rep.Pending)
	}
}

// together lets four sequencers of one log run beside a writer and a
// verification.
func together(t *testing.T, b Bench) {
	signer, key := Keys(t)
	heads := audit.FileHeads(filepath.Join(t.TempDir(), "heads.log"))
	in := audit.Installation{Archive: b.Archive, Heads: heads, VerifierKey: key}
	const n = 60
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			seq := audit.NewSequencer(b.Archive, heads, signer)
			for range 15 {
				if _, err := seq.CatchUp(t.Context()); err != nil && takedown.KindOf(err) != takedown.Conflict {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() {
		for range 10 {
			if _, err := audit.VerifyInstallation(t.Context(), in, audit.Options{}); err != nil {
				t.Errorf("beside writers: %v", err)
			}
		}
	})
	wg.Go(func() { // one writer: the streams' compare-and-swap is another suite's
		for i := range n {
			if err := b.Commit(t.Context(), "case_a", Entry(fmt.Sprintf("entry_%d", i))); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	_, err := audit.NewSequencer(b.Archive, heads, signer).CatchUp(t.Context())
	must(t, err)
	if rep := Verify(t, in, n); rep.Head.N != n || rep.HeadBehind {
		t.Fatalf("report %+v", rep)
	}
}

var errLost = errors.New("lost")

// Faulty fails the At-th call of Append and of the heads' Append, before or
// after it happened.
type Faulty struct {
	audit.Archive
	audit.HeadStore
	At    int
	After bool
	calls int
}

func (f *Faulty) fail(do func() error) error {
	f.calls++
	if f.calls != f.At {
		return do()
	}
	if f.After {
		if err := do(); err != nil {
			return err
		}
	}
	return errLost
}

// Log is the archive with the fault.
func (f *Faulty) Log() audit.LogStore { return faultyLog{f.Archive, f} }

// Heads is the head store with the fault.
func (f *Faulty) Heads() audit.HeadStore { return faultyHeads{f.HeadStore, f} }

type faultyLog struct {
	audit.LogStore
	f *Faulty
}

func (l faultyLog) Append(ctx context.Context, base, next audit.LogHead, leaves []audit.Leaf, hashes []audit.StoredHash) error {
	return l.f.fail(func() error { return l.LogStore.Append(ctx, base, next, leaves, hashes) })
}

type faultyHeads struct {
	audit.HeadStore
	f *Faulty
}

func (h faultyHeads) Append(msg []byte) error {
	return h.f.fail(func() error { return h.HeadStore.Append(msg) })
}

// faults ends the sequencer before and after each of its writes, as a kill
// does; whatever stands then verifies, and the next one goes on.
func faults(t *testing.T, b Bench) {
	signer, key := Keys(t)
	heads := audit.FileHeads(filepath.Join(t.TempDir(), "heads.log"))
	in := audit.Installation{Archive: b.Archive, Heads: heads, VerifierKey: key}
	total, taken := 0, 0
	for at := 1; at <= 4; at++ {
		for _, after := range []bool{false, true} {
			Fill(t, b, total, 201)
			total += 201
			f := &Faulty{Archive: b.Archive, HeadStore: heads, At: at, After: after}
			n, err := audit.NewSequencer(f.Log(), f.Heads(), signer).CatchUp(t.Context())
			if !errors.Is(err, errLost) {
				t.Fatalf("fault %d: %v", at, err)
			}
			Verify(t, in, total)
			rest, err := audit.NewSequencer(b.Archive, heads, signer).CatchUp(t.Context())
			must(t, err)
			taken += n + rest
			if rep := Verify(t, in, total); rep.Head.N != int64(total) || rep.HeadBehind {
				t.Fatalf("fault %d: report %+v", at, rep)
			}
		}
	}
	// The leaves of an append whose answer was lost are counted by nobody.
	if taken > total || taken < total-2*batchMost {
		t.Fatalf("%d of %d counted", taken, total)
	}
}

// batchMost is the most that one append takes.
const batchMost = 90
