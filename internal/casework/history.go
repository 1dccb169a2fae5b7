package casework

import (
	"context"
	"encoding/base64"
	"strconv"
	"time"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/takedown"
)

// EntryView is one line of history as its readers see it.
type EntryView struct {
	ID     string    `json:"id"`
	Stream string    `json:"stream"`
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Role   string    `json:"role"`
	Act    string    `json:"act"`
	Reason string    `json:"reason,omitempty"`
	IDs    []string  `json:"ids"`
	Hashes []string  `json:"hashes,omitempty"`
	Prev   string    `json:"prev"`
	Hash   string    `json:"hash" doc:"Hex SHA-256 of the stored line: the next line's prev."`
}

// HistoryPage is one page of a stream's entries in their order.
type HistoryPage struct {
	Items []EntryView `json:"items"`
	Next  string      `json:"next,omitempty"`
}

var historyRoles = []takedown.Role{takedown.Auditor, takedown.Coordinator}

// CaseHistory pages through a case's entries. cursor is the number of the last
// entry seen, "" for none. Roles: auditor, coordinator.
func (s *Service) CaseHistory(ctx context.Context, who takedown.Principal, caseID, cursor string, limit int) (HistoryPage, error) {
	out := HistoryPage{Items: []EntryView{}}
	after := int64(0)
	if cursor != "" {
		n, err := strconv.ParseInt(cursor, 10, 64)
		if err != nil || n < 0 {
			return out, takedown.Errorf(takedown.Malformed, takedown.NameInvalidInput, "the cursor is none of ours")
		}
		after = n
	}
	err := s.readCase(ctx, who, caseID, historyRoles, func(t *tx, _ *takedown.Case) error {
		lines, err := s.Store.Entries(ctx, t.base.Stream, after+1, pageSize(limit)+1)
		if err != nil {
			return err
		}
		if len(lines) > pageSize(limit) {
			lines = lines[:pageSize(limit)]
			out.Next = strconv.FormatInt(lines[len(lines)-1].Seq, 10)
		}
		for _, l := range lines {
			v, err := viewEntry(l)
			if err != nil {
				return err
			}
			out.Items = append(out.Items, v)
		}
		return nil
	})
	return out, err
}

func viewEntry(l audit.Line) (EntryView, error) {
	e, err := audit.Decode(l.Bytes)
	if err != nil {
		return EntryView{}, &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "an entry cannot be read", Err: err}
	}
	return EntryView{e.ID, e.Stream, e.Seq, e.At, e.Actor, e.Role, e.Act, e.Reason, e.IDs, e.Hashes, e.Prev, audit.Hash(l.Bytes)}, nil
}

// EntryProof shows that an entry is a leaf of the log: the line as it was
// hashed, its place, the audit path and the signed head that it leads to.
type EntryProof struct {
	Entry string   `json:"entry" doc:"The stored line, byte for byte."`
	Index int64    `json:"index"`
	Proof []string `json:"proof" doc:"Base64 hashes, from the leaf up (RFC 6962)."`
	Head  string   `json:"head" doc:"The signed note over size and root."`
}

// ProveEntry proves one entry. Roles: auditor, coordinator who may see its case.
func (s *Service) ProveEntry(ctx context.Context, who takedown.Principal, entry string) (EntryProof, error) {
	if err := need(who, historyRoles...); err != nil {
		return EntryProof{}, err
	}
	line, err := s.Store.FindEntry(ctx, entry)
	if err != nil {
		return EntryProof{}, err
	}
	if isCaseID(line.Stream) {
		if ok, err := s.sight(ctx, who)(line.Stream); err != nil || !ok {
			if err == nil {
				err = noSuch("entry")
			}
			return EntryProof{}, err
		}
	}
	if _, err := s.sequence(ctx); err != nil { // an entry written just now gets its place first
		return EntryProof{}, err
	}
	p, err := audit.Prove(ctx, s.Store.Log(), entry)
	if err != nil {
		return EntryProof{}, err
	}
	out := EntryProof{Entry: string(line.Bytes), Index: p.Index, Proof: []string{}, Head: string(p.Head)}
	for _, h := range p.Proof {
		out.Proof = append(out.Proof, base64.StdEncoding.EncodeToString(h[:]))
	}
	return out, nil
}

// Checkpoint is the log's signed head.
type Checkpoint struct {
	Size int64  `json:"size"`
	Head string `json:"head" doc:"The signed note over size and root."`
}

// HistoryCheckpoint gives the signed head over all that is sequenced. Roles:
// auditor, coordinator.
func (s *Service) HistoryCheckpoint(ctx context.Context, who takedown.Principal) (Checkpoint, error) {
	if err := need(who, historyRoles...); err != nil {
		return Checkpoint{}, err
	}
	if _, err := s.sequence(ctx); err != nil {
		return Checkpoint{}, err
	}
	head, err := s.Store.Log().Head(ctx)
	return Checkpoint{Size: head.Size, Head: string(head.Note)}, err
}
