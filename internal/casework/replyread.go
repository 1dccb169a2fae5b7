package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/correspondence"
	"github.com/ontdox/takedown/internal/takedown"
)

// ReplyTextView is a reply with its text, to be read beside what the program
// made of it. The text is plain: no HTML and no remote content.
type ReplyTextView struct {
	ReplyView
	Text string `json:"text"`
}

// ReadReply shows a reply and its text; reading is an entry, written before the
// answer. Role: specialist.
func (s *Service) ReadReply(ctx context.Context, who takedown.Principal, reply string) (ReplyTextView, error) {
	var v ReplyTextView
	if err := need(who, replyRoles...); err != nil {
		return v, err
	}
	r, err := get[takedown.Reply](ctx, s, reply)
	if err != nil {
		return v, err
	}
	show := func(t *tx) error {
		r, err := load[takedown.Reply](t, reply)
		if err != nil {
			return err
		}
		v.ReplyView = replyView(r)
		if v.Text, err = t.openText(r, "text", r.Text); err != nil {
			return err
		}
		return t.log("reply.read", "", []string{r.ID})
	}
	if r.Case != "" {
		return v, s.inAnyCase(ctx, who, r.Case, replyRoles, func(t *tx, _ *takedown.Case) error { return show(t) })
	}
	stream, err := s.streamOf(ctx, Key{KindReply, reply})
	if err != nil {
		return v, err
	}
	return v, s.write(ctx, who, who.As(replyRoles...), stream, func(t *tx) error {
		if len(r.Key) > 0 {
			if t.key, err = s.Keys.CaseKey(ctx, r.ID, r.Key); err != nil {
				return err
			}
		}
		return show(t)
	})
}

// checkPattern refuses a phrase that could not be told from other mail, that is
// not in the reply, or that carries what is sealed: the register keeps it.
func (t *tx) checkPattern(tr *takedown.Track, r *takedown.Reply, phrase string) error {
	text, err := t.openText(r, "text", r.Text)
	if err != nil {
		return err
	}
	guard, err := t.guard(tr, &takedown.Document{})
	if err != nil {
		return err
	}
	var b bad
	switch {
	case len(phrase) < minPattern || len(phrase) > maxPattern:
		b.add("/pattern", "must be %d to %d bytes", minPattern, maxPattern)
	case !correspondence.Contains(text, phrase):
		b.add("/pattern", "does not stand in the reply")
	case len(guard.Check("pattern", phrase)) > 0:
		b.add("/pattern", "holds something that is sealed")
	}
	return refuseAll(b.fields)
}

// The bounds of a contact's patterns.
const (
	minPattern  = 8
	maxPattern  = 100
	maxPatterns = 20
)

// patternMessage gives a contact a phrase of its own.
type patternMessage struct {
	Contact string           `json:"contact"`
	Pattern takedown.Pattern `json:"pattern"`
}

// learnPattern gives the reply's contact the phrase that a specialist found in
// it.
func (t *tx) learnPattern(tr *takedown.Track, r *takedown.Reply, in ClassificationInput) error {
	if in.Pattern == "" {
		return nil
	}
	if err := t.checkPattern(tr, r, in.Pattern); err != nil {
		return err
	}
	p := takedown.Pattern{ID: "pattern_" + strings.TrimPrefix(r.ID, "reply_"), Kind: in.Kind, Decision: in.Decision, Phrase: in.Pattern}
	return t.outbox("pattern:"+r.ID, outboxPattern, patternMessage{tr.Contact, p})
}

// addPattern carries a patternMessage out: idempotent by the reply.
func (s *Service) addPattern(ctx context.Context, m patternMessage) error {
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(m.Contact), func(t *tx) error {
		c, err := load[takedown.Contact](t, m.Contact)
		if err != nil || slices.ContainsFunc(c.Patterns, func(p takedown.Pattern) bool { return p.ID == m.Pattern.ID }) {
			return err
		}
		c.Patterns = append(c.Patterns, m.Pattern)
		if n := len(c.Patterns); n > maxPatterns {
			c.Patterns = c.Patterns[n-maxPatterns:]
		}
		if err := t.put(c); err != nil {
			return err
		}
		return t.log("contact.pattern_added", m.Pattern.Kind, []string{c.ID, m.Pattern.ID})
	})
}

// unmatchedKept is how long mail that is nobody's is kept unless the settings
// say otherwise.
const unmatchedKept = 90 // days

// sweepUnmatched forgets mail that nobody matched within the time that is
// configured: its key is destroyed.
func (s *Service) sweepUnmatched(ctx context.Context) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	set, err := s.settingsNow(ctx)
	if err != nil {
		return err
	}
	days := set.UnmatchedDays
	if days == 0 {
		days = unmatchedKept
	}
	before := now.Add(-time.Duration(days) * 24 * time.Hour)
	page, err := s.Store.Query(ctx, Query{Index: indexReplies, Partition: string(takedown.ReplyUnmatched), Before: sortTime(before), Limit: mailsSwept})
	if err != nil {
		return err
	}
	for _, rec := range page.Records {
		if err := s.expireReply(ctx, rec); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) expireReply(ctx context.Context, rec Record) error {
	return s.write(ctx, takedown.TheSystem, takedown.System, rec.Stream, func(t *tx) error {
		r, err := load[takedown.Reply](t, rec.ID)
		if err != nil || r.Status != takedown.ReplyUnmatched {
			return err
		}
		r.Status, r.Key, r.Text, r.Raw, r.Source = takedown.ReplyExpired, nil, takedown.Sealed{}, takedown.Sealed{}, nil
		if err := t.put(r); err != nil {
			return err
		}
		if err := t.closeTasks(taskMatch, r.ID); err != nil {
			return err
		}
		return t.log("mail.expired", "unmatched", []string{r.ID})
	})
}
