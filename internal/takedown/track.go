package takedown

import "time"

// TrackStatus is where a track stands.
type TrackStatus string

// The statuses of a track.
const (
	TrackActive  TrackStatus = "active"  // Wait says whose move it is
	TrackHeld    TrackStatus = "held"    // our move: somebody put it on hold
	TrackStopped TrackStatus = "stopped" // nobody's move: stopped by a person
	TrackDone    TrackStatus = "done"    // nobody's move: Outcome says how it ended
)

// Track is case × contact × route. It climbs the route's ladder.
type Track struct {
	Meta
	Contact    string      `json:"contact"`
	Route      string      `json:"route"`
	Provider   string      `json:"provider,omitempty"` // legal_order, regulator, supervisor_ap, ods: whom it is about
	Person     string      `json:"person,omitempty"`   // of several, in whose name it is: theirs alone
	Items      []string    `json:"items"`
	Status     TrackStatus `json:"status"`
	Rungs      []Taken     `json:"rungs,omitempty"`
	Wait       *Wait       `json:"wait,omitempty"`
	Waits      int         `json:"waits"`
	Generation int         `json:"generation"`
	StartedAt  time.Time   `json:"startedAt"`
	HoldUntil  time.Time   `json:"holdUntil,omitzero"`
	Reason     string      `json:"reason,omitempty"`   // why it was opened: a code
	Deferred   string      `json:"deferred,omitempty"` // why no order is asked for about its pages: a code, while it is so
	Outcome    string      `json:"outcome,omitempty"`
	EndedAt    time.Time   `json:"endedAt,omitzero"`
	Feedback   string      `json:"feedback,omitempty"` // the last feedback on an order
	Turns      int         `json:"turns"`              // since the last renewal
	Look       string      `json:"look,omitempty"`     // the look at its pages that it waits for
	LookAt     time.Time   `json:"lookAt,omitzero"`    // when that was asked for
	Renewals   int         `json:"renewals,omitempty"`
	Parent     string      `json:"parent,omitempty"` // the track whose ladder opened this one
	Exhausted  bool        `json:"exhausted,omitempty"`
}

// Taken is one rung that was taken, or skipped with a reason.
type Taken struct {
	Rung       string    `json:"rung"`
	Instrument string    `json:"instrument,omitempty"`
	Document   string    `json:"document,omitempty"`
	Clock      string    `json:"clock,omitempty"`
	EnteredAt  time.Time `json:"enteredAt"`
	EndedAt    time.Time `json:"endedAt,omitzero"`
	Ending     string    `json:"ending,omitempty"`
	Skipped    string    `json:"skipped,omitempty"`
	// Asked is the clock (P21) that runs on us while the addressee waits for
	// information; "" where it does not.
	Asked string `json:"asked,omitempty"`
	// Undelivered says that what it sent never arrived: it was not earned, and
	// may be taken again.
	Undelivered bool `json:"undelivered,omitempty"`
	// Rerouted counts the attempts that its addressee refused and that an approved
	// fallback was tried after.
	Rerouted int `json:"rerouted,omitempty"`
}

// Ended says that a track goes nowhere any more: it came to its end or was
// stopped.
func (t *Track) Ended() bool { return t.Status == TrackDone || t.Status == TrackStopped }

// Current is the rung the track stands on, nil before the first and between.
func (t *Track) Current() *Taken {
	if n := len(t.Rungs); n > 0 && t.Rungs[n-1].Ending == "" {
		return &t.Rungs[n-1]
	}
	return nil
}

// DocumentStatus is where a document stands.
type DocumentStatus string

// The statuses of a document.
const (
	DocumentPending    DocumentStatus = "pending"    // a legal adviser's move
	DocumentRejected   DocumentStatus = "rejected"   // the specialist's move: edit
	DocumentApproved   DocumentStatus = "approved"   // our move: send, file or hand over
	DocumentDelivered  DocumentStatus = "delivered"  // the addressee's move
	DocumentUncertain  DocumentStatus = "uncertain"  // a specialist's move: was it sent?
	DocumentFailed     DocumentStatus = "failed"     // a specialist's move: the contact is wrong
	DocumentSuperseded DocumentStatus = "superseded" // nobody's move
)

