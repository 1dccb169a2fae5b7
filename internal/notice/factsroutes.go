package notice

import "time"

// Account is one account that a request is about; Item is where it was seen.
type Account struct {
	Handle, ID string
	Item       int
}

// Freeze is what T8a asks of a platform and T8b of the police (domain.md §8).
type Freeze struct {
	Accounts    []Account
	Measure     string    // suspend, limit_posting, limit_visibility
	Until       time.Time // our wish
	RetainUntil time.Time // clock C18: our wish
	Repeats     int       // from how many earlier notices on the account's habit is pleaded (art. 23(1) DSA); 0: none is

	Threat   string   // T8b: level of our triage: low, elevated, high, acute
	Volatile []string // T8b: content, logs, registration, live_location
	Breach   string   // T8b: why the breach is serious: life_or_safety, repeated, many_victims
	Haste    string   // T8b: why it cannot wait: poster_deletes, provider_deletes, spread
}

// Copy is one annex that travels with a complaint.
type Copy struct {
	Kind      string // notice, receipt, decision, complaint, complaint_decision, request, answer, proof_of_receipt, mandate
	Reference string
	SHA256    string
}

// Dispute is a submission to an out-of-court body (T4b, art. 21 DSA). Fee,
// dates and outcome of the procedure are kept in the record.
type Dispute struct {
	CheckedAt    time.Time // when the body's certificate and scope were looked up
	ScopeFits    bool      // platform, language, policy area and notifier cases are within it
	Languages    []string  // of the body's procedure
	ComplaintRef string
	ComplaintAt  time.Time
	Outcome      string // of the internal complaint: refused, partly, silence, no_effect, none
	DecidedAt    time.Time
	Engaged      string // whether the platform works with the body: yes, no, unknown
	Copies       []Copy
	// SubmittedBefore says that a body had the same pages before.
	SubmittedBefore bool
}

// Supervision is a complaint to the Digital Services Coordinator (T5, art. 53
// DSA). The chronology is Facts.Earlier.
type Supervision struct {
	Recipient   string   // in which standing: account_holder, mandate
	Located     string   // in the Netherlands, where the coordinator is competent (art. 53 DSA): established, lives
	Use         string   // how the recipient uses the service: reads, publishes
	Established string   // country of the provider's main establishment
	Large       string   // designated under art. 33 DSA: yes, no, unknown
	Breaches    []string // contact_point, mechanism, receipt, decision, diligence, complaint, dispute, flagger, misuse
	Copies      []Copy
	Pattern     Pattern
	Proceedings []string // none, ap, court, ods, police (printed only if police allow it)
}

// Pattern is what our own cases say of a provider: on how many of the latest
// notices and complaints it decided, and how many whole days at least half of
// these took. Numbers, no cases.
type Pattern struct{ Notices, MedianDays int }

// Erasure is a request under art. 17 GDPR (T6); T13 complains of its answer.
type Erasure struct {
	Subject string // the data subject's name: to this controller alone, on a recorded mandate
	Officer string // whether the controller has a data protection officer: yes, no, unknown
	// OfficerAddress is where the officer is reached: needed with yes.
	OfficerAddress string
	Query          string   // delisting: the exact name that is searched for
	Grounds        []string // unlawful (1)(d), not_needed (1)(a), objection (1)(c)
	Objection      []string // safety, family, work
	Weighing       []string // why (3)(a) does not prevail: no_debate, readable_without

	RestMayStay, MadePublic, Shield bool
	Identity                        string // doubted: a masked copy goes along (12(6)); empty: none
	Copies                          []Copy // the mandate
}

// Infringement is what T13 tells the data protection authority.
type Infringement struct {
	RequestRef string
	RequestAt  time.Time
	ReceivedAt time.Time
	Proof      string    // mail_receipt, form_receipt, letter_receipt, answer
	Answer     string    // refused, partly, silence
	AnsweredAt time.Time // zero with silence
	TermEnded  Deadline  // clock C10
	Breaches   []string  // no_answer, no_reasons, not_erased, no_remedies
	Copies     []Copy
}

// Summons is a lawyer's letter to the poster (T9).
type Summons struct {
	Lawyer      string // the firm, never a person
	Approved    bool   // the lawyer approved the text
	GateDecided bool   // police alignment decided that the poster may be approached
	Identity    string // how the poster is known: own_statement, court, public_profile
	Service     string // bailiff, registered_letter, mail
	Demands     []string
	Until       Deadline // our wish
}

// Form is what the affected person reads and signs (T10): every action has its
// own yes or no.
type Form struct {
	Actions    []string // those of consents: notice, erasure, …
	Mandate    []string // gdpr, art20, art21, art53
	ValidUntil time.Time
	Informed   []string // art. 13 GDPR: purpose, recipients, retention, rights, contact
}

// Evaluation is the record of a handled case (T11): codes and numbers, and with
// whom it was discussed (S0-26). Nobody is named.
type Evaluation struct {
	Team       time.Time          // when it was discussed with the team
	People     []EvaluationPerson // each affected person, in the case's order
	Routes     []string           // names of the routes that were walked, from the law data
	Clocks     []EvaluationClock
	Results    []EvaluationResult
	Flagged    []EvaluationCount // by provider, kind of content and action, as art. 22(3) DSA counts
	Refused    bool              // somebody decided against us: Refusals says why
	Refusals   []string          // not_illegal, not_against_terms, not_found, more_information, none_given
	Worked     []string          // instruments
	Lessons    []string          // earlier_capture, earlier_police, other_channel, second_reader, none
	Experience string            // of the person, if they wish: supported, mixed, not_supported; empty: not asked
}

// EvaluationPerson says when the case was discussed with one affected person, or
// why not.
type EvaluationPerson struct {
	At  time.Time
	Not string // declined, unreachable, unsafe
}

// EvaluationClock is one clock with how it ended.
type EvaluationClock struct {
	Rule   string
	Nature string
	Due    time.Time
	Ended  string // in_time, late, lapsed
}

// EvaluationResult is one item's end and how many hours after we heard of it.
type EvaluationResult struct {
	Item  int
	End   string // codes of ending
	Words string // the law data's words for its outcome; empty: those of End
	Hours int
}

// EvaluationCount is one row of the table.
type EvaluationCount struct {
	Provider string // kind of service: hosting, online_platform …
	Content  string // codes of contentType
	Action   string // codes of ending
	Words    string // as of a result
	Count    int
}

// Relay hands a location to a trusted flagger or help organisation (T14).
type Relay struct {
	ConsentAt  time.Time
	Override   bool     // the coordinator's recorded override instead of a consent
	Awarded    bool     // the addressee holds an award under art. 22 DSA for this kind of content
	OthersTold []string // flagger, help_organisation, victim_support, police (printed only if police allow it), or none
}
