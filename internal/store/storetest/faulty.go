package storetest

import (
	"context"
	"sync"
	"time"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Fault is what happens to one call; the caller sees Unavailable either way.
type Fault int

// The faults.
const (
	NoFault     Fault = iota
	RequestLost       // the call was not made
	ReplyLost         // the call was made, its answer never came
)

// Faults says which calls are lost. Calls are counted from 1 over the whole
// port, the log included; Close is no call.
type Faults struct {
	At map[int64]Fault // by number of call
	// Every loses, besides, one of so many calls, drawn from Seed and the
	// call's number: the same seed and order of calls lose the same ones. 0
	// draws none.
	Every uint64
	Seed  uint64
}

// Losses counts calls and what became of them.
type Losses struct{ Calls, Requests, Replies int64 }

// FaultyStore is a real store behind a bad connection.
type FaultyStore struct {
	store  casework.Store
	faults Faults

	mu   sync.Mutex
	lost Losses
	well bool
}

var (
	_ casework.Store = (*FaultyStore)(nil)
	_ audit.LogStore = faultyLog{}
)

// Faulty puts a store behind faults. Around a LaggingStore, not within one.
func Faulty(store casework.Store, f Faults) *FaultyStore {
	return &FaultyStore{store: store, faults: f}
}

// Lost says what was lost until now.
func (f *FaultyStore) Lost() Losses {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lost
}

// Heal ends the faults.
func (f *FaultyStore) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.well = true
}

// next counts a call and draws its fault.
func (f *FaultyStore) next() Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lost.Calls++
	if f.well {
		return NoFault
	}
	fault := f.faults.At[f.lost.Calls]
	if fault == NoFault && f.faults.Every > 0 {
		if x := mix(f.faults.Seed, f.lost.Calls); x%f.faults.Every == 0 {
			fault = RequestLost + Fault(x>>40&1)
		}
	}
	switch fault {
	case RequestLost:
		f.lost.Requests++
	case ReplyLost:
		f.lost.Replies++
	}
	return fault
}

// mix is SplitMix64: every call's draw depends on seed and number alone, not
// on which goroutine came first.
func mix(seed uint64, n int64) uint64 {
	x := seed*0x9e3779b97f4a7c15 + uint64(n)*0xd1342543de82ef95
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func lost() error {
	return takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "the store did not answer")
}

func ask[T any](f *FaultyStore, call func() (T, error)) (T, error) {
	var none T
	switch f.next() {
	case RequestLost:
		return none, lost()
	case ReplyLost:
		_, _ = call() // nobody hears it
		return none, lost()
	}
	return call()
}

func tell(f *FaultyStore, call func() error) error {
	_, err := ask(f, func() (struct{}, error) { return struct{}{}, call() })
	return err
}

// Head asks the store, if the call comes through; so do all below.
func (f *FaultyStore) Head(ctx context.Context, stream casework.StreamID) (casework.Revision, error) {
	return ask(f, func() (casework.Revision, error) { return f.store.Head(ctx, stream) })
}

// Get asks the store.
func (f *FaultyStore) Get(ctx context.Context, keys ...casework.Key) ([]casework.Record, error) {
	return ask(f, func() ([]casework.Record, error) { return f.store.Get(ctx, keys...) })
}

// List asks the store.
func (f *FaultyStore) List(ctx context.Context, stream casework.StreamID, kind casework.RecordKind, after string, limit int) ([]casework.Record, error) {
	return ask(f, func() ([]casework.Record, error) { return f.store.List(ctx, stream, kind, after, limit) })
}

// Commit asks the store.
func (f *FaultyStore) Commit(ctx context.Context, base casework.Revision, ch casework.Change) (casework.Revision, error) {
	return ask(f, func() (casework.Revision, error) { return f.store.Commit(ctx, base, ch) })
}

// FindLookup asks the store.
func (f *FaultyStore) FindLookup(ctx context.Context, space, value string) (casework.Key, error) {
	return ask(f, func() (casework.Key, error) { return f.store.FindLookup(ctx, space, value) })
}

// Query asks the store.
func (f *FaultyStore) Query(ctx context.Context, q casework.Query) (casework.Page, error) {
	return ask(f, func() (casework.Page, error) { return f.store.Query(ctx, q) })
}

// Entries asks the store.
func (f *FaultyStore) Entries(ctx context.Context, stream casework.StreamID, from int64, limit int) ([]audit.Line, error) {
	return ask(f, func() ([]audit.Line, error) { return f.store.Entries(ctx, stream, from, limit) })
}

