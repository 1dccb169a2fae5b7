package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// played is an installation on which the demo's story was played.
type played struct {
	t   *testing.T
	dir string // data, demo.key
}

func playOnce(t *testing.T) *played {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"demo", "--out", dir, "--json"}, terminal{nil, &out, &errs}); code != exitDone {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	return &played{t, dir}
}

// copied is a copy of the installation that a test may damage.
func (p *played) copied(t *testing.T) *played {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "data"), os.DirFS(filepath.Join(p.dir, "data"))); err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(p.dir, "demo.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "demo.key"), key, 0o600); err != nil {
		t.Fatal(err)
	}
	return &played{t, dir}
}

func (p *played) command(args ...string) (code int, said string) {
	var out, errs bytes.Buffer
	code = run(context.Background(), args, terminal{nil, &out, &errs})
	return code, out.String() + errs.String()
}

func (p *played) verify(more ...string) (code int, said string) {
	return p.command(append([]string{"verify", filepath.Join(p.dir, "data"), "--key-file", filepath.Join(p.dir, "demo.key")}, more...)...)
}

// act lets something happen: another person gets a token.
func (p *played) act(name string) {
	p.t.Helper()
	if code, said := p.command("token", "create", "--role", "auditor", "--name", name, "--data", filepath.Join(p.dir, "data"), "--key-file", filepath.Join(p.dir, "demo.key")); code != exitDone {
		p.t.Fatal(said)
	}
	// An export lets the sequencer catch up.
	if code, said := p.command("history", "export", p.caseID(), "--out", filepath.Join(p.dir, "export.jsonl"), "--data", filepath.Join(p.dir, "data"), "--key-file", filepath.Join(p.dir, "demo.key")); code != exitDone {
		p.t.Fatal(said)
	}
}

func (p *played) caseID() string {
	var id string
	p.sql(func(db *sql.DB) error {
		return db.QueryRow(`SELECT stream FROM streams WHERE stream LIKE 'case_%'`).Scan(&id)
	})
	return id
}

func (p *played) sql(f func(db *sql.DB) error) {
	p.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(p.dir, "data", "takedown.db"))
	if err != nil {
		p.t.Fatal(err)
	}
	if err := f(db); err != nil {
		p.t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *played) exec(statement string, args ...any) {
	p.t.Helper()
	p.sql(func(db *sql.DB) error {
		r, err := db.Exec(statement, args...)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); n == 0 || err != nil {
			return fmt.Errorf("%s changed nothing: %w", statement, err)
		}
		return nil
	})
}

var failedAt = regexp.MustCompile(`(?m)^line \d+, entry (none|entry_[a-z0-9]+): .+`)

// found fails the test unless verification fails and says where.
func (p *played) found(t *testing.T, entry string, more ...string) {
	t.Helper()
	code, said := p.verify(more...)
	if code != exitRefused || !failedAt.MatchString(said) || !strings.Contains(said, entry) {
		t.Errorf("exit %d: %s; want a failure at %q", code, strings.TrimSpace(said), entry)
	}
}

