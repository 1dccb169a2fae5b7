package casework

import (
	"fmt"
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

// giveReason adds what a decision that was classified already says, its reason
// and what it says beside that: what followed from it stands.
func (t *tx) giveReason(tr *takedown.Track, r *takedown.Reply, in ClassificationInput) error {
	reason, details := in.Reason, in.DecisionDetails
	if (reason == "" || reason == r.Reason) && (details == (takedown.DecisionDetails{}) || details == r.DecisionDetails) {
		return nil
	}
	if reason != "" {
		r.Reason = reason
	}
	if details != (takedown.DecisionDetails{}) {
		r.DecisionDetails = details
	}
	if err := t.put(r); err != nil {
		return err
	}
	items := in.ItemIDs
	if r.Decision == "removed" {
		items = tr.Items
	}
	if err := itemsOf(tr, items, "/itemIds"); err != nil {
		return err
	}
	if err := t.said(items, details); err != nil {
		return err
	}
	t.done(200, r.ID)
	if err := t.log("reply.classified", replyCode(r)+":"+r.Reason, idsOf(r.ID, r.Track, r.Document)); err != nil {
		return err
	}
	return t.touch()
}

// itemsOf checks ids against a track's items.
func itemsOf(tr *takedown.Track, ids []string, pointer string) error {
	var b bad
	for n, id := range ids {
		if !slices.Contains(tr.Items, id) {
			b.add(fmt.Sprintf("%s/%d", pointer, n), "is no item of this track")
		}
	}
	return refuseAll(b.fields)
}
