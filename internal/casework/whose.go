package casework

import (
	"strings"

	"github.com/ontdox/takedown/internal/takedown"
)

// Whose move a wait is, where it is nobody's with a role here.
const (
	moveAddressee = "addressee"
	movePolice    = "police"
	moveNobody    = "nobody"
)

// movers are who can open a gate, by its reason code up to the first colon;
// the roles are those that the use case behind it asks for.
var movers = map[string]string{
	"evidence":                          string(takedown.Specialist),
	"assessment":                        string(takedown.Specialist),
	"site_operator_attempt":             string(takedown.Specialist),
	"eligible_offence":                  string(takedown.Specialist),
	whyStale:                            string(takedown.Specialist),
	gateWrong:                           string(takedown.Specialist),
	"consent":                           string(takedown.Coordinator),
	"mandate":                           string(takedown.Coordinator),
	"alignment_not_asked":               string(takedown.Coordinator),
	"police_report":                     string(takedown.Coordinator),
	"settings":                          string(takedown.Coordinator),
	"kill_switch":                       string(takedown.Coordinator),
	"redirected":                        string(takedown.Coordinator),
	"decision":                          string(takedown.Coordinator),
	"triage":                            string(takedown.Coordinator),
	"third_party_basis":                 string(takedown.LegalAdviser),
	"online_platform":                   string(takedown.Specialist),
	"platform_decision":                 string(takedown.Specialist),
	"certified_body":                    string(takedown.Specialist),
	"subsidiarity":                      string(takedown.LegalAdviser),
	"ladder_exhausted":                  string(takedown.LegalAdviser),
	"task":                              string(takedown.LegalAdviser),
	"awaiting_police":                   movePolice,
	"order_pending":                     movePolice,
	"police_asked_to_wait":              movePolice,
	"police_ask_to_leave_online":        movePolice,
	"poster_contact_not_allowed":        movePolice,
	"alignment_denies_assessed_offence": string(takedown.Coordinator),
}

// whoseMove says who can end a wait: a role, the addressee, the police, or
// nobody but time.
func whoseMove(w *takedown.Wait) string {
	switch w.Kind {
	case goApproval:
		if len(w.Why) > 0 && (w.Why[0] == whyEdit || w.Why[0] == whyFindings) {
			return string(takedown.Specialist)
		}
		return string(takedown.LegalAdviser)
	case goFiling:
		return string(takedown.Specialist)
	case goHandOver:
		return string(takedown.Liaison)
	case goReply:
		if len(w.Why) > 0 && w.Why[0] == "dispatch_uncertain" {
			return string(takedown.Specialist)
		}
		return moveAddressee
	case goFeedback:
		return movePolice
	case goDate:
		if len(w.Why) > 0 && w.Why[0] == "held" {
			return string(takedown.Coordinator)
		}
		return moveNobody
	}
	for _, why := range w.Why {
		if who := mover(why); who != "" {
			return who
		}
	}
	return string(takedown.Specialist)
}

// mover is who can open one gate, empty for a code without one.
func mover(why string) string {
	switch why {
	case "task:find_channel", "task:" + taskAnswer:
		return string(takedown.Specialist)
	case "decision:professional_secrecy", "decision:third_party_basis", "decision:amplification", "decision:indemnity", "decision:correction":
		return string(takedown.LegalAdviser)
	}
	code, _, _ := strings.Cut(why, ":")
	return movers[code]
}
