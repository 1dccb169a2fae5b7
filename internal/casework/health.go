package casework

import (
	"context"
	"strings"
	"time"
)

// stillFor is how long, in host time, a part may make no headway before it
// counts as standing still.
const stillFor = 5 * time.Minute

// beat notes that a part of the program has done its work.
func (s *Service) beat(part string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beats[part] = s.HostNow()
}

// mailed notes how an attempt to mail ended: mail stands still while every
// attempt has failed for stillFor, the first failure counting as its start.
func (s *Service) mailed(res MailResult) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if res.Outcome == MailSent || res.Outcome == MailPermanent { // a server answered
		delete(s.beats, "mail")
		return
	}
	if _, failing := s.beats["mail"]; !failing {
		s.beats["mail"] = s.HostNow()
	}
}

// MailboxRead notes how a look at the desk's mailbox ended: it stands still while
// every look has failed for stillFor, the first failure counting as its start.
func (s *Service) MailboxRead(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		delete(s.beats, "mailbox")
	} else if _, failing := s.beats["mailbox"]; !failing {
		s.beats["mailbox"] = s.HostNow()
	}
}

// Health says which parts stand still, joined by commas: "" for none. The store
// must answer; no message to the engine may be older than stillFor; the sweep
// must have ended well, and neither mail nor the looks at the desk's mailbox failed
// for as long.
func (s *Service) Health(ctx context.Context) string {
	var still []string
	now := s.HostNow()
	rows, err := s.Store.OutboxDue(ctx, now.Add(-stillFor), 1)
	switch {
	case err != nil:
		still = append(still, "store")
	case len(rows) > 0:
		still = append(still, "dispatcher")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, part := range []string{"sweep", "mail", "mailbox"} {
		if last, ok := s.beats[part]; ok && now.Sub(last) > stillFor {
			still = append(still, part)
		}
	}
	return strings.Join(still, ", ")
}
