package casework

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

const (
	// spaceAnswerPage are the look-up rows from the keyed hash of a page's token
	// to the document that names the page.
	spaceAnswerPage = "answer-page"
	answerPath      = "/r/"
	// answerID and answerMAC are the parts of a token, in bytes: what names the
	// page, and what shows that we made it.
	answerID, answerMAC = 16, 10
	maxAnswerDays       = 365
	// sameAnswer is within which an answer given again is the same one, and
	// maxAnswers how many of a document are kept. Our own choice.
	sameAnswer = time.Hour
	maxAnswers = 20
	maxAnswer  = 1000
)

// kindClaim is what a recipient's page said: nobody knows who filled it in.
const kindClaim = "claim"

// What a recipient can say on its page.
const (
	answerReceived = "received"
	answerRemoved  = "removed"
	answerRefused  = "refused"
)

var (
	pageAnswers = []string{answerReceived, answerRemoved, answerRefused}
	// answerInstruments ask somebody to remove something: their recipients have a page.
	answerInstruments = []string{notice.T1, notice.T2, notice.T3, notice.T4, notice.T6}
	// answeredOn are the statuses of a dispatch that may have reached its
	// recipient.
	answeredOn = []takedown.DispatchStatus{takedown.DispatchSent, takedown.DispatchPosted, takedown.DispatchUncertain, takedown.DispatchBounced}
)

// AnswerPage is where recipients of letters answer without an account.
type AnswerPage struct {
	Address string `json:"address" maxLength:"200" doc:"This service as recipients reach it, like https://meldpunt.example.nl; letters name a page below it."`
	Days    int    `json:"days" minimum:"1" maximum:"365" doc:"For how many days after a letter left its page is there."`
}

func (a *AnswerPage) stored() *takedown.AnswerPage {
	if a == nil {
		return nil
	}
	return &takedown.AnswerPage{Address: strings.TrimRight(a.Address, "/"), Days: a.Days}
}

func (b *bad) answerPage(in *AnswerPage) {
	if in == nil {
		return
	}
	u, err := url.Parse(in.Address)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(in.Address) > 200 {
		b.add("/answerPage/address", "must be an https address without user, query and fragment, of at most 200 characters")
	}
	b.line("/answerPage/address", in.Address, 200)
	if in.Days < 1 || in.Days > maxAnswerDays {
		b.add("/answerPage/days", "1 to %d days", maxAnswerDays)
	}
}

// answerPage is the address that a document's text names for its recipient's
// answer, "" for none: who publishes notices would publish it, too.
func (p *planner) answerPage(d *takedown.Document) string {
	page := p.settings.AnswerPage
	if page == nil || (d.Channel != "mail" && d.Channel != "letter") || p.contact.PublishesNotices || !slices.Contains(answerInstruments, d.Instrument) {
		return ""
	}
	return page.Address + answerPath + p.t.s.answerToken(d)
}

var answerEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// answerToken opens a document's page. It follows from the document's random
// nonce under a key outside the database, so that the store alone does not give
// it, and is no secret of the text that names it.
func (s *Service) answerToken(d *takedown.Document) string {
	id := s.Keys.MAC("answer-page", []byte(d.ID+"\x00"+d.Nonce))[:answerID]
	return strings.ToLower(answerEncoding.EncodeToString(append(id, s.answerSignature(id)...)))
}

func (s *Service) answerSignature(id []byte) []byte {
	return s.Keys.MAC("answer-page-signature", id)[:answerMAC]
}

// answerValue is the keyed hash under which a token is found.
func (s *Service) answerValue(token string) string {
	return hex.EncodeToString(s.Keys.MAC("answer-page-value", []byte(token)))
}

// SignedAnswerToken says that a token is one that this installation made,
// without asking the store: whoever tries others out costs nothing.
func (s *Service) SignedAnswerToken(token string) bool {
	raw, err := answerEncoding.DecodeString(strings.ToUpper(token))
	if err != nil || len(raw) != answerID+answerMAC || !hmac.Equal(raw[answerID:], s.answerSignature(raw[:answerID])) {
		return false
	}
	return strings.ToLower(answerEncoding.EncodeToString(raw)) == token // one spelling
}

// PageAnswer is what a recipient says on its page. Words are sealed.
type PageAnswer struct {
	Answer string // received, removed, refused
	Words  string // at most 1,000 characters
}

// AnswerPageOf gives what the page of a token shows. NotFound for every token
// that opens none, whatever the reason: forged, of no dispatch, expired, or of a
// case whose key was destroyed.
func (s *Service) AnswerPageOf(ctx context.Context, token string) (AnswerPageView, error) {
	var out AnswerPageView
	err := s.onAnswerPage(ctx, token, func(t *tx, d *takedown.Document) error {
		set, err := t.settings()
		out = AnswerPageView{Language: d.Language, Organisation: set.Organisation.Name, Reference: d.Reference}
		return err
	})
	return out, err
}