// TestTamperedDatabaseIsFound damages the history in the database in every way
// that somebody with access to it has.
func TestTamperedDatabaseIsFound(t *testing.T) {
	was := playOnce(t)
	if code, said := was.verify(); code != exitDone {
		t.Fatalf("before anything was done: %s", said)
	}
	ids := was.entries()
	r := rand.New(rand.NewPCG(27, 3))
	for name, damage := range map[string]func(p *played) (entry string){
		"a removed entry": func(p *played) string {
			n := 3 + r.IntN(len(ids)-4)
			p.exec(`DELETE FROM lines WHERE entry = ?`, ids[n])
			return ""
		},
		"two entries swapped": func(p *played) string {
			a, b := ids[20], ids[21]
			p.exec(`UPDATE lines SET bytes = (SELECT bytes FROM lines AS o WHERE o.entry = CASE lines.entry WHEN ? THEN ? ELSE ? END) WHERE entry IN (?, ?)`, a, b, a, a, b)
			return ""
		},
		"the tail cut off": func(p *played) string {
			p.exec(`DELETE FROM lines WHERE n > (SELECT max(n) - 5 FROM lines)`)
			return ""
		},
		"the tail cut off with the log's": func(p *played) string {
			p.exec(`DELETE FROM lines WHERE n > (SELECT max(n) - 5 FROM lines)`)
			p.exec(`DELETE FROM log_leaves WHERE entry NOT IN (SELECT entry FROM lines)`)
			p.exec(`UPDATE log_head SET size = (SELECT count(*) FROM log_leaves)`)
			return ""
		},
		"two leaves swapped": func(p *played) string {
			p.exec(`UPDATE log_leaves SET idx = -1 WHERE idx = 7`)
			p.exec(`UPDATE log_leaves SET idx = 7 WHERE idx = 8`)
			p.exec(`UPDATE log_leaves SET idx = 8 WHERE idx = -1`)
			return ""
		},
		"a hash of the log": func(p *played) string {
			p.exec(`UPDATE log_hashes SET hash = zeroblob(32) WHERE idx = 11`)
			return ""
		},
		"the signed head in the database": func(p *played) string {
			p.exec(`UPDATE log_head SET note = replace(note, char(10), char(32))`)
			return ""
		},
		"a stream's head": func(p *played) string {
			p.exec(`UPDATE streams SET last = 'ff' || substr(last, 3) WHERE stream LIKE 'case_%'`)
			return ""
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := was.copied(t)
			p.found(t, damage(p))
		})
	}
	for range 25 {
		n := r.IntN(len(ids))
		t.Run("one flipped byte of "+ids[n], func(t *testing.T) {
			p := was.copied(t)
			p.flip(ids[n], r)
			p.found(t, ids[n])
		})
	}
}

// entries gives every entry's id in the order of the commits.
func (p *played) entries() []string {
	var ids []string
	p.sql(func(db *sql.DB) error {
		rows, err := db.Query(`SELECT entry FROM lines ORDER BY n`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return rows.Err()
	})
	return ids
}

func (p *played) flip(entry string, r *rand.Rand) {
	p.sql(func(db *sql.DB) error {
		var line []byte
		if err := db.QueryRow(`SELECT bytes FROM lines WHERE entry = ?`, entry).Scan(&line); err != nil {
			return err
		}
		line[r.IntN(len(line))] ^= 1 << r.IntN(7)
		_, err := db.Exec(`UPDATE lines SET bytes = ? WHERE entry = ?`, line, entry)
		return err
	})
}

// TestRolledBackIsFound: an older database under newer heads shows; a directory
// rolled back whole shows with a head kept elsewhere.
func TestRolledBackIsFound(t *testing.T) {
	was := playOnce(t)
	old, now := was.copied(t), was.copied(t)
	now.act("later-1")
	now.act("later-2")
	if code, said := now.verify(); code != exitDone {
		t.Fatal(said)
	}
	heads, err := os.ReadFile(filepath.Join(now.dir, "data", "heads.log"))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(heads), []byte("\n"))
	kept := filepath.Join(t.TempDir(), "kept.head")
	if err := os.WriteFile(kept, append(lines[len(lines)-1], '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, said := now.verify("--head", kept); code != exitDone {
		t.Errorf("the head kept elsewhere is its own: %s", said)
	}
	if code, said := old.verify(); code != exitDone {
		t.Errorf("a whole directory looks whole: %s", said)
	}
	old.found(t, "", "--head", kept)

	// The old database beside the new heads.
	for _, name := range []string{"takedown.db", "takedown.db-wal", "takedown.db-shm"} {
		b, err := os.ReadFile(filepath.Join(old.dir, "data", name))
		if err != nil {
			_ = os.Remove(filepath.Join(now.dir, "data", name)) // the old one has none
			continue
		}
		if err := os.WriteFile(filepath.Join(now.dir, "data", name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	now.found(t, "")
}

// TestAlteredHeadsAreFound flips bytes of heads.log.
func TestAlteredHeadsAreFound(t *testing.T) {
	was := playOnce(t)
	heads, err := os.ReadFile(filepath.Join(was.dir, "data", "heads.log"))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(4, 5))
	for range 25 {
		bad := bytes.Clone(heads)
		at := r.IntN(len(bad))
		bad[at] ^= 1 << r.IntN(7)
		if err := os.WriteFile(filepath.Join(was.dir, "data", "heads.log"), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if code, said := was.verify(); code != exitRefused {
			t.Errorf("byte %d of %d: exit %d: %s", at, len(bad), code, said)
		}
	}
}
