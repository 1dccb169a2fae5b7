package moving

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Source is a deployment to export. Nobody else may write to it meanwhile.
type Source struct {
	Store casework.WholeStore
	// Head reads a stream's head consistently, to see whether somebody wrote.
	Head  func(ctx context.Context, stream casework.StreamID) (casework.Revision, error)
	Keys  casework.WholeKeys
	Heads audit.HeadStore
	Blobs casework.Blobs
	// Evidence is where sealed evidence is kept, nil with the other blobs.
	Evidence casework.Blobs
	// Simulated is the header's.
	Simulated string
	// HostNow is real time.
	HostNow func() time.Time
}

// export is one under way. What it remembers grows with streams and files of
// evidence, by a few dozen bytes each.
type export struct {
	Source

	w        *writer
	heads    map[casework.StreamID]casework.Revision
	inside   map[casework.StreamID]bool // streams that records and lines name
	evidence map[string]bool
	entries  int64 // by the streams' heads
	lines    int64
	size     int64 // of the log
}

// Export writes an archive and says what it holds. Conflict if somebody wrote
// meanwhile: then the archive is none.
func Export(ctx context.Context, from Source, w io.Writer, key casework.StreamSealer) (Counts, error) {
	sealed, err := newWriter(w, key)
	if err != nil {
		return Counts{}, err
	}
	e := &export{Source: from, w: sealed, heads: map[casework.StreamID]casework.Revision{}, inside: map[casework.StreamID]bool{}, evidence: map[string]bool{}}
	header := Header{Archive: newID(), Simulated: from.Simulated, Keys: from.Keys.Own()}
	if err := sealed.enc.Encode(frame{Header: &header}); err != nil {
		return Counts{}, err
	}
	for _, part := range []func(context.Context) error{e.rows, e.signedHeads, e.blobs, e.stoodStill} {
		if err := part(ctx); err != nil {
			return Counts{}, err
		}
	}
	return sealed.counts, sealed.close()
}

func (e *export) rows(ctx context.Context) error {
	return e.Store.EachMoved(ctx, func(m casework.Moved) error {
		if err := e.remember(m); err != nil {
			return err
		}
		if err := unwrap(ctx, e.Keys, m); err != nil {
			return err
		}
		e.w.counts.Rows++
		return e.w.enc.Encode(frame{Row: &m})
	})
}

func (e *export) remember(m casework.Moved) error {
	switch {
	case m.Head != nil:
		e.heads[m.Head.Stream] = *m.Head
		e.entries += m.Head.Entries
		e.w.counts.Streams++
	case m.LogHead != nil:
		e.size = m.LogHead.Size
	case m.Line != nil:
		e.lines++
		e.inside[casework.StreamID(m.Line.Stream)] = true
	case m.Record != nil:
		e.inside[m.Record.Stream] = true
		if m.Record.Kind == casework.KindEvidence {
			var ev struct {
				Blob string `json:"blob"`
			}
			if err := json.Unmarshal(m.Record.Body, &ev); err != nil {
				return err
			}
			e.evidence[ev.Blob] = true
		}
	}
	return nil
}

func (e *export) signedHeads(context.Context) error {
	all, err := e.Heads.All()
	if err != nil {
		return err
	}
	for _, h := range all {
		e.w.counts.Heads++
		if err := e.w.enc.Encode(frame{Head: h}); err != nil {
			return err
		}
	}
	return nil
}

func (e *export) blobs(ctx context.Context) error {
	if err := e.blobsOf(ctx, e.Blobs, false); err != nil || e.Evidence == nil {
		return err
	}
	return e.blobsOf(ctx, e.Evidence, true)
}

func (e *export) blobsOf(ctx context.Context, from casework.Blobs, evidence bool) error {
	return from.Names(ctx, e.HostNow().Add(24*time.Hour), func(name string) error {
		r, err := from.Get(ctx, name)
		if takedown.KindOf(err) == takedown.NotFound {
			return nil // an orphan that was swept
		}
		if err != nil {
			return err
		}
		return errors.Join(e.blob(name, evidence || e.evidence[name], r), r.Close())
	})
}

func (e *export) blob(name string, evidence bool, r io.Reader) error {
	for {
		b := make([]byte, pieceSize)
		n, err := io.ReadFull(r, b)
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return err
		}
		if err := e.w.enc.Encode(frame{Blob: &piece{Name: name, Evidence: evidence, Bytes: b[:n], Last: last}}); err != nil {
			return err
		}
		if last {
			e.w.counts.Blobs++
			return nil
		}
	}
}

// stoodStill holds that nothing was written while the rows were read: every
// stream stands where it stood, and each of its lines is a leaf of the log.
func (e *export) stoodStill(ctx context.Context) error {
	moved := takedown.Errorf(takedown.Conflict, takedown.NameConflict, "somebody wrote to the deployment while it was exported: stop whatever writes, and export again")
	if e.entries != e.size || e.lines != e.size {
		return moved
	}
	for stream := range e.inside {
		if _, ok := e.heads[stream]; !ok {
			return moved
		}
	}
	for stream, stood := range e.heads {
		now, err := e.Head(ctx, stream)
		if err != nil {
			return err
		}
		if now != stood {
			return moved
		}
	}
	return nil
}
