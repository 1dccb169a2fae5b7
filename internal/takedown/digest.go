package takedown

import "time"

// Digests say who of the organisation's own people gets a digest, once a day.
// Who is not named gets none.
type Digests struct {
	Hour   string         `json:"hour,omitempty"` // "08:00", Europe/Amsterdam
	People []DigestPerson `json:"people,omitempty"`
}

// DigestPerson is a person who wants a digest. The roles are those whose
// worklists it counts: no token is at hand when it is made.
type DigestPerson struct {
	Person  string `json:"person"`  // as a Principal's ID
	Address string `json:"address"` // at the organisation's own domain
	Roles   []Role `json:"roles"`
}

// DigestStatus is what became of one person's digest of one day.
type DigestStatus string

// The statuses of a digest. All but the first two are final: a digest is not
// worth a second mail.
const (
	DigestIntended   DigestStatus = "intended"   // the mailer's move until its lease is over, then uncertain
	DigestDelayed    DigestStatus = "delayed"    // the mail server said later: again once the lease is over
	DigestSent       DigestStatus = "sent"       // nobody's move
	DigestRedirected DigestStatus = "redirected" // nobody's move: it went where the test redirect says
	DigestQuiet      DigestStatus = "quiet"      // nobody's move: there was nothing to say
	DigestUncertain  DigestStatus = "uncertain"  // nobody's move: it may have arrived
	DigestFailed     DigestStatus = "failed"     // nobody's move: it did not arrive
)

// Digest is one person's digest of one day. Its ID is made of both; the person
// stands in it as a hash.
type Digest struct {
	Meta
	Day        string       `json:"day"` // 2027-03-22, in Amsterdam
	Status     DigestStatus `json:"status"`
	Attempt    string       `json:"attempt,omitempty"`
	LeaseUntil time.Time    `json:"leaseUntil,omitzero"` // host time
	Tasks      int          `json:"tasks"`
	Urgent     int          `json:"urgent"`
	MessageID  string       `json:"messageId,omitempty"`
	At         time.Time    `json:"at"` // of the status
}
