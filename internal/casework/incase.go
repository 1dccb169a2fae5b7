package casework

import (
	"context"
	"strings"

	"github.com/ontdox/takedown/internal/takedown"
)

// inCase runs a use case of a person that writes to a case: role first (403),
// then sight of the case (404), then that the case is open (409).
func (s *Service) inCase(ctx context.Context, who takedown.Principal, caseID string, roles []takedown.Role, decide func(*tx, *takedown.Case) error) error {
	return s.inAnyCase(ctx, who, caseID, roles, func(t *tx, c *takedown.Case) error {
		if c.Status != takedown.CaseOpen {
			return state("the case is %s; reopen it first", c.Status)
		}
		return decide(t, c)
	})
}

// inAnyCase is inCase for a case in any status.
func (s *Service) inAnyCase(ctx context.Context, who takedown.Principal, caseID string, roles []takedown.Role, decide func(*tx, *takedown.Case) error) error {
	if err := need(who, roles...); err != nil {
		return err
	}
	if !strings.HasPrefix(caseID, "case_") {
		return noSuch(KindCase)
	}
	return s.write(ctx, who, who.As(roles...), StreamID(caseID), func(t *tx) error {
		c, err := t.visibleCase(roles)
		if err != nil {
			return err
		}
		return decide(t, c)
	})
}

// readCase runs a use case that only reads a case.
func (s *Service) readCase(ctx context.Context, who takedown.Principal, caseID string, roles []takedown.Role, look func(*tx, *takedown.Case) error) error {
	if err := need(who, roles...); err != nil {
		return err
	}
	if !strings.HasPrefix(caseID, "case_") {
		return noSuch(KindCase)
	}
	t, err := s.begin(ctx, who, who.As(roles...), StreamID(caseID))
	if err != nil {
		return err
	}
	c, err := t.visibleCase(roles)
	if err != nil {
		return err
	}
	return look(t, c)
}

// caseOf finds the case that a track, document, clock … belongs to.
func caseOf[T any, P nounOf[T]](ctx context.Context, s *Service, id string) (string, error) {
	n, err := get[T, P](ctx, s, id)
	if err != nil {
		return "", err
	}
	return n.Head().Case, nil
}

// anyRole are the roles that work on cases.
var anyRole = []takedown.Role{takedown.Coordinator, takedown.LegalAdviser, takedown.Specialist, takedown.Liaison, takedown.Auditor}
