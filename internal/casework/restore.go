package casework

import (
	"context"

	"github.com/ontdox/takedown/internal/takedown"
)

// RecordRestore writes that the installation was restored from a backup.
func (s *Service) RecordRestore(ctx context.Context) error {
	return s.recordInstallation(ctx, "installation.restored", "backup")
}

// RecordExport writes that the whole installation was exported, before it is.
func (s *Service) RecordExport(ctx context.Context) error {
	return s.recordInstallation(ctx, "installation.exported", "archive")
}

// RecordImport writes that the installation came here from another place.
func (s *Service) RecordImport(ctx context.Context) error {
	return s.recordInstallation(ctx, "installation.imported", "archive")
}

func (s *Service) recordInstallation(ctx context.Context, act, reason string) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, orgStream(now), func(t *tx) error {
		return t.log(act, reason, nil)
	})
}
