package notice

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func platformNotice(day string) Earlier {
	return Earlier{
		Instrument: T2, Reference: "TD-2027-481503-K", Addressee: "Voorbeeldplatform Ltd.", Channel: "form", Ticket: "VP-889", SentAt: at(day + " 10:30"), Ending: "refused",
		Replies: []Reply{{Kind: "decision", Decision: "refused", At: at("2027-03-25 16:20"), Ticket: "VP-889"}}, Items: []int{1, 2}, Claims: claimsArticle16, Names: []string{"285d"},
	}
}

var demoCopies = []Copy{
	{Kind: "notice", Reference: "TD-2027-481503-K", SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
	{Kind: "decision", Reference: "VP-889", SHA256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"},
}

var demoMandate = Copy{Kind: "mandate", Reference: "M-2027-0007", SHA256: "fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13"}

// forRoute completes the facts for the instruments of the slower routes.
func forRoute(instrument string, f *Facts) {
	if instrument == T2 {
		return
	}
	f.Earlier = []Earlier{platformNotice("2027-03-23"), platformNotice("2027-03-24")}
	f.DraftedAt = at("2027-04-29 10:00")
	eachItem(f, func(i *Item) { i.StillOnlineAt = at("2027-04-29 09:30") })
	routes()[instrument](f)
}

func routes() map[string]func(*Facts) {
	return map[string]func(*Facts){
		T4b: func(f *Facts) {
			complaint(f)
			p := platform()
			f.Provider, f.DraftedAt = &p, at("2027-05-12 10:00")
			f.Addressee = Addressee{LegalName: "Voorbeeldgeschillen Stichting", Kind: "authority", Address: "zaken@geschillen.example", Languages: []string{"nl", "en"}}
			f.Dispute = &Dispute{
				CheckedAt: at("2027-05-11 10:00"), ScopeFits: true, Languages: []string{"nl", "en"}, ComplaintRef: "TD-2027-610022-B", ComplaintAt: at("2027-03-27 10:00"),
				Outcome: "refused", DecidedAt: at("2027-05-10 10:00"), Engaged: "unknown", Copies: demoCopies,
			}
		},
		T5: func(f *Facts) {
			p := platform()
			f.Provider, f.Mandate, f.Role = &p, "M-2027-0007", "mandate"
			f.Addressee = Addressee{LegalName: "Autoriteit Consument & Markt", Kind: "authority", Address: "https://toezicht.example/formulier", Languages: []string{"nl"}}
			f.Supervision = &Supervision{
				Recipient: "mandate", Located: "lives", Use: "reads", Established: "IE", Large: "yes", Breaches: []string{"receipt", "decision", "diligence"}, Copies: append(slices.Clone(demoCopies), demoMandate),
				Pattern: Pattern{Notices: 12, MedianDays: 21}, Proceedings: []string{"police", "none"},
			}
		},
		T6: func(f *Facts) {
			f.Role, f.Mandate = "mandate", "M-2027-0007"
			f.Addressee = Addressee{LegalName: "Voorbeeldzoek B.V.", Kind: "search_engine", ServiceKind: "search_engine", Country: "NL", Address: "privacy@zoek.example", Languages: []string{"nl", "en"}}
			f.Erasure = &Erasure{
				Subject: secretName, Officer: "yes", OfficerAddress: "fg@zoek.example", Query: secretName, Grounds: []string{"unlawful", "objection"}, Objection: []string{"safety", "work"}, Weighing: []string{"no_debate"},
				Shield: true, Copies: []Copy{demoMandate},
			}
		},
		T8a: func(f *Facts) {
			for n := range f.Earlier { // what was refused shows no habit
				f.Earlier[n].Ending, f.Earlier[n].Replies[0].Decision = "done", "removed"
			}
			f.Freeze = &Freeze{
				Accounts: []Account{{Handle: "@account-een", ID: "77001", Item: 1}, {Handle: "@account-twee", Item: 2}}, Measure: "suspend", Repeats: 2, Until: at("2027-05-13 12:00"), RetainUntil: at("2027-06-28 12:00"),
			}
		},
		T8b: func(f *Facts) {
			forPolice(T7, f)
			p := platform()
			f.Provider, f.Items = &p, demoItems()
			eachItem(f, func(i *Item) { i.StillOnlineAt = at("2027-04-29 09:30") })
			f.Freeze = &Freeze{
				Accounts: []Account{{Handle: "@account-een", ID: "77001", Item: 1}}, Threat: "high", Volatile: []string{"content", "logs", "registration"}, Breach: "life_or_safety", Haste: "poster_deletes",
			}
		},
		T9: func(f *Facts) {
			f.Addressee = Addressee{LegalName: "Bewoner van Postbus 99", Kind: "poster"}
			f.Summons = &Summons{
				Lawyer: "Voorbeeld Advocaten", Approved: true, GateDecided: true, Identity: "own_statement", Service: "registered_letter", Demands: []string{"remove", "no_repeat", "list_recipients"},
				Until: Deadline{On: at("2027-05-06 12:00"), Nature: "policy"},
			}
		},
		T10: func(f *Facts) {
			f.Form = &Form{
				Actions: []string{"notice", "complaint_art20", "erasure", "police_report"}, Mandate: []string{"gdpr", "art20", "art53"}, ValidUntil: at("2028-04-29 12:00"),
				Informed: []string{"purpose", "recipients", "retention", "rights", "contact"},
			}
		},
		T11: func(f *Facts) {
			f.Evaluation = &Evaluation{
				Team: at("2027-04-28 10:00"), People: []EvaluationPerson{{At: at("2027-04-27 10:00")}}, Routes: []string{"Melding bij een platform"}, Refused: true,
				Clocks:   []EvaluationClock{{Rule: "C3", Nature: "policy", Due: at("2027-03-30 12:00"), Ended: "in_time"}},
				Results:  []EvaluationResult{{Item: 1, End: "done", Hours: 52}, {Item: 2, End: "refused", Hours: 310}},
				Flagged:  []EvaluationCount{{Provider: "online_platform", Content: "text", Action: "done", Count: 1}, {Provider: "online_platform", Content: "image", Action: "refused", Count: 1}},
				Refusals: []string{"not_against_terms"}, Worked: []string{T2, T4}, Lessons: []string{"earlier_capture"},
			}
		},
		T13: func(f *Facts) {
			p := Addressee{LegalName: "Voorbeeldzoek B.V.", ServiceKind: "search_engine"}
			f.Provider, f.Role, f.Mandate = &p, "mandate", "M-2027-0007"
			f.Addressee = Addressee{LegalName: "Autoriteit Persoonsgegevens", Kind: "authority", Address: "https://privacy.example/klacht", Languages: []string{"nl"}}
			f.Erasure = &Erasure{Subject: secretName}
			f.Infringement = &Infringement{
				RequestRef: "TD-2027-220011-H", RequestAt: at("2027-03-23 10:00"), ReceivedAt: at("2027-03-23 10:01"), Proof: "mail_receipt", Answer: "silence",
				TermEnded: Deadline{On: at("2027-04-23 12:00"), Nature: "legal"}, Breaches: []string{"no_answer", "not_erased"}, Copies: []Copy{{Kind: "request", Reference: "TD-2027-220011-H"}, demoMandate},
			}
		},
		T14: func(f *Facts) {
			f.Addressee = Addressee{LegalName: "Voorbeeldhulp Stichting", Kind: "trusted_flagger", Address: "https://hulp.example/melden", Languages: []string{"nl"}}
			f.Relay = &Relay{ConsentAt: at("2027-04-28 09:00"), Awarded: true, OthersTold: []string{"victim_support", "police"}}
		},
	}
}

// routeClears empty one field of the slower routes' instruments each.
var routeClears = map[string]func(*Facts){
	"freeze/accounts":         func(f *Facts) { f.Freeze.Accounts = nil },
	"freeze/accounts/id":      func(f *Facts) { f.Freeze.Accounts = []Account{{}} },
	"freeze/repeats":          func(f *Facts) { f.Freeze.Repeats = 0 },
	"freeze/measure":          func(f *Facts) { f.Freeze.Measure = "" },
	"freeze/until":            func(f *Facts) { f.Freeze.Until = time.Time{} },
	"freeze/retainUntil":      func(f *Facts) { f.Freeze.RetainUntil = time.Time{} },
	"freeze/threat":           func(f *Facts) { f.Freeze.Threat = "" },
	"freeze/volatile":         func(f *Facts) { f.Freeze.Volatile = nil },
	"freeze/breach":           func(f *Facts) { f.Freeze.Breach = "" },
	"freeze/haste":            func(f *Facts) { f.Freeze.Haste = "" },
	"earlier/ticket":          func(f *Facts) { f.Earlier = []Earlier{hosterNotice()} },
	"dispute/scopeFits":       func(f *Facts) { f.Dispute.ScopeFits = false },
	"dispute/languages":       func(f *Facts) { f.Dispute.Languages = nil },
	"dispute/outcome":         func(f *Facts) { f.Dispute.Outcome = "" },
	"dispute/complaintAt":     func(f *Facts) { f.Dispute.ComplaintRef = "" },
	"dispute/engaged":         func(f *Facts) { f.Dispute.Engaged = "" },
	"dispute/copies":          func(f *Facts) { f.Dispute.Copies = nil },
	"supervision/recipient":   func(f *Facts) { f.Supervision.Recipient = "" },
	"supervision/located":     func(f *Facts) { f.Supervision.Located = "" },
	"supervision/use":         func(f *Facts) { f.Supervision.Use = "" },
	"supervision/established": func(f *Facts) { f.Supervision.Established = "" },
	"supervision/large":       func(f *Facts) { f.Supervision.Large = "" },
	"supervision/breaches":    func(f *Facts) { f.Supervision.Breaches = nil },
	"supervision/copies":      func(f *Facts) { f.Supervision.Copies = nil },
	"supervision/proceedings": func(f *Facts) { f.Supervision.Proceedings = nil },
	"erasure/subject":         func(f *Facts) { f.Erasure.Subject = "" },
	"erasure/copies":          func(f *Facts) { f.Erasure.Copies = nil },
	"infringement/copies":     func(f *Facts) { f.Infringement.Copies = f.Infringement.Copies[:1] },
	"dispute/mandate":         func(f *Facts) { f.Role, f.Mandate = "mandate", "M-2027-0007" },
	"supervision/mandate":     func(f *Facts) { f.Supervision.Copies = demoCopies },
	"erasure/grounds":         func(f *Facts) { f.Erasure.Grounds = nil },
	"erasure/objection":       func(f *Facts) { f.Erasure.Objection = nil },
	"erasure/weighing":        func(f *Facts) { f.Erasure.Weighing = nil },
	"infringement/requestAt":  func(f *Facts) { f.Infringement.RequestRef = "" },
	"infringement/receivedAt": func(f *Facts) { f.Infringement.ReceivedAt = time.Time{} },
	"infringement/proof":      func(f *Facts) { f.Infringement.Proof = "" },
	"infringement/answer":     func(f *Facts) { f.Infringement.Answer = "" },
	"infringement/answeredAt": func(f *Facts) { f.Infringement.Answer = "refused" },
	"infringement/termEnded":  func(f *Facts) { f.Infringement.TermEnded = Deadline{} },
	"infringement/breaches":   func(f *Facts) { f.Infringement.Breaches = nil },
	"summons/lawyer":          func(f *Facts) { f.Summons.Lawyer = "" },
	"summons/approved":        func(f *Facts) { f.Summons.Approved = false },
	"summons/gateDecided":     func(f *Facts) { f.Summons.GateDecided = false },
	"summons/identity":        func(f *Facts) { f.Summons.Identity = "" },
	"summons/service":         func(f *Facts) { f.Summons.Service = "" },
	"summons/demands":         func(f *Facts) { f.Summons.Demands = nil },
	"summons/until":           func(f *Facts) { f.Summons.Until = Deadline{} },
	"form/actions":            func(f *Facts) { f.Form.Actions = nil },
	"form/validUntil":         func(f *Facts) { f.Form.ValidUntil = time.Time{} },
	"form/informed":           func(f *Facts) { f.Form.Informed = nil },
	"evaluation/results":      func(f *Facts) { f.Evaluation.Results = nil },
	"evaluation/team":         func(f *Facts) { f.Evaluation.Team = time.Time{} },
	"evaluation/people":       func(f *Facts) { f.Evaluation.People[0] = EvaluationPerson{} },
	"evaluation/refusals":     func(f *Facts) { f.Evaluation.Refusals = nil },
	"evaluation/lessons":      func(f *Facts) { f.Evaluation.Lessons = nil },
	"relay/othersTold":        func(f *Facts) { f.Relay.OthersTold = nil },
	"erasure/officer":         func(f *Facts) { f.Erasure.Officer, f.Erasure.OfficerAddress = "", "" },
	"erasure/officerAddress":  func(f *Facts) { f.Erasure.OfficerAddress = "" },
	"addressee/address":       func(f *Facts) { f.Addressee.Address = "" },
	"dutyPhone":               func(f *Facts) { f.DutyPhone = "" },
	"relay/consentAt":         func(f *Facts) { f.Relay.ConsentAt = time.Time{} },
}

// clearField empties one required field of an instrument's facts.
func clearField(t *testing.T, instrument, field string, f *Facts) {
	t.Helper()
	empty, ok := routeClears[field]
	if !ok {
		empty, ok = clears[field]
	}
	if !ok {
		t.Fatalf("no way to leave %s empty", field)
	}
	if instrument == T5 && field == "provider/representative" {
		f.Supervision.Established = "US"
	}
	empty(f)
}

// A provider that cannot be reached by the contact point of art. 12 DSA gives a
// ground of its own for a complaint to the supervisor.
//
// Requirement: S1-7
func TestAContactPointThatDoesNotWorkIsAGround(t *testing.T) {
	f := demoFacts(T5)
	f.Supervision.Breaches = []string{"contact_point"}
	for language, want := range map[string]string{"nl": "- Artikel 12 DSA: ", "en": "- Article 12 DSA: the contact point for recipients was not usable for us."} {
		d, findings, err := Compose(T5, language, f)
		if err != nil || len(blocking(findings)) > 0 {
			t.Errorf("%s: %v, %+v", language, err, blocking(findings))
		}
		if !strings.Contains(d.Text, want) {
			t.Errorf("%s: %q does not stand in\n%s", language, want, d.Text)
		}
	}
}

// A platform can be asked to show an account's posts less, in place of a freeze.
//
// Requirement: S2-18
func TestLessVisibilityCanBeAsked(t *testing.T) {
	f := demoFacts(T8a)
	f.Freeze.Measure = "limit_visibility"
	for language, want := range map[string]string{"nl": "zichtbaarheid", "en": "Restrict the visibility of the posts of the accounts named temporarily"} {
		d, findings, err := Compose(T8a, language, f)
		if err != nil || len(blocking(findings)) > 0 {
			t.Errorf("%s: %v, %+v", language, err, blocking(findings))
		}
		if !strings.Contains(d.Text, want) {
			t.Errorf("%s: %q does not stand in\n%s", language, want, d.Text)
		}
	}
}
