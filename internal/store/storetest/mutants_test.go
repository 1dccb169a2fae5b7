package storetest_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/store/sqlitestore"
	"github.com/ontdox/takedown/internal/store/storetest"
	"github.com/ontdox/takedown/internal/takedown"
)

// broken is an adapter with one defect. The suite must find each.
type broken struct {
	casework.Store
	defect string
}

// defects by the case of the suite that must find them first of all.
var defects = map[string]string{
	"takes a stale base":        "one of two on a base loses",
	"loses the outbox":          "outbox",
	"forgets claims":            "look-ups",
	"stores after a conflict":   "all or nothing",
	"answers past the bound":    "due list",
	"no cursor":                 "pages",
	"keeps the first token":     "tokens",
	"gives every lease":         "leases",
	"forgets what was finished": "finished requests",
	"lists out of order":        "records in a stream by id",
	"swallows a reply":          "40 writers and 10 readers",
	"leaves double":             "log head is swapped",
}

func (b *broken) Commit(ctx context.Context, base casework.Revision, ch casework.Change) (casework.Revision, error) {
	switch b.defect {
	case "loses the outbox":
		ch.Outbox = nil
	case "forgets claims":
		ch.Claim = nil
	case "forgets what was finished":
		ch.Finish = nil
	}
	rev, err := b.Store.Commit(ctx, base, ch)
	if err == nil || takedown.KindOf(err) != takedown.Conflict {
		return rev, err
	}
	switch b.defect {
	case "takes a stale base":
		if head, herr := b.Head(ctx, base.Stream); herr == nil {
			return b.Store.Commit(ctx, head, ch)
		}
	case "stores after a conflict":
		ch.Put, ch.Claim, ch.Release, ch.Finish = nil, nil, nil, nil
		_, _ = b.Store.Commit(ctx, base, ch)
	case "swallows a reply":
		return base, nil
	}
	return rev, err
}

func (b *broken) List(ctx context.Context, stream casework.StreamID, kind casework.RecordKind, after string, limit int) ([]casework.Record, error) {
	list, err := b.Store.List(ctx, stream, kind, after, limit)
	if b.defect == "lists out of order" && len(list) > 1 {
		list[0], list[1] = list[1], list[0]
	}
	return list, err
}

func (b *broken) Query(ctx context.Context, q casework.Query) (casework.Page, error) {
	if b.defect == "answers past the bound" {
		q.Before = ""
	}
	p, err := b.Store.Query(ctx, q)
	if b.defect == "no cursor" {
		p.Next = ""
	}
	return p, err
}

func (b *broken) PutToken(ctx context.Context, wait, token string) error {
	if _, err := b.Token(ctx, wait); err == nil && b.defect == "keeps the first token" {
		return nil
	}
	return b.Store.PutToken(ctx, wait, token)
}

func (b *broken) TakeLease(ctx context.Context, key, mac string, now, until time.Time) (*casework.Finished, error) {
	f, err := b.Store.TakeLease(ctx, key, mac, now, until)
	if b.defect == "gives every lease" && takedown.KindOf(err) == takedown.Conflict {
		return nil, nil
	}
	return f, err
}

func (b *broken) Log() audit.LogStore { return brokenLog{b.Store.Log(), b.defect} }

type brokenLog struct {
	audit.LogStore
	defect string
}

func (l brokenLog) Append(ctx context.Context, base, next audit.LogHead, leaves []audit.Leaf, hashes []audit.StoredHash) error {
	if l.defect == "leaves double" {
		if head, err := l.Head(ctx); err == nil {
			base = head
		}
	}
	return l.LogStore.Append(ctx, base, next, leaves, hashes)
}

// TestMutant runs the suite on the adapter with the defect of the environment;
// it does so only in TestSuiteFindsDefects's child.
func TestMutant(t *testing.T) {
	defect := os.Getenv("STORETEST_DEFECT")
	storetest.Run(t, func(t *testing.T) casework.Store {
		s, err := sqlitestore.Open(filepath.Join(t.TempDir(), "takedown.db"), sqlitestore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return &broken{s, defect}
	})
}

func TestSuiteFindsDefects(t *testing.T) {
	for defect, name := range defects {
		t.Run(defect, func(t *testing.T) {
			pattern := "^TestMutant$/^plain$/^" + strings.ReplaceAll(name, " ", "_") + "$"
			cmd := exec.Command(os.Args[0], "-test.run", pattern) //nolint:gosec // this very test
			cmd.Env = append(os.Environ(), "STORETEST_DEFECT="+defect)
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Fatalf("the suite passes an adapter that %s", defect)
			}
			if !strings.Contains(string(out), "--- FAIL: TestMutant/plain/"+strings.ReplaceAll(name, " ", "_")) {
				t.Fatalf("not found by %q:\n%s", name, out)
			}
		})
	}
}
