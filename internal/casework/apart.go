package casework

import (
	"context"
	"errors"
	"fmt"

	"github.com/ontdox/takedown/internal/takedown"
)

// apart collects what failed of a list whose members must not hold up one
// another: a row that cannot be worked is its own misfortune, and the deadlines
// behind it still come.
type apart struct {
	errs  []error
	count int
}

// apartKept is how many errors are told word for word; the others are counted.
const apartKept = 20

// goOn notes an error, if it is one, and says whether the next member can be
// tried: not once the work was called off or the store is not there, as then
// each would fail.
func (a *apart) goOn(ctx context.Context, err error) bool {
	if err == nil {
		return true
	}
	if a.count++; a.count <= apartKept {
		a.errs = append(a.errs, err)
	}
	return ctx.Err() == nil && takedown.KindOf(err) != takedown.Unavailable
}

// err is nil if nothing failed.
func (a *apart) err() error {
	if a.count > apartKept {
		return errors.Join(append(a.errs, fmt.Errorf("and %d more failed", a.count-apartKept))...)
	}
	return errors.Join(a.errs...)
}

// named says whose an error is; its kind stays.
func named(id string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", id, err)
}