// Document is one drafted instrument. Its text, recipients and attachments are
// sealed in Content; ContentHash binds an approval to exactly that.
type Document struct {
	Meta
	Track           string         `json:"track,omitempty"`  // empty for a form of our own (T10, T11)
	Rung            string         `json:"rung,omitempty"`   // as Track
	Person          string         `json:"person,omitempty"` // T10: who reads and signs it
	Instrument      string         `json:"instrument"`
	Template        string         `json:"template"` // name and version
	Language        string         `json:"language"`
	Revision        int            `json:"revision"` // 1 for the first text; an edit raises it
	Status          DocumentStatus `json:"status"`
	Channel         string         `json:"channel"` // mail, form, letter, police; hand for a form of our own
	ContentHash     string         `json:"contentHash"`
	Content         Sealed         `json:"content"`
	Nonce           string         `json:"nonce"`
	Editors         []string       `json:"editors,omitempty"`
	Approval        *Approval      `json:"approval,omitempty"`
	Lapsed          *Approval      `json:"lapsed,omitempty"` // the approval of one that was superseded at SupersededAt
	SupersededAt    time.Time      `json:"supersededAt,omitzero"`
	Rejection       *Approval      `json:"rejection,omitempty"`
	Findings        int            `json:"findings"` // blocking ones
	Reference       string         `json:"reference"`
	DraftedAt       time.Time      `json:"draftedAt"`
	RevisedAt       time.Time      `json:"revisedAt,omitzero"` // of the last edit; zero for a first text
	SendBy          time.Time      `json:"sendBy,omitzero"`
	AnswerBy        string         `json:"answerBy,omitempty"` // the day that its text asks an answer by
	Dispatches      int            `json:"dispatches"`
	Turn            time.Time      `json:"turn,omitzero"` // when it may leave, where its addressee's mail has a bound
	LastDispatch    string         `json:"lastDispatch,omitempty"`
	ContactVersions []string       `json:"contactVersions,omitempty"`
	Facts           string         `json:"facts,omitempty"`      // keyed hash of the facts that it was drafted from
	AnswerPage      bool           `json:"answerPage,omitempty"` // its text names the page on which its recipient answers
	Claims          string         `json:"claims,omitempty"`     // of a notice: art16, illegal, terms; empty: drafted before this was recorded
	Names           []string       `json:"names,omitempty"`      // of a notice: the grounds that it names
}

// Approval is a person's yes, or no, to exactly one content hash.
type Approval struct {
	By          string    `json:"by"`
	At          time.Time `json:"at"`
	ContentHash string    `json:"contentHash"`
	Reason      string    `json:"reason,omitempty"` // a code; the words are sealed
	Words       Sealed    `json:"words,omitzero"`
	// CalledAt is when By said yes by phone (the urgent lane); RecordedBy wrote it
	// down.
	CalledAt   time.Time `json:"calledAt,omitzero"`
	RecordedBy string    `json:"recordedBy,omitempty"`
}

// DispatchStatus is the state of one attempt to deliver.
type DispatchStatus string

// The statuses of a dispatch (design §6).
const (
	DispatchIntended   DispatchStatus = "intended"    // the program's move, inside the lease
	DispatchSent       DispatchStatus = "sent"        // the addressee's move: its server accepted
	DispatchFiled      DispatchStatus = "filed"       // the addressee's move: a form was filed by hand
	DispatchPosted     DispatchStatus = "posted"      // the addressee's move: a letter was posted
	DispatchHandedOver DispatchStatus = "handed_over" // police's move
	DispatchRedirected DispatchStatus = "redirected"  // nobody's move: test redirect, starts no clock
	DispatchUncertain  DispatchStatus = "uncertain"   // a specialist's move
	DispatchFailed     DispatchStatus = "failed"      // a specialist's move
	DispatchBounced    DispatchStatus = "bounced"     // a specialist's move
)

