package localengine_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver under test

	"github.com/ontdox/takedown/internal/engine/enginetest"
	"github.com/ontdox/takedown/internal/engine/localengine"
)

// openDB opens a journal the way boot does.
func openDB(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := openPath(path)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func openPath(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)")
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// clock stands still between advances.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2027, 3, 22, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now(context.Context) (time.Time, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now, nil
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// rig is one engine on one file.
type rig struct {
	t       testing.TB
	path    string
	options localengine.Options
	engine  *localengine.Engine
	db      *sql.DB
}

func (r *rig) open() {
	r.t.Helper()
	r.db = openDB(r.t, r.path)
	r.options.DB = r.db
	var err error
	if r.engine, err = localengine.New(r.options); err != nil {
		r.t.Fatal(err)
	}
	if err := r.engine.Run(context.Background()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) close() {
	r.engine.Stop()
	if err := r.db.Close(); err != nil {
		r.t.Error(err)
	}
}

func (r *rig) settle() {
	r.t.Helper()
	if err := r.engine.Idle(context.Background()); err != nil {
		r.t.Fatal(err)
	}
}

func TestConformance(t *testing.T) {
	enginetest.Run(t, func(t *testing.T, s enginetest.Setup) enginetest.Harness {
		c := newClock()
		r := &rig{t: t, path: filepath.Join(t.TempDir(), "engine.db"), options: localengine.Options{
			Machines: s.Machines, Substitutions: s.Substitutions, Handlers: s.Handlers, Now: c.Now,
		}}
		r.open()
		t.Cleanup(r.close)
		return enginetest.Harness{
			Engine: r.engine,
			Advance: func(d time.Duration) {
				c.advance(d)
				if err := r.engine.Tick(context.Background()); err != nil {
					t.Fatal(err)
				}
			},
			Settle: r.settle,
			Restart: func() enginetest.Engine {
				r.close()
				r.open()
				return r.engine
			},
			Refuse: func(def string) error {
				o := r.options
				o.Machines = map[string][]byte{"m": []byte(def)}
				_, err := localengine.New(o)
				return err
			},
		}
	})
}
