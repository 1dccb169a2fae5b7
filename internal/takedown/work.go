package takedown

import "time"

// TaskStatus is the state of a task.
type TaskStatus string

// The statuses of a task.
const (
	TaskOpen TaskStatus = "open" // its owner's move
	TaskDone TaskStatus = "done" // nobody's move
)

// Task is something a person must do.
type Task struct {
	Meta
	Kind      string     `json:"kind"`
	Owner     Role       `json:"owner"`
	Reason    string     `json:"reason"`            // a code
	Subject   string     `json:"subject,omitempty"` // the id it is about
	Track     string     `json:"track,omitempty"`
	Status    TaskStatus `json:"status"`
	Mandatory bool       `json:"mandatory,omitempty"` // for closing the case
	Urgent    bool       `json:"urgent,omitempty"`
	CreatedAt time.Time  `json:"createdAt"`
	By        string     `json:"by,omitempty"` // whose act opened it
	DueAt     time.Time  `json:"dueAt,omitzero"`
	DoneAt    time.Time  `json:"doneAt,omitzero"`
	DoneBy    string     `json:"doneBy,omitempty"`
	Evidence  string     `json:"evidence,omitempty"`
	Words     Sealed     `json:"words,omitzero"`
	Warnings  int        `json:"warnings,omitempty"` // how often its clock has warned; each makes it more urgent
	DeputyAt  time.Time  `json:"deputyAt,omitzero"`  // when it is raised to the coordinator, who finds a deputy
	Raised    bool       `json:"raised,omitempty"`   // that has happened
	Referrals []Referral `json:"referrals,omitempty"`
}

// Referral is what was done with the location of suspected child-abuse material:
// nothing but the location goes to who may look at it (domain.md §4.2).
type Referral struct {
	To        string    `json:"to"` // offlimits, police
	At        time.Time `json:"at"`
	Reference string    `json:"reference"` // theirs
}

// Triage is the safety triage of a case (S2-8).
type Triage struct {
	Meta
	ThreatLevel  string    `json:"threatLevel"` // none, low, elevated, high, acute
	JudgedBy     string    `json:"judgedBy"`    // a function, not a name
	LifeOrSafety bool      `json:"lifeOrSafety"`
	ReviewAt     time.Time `json:"reviewAt,omitzero"`
	AtOnce       Sealed    `json:"atOnce,omitzero"`
	At           time.Time `json:"at"`
}

// Evidence is one file, sealed, with how it came to be.
type Evidence struct {
	Meta
	Items              []string  `json:"itemIds"`
	SHA256             string    `json:"sha256"` // of the plain bytes
	Size               int64     `json:"size"`
	MediaType          string    `json:"mediaType"`
	Blob               string    `json:"blob"`             // name of the sealed bytes
	Pieces             bool      `json:"pieces,omitempty"` // sealed piece by piece: opened without being held whole
	CapturedAt         time.Time `json:"capturedAt"`
	Zone               string    `json:"zone"`
	CapturedBy         string    `json:"capturedBy"`
	Tool               string    `json:"tool,omitempty"`
	Original           bool      `json:"original"`
	DerivedFrom        string    `json:"derivedFrom,omitempty"`
	SelfCapturedReason string    `json:"selfCapturedReason,omitempty"`
	Purpose            string    `json:"purpose,omitempty"`   // "", filing_proof, receipt, mandate
	Location           Sealed    `json:"location"`            // url or provenance
	Properties         Sealed    `json:"properties,omitzero"` // of a file that a letter may carry: what it says about itself
	At                 time.Time `json:"at"`
}

// Upload is a file on its way: bytes that were announced and, once Blob is
// set, arrived and were hashed.
type Upload struct {
	Meta
	SHA256     string    `json:"sha256"`
	Size       int64     `json:"size"`
	MediaType  string    `json:"mediaType"`
	Blob       string    `json:"blob,omitempty"`
	Pieces     bool      `json:"pieces,omitempty"`    // as the evidence's
	Properties Sealed    `json:"properties,omitzero"` // what the file says about itself
	By         string    `json:"by"`
	At         time.Time `json:"at"`
}

