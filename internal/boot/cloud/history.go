package cloud

import (
	"context"
	"io"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/takedown"
)

// archive is the history as it stands in the table.
func (b *Build) archive() (audit.Archive, error) {
	store, ok := b.Deps.Store.(interface{ Archive() audit.Archive })
	if !ok {
		return nil, takedown.Errorf(takedown.Internal, takedown.NameInternal, "this store gives no archive")
	}
	return store.Archive(), nil
}

// Streams lists every stream of the history.
func (b *Build) Streams(ctx context.Context) ([]audit.StreamHead, error) {
	a, err := b.archive()
	if err != nil {
		return nil, err
	}
	return a.Streams(ctx)
}

// ExportHistory lets the sequencer catch up and writes a case's entries, as
// takedown history export does of an installation on one machine.
func (b *Build) ExportHistory(ctx context.Context, w io.Writer, caseID string) error {
	a, err := b.archive()
	if err != nil {
		return err
	}
	if _, err := b.Deps.Sequence(ctx); err != nil {
		return err
	}
	return audit.Export(ctx, w, a, caseID, b.LogVerifier)
}

// Verify recomputes the whole history and holds it against the signed heads.
func (b *Build) Verify(ctx context.Context, opt audit.Options) (audit.Report, error) {
	a, err := b.archive()
	if err != nil {
		return audit.Report{}, err
	}
	return audit.VerifyInstallation(ctx, audit.Installation{Archive: a, Heads: b.Heads, VerifierKey: b.LogVerifier}, opt)
}
