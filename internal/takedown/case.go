package takedown

import "time"

// Meta is what every stored noun has: its id, its case (empty outside cases)
// and its own version, which is its ETag.
type Meta struct {
	ID      string `json:"id"`
	Case    string `json:"case,omitempty"`
	Version int64  `json:"version"`
}

// Head gives the noun's meta, whatever the noun.
func (m *Meta) Head() *Meta { return m }

// Sealed is text encrypted under the case's key (design §2). Up to 1 KB it
// stands in the record, else in a blob of its own. It is empty for no text.
type Sealed struct {
	Data []byte `json:"data,omitempty"`
	Blob string `json:"blob,omitempty"`
}

// Empty reports whether nothing was sealed.
func (s Sealed) Empty() bool { return len(s.Data) == 0 && s.Blob == "" }

// CaseStatus is where a case stands.
type CaseStatus string

// The statuses of a case.
const (
	CaseOpen       CaseStatus = "open"       // our move: work goes on
	CaseClosed     CaseStatus = "closed"     // nobody's move; may be reopened
	CaseRegistered CaseStatus = "registered" // nobody's move: recorded without items (S0-9b)
)

// Flags are what makes a case urgent or special (S4-18, S2-1, S0-4).
type Flags struct {
	DeathThreat   bool   `json:"deathThreat"`
	LifeOrSafety  bool   `json:"lifeOrSafety"`
	Misidentified string `json:"misidentified,omitempty"` // a person's id, or "unknown"
	ConcernOnly   bool   `json:"concernOnly"`
}

// Urgent reports whether quiet hours, the spacing of reminders and waiting for
// police step back.
func (f Flags) Urgent() bool { return f.LifeOrSafety || f.DeathThreat }

// Case is one doxing incident: a container owned by a coordinator and a
// deputy. It has no ladder of its own.
type Case struct {
	Meta
	Status        CaseStatus `json:"status"`
	Coordinator   string     `json:"coordinator,omitempty"`
	Deputy        string     `json:"deputy,omitempty"`
	Assignees     []string   `json:"assignees,omitempty"`
	Restricted    bool       `json:"restricted,omitempty"`
	Report        string     `json:"report,omitempty"`
	Goals         []string   `json:"goals,omitempty"`
	Flags         Flags      `json:"flags"`
	OccurredAt    time.Time  `json:"occurredAt,omitzero"`
	DiscoveredAt  time.Time  `json:"discoveredAt,omitzero"` // by anybody
	ReportedAt    time.Time  `json:"reportedAt,omitzero"`   // to the organisation: from then on it knew
	OpenedAt      time.Time  `json:"openedAt"`
	ClosedAt      time.Time  `json:"closedAt,omitzero"`
	FlareUps      []string   `json:"flareUps,omitempty"` // dates on which it may flare up (S0-23)
	Complaint     bool       `json:"containsComplaint,omitempty"`
	ReporterRole  string     `json:"reporterFunction,omitempty"`
	ReporterDept  string     `json:"reporterDepartment,omitempty"`
	ReporterVia   string     `json:"reporterChannel,omitempty"`
	Secrets       Sealed     `json:"secrets"` // reporter contact, summary, trigger, suspects
	Key           []byte     `json:"key,omitempty"`
	Items         int        `json:"items"` // how many there are, against the limit of 1,000
	Police        bool       `json:"police,omitempty"`
	Generation    int        `json:"generation"`
	Wait          *Wait      `json:"wait,omitempty"`
	Waits         int        `json:"waits"`
	ColleagueSusp bool       `json:"colleagueSuspected,omitempty"`
	Statement     bool       `json:"publicStatement,omitempty"` // the last decision media allows one
	Related       []string   `json:"relatedCases,omitempty"`    // ids of cases of the same story (S0-19d)
	WatchDays     int        `json:"watchDays,omitempty"`       // how long pages are watched at a flare-up (C17); 0 is our own choice
	FlareUpAt     time.Time  `json:"flareUpAt,omitzero"`        // when the next flare-up date begins
	FlaredUp      string     `json:"flaredUp,omitempty"`        // the last such date that began
	WatchUntil    time.Time  `json:"watchUntil,omitzero"`       // the end of the flare-up that goes on
	Misdirected   bool       `json:"misdirected,omitempty"`     // a document of it went to a wrong addressee

	MisidentifiedAt time.Time `json:"misidentifiedAt,omitzero"` // when Flags.Misidentified last changed
}