// AnswerOnPage records what was said on the page of a token: a claim, which
// proves no receipt and ends no wait. Removed has the pages looked at, refused
// is a specialist's to read. Said again within an hour it is the same answer.
// NotFound as AnswerPageOf; RateLimited once a document has 20.
func (s *Service) AnswerOnPage(ctx context.Context, token string, in PageAnswer) error {
	var b bad
	b.oneOf("/answer", in.Answer, pageAnswers)
	b.atMost("/words", in.Words, maxAnswer)
	if err := refuseAll(b.fields); err != nil {
		return err
	}
	return s.onAnswerPage(ctx, token, func(t *tx, d *takedown.Document) error {
		known, err := t.answersTo(d)
		if err != nil {
			return err
		}
		again := func(r *takedown.Reply) bool { return r.Decision == in.Answer && t.now.Sub(r.ReceivedAt) < sameAnswer }
		if slices.ContainsFunc(known, again) {
			return nil
		}
		if len(known) >= maxAnswers {
			return takedown.Errorf(takedown.RateLimited, takedown.NameInvalidInput, "the page was answered %d times", maxAnswers)
		}
		return t.claimedOnPage(d, in)
	})
}

// onAnswerPage runs f on the document whose page a token opens.
func (s *Service) onAnswerPage(ctx context.Context, token string, f func(*tx, *takedown.Document) error) error {
	none := takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "there is no such page")
	if !s.SignedAnswerToken(token) {
		return none
	}
	d, err := s.answeredDocument(ctx, token)
	if err != nil {
		return orElse(unlessMissing(err), none)
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(d.Case), func(t *tx) error {
		d, err := load[takedown.Document](t, d.ID)
		if err != nil {
			return err
		}
		open, err := t.answerable(d)
		if err != nil || !open {
			return orElse(err, none)
		}
		return f(t, d)
	})
}

// answeredDocument is the document whose page a token opens; NotFound without.
func (s *Service) answeredDocument(ctx context.Context, token string) (*takedown.Document, error) {
	ref, err := s.Store.FindLookup(ctx, spaceAnswerPage, s.answerValue(token))
	if err != nil {
		return nil, err
	}
	return get[takedown.Document](ctx, s, ref.ID)
}

// answerable says that a document's page is there: it may have arrived, its days
// are not over, and its case can still be read.
func (t *tx) answerable(d *takedown.Document) (bool, error) {
	set, err := t.settings()
	if err != nil || set.AnswerPage == nil {
		return false, err
	}
	n, err := t.lastDispatch(d)
	if err != nil || n == nil || !slices.Contains(answeredOn, n.Status) {
		return false, err
	}
	c, err := load[takedown.Case](t, d.Case)
	if err != nil || len(c.Key) == 0 {
		return false, err
	}
	left := n.At
	if left.IsZero() {
		left = n.IntendedAt
	}
	return !t.now.After(left.AddDate(0, 0, set.AnswerPage.Days)), nil
}

// answersTo are what was said on a document's page, oldest first.
func (t *tx) answersTo(d *takedown.Document) ([]*takedown.Reply, error) {
	replies, err := all[takedown.Reply](t)
	replies = slices.DeleteFunc(replies, func(r *takedown.Reply) bool { return r.Document != d.ID || r.Via != "page" })
	slices.SortStableFunc(replies, func(a, b *takedown.Reply) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	return replies, err
}

// claimedOnPage records an answer. The entry holds the keyed hash of all that
// was said, with the dispatch and the content that it was said about.
func (t *tx) claimedOnPage(d *takedown.Document, in PageAnswer) error {
	tr, err := load[takedown.Track](t, d.Track)
	if err != nil {
		return err
	}
	r := &takedown.Reply{
		Meta: takedown.Meta{Case: d.Case}, Track: tr.ID, Document: d.ID, Kind: kindClaim, Decision: in.Answer, Via: "page",
		ReceivedAt: second(t.now), Status: takedown.ReplyClaimed,
	}
	if err := t.ident(r); err != nil {
		return err
	}
	if r.Text, err = t.sealText(r, "text", in.Words); err != nil {
		return err
	}
	evidence, err := json.Marshal(map[string]string{
		"answer": in.Answer, "words": in.Words, "at": r.ReceivedAt.Format(time.RFC3339), "dispatch": d.LastDispatch, "content": d.ContentHash,
	})
	if err != nil {
		return err
	}
	said, err := t.mac("claim", bytes.TrimSpace(evidence))
	if err != nil {
		return err
	}
	if err := t.log("reply.claimed", in.Answer, []string{r.ID, d.ID, d.LastDispatch, tr.ID}, said, "content:"+d.ContentHash); err != nil {
		return err
	}
	if in.Answer == answerRefused {
		r.Status = takedown.ReplyUnclear
	}
	if err := t.put(r); err != nil {
		return err
	}
	return t.afterClaim(tr, r)
}

// afterClaim does the little that a claim may do while its track goes on.
func (t *tx) afterClaim(tr *takedown.Track, r *takedown.Reply) error {
	if tr.Ended() {
		return nil
	}
	switch r.Decision {
	case answerRefused:
		return t.openTask(takedown.Task{Kind: taskClassify, Owner: takedown.Specialist, Reason: "claimed_on_page", Subject: r.ID, Track: tr.ID})
	case answerRemoved:
		for _, id := range tr.Items {
			it, err := load[takedown.Item](t, id)
			if err != nil {
				return err
			}
			if it.Status == takedown.ItemClaimed {
				continue // a stronger word, or this one
			}
			if err := t.claim(it, ""); err != nil {
				return err
			}
			it.OnPage = it.Status == takedown.ItemClaimed
		}
		t.wakeTrack(tr)
	}
	return nil
}
