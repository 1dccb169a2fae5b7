package casework

import (
	"context"
	"io"
)

// readBlob reads a small blob whole.
func (s *Service) readBlob(ctx context.Context, name string) ([]byte, error) {
	r, err := s.Blobs.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(r, maxSealedBlob+1))
	if cerr := r.Close(); err == nil {
		err = cerr
	}
	return b, err
}
