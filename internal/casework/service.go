// Package casework holds the use cases and the ports they need: who may do
// what to a case, what a track does next, and the one way to write it down.
package casework

import (
	"context"
	"encoding/base32"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/ontdox/takedown/internal/correspondence"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// Deps is what a Service is built from. All fields are required but Pages
// and Looker (without either pages are checked by hand), Registries, Abroad, Evidence, Swept and
// LeasesFrom.
type Deps struct {
	Store  Store
	Engine Engine
	Mailer Mailer
	Blobs  Blobs
	// Evidence keeps sealed evidence apart, where it can be locked; Blobs if nil.
	Evidence Blobs
	// Transit carries large evidence past the service; nil if it takes all itself.
	Transit Transit
	Keys    Keys
	Pages   PageFetcher
	// Abroad are further ways out to the same pages: what is gone here and shows
	// there is blocked for readers here only.
	Abroad []PageFetcher
	// Registries says who holds a host; without it a person looks.
	Registries Registries
	// Looker runs verify-content where Pages lies in another process.
	Looker Looker
	Law    *law.Data
	Clock  Clock
	// HostNow is real time: leases, outbox age, lifetimes of signed URLs.
	HostNow func() time.Time
	Rand    io.Reader
	Log     *slog.Logger
	// Sequence lets the sequencer catch up and says how many entries it took.
	Sequence func(ctx context.Context) (int, error)
	// Swept, if set, is told what each sweep found, and whether it ended well:
	// what measures an installation from outside.
	Swept func(ctx context.Context, found SweepResult, err error)
	// MailLease is how long a send may take before its end is unknown.
	MailLease time.Duration
	// LeasesFrom is when this process took the data directory for itself, in
	// host time: older leases have run out. Zero where others may still run.
	LeasesFrom time.Time
	// Resolver answers DNS for the signatures of inbound mail; without one no
	// sender that we see ourselves is known.
	Resolver correspondence.Resolver
	// AuthServers are the authserv-ids whose Authentication-Results count.
	AuthServers []string
	// Simulated says that Clock is a stored one that people advance: only then
	// does the clock resource exist.
	Simulated bool
}

// Service offers the use cases. It is safe for concurrent use.
type Service struct {
	Deps
	locks [64]sync.Mutex  // one writer a stream in this process: fewer lost swaps
	hosts [256]sync.Mutex // one reader a foreign host in this process, whatever asks for its pages
	kick  chan struct{}   // wakes the dispatcher after a commit with outbox rows

	mu      sync.Mutex
	retries int64                // lost swaps since start, for the curious
	beats   map[string]time.Time // host time at which a part last did its work
	dead    map[string]string    // by status, the cursor at which the sweep goes on
	held    sync.Map             // ids of stored mails that somebody in this process is about to read
	// lastHolidays saves reading the same list for every clock.
	lastHolidays heldHolidays
}

// New builds a Service.
func New(d Deps) *Service {
	if d.MailLease == 0 {
		d.MailLease = 5 * time.Minute
	}
	if d.Evidence == nil {
		d.Evidence = d.Blobs
	}
	return &Service{Deps: d, kick: make(chan struct{}, 1), beats: map[string]time.Time{}, dead: map[string]string{}}
}

// SetEngine gives the engine after the handlers exist: the embedded engine
// needs the handlers, and they need the service.
func (s *Service) SetEngine(e Engine) { s.Engine = e }

// Retries counts the commits that lost a compare-and-swap and were decided
// again since the start.
func (s *Service) Retries() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.retries
}

// newID makes an id of a kind: prefix, underscore, 16 characters of 80 random
// bits.
func (s *Service) newID(kind RecordKind) (string, error) {
	b := make([]byte, 10)
	if _, err := io.ReadFull(s.Rand, b); err != nil {
		return "", &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "no randomness", Err: err}
	}
	return string(kind) + "_" + strings.ToLower(base32.StdEncoding.EncodeToString(b)), nil
}

// now is case time, in UTC and whole seconds.
func (s *Service) now(ctx context.Context) (time.Time, error) {
	t, err := s.Clock.Now(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return t.UTC().Truncate(time.Second), nil
}

// Now is case time: what the clocks of cases run on.
func (s *Service) Now(ctx context.Context) (time.Time, error) { return s.now(ctx) }

// need refuses a principal without one of the roles.
func need(who takedown.Principal, roles ...takedown.Role) error {
	if who.Has(roles...) || who.Has(takedown.System) {
		return nil
	}
	if len(roles) == 0 {
		return takedown.Errorf(takedown.Forbidden, takedown.NameForbidden, "only the system itself does this")
	}
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return takedown.Errorf(takedown.Forbidden, takedown.NameForbidden, "your role may not do this: it takes %s", strings.Join(names, " or "))
}

// maySee reports whether a principal may see a case at all (design §8). What
// one may not see does not exist for them.
func maySee(who takedown.Principal, c *takedown.Case) bool {
	if who.Has(takedown.System, takedown.Auditor) {
		return true
	}
	if who.Has(takedown.Specialist, takedown.Coordinator, takedown.LegalAdviser) {
		return !c.Restricted || assigned(who, c)
	}
	return who.Has(takedown.Liaison) && c.Police && (!c.Restricted || assigned(who, c))
}

func assigned(who takedown.Principal, c *takedown.Case) bool {
	if who.ID == c.Coordinator || who.ID == c.Deputy {
		return true
	}
	for _, a := range c.Assignees {
		if a == who.ID {
			return true
		}
	}
	return false
}

// noSuch is the answer for what is not there and for what one may not see.
func noSuch(kind RecordKind) error {
	return takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "there is no such %s, or you may not see it", kind)
}

// refuse is an input error for one field.
func refuse(pointer, detail string) error {
	return refuseAll([]takedown.FieldError{{Pointer: pointer, Detail: detail}})
}

// refuseAll is an input error that names every bad field; nil without any.
func refuseAll(fields []takedown.FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	return &takedown.Error{Kind: takedown.Invalid, Name: takedown.NameInvalidInput, Message: "the content is not right", Fields: fields}
}

// state is a refusal because of where things stand.
func state(format string, args ...any) error {
	return takedown.Errorf(takedown.Conflict, nameState, format, args...)
}

// nameState is the name of a refusal because of where things stand.
const nameState = "State"
