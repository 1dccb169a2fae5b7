package casework

import (
	"context"
	"io"
	"time"
)

// Engine runs executions of the state machines. Adapters: localengine,
// stepfn. Suite: enginetest. It only sequences and waits; the store is the
// truth (design §3).
type Engine interface {
	// Start begins an execution of a machine ("case" or "track") under a name.
	// The same name with the same input while it runs is the same execution;
	// else the error is named ExecutionAlreadyExists.
	Start(ctx context.Context, machine, name string, input []byte) error
	// Complete ends a wait by its token with an output. Errors are named
	// TaskTimedOut, TaskDoesNotExist, InvalidToken: all mean "delivered" to the
	// outbox.
	Complete(ctx context.Context, token string, output []byte) error
	// Describe gives one execution's status; NotFound if there is none.
	Describe(ctx context.Context, name string) (Execution, error)
	// Executions lists executions by start, newest first.
	Executions(ctx context.Context, status, cursor string, limit int) ([]Execution, string, error)
	// Events gives an execution's history in AWS's words, from an event id.
	Events(ctx context.Context, name string, after int64, limit int) ([]ExecutionEvent, error)
}

// Execution is what the engine says of one execution. Status is one of AWS's:
// RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED.
type Execution struct {
	Name, Machine, Status string
	StartedAt             time.Time
	StoppedAt             time.Time // zero while it runs
	State                 string    // where it stands
	Since                 time.Time // when it came there; zero where the engine does not say
	WaitsFor              string    // there: answer, token, timer, retry, branches; "" likewise
	Error, Cause          string
	WaitsUntil            time.Time // zero if nothing is timed
}

// ExecutionEvent is one line of an execution's history. Details hold no input
// or output of more than ids (design §3).
type ExecutionEvent struct {
	ID, Previous int64
	Type         string
	At           time.Time
	State        string
	Details      string
}

// Message is a mail to be composed and sent once. All text is final: the
// mailer adds nothing but transport headers.
type Message struct {
	ID          string // Message-ID without angle brackets
	From        Address
	ReplyTo     Address
	To, Cc      []Address
	Subject     string
	Text        string
	HTML        string
	Reference   string // X-Takedown-Ref
	Dispatch    string // id of the dispatch, for a mail service that tells events
	Attachments []MailAttachment
	Date        time.Time
	// SignDomain and SignSelector name the DKIM key that a mailer over SMTP signs
	// with; "" for no signature. A mail service signs by itself.
	SignDomain, SignSelector string

	Automatic bool // no person wrote or approved it: says so, and wants no answer (RFC 3834)
}

// Address is a mail address with an optional display name.
type Address struct{ Name, Email string }

// MailAttachment is one file of a message.
type MailAttachment struct {
	Name, MediaType string
	Content         []byte
}

// MailResult is what the first relay said: Accepted at At (its answer to the
// final dot), or what went wrong.
type MailResult struct {
	Outcome   MailOutcome
	MessageID string // as sent; a service may set its own
	Reply     string // the server's last answer, without private data
	At        time.Time
	// Refused are the recipients that a server refused for good before anything
	// was sent, of a permanent outcome: the fault is in these addresses. Empty of
	// one that says nothing of an address, like a log-in that was refused.
	Refused []string
}

// MailOutcome is the end of one sending attempt (design §6).
type MailOutcome string

// The outcomes. Uncertain only from the moment the final dot may have gone out
// without an answer; everything before it is temporary or permanent.
const (
	MailSent      MailOutcome = "sent"
	MailTemporary MailOutcome = "temporary"
	MailPermanent MailOutcome = "permanent"
	MailUncertain MailOutcome = "uncertain"
)

// Mailer sends one message over one attempt. Adapters: smtpmail, sesmail,
// dirmail. Suite: mailtest.
type Mailer interface {
	// Check refuses a message that cannot be sent as it is: a bad address, CR,
	// LF or NUL in a header, name or address. It touches no network.
	Check(m Message) error
	// Send makes one attempt. An error means that nothing was attempted.
	Send(ctx context.Context, m Message) (MailResult, error)
}

// Blobs keeps bytes under the hash of what is stored. Adapters: dirblob;
// s3blob to come.
type Blobs interface {
	// Put stores bytes and gives their name, the hex SHA-256. Storing the same
	// bytes again is harmless; what is stored is never replaced by other bytes.
	Put(ctx context.Context, r io.Reader, limit int64) (name string, size int64, err error)
	// Get reads a blob; NotFound without. The caller closes it.
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	// Delete removes an orphan; missing is fine.
	Delete(ctx context.Context, name string) error
	// Names calls f for every blob older than the host time, for the sweep.
	Names(ctx context.Context, before time.Time, f func(name string) error) error
}

// Keys makes and opens case keys and holds the deployment's own keys, outside
// the database. Adapters: filekeys; kmskeys to come.
type Keys interface {
	// NewCaseKey makes a key for a case and gives it wrapped, to be stored with
	// the case. Destroying the wrapped form erases what was sealed under it.
	NewCaseKey(ctx context.Context, caseID string) (wrapped []byte, err error)
	// CaseKey opens a wrapped key; the case id is bound to it.
	CaseKey(ctx context.Context, caseID string, wrapped []byte) (CaseKey, error)
	// MAC is an HMAC-SHA-256 under a deployment key for one purpose ("url",
	// "token", "reply", "idempotency", "blob-url").
	MAC(purpose string, data []byte) []byte
	// DeploymentID is the id that stands in the database too.
	DeploymentID() string
}

// CaseKey seals what belongs to one case.
type CaseKey interface {
	// Seal encrypts with associated data (record kind, id, field).
	Seal(plain, associated []byte) ([]byte, error)
	// Open decrypts; other associated data is refused.
	Open(sealed, associated []byte) ([]byte, error)
	// MAC is an HMAC-SHA-256 under the case key, for entries.
	MAC(data []byte) []byte
}

// StreamSealer is a CaseKey that also seals what is too large to hold in
// memory more than once: evidence. Every CaseKey of an adapter is one; its
// form is not that of Seal.
type StreamSealer interface {
	CaseKey
	// SealStream encrypts what is written into dst, with associated data. Only
	// closing the writer completes it; dst stays open.
	SealStream(dst io.Writer, associated []byte) (io.WriteCloser, error)
	// OpenStream decrypts src piece by piece. Every piece that it gives is
	// authentic; whether it is all of it, only io.EOF says.
	OpenStream(src io.Reader, associated []byte) (io.Reader, error)
}

// PageFetcher fetches a foreign page for verify-content, behind the guard.
type PageFetcher interface {
	// Fetch gets a URL once, as a reader of a language ("nl", "en") who is logged
	// in nowhere. The result says what stood there; an error only means that we
	// could not find out.
	Fetch(ctx context.Context, url, language string) (FetchedPage, error)
}

// Looker has verify-content look at a job that stands in the store, and returns
// when its result does.
type Looker interface {
	Look(ctx context.Context, in TrackInput) error
}

// FetchedPage is what stood at a URL.
type FetchedPage struct {
	Status   int    // HTTP status
	FinalURL string // after redirects
	SHA256   string // hex, of the body up to the limit
	Size     int64
	Body     []byte // at most the fetcher's limit; never stored in the clear
}

// Clock gives case time: the system's, or a simulated one that stands still
// between advances (design §7).
type Clock interface {
	Now(ctx context.Context) (time.Time, error)
}
