package casework_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/store/sqlitestore"
	"github.com/ontdox/takedown/internal/takedown"
)

// Principals of every role. Their ids stand in entries.
var (
	reporter    = takedown.Principal{ID: "reporter-1", Roles: []takedown.Role{takedown.Reporter}}
	specialist  = takedown.Principal{ID: "specialist-1", Roles: []takedown.Role{takedown.Specialist}}
	adviser     = takedown.Principal{ID: "adviser-1", Roles: []takedown.Role{takedown.LegalAdviser}}
	coordinator = takedown.Principal{ID: "coordinator-1", Roles: []takedown.Role{takedown.Coordinator}}
	liaison     = takedown.Principal{ID: "liaison-1", Roles: []takedown.Role{takedown.Liaison}}
	auditor     = takedown.Principal{ID: "auditor-1", Roles: []takedown.Role{takedown.Auditor}}
	nobody      = takedown.Principal{ID: "nobody-1"}
)

// monday is when fixtures begin: 22 March 2027, 09:00 in Amsterdam.
var monday = time.Date(2027, 3, 22, 8, 0, 0, 0, time.UTC)

// fixture is a service on a real database, with an engine that only takes
// notes: the machines are driven by hand.
type fixture struct {
	t      testing.TB
	s      *casework.Service
	store  *sqlitestore.Store
	clock  *handClock
	engine *fakeEngine
	path   string
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	path := filepath.Join(t.TempDir(), "takedown.db")
	store, err := sqlitestore.Open(path, sqlitestore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	data, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, store: store, clock: &handClock{at: monday}, engine: &fakeEngine{}, path: path}
	f.s = casework.New(casework.Deps{
		Store: store, Engine: f.engine, Blobs: &memBlobs{}, Keys: newKeys(t), Law: data, Clock: f.clock,
		HostNow: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	return f
}

// kind fails the test unless an error has a kind.
func (f *fixture) kind(err error, want takedown.Kind) {
	f.t.Helper()
	if err == nil || takedown.KindOf(err) != want {
		f.t.Fatalf("got %v (%s), want kind %s", err, takedown.KindOf(err), want)
	}
}

// pointers fails the test unless exactly these fields are named, in order.
func (f *fixture) pointers(err error, want ...string) {
	f.t.Helper()
	f.kind(err, takedown.Invalid)
	var e *takedown.Error
	var got []string
	if errors.As(err, &e) {
		for _, field := range e.Fields {
			got = append(got, field.Pointer)
		}
	}
	if !slices.Equal(got, want) {
		f.t.Fatalf("fields %q, want %q", got, want)
	}
}

func (f *fixture) ok(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// caseInput is a small case: one employee, one page.
func caseInput(urls ...string) casework.OpenCaseInput {
	in := casework.OpenCaseInput{
		Reporter: casework.ReporterInput{Function: "teamleider", Channel: "phone", Contact: "sealed-reporter@zorg.example"},
		Affected: []casework.AffectedInput{{
			Relation: "employee", Function: "huisarts", Capacity: "none_of_lid2",
			Private: takedown.Private{Name: "Sealed Name", Phones: []string{"06-00000000"}, Addresses: []string{"Sealedstraat 1"}},
		}},
		Incident: casework.IncidentInput{OccurredAt: monday.Add(-48 * time.Hour), Summary: "sealed summary", Trigger: "sealed trigger"},
	}
	for _, u := range urls {
		in.Items = append(in.Items, casework.ItemInput{
			Location: casework.LocationInput{Type: "url", URL: u}, Kind: "original", ContentType: "text",
			DataCategories: []string{"home_address", "phone"}, Audience: "public",
		})
	}
	return in
}

// open opens a case as the coordinator and gives its id.
func (f *fixture) open(in casework.OpenCaseInput) casework.CaseOpened {
	f.t.Helper()
	out, err := f.s.OpenCase(context.Background(), coordinator, in)
	f.ok(err)
	return out
}

// entries gives the acts of a case's history with their reasons: "act reason".
func (f *fixture) entries(caseID string) []string {
	f.t.Helper()
	page, err := f.s.CaseHistory(context.Background(), auditor, caseID, "", 200)
	f.ok(err)
	var out []string
	for _, e := range page.Items {
		out = append(out, strings.TrimSpace(e.Act+" "+e.Reason))
	}
	return out
}

// task gives the id of the case's open task of a kind.
func (f *fixture) task(caseID, kind string) string {
	f.t.Helper()
	tasks, err := f.s.CaseTasks(context.Background(), auditor, caseID)
	f.ok(err)
	for _, task := range tasks {
		if task.Kind == kind && task.Status == "open" {
			return task.ID
		}
	}
	f.t.Fatalf("no open task %s among %+v", kind, tasks)
	return ""
}

// handClock is case time, moved by hand.
type handClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *handClock) Now(context.Context) (time.Time, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at, nil
}

func (c *handClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// fakeEngine writes down what it is asked. It runs nothing.
type fakeEngine struct {
	mu        sync.Mutex
	started   []string
	completed []string
}

func (e *fakeEngine) Start(_ context.Context, _, name string, _ []byte) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if slices.Contains(e.started, name) {
		return takedown.Errorf(takedown.Conflict, "ExecutionAlreadyExists", "it runs")
	}
	e.started = append(e.started, name)
	return nil
}

func (e *fakeEngine) Complete(_ context.Context, token string, _ []byte) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if slices.Contains(e.completed, token) {
		return takedown.Errorf(takedown.Conflict, "TaskDoesNotExist", "it is over")
	}
	e.completed = append(e.completed, token)
	return nil
}

func (e *fakeEngine) Describe(_ context.Context, name string) (casework.Execution, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !slices.Contains(e.started, name) {
		return casework.Execution{}, takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "no such execution")
	}
	return casework.Execution{Name: name, Status: "RUNNING"}, nil
}

