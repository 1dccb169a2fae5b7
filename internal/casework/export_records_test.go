package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/correspondence"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// What the tests outside this package may reach of its inside. They live
// outside because they run on the real store, which imports this package.

// StartClock starts a clock in a case as the program does.
func (s *Service) StartClock(ctx context.Context, caseID, rule string, start time.Time, in law.CountInput, c takedown.Clock) (string, error) {
	id := ""
	err := s.write(ctx, takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
		started, err := t.startClock(rule, start, in, c)
		if err == nil {
			id = started.ID
		}
		return err
	})
	return id, err
}

// OpenTask opens a task in a case as the program does.
func (s *Service) OpenTask(ctx context.Context, caseID string, task takedown.Task) error {
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
		if err := t.openTask(task); err != nil {
			return err
		}
		return t.log("test.task", task.Kind, []string{caseID})
	})
}

// PutNoun stores a noun in a case as it is.
func PutNoun[T any, P interface {
	*T
	Head() *takedown.Meta
}](ctx context.Context, s *Service, caseID string, n P) error {
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
		n.Head().Case = caseID
		if err := t.put(n); err != nil {
			return err
		}
		return t.log("test.put", "", []string{n.Head().ID})
	})
}

// GetNoun reads a noun back.
func GetNoun[T any, P interface {
	*T
	Head() *takedown.Meta
}](ctx context.Context, s *Service, id string) (P, error) {
	return get[T, P](ctx, s, id)
}

// TrackLooks records a look at an item that a track of no other record had made.
func (s *Service) TrackLooks(ctx context.Context, caseID, track, item, result string) error {
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
		it, err := t.itemOf(item)
		if err != nil {
			return err
		}
		tr := &takedown.Track{Meta: takedown.Meta{ID: track, Case: caseID}, Status: takedown.TrackActive, Items: []string{item}}
		return t.applyCheck(tr, it, look{Item: item, Check: takedown.Check{At: t.now, Result: result}})
	})
}

// ContactForHost is the look-up that planning uses.
func (s *Service) ContactForHost(ctx context.Context, host string) (string, error) {
	return s.contactForHost(ctx, host)
}

// LookAtMail says whose a message is and what it is, as ReadMail does before it
// writes: the kind and the document.
func (s *Service) LookAtMail(ctx context.Context, raw []byte) (kind, document string, err error) {
	in := &mailRead{reply: &takedown.Reply{}, raw: raw}
	in.message = correspondence.Parse(raw, correspondence.DefaultLimits())
	in.verdict = correspondence.Classify(in.message)
	set, err := s.settingsNow(ctx)
	if err != nil {
		return "", "", err
	}
	addresses, err := s.replyAddresses(set.ReplyDomain)
	if err != nil {
		return "", "", err
	}
	m := correspondence.Matcher{Addresses: addresses, Reference: referenceForm(), Index: sentIndex{s}}
	in.match, err = m.Match(ctx, in.message, in.verdict.Ticket)
	return string(in.verdict.Kind), in.match.Document, err
}

// OfContact says whether a sender is a contact.
func OfContact(sender string, c *takedown.Contact) bool { return ofContact(sender, c) }

// ReplyAddressOf is the reply address of a document's dispatch.
func (s *Service) ReplyAddressOf(document string, no int, domain string) (string, error) {
	a, err := s.replyAddresses(domain)
	if err != nil {
		return "", err
	}
	return a.Sign(addressName(&takedown.Dispatch{Document: document, No: no}))
}

// PutDispatches stores dispatches of documents that were sent, findable as the
// program makes them.
func (s *Service) PutDispatches(ctx context.Context, caseID string, ns []*takedown.Dispatch) error {
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
		for _, n := range ns {
			n.ID = dispatchID(n.Document, n.No)
			if err := t.put(n); err != nil {
				return err
			}
			t.change.Claim = append(t.change.Claim, t.messageClaim(n)...)
		}
		return t.log("test.dispatches", "", []string{caseID})
	})
}

// ForgetRecount lets the next sweep find other calendars than it knows.
func (s *Service) ForgetRecount(ctx context.Context, r *takedown.Recount) error {
	r.Target = "another build"
	return s.putRecount(ctx, r)
}

// EndClock ends a clock as the program does.
func (s *Service) EndClock(ctx context.Context, caseID, id string, status takedown.ClockStatus, reason string) error {
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
		if err := t.endClock(id, status, reason); err != nil {
			return err
		}
		return t.log("test.end", reason, []string{id})
	})
}

