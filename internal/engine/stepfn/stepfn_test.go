package stepfn_test

import (
	"context"
	"database/sql"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the engine's file

	"github.com/ontdox/takedown/internal/engine/enginetest"
	"github.com/ontdox/takedown/internal/engine/localengine"
	"github.com/ontdox/takedown/internal/engine/sfnhttp"
)

// served is the engine of one machine under the protocol of AWS, in a time
// that stands still.
type served struct {
	t       *testing.T
	mu      sync.Mutex
	now     time.Time
	options localengine.Options
	path    string
	db      *sql.DB
	engine  *localengine.Engine
	server  *httptest.Server
}

func newServed(t *testing.T, s enginetest.Setup) *served {
	w := &served{t: t, now: time.Date(2027, 3, 22, 9, 0, 0, 0, time.UTC), path: filepath.Join(t.TempDir(), "engine.db")}
	w.options = localengine.Options{
		Machines: s.Machines, Substitutions: s.Substitutions, Handlers: s.Handlers,
		Now: func(context.Context) (time.Time, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.now, nil
		},
	}
	return w
}

func (w *served) open() engine {
	w.t.Helper()
	var err error
	if w.db, err = sql.Open("sqlite", "file:"+w.path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"); err != nil {
		w.t.Fatal(err)
	}
	w.db.SetMaxOpenConns(1)
	w.options.DB = w.db
	if w.engine, err = localengine.New(w.options); err != nil {
		w.t.Fatal(err)
	}
	if err := w.engine.Run(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	w.server = httptest.NewServer(sfnhttp.New(w.engine))
	arns := map[string]string{}
	for name := range w.options.Machines {
		arns[name] = "arn:aws:states:eu-west-1:000000000000:stateMachine:" + name
	}
	return dial(w.server.URL, arns)
}

func (w *served) close() {
	w.server.Close()
	w.engine.Stop()
	if err := w.db.Close(); err != nil {
		w.t.Error(err)
	}
}

func (w *served) advance(d time.Duration) {
	w.mu.Lock()
	w.now = w.now.Add(d)
	w.mu.Unlock()
	if err := w.engine.Tick(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *served) settle() {
	w.t.Helper()
	if err := w.engine.Idle(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// TestConformance is the contract over the protocol of AWS, with our own engine
// behind it: no service is needed.
func TestConformance(t *testing.T) {
	enginetest.Run(t, func(t *testing.T, s enginetest.Setup) enginetest.Harness {
		w := newServed(t, s)
		e := w.open()
		t.Cleanup(func() { w.close() })
		made := 0
		return enginetest.Harness{
			Engine: e, NoTimers: true, ReadsHistory: true, Advance: w.advance, Settle: w.settle,
			Restart: func() enginetest.Engine {
				w.close()
				return w.open()
			},
			Refuse: func(def string) error {
				made++
				_, err := e.create(context.Background(), "m"+string(rune('a'+made)), def)
				return err
			},
		}
	})
}