func (e *fakeEngine) Executions(context.Context, string, string, int) ([]casework.Execution, string, error) {
	return nil, "", nil
}

func (e *fakeEngine) Events(context.Context, string, int64, int) ([]casework.ExecutionEvent, error) {
	return nil, nil
}

// memBlobs keeps blobs in memory, under the hash of what is stored.
type memBlobs struct{ m sync.Map }

func (b *memBlobs) Put(_ context.Context, r io.Reader, limit int64) (string, int64, error) {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return "", 0, err
	}
	if int64(len(body)) > limit {
		return "", 0, takedown.Errorf(takedown.TooLarge, takedown.NameInvalidInput, "larger than %d bytes", limit)
	}
	sum := sha256.Sum256(body)
	name := hex.EncodeToString(sum[:])
	b.m.Store(name, body)
	return name, int64(len(body)), nil
}

func (b *memBlobs) Get(_ context.Context, name string) (io.ReadCloser, error) {
	body, ok := b.m.Load(name)
	if !ok {
		return nil, takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "no such blob")
	}
	return io.NopCloser(bytes.NewReader(body.([]byte))), nil
}

func (b *memBlobs) Delete(_ context.Context, name string) error {
	b.m.Delete(name)
	return nil
}

func (b *memBlobs) Names(context.Context, time.Time, func(string) error) error { return nil }

// memKeys wraps case keys under a key in memory.
type memKeys struct{ master []byte }

func newKeys(t testing.TB) *memKeys {
	t.Helper()
	k := &memKeys{master: make([]byte, 32)}
	if _, err := rand.Read(k.master); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *memKeys) NewCaseKey(_ context.Context, caseID string) ([]byte, error) {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	return memCaseKey(k.master).Seal(key, []byte(caseID))
}

func (k *memKeys) CaseKey(_ context.Context, caseID string, wrapped []byte) (casework.CaseKey, error) {
	key, err := memCaseKey(k.master).Open(wrapped, []byte(caseID))
	return memCaseKey(key), err
}

func (k *memKeys) MAC(purpose string, data []byte) []byte {
	return memCaseKey(k.master).MAC(append([]byte(purpose+"\x00"), data...))
}

func (k *memKeys) DeploymentID() string { return "test" }

type memCaseKey []byte

func (k memCaseKey) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (k memCaseKey) Seal(plain, associated []byte) ([]byte, error) {
	a, err := k.aead()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, a.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return a.Seal(nonce, nonce, plain, associated), nil
}

func (k memCaseKey) Open(sealed, associated []byte) ([]byte, error) {
	a, err := k.aead()
	if err != nil {
		return nil, err
	}
	if len(sealed) < a.NonceSize() {
		return nil, errors.New("too short")
	}
	return a.Open(nil, sealed[:a.NonceSize()], sealed[a.NonceSize():], associated)
}

// memSealing seals what was written once it is closed.
type memSealing struct {
	bytes.Buffer
	dst   io.Writer
	k     memCaseKey
	bound []byte
}

func (s *memSealing) Close() error {
	ct, err := s.k.Seal(s.Bytes(), s.bound)
	if err == nil {
		_, err = s.dst.Write(ct)
	}
	return err
}

func (k memCaseKey) SealStream(dst io.Writer, associated []byte) (io.WriteCloser, error) {
	return &memSealing{dst: dst, k: k, bound: associated}, nil
}

func (k memCaseKey) OpenStream(src io.Reader, associated []byte) (io.Reader, error) {
	ct, err := io.ReadAll(src)
	if err != nil {
		return nil, err
	}
	plain, err := k.Open(ct, associated)
	return bytes.NewReader(plain), err
}

func (k memCaseKey) MAC(data []byte) []byte {
	h := hmac.New(sha256.New, k)
	_, _ = h.Write(data) // a hash never fails
	return h.Sum(nil)
}
