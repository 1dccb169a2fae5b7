package audit

import (
	"bufio"
	"context"
	"encoding/base64"
	"io"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/ontdox/takedown/internal/takedown"
)

// exportFormat names the format in an export's header.
const exportFormat = "takedown-history-1"

// pageLines is how many lines are read at once.
const pageLines = 500

// Inclusion is the proof that an entry is a leaf of a signed head: Proof leads
// from tlog.RecordHash of its line at Index to the head's root
// (tlog.CheckRecord).
type Inclusion struct {
	Index int64
	Proof []tlog.Hash // from the leaf up
	Head  []byte      // signed
}

// Prove gives an entry's inclusion proof under the current head. An entry that
// is no leaf yet is NotFound.
func Prove(ctx context.Context, log LogStore, entryID string) (Inclusion, error) {
	index, err := log.LeafIndex(ctx, entryID) // before the head, which only grows
	if err != nil {
		return Inclusion{}, err
	}
	head, err := log.Head(ctx)
	if err != nil {
		return Inclusion{}, err
	}
	proof, err := tlog.ProveRecord(head.Size, index, hashReader(ctx, log, nil))
	return Inclusion{Index: index, Proof: proof, Head: head.Note}, err
}

// placed is a line with its leaf's index.
type placed struct {
	line  Line
	index int64
}

// Export writes a stream's lines with an inclusion proof each, and the signed
// head under which all of them hold: what was sequenced when it began. Without
// such a line it is NotFound. verifierKey is the log key to name.
func Export(ctx context.Context, w io.Writer, a Archive, stream, verifierKey string) error {
	head, err := a.Head(ctx)
	if err != nil {
		return err
	}
	lines, err := sequenced(ctx, a, stream, head.Size)
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "there is no history of %s", stream)
	}
	out := bufio.NewWriter(w) // keeps its first error until Flush
	_, _ = out.Write(headerLine(header{exportFormat, stream, int64(len(lines)), verifierKey}))
	for _, l := range lines {
		proof, err := tlog.ProveRecord(head.Size, l.index, hashReader(ctx, a, nil))
		if err != nil {
			return err
		}
		_, _ = out.Write(entryLine(l.line.Bytes, l.index, proof))
	}
	_, _ = out.Write(footerLine(head.Note))
	return out.Flush()
}

// sequenced reads a stream's lines that are leaves of a log of a size. What
// was written since stands behind them.
func sequenced(ctx context.Context, a Archive, stream string, size int64) ([]placed, error) {
	var out []placed
	for {
		part, err := a.StreamLines(ctx, stream, int64(len(out))+1, pageLines)
		if err != nil {
			return nil, err
		}
		for _, l := range part {
			index, err := a.LeafIndex(ctx, l.ID)
			if takedown.KindOf(err) == takedown.NotFound || (err == nil && index >= size) {
				return out, nil
			}
			if err != nil {
				return nil, err
			}
			out = append(out, placed{l, index})
		}
		if len(part) < pageLines {
			return out, nil
		}
	}
}

// header is an export's first line.
type header struct {
	Format string `json:"format"`
	Stream string `json:"stream"`
	Count  int64  `json:"count"`
	Key    string `json:"key"` // the log's verifier key
}

// headerLine, entryLine and footerLine write an export's lines, the only way
// that they are written.
func headerLine(h header) []byte {
	b := appendField([]byte{'{'}, "format", h.Format)
	b = appendField(b, "stream", h.Stream)
	b = strconv.AppendInt(append(b, `,"count":`...), h.Count, 10)
	b = appendField(b, "key", h.Key)
	return append(b, "}\n"...)
}

func entryLine(entry []byte, index int64, proof []tlog.Hash) []byte {
	b := append([]byte(`{"entry":`), entry...)
	b = strconv.AppendInt(append(b, `,"index":`...), index, 10)
	b = append(b, `,"proof":[`...)
	for i, h := range proof {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendQuoted(b, base64.StdEncoding.EncodeToString(h[:]))
	}
	return append(b, "]}\n"...)
}

func footerLine(head []byte) []byte {
	b := appendField([]byte{'{'}, "head", base64.StdEncoding.EncodeToString(head))
	return append(b, "}\n"...)
}
