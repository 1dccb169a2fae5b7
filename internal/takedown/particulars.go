package takedown

import (
	"encoding/json"
	"time"
)

// Particulars are what only a person can say for a track's instrument: the
// store holds the rest (domain.md §8). One section is filled: its route's.
type Particulars struct {
	Meta
	Track        string        `json:"track"`
	Supervision  *Supervision  `json:"supervision,omitempty"`
	Infringement *Infringement `json:"infringement,omitempty"`
	Summons      *Summons      `json:"summons,omitempty"`
	Erasure      *Erasure      `json:"erasure,omitempty"`
	Dispute      *Dispute      `json:"dispute,omitempty"`
	Relay        *Relay        `json:"relay,omitempty"`
	Order        *OrderRequest `json:"order,omitempty"`
	Notice       *NoticeWords  `json:"notice,omitempty"`
	Freeze       *Freeze       `json:"freeze,omitempty"`
	Report       *ReportWords  `json:"report,omitempty"`
	Words        Sealed        `json:"words,omitzero"` // what was said in words: Representative, Lawyer, Clause, OfficerAddress, Text of events
	By           string        `json:"by"`
	At           time.Time     `json:"at,omitzero"`
	Together     *Recorded     `json:"together,omitempty"` // who decided that report and request go together
}

// Recorded is who decided something, and when.
type Recorded struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// OrderRequest is for the request, through the police, for an order (T7, art.
// 125p Sv; domain.md §8).
type OrderRequest struct {
	FiledTogether  string   `json:"filedTogether,omitempty" enum:"urgent,same_facts" doc:"In place of a report's number: why request and report go to the police together. Who said so, and when, is kept."`
	Waiting        string   `json:"waitingIrresponsible,omitempty" enum:"life_or_safety,spread" doc:"Why waiting for the provider is not responsible; needed without a notice before it."`
	Representative string   `json:"representative,omitempty" maxLength:"200" doc:"Art. 13 DSA, of a provider outside the Union; sealed."`
	Service138g    string   `json:"service138g,omitempty" enum:"stores,communicates" doc:"How the provider falls under art. 138g Sv where its kind of service does not show it. A legal adviser's word only."`
	Volatile       []string `json:"volatile,omitempty" maxItems:"12" doc:"What may be lost (art. 126ni Sv): content, logs, registration, live_location. Needed where the police are asked about preservation."`
	Haste          string   `json:"haste,omitempty" enum:"poster_deletes,provider_deletes,spread" doc:"Why it may be lost; needed as volatile is."`
	Measures       []string `json:"measures,omitempty" maxItems:"12" doc:"What the publication made necessary at work: other_place, other_hours, access, phone."`
}

// Supervision is for the complaint to the coordinator (T5, art. 53 DSA).
type Supervision struct {
	Recipient      string   `json:"recipient,omitempty" enum:"account_holder,mandate" doc:"In which standing the complaint is made."`
	Located        string   `json:"located,omitempty" enum:"established,lives" doc:"The recipient of the service is established, or lives, in the Netherlands: elsewhere another coordinator is competent."`
	Use            string   `json:"use,omitempty" enum:"reads,publishes" doc:"How the recipient uses the service."`
	Designated     string   `json:"designated,omitempty" enum:"yes,no,unknown" doc:"Designated under art. 33 DSA; not needed where the register says so."`
	Representative string   `json:"representative,omitempty" maxLength:"200" doc:"Art. 13 DSA, of a provider outside the Union; sealed."`
	Breaches       []string `json:"breaches,omitempty" maxItems:"12" doc:"contact_point, mechanism, receipt, decision, diligence, complaint, dispute, flagger, misuse"`
	Proceedings    []string `json:"proceedings,omitempty" maxItems:"12" doc:"none, ap, court, ods, police; what runs in this case is added."`
}

// Infringement is for the complaint to the data protection authority (T13).
type Infringement struct {
	ReceivedAt time.Time `json:"receivedAt,omitzero" doc:"When the controller had the request; not needed where an answer or a receipt shows it."`
	Proof      string    `json:"proof,omitempty" enum:"mail_receipt,form_receipt,letter_receipt,answer" doc:"What shows that. mail_receipt is the controller's own confirmation by e-mail: that a mail server took it proves no receipt."`
	Breaches   []string  `json:"breaches,omitempty" maxItems:"12" doc:"no_answer, no_reasons, not_erased, no_remedies"`
}

// Summons is for the lawyer's letter to the poster (T9).
type Summons struct {
	Lawyer   string   `json:"lawyer,omitempty" maxLength:"200" doc:"The firm, never a person; sealed."`
	Approved bool     `json:"approvedByLawyer,omitempty"`
	Identity string   `json:"identity,omitempty" enum:"own_statement,court,public_profile" doc:"How the poster is known."`
	Service  string   `json:"service,omitempty" enum:"bailiff,registered_letter,mail"`
	Demands  []string `json:"demands,omitempty" maxItems:"12" doc:"remove, no_repeat, list_recipients"`
}

