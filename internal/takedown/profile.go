package takedown

import "time"

// Profile is what the register knows of a contact beside what plans and texts
// rest on: who supervises it, how it is reached for what, how it behaves, and
// where each of it was read. A row of its own beside the contact's.
type Profile struct {
	Establishment   string           `json:"establishment,omitempty" maxLength:"200" doc:"Where it is established in the Union, or its representative is (arts 13 and 56 DSA)."`
	Coordinator     string           `json:"coordinator,omitempty" maxLength:"120" doc:"The Digital Services Coordinator of that place (art. 56 DSA)."`
	Article11       *ContactPoint    `json:"article11,omitempty" doc:"For authorities (art. 11 DSA)."`
	Article12       *ContactPoint    `json:"article12,omitempty" doc:"For recipients of the service (art. 12 DSA)."`
	Article13       *ContactPoint    `json:"article13,omitempty" doc:"The legal representative in the Union (art. 13 DSA)."`
	OrderLanguages  []string         `json:"orderLanguages,omitempty" maxItems:"5" doc:"In which orders are taken (art. 11(3) DSA): two-letter codes, the preferred first."`
	OrderFormat     string           `json:"orderFormat,omitempty" maxLength:"200"`
	Indemnity       string           `json:"indemnity,omitempty" enum:"asks,may_ask,never_asks" doc:"Whether it asks its notifiers for an indemnity; left out, it is not known. None is ever given."`
	DisputeBodies   []string         `json:"disputeBodies,omitempty" maxItems:"5" doc:"Contacts of kind dispute_body that take disputes about it (art. 21 DSA)."`
	VPT             *VPTContact      `json:"vpt,omitempty" doc:"Of a police_unit alone: who deals with violence against people with a public task."`
	TellsUploader   string           `json:"tellsUploader,omitempty" enum:"yes,no" doc:"Whether who posted it hears of a notice; left out, it is not known."`
	RecipientSees   string           `json:"recipientSeesText,omitempty" enum:"yes,no" doc:"Whether who posted it is shown the words of a notice or order; left out, it is not known."`
	ReplyChannel    string           `json:"replyChannel,omitempty" enum:"mail,in_app,mail_or_in_app"`
	AppealDays      int              `json:"appealDays,omitempty" minimum:"0" maximum:"366" doc:"Its own window for a complaint, in days; left out, the law's."`
	NeedsAccount    string           `json:"needsAccount,omitempty" enum:"yes,no" doc:"Whether its form asks who files to log in; left out, it is not known."`
	NeedsIdentity   string           `json:"needsIdDocument,omitempty" enum:"yes,no" doc:"Whether it asks for the person's identity document; left out, it is not known."`
	AreYouThePerson string           `json:"areYouThePerson,omitempty" maxLength:"300" doc:"What to answer where its form asks whether the filer is the person, and on which basis. Never as if the employer were."`
	Standing        *FlaggerStanding `json:"informalStanding,omitempty" doc:"Of a trusted_flagger alone: priority that a platform gives outside art. 22 DSA; the award is apart."`
	Facts           []Fact           `json:"facts,omitempty" maxItems:"20" doc:"Where each of it was read."`
}

// ContactPoint is an electronic address that the DSA has a service name.
type ContactPoint struct {
	Address   string   `json:"address" maxLength:"300" doc:"A mail address, web address or postal address."`
	Languages []string `json:"languages,omitempty" maxItems:"5"`
}

// VPTContact is who at a police unit deals with violence against people with a
// public task (VPT): a function and how to reach it, never a name.
type VPTContact struct {
	Function string `json:"function" maxLength:"120"`
	Mailbox  string `json:"mailbox,omitempty" maxLength:"254"`
	Phone    string `json:"phone,omitempty" maxLength:"40"`
}

// FlaggerStanding is priority that a service gives somebody's notices of its own
// accord (recital 62 DSA): no award, and nothing of art. 22 hangs on it.
type FlaggerStanding struct {
	With   string    `json:"with" maxLength:"200" doc:"Which service gives it."`
	Area   string    `json:"area,omitempty" maxLength:"200"`
	Since  time.Time `json:"since,omitzero"`
	Source string    `json:"source" maxLength:"300"`
}

// Fact is where one thing about a contact was read, and how far that was
// checked.
type Fact struct {
	Field      string    `json:"field" maxLength:"60" doc:"Which field it is about, as a pointer: /form, /profile/article11, /channels/0; or a word for what has no field."`
	Text       string    `json:"text,omitempty" maxLength:"400" doc:"What was read, where no field holds it."`
	Source     string    `json:"source" maxLength:"300"`
	Read       string    `json:"read,omitempty" maxLength:"40" doc:"The date of what was read, as it shows; n.d. where it shows none."`
	Flag       string    `json:"flag" enum:"V,S,O" doc:"V the provider's own page, S a second hand, O own knowledge: unchecked."`
	VerifiedAt time.Time `json:"verifiedAt,omitzero" doc:"When somebody last held it against the source; left out, nobody did."`
}

// ContactProfile is a contact's profile as stored, with what was observed of it.
type ContactProfile struct {
	Meta
	Profile  Profile  `json:"profile,omitzero"`
	Observed Observed `json:"observed,omitzero"`
}

// Observed is how long a contact took, in minutes, per leg of the way from a
// notice sent to a decision: the newest last, and no more than are kept.
type Observed struct {
	Acknowledged []int64 `json:"acknowledged,omitempty"` // from sent to acknowledged
	Considered   []int64 `json:"considered,omitempty"`   // from acknowledged to decided
	Decided      []int64 `json:"decided,omitempty"`      // from sent to decided
}

// Holders is what registries said of who stands behind a host of a case: kept for
// a while, sealed under the case's key, under an id that tells nobody which host.
type Holders struct {
	Meta
	At    time.Time `json:"at"`
	Found Sealed    `json:"found"`
}
