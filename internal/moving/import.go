package moving

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Target is an empty deployment to import into. Until Serve nothing of it may
// act.
type Target interface {
	// Begin readies an empty target, or one that an import of this archive left
	// half done; any other is a Conflict. done says that Serve came to its end
	// before, and only what follows it is left.
	Begin(ctx context.Context, h Header) (done bool, err error)
	// Keys wraps the cases' keys; from Begin on.
	Keys() casework.KeyWrapper
	// Store takes the rows; from Begin on.
	Store() casework.WholeStore
	// Heads takes the signed heads.
	Heads() audit.HeadStore
	// Blobs takes blobs, or sealed evidence.
	Blobs(evidence bool) casework.Blobs
	// Serve lets the target act: the import's one last step.
	Serve(ctx context.Context, h Header) error
}

// Imported says what an import brought and that it verifies.
type Imported struct {
	Counts  Counts
	Revived int // executions that go on in their next generation
	Report  audit.Report
}

// Bounds of what is written at once.
const (
	batchRows  = 200
	batchBytes = 1 << 20
	maxBlob    = 16 << 30
)

// importing is an import under way.
type importing struct {
	r     *reader
	to    Target
	batch []casework.Moved
	bytes int
	kept  [][]byte // heads that stood in the target
	heads int
}

// Import reads an archive into a target. It may be stopped at any moment and
// repeated with the same archive. An archive that is cut off, changed, sealed
// under another key or none is Invalid; the target then never serves.
func Import(ctx context.Context, archive io.Reader, key casework.StreamSealer, to Target) (Counts, error) {
	r, err := newReader(archive, key)
	if err != nil {
		return Counts{}, err
	}
	f, err := r.next()
	if err != nil {
		return Counts{}, err
	}
	if f.Header == nil {
		return Counts{}, r.broken(errors.New("no header"))
	}
	h := *f.Header
	done, err := to.Begin(ctx, h)
	if err != nil || done {
		return Counts{}, err
	}
	i := &importing{r: r, to: to}
	if i.kept, err = to.Heads().All(); err != nil {
		return Counts{}, err
	}
	if err := i.all(ctx); err != nil {
		return r.counts, err
	}
	if i.heads < len(i.kept) {
		return r.counts, foreignHeads()
	}
	return r.counts, to.Serve(ctx, h)
}

// all reads up to the end.
func (i *importing) all(ctx context.Context) error {
	for {
		f, err := i.r.next()
		if err != nil {
			return err
		}
		switch {
		case f.Row != nil:
			err = i.row(ctx, *f.Row)
		case f.Head != nil:
			err = i.head(f.Head)
		case f.Blob != nil:
			err = i.blob(ctx, f.Blob)
		case f.End != nil:
			return i.flush(ctx)
		default:
			err = i.r.broken(errors.New("a second header"))
		}
		if err != nil {
			return err
		}
	}
}

func (i *importing) row(ctx context.Context, m casework.Moved) error {
	if err := wrap(ctx, i.to.Keys(), m); err != nil {
		return err
	}
	i.batch = append(i.batch, m)
	if m.Record != nil {
		i.bytes += len(m.Record.Body)
	}
	if m.Job != nil {
		i.bytes += len(m.Job.Body)
	}
	if len(i.batch) < batchRows && i.bytes < batchBytes {
		return nil
	}
	return i.flush(ctx)
}

func (i *importing) flush(ctx context.Context) error {
	if len(i.batch) == 0 {
		return nil
	}
	err := i.to.Store().PutMoved(ctx, i.batch)
	i.batch, i.bytes = nil, 0
	return err
}

// head appends a signed head, unless a former attempt did.
func (i *importing) head(h []byte) error {
	i.heads++
	if i.heads > len(i.kept) {
		return i.to.Heads().Append(h)
	}
	if !bytes.Equal(i.kept[i.heads-1], h) {
		return foreignHeads()
	}
	return nil
}

func foreignHeads() error {
	return takedown.Errorf(takedown.Conflict, "State", "signed heads of another history stand in the target: import into an empty one")
}

// blob stores one from its pieces.
func (i *importing) blob(ctx context.Context, first *piece) error {
	p := &pieces{r: i.r, now: first}
	name, _, err := i.to.Blobs(first.Evidence).Put(ctx, p, maxBlob)
	if err != nil {
		return err
	}
	if name != first.Name {
		return i.r.broken(errors.New("a blob has another name than its bytes"))
	}
	return nil
}

// pieces reads a blob.
type pieces struct {
	r   *reader
	now *piece
}

func (p *pieces) Read(b []byte) (int, error) {
	for len(p.now.Bytes) == 0 {
		if p.now.Last {
			return 0, io.EOF
		}
		f, err := p.r.next()
		if err != nil {
			return 0, err
		}
		if f.Blob == nil || f.Blob.Name != p.now.Name {
			return 0, p.r.broken(errors.New("a blob without its end"))
		}
		p.now = f.Blob
	}
	n := copy(b, p.now.Bytes)
	p.now.Bytes = p.now.Bytes[n:]
	return n, nil
}
