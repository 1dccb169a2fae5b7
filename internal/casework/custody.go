package casework

import (
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/bundle"
	"github.com/ontdox/takedown/internal/takedown"
)

// custodyPage is how many lines of history are read at a time.
const custodyPage = 500

// custody is what the history says of each piece of evidence up to the approval
// of the document (domain.md §6): with what was read later, the same document
// would have another bundle each time. Nobody is named, only the role.
func (t *tx) custody(d *takedown.Document) (map[string][]bundle.Custody, error) {
	told, since := map[string][]bundle.Custody{}, []audit.Entry{}
	for from := int64(1); ; {
		lines, err := t.s.Store.Entries(t.ctx, t.base.Stream, from, custodyPage)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			from = l.Seq + 1
			e, err := audit.Decode(l.Bytes)
			if err != nil {
				return nil, &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "an entry cannot be read", Err: err}
			}
			since = append(since, e)
			if e.Act == "document.approved" && slices.Contains(e.Hashes, "content:"+d.ContentHash) {
				tell(told, since)
				since = nil
			}
		}
		if len(lines) < custodyPage {
			return told, nil
		}
	}
}

// tell adds entries to the custody of each piece of evidence that they name.
func tell(told map[string][]bundle.Custody, entries []audit.Entry) {
	for _, e := range entries {
		for _, id := range e.IDs {
			if strings.HasPrefix(id, string(KindEvidence)+"_") {
				told[id] = append(told[id], bundle.Custody{At: e.At, Role: e.Role, Act: e.Act, Entry: e.ID})
			}
		}
	}
}
