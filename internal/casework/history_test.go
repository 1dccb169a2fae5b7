package casework_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func TestAnEntryIsProvenUnderTheSignedHead(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	secret, public, err := note.GenerateKey(rand.Reader, "takedown-test")
	f.ok(err)
	signer, err := note.NewSigner(secret)
	f.ok(err)
	verifier, err := note.NewVerifier(public)
	f.ok(err)
	d := f.s.Deps
	d.Sequence = audit.NewSequencer(f.store.Log(), audit.FileHeads(filepath.Join(t.TempDir(), "heads.log")), signer).CatchUp
	s := casework.New(d)

	in := caseInput("https://forum.example/1")
	in.Suspects = []casework.SuspectInput{{IsColleague: true}}
	c := f.open(in)
	_, err = s.Unseal(ctx, coordinator, c.Case, casework.UnsealInput{Reason: "drafting"})
	f.ok(err)
	history, err := s.CaseHistory(ctx, auditor, c.Case, "", 0)
	f.ok(err)
	for _, e := range history.Items {
		p, err := s.ProveEntry(ctx, auditor, e.ID)
		f.ok(err)
		if audit.Hash([]byte(p.Entry)) != e.Hash {
			t.Errorf("entry %s is shown otherwise than it was hashed", e.ID)
		}
		head, err := audit.OpenHead([]byte(p.Head), verifier)
		f.ok(err)
		var proof tlog.RecordProof
		for _, h := range p.Proof {
			b, err := base64.StdEncoding.DecodeString(h)
			f.ok(err)
			proof = append(proof, tlog.Hash(b))
		}
		f.ok(tlog.CheckRecord(proof, head.Tree.N, head.Tree.Hash, p.Index, tlog.RecordHash([]byte(p.Entry))))
	}
	checkpoint, err := s.HistoryCheckpoint(ctx, auditor)
	f.ok(err)
	if checkpoint.Size < int64(len(history.Items)) || checkpoint.Head == "" {
		t.Errorf("checkpoint %+v", checkpoint)
	}

	stranger := takedown.Principal{ID: "coordinator-2", Roles: coordinator.Roles}
	_, err = s.ProveEntry(ctx, stranger, history.Items[0].ID)
	f.kind(err, takedown.NotFound)
	_, err = s.ProveEntry(ctx, specialist, history.Items[0].ID)
	f.kind(err, takedown.Forbidden)
	_, err = s.ProveEntry(ctx, auditor, "entry_unknown")
	f.kind(err, takedown.NotFound)
}

func TestABadItemNamesItsFieldsInOneOrder(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for range 20 {
		in := caseInput()
		in.Items = []casework.ItemInput{{Location: casework.LocationInput{Type: "closed_group"}, Kind: "original", ContentType: "text"}}
		out := f.open(in)
		want := []string{"/items/0/location/service", "/items/0/location/access", "/items/0/location/accessedBy", "/items/0/dataCategories"}
		if len(out.Items) != 1 || len(out.Items[0].Errors) != len(want) {
			t.Fatalf("results %+v", out.Items)
		}
		for n, e := range out.Items[0].Errors {
			if e.Pointer != want[n] {
				t.Fatalf("field %d is %s, want %s", n, e.Pointer, want[n])
			}
		}
	}
}