// WatchTurn is when the next flare-up begins or the one that goes on ends; zero
// for neither.
func (c *Case) WatchTurn() time.Time {
	if c.FlareUpAt.IsZero() || (!c.WatchUntil.IsZero() && c.WatchUntil.Before(c.FlareUpAt)) {
		return c.WatchUntil
	}
	return c.FlareUpAt
}

// Wait is the one open wait of a track or case, numbered. Since and Due are case
// time; Kind is the state of the machine in which it waits.
type Wait struct {
	No    int       `json:"no"`
	Kind  string    `json:"kind"`
	Since time.Time `json:"since,omitzero"`
	Due   time.Time `json:"due"`
	Why   []string  `json:"why,omitempty"` // reason codes: what it waits for
	// Asks, for gates that no task is about, is who can open the first of them, in
	// whose part of the list of what is due the wait stands; AlsoAsks are who can
	// open the others.
	Asks     Role   `json:"asks,omitempty"`
	AlsoAsks []Role `json:"alsoAsks,omitempty"`
}

// Person is an affected person. Private and preferences are sealed.
type Person struct {
	Meta
	Relation    string `json:"relation"` // employee, family, third_party
	Function    string `json:"function,omitempty"`
	Capacity    string `json:"capacity,omitempty"` // group of art. 285d(2) Sr, or none_of_lid2
	Secrets     Sealed `json:"secrets"`
	ThirdBasis  bool   `json:"thirdPartyBasis,omitempty"`
	Identifying bool   `json:"functionIdentifies,omitempty"`
}

// Private is what is sealed of a person.
type Private struct {
	Name         string   `json:"name,omitempty"`
	Aliases      []string `json:"aliases,omitempty"`
	Addresses    []string `json:"addresses,omitempty"`
	Phones       []string `json:"phones,omitempty"`
	Emails       []string `json:"emails,omitempty"`
	FamilyNames  []string `json:"familyNames,omitempty"`
	NumberPlates []string `json:"numberPlates,omitempty"`
	Schools      []string `json:"schools,omitempty"`
	Workplaces   []string `json:"workplaces,omitempty"`
}

// ItemStatus is where one item stands.
type ItemStatus string

// The statuses of an item.
const (
	ItemReported ItemStatus = "reported" // our move: evidence and assessment
	ItemAssessed ItemStatus = "assessed" // our move: tracks may be planned
	ItemPursued  ItemStatus = "pursued"  // the addressee's move, through tracks
	ItemClaimed  ItemStatus = "claimed"  // our move: somebody says that it is gone; look at the page
	ItemGone     ItemStatus = "gone"     // nobody's move: verified against the page
	ItemSettled  ItemStatus = "settled"  // nobody's move: an outcome other than gone
)

