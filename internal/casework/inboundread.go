package casework

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/correspondence"
	"github.com/ontdox/takedown/internal/takedown"
)

// mailRead is what the program makes of a message.
type mailRead struct {
	reply    *takedown.Reply // as stored
	settings *takedown.Settings
	raw      []byte
	text     string
	message  *correspondence.Message
	verdict  correspondence.Verdict
	match    correspondence.Match
	sender   correspondence.Authenticity
	print    string // the look-up value that the same message has again
	track    *takedown.Track
	document *takedown.Document
	contact  *takedown.Contact
}

// cut says that only the beginning of a message was taken: what it means a person
// says, who looks at the whole of it in the mailbox.
func (in *mailRead) cut() bool { return in.reply.Source != nil && in.reply.Source.Size > 0 }

// ReadMail says whose a stored message is and what it is, and does what follows
// from it. Idempotent: a message that was read is left alone. An error leaves
// it in the queue.
func (s *Service) ReadMail(ctx context.Context, reply string) (err error) {
	defer func() {
		if broke := recover(); broke != nil { // a mail made to break the reader ends its reading alone
			err = takedown.Errorf(takedown.Internal, takedown.NameInternal, "the mail broke its reader: %T", broke)
		}
	}()
	r, err := get[takedown.Reply](ctx, s, reply)
	if err != nil || r.Status != takedown.ReplyReceived {
		return err
	}
	in, err := s.readMail(ctx, r)
	if err != nil {
		return err
	}
	switch status, err := s.setAside(ctx, in); {
	case err != nil:
		return err
	case status != "":
		return s.fileMail(ctx, in, status)
	case in.track == nil:
		return s.fileMail(ctx, in, takedown.ReplyUnmatched)
	}
	if err := s.mailIntoCase(ctx, in); err != nil {
		return err
	}
	return s.fileMail(ctx, in, takedown.ReplyMatched)
}

func (s *Service) readMail(ctx context.Context, r *takedown.Reply) (in *mailRead, err error) {
	raw, err := s.openRaw(ctx, r)
	if err != nil {
		return nil, err
	}
	in = &mailRead{reply: r, raw: raw, message: correspondence.Parse(raw, correspondence.DefaultLimits())}
	in.text = in.message.Words()
	if in.text = clip(in.text, maxReplyText); in.text == "" {
		in.text = clip(in.message.Subject, maxReplyText)
	}
	in.print = s.printOf(in)
	in.verdict = correspondence.Classify(in.message)
	envelope, err := s.envelopeOf(ctx, r)
	if err != nil {
		return nil, err
	}
	if in.settings, err = s.settingsNow(ctx); err != nil {
		return nil, err
	}
	if err := s.matchMail(ctx, in, envelope); err != nil {
		return nil, err
	}
	in.sender, err = s.sender(ctx, r, raw, in.message)
	return in, err
}

// maxReplyText is how much of a reply's text is kept beside the raw message.
const maxReplyText = 20_000

func clip(text string, limit int) string {
	if text = strings.TrimSpace(text); len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "")
	}
	return text
}

// printOf is the same for one message that reaches us twice, by two ways.
func (s *Service) printOf(in *mailRead) string {
	id := strings.TrimSpace(in.message.Header.Get("Message-Id"))
	if id == "" {
		id = in.reply.ID // nothing to know it again by but its bytes
	}
	return hex.EncodeToString(s.Keys.MAC("inbound", []byte(id+"\x00"+in.message.Subject+"\x00"+in.text)))
}

// matchMail finds the track of a message, and reads it again with the patterns
// of the contact it came from.
func (s *Service) matchMail(ctx context.Context, in *mailRead, envelope []string) error {
	addresses, err := s.replyAddresses(in.settings.ReplyDomain)
	if err != nil {
		return err
	}
	m := correspondence.Matcher{Addresses: addresses, Reference: referenceForm(), Index: sentIndex{s}}
	if in.match, err = m.Match(ctx, in.message, in.verdict.Ticket, envelope...); err != nil || in.match.Document == "" {
		return err
	}
	if in.document, err = get[takedown.Document](ctx, s, in.match.Document); err != nil {
		return err
	}
	if in.track, err = get[takedown.Track](ctx, s, in.document.Track); err != nil {
		return err
	}
	c, err := get[takedown.Case](ctx, s, in.track.Case)
	if err != nil {
		return err
	}
	if len(c.Key) == 0 { // nothing can be sealed in it any more: no later try would end otherwise
		in.match.Doubt, in.track, in.document = doubtErased, nil, nil
		return nil
	}
	if in.contact, err = get[takedown.Contact](ctx, s, in.track.Contact); err != nil {
		return err
	}
	var patterns []correspondence.Pattern
	for _, p := range in.contact.Patterns {
		patterns = append(patterns, correspondence.Pattern{
			ID: p.ID, Kind: correspondence.Kind(p.Kind), Decision: correspondence.Decision(decisionsOut[p.Decision]), Phrase: p.Phrase,
		})
	}
	if len(patterns) > 0 {
		in.verdict = correspondence.Classify(in.message, patterns...)
	}
	return nil
}

// setAside says whether a message is one that was read before, or our own come
// back; "" for one to act on.
func (s *Service) setAside(ctx context.Context, in *mailRead) (takedown.ReplyStatus, error) {
	ref, err := s.Store.FindLookup(ctx, spaceInbound, in.print)
	switch {
	case err == nil && ref.ID != in.reply.ID:
		return takedown.ReplyDuplicate, nil
	case err != nil && takedown.KindOf(err) != takedown.NotFound:
		return "", err
	}
	own := in.message.Header.Get("X-Takedown-Ref") != "" && in.verdict.Kind != correspondence.KindBounce
	if own && in.settings.MailFrom != "" && sameMailbox(correspondence.Sender(in.message), in.settings.MailFrom) {
		return takedown.ReplyOwn, nil
	}
	return "", nil
}

