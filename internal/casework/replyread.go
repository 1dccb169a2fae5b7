package casework

import (
	"context"
	"slices"
	"strings"

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
// answer. Roles: specialist; legal adviser and coordinator of one in a case.
func (s *Service) ReadReply(ctx context.Context, who takedown.Principal, reply string) (ReplyTextView, error) {
	var v ReplyTextView
	err := s.onReply(ctx, who, reply, func(t *tx) error {
		r, err := load[takedown.Reply](t, reply)
		if err != nil {
			return err
		}
		v.ReplyView = replyView(r)
		if v.Text, err = t.openText(r, "text", r.Text); err != nil {
			return err
		}
		return t.log("reply.read", "", []string{r.ID})
	})
	return v, err
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