// Item is one place where it happens. Where it is exactly is sealed: a URL may
// carry private data.
type Item struct {
	Meta
	No             int             `json:"no"`
	Status         ItemStatus      `json:"status"`
	LocationType   string          `json:"locationType"`
	Kind           string          `json:"kind"`
	ContentType    string          `json:"contentType"`
	DataCategories []string        `json:"dataCategories"`
	Audience       string          `json:"audience,omitempty"`
	People         []string        `json:"people,omitempty"`
	FirstSeenAt    time.Time       `json:"firstSeenAt,omitzero"`
	FirstSeenBy    string          `json:"firstSeenBy,omitempty"` // own_observation, reported_to_us; "" nobody said
	PostedAt       time.Time       `json:"postedAt,omitzero"`     // as the content itself says
	SuspectedCSAM  bool            `json:"suspectedCsam,omitempty"`
	Evidence       int             `json:"evidence"`
	Assessment     string          `json:"assessment,omitempty"` // the decision: act, monitor, no_action
	AssessmentLive bool            `json:"assessmentConfirmed,omitempty"`
	Outcome        *Outcome        `json:"outcome,omitempty"`
	Checks         []Check         `json:"checks,omitempty"`
	Said           DecisionDetails `json:"said,omitzero"` // by the decision that is said to have ended it
	ClaimedAt      time.Time       `json:"claimedAt,omitzero"`
	ClaimedBy      []string        `json:"claimedBy,omitempty"` // the tracks whose addressees say that it is gone; none of a look of our own
	OnPage         bool            `json:"onPage,omitempty"`    // claimed on a recipient's page alone: a look is made, and nothing else follows
	Seen           bool            `json:"seen,omitempty"`      // a look has read the data on the page
	Showed         Showing         `json:"showed,omitzero"`     // how the page looked at the last of these
	WatchAt        time.Time       `json:"watchAt,omitzero"`    // found gone: when the page is looked at again
	CameBack       int             `json:"cameBack,omitempty"`  // how often it was gone and stood there again
	Contact        string          `json:"contact,omitempty"`
	Place          Sealed          `json:"place"` // Place
}

// Showing is what a page said beside the data that a look read there: with less,
// or under another title, it may be a wall that says nothing of them.
type Showing struct {
	Words    int    `json:"words,omitempty"`    // how many
	Title    string `json:"title,omitempty"`    // its keyed hash, as hex
	Language string `json:"language,omitempty"` // in which the page was asked for
}

// Fetchable says that the item's page may be asked for. Suspected child-abuse
// material is never fetched.
func (it *Item) Fetchable() bool { return it.LocationType == "url" && !it.SuspectedCSAM }

// Watched says that the sweep is to look at the item's page again: it is gone,
// or one look found it so and no track has it.
func (it *Item) Watched() bool {
	return it.Status != ItemSettled && it.Fetchable() && !it.WatchAt.IsZero()
}

// Place is what is sealed of an item's location and author.
type Place struct {
	URL        string `json:"url,omitempty"`
	Canonical  string `json:"canonical,omitempty"`
	Service    string `json:"service,omitempty"`
	Access     string `json:"access,omitempty"`
	AccessedBy string `json:"accessedBy,omitempty"`
	PostID     string `json:"postId,omitempty"`
	Handle     string `json:"handle,omitempty"`
	AccountID  string `json:"accountId,omitempty"`
	ProfileURL string `json:"profileUrl,omitempty"`
	Views      int64  `json:"views,omitempty"`
	Shares     int64  `json:"shares,omitempty"`
	ReachAt    string `json:"reachAt,omitempty"`
}

// Check is one look at the page.
type Check struct {
	At     time.Time `json:"at"`
	Result string    `json:"result"` // gone, online, edited, login_walled, geo_blocked, unknown
	Status int       `json:"status,omitempty"`
	SHA256 string    `json:"sha256,omitempty"`
	Why    string    `json:"why,omitempty"`  // of unknown: a code, refused_address, too_slow …
	Ways   int       `json:"ways,omitempty"` // from how many places on the net it was looked at; 0 from one
}

// Outcome is how an item ended. Code is one of law's outcome codes.
type Outcome struct {
	Code     string    `json:"code"`
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Reason   string    `json:"reason,omitempty"`
	Verified bool      `json:"verified"`
	Track    string    `json:"track,omitempty"`
	DecisionDetails
}

// DecisionDetails are what a service's decision says beside what it did, as
// codes of the law data; "" is not said.
type DecisionDetails struct {
	Territory string `json:"territory,omitempty" maxLength:"60" doc:"Where the decision holds: worldwide, eu, nl, elsewhere."`
	Category  string `json:"category,omitempty" maxLength:"60" doc:"What the service calls the content: privacy, cyber_violence, other_category."`
	Ground    string `json:"ground,omitempty" maxLength:"60" doc:"What the service rests on: illegal, terms."`
}
