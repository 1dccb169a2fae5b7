package casework

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// Transit carries the plain bytes of large evidence between a person and the
// service, where the service's own address carries small bodies alone. They lie
// there for minutes, nothing rests on them, and whatever is put there is hashed
// and sealed before it counts. Without one, all bytes go through the service.
// Adapter: s3blob.Transit.
type Transit interface {
	// Carries is the largest file, in bytes, that needs no transit.
	Carries() int64
	// Upload gives an address to which exactly these bytes may be PUT for a
	// while: their SHA-256 is hex.
	Upload(ctx context.Context, name, sum string, size int64, life time.Duration) (TransitAddress, error)
	// Open reads what was put; NotFound without. The caller closes it.
	Open(ctx context.Context, name string) (io.ReadCloser, error)
	// Offer keeps bytes for one reader, and gives the address at which they may
	// be read for a while, as a file of that media type.
	Offer(ctx context.Context, mediaType string, r io.Reader, life time.Duration) (url string, err error)
	// Drop removes what was put; missing is fine.
	Drop(ctx context.Context, name string) error
}

// TransitAddress is where bytes go, with the headers that must go with them.
type TransitAddress struct {
	URL     string
	Headers map[string]string
}

// UploadAddress gives the address for the bytes of an announced file, none if
// they come through the service itself.
func (s *Service) UploadAddress(ctx context.Context, upload string, life time.Duration) (TransitAddress, error) {
	if s.Transit == nil {
		return TransitAddress{}, nil
	}
	u, err := get[takedown.Upload](ctx, s, upload)
	if err != nil || u.Size <= s.Transit.Carries() {
		return TransitAddress{}, err
	}
	return s.Transit.Upload(ctx, u.ID, u.SHA256, u.Size, life)
}

// fetchUpload takes in the bytes of an announced file that were put elsewhere.
// It may be repeated. Bytes that have not come are nobody's error here: the
// commit that follows names the upload.
func (s *Service) fetchUpload(ctx context.Context, who takedown.Principal, caseID, upload string) error {
	if s.Transit == nil {
		return nil
	}
	var u *takedown.Upload
	err := s.readCase(ctx, who, caseID, evidenceRoles, func(t *tx, _ *takedown.Case) (err error) {
		u, err = find[takedown.Upload](t, upload)
		return err
	})
	if err != nil || u == nil || u.Case != caseID || u.Blob != "" || u.Size <= s.Transit.Carries() {
		return err
	}
	r, err := s.Transit.Open(ctx, u.ID)
	if takedown.KindOf(err) == takedown.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	err = errors.Join(s.ReceiveUpload(ctx, u.ID, r), r.Close())
	if takedown.KindOf(err) == takedown.Malformed { // it was read from the transit, not from the client
		err = &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: "the file could not be read whole: commit it again", Err: err}
	}
	if err != nil && !isFinal(err) {
		return err // they stay, for the next try
	}
	if derr := s.Transit.Drop(ctx, u.ID); derr != nil {
		s.Log.WarnContext(ctx, "plain bytes are left in transit, where they expire", "upload", u.ID, "error", derr)
	}
	return err
}

// isFinal says that bytes would be refused again: they are others than were
// announced, or the case takes none.
func isFinal(err error) bool {
	var e *takedown.Error
	return errors.As(err, &e) && (e.Kind == takedown.Invalid || e.Name == "State")
}

// OfferEvidence gives an address at which evidence may be read for a while,
// none if it is small enough to be streamed. That it is read stands in the
// history already.
func (s *Service) OfferEvidence(ctx context.Context, caseID, evidence string, life time.Duration) (url string, err error) {
	if s.Transit == nil {
		return "", nil
	}
	e, err := get[takedown.Evidence](ctx, s, evidence)
	if err != nil || e.Size <= s.Transit.Carries() {
		return "", err
	}
	r, mediaType, err := s.StreamEvidence(ctx, caseID, evidence)
	if err != nil {
		return "", err
	}
	url, err = s.Transit.Offer(ctx, mediaType, r, life)
	return url, errors.Join(err, r.Close())
}
