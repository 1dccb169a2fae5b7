package sqlitestore_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/store/sqlitestore"
	"github.com/ontdox/takedown/internal/takedown"
)

var noon = time.Date(2027, time.March, 22, 12, 0, 0, 0, time.UTC)

// change writes one item of a size, with an entry of its own.
func change(stream casework.StreamID, n, size int) casework.Change {
	id := fmt.Sprintf("%s_%05d", stream, n)
	return casework.Change{
		Put: []casework.Record{{
			Key: casework.Key{Kind: "item", ID: "item_" + id}, Stream: stream, Version: 1, Body: []byte(strings.Repeat("b", size)),
			Index: []casework.IndexPlace{{Index: "due", Partition: "wait", Sort: id}},
		}},
		Entries: []audit.Entry{{ID: "entry_" + id, At: noon, Actor: "principal_anna", Role: "specialist", Act: "item.added", IDs: []string{"item_" + id}}},
	}
}

func commit(t testing.TB, s casework.Store, stream casework.StreamID, ch casework.Change) casework.Revision {
	t.Helper()
	rev, err := tryCommit(s, stream, ch)
	if err != nil {
		t.Fatal(err)
	}
	return rev
}

func tryCommit(s casework.Store, stream casework.StreamID, ch casework.Change) (casework.Revision, error) {
	head, err := s.Head(context.Background(), stream)
	if err != nil {
		return head, err
	}
	return s.Commit(context.Background(), head, ch)
}

func pragma(t *testing.T, s *sqlitestore.Store, text string) {
	t.Helper()
	rows, err := s.Writer().Query("PRAGMA " + text)
	if err == nil {
		err = rows.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, err error, kind takedown.Kind) {
	t.Helper()
	if err == nil || takedown.KindOf(err) != kind {
		t.Fatalf("error %v of kind %q, want %q", err, takedown.KindOf(err), kind)
	}
}

func TestReopenedAndPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a dir?with #odd %41 names")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "takedown.db")
	s, err := sqlitestore.Open(path, sqlitestore.Options{HostNow: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	rev := commit(t, s, "case_a", change("case_a", 1, 10))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, error %v", suffix, info.Mode(), err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = s.Head(t.Context(), "case_a")
	wantKind(t, err, takedown.Unavailable)
	again := open(t, path, sqlitestore.Options{})
	if got, err := again.Head(t.Context(), "case_a"); err != nil || got != rev {
		t.Fatalf("head %+v, %v, want %+v", got, err, rev)
	}
	if at, err := again.Meta(t.Context(), "schema/1"); err != nil || at != "2027-03-22T12:00:00Z" {
		t.Fatalf("schema 1 dates from %q, %v", at, err)
	}
	if none, err := again.Meta(t.Context(), "none"); err != nil || none != "" {
		t.Fatalf("%q, %v", none, err)
	}
}

func TestEveryPragmaHolds(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "takedown.db"), sqlitestore.Options{})
	for name, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "trusted_schema": "0", "secure_delete": "2"} {
		var got string
		if err := s.Writer().QueryRow("PRAGMA " + name).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", name, got, err, want)
		}
	}
	if _, err := s.Readers().Exec("DELETE FROM records"); err == nil {
		t.Error("a reader can write")
	}
}

// TestRefusesADatabaseThatWouldLoseCommits: one in memory keeps no log, as on
// a disk that has none of what WAL needs.
func TestRefusesADatabaseThatWouldLoseCommits(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := sqlitestore.Open(":memory:", sqlitestore.Options{})
	wantKind(t, err, takedown.Unavailable)
	if !strings.Contains(err.Error(), "journal_mode") {
		t.Errorf("it does not name the pragma: %v", err)
	}
}

func TestRefusesNewerSchemaAndOtherFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "takedown.db")
	s, err := sqlitestore.Open(path, sqlitestore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pragma(t, s, "user_version = 99")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = sqlitestore.Open(path, sqlitestore.Options{})
	wantKind(t, err, takedown.Internal)
	if !strings.Contains(err.Error(), "newer program") {
		t.Errorf("does not say what to do: %v", err)
	}
	other := filepath.Join(t.TempDir(), "other.db")
	if err := os.WriteFile(other, []byte(strings.Repeat("no database\n", 600)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = sqlitestore.Open(other, sqlitestore.Options{})
	wantKind(t, err, takedown.Internal)
	_, err = sqlitestore.Open(filepath.Join(t.TempDir(), "none", "takedown.db"), sqlitestore.Options{})
	wantKind(t, err, takedown.Unavailable)
}

// TestFullDisk lets the file grow no further: SQLite says SQLITE_FULL, as it
// does on a full disk.
func TestFullDisk(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "takedown.db"), sqlitestore.Options{})
	rev := commit(t, s, "case_a", change("case_a", 0, 4000))
	var count int
	if err := s.Writer().QueryRow("PRAGMA page_count").Scan(&count); err != nil {
		t.Fatal(err)
	}
	pragma(t, s, fmt.Sprintf("max_page_count = %d", count+12))
	var err error
	stored := 0
	for n := 1; n < 50 && err == nil; n++ {
		if _, err = tryCommit(s, "case_a", change("case_a", n, 4000)); err == nil {
			stored++
		}
	}
	wantKind(t, err, takedown.Unavailable)
	head, herr := s.Head(t.Context(), "case_a")
	if herr != nil || head.N != rev.N+int64(stored) {
		t.Fatalf("head %+v, %v after %d commits", head, herr, stored)
	}
	pragma(t, s, "max_page_count = 1000000")
	commit(t, s, "case_a", change("case_a", 60, 4000)) // goes on when there is room
}

