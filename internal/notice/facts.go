package notice

import "time"

// Facts is everything an instrument may say. Nothing else reaches a text, so
// what has no field here (the incident's summary, its trigger, how poster and
// person know each other) cannot be written. Codes are those of api.md; unknown
// ones are left out of the text with a finding. Instants are UTC.
type Facts struct {
	Language  string    // of the law's words in here: nl, en; that of the document
	Reference string    // ours, random, one per document: "TD-2027-481503-K"
	DraftedAt time.Time // the date the text bears
	AnswerBy  Deadline  // the day we ask an answer for, counted from the last day to send; optional
	// AnswerHours is a term in hours from the sending, in the place of AnswerBy.On,
	// whose nature AnswerBy holds; optional.
	AnswerHours int
	NextStep    Deadline // T3: when we look again
	Urgent      bool     // life or safety: "Spoed" in the subject
	// AnswerPage is the web address at which the addressee answers without an
	// account; empty: there is none, and none is named.
	AnswerPage string `json:",omitempty"`
	// Threat is the item number and locator of a threat that can be seen in the
	// content; zero for none.
	Threat Locus

	Organisation Organisation
	Role         string // of the notifier: employer, organisation (default), mandate
	Mandate      string // reference of the recorded mandate; needed for Role mandate
	Persons      []Person
	Addressee    Addressee
	Provider     *Addressee // T7: whose pages the order would be about
	Items        []Item
	Grounds      []Ground   // offences at the date of the act, from the law data
	Unlawful     []Unlawful `json:",omitempty"` // grounds without an offence; never for the police
	NotLaw       []string   `json:",omitempty"` // offences of an assessment that the law data do not hold on that day, and grounds that they do not hold: no text names them

	Attempts           []Attempt // T1: with the site operator
	NoOperatorChannel  bool      // T1: no usable address of the operator was found
	PosterAttempts     []Attempt // T1: with the poster, where the police allowed it
	PosterNotContacted string    // T1 without such: unsafe, unknown, both. Never the police's wish
	Preservation       bool      // ask the addressee to keep a copy: a wish
	MayMentionPolice   bool      // alignment: police said that letters may name the report
	Terms              Terms     // T2, T4: the clause of the addressee's own terms that the content breaches; zero: none
	Flagger            *Flagger  // T2: an award under art. 22 DSA for this kind of content; nil: none, and none is claimed
	Criticism          bool      // the content also holds criticism or a complaint: not our subject
	Misidentified      bool      // T2: the content points at the wrong person, and a legal adviser allowed to say so; never who is meant
	Effects            []string  // codes: contact, visits, work, spread, other
	NewHarm            []string  // T3, T4: effect codes since the notice

	Earlier          []Earlier // the instruments of this provider's tracks, oldest first
	Decision         *Decision // T4: the decision complained of
	ComplaintGrounds []string  // T4: visible (default), facts_missed, terms_only, partial, wrong_item

	Reports           []Report // T7: the reports made; T12: the first is the one to make
	FiledTogether     string   // T7 without a filed report: why request and report go together: urgent, same_facts
	Preservation126ni string   // T7, T12: asked (of the police), oral or written (demanded), refused, "" not asked
	Waiting           string   // T7: why waiting for the provider is not responsible: life_or_safety, spread
	Contra            []string // contra-indicators found by the assessment
	Weighed           bool     // each item's assessment looked for them: only then a text may say that nothing was found
	Amplification     string   // low, medium, high
	Evidence          []Evidence
	Klachten          []Klacht     // T7, T12: for offences that need one
	SecrecyDecided    bool         // T7, T12: a legal adviser's decision on professional secrecy is on record
	DutyPhone         string       // T7, which does not leave without: reachable day and night
	Requests          []string     // T12: investigation, order, preservation, stop_talk, inform, may_notify
	Events            []Event      // T12: what happened, beside what the items themselves tell
	DeathThreat       bool         // T12: the threat is one of death, which needs an aangifte
	VictimAware       bool         // T12: the person knows of the publication
	FearDescribed     bool         // T12: the person described the fear that it causes
	LearnedAt         time.Time    // T12: when the organisation was told of it; zero: nobody recorded it, and no text says
	Sealed            *SealedAnnex // T7, T8b, T12: kept out of the text, printed in the sealed annexes only

	Order        *Order        // T7
	Freeze       *Freeze       // T8a, T8b
	Dispute      *Dispute      // T4b
	Supervision  *Supervision  // T5
	Erasure      *Erasure      // T6, T13
	Infringement *Infringement // T13
	Summons      *Summons      // T9
	Form         *Form         // T10
	Evaluation   *Evaluation   // T11
	Relay        *Relay        // T14

	// Withheld are the grounds that lack evidence: Compose takes them out.
	Withheld []string
}

// Deadline is a date that a text names, with whose date it is. Nature is
// "legal", "self-set" (the addressee's own published term) or "policy" (ours):
// every text that prints the date says which.
type Deadline struct {
	On     time.Time
	Nature string
}

