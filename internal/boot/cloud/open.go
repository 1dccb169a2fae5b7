package cloud

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/engine/stepfn"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/store/dynamostore"
	"github.com/ontdox/takedown/internal/takedown"
)

// starting is a function whose environment was read and is in order.
type starting struct {
	name   string
	parts  []Part
	cfg    Config
	aws    aws.Config
	adders []func(context.Context, *Build) error
}

// start reads the environment for a function; what is wrong is one error.
func start(e *Environment, name string, parts []Part) (*starting, error) {
	s := &starting{name: name, parts: parts}
	s.cfg = config(e, s.narrow())
	s.aws = amazon(e)
	for _, p := range parts {
		if p.Read == nil {
			continue
		}
		if add := p.Read(e, s.cfg); add != nil {
			s.adders = append(s.adders, add)
		}
	}
	return s, e.Err()
}

func (s *starting) narrow() bool {
	for _, p := range s.parts {
		if p.Narrow {
			return true
		}
	}
	return false
}

// build puts the service together. It reads the deployment's own keys.
func (s *starting) build(ctx context.Context) (*Build, error) {
	b, err := s.base()
	if err != nil {
		return nil, err
	}
	if err := s.keep(ctx, b); err != nil {
		return nil, err
	}
	for _, add := range s.adders {
		if err := add(ctx, b); err != nil {
			return nil, err
		}
	}
	b.Service = casework.New(b.Deps)
	return b, nil
}

// base is what every function has, or, narrow, what jobs need.
func (s *starting) base() (*Build, error) {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	b := &Build{AWS: s.aws, Notes: map[string]string{}, Deps: casework.Deps{
		HostNow: time.Now, Rand: rand.Reader, Log: log, Simulated: s.cfg.Simulated(),
		Store: dynamostore.New(s.aws, dynamostore.Options{Table: s.cfg.Table, Log: log}),
		Swept: swept(os.Stdout, s.cfg.Table, time.Now),
	}}
	b.Deps.Clock = systemClock(time.Now)
	if s.cfg.Simulated() {
		b.Deps.Clock = casework.NewSimClock(b.Deps.Store, s.cfg.SimulatedFrom, time.Now)
		b.Notes["simulatedClock"] = "on"
	}
	if !s.narrow() {
		b.Deps.Engine = stepfn.New(s.aws, map[string]string{"case": s.cfg.CaseMachine, "track": s.cfg.TrackMachine})
		b.Deps.Looker = elsewhere{}
		var err error
		if b.Deps.Law, err = law.Load(); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// systemClock is case time outside a simulation.
type systemClock func() time.Time

// Now is the host's time.
func (c systemClock) Now(context.Context) (time.Time, error) { return c(), nil }

// elsewhere is the Looker of functions that never look by themselves: the
// machine calls verify-content for them.
type elsewhere struct{}

// Look refuses.
func (elsewhere) Look(context.Context, casework.TrackInput) error {
	return takedown.Errorf(takedown.Internal, takedown.NameInternal, "this function has no looks made")
}
