package local

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/blob/dirblob"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/keys/filekeys"
	"github.com/ontdox/takedown/internal/moving"
	"github.com/ontdox/takedown/internal/store/sqlitestore"
	"github.com/ontdox/takedown/internal/takedown"
)

// Export writes the whole installation into a sealed archive, for one of
// another shape. It needs the lock: nobody else may write meanwhile.
func (a *App) Export(ctx context.Context, w io.Writer, key casework.StreamSealer) (moving.Counts, error) {
	if err := a.Service.RecordExport(ctx); err != nil {
		return moving.Counts{}, err
	}
	if _, err := a.seq.CatchUp(ctx); err != nil {
		return moving.Counts{}, err
	}
	from := moving.Source{Store: a.Store, Head: a.Store.Head, Keys: a.Keys, Heads: a.Heads, Blobs: a.Service.Blobs, HostNow: a.cfg.HostNow}
	if a.Simulated() {
		from.Simulated = a.cfg.SimulatedFrom.UTC().Format(time.RFC3339)
	}
	return moving.Export(ctx, from, w, key)
}

// Import reads an archive into an empty data directory, verifies the history
// and has every execution go on in its next generation once takedown serve
// runs. It may be stopped and repeated.
func Import(ctx context.Context, cfg Config, archive io.Reader, key casework.StreamSealer) (moving.Imported, error) {
	var out moving.Imported
	if err := cfg.defaults(); err != nil {
		return out, err
	}
	t := &target{cfg: cfg}
	var err error
	out.Counts, err = moving.Import(ctx, archive, key, t)
	if err = errors.Join(err, t.close()); err != nil {
		return out, err
	}
	a, err := Open(ctx, cfg)
	if err != nil {
		return out, err
	}
	err = a.arrive(ctx, &out)
	return out, errors.Join(err, a.Close())
}

// arrive is what follows once all of it is here; it may be repeated.
func (a *App) arrive(ctx context.Context, out *moving.Imported) (err error) {
	if out.Report, err = a.Verify(ctx, audit.Options{}); err != nil {
		return err
	}
	if out.Revived, err = a.Service.ReviveGone(ctx); err != nil {
		return err
	}
	if err := a.Service.RecordImport(ctx); err != nil {
		return err
	}
	if _, err := a.seq.CatchUp(ctx); err != nil {
		return err
	}
	return a.Store.SetMeta(ctx, metaArrived, "yes")
}

// What the database says of an import.
const (
	metaImported = "imported" // the archive
	metaArrived  = "arrived"  // it came to its end
	importing    = ".importing"
)

// target is an empty data directory. The database is filled under another name
// and gets its own last.
type target struct {
	cfg   Config
	lock  *os.File
	store *sqlitestore.Store
	keys  *filekeys.Keys
	blobs *dirblob.Blobs
}

func (t *target) path() string { return filepath.Join(t.cfg.DataDir, database) }

// Begin readies the directory.
func (t *target) Begin(ctx context.Context, h moving.Header) (bool, error) {
	if err := os.MkdirAll(t.cfg.DataDir, 0o700); err != nil {
		return false, err
	}
	var err error
	if t.lock, err = lock(t.cfg.DataDir); err != nil {
		return false, err
	}
	if done, err := t.done(ctx, h.Archive); done || err != nil {
		return done, err
	}
	for _, part := range []string{"", "-wal", "-shm"} { // what an import left that was stopped
		if err := os.Remove(t.path() + importing + part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
	}
	path, err := t.cfg.keyFile(h.Keys.Deployment)
	if err != nil {
		return false, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return false, err
	}
	if t.keys, err = filekeys.Adopt(path, h.Keys); err != nil {
		return false, err
	}
	if t.blobs, err = dirblob.Open(filepath.Join(t.cfg.DataDir, "blobs")); err != nil {
		return false, err
	}
	t.store, err = sqlitestore.Open(t.path()+importing, sqlitestore.Options{Log: t.cfg.Log})
	return false, err
}

// done says that this archive's database is in place, and refuses a directory
// that holds another one.
func (t *target) done(ctx context.Context, archive string) (bool, error) {
	taken := takedown.Errorf(takedown.Conflict, "State", "%s holds an installation: import into an empty directory", t.cfg.DataDir)
	if _, err := os.Stat(t.path() + "-wal"); err == nil {
		if _, err := os.Stat(t.path()); err != nil {
			return false, taken // a former database's log would be played into this one
		}
	}
	if _, err := os.Stat(t.path()); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	s, err := sqlitestore.Open(t.path(), sqlitestore.Options{Log: t.cfg.Log})
	if err != nil {
		return false, err
	}
	from, err := s.Meta(ctx, metaImported)
	arrived, aerr := s.Meta(ctx, metaArrived)
	if err = errors.Join(err, aerr, s.Close()); err != nil {
		return false, err
	}
	if from != archive || arrived != "" {
		return false, taken
	}
	return true, nil
}

// Keys wraps the cases' keys.
func (t *target) Keys() casework.KeyWrapper { return t.keys }

// Store takes the rows.
func (t *target) Store() casework.WholeStore { return t.store }

// Heads takes the signed heads.
func (t *target) Heads() audit.HeadStore {
	return audit.FileHeads(filepath.Join(t.cfg.DataDir, "heads.log"))
}

// Blobs takes every blob.
func (t *target) Blobs(bool) casework.Blobs { return t.blobs }

// Serve gives the database its name.
func (t *target) Serve(ctx context.Context, h moving.Header) error {
	for _, m := range [][2]string{{metaDeployment, h.Keys.Deployment}, {metaImported, h.Archive}, {metaSimulated, h.Simulated}} {
		if m[1] == "" {
			continue
		}
		if err := t.store.SetMeta(ctx, m[0], m[1]); err != nil {
			return err
		}
	}
	err := t.store.Close()
	t.store = nil
	if err != nil {
		return err
	}
	return os.Rename(t.path()+importing, t.path())
}

func (t *target) close() error {
	var errs error
	if t.store != nil {
		errs = t.store.Close()
	}
	if t.lock != nil {
		errs = errors.Join(errs, t.lock.Close())
	}
	return errs
}