// Dispatch is one attempt to deliver an approved document.
type Dispatch struct {
	Meta
	Track       string         `json:"track"`
	Document    string         `json:"document"`
	No          int            `json:"no"`
	Status      DispatchStatus `json:"status"`
	Channel     string         `json:"channel"`
	Attempt     string         `json:"attempt,omitempty"` // the attempt's id
	LeaseUntil  time.Time      `json:"leaseUntil,omitzero"`
	MessageID   string         `json:"messageId,omitempty"`
	Ticket      string         `json:"ticket,omitempty"`
	Proof       string         `json:"proof,omitempty"` // evidence id
	Recipient   string         `json:"recipient,omitempty"`
	IntendedAt  time.Time      `json:"intendedAt"`
	At          time.Time      `json:"at,omitzero"`         // the proven moment
	AcceptedAt  time.Time      `json:"acceptedAt,omitzero"` // when the addressee's own server took it, where the mail service tells
	ServerReply string         `json:"serverReply,omitempty"`
	ContentHash string         `json:"contentHash"`
	Temporary   int            `json:"temporary,omitempty"`  // temporary failures so far
	Refused     []string       `json:"refused,omitempty"`    // recipients that bounced for good
	AtOnce      bool           `json:"atOnce,omitempty"`     // they refused before anything was sent: it never left
	AwareAt     time.Time      `json:"awareAt,omitzero"`     // when we learned that it went to a wrong addressee
	Breach      string         `json:"breach,omitempty"`     // the clock of that (C15)
	Wrong       []string       `json:"wrong,omitempty"`      // of its addresses, those that are not the addressee's
	NotEntered  []string       `json:"notEntered,omitempty"` // fields that a form did not take
	Post        *Post          `json:"post,omitempty"`       // of a letter
}

// Post is how a letter went, and what is known of its arrival.
type Post struct {
	Carrier      string    `json:"carrier"`
	Registered   bool      `json:"registered,omitempty"`
	Tracking     string    `json:"tracking,omitempty"`
	ReceivedAt   time.Time `json:"receivedAt,omitzero"`    // delivered or served
	Served       bool      `json:"served,omitempty"`       // by a bailiff
	ReceiptProof string    `json:"receiptProof,omitempty"` // evidence id, of the arrival or of the return
	ReturnedAt   time.Time `json:"returnedAt,omitzero"`
}

// ReplyStatus is where an inbound message stands.
type ReplyStatus string

// The statuses of a reply.
const (
	ReplyReceived   ReplyStatus = "received"   // the program's move: stored, not read yet
	ReplyUnmatched  ReplyStatus = "unmatched"  // the specialist's move: whose is it
	ReplyUnclear    ReplyStatus = "unclear"    // the specialist's move: what is it
	ReplyClassified ReplyStatus = "classified" // nobody's move: what follows from it was done
	ReplyMatched    ReplyStatus = "matched"    // nobody's move: it stands in its case
	ReplyDuplicate  ReplyStatus = "duplicate"  // nobody's move: the same message came before
	ReplyOwn        ReplyStatus = "own"        // nobody's move: our own mail came back
	ReplyExpired    ReplyStatus = "expired"    // nobody's move: nobody matched it in time, its text is erased
	ReplyClaimed    ReplyStatus = "claimed"    // the program's move: said on a recipient's page, until a look or a person shows it
)

