package casework

import (
	"context"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// What the tests outside this package may reach of its inside. They live
// outside because they run on the real store, which imports this package.

// StartClock starts a clock in a case as the program does.
func (s *Service) StartClock(ctx context.Context, caseID, rule string, start time.Time, in law.CountInput, c takedown.Clock) (string, error) {
	id := ""
	err := s.write(ctx, takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
		started, err := t.startClock(rule, start, in, c)
		if err == nil {
			id = started.ID
		}
		return err
	})
	return id, err
}

// OpenTask opens a task in a case as the program does.
func (s *Service) OpenTask(ctx context.Context, caseID string, task takedown.Task) error {
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
		if err := t.openTask(task); err != nil {
			return err
		}
		return t.log("test.task", task.Kind, []string{caseID})
	})
}

// PutNoun stores a noun in a case as it is.
func PutNoun[T any, P interface {
	*T
	Head() *takedown.Meta
}](ctx context.Context, s *Service, caseID string, n P) error {
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
		n.Head().Case = caseID
		if err := t.put(n); err != nil {
			return err
		}
		return t.log("test.put", "", []string{n.Head().ID})
	})
}

// GetNoun reads a noun back.
func GetNoun[T any, P interface {
	*T
	Head() *takedown.Meta
}](ctx context.Context, s *Service, id string) (P, error) {
	return get[T, P](ctx, s, id)
}

// ContactForHost is the look-up that planning uses.
func (s *Service) ContactForHost(ctx context.Context, host string) (string, error) {
	return s.contactForHost(ctx, host)
}
