package takedown

import "time"

// Contact is an addressee in the register.
type Contact struct {
	Meta
	Kind             string    `json:"kind"` // site_operator, platform, hoster, registrar, search_engine, police_unit, authority, trusted_flagger, dispute_body
	LegalName        string    `json:"legalName"`
	DisplayName      string    `json:"displayName,omitempty"`
	ServiceKind      string    `json:"serviceKind,omitempty"` // mere_conduit, caching, hosting, online_platform, search_engine, messaging, registrar
	MicroOrSmall     bool      `json:"microOrSmall,omitempty"`
	VLOP             bool      `json:"vlop,omitempty"` // designated under art. 33 DSA
	Hosts            []string  `json:"hosts,omitempty"`
	Channels         []Channel `json:"channels,omitempty"`
	Languages        []string  `json:"languages,omitempty"`
	Country          string    `json:"country,omitempty"`
	OwnTermUnit      string    `json:"ownTermUnit,omitempty"` // working_days, calendar_days, hours
	OwnTerm          int       `json:"ownTerm,omitempty"`
	FollowsNTDCode   bool      `json:"followsNtdCode,omitempty"`
	PublishesNotices bool      `json:"publishesNotices,omitempty"`
	Form             *Form     `json:"form,omitempty"`
	EncryptionKey    string    `json:"encryptionKey,omitempty"` // age recipient of what is handed over; "" if none is known
	AttachPDF        bool      `json:"attachPdf,omitempty"`     // mail carries the letter as a PDF too
	DefangURLs       bool      `json:"defangUrls,omitempty"`    // their mail filter holds links back: addresses are written with hxxp and [.]
	MaxMailMiB       int       `json:"maxMailMiB,omitempty"`    // the largest mail they take; 0: what most servers do
	Award            *Award    `json:"award,omitempty"`         // of a trusted flagger or dispute body
	Source           string    `json:"source"`
	LastVerified     time.Time `json:"lastVerifiedAt"`
	Bounced          bool      `json:"bounced,omitempty"`
	BouncedAt        []string  `json:"bouncedAt,omitempty"`    // the addresses that refused for good
	WrongAt          []string  `json:"wrongAt,omitempty"`      // the addresses at which somebody else has a document of ours
	RemovedTexts     []string  `json:"removedTexts,omitempty"` // what their pages say where something was
	LoginTexts       []string  `json:"loginTexts,omitempty"`   // what they say to who is not logged in
	Patterns         []Pattern `json:"patterns,omitempty"`     // what their mail says in their own words
	Decisions        int       `json:"decisions,omitempty"`    // on notices and complaints of ours
	Refusals         int       `json:"refusals,omitempty"`     // of those, the ones not to act (art. 23(2) DSA)
	Address          int64     `json:"addressVersion"`         // raised when name, channel, form, key or what a mail may carry changes
	Reached          int64     `json:"reachedVersion"`         // what it was when channels or form last changed
}

// Award is what a Digital Services Coordinator gave a contact: the standing of a
// trusted flagger (art. 22(2) DSA), or the certificate of an out-of-court
// dispute body (art. 21(3) DSA). Neither exists without one.
type Award struct {
	Coordinator string    `json:"coordinator" maxLength:"200" doc:"The Digital Services Coordinator that gave it."`
	Area        string    `json:"area" maxLength:"200" doc:"Of expertise or of disputes, in the coordinator's words."`
	Number      string    `json:"number,omitempty" maxLength:"80"`
	Since       time.Time `json:"since" doc:"When it was given."`
	Until       time.Time `json:"until,omitzero" doc:"When it ends; needed for a dispute body, whose certificate holds five years at most."`
	Source      string    `json:"source" maxLength:"300" doc:"Where this was read: the Commission's or the coordinator's list."`
}

// Holds says that there is an award, and that it is in force at an instant.
func (a *Award) Holds(at time.Time) bool {
	return a != nil && !at.Before(a.Since) && (a.Until.IsZero() || !at.After(a.Until))
}

// OwnAward is the organisation's own award as a trusted flagger. A notice speaks
// of it only where its area covers doxing.
type OwnAward struct {
	Award
	CoversDoxing bool `json:"coversDoxing" doc:"The area, as awarded, covers the spreading of personal data: only then a notice names the award."`
}