// StartClocks starts many clocks in a case, as many in a commit as it takes.
func (s *Service) StartClocks(ctx context.Context, caseID string, n int, each func(int) (string, time.Time, takedown.Clock)) error {
	for from := 0; from < n; from += 20 {
		err := s.write(ctx, takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
			for i := from; i < min(n, from+20); i++ {
				rule, at, c := each(i)
				if _, err := t.startClock(rule, at, law.CountInput{}, c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// DecisionMessage delivers the message that a contact decided on a notice.
func DecisionMessage(ctx context.Context, s *Service, contact, reply string, refused bool) error {
	b, err := json.Marshal(decidedMessage{Contact: contact, Reply: reply, Refused: refused})
	if err != nil {
		return err
	}
	return s.addDecision(ctx, b)
}

// ObservedMessage delivers the message that a contact decided on a notice, with
// when it left, was acknowledged and decided on.
func ObservedMessage(ctx context.Context, s *Service, contact, reply string, sent, acknowledged, decided time.Time) error {
	b, err := json.Marshal(decidedMessage{Contact: contact, Reply: reply, SentAt: sent, AcknowledgedAt: acknowledged, DecidedAt: decided})
	if err != nil {
		return err
	}
	return s.addDecision(ctx, b)
}

// CaseTasks gives every task of a case, the done ones too, by id. Roles:
// whoever may see the case.
func (s *Service) CaseTasks(ctx context.Context, who takedown.Principal, caseID string) ([]TaskView, error) {
	out := []TaskView{}
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, _ *takedown.Case) error {
		tasks, err := all[takedown.Task](t)
		for _, task := range tasks {
			out = append(out, viewTask(task))
		}
		return err
	})
	return out, err
}

// AnnexOf is the text of one annex of a document, sealed ones too.
func (s *Service) AnnexOf(ctx context.Context, doc, part string) (string, error) {
	d, err := get[takedown.Document](ctx, s, doc)
	if err != nil {
		return "", err
	}
	t, err := s.begin(ctx, takedown.TheSystem, takedown.System, StreamID(d.Case))
	if err != nil {
		return "", err
	}
	c, err := t.content(d)
	for _, a := range c.Annexes {
		if a.Part == part {
			return a.Text, err
		}
	}
	return "", err
}

// CountTry counts a try to read a mail, as the queue does before it makes one.
func (s *Service) CountTry(ctx context.Context, id string) error {
	rs, err := s.Store.Get(ctx, Key{KindReply, id})
	if err != nil || len(rs) == 0 {
		return err
	}
	_, err = s.countTry(ctx, rs[0], 1)
	return err
}

// RawMail opens a stored mail as it came.
func RawMail(ctx context.Context, s *Service, id string) ([]byte, error) {
	r, err := get[takedown.Reply](ctx, s, id)
	if err != nil {
		return nil, err
	}
	return s.openRaw(ctx, r)
}

// oneSaid is what is said of a ground that was found on one item.
var oneSaid = regexp.MustCompile(`"Said":\[\{"Item":\d+,"Reasons":(\[[^\]]*\]),"Weighing":(\[[^\]]*\])\}\]`)

// namedNothing takes from a track's documents what they record of their notice.
func (t *tx) namedNothing(tr *takedown.Track) error {
	for _, r := range tr.Rungs {
		if r.Document == "" {
			continue
		}
		d, err := load[takedown.Document](t, r.Document)
		if err != nil {
			return err
		}
		d.Claims, d.Names = "", nil
		if err := t.put(d); err != nil {
			return err
		}
	}
	return nil
}

// HashedBefore has a document's facts hashed as a program did that read neither the
// language of the sender's own words nor that it has a public task, knew not what a
// notice named, and told what is unlawful of all items of a ground at once.
func (s *Service) HashedBefore(ctx context.Context, id string) error {
	d, err := get[takedown.Document](ctx, s, id)
	if err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(d.Case), func(t *tx) error {
		d, tr, err := t.documentAndTrack(id)
		if err != nil {
			return err
		}
		if err := t.namedNothing(tr); err != nil {
			return err
		}
		p, err := t.newPlanner(tr)
		if err != nil {
			return err
		}
		drafted := *d
		drafted.Editors, drafted.Approval = nil, nil
		f, err := p.factsFor(d.Instrument, &drafted)
		if err != nil {
			return err
		}
		now, err := hashedFacts(f, d.Channel)
		if err != nil {
			return err
		}
		before := strings.Replace(strings.Replace(string(now), `,"Language":"en","PublicBody"`, `,"PublicBody"`, 1), `,"PublicTask":true`, "", 1)
		if len(now)-len(before) != len(`,"Language":"en","PublicTask":true`) {
			return fmt.Errorf("the two facts are not there: %s", now)
		}
		before = strings.ReplaceAll(before, `,"Claims":"","Names":null`, "")
		before = oneSaid.ReplaceAllString(before, `"Reasons":$1,"Weighing":$2`)
		if d.Facts, err = t.mac("facts", []byte(before)); err != nil {
			return err
		}
		if err := t.put(d); err != nil {
			return err
		}
		return t.log("document.test", "hashed_before", []string{d.ID})
	})
}

// OwnClock says whether a clock outlives its track.
func OwnClock(c *takedown.Clock) bool { return ownClock(c) }

// OfJustice is ofJustice, for words that no case needs.
var OfJustice = ofJustice

// ClaimItem notes that somebody says of an item that it is gone.
func ClaimItem(ctx context.Context, s *Service, caseID, item string) error {
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
		it, err := load[takedown.Item](t, item)
		if err != nil {
			return err
		}
		if err := t.claim(it, ""); err != nil {
			return err
		}
		return t.log("test.claim", "", []string{item})
	})
}

// SealReason seals a reason of feedback that is stored.
func SealReason(ctx context.Context, s *Service, caseID, feedback, reason string) error {
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
		f, err := load[takedown.Feedback](t, feedback)
		if err != nil {
			return err
		}
		if f.Reason, err = t.sealText(f, "reason", reason); err != nil {
			return err
		}
		if err := t.put(f); err != nil {
			return err
		}
		return t.log("test.reason", "", []string{feedback})
	})
}
