package casework

import (
	"testing"

	"github.com/ontdox/takedown/internal/takedown"
)

// TestWhoseMove: a wait names who can end it, which is who the use case behind
// the gate lets in.
func TestWhoseMove(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, why, whose string }{
		{goGate, "evidence:item_a", "specialist"},
		{goGate, "assessment:item_a", "specialist"},
		{goGate, "contact_stale", "specialist"},
		{goGate, "alignment_not_asked", "coordinator"},
		{goGate, "consent:notice:person_a", "coordinator"},
		{goGate, "police_report", "coordinator"},
		{goGate, "kill_switch", "coordinator"},
		{goGate, "settings:mail.from", "coordinator"},
		{goGate, "decision:talk_employer", "coordinator"},
		{goGate, "decision:professional_secrecy", "legal_adviser"},
		{goGate, "ladder_exhausted", "legal_adviser"},
		{goGate, "task:find_channel", "specialist"},
		{goGate, "task:consider_next_route", "legal_adviser"},
		{goGate, "task:consider_old_rung", "legal_adviser"},
		{goGate, "awaiting_police", "police"},
		{goGate, "order_pending", "police"},
		{goGate, "check_by_hand", "specialist"},
		{goApproval, "approval", "legal_adviser"},
		{goApproval, "edit", "specialist"},
		{goApproval, "blocking_findings", "specialist"},
		{goFiling, "filing", "specialist"},
		{goHandOver, "handover", "liaison"},
		{goReply, "reply", "addressee"},
		{goReply, "dispatch_uncertain", "specialist"},
		{goFeedback, "feedback", "police"},
		{goDate, "quiet_hours", "nobody"},
		{goDate, "held", "coordinator"},
	} {
		if got := whoseMove(&takedown.Wait{Kind: c.kind, Why: []string{c.why}}); got != c.whose {
			t.Errorf("%s for %s: %s's move, want %s", c.kind, c.why, got, c.whose)
		}
	}
}
