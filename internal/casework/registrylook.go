package casework

import (
	"context"
	"encoding/json"
	"net/mail"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ontdox/takedown/internal/takedown"
)

// Where the API's process may not fetch, verify-content asks the registries for
// it: through a job, as it looks at pages, whose host and answer are sealed under
// the job's own key.

// holdersLook is the generation of an item's job that asks about its host: 0 and 1
// are looks at its page.
const holdersLook = 2

const (
	hostField    = "host"
	holdersField = "holders"
	maxHolding   = 200 // characters of each of a holder's texts
)

// asksElsewhere says that registries are asked by another process.
func (s *Service) asksElsewhere() bool {
	return s.Registries == nil && s.Pages == nil && s.Looker != nil
}

// askHolders asks the registries about an item's host, here or by verify-content.
func (s *Service) askHolders(ctx context.Context, item, host string) ([]Holder, error) {
	if !s.asksElsewhere() {
		return s.Registries.Holders(ctx, host)
	}
	in := TrackInput{V: InputVersion, Track: item, Generation: holdersLook}
	id := lookID(in)
	nonce, err := s.newID("look")
	if err != nil {
		return nil, err
	}
	job, err := s.beginJob(ctx, id, nonce)
	if err != nil {
		return nil, err
	}
	if job.Host, err = job.key.Seal([]byte(host), []byte(hostField)); err != nil {
		return nil, err
	}
	body, err := json.Marshal(job.lookJob)
	if err != nil {
		return nil, err
	}
	if err := s.Store.PutJob(ctx, id, body); err != nil {
		return nil, err
	}
	defer func() { // whatever became of it: nobody else takes it over
		if err := s.Store.DropJob(context.WithoutCancel(ctx), id); err != nil {
			s.Log.ErrorContext(ctx, "a job that asked the registries stays behind", "job", id, "error", err)
		}
	}()
	if err := s.Looker.Look(ctx, in); err != nil {
		return nil, err
	}
	return s.heldBy(ctx, id, job)
}

// heldBy reads what verify-content was told: nothing that is not of a holder's
// shape, for it meets whatever answers.
func (s *Service) heldBy(ctx context.Context, id string, job *openJob) ([]Holder, error) {
	silent := takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "the registries did not say who holds it")
	r, err := s.told(ctx, id, job.Nonce)
	if err != nil || r == nil || r.Holders == nil {
		return nil, orElse(err, silent)
	}
	plain, err := job.key.Open(r.Holders, []byte(holdersField))
	if err != nil {
		return nil, err
	}
	var found, out []Holder
	if err := json.Unmarshal(plain, &found); err != nil {
		return nil, err
	}
	for _, h := range found {
		if holding(h) {
			out = append(out, h)
		}
	}
	if len(out) == 0 {
		return nil, silent
	}
	return out, nil
}

// holding says that a holder is one that a registry could have named: a role, short
// lines, an address where mail goes, the https address of the answer.
func holding(h Holder) bool {
	if h.Role != HolderHoster && h.Role != HolderRegistrar {
		return false
	}
	for _, text := range []string{h.Name, h.Mailbox, h.Phone} {
		if utf8.RuneCountInString(text) > maxHolding || strings.ContainsFunc(text, unicode.IsControl) || !utf8.ValidString(text) {
			return false
		}
	}
	if a, err := mail.ParseAddress(h.Mailbox); h.Mailbox != "" && (err != nil || a.Address != h.Mailbox) {
		return false
	}
	at, err := url.Parse(h.Registry)
	return err == nil && at.Scheme == "https" && at.Host != "" && at.User == nil && len(h.Registry) <= 500
}

// lookUpHolders is verify-content's part: it asks the registries about the host of
// a job. That they did not say is a result.
func (s *Service) lookUpHolders(ctx context.Context, id string, job lookJob) (lookResult, error) {
	out := lookResult{Nonce: job.Nonce}
	if s.Registries == nil {
		return out, nil
	}
	key, err := s.Keys.CaseKey(ctx, id, job.Key)
	if err != nil {
		return out, err
	}
	host, err := key.Open(job.Host, []byte(hostField))
	if err != nil {
		return out, &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "a job does not open", Err: err}
	}
	found, err := s.Registries.Holders(ctx, string(host))
	if err != nil {
		s.Log.WarnContext(ctx, "the registries did not say who holds a host", "job", id, "error", takedown.NameOf(err))
		return out, ctx.Err()
	}
	body, err := json.Marshal(found[:min(len(found), maxHolders)])
	if err != nil {
		return out, err
	}
	out.Holders, err = key.Seal(body, []byte(holdersField))
	return out, err
}
