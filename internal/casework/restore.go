package casework

import (
	"context"

	"github.com/ontdox/takedown/internal/takedown"
)

// RecordRestore writes that the installation was restored from a backup.
func (s *Service) RecordRestore(ctx context.Context) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, orgStream(now), func(t *tx) error {
		return t.log("installation.restored", "backup", nil)
	})
}