// Organisation is the sender.
type Organisation struct {
	Name, Unit, Mailbox, Phone, PostalAddress string
	// SignatoryFunction is who signs, as a function: never a name.
	SignatoryFunction string
	// Language is that of its own words, functions above all: nl, en; nl without.
	Language string `json:",omitempty"`
	// PublicBody says that the sender could be taken for an authority: a notice
	// that binds nobody says so.
	PublicBody bool
	// PublicTask says that who works there has a public task: the law data say so
	// of its kind.
	PublicTask bool `json:",omitempty"`
}

// Addressee is one contact of the register, as far as texts need it.
type Addressee struct {
	LegalName        string
	DisplayName      string   // the platform's name; empty: LegalName
	Kind             string   // site_operator, platform, hoster, registrar, police_unit …
	ServiceKind      string   // hosting, online_platform, registrar …
	Articles         []string // of the DSA that bind it on the day, from the law data: "16", "20" …
	Country          string
	Address          string // where this instrument goes: mail address or form
	ContactPoint     string // art. 11 DSA, T7's provider
	Representative   string // art. 13 DSA: in the Union, of a provider outside it; T7
	Languages        []string
	OwnTerm          string // "10 working_days", from the register; empty: none published
	FollowsNTDCode   bool
	PublishesNotices bool
	Source           string    // T1: how we know that the content stands there
	VerifiedAt       time.Time // when that was looked up
	Form             []FormField
}

// Terms is a clause of the addressee's own terms (art. 14 DSA).
type Terms struct {
	Clause    string    // "huisregel 4"
	VersionOf time.Time // the version's date
}

// Flagger is the organisation's award as a trusted flagger (art. 22(2) DSA): by
// a Digital Services Coordinator and for an area, never an informal standing.
type Flagger struct{ ID, Area, Coordinator string }

// FormField is one field of an addressee's web form. Limit is in characters, 0
// for none; Kind says what it takes, "" that its name does; Value is the option to
// pick where Kind is choice.
type FormField struct {
	Name  string
	Limit int
	Kind  string
	Value string
}

// Item is one place. No is its number in the case's annex 1.
type Item struct {
	No  int
	URL string // exact; needed where Place is a page
	// Place says where an item is that has no page of its own.
	Place Place
	// Masked keeps the URL's host out of running text: a sealed value stands in
	// it. The exact URL stands in annex 1 alone.
	Masked bool
	PostID string
	// Handle is the account's name; empty with HandleMasked if a sealed value
	// stands in it.
	Handle         string
	HandleMasked   bool
	AccountID      string
	ProfileURL     string
	ContentType    string // text, image, video, audio, synthetic
	Kind           string // original, repost, call_to_identify, impersonation
	DataCategories []string
	Locator        string // line:2, image:1, time:1:30, comment:3, account_name
	Audience       string // public, closed, unknown
	FirstSeenAt    time.Time
	FirstSeenBy    string `json:",omitempty"` // T7, T12: own_observation, reported_to_us; "" nobody said how it is known
	PostedAt       time.Time
	StillOnlineAt  time.Time // the last look that found it
	GoneAt         time.Time // zero while it is there
	Captures       []Capture
	Indicators     []string // purpose: call_to_act, call_to_identify, threat_in_thread, address_and_incitement, tags, history, timing (never printed)
	Views, Shares  int64
	ReachAt        time.Time
}

// Place is a location that is no page: an account, a closed group, a message,
// a place outside the internet. How somebody came to see it is told to the
// police alone: it may give away who let them.
type Place struct {
	Type    string // url (or empty), account, closed_group, message, offline
	Service string // the app or place: "berichtendienst"
	Access  string // how it was seen
}

// Capture is one capture of an item.
type Capture struct {
	At       time.Time
	SHA256   string
	Evidence string // its number in the evidence list
}

// Locus is a place in the content.
type Locus struct {
	Item    int
	Locator string
}

// Person is an affected person as far as a text may go: what they are to the
// organisation. Mark is A1, A2 … in the sealed annex.
type Person struct {
	Mark               string
	Relation           string // employee, family, third_party
	Function           string // "huisarts"
	FunctionIdentifies bool   // function plus sender is a name: it stays out
	Capacity           string // group of art. 285d(2) Sr, or none_of_lid2
	InCapacity         bool   // assessed: done to the person in that capacity
	Domicile           string `json:",omitempty"` // T7, T8b: the kind of address for service that their report chose: employer, lawyer, other
	CapacityTerm       string // the statute's own term, from the law data; only then is lid 2 claimed
}

// Ground is one offence that the assessment found, as the law data have it at
// the date of the act. An unverified one is left out of every text.
type Ground struct {
	Offence    string // "285d"
	Article    string // "artikel 285d, eerste lid, van het Wetboek van Strafrecht"
	Title      string // "doxing"
	ActDate    time.Time
	Verified   bool
	Klacht     string // yes, no, conditional
	Eligible   bool   // art. 67(1) Sv holds: T7
	EligibleBy string // "artikel 67, eerste lid, onder b, van het Wetboek van Strafvordering"
	Elements   []Element
	Items      []int    // where it was found; none: all
	KlachtOf   []string // marks of whom it was done to: each has a klacht of their own
}