// Pattern is a phrase of one contact's mail that a specialist gave a meaning.
type Pattern struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`               // as a reply's
	Decision string `json:"decision,omitempty"` // as a reply's
	Phrase   string `json:"phrase"`
}

// Channel is one way to reach a contact.
type Channel struct {
	Kind    string `json:"kind"` // mail, form, phone, letter, police
	Address string `json:"address"`
	Purpose string `json:"purpose,omitempty"` // notice, complaint, order
}

// Form describes a web form's fields and their limits in characters.
type Form struct {
	URL    string      `json:"url"`
	Source string      `json:"source,omitempty"`
	Fields []FormField `json:"fields,omitempty"`
	// MaxItems is how many locations one filing takes; more are filed in groups.
	MaxItems int `json:"maxItems,omitempty" minimum:"0" maximum:"30" doc:"How many locations one filing takes: more are filed in groups, each a track of its own. 30 if left out."`
}

// FormField is one field of a web form.
type FormField struct {
	Name  string `json:"name"`
	Limit int    `json:"limit,omitempty" doc:"In characters; 0 for none."`
	Kind  string `json:"kind,omitempty" enum:"email,url,reference,ticket,subject,country,phone,account,statement,name,ground,explanation,choice" doc:"What it takes; guessed from the name if left out. choice: what value says is picked."`
	Value string `json:"value,omitempty" maxLength:"200" doc:"With choice: the option to pick, in the form's own words (report category, are you the person)."`
}

// Settings are the organisation's, one versioned row. Empty at first: the
// program refuses to send until they are set.
type Settings struct {
	Meta
	Organisation    Organisation `json:"organisation"`
	MailFrom        string       `json:"mailFrom,omitempty"`
	ReplyDomain     string       `json:"replyDomain,omitempty"`
	DKIM            *DKIM        `json:"dkim,omitempty"`        // how mail over SMTP is signed; nil: not
	ContactRate     *Rate        `json:"contactRate,omitempty"` // how much mail one addressee gets at most; nil: no bound
	PoliceUnit      string       `json:"policeUnit,omitempty"`  // contact id
	KillSwitch      bool         `json:"killSwitch"`
	RedirectTo      string       `json:"redirectTo,omitempty"`
	QuietFrom       string       `json:"quietFrom,omitempty"`  // "21:00", Europe/Amsterdam
	QuietUntil      string       `json:"quietUntil,omitempty"` // "07:00"
	ReportNorm      string       `json:"reportNorm,omitempty"` // what is reported, as agreed with the people (S4-1)
	Phone           *PhoneYes    `json:"phoneApproval,omitempty"`
	ReminderSpacing int          `json:"reminderSpacing,omitempty"`
	DeputyAfter     int          `json:"deputyAfterHours,omitempty"` // after which a track's task is raised; 0: none is
	RegistriesOff   bool         `json:"registriesOff,omitempty"`    // who holds a host is not looked up
	ContactDays     int          `json:"contactDays,omitempty"`      // how long a verified contact is used without another look
	UnmatchedDays   int          `json:"unmatchedDays,omitempty"`    // how long mail that is nobody's is kept
	Digest          Digests      `json:"digest,omitzero"`
	Flagger         *OwnAward    `json:"flagger,omitempty"`
	AnswerPage      *AnswerPage  `json:"answerPage,omitempty"`
	Calendar        string       `json:"calendar,omitempty"` // blob with the days added to the calendars
}

// AnswerPage is where on the web recipients answer without an account, and for
// how many days after a document left its page is there.
type AnswerPage struct {
	Address string `json:"address"`
	Days    int    `json:"days"`
}

// DKIM names the published key (RFC 6376) that outgoing mail is signed with.
type DKIM struct {
	Domain   string `json:"domain"`
	Selector string `json:"selector"`
}

// Rate is at most so many mails in so many minutes.
type Rate struct {
	Mails   int `json:"mails"`
	Minutes int `json:"minutes"`
}

// Pace keeps the latest turns that documents to one contact took, so that it
// gets no more mail than the settings' rate (Settings.ContactRate). It stands in
// the contact's stream, the turns in the order of their instants.
type Pace struct {
	Meta
	Turns []Turn `json:"turns"`
}

// Turn is when a document may leave.
type Turn struct {
	Document string    `json:"document"`
	At       time.Time `json:"at"`
}

// Organisation is the one GDPR controller that this installation serves.
type Organisation struct {
	Name          string `json:"name"`
	Kind          string `json:"kind"` // police, care, municipality, school, other
	Unit          string `json:"unit"`
	Mailbox       string `json:"mailbox"`
	Phone         string `json:"phone"`
	DutyPhone     string `json:"dutyPhone,omitempty"` // answered day and night: the police alone are given it
	PostalAddress string `json:"postalAddress"`
	// SignatoryFunction is who signs, as a function: it stands under every letter.
	SignatoryFunction string `json:"signatoryFunction,omitempty"`
	Language          string `json:"language,omitempty"` // nl, en: of mail to its own people; nl without
}

// Report is a low-threshold intake before there is a case (S0-9d).
type Report struct {
	Meta
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Status  string    `json:"status"` // received, case, registered
	ToCase  string    `json:"toCase,omitempty"`
	Key     []byte    `json:"key,omitempty"`
	Secrets Sealed    `json:"secrets"`
}

// Token is a local principal's token, stored only as a hash.
type Token struct {
	Meta
	Name      string    `json:"name"`
	Roles     []Role    `json:"roles"`
	Hash      string    `json:"hash"`
	CreatedAt time.Time `json:"createdAt"`
	RevokedAt time.Time `json:"revokedAt,omitzero"`
}

// SimulatedClock is the stored case time of a simulation. It stands still
// between advances, unless it was told to run, and never goes back.
type SimulatedClock struct {
	Meta
	Now time.Time `json:"now"` // while it stands, and until From
	// Pace is how many seconds of case time pass in one of host time, from the
	// host instant From until case time reaches Until; 0 while it stands.
	Pace  int64     `json:"pace,omitempty"`
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

// At is case time at a host instant.
func (c SimulatedClock) At(host time.Time) time.Time {
	if c.Pace == 0 || !host.After(c.From) {
		return c.Now
	}
	passed, left := host.Sub(c.From), c.Until.Sub(c.Now)
	if passed >= left/time.Duration(c.Pace) {
		return c.Until
	}
	return c.Now.Add(passed * time.Duration(c.Pace))
}

// Left is how much host time passes from a host instant until case time has
// come to due: as much as case time, where the clock does not run so far.
func (c SimulatedClock) Left(due, host time.Time) time.Duration {
	now := c.At(host)
	if c.Pace == 0 || due.After(c.Until) || !due.After(now) {
		return due.Sub(now)
	}
	return max(0, c.From.Sub(host)) + due.Sub(now)/time.Duration(c.Pace)
}

// PhoneYes says who may approve by phone in the urgent lane, and within how many
// minutes of the call it must be on record.
type PhoneYes struct {
	Approvers []string `json:"approvers"`
	Minutes   int      `json:"minutes"`
}