// Reply is an inbound message or what came by form, phone or letter.
type Reply struct {
	Meta
	Track    string   `json:"track,omitempty"`
	Document string   `json:"document,omitempty"`
	Dispatch string   `json:"dispatch,omitempty"` // the document's attempt that a mail or event is of, where it says so
	Kind     string   `json:"kind"`               // acknowledgement, decision, bounce, auto_reply, question, wrong_addressee, other; claim: on the recipient's page
	Decision string   `json:"decision,omitempty"` // removed, partly, refused, upheld, needs_more, forwarded, other; of a claim: received, removed, refused
	Reason   string   `json:"reason,omitempty"`   // of a decision, as the addressee gives it: a code
	Items    []string `json:"items,omitempty"`    // of a decision: those that it removes, where it names them
	DecisionDetails
	Via          string      `json:"via"` // form, mail, phone, letter, page
	ReceivedAt   time.Time   `json:"receivedAt"`
	RegisteredAt time.Time   `json:"registeredAt,omitzero"` // by hand and unmatched: from then on it is kept for as long as mail is
	Ticket       string      `json:"ticket,omitempty"`
	Indemnity    bool        `json:"indemnityRequested,omitempty"`
	Status       ReplyStatus `json:"status"`
	Text         Sealed      `json:"text,omitzero"`
	Key          []byte      `json:"key,omitempty"`    // of one that stands in no case: its own
	Mail         *MailFacts  `json:"mail,omitempty"`   // of a message that was read by the program
	Raw          Sealed      `json:"raw,omitzero"`     // the message as it came
	From         string      `json:"from,omitempty"`   // the reply that it was matched from
	Source       *MailSource `json:"source,omitzero"`  // how the raw message came
	Tries        int         `json:"tries,omitempty"`  // of a message in the queue: how often its reading was tried again
	NextTry      time.Time   `json:"nextTry,omitzero"` // and when it is next
}

// KeptFrom is from when what is nobody's yet is kept: its arrival, or its
// registration by hand, whatever day that names.
func (r *Reply) KeptFrom() time.Time {
	if r.RegisteredAt.After(r.ReceivedAt) {
		return r.RegisteredAt
	}
	return r.ReceivedAt
}

// MailSource is how a raw message came to us.
type MailSource struct {
	By       string `json:"by"`                // smtp, imap, ses
	Size     int64  `json:"size,omitempty"`    // of the whole message in bytes, where only its beginning was taken
	Envelope Sealed `json:"envelope,omitzero"` // the addresses that the envelope named
	Peer     Sealed `json:"peer,omitzero"`     // the server that handed it to our own listener
}

// MailFacts are what decided on a message, as codes and rule ids.
type MailFacts struct {
	Confidence  string   `json:"confidence"`            // clear, likely, unclear
	Rule        string   `json:"rule,omitempty"`        // that decided on the kind
	Phrase      string   `json:"phrase,omitempty"`      // of that rule
	Where       string   `json:"where,omitempty"`       // subject, text, header …
	Permanence  string   `json:"permanence,omitempty"`  // of a bounce: permanent, temporary, delayed, unknown
	Proofs      []string `json:"proofs,omitempty"`      // what points to a document: "reply_address To" …
	Doubt       string   `json:"doubt,omitempty"`       // why it is nobody's for certain
	Sender      string   `json:"sender"`                // authenticated, failed, not_known
	SenderBy    string   `json:"senderBy,omitempty"`    // dkim, dmarc, spf …
	OfContact   bool     `json:"ofContact,omitempty"`   // authenticated, and the track's contact
	Confirmed   bool     `json:"confirmed,omitempty"`   // a person said what it is: it is the addressee's
	SPF         string   `json:"spf,omitempty"`         // pass, fail … (RFC 7208 §8), where our own listener saw the peer
	Why         string   `json:"why,omitempty"`         // why a person must look
	Dispatch    string   `json:"dispatch,omitempty"`    // the attempt that it answers, where another followed before it came
	Of          string   `json:"of,omitempty"`          // which of several recipients of ours wrote it
	Size        int64    `json:"size,omitempty"`        // of the whole message in bytes, where only its beginning was taken
	TextHash    string   `json:"textHash,omitempty"`    // keyed, of the text
	Undelivered []string `json:"undelivered,omitempty"` // of a bounce: addresses of the register that refused
}

