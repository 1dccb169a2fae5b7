package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/boot/local"
	"github.com/ontdox/takedown/internal/takedown"
)

// tokenCmd makes, lists and revokes tokens, beside a running server.
type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a token and print it, once."`
	List   tokenListCmd   `cmd:"" help:"List tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"Revoke a token by its id."`
}

type tokenCreateCmd struct {
	installation
	Role []string `required:"" help:"reporter, specialist, legal_adviser, coordinator, liaison or auditor; several with commas."`
	Name string   `required:"" help:"The person: two tokens of one name are one person."`
}

type tokenListCmd struct{ installation }

type tokenRevokeCmd struct {
	installation
	ID string `arg:"" help:"The token's id, from takedown token list."`
}

// beside opens an installation without its lock, beside a running server.
func (i installation) beside(ctx context.Context, do func(*local.App) error) error {
	cfg := i.config(slog.New(slog.DiscardHandler))
	cfg.NoLock = true
	app, err := local.Open(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(do(app), app.Close())
}

// Run makes a token. On an empty directory it begins the installation.
func (c *tokenCreateCmd) Run(ctx context.Context, term terminal) error {
	var roles []takedown.Role
	for _, r := range c.Role {
		role := takedown.Role(strings.TrimSpace(r))
		if !slices.Contains(takedown.Roles(), role) {
			return usagef("--role: %q is none of %v", r, takedown.Roles())
		}
		roles = append(roles, role)
	}
	if err := c.begin(ctx); err != nil {
		return err
	}
	return c.beside(ctx, func(app *local.App) error {
		made, err := app.Service.CreateToken(ctx, takedown.TheSystem, c.Name, roles)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(term.out, made.Token)
		return err
	})
}

// begin makes an installation where there is none yet.
func (c *tokenCreateCmd) begin(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(c.Data, "takedown.db")); err == nil {
		return nil
	}
	app, err := local.Open(ctx, c.config(slog.New(slog.DiscardHandler)))
	if err != nil {
		return err
	}
	return app.Close()
}

// Run lists tokens: never the tokens themselves.
func (c *tokenListCmd) Run(ctx context.Context, term terminal) error {
	return c.beside(ctx, func(app *local.App) error {
		list, err := app.Service.ListTokens(ctx, takedown.TheSystem)
		for _, t := range list {
			fmt.Fprintf(term.out, "%s  %s  %v\n", t.ID, t.Name, t.Roles)
		}
		return err
	})
}

// Run revokes a token at once.
func (c *tokenRevokeCmd) Run(ctx context.Context, _ terminal) error {
	return c.beside(ctx, func(app *local.App) error {
		return app.Service.RevokeToken(ctx, takedown.TheSystem, c.ID)
	})
}

// historyCmd exports the history of a case.
type historyCmd struct {
	Export historyExportCmd `cmd:"" help:"Write a case's entries with proofs and signed head."`
}

type historyExportCmd struct {
	installation
	Case string `arg:"" help:"The case's id."`
	Out  string `help:"The file; standard output without."`
}

// Run writes the export.
func (c *historyExportCmd) Run(ctx context.Context, term terminal) error {
	return c.beside(ctx, func(app *local.App) error {
		if c.Out == "" {
			return app.ExportHistory(ctx, term.out, c.Case)
		}
		return writeWhole(c.Out, func(w io.Writer) error { return app.ExportHistory(ctx, w, c.Case) })
	})
}