func (s *Service) settingsNow(ctx context.Context) (*takedown.Settings, error) {
	t, err := s.begin(ctx, takedown.TheSystem, takedown.System, "settings")
	if err != nil {
		return nil, err
	}
	return t.settings()
}

// fileMail records what became of a stored message. One that is nobody's keeps
// its text for the person who matches it, and asks for one.
func (s *Service) fileMail(ctx context.Context, in *mailRead, status takedown.ReplyStatus) error {
	rs, err := s.Store.Get(ctx, Key{KindReply, in.reply.ID})
	if err != nil || len(rs) == 0 {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, rs[0].Stream, func(t *tx) error {
		r, err := load[takedown.Reply](t, in.reply.ID)
		if err != nil || r.Status != takedown.ReplyReceived {
			return err
		}
		if t.key, err = s.Keys.CaseKey(ctx, r.ID, r.Key); err != nil {
			return err
		}
		r.Status = status
		switch status {
		case takedown.ReplyUnmatched:
			if err := t.unmatchedMail(in, r); err != nil {
				return err
			}
		case takedown.ReplyMatched:
			r.Track, r.Kind, r.Decision = in.track.ID, kindsIn[in.verdict.Kind], decisionsIn[in.verdict.Decision]
			r.Key, r.Raw, r.Source = nil, takedown.Sealed{}, nil // it lives in its case now, under the case's key
		}
		if err := t.put(r); err != nil {
			return err
		}
		return t.log("mail."+string(status), reasonOfMail(in), []string{r.ID})
	})
}

func (t *tx) unmatchedMail(in *mailRead, r *takedown.Reply) error {
	facts, err := t.mailFacts(in)
	if err != nil {
		return err
	}
	r.Mail, r.Kind, r.Decision, r.Ticket = facts, kindsIn[in.verdict.Kind], decisionsIn[in.verdict.Decision], in.verdict.Ticket
	if r.Text, err = t.sealText(r, "text", in.text); err != nil {
		return err
	}
	t.change.Claim = append(t.change.Claim, Lookup{Space: spaceInbound, Value: in.print, Ref: Key{KindReply, r.ID}})
	reason := in.match.Doubt
	if in.cut() {
		reason = whyCut
	}
	return t.openTask(takedown.Task{
		Kind: taskMatch, Owner: takedown.Specialist, Reason: reason, Subject: r.ID, Urgent: r.Kind == kindWrongAddressee,
	})
}

// taskMatch and taskClassify ask a specialist whose a message is, and what.
const (
	taskMatch    = "match_reply"
	taskClassify = "classify_reply"
)

func reasonOfMail(in *mailRead) string {
	if in.match.Doubt != "" {
		return in.match.Doubt
	}
	return string(in.match.Proof)
}

// kindsIn and decisionsIn turn what the classifier says into the nouns' words.
var (
	kindsIn = map[correspondence.Kind]string{
		correspondence.KindBounce: "bounce", correspondence.KindFeedbackReport: "other", correspondence.KindAutoReply: "auto_reply",
		correspondence.KindAcknowledgement: "acknowledgement", correspondence.KindDecision: "decision",
		correspondence.KindQuestion: "question", correspondence.KindWrongAddressee: kindWrongAddressee,
		correspondence.KindOther: "other",
	}
	decisionsIn = map[correspondence.Decision]string{
		correspondence.DecisionRemoved: "removed", correspondence.DecisionPartly: "partly", correspondence.DecisionRefused: "refused",
		correspondence.DecisionNeedsInformation: "needs_more", correspondence.DecisionForwarded: "forwarded", correspondence.DecisionOther: "other",
	}
	decisionsOut = map[string]string{
		"removed": "removed", "partly": "partly", "refused": "refused", "needs_more": "needs_information", "forwarded": "forwarded", "other": "other",
	}
)

func (t *tx) mailFacts(in *mailRead) (*takedown.MailFacts, error) {
	v := in.verdict
	f := &takedown.MailFacts{
		Confidence: string(v.Confidence), Rule: v.Rule, Phrase: clip(v.Phrase, 100), Where: v.Where, Doubt: in.match.Doubt,
		Sender: string(in.sender.Verdict), SenderBy: in.sender.By, SPF: in.sender.SPF,
	}
	for _, e := range in.match.Evidence[:min(len(in.match.Evidence), 10)] {
		f.Proofs = append(f.Proofs, string(e.Proof)+" "+e.Where)
	}
	if to := in.match.Target; in.document != nil && to != in.document.LastDispatch && strings.HasPrefix(to, string(KindDispatch)+"_") {
		f.Dispatch = to
	}
	if v.Kind == correspondence.KindBounce {
		f.Permanence = string(worst(v.Deliveries))
	}
	if in.cut() {
		f.Size, f.Why = in.reply.Source.Size, whyCut
	}
	hash, err := t.mac("text", []byte(in.text))
	f.TextHash = strings.TrimPrefix(hash, "text:")
	return f, err
}

// worst is the permanence that weighs most among a report's recipients.
func worst(all []correspondence.Delivery) correspondence.Permanence {
	for _, p := range []correspondence.Permanence{correspondence.Permanent, correspondence.Temporary, correspondence.Unknown, correspondence.Delayed} {
		if slices.ContainsFunc(all, func(d correspondence.Delivery) bool { return d.Permanence == p }) {
			return p
		}
	}
	return correspondence.Unknown
}
