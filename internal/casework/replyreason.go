package casework

import (
	"slices"

	"github.com/ontdox/takedown/internal/takedown"
)

// checkDecision holds a decision to what its kind and its items allow.
func checkDecision(b *bad, kind, decision string, items []string) {
	if kind == "decision" {
		b.oneOf("/decision", decision, replyDecisions)
	} else if decision != "" {
		b.add("/decision", "goes only with the kind decision")
	}
	if decision == "partly" && len(items) == 0 {
		b.add("/itemIds", "name the items that the decision removes")
	}
}

// decisionReason wants a known reason, of a decision that does not give what was
// asked.
func (b *bad) decisionReason(decision, reason string) {
	if reason == "" {
		return
	}
	b.oneOf("/reason", reason, decisionReasons)
	if !slices.Contains([]string{"refused", "partly", "needs_more"}, decision) {
		b.add("/reason", "goes with the decisions refused, partly and needs_more")
	}
}

// giveReason adds the reason of a decision that was classified already: what
// followed from it stands.
func (t *tx) giveReason(r *takedown.Reply, reason string) error {
	if reason == "" || reason == r.Reason {
		return nil
	}
	r.Reason = reason
	if err := t.put(r); err != nil {
		return err
	}
	t.done(200, r.ID)
	if err := t.log("reply.classified", replyCode(r)+":"+reason, idsOf(r.ID, r.Track, r.Document)); err != nil {
		return err
	}
	return t.touch()
}