// writeWhole puts a file in place when all of it is written, so that a failure
// leaves what was there.
func writeWhole(file string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.part")
	if err != nil {
		return err
	}
	if err = errors.Join(write(f), f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// verifyCmd verifies an installation or an export.
type verifyCmd struct {
	Path    string `arg:"" help:"A data directory, or an export."`
	Key     string `help:"Compare the log key with the one in this file." placeholder:"FILE"`
	Head    string `help:"A signed head kept elsewhere: finds a directory rolled back whole." placeholder:"FILE"`
	KeyFile string `env:"TAKEDOWN_KEY_FILE" help:"The key file of the data directory."`
	JSON    bool   `help:"What holds, as JSON."`
}

// Run verifies and prints what holds, or where it does not.
func (c *verifyCmd) Run(ctx context.Context, term terminal) error {
	opt, err := c.options()
	if err != nil {
		return err
	}
	info, err := os.Stat(c.Path)
	if err != nil {
		return err
	}
	var rep audit.Report
	if info.IsDir() {
		err = installation{Data: c.Path, KeyFile: c.KeyFile}.beside(ctx, func(app *local.App) error {
			rep, err = app.Verify(ctx, opt)
			return err
		})
	} else {
		rep, err = verifyFile(c.Path, opt)
	}
	if err != nil {
		return err
	}
	return c.say(term.out, rep)
}

func (c *verifyCmd) say(w io.Writer, rep audit.Report) error {
	if c.JSON {
		return writeIndented(w, reportOf(rep))
	}
	return sayReport(w, rep)
}

func (c *verifyCmd) options() (audit.Options, error) {
	var opt audit.Options
	if c.Key != "" {
		b, err := os.ReadFile(c.Key)
		if err != nil {
			return opt, err
		}
		opt.Key = strings.TrimSpace(string(b))
	}
	if c.Head != "" {
		b, err := os.ReadFile(c.Head)
		if err != nil {
			return opt, err
		}
		opt.Head = b
	}
	return opt, nil
}

func verifyFile(path string, opt audit.Options) (audit.Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return audit.Report{}, err
	}
	rep, err := audit.VerifyExport(f, opt)
	return rep, errors.Join(err, f.Close())
}

// verified is a report as JSON. NotYetInLog are entries whose chain holds and
// that no signed head covers yet.
type verified struct {
	Entries     int    `json:"entries"`
	Streams     int    `json:"streams"`
	Leaves      int64  `json:"leaves"`
	NotYetInLog int    `json:"notYetInLog"`
	Restores    int    `json:"restores"`
	LogKey      string `json:"logKey"`
	KeyCompared bool   `json:"keyCompared"`
}

func reportOf(rep audit.Report) verified {
	return verified{rep.Entries, rep.Streams, rep.Head.N, rep.Pending, len(rep.Restores), rep.Fingerprint, rep.KeyCompared}
}

func sayReport(w io.Writer, rep audit.Report) error {
	fmt.Fprintf(w, "verified: %d entries in %d stream(s), log of %d leaves\n", rep.Entries, rep.Streams, rep.Head.N)
	if rep.Pending > 0 {
		fmt.Fprintf(w, "%d entries not yet in the log: no signed head covers them; a running serve takes them in, and a stopped one with its next start\n", rep.Pending)
	}
	for _, r := range rep.Restores {
		fmt.Fprintf(w, "restored: from %d leaves to %d, declared and signed\n", r.From.N, r.Tree.N)
	}
	compared := "compared"
	if !rep.KeyCompared {
		compared = "not compared"
	}
	_, err := fmt.Fprintf(w, "log key %s: %s\n", rep.Fingerprint, compared)
	return err
}

// backupCmd writes a backup while the server runs.
type backupCmd struct {
	installation
	File string `arg:"" help:"The file to write; it must not exist."`
}

// Run writes the backup.
func (c *backupCmd) Run(ctx context.Context, term terminal) error {
	return c.beside(ctx, func(app *local.App) error {
		n, err := app.Backup(ctx, c.File)
		if err == nil {
			_, err = fmt.Fprintf(term.out, "backup of %d entries in %s; it holds no key: keep %s elsewhere\n", n, c.File, "the key file")
		}
		return err
	})
}

// restoreCmd restores a backup.
type restoreCmd struct {
	installation
	File string `arg:"" help:"The backup."`
}

// Run restores into a data directory and declares it in heads.log.
func (c *restoreCmd) Run(ctx context.Context, term terminal) error {
	if err := local.Restore(ctx, c.config(slog.New(slog.DiscardHandler)), c.File); err != nil {
		return err
	}
	_, err := fmt.Fprintf(term.out, "restored into %s; the restore stands in heads.log and in the history\n", c.Data)
	return err
}
