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
		err = w.WriteHeader(&tar.Header{Name: lastPart, Mode: 0o600})
	}
	return errors.Join(err, w.Close(), f.Sync(), f.Close())
}

// lastPart ends a backup: a tar file that was cut short between two files
// reads like a whole one.
const lastPart = "end-of-backup"

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
	database := filepath.Join(cfg.DataDir, "takedown.db")
	for _, part := range []string{database, database + "-wal"} { // a former database's log would be played into this one
		if _, err := os.Stat(part); err == nil {
			return takedown.Errorf(takedown.Conflict, "State", "%s holds a database: move %s away first, and leave heads.log there", cfg.DataDir, filepath.Base(part))
		}
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return err
	}
	if err := unpack(cfg.DataDir, file); err != nil {
		return err
	}
	// The database gets its name last, and loses it again if the restore cannot
	// be declared: what is half restored never serves, and can be tried again.
	if err := os.Rename(database+unpacking, database); err != nil {
		return err
	}
	a, err := Open(ctx, cfg)
	if err == nil {
		err = errors.Join(a.declareRestore(ctx), a.Close())
	}
	if err != nil {
		return errors.Join(err, os.Rename(database, database+unpacking))
	}
	return nil
}

// unpacking marks a database that is not restored to its end.
const unpacking = ".unpacking"

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

func unpack(dir, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	r := tar.NewReader(f)
	for {
		h, err := r.Next()
		if err == nil && h.Name == lastPart {
			return f.Close()
		}
		if errors.Is(err, io.EOF) {
			err = takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the backup is cut short")
		}
		if err != nil {
			return errors.Join(err, f.Close())
		}
		if err := unpackOne(dir, h, r); err != nil {
			return errors.Join(err, f.Close())
		}
	}
}

// maxPart bounds one file of a backup: the database of a large organisation.
const maxPart = 64 << 30

func unpackOne(dir string, h *tar.Header, r io.Reader) error {
	if !filepath.IsLocal(h.Name) || h.Typeflag != tar.TypeReg || h.Size > maxPart {
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the backup holds a file that is none of ours")
	}
	path := filepath.Join(dir, h.Name) //nolint:gosec // IsLocal has just refused every name that leads outside
	if h.Name == "takedown.db" {
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