// TestLockedDatabase has another process's lock in the way.
func TestLockedDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "takedown.db")
	s, other := open(t, path, sqlitestore.Options{}), open(t, path, sqlitestore.Options{})
	pragma(t, s, "busy_timeout = 20")
	tx, err := other.Writer().Begin()
	if err != nil {
		t.Fatal(err)
	}
	_, err = tryCommit(s, "case_a", change("case_a", 1, 10))
	wantKind(t, err, takedown.Unavailable)
	_, err = s.TakeLease(t.Context(), "key", "mac", noon, noon.Add(time.Minute))
	wantKind(t, err, takedown.Unavailable)
	if head, err := s.Head(t.Context(), "case_a"); err != nil || head.N != 0 {
		t.Fatalf("readers wait for the lock: %+v, %v", head, err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	commit(t, s, "case_a", change("case_a", 1, 10))
}

// TestGroup holds the writing connection until twenty writes wait. They share
// transactions, and of two on one base the second alone loses.
func TestGroup(t *testing.T) {
	var after atomic.Int64
	var ready, wg sync.WaitGroup
	ready.Add(20)
	s := open(t, filepath.Join(t.TempDir(), "takedown.db"), sqlitestore.Options{Log: slog.New(slog.DiscardHandler), Hook: func(point string) {
		switch point {
		case "commit:before":
			ready.Done()
		case "commit:after":
			after.Add(1)
		}
	}})
	hold, err := s.Writer().Begin()
	if err != nil {
		t.Fatal(err)
	}
	var conflicts atomic.Int64
	for n := range 20 {
		wg.Go(func() {
			stream := casework.StreamID(fmt.Sprintf("case_%d", n/2)) // two on each base
			_, err := s.Commit(context.Background(), casework.Revision{Stream: stream}, change(stream, n, 10))
			if takedown.KindOf(err) == takedown.Conflict && err != nil {
				conflicts.Add(1)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	ready.Wait()
	if err := hold.Rollback(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if conflicts.Load() != 10 || after.Load() != 10 {
		t.Fatalf("%d lost, %d were durable, want 10 and 10", conflicts.Load(), after.Load())
	}
	for n := range 10 {
		stream := casework.StreamID(fmt.Sprintf("case_%d", n))
		list, err := s.List(t.Context(), stream, "item", "", 10)
		if head, herr := s.Head(t.Context(), stream); err != nil || herr != nil || len(list) != 1 || head.N != 1 {
			t.Fatalf("%s: %d rows, head %+v, %v, %v", stream, len(list), head, err, herr)
		}
	}
}

func TestPrune(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "takedown.db"), sqlitestore.Options{})
	ctx := t.Context()
	for n, id := range []string{"old", "new"} {
		at := noon.Add(time.Duration(n) * time.Hour)
		ch := change("case_a", n, 10)
		ch.Outbox = []casework.OutboxRow{{ID: id, Kind: "start", Stream: "case_a", At: at}, {ID: id + "_waiting", Kind: "start", Stream: "case_a", At: at}}
		ch.Finish = &casework.Finished{Key: id, RequestMAC: "mac", Status: 201, ExpiresAt: at}
		commit(t, s, "case_a", ch)
		if err := s.MarkDelivered(ctx, id); err != nil {
			t.Fatal(err)
		}
		if _, err := s.TakeLease(ctx, id+"_lease", "mac", at.Add(-time.Minute), at); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Prune(ctx, noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"SELECT group_concat(key, ' ' ORDER BY key) FROM finished": "new new_lease",
		"SELECT group_concat(id, ' ' ORDER BY id) FROM outbox":     "new new_waiting old_waiting",
		"SELECT count(*) FROM records":                             "2",
		"SELECT count(*) FROM lines":                               "2",
	} {
		var got string
		if err := s.Readers().QueryRow(query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", query, got, err, want)
		}
	}
}

// TestListsAreReadByTheirIndex: what a list of one stream costs does not depend
// on how many other streams there are.
func TestListsAreReadByTheirIndex(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "takedown.db"), sqlitestore.Options{})
	var plan string
	err := s.Writer().QueryRow("EXPLAIN QUERY PLAN "+sqlitestore.ListRecords, "case_a", "item", "", 50).Scan(new(int), new(int), new(int), &plan)
	if err != nil || !strings.Contains(plan, "INDEX records_stream (stream=? AND kind=? AND id>?)") {
		t.Errorf("%v: %s", err, plan)
	}
}