// Assessment is a specialist's finding on one item.
type Assessment struct {
	Meta
	Item              string    `json:"item"`
	Grounds           []Ground  `json:"grounds"`
	InCapacity        bool      `json:"inCapacity"`
	Effects           []string  `json:"effects,omitempty"`
	VictimAware       bool      `json:"victimAware"`
	FearDescribed     bool      `json:"fearDescribed"`
	PunishableOffline bool      `json:"punishableOffline"`
	Purpose           []string  `json:"purposeIndicators,omitempty"`
	Contra            []string  `json:"contraIndicators,omitempty"`
	Weighed           bool      `json:"contraWeighed,omitempty"` // somebody looked for what speaks against the purpose
	Amplification     string    `json:"amplification,omitempty"` // low, medium, high
	Locator           string    `json:"locator,omitempty"`       // of the data: "line:2", "image:1"
	ThreatLocator     string    `json:"threatLocator,omitempty"` // of the threat, likewise
	Decision          string    `json:"decision"`                // act, monitor, no_action
	By                string    `json:"by"`
	ConfirmedBy       string    `json:"confirmedBy,omitempty"`
	At                time.Time `json:"at"`
}

// Ground is one legal ground of an assessment: an offence of the law data, or a
// ground without one, with its elements and the evidence for each.
type Ground struct {
	Offence  string              `json:"offence,omitempty"`
	Ground   string              `json:"ground,omitempty"`   // without an offence
	Elements map[string][]string `json:"elements,omitempty"` // E1 … → evidence ids
	Because  []string            `json:"because,omitempty"`  // without an offence: what makes it unlawful
	Weighing []string            `json:"weighing,omitempty"` // and why expression does not prevail
}

// Consent is a person's authorisation of one action: not the legal basis.
type Consent struct {
	Meta
	Person     string    `json:"person"`
	Action     string    `json:"action"`
	Status     string    `json:"status"` // given, refused, withdrawn, overridden
	TextShown  string    `json:"textShown"`
	Date       time.Time `json:"date"`
	Channel    string    `json:"channel"`
	ValidUntil time.Time `json:"validUntil,omitzero"`
	Mandate    string    `json:"mandate,omitempty"` // evidence id of the mandate document
	Override   Sealed    `json:"override,omitzero"`
	By         string    `json:"by"`
}

// Evaluation is what affected persons and team said of a case when it was
// discussed with them (S0-26): codes alone.
type Evaluation struct {
	Meta
	Team     time.Time          `json:"team,omitzero"`
	People   []EvaluationPerson `json:"people,omitempty"`
	Lessons  []string           `json:"lessons,omitempty"`
	Refusals []string           `json:"refusals,omitempty"`
	By       string             `json:"by"`
}

// EvaluationPerson is when a case was discussed with one affected person and how
// they experienced it, or why it was not discussed.
type EvaluationPerson struct {
	Person     string    `json:"personId" maxLength:"60"`
	At         time.Time `json:"at,omitzero"`
	Not        string    `json:"not,omitempty" enum:"declined,unreachable,unsafe" doc:"Why it was not discussed."`
	Experience string    `json:"experience,omitempty" enum:"supported,mixed,not_supported" doc:"If the person wishes to say."`
}

// Klacht is the complaint of art. 64 ff. Sr for one person and offence.
type Klacht struct {
	Meta
	Person          string    `json:"person"`
	Offence         string    `json:"offence"`
	Needed          bool      `json:"needed"`
	VictimLearnedAt time.Time `json:"victimLearnedAt,omitzero"`
	Decision        string    `json:"decision,omitempty"` // undecided, wanted, not_wanted
	DecidedAt       time.Time `json:"decidedAt,omitzero"`
	TextShown       string    `json:"textShown,omitempty"`
	SignedAt        time.Time `json:"signedAt,omitzero"`
	FiledAt         time.Time `json:"filedAt,omitzero"`
	WithdrawnAt     time.Time `json:"withdrawnAt,omitzero"`
	SpecialPower    bool      `json:"specialPower,omitempty"`
	Evidence        string    `json:"evidence,omitempty"` // the signed file, of purpose klacht
	Clock           string    `json:"clock,omitempty"`
	NotedBy         string    `json:"notedBy,omitempty"` // the legal adviser whose note dismissed it, after the person's own decision, or said that none is needed
}

