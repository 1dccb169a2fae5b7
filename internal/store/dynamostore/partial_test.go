package dynamostore_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/audit/audittest"
	"github.com/ontdox/takedown/internal/casework"
)

// TestCommitsOfManyEntriesBecomeLeaves: an append may end within a commit.
func TestCommitsOfManyEntriesBecomeLeaves(t *testing.T) {
	onEach(t, func(t *testing.T, cfg aws.Config) {
		s, ctx := open(t, cfg), context.Background()
		total := 0
		for n := range 40 {
			stream := casework.StreamID(fmt.Sprintf("case_%d", n%3))
			var entries []audit.Entry
			for range n%7 + 1 {
				entries = append(entries, audittest.Entry(fmt.Sprintf("entry_%d", total)))
				total++
			}
			base, err := s.Head(ctx, stream)
			ok(t, err)
			_, err = s.Commit(ctx, base, casework.Change{Entries: entries})
			ok(t, err)
		}
		signer, key := audittest.Keys(t)
		heads := audit.FileHeads(filepath.Join(t.TempDir(), "heads.log"))
		n, err := audit.NewSequencer(s.Log(), heads, signer).CatchUp(ctx)
		ok(t, err)
		if n != total {
			t.Fatalf("%d leaves of %d", n, total)
		}
		audittest.Verify(t, audit.Installation{Archive: s.Archive(), Heads: heads, VerifierKey: key}, total)
	})
}
