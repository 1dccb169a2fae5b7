package local

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/blob/dirblob"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/engine/localengine"
	"github.com/ontdox/takedown/internal/keys/filekeys"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/mail/imapin"
	"github.com/ontdox/takedown/internal/store/sqlitestore"
	"github.com/ontdox/takedown/internal/takedown"
	"github.com/ontdox/takedown/statemachines"
)

// App is an installation on one machine, opened.
type App struct {
	Service *casework.Service
	Store   *sqlitestore.Store
	Keys    *filekeys.Keys
	Heads   audit.HeadFile
	// Notes say what an operator must not overlook.
	Notes map[string]string

	cfg    Config
	engine *localengine.Engine
	seq    *audit.Sequencer
	signer note.Signer
	lock   *os.File

	mailbox *imapin.Mailbox // nil: none is read
	unread  chan unread     // stored by the listener, not read yet
	now     func(context.Context) (time.Time, error)
}

const (
	metaDeployment = "deployment"
	metaSimulated  = "simulated"
)

// Open opens or creates an installation. A database without its key file is
// refused: a new key would make what is sealed unreadable for ever.
func Open(ctx context.Context, cfg Config) (*App, error) {
	if err := cfg.defaults(); err != nil {
		return nil, err
	}
	if err := cfg.dataDir(); err != nil {
		return nil, err
	}
	a := &App{cfg: cfg, Notes: map[string]string{}, unread: make(chan unread, maxUnread), Heads: audit.FileHeads(filepath.Join(cfg.DataDir, "heads.log"))}
	for _, step := range []func(context.Context) error{a.takeLock, a.openStore, a.openKeys, a.openClock, a.build, a.openMailbox} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	return a, nil
}

func (a *App) takeLock(context.Context) error {
	if a.cfg.NoLock {
		return nil
	}
	var err error
	a.lock, err = lock(a.cfg.DataDir)
	return err
}

func (a *App) openStore(context.Context) error {
	f, err := newFault(a.cfg.Fault)
	if err != nil {
		return err
	}
	a.cfg.hook = f.hook
	path := filepath.Join(a.cfg.DataDir, "takedown.db")
	a.Store, err = sqlitestore.Open(path, sqlitestore.Options{Hook: a.cfg.hook, Log: a.cfg.Log})
	return err
}

func (a *App) openKeys(ctx context.Context) error {
	id, err := a.Store.Meta(ctx, metaDeployment)
	if err != nil {
		return err
	}
	if id != "" {
		path, err := a.cfg.keyFile(id)
		if err != nil {
			return err
		}
		if _, err := os.Stat(path); err != nil {
			return takedown.Errorf(takedown.NotFound, "KeyMissing", "the key file %s of this database is missing: restore it, or name it with --key-file; a new one is never made", path)
		}
		a.Keys, err = filekeys.Open(path)
		if err == nil && a.Keys.DeploymentID() != id {
			err = takedown.Errorf(takedown.Conflict, "KeyMismatch", "the key file %s belongs to another database", path)
		}
		if err != nil {
			return err
		}
		return a.openSigner()
	}
	return a.createKeys(ctx)
}

// createKeys makes the keys first and names them in the database after: a
// crash between the two leaves a key file that nobody uses, never a database
// without its key.
func (a *App) createKeys(ctx context.Context) error {
	b := make([]byte, 10)
	_, _ = rand.Read(b) // crypto/rand.Read never fails
	id := strings.ToLower(base32.StdEncoding.EncodeToString(b))
	path, err := a.cfg.keyFile(id)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil && a.cfg.KeyFile != "" {
		// A named key file that no database knows: the start before this one was
		// killed between the two. It belongs to this database then.
		a.Keys, err = filekeys.Open(path)
		if err != nil {
			return err
		}
		id = a.Keys.DeploymentID()
	} else if a.Keys, err = filekeys.Create(path, id); err != nil {
		return err
	}
	if err := a.Store.SetMeta(ctx, metaDeployment, id); err != nil {
		return err
	}
	return a.openSigner()
}

func (a *App) openSigner() error {
	var err error
	if a.signer, err = a.Keys.LogSigner(); err != nil {
		return err
	}
	a.seq = audit.NewSequencer(a.Store.Log(), a.Heads, a.signer)
	return nil
}

