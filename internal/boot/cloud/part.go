package cloud

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
)

// Part is what only some functions have beside the rest. Each stands in a
// package of its own, so that the other functions do not link it.
type Part struct {
	// Narrow says that the function has no engine, no blobs, no keys of its own
	// and no settings of them: verify-content works on jobs alone (design §8),
	// send-digest opens no case.
	Narrow bool
	// Read takes the part's own variables from the environment, at start. What
	// it gives adds the part to the service when that is built; it may be nil.
	Read func(e *Environment, cfg Config) (add func(ctx context.Context, b *Build) error)
	// Handler, if set, is the function: what is called with an event.
	Handler func(b *Build) casework.Handler
}

// Build is a service while it is put together.
type Build struct {
	// Deps are the service's; parts fill in what they bring.
	Deps casework.Deps
	// AWS is the configuration of every client.
	AWS aws.Config
	// Notes say what an operator must not overlook.
	Notes map[string]string
	// Heads are the signed heads of the history, and LogVerifier says whose.
	Heads       audit.HeadStore
	LogVerifier string
	// Service is there once every part was added.
	Service *casework.Service
}

// Simulated says whether case time is simulated.
func (c Config) Simulated() bool { return !c.SimulatedFrom.IsZero() }

// HostNow is real time.
func (b *Build) HostNow() time.Time { return b.Deps.HostNow() }

// Log takes what operators should read.
func (b *Build) Log() *slog.Logger { return b.Deps.Log }