// Element is one element of an offence and what shows it.
type Element struct {
	ID       string   // E1 … E5
	Text     string   // the element's name, from the law data
	Evidence []string // numbers of the evidence list
	// Aggravates marks an element of the aggravated form alone: without evidence
	// of it the offence itself may still be claimed.
	Aggravates bool
}

// Earlier is one instrument that went before.
type Earlier struct {
	Instrument string
	Reference  string
	Addressee  string // legal name
	Channel    string // mail, form, letter, phone
	Ticket     string
	SentAt     time.Time
	Due        Deadline
	AskedHours int    `json:",omitempty"` // the term in hours that its text asked for, in the place of Due.On
	Ending     string // done, silence, refused, partly, bounced, no_effect
	Replies    []Reply
	Items      []int
	Claims     string   `json:",omitempty"` // T1, T2: what its document recorded: art16, illegal, terms; "" nothing
	Names      []string `json:",omitempty"` // T1, T2: the grounds that its document recorded
	ToProvider bool     // T7: it went to whom the order would be about
	Police     bool     // an act of a police, order or freeze route: only in T7 and T12
}

// Reply is one answer to an earlier instrument.
type Reply struct {
	Kind     string // acknowledgement, decision, bounce, auto_reply, question, wrong_addressee, other
	Decision string // removed, partly, refused, needs_more, forwarded, other
	Reason   string // code of the reason given; "" none
	Removes  []int  `json:",omitempty"` // the items that a decision removes, where it names them
	At       time.Time
	Ticket   string

	SenderUnknown bool // nothing shows who wrote it
}

// Decision is what T4 complains of.
type Decision struct {
	Code        string // refused, partly, other
	Reason      string // code of the reason given: not_illegal, not_against_terms, not_found, more_information; "" none given
	InformedAt  time.Time
	Ticket      string
	NoticeRef   string
	NoticeAt    time.Time
	WindowOpen  bool  // C6 still runs and the service is an online platform, not micro or small
	RemovedNos  []int // for partial
	MissedPlace Locus // for facts_missed
}

// Attempt is one try to reach the site operator.
type Attempt struct {
	Channel string // mail, form, phone, letter
	At      time.Time
	Result  string // no_answer, refused, no_address, bounced, answered
}

// Report is a melding or aangifte.
type Report struct {
	Kind         string // melding, aangifte
	By           string // employer, affected, both
	FiledAt      time.Time
	Unit         string
	Registration string
	VPTRequested bool
	Domicile     string // employer, lawyer, other
	Witness      bool
	Mark         string // A1: the affected person who reports, in the sealed annex
	UnderNumber  string // for whom, a code: affected, capturer, colleagues, witness; "" not asked
}

// Order is what a person said for the request of T7.
type Order struct {
	Volatile    []string // what may be lost: content, logs, registration, live_location
	Haste       string   // why: poster_deletes, provider_deletes, spread
	Measures    []string // at work: other_place, other_hours, access, phone
	Service138g string   // a legal adviser's word on art. 138g Sv: stores, communicates
	// Block is the block of art. 9(2)(a) DSA in the language of the order's
	// addressee; nil where that is the document's own.
	Block *OrderBlock
}

// OrderBlock is what the block of art. 9(2)(a) DSA needs in another language:
// Language nl or en, and the law's words in it for the grounds.
type OrderBlock struct {
	Language string
	Grounds  []Ground
	// Undeclared says that the addressee declared neither language.
	Undeclared bool
}

// Evidence is one line of the manifest.
type Evidence struct {
	No         string // C1 …
	SHA256     string
	MediaType  string
	CapturedAt time.Time
	Tool       string
	Original   bool
	By         string // who captured it: a function, or a person's mark
	Items      []int
}

// Klacht is the complaint of one person for one offence.
type Klacht struct {
	Mark      string // A1
	Offence   string // "285d"
	Article   string
	NotNeeded bool   `json:",omitempty"` // the law's condition does not hold: none is needed, by a legal adviser's note
	Condition string `json:",omitempty"` // the law's condition, where it was read
	LearnedAt time.Time
	Decision  string // undecided, wanted, not_wanted
	Signed    bool
	No        string   // its number in the bundle, where the signed file goes along: "K1"
	LastDay   Deadline // C12: legal and fatal
}

// Event is one fact for T12. Text is short, checked by the guard, and says
// what was seen, never why.
type Event struct {
	At       time.Time
	Text     string
	Source   string // own_observation, reported_to_us, provider
	Evidence []string
}

// SealedAnnex is what only the police see. It reaches the sealed annexes and
// nothing else.
type SealedAnnex struct {
	Persons  []SealedPerson
	Signer   string // who signs the aangifte for the organisation
	Suspects []string
}

// SealedPerson is one affected person by name.
type SealedPerson struct {
	Mark        string
	Name        string
	Domicile    string
	UnderNumber bool
}
