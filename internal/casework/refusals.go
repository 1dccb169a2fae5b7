package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// Art. 23(2) DSA lets a platform stop handling the notices of who frequently
// submits manifestly unfounded ones; numbers and proportion count (art. 23(3)).
// A refusal is not yet that, but many are the reason to look (domain.md §1.10).
const (
	// manyRefusals and their share (a half) are our own choice.
	manyRefusals = 3
	// spaceCounted are the look-up rows of replies that were counted: a reply
	// counts once, however often its message is delivered.
	spaceCounted  = "counted"
	taskRefusals  = "review_refusals"
	findingNotice = "refusals"
)

// counted are the instruments that art. 23(2) speaks of: notices and complaints.
var counted = []string{notice.T1, notice.T2, notice.T3, notice.T4}

// decidedMessage tells the register that an addressee decided on a notice.
type decidedMessage struct {
	Contact string `json:"contact"`
	Reply   string `json:"reply"`
	Refused bool   `json:"refused,omitempty"`
	// When the notice left, was first acknowledged, and was decided on.
	SentAt         time.Time `json:"sentAt,omitzero"`
	AcknowledgedAt time.Time `json:"acknowledgedAt,omitzero"`
	DecidedAt      time.Time `json:"decidedAt,omitzero"`
}

// countDecision tells the register of a decision on a notice or complaint.
func (t *tx) countDecision(tr *takedown.Track, r *takedown.Reply) error {
	final := r.Decision == "removed" || r.Decision == "partly" || r.Decision == "refused"
	if !final || !slices.Contains(counted, decidedOn(tr, r)) {
		return nil
	}
	if again, err := t.saidAgain(tr, r); again || err != nil {
		return err
	}
	m := decidedMessage{Contact: tr.Contact, Reply: r.ID, Refused: r.Decision == "refused"}
	if err := t.legsOf(&m, r); err != nil {
		return err
	}
	return t.outbox("decided:"+r.ID, outboxDecided, m)
}

// addDecision carries a decidedMessage out.
func (s *Service) addDecision(ctx context.Context, payload []byte) error {
	var m decidedMessage
	if err := json.Unmarshal(payload, &m); err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(m.Contact), func(t *tx) error {
		_, err := s.Store.FindLookup(ctx, spaceCounted, m.Reply)
		if takedown.KindOf(err) != takedown.NotFound {
			return err // counted before
		}
		c, err := load[takedown.Contact](t, m.Contact)
		if err != nil {
			return err
		}
		t.change.Claim = append(t.change.Claim, Lookup{Space: spaceCounted, Value: m.Reply, Ref: Key{KindContact, c.ID}})
		c.Decisions++
		if m.Refused {
			c.Refusals++
		}
		if err := t.put(c); err != nil {
			return err
		}
		if err := t.observe(c, m); err != nil {
			return err
		}
		return t.log("contact.decision_counted", "", []string{c.ID, m.Reply})
	})
}

// refusedOften says that an addressee refused many of our notices.
func refusedOften(c *takedown.Contact) bool {
	return c.Refusals >= manyRefusals && 2*c.Refusals >= c.Decisions
}

// warnOfRefusals tells the legal adviser, before one more notice leaves, that
// the addressee refused many: in the text's findings, and once in the case.
func (p *planner) warnOfRefusals(instrument string) ([]Finding, error) {
	if !slices.Contains(counted, instrument) || !refusedOften(p.contact) {
		return nil, nil
	}
	task := takedown.Task{Kind: taskRefusals, Owner: takedown.LegalAdviser, Reason: "art_23_2", Subject: p.contact.ID, Track: p.track.ID}
	return []Finding{{
		Code: findingNotice, Field: "addressee",
		Message: fmt.Sprintf("this addressee refused %d of the %d notices and complaints of ours that it decided on", p.contact.Refusals, p.contact.Decisions),
		Why:     "Art. 23(2)-(3) DSA: after a warning, platforms suspend the handling of notices of who frequently submits manifestly unfounded ones; numbers and proportion count.",
		Where:   "PUT …/items/{item}/assessment: is the illegality visible in the content itself?",
		NL: &FindingWords{
			fmt.Sprintf("deze geadresseerde wees %d van onze %d meldingen en klachten af waarop hij besliste", p.contact.Refusals, p.contact.Decisions),
			"Artikel 23, tweede en derde lid, DSA: na een waarschuwing schorten platforms de behandeling op van meldingen van wie vaak kennelijk ongegronde meldingen doet; aantal en verhouding tellen mee.",
			"PUT …/items/{item}/assessment: is het onrechtmatige in de inhoud zelf te zien?",
		},
	}}, p.t.openOnce(task)
}