// Erasure is for the request under art. 17 GDPR (T6). Ground and weighing are a
// person's to say: nothing is pleaded without.
type Erasure struct {
	Officer Known `json:"dataProtectionOfficer,omitempty" enum:"yes,no,unknown" doc:"Whether the controller has one; needed."`
	// OfficerAddress is where the officer is reached.
	OfficerAddress string   `json:"officerAddress,omitempty" maxLength:"200" doc:"Needed with an officer: a functional mailbox or postal address; sealed."`
	Grounds        []string `json:"grounds,omitempty" maxItems:"12" doc:"unlawful, not_needed, objection"`
	Objection      []string `json:"objection,omitempty" maxItems:"12" doc:"safety, family, work"`
	Weighing       []string `json:"weighing,omitempty" maxItems:"12" doc:"no_debate, readable_without"`
}

// Known is an answer of a person who looked: "yes", "no" or "unknown"; empty
// before anybody did.
type Known string

// UnmarshalJSON reads what older rows hold too: true is yes, and false said
// nothing.
func (k *Known) UnmarshalJSON(raw []byte) error {
	switch string(raw) {
	case "true":
		*k = "yes"
		return nil
	case "false":
		*k = ""
		return nil
	}
	return json.Unmarshal(raw, (*string)(k))
}

// Dispute is for the submission to an out-of-court body (T4b, art. 21 DSA).
// Which disputes a body takes is checked per body; the fee stands in no letter.
type Dispute struct {
	CheckedAt time.Time `json:"checkedAt,omitzero" doc:"When the body's certificate and its rules were looked up."`
	Scope     []string  `json:"scope,omitempty" maxItems:"12" doc:"What was found to be within it: platform, language, subject, notifiers. All four are needed."`
	Engaged   string    `json:"engaged,omitempty" enum:"yes,no,unknown" doc:"Whether the platform works with the body."`
	Fee       string    `json:"fee,omitempty" enum:"free,nominal" doc:"What the body asks of us (art. 21(5) DSA)."`
	FeeCents  int64     `json:"feeCents,omitempty" minimum:"0" maximum:"100000" doc:"Of a nominal fee: euro cents."`
}

// Relay is for the request to a trusted flagger or help organisation (T14).
type Relay struct {
	AwardCovers bool     `json:"awardCovers,omitempty" doc:"The flagger's award in the register covers this kind of content."`
	OthersTold  []string `json:"othersTold,omitempty" maxItems:"12" doc:"Who else was asked: flagger, help_organisation, victim_support, police, or none; needed. What runs in this case is added."`
}

// NoticeWords are for notice, reminder and complaint to a provider (T1 to T4).
type NoticeWords struct {
	Terms
	NewHarm []string `json:"newHarm,omitempty" maxItems:"12" doc:"Effects since the notice (T3): contact, work, spread, visits."`
	Grounds []string `json:"complaintGrounds,omitempty" maxItems:"12" doc:"What is wrong with the decision (T4): facts_missed, terms_only, wrong_item. That the illegality can be seen, and that part was left, is added."`
	Missed  *Missed  `json:"missed,omitempty" doc:"With facts_missed: what the decision passes over."`
}

// Terms is a clause of the addressee's own terms (art. 14 DSA).
type Terms struct {
	Clause    string    `json:"termsClause,omitempty" maxLength:"100" doc:"The clause that the content breaches; sealed."`
	VersionOf time.Time `json:"termsVersion,omitzero" doc:"The date of the terms' version."`
}

// Missed is a place in an item.
type Missed struct {
	Item    string `json:"itemId" maxLength:"60"`
	Locator string `json:"locator,omitempty" maxLength:"60" doc:"line:2, image:1, comment:3, time:1:30, account_name"`
}

// Freeze is for the request to restrict an account and keep its data (T8a,
// T8b). What nobody said is not claimed.
type Freeze struct {
	Terms
	Measure  string   `json:"measure,omitempty" enum:"suspend,limit_posting,limit_visibility" doc:"What is asked for; suspend without."`
	Volatile []string `json:"volatile,omitempty" maxItems:"12" doc:"Which data may be lost: content, logs, registration, live_location."`
	Breach   string   `json:"breach,omitempty" enum:"life_or_safety,repeated,many_victims" doc:"Why the breach is serious, where the case does not show it."`
	Haste    string   `json:"haste,omitempty" enum:"poster_deletes,provider_deletes,spread" doc:"Why it cannot wait."`
	Repeats  int      `json:"repeats,omitempty" minimum:"0" maximum:"100" doc:"From how many earlier notices on it pleads that these accounts often post manifestly illegal content (art. 23(1) DSA); 0: not at all."`
}

// ReportWords are for the report to the police (T12).
type ReportWords struct {
	Report string       `json:"reportId,omitempty" maxLength:"60" doc:"Which of the case's reports it is: report_een. Not needed where there is one to make."`
	Events []EventWords `json:"events,omitempty" maxItems:"20" doc:"What happened beside what the items show."`
}

// EventWords is one fact: what was seen or told, never why.
type EventWords struct {
	At       time.Time `json:"at"`
	Text     string    `json:"text" maxLength:"300" doc:"Sealed."`
	Source   string    `json:"source" enum:"own_observation,reported_to_us,provider" doc:"How we know it."`
	Evidence []string  `json:"evidenceIds,omitempty" maxItems:"5"`
}
