package casework

import (
	"fmt"

	"github.com/ontdox/takedown/internal/takedown"
)

// maxRelated bounds the cases that a case names: its row stays under 4 KB.
const maxRelated = 10

// statementOf says whether anything may be said in public: nothing, until a
// decision allows it (S0-14b).
func statementOf(c *takedown.Case) string {
	if c.Statement {
		return "allowed"
	}
	return "none"
}

// relatedTo are the related cases that the reader may see.
func (t *tx) relatedTo(c *takedown.Case) []string {
	var out []string
	for _, id := range c.Related {
		if seen := t.s.visibleID(t.ctx, t.who, id); seen != "" {
			out = append(out, seen)
		}
	}
	return out
}

// checkRelated wants other cases that the coordinator may see: later acts
// against the same person are a case of their own (S0-19d). The link is one case's word:
// the other one names this one if its coordinator says so.
func (t *tx) checkRelated(b *bad, c *takedown.Case, ids *[]string) {
	if ids == nil {
		return
	}
	b.distinct("/relatedCases", *ids, maxRelated)
	for n, id := range *ids {
		if id == c.ID || !isCaseID(id) || t.s.visibleID(t.ctx, t.who, id) == "" {
			b.add(fmt.Sprintf("/relatedCases/%d", n), "is no other case that you may see")
		}
	}
}
