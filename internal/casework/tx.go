package casework

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/fnv"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/takedown"
)

// maxTries bounds how often a use case decides again after a lost swap: 40
// tracks and 10 people on one case must all get through (design §5).
const maxTries = 80

// tx is one attempt to decide and commit on one stream. What it reads it
// keeps; what it puts is written, with its entries, all or nothing.
type tx struct {
	s      *Service
	ctx    context.Context //nolint:containedctx // a tx lives no longer than the call it serves
	who    takedown.Principal
	role   takedown.Role
	now    time.Time
	base   Revision
	cached map[Key]noun
	listed map[RecordKind]bool
	dirty  []Key
	change Change
	key    CaseKey
	status int
	ids    []string
	wakes  []string // keys of the waits that this commit wakes
	after  []func()
}

// Request ties a use case to an Idempotency-Key: its result is written in the
// same commit as its effect.
type Request struct {
	Key, MAC string
	Expires  time.Time
}

type requestKey struct{}

// WithRequest gives the use cases under ctx an idempotent request.
func WithRequest(ctx context.Context, r Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

type refusedKey struct{}

// WithRefused tells the use cases under ctx that these fields were refused
// already: they decide, so that everything wrong is named at once, and write
// nothing.
func WithRefused(ctx context.Context, fields []takedown.FieldError) context.Context {
	return context.WithValue(ctx, refusedKey{}, fields)
}

// write runs decide on a stream until its commit gets through. decide may run
// several times and must have no effect but on its tx. A decision without
// entries commits nothing.
func (s *Service) write(ctx context.Context, who takedown.Principal, role takedown.Role, stream StreamID, decide func(*tx) error) error {
	h := fnv.New32a()
	_, _ = h.Write([]byte(stream)) // a hash never fails
	lock := &s.locks[h.Sum32()%uint32(len(s.locks))]
	lock.Lock()
	defer lock.Unlock()
	for try := 1; ; try++ {
		t, err := s.begin(ctx, who, role, stream)
		if err != nil {
			return err
		}
		if err := decide(t); err != nil {
			return err
		}
		if fields, ok := ctx.Value(refusedKey{}).([]takedown.FieldError); ok {
			return refuseAll(fields)
		}
		err = t.commit()
		if err == nil {
			for _, f := range t.after {
				f()
			}
			return nil
		}
		var e *takedown.Error
		if !errors.As(err, &e) || e.Kind != takedown.Conflict || e.Name == "State" || try >= maxTries {
			return err
		}
		if err := s.backOff(ctx, try); err != nil {
			return err
		}
	}
}

func (s *Service) begin(ctx context.Context, who takedown.Principal, role takedown.Role, stream StreamID) (*tx, error) {
	base, err := s.Store.Head(ctx, stream)
	if err != nil {
		return nil, err
	}
	now, err := s.now(ctx)
	if err != nil {
		return nil, err
	}
	return &tx{s: s, ctx: ctx, who: who, role: role, now: now, base: base, cached: map[Key]noun{}, listed: map[RecordKind]bool{}}, nil
}

// backOff waits a little, longer with each try, with jitter from the service's
// randomness. Host time: it waits for other writers, not for a deadline.
func (s *Service) backOff(ctx context.Context, try int) error {
	s.mu.Lock()
	s.retries++
	s.mu.Unlock()
	var b [1]byte
	if _, err := s.Rand.Read(b[:]); err != nil {
		return err
	}
	wait := time.Duration(min(try, 20)) * time.Millisecond * time.Duration(b[0]) / 64
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// load reads one noun, the same value each time within a tx.
func load[T any, P nounOf[T]](t *tx, id string) (P, error) {
	var zero P = new(T)
	key := Key{kindOf(zero), id}
	if n, ok := t.cached[key]; ok {
		return n.(P), nil
	}
	n, err := get[T, P](t.ctx, t.s, id)
	if err != nil {
		return nil, err
	}
	t.cached[key] = n
	return n, nil
}

// get reads one noun outside a tx; NotFound without.
func get[T any, P nounOf[T]](ctx context.Context, s *Service, id string) (P, error) {
	kind := kindOf(P(new(T)))
	rs, err := s.Store.Get(ctx, Key{kind, id})
	if err != nil {
		return nil, err
	}
	if len(rs) == 0 {
		return nil, noSuch(kind)
	}
	return decode[T, P](rs[0])
}

// find is load for what may be missing: nil then.
func find[T any, P nounOf[T]](t *tx, id string) (P, error) {
	n, err := load[T, P](t, id)
	if takedown.KindOf(err) == takedown.NotFound && err != nil {
		return nil, nil
	}
	return n, err
}

// all reads the nouns of one kind in the tx's stream, those put included, by id.
func all[T any, P nounOf[T]](t *tx) ([]P, error) {
	kind := kindOf(P(new(T)))
	if !t.listed[kind] {
		list, err := listAll[T, P](t.ctx, t.s, t.base.Stream)
		if err != nil {
			return nil, err
		}
		for _, n := range list {
			key := Key{kind, n.Head().ID}
			if _, ok := t.cached[key]; !ok {
				t.cached[key] = n
			}
		}
		t.listed[kind] = true
	}
	var out []P
	for k, n := range t.cached {
		if k.Kind == kind {
			out = append(out, n.(P))
		}
	}
	slices.SortFunc(out, inOrder)
	return out, nil
}

// listAll reads every noun of a kind in a stream.
func listAll[T any, P nounOf[T]](ctx context.Context, s *Service, stream StreamID) ([]P, error) {
	kind := kindOf(P(new(T)))
	var out []P
	after := ""
	for {
		rs, err := s.Store.List(ctx, stream, kind, after, 200)
		if err != nil {
			return nil, err
		}
		for _, r := range rs {
			n, err := decode[T, P](r)
			if err != nil {
				return nil, err
			}
			out = append(out, n)
			after = r.ID
		}
		if len(rs) < 200 {
			return out, nil
		}
	}
}

// put writes a noun with this tx. A noun without an id gets one of its kind.
func (t *tx) put(n noun) error {
	kind, m := kindOf(n), n.Head()
	if m.ID == "" {
		id, err := t.s.newID(kind)
		if err != nil {
			return err
		}
		m.ID = id
	}
	key := Key{kind, m.ID}
	t.cached[key] = n
	if !slices.Contains(t.dirty, key) {
		t.dirty = append(t.dirty, key)
	}
	return nil
}

// log adds an entry: what was done, a reason code, on which ids, with which
// keyed hashes.
func (t *tx) log(act, reason string, ids []string, hashes ...string) error {
	id, err := t.s.newID("entry")
	if err != nil {
		return err
	}
	if len(ids) > MaxEntryIDs {
		ids = ids[:MaxEntryIDs]
	}
	t.change.Entries = append(t.change.Entries, audit.Entry{
		ID: id, At: t.now, Actor: t.who.ID, Role: string(t.role), Act: act, Reason: reason, IDs: ids, Hashes: hashes,
	})
	return nil
}

// mac is a keyed hash for an entry: "what:hex" under the case's key.
func (t *tx) mac(what string, data []byte) (string, error) {
	key, err := t.caseKey()
	if err != nil {
		return "", err
	}
	return what + ":" + hex.EncodeToString(key.MAC(data)), nil
}

// done says what an idempotent request of this tx answers.
func (t *tx) done(status int, ids ...string) { t.status, t.ids = status, ids }

func (t *tx) commit() error {
	if err := t.writeWakes(); err != nil {
		return err
	}
	if len(t.dirty) == 0 && len(t.change.Entries) == 0 && len(t.change.Outbox) == 0 {
		return nil
	}
	ch := t.change
	for _, key := range t.dirty {
		n := t.cached[key]
		m := n.Head()
		version := m.Version + 1
		m.Version = version
		body, err := json.Marshal(n)
		m.Version = version - 1 // a lost swap throws the tx away, but never half-raised
		if err != nil {
			return &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "a record cannot be written", Err: err}
		}
		ch.Put = append(ch.Put, Record{Key: key, Stream: t.base.Stream, Version: version, Body: body, Index: places(n)})
	}
	if r, ok := t.ctx.Value(requestKey{}).(Request); ok && t.status != 0 {
		ch.Finish = &Finished{Key: r.Key, RequestMAC: r.MAC, Status: t.status, IDs: t.ids, ExpiresAt: r.Expires}
	}
	if _, err := t.s.Store.Commit(t.ctx, t.base, ch); err != nil {
		return err
	}
	for _, key := range t.dirty {
		t.cached[key].Head().Version++
	}
	if len(ch.Outbox) > 0 {
		t.s.nudge()
	}
	return nil
}

// nudge wakes the dispatcher without waiting for it.
func (s *Service) nudge() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}