// Alignment is what was agreed with the police before acting (S0-13).
type Alignment struct {
	Meta
	Status           string    `json:"status"` // asked, answered, no_answer, not_wanted, not_suspected
	AskedAt          time.Time `json:"askedAt,omitzero"`
	AnsweredAt       time.Time `json:"answeredAt,omitzero"`
	MayNotify        bool      `json:"mayNotify"`
	LeaveOnlineUntil time.Time `json:"leaveOnlineUntil,omitzero"`
	WaitAsked        bool      `json:"waitAsked,omitempty"` // their last answer was to notify nobody, without a date
	Preservation     string    `json:"preservation126ni,omitempty"`
	PosterContact    string    `json:"posterContact,omitempty"` // allowed, forbidden
	MayMention       bool      `json:"mayMentionPolice"`
	AskAgainAt       time.Time `json:"askAgainAt,omitzero"`
	Clock            string    `json:"clock,omitempty"`
	Reason           Sealed    `json:"reason,omitzero"`

	PreservationAt    time.Time `json:"preservationAt,omitzero"`     // when the demand under art. 126ni Sv was made
	PreservationClock string    `json:"preservationClock,omitempty"` // C13

	EUPreservationAt    time.Time `json:"euPreservationAt,omitzero"`     // when the provider had a European Preservation Order
	EUPreservationClock string    `json:"euPreservationClock,omitempty"` // C14
}

// PoliceReport is a melding or aangifte (Sv 161 ff.).
type PoliceReport struct {
	Meta
	Kind         string    `json:"kind"` // melding, aangifte
	By           string    `json:"by"`   // employer, affected, both
	Person       string    `json:"person,omitempty"`
	Witness      string    `json:"witness,omitempty"`
	Offences     []string  `json:"offences"`
	FiledAt      time.Time `json:"filedAt,omitzero"`
	Unit         string    `json:"unit,omitempty"`
	Appointment  time.Time `json:"appointment,omitzero"`
	Registration string    `json:"registrationNumber,omitempty"`
	PVNumber     string    `json:"pvNumber,omitempty"`
	CopyReceived bool      `json:"copyReceived"`
	VPTRequested bool      `json:"vptRequested"`
	VPTConfirmed bool      `json:"vptConfirmed"`
	ELAContact   string    `json:"elaContact,omitempty"`
	Domicile     string    `json:"domicile,omitempty"` // employer, lawyer, other
	// DomicileAddress is the address for service where it is not the organisation's.
	DomicileAddress Sealed      `json:"domicileAddress,omitzero"`
	UnderNumber     UnderNumber `json:"underNumber,omitzero"`
	NotWanted       Sealed      `json:"notWanted,omitzero"`
	RevisitAt       time.Time   `json:"revisitAt,omitzero"`
	Support         bool        `json:"victimSupport,omitempty"` // victim support joined after the report (S1-12)
}

// UnderNumber is the wish to report under a number, and for whom.
type UnderNumber struct {
	For       string `json:"for,omitempty"`
	Requested bool   `json:"requested,omitempty"`
	Granted   bool   `json:"granted,omitempty"`
}

// Decision is a recorded choice with its pros and cons (S0-12, S0-14 …).
type Decision struct {
	Meta
	Kind         string    `json:"kind"`
	Choice       string    `json:"choice,omitempty"`
	Words        Sealed    `json:"words"`
	Consent      string    `json:"consent,omitempty"`
	PoliceAnswer string    `json:"policeAnswer,omitempty"`
	Track        string    `json:"track,omitempty"` // indemnity: whose addressee asked for one
	By           string    `json:"by"`
	At           time.Time `json:"at"`
	No           int       `json:"no,omitempty"`    // in its case: two of one second have an order
	Items        int       `json:"items,omitempty"` // how many items the case had
}

// Attempt is what was tried with a site operator or poster (NTD code art. 4(b)).
type Attempt struct {
	Meta
	Contact string    `json:"contactId,omitempty"`
	Role    string    `json:"role,omitempty"` // site_operator, poster
	Channel string    `json:"channel"`
	At      time.Time `json:"at"`
	Result  string    `json:"result"`            // no_answer, refused, no_address, bounced, answered; of a poster not_approached
	Reason  string    `json:"reason,omitempty"`  // of not_approached: unsafe, unknown, both
	Items   []string  `json:"items,omitempty"`   // which it was about, as said; none: those of the contact, or of the case
	Through int       `json:"through,omitempty"` // of the case: the number of its last item then
	By      string    `json:"by"`
}
