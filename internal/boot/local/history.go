package local

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/takedown"
)

// ExportHistory lets the sequencer catch up and writes a case's entries.
func (a *App) ExportHistory(ctx context.Context, w io.Writer, caseID string) error {
	if _, err := a.seq.CatchUp(ctx); err != nil {
		return err
	}
	return audit.Export(ctx, w, a.Store.Archive(), caseID, a.Keys.LogVerifier())
}

// Verify recomputes the whole history of the installation.
func (a *App) Verify(ctx context.Context, opt audit.Options) (audit.Report, error) {
	return audit.VerifyInstallation(ctx, audit.Installation{Archive: a.Store.Archive(), Heads: a.Heads, VerifierKey: a.Keys.LogVerifier()}, opt)
}

// Backup writes database, blobs and heads.log into one tar file, consistent
// while others work: the database first, then the blobs that it may name. It
// holds no key. It says how many entries it has.
func (a *App) Backup(ctx context.Context, file string) (int64, error) {
	if _, err := a.seq.CatchUp(ctx); err != nil {
		return 0, err
	}
	copyPath := filepath.Join(a.cfg.DataDir, "backup-"+time.Now().UTC().Format("20060102T150405.000000000")+".db")
	if err := a.Store.Backup(ctx, copyPath); err != nil {
		return 0, err
	}
	head, err := a.Store.Log().Head(ctx)
	if err == nil {
		err = writeTar(file, a.cfg.DataDir, copyPath)
	}
	return head.Size, errors.Join(err, os.Remove(copyPath))
}

func writeTar(file, dir, database string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	w := tar.NewWriter(f)
	err = addFile(w, database, "takedown.db")
	for _, part := range []string{"heads.log", "blobs"} {
		if err == nil {
			err = addTree(w, dir, part)
		}
	}
	if err == nil {
		err = w.WriteHeader(&tar.Header{Name: backupEnd, Mode: 0o600})
	}
	return errors.Join(err, w.Close(), f.Sync(), f.Close())
}

// backupEnd stands last in a backup: without it, one that was cut off between
// two files would pass for whole.
const backupEnd = "end-of-backup"

func addTree(w *tar.Writer, dir, part string) error {
	return filepath.WalkDir(filepath.Join(dir, part), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return addFile(w, path, filepath.ToSlash(name))
	})
}

func addFile(w *tar.Writer, path, name string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // swept meanwhile
	}
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		err = w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()})
	}
	if err == nil {
		_, err = io.CopyN(w, f, info.Size())
	}
	return errors.Join(err, f.Close())
}

// Restore puts a backup into a data directory. A heads.log that is there
// already stays: a signed line says from which head to which the installation
// went back, and an entry says so too.
func Restore(ctx context.Context, cfg Config, file string) error {
	if err := cfg.defaults(); err != nil {
		return err
	}
	for _, part := range []string{database, database + "-wal"} { // a former database's log would be played into this one
		if _, err := os.Stat(filepath.Join(cfg.DataDir, part)); err == nil {
			return takedown.Errorf(takedown.Conflict, "State", "%s holds a database: move %s away first, and leave heads.log there", cfg.DataDir, part)
		}
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(unpackDeclared(ctx, cfg, f), f.Close()); err != nil {
		return errors.Join(err, removeDatabase(cfg.DataDir))
	}
	return nil
}

func unpackDeclared(ctx context.Context, cfg Config, backup io.Reader) error {
	if err := unpack(cfg.DataDir, backup); err != nil {
		return err
	}
	// It gets its name last: what a crash left half unpacked never serves.
	if err := os.Rename(filepath.Join(cfg.DataDir, database+unpacking), filepath.Join(cfg.DataDir, database)); err != nil {
		return err
	}
	a, err := Open(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(a.declareRestore(ctx), a.Close())
}

// removeDatabase takes back a restore that failed: a database that was put
// there and not declared would never verify.
func removeDatabase(dir string) error {
	var errs error
	for _, name := range []string{database, database + "-wal", database + "-shm", database + unpacking} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = errors.Join(errs, err)
		}
	}
	return errs
}

func (a *App) declareRestore(ctx context.Context) error {
	verifier, err := note.NewVerifier(a.Keys.LogVerifier())
	if err != nil {
		return err
	}
	head, err := a.Store.Log().Head(ctx)
	if err != nil {
		return err
	}
	if err := audit.DeclareRestore(a.Heads, a.signer, verifier, head); err != nil {
		return err
	}
	if err := a.Service.RecordRestore(ctx); err != nil {
		return err
	}
	_, err = a.seq.CatchUp(ctx)
	return err
}

func unpack(dir string, file io.Reader) error {
	r := tar.NewReader(file)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the backup was cut off: its end is missing")
		}
		if err != nil {
			return err
		}
		if h.Name == backupEnd {
			return nil
		}
		if err := unpackOne(dir, h, r); err != nil {
			return err
		}
	}
}

// database is the file's name in a data directory; unpacking marks one that is
// not restored to its end.
const (
	database  = "takedown.db"
	unpacking = ".unpacking"
)

// maxPart bounds one file of a backup: the database of a large organisation.
const maxPart = 64 << 30

func unpackOne(dir string, h *tar.Header, r io.Reader) error {
	if !filepath.IsLocal(h.Name) || h.Typeflag != tar.TypeReg || h.Size > maxPart {
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the backup holds a file that is none of ours")
	}
	path := filepath.Join(dir, h.Name) //nolint:gosec // IsLocal has just refused every name that leads outside
	if h.Name == database {
		path += unpacking
	}
	if h.Name == "heads.log" {
		if _, err := os.Stat(path); err == nil {
			return nil // the one that is there knows more
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, r, h.Size)
	return errors.Join(err, f.Sync(), f.Close())
}