// Feedback is what police, prosecutor, examining judge or provider said of an
// order request.
type Feedback struct {
	Meta
	Track           string    `json:"track"`
	Status          string    `json:"status"`
	By              string    `json:"by"`
	At              time.Time `json:"at"`
	Reference       string    `json:"reference,omitempty"`
	Reason          Sealed    `json:"reason,omitzero"`
	RestrictedUntil time.Time `json:"restrictedUntil,omitzero"`
}

// ClockStatus is the state of a clock.
type ClockStatus string

// The statuses of a clock.
const (
	ClockRunning    ClockStatus = "running"    // the awaited party's move
	ClockMet        ClockStatus = "met"        // nobody's move: answered in time, or no longer needed
	ClockExpired    ClockStatus = "expired"    // our move: the ladder goes on
	ClockSuperseded ClockStatus = "superseded" // nobody's move: another row took its place
)

// Clock is a deadline with the steps that led to its date. Rows are
// superseded, never altered but for their status and the warnings given.
type Clock struct {
	Meta
	Track       string      `json:"track,omitempty"`
	Document    string      `json:"document,omitempty"`
	Person      string      `json:"person,omitempty"`
	Rule        string      `json:"rule"`
	Nature      string      `json:"nature"` // legal, self-set, policy
	Status      ClockStatus `json:"status"`
	Start       time.Time   `json:"start"`
	Due         time.Time   `json:"due"`
	DueDate     string      `json:"dueDate"`
	Calendar    string      `json:"calendar,omitempty"`
	CalVersion  string      `json:"calendarVersion,omitempty"`
	Explanation string      `json:"explanation"` // blob with the steps
	EndedAt     time.Time   `json:"endedAt,omitzero"`
	Supersedes  string      `json:"supersedes,omitempty"`
	Reason      string      `json:"reason,omitempty"`
	Receipt     string      `json:"receipt,omitempty"` // assumed, proven
	// Counted is what the count took besides rule, start and calendar, so that
	// it can be made again; nil in rows older than that.
	Counted *Counted `json:"counted,omitempty"`
	// WarnAt is when the next warning of its end is due, after Warned of them.
	WarnAt time.Time `json:"warnAt,omitzero"`
	Warned int       `json:"warned,omitempty"`
	// RecountedAt is when a changed calendar put this row in the place of
	// another, whose due date was MovedFrom; Kept says why the date stayed.
	RecountedAt time.Time `json:"recountedAt,omitzero"`
	MovedFrom   string    `json:"movedFrom,omitempty"`
	Kept        string    `json:"kept,omitempty"` // told_to_addressee, own_legal_term
}

// Counted are a clock's inputs.
type Counted struct {
	Event        string `json:"event,omitempty"`
	Unit         string `json:"unit,omitempty"`   // of a length given with the clock, or the addressee's own
	Length       int    `json:"length,omitempty"` // 0: the rule's
	LifeOrSafety bool   `json:"lifeOrSafety,omitempty"`
	Country      string `json:"country,omitempty"`  // the addressee's, where no calendar of it is held
	Extended     bool   `json:"extended,omitempty"` // its date was set by an extension: a recount leaves it
}

// Recount is where the counting again of running clocks stands, after a
// calendar changed. There is one.
type Recount struct {
	Meta
	Target    string    `json:"target"` // digest of every calendar's version
	Passes    int       `json:"passes"` // looked at every running clock so often, 2 is enough
	Cursor    string    `json:"cursor,omitempty"`
	Looked    int       `json:"looked"`
	Moved     int       `json:"moved"`
	Kept      int       `json:"kept"`
	Failed    bool      `json:"failed,omitempty"` // of this pass: it is made again
	StartedAt time.Time `json:"startedAt"`
	DoneAt    time.Time `json:"doneAt,omitzero"`
	AgainAt   time.Time `json:"againAt,omitzero"` // host time of the second pass
}
