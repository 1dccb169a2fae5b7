package casework

import (
	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/takedown"
)

// Next checks a change against the bounds that hold in every adapter (design
// §5) and gives the revision that it leads to, with the entries as chained
// lines. A change without an entry, with an entry without an actor, with a row
// for another stream or written twice, or past the bounds is Invalid.
func (r Revision) Next(ch Change) (Revision, []audit.Line, error) {
	if r.Stream == "" {
		return Revision{}, nil, invalidChange("a commit needs a stream")
	}
	if r.N == 0 {
		r.Entries, r.Last = 0, audit.Genesis
	}
	if err := ch.check(r.Stream); err != nil {
		return Revision{}, nil, err
	}
	lines, last, err := audit.Chain(string(r.Stream), r.Entries, r.Last, ch.Entries)
	if err != nil {
		return Revision{}, nil, err
	}
	if err := ch.checkSizes(lines); err != nil {
		return Revision{}, nil, err
	}
	return Revision{Stream: r.Stream, N: r.N + 1, Entries: r.Entries + int64(len(lines)), Last: last}, lines, nil
}

func (ch Change) check(stream StreamID) error {
	if len(ch.Entries) == 0 {
		return invalidChange("a commit needs an entry")
	}
	for _, e := range ch.Entries {
		if e.Actor == "" {
			return invalidChange("an entry needs an actor")
		}
		if len(e.IDs) > MaxEntryIDs {
			return invalidChange("an entry names at most %d ids", MaxEntryIDs)
		}
	}
	rows := len(ch.Put) + len(ch.Entries) + len(ch.Claim) + len(ch.Release) + len(ch.Outbox)
	if ch.Finish != nil {
		rows++
	}
	if rows > MaxChangeRows {
		return invalidChange("a commit has at most %d rows, not %d", MaxChangeRows, rows)
	}
	return ch.checkRecords(stream)
}

// checkRecords holds that one commit touches one stream, and each row once:
// what not every adapter could apply, none takes.
func (ch Change) checkRecords(stream StreamID) error {
	seen := make(map[Key]bool, len(ch.Put))
	for _, p := range ch.Put {
		switch {
		case p.Version < 1 || p.ID == "" || p.Kind == "":
			return invalidChange("a record needs kind, id and version")
		case p.Stream != stream:
			return invalidChange("a record of another stream: %s", p.Kind)
		case seen[p.Key]:
			return invalidChange("a record is written twice: %s", p.Kind)
		}
		seen[p.Key] = true
	}
	for _, o := range ch.Outbox {
		if o.ID == "" || o.Kind == "" {
			return invalidChange("an outbox row needs id and kind")
		}
	}
	return nil
}

// checkSizes counts what a row holds beside its fixed columns.
func (ch Change) checkSizes(lines []audit.Line) error {
	s := sizes{}
	for _, p := range ch.Put {
		n := len(p.Kind) + len(p.ID) + len(p.Body)
		s.row("a record ("+string(p.Kind)+")", len(p.Body))
		for _, i := range p.Index {
			place := len(i.Index) + len(i.Partition) + len(i.Sort)
			s.row("a place in a list", place)
			n += place
		}
		s.total += n
	}
	for _, l := range lines {
		s.row("an entry", len(l.Bytes))
		s.total += len(l.Bytes)
	}
	for _, list := range [][]Lookup{ch.Claim, ch.Release} {
		for _, l := range list {
			n := len(l.Space) + len(l.Value) + len(l.Ref.Kind) + len(l.Ref.ID)
			s.row("a look-up", n)
			s.total += n
		}
	}
	for _, o := range ch.Outbox {
		s.row("an outbox row", len(o.Payload))
		s.total += len(o.ID) + len(o.Payload)
	}
	if f := ch.Finish; f != nil {
		n := len(f.Key) + len(f.RequestMAC)
		for _, id := range f.IDs {
			n += len(id)
		}
		s.row("an answer", n)
		s.total += n
	}
	return s.check()
}

// sizes adds up a change.
type sizes struct {
	total   int
	tooLong string // the first row past the bound
}

func (s *sizes) row(what string, n int) {
	if n > MaxRowBytes && s.tooLong == "" {
		s.tooLong = what
	}
}

func (s *sizes) check() error {
	if s.tooLong != "" {
		return invalidChange("%s has at most %d bytes", s.tooLong, MaxRowBytes)
	}
	if s.total > MaxChangeBytes {
		return invalidChange("a commit has at most %d bytes", MaxChangeBytes)
	}
	return nil
}

func invalidChange(format string, args ...any) error {
	return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, format, args...)
}