// openClock takes the system's clock, or the simulated one that stands in the
// database or is begun now.
func (a *App) openClock(ctx context.Context) error {
	stored, err := a.Store.Meta(ctx, metaSimulated)
	if err != nil {
		return err
	}
	if stored == "" && a.cfg.SimulatedFrom.IsZero() {
		a.now = func(context.Context) (time.Time, error) { return a.cfg.HostNow(), nil }
		return nil
	}
	from := a.cfg.SimulatedFrom
	if stored != "" {
		if from, err = time.Parse(time.RFC3339, stored); err != nil {
			return err
		}
	} else {
		if err := a.noCasesYet(ctx); err != nil {
			return err
		}
		if err := a.Store.SetMeta(ctx, metaSimulated, from.UTC().Format(time.RFC3339)); err != nil {
			return err
		}
	}
	a.cfg.SimulatedFrom = from
	a.Notes["simulatedClock"] = "on"
	a.now = casework.NewSimClock(a.Store, from.UTC(), time.Now).Now
	return nil
}

// noCasesYet refuses to begin a simulation where real cases are.
func (a *App) noCasesYet(ctx context.Context) error {
	streams, err := a.Store.Archive().Streams(ctx)
	if err != nil {
		return err
	}
	for _, s := range streams {
		if strings.HasPrefix(s.Stream, "case_") {
			return takedown.Errorf(takedown.Conflict, "State", "this installation has cases on the system's clock: a simulation needs a data directory of its own")
		}
	}
	return nil
}

// Simulated says whether case time is simulated.
func (a *App) Simulated() bool { return !a.cfg.SimulatedFrom.IsZero() }

type clockFunc func(context.Context) (time.Time, error)

func (f clockFunc) Now(ctx context.Context) (time.Time, error) { return f(ctx) }

func (a *App) build(ctx context.Context) error {
	blobs, err := dirblob.Open(filepath.Join(a.cfg.DataDir, "blobs"))
	if err != nil {
		return err
	}
	mailer, err := a.mailer()
	if err != nil {
		return err
	}
	pages, abroad, err := a.pages()
	if err != nil {
		return err
	}
	data, err := law.Load()
	if err != nil {
		return err
	}
	deps := casework.Deps{
		Store: a.Store, Mailer: mailer, Blobs: blobs, Keys: a.Keys, Pages: pages, Registries: registriesOf(pages), Abroad: abroad, Law: data, Clock: clockFunc(a.now),
		HostNow: a.cfg.HostNow, Rand: rand.Reader, Log: a.cfg.Log, Sequence: a.seq.CatchUp, Simulated: a.Simulated(),
		AuthServers: a.cfg.AuthServers,
	}
	if dns := a.resolver(); dns != nil {
		deps.Resolver = dns
	}
	if !a.cfg.NoLock {
		deps.LeasesFrom = a.cfg.HostNow() // the lock proves that the former process is gone
	}
	a.Service = casework.New(deps)
	if a.cfg.NoLock {
		return nil
	}
	a.engine, err = localengine.New(localengine.Options{
		DB: a.Store.Writer(), Readers: a.Store.Readers(), Damaged: a.damaged, Machines: map[string][]byte{"case": statemachines.Case, "track": statemachines.Track},
		Substitutions: substitutions(a.Service.Handlers()), Handlers: handlers(a.Service.Handlers()), NameOf: takedown.NameOf,
		Now: a.now, Wall: !a.Simulated(), HostNow: a.cfg.HostNow, Hook: a.engineHook, Log: a.cfg.Log,
	})
	if err != nil {
		return err
	}
	a.Service.SetEngine(a.engine)
	return a.Store.DropAllLeases(ctx)
}

// damaged lets a person look at an execution that the engine stopped. What
// fails here the sweep does.
func (a *App) damaged(ctx context.Context, execution string, _ error) {
	if err := a.Service.ExecutionDamaged(ctx, execution); err != nil {
		a.cfg.Log.ErrorContext(ctx, "damaged execution", "execution", execution, "error", err)
	}
}

// engineHook passes on only the engine's own points: commits are counted by
// the store's.
func (a *App) engineHook(point string) {
	if strings.HasPrefix(point, "commit:") {
		point = "journal:" + strings.TrimPrefix(point, "commit:")
	}
	a.cfg.hook(point)
}

// substitutions fills ${PlanStep} with plan-step, as SAM does with names.
func substitutions(hs map[string]casework.Handler) map[string]string {
	out := map[string]string{}
	for name := range hs {
		var camel strings.Builder
		for _, part := range strings.Split(name, "-") {
			camel.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
		out[camel.String()] = name
	}
	return out
}

func handlers(hs map[string]casework.Handler) map[string]localengine.Handler {
	out := map[string]localengine.Handler{}
	for name, h := range hs {
		out[name] = localengine.Handler(h)
	}
	return out
}

// Close ends the installation's adapters.
func (a *App) Close() error {
	if a.engine != nil {
		a.engine.Stop()
	}
	var errs error
	if a.Store != nil {
		errs = a.Store.Close()
	}
	if a.lock != nil {
		errs = errors.Join(errs, a.lock.Close())
	}
	return errs
}
