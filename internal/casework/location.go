package casework

import (
	"errors"

	"github.com/ontdox/takedown/internal/directory"
	"github.com/ontdox/takedown/internal/takedown"
)

// location is a web address as directory reads it.
func (b *bad) location(pointer, value string) {
	var e *takedown.Error
	if _, err := directory.Canonical(value); errors.As(err, &e) {
		b.add(pointer, "%s", e.Message)
	}
}
