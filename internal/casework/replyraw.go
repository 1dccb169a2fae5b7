package casework

import (
	"bytes"
	"context"
	"io"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// RawReply gives the mail that a reply came as, byte for byte; reading is an
// entry, written before the answer. What is too large for the service's own
// address lies at url for a while, and then the body is empty.
// Roles: as ReadReply.
func (s *Service) RawReply(ctx context.Context, who takedown.Principal, reply string, life time.Duration) (body []byte, url string, err error) {
	var key CaseKey
	var r *takedown.Reply
	err = s.onReply(ctx, who, reply, func(t *tx) (err error) {
		if r, err = load[takedown.Reply](t, reply); err != nil {
			return err
		}
		if r.Raw.Empty() {
			return noSuch("mail") // registered by hand, or forgotten
		}
		if key, err = t.caseKey(); err != nil {
			return err
		}
		return t.log("reply.raw_read", "", []string{r.ID})
	})
	if err != nil {
		return nil, "", err
	}
	if body, err = s.unsealRaw(ctx, key, r); err != nil {
		return nil, "", err
	}
	if s.Transit == nil || int64(len(body)) <= s.Transit.Carries() {
		return body, "", nil
	}
	url, err = s.Transit.Offer(ctx, "message/rfc822", bytes.NewReader(body), life)
	return nil, url, err
}

// onReply lets who reads a case's replies read one, and a specialist one that is
// in no case yet; do writes the entry.
func (s *Service) onReply(ctx context.Context, who takedown.Principal, reply string, do func(t *tx) error) error {
	if err := need(who, replyReaders...); err != nil {
		return err
	}
	r, err := get[takedown.Reply](ctx, s, reply)
	if err != nil {
		return err
	}
	if r.Case != "" {
		return s.inAnyCase(ctx, who, r.Case, replyReaders, func(t *tx, _ *takedown.Case) error { return do(t) })
	}
	if r.Status == takedown.ReplyMatched {
		return s.movedOn(ctx, who, r)
	}
	if err := need(who, replyRoles...); err != nil {
		return err
	}
	stream, err := s.streamOf(ctx, Key{KindReply, reply})
	if err != nil {
		return err
	}
	return s.write(ctx, who, who.As(replyRoles...), stream, func(t *tx) error {
		if len(r.Key) > 0 {
			if t.key, err = s.Keys.CaseKey(ctx, r.ID, r.Key); err != nil {
				return err
			}
		}
		return do(t)
	})
}

// openRaw gives the message that a reply stands for, of one in no case yet.
func (s *Service) openRaw(ctx context.Context, r *takedown.Reply) ([]byte, error) {
	key, err := s.Keys.CaseKey(ctx, r.ID, r.Key)
	if err != nil {
		return nil, err
	}
	return s.unsealRaw(ctx, key, r)
}

// unsealRaw gives the message that a reply stands for.
func (s *Service) unsealRaw(ctx context.Context, key CaseKey, r *takedown.Reply) ([]byte, error) {
	body, err := s.Blobs.Get(ctx, r.Raw.Blob)
	if err != nil {
		return nil, err
	}
	ct, err := io.ReadAll(io.LimitReader(body, maxSealedEvidence+1))
	if cerr := body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	return key.Open(ct, rawOf(r.ID))
}