// FindEntry asks the store.
func (f *FaultyStore) FindEntry(ctx context.Context, entryID string) (audit.Line, error) {
	return ask(f, func() (audit.Line, error) { return f.store.FindEntry(ctx, entryID) })
}

// TakeLease asks the store.
func (f *FaultyStore) TakeLease(ctx context.Context, key, requestMAC string, now, until time.Time) (*casework.Finished, error) {
	return ask(f, func() (*casework.Finished, error) { return f.store.TakeLease(ctx, key, requestMAC, now, until) })
}

// DropLease asks the store.
func (f *FaultyStore) DropLease(ctx context.Context, key string) error {
	return tell(f, func() error { return f.store.DropLease(ctx, key) })
}

// DropAllLeases asks the store.
func (f *FaultyStore) DropAllLeases(ctx context.Context) error {
	return tell(f, func() error { return f.store.DropAllLeases(ctx) })
}

// OutboxDue asks the store.
func (f *FaultyStore) OutboxDue(ctx context.Context, before time.Time, limit int) ([]casework.OutboxRow, error) {
	return ask(f, func() ([]casework.OutboxRow, error) { return f.store.OutboxDue(ctx, before, limit) })
}

// MarkDelivered asks the store.
func (f *FaultyStore) MarkDelivered(ctx context.Context, id string) error {
	return tell(f, func() error { return f.store.MarkDelivered(ctx, id) })
}

// PutToken asks the store.
func (f *FaultyStore) PutToken(ctx context.Context, wait, token string) error {
	return tell(f, func() error { return f.store.PutToken(ctx, wait, token) })
}

// Token asks the store.
func (f *FaultyStore) Token(ctx context.Context, wait string) (string, error) {
	return ask(f, func() (string, error) { return f.store.Token(ctx, wait) })
}

// PutJob asks the store.
func (f *FaultyStore) PutJob(ctx context.Context, id string, body []byte) error {
	return tell(f, func() error { return f.store.PutJob(ctx, id, body) })
}

// Job asks the store.
func (f *FaultyStore) Job(ctx context.Context, id string) ([]byte, error) {
	return ask(f, func() ([]byte, error) { return f.store.Job(ctx, id) })
}

// PutResult asks the store.
func (f *FaultyStore) PutResult(ctx context.Context, id string, body []byte) error {
	return tell(f, func() error { return f.store.PutResult(ctx, id, body) })
}

// Result asks the store.
func (f *FaultyStore) Result(ctx context.Context, id string) ([]byte, error) {
	return ask(f, func() ([]byte, error) { return f.store.Result(ctx, id) })
}

// DropJob asks the store.
func (f *FaultyStore) DropJob(ctx context.Context, id string) error {
	return tell(f, func() error { return f.store.DropJob(ctx, id) })
}

// Log is the store's log behind the same faults.
func (f *FaultyStore) Log() audit.LogStore { return faultyLog{f, f.store.Log()} }

// Close closes the store.
func (f *FaultyStore) Close() error { return f.store.Close() }

type faultyLog struct {
	f   *FaultyStore
	log audit.LogStore
}

// Head asks the log.
func (l faultyLog) Head(ctx context.Context) (audit.LogHead, error) {
	return ask(l.f, func() (audit.LogHead, error) { return l.log.Head(ctx) })
}

// Pending asks the log.
func (l faultyLog) Pending(ctx context.Context, limit int) ([]audit.Line, error) {
	return ask(l.f, func() ([]audit.Line, error) { return l.log.Pending(ctx, limit) })
}

// Append asks the log.
func (l faultyLog) Append(ctx context.Context, base, next audit.LogHead, leaves []audit.Leaf, hashes []audit.StoredHash) error {
	return tell(l.f, func() error { return l.log.Append(ctx, base, next, leaves, hashes) })
}

// Hashes asks the log.
func (l faultyLog) Hashes(ctx context.Context, indexes []int64) ([][32]byte, error) {
	return ask(l.f, func() ([][32]byte, error) { return l.log.Hashes(ctx, indexes) })
}

// LeafIndex asks the log.
func (l faultyLog) LeafIndex(ctx context.Context, entryID string) (int64, error) {
	return ask(l.f, func() (int64, error) { return l.log.LeafIndex(ctx, entryID) })
}

// Lines asks the log.
func (l faultyLog) Lines(ctx context.Context, first int64, limit int) ([]audit.Line, error) {
	return ask(l.f, func() ([]audit.Line, error) { return l.log.Lines(ctx, first, limit) })
}
