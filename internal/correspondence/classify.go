package correspondence

import "strings"

// Kind is what an inbound message is (design §2, Reply).
type Kind string

// The kinds, in the order in which they are asked for.
const (
	KindBounce          Kind = "bounce"
	KindFeedbackReport  Kind = "feedback_report"
	KindAutoReply       Kind = "auto_reply"
	KindAcknowledgement Kind = "acknowledgement"
	KindDecision        Kind = "decision"
	KindQuestion        Kind = "question"
	KindWrongAddressee  Kind = "wrong_addressee" // our document was not for who has it
	KindOther           Kind = "other"
)

// Decision is what an addressee decided.
type Decision string

// The decisions an addressee can give.
const (
	DecisionRemoved          Decision = "removed"
	DecisionPartly           Decision = "partly"
	DecisionRefused          Decision = "refused"
	DecisionNeedsInformation Decision = "needs_information"
	DecisionForwarded        Decision = "forwarded"
	DecisionOther            Decision = "other"
)

// Confidence says how far a verdict carries. Only a clear one may act without
// a person.
type Confidence string

// The degrees of confidence.
const (
	Clear   Confidence = "clear"   // one reading, by a header or a phrase that means nothing else
	Likely  Confidence = "likely"  // one reading, by words that could stand elsewhere
	Unclear Confidence = "unclear" // two readings, or none: a person reads it
)

// Verdict is what a message was taken for, and what decided it.
type Verdict struct {
	Kind       Kind
	Decision   Decision // of KindDecision, else empty
	Confidence Confidence
	Deliveries []Delivery // of KindBounce and of delivery reports: one each recipient
	Rule       string     // id of the rule that decided, "" where none did
	Phrase     string     // the words or the header's value that decided
	Where      string     // subject, text, sender, or "header NAME"
	Language   string     // of the phrase, where it has one
	Ticket     string     // the sender's own number, where it names one
	Wrong      bool       // of KindAutoReply: its words may say that ours was not for them
	Report     bool       // a machine reports delivery or reading; KindOther alone
}

// Classify says what a message is. It reads nothing but the message and the
// rules; extra are the patterns of the contact it came from.
func Classify(m *Message, extra ...Pattern) Verdict {
	r := read(m)
	b := house()
	for _, ask := range []func(*book, *reading) (Verdict, bool){report, bounced, complaint, succeeded} {
		if v, ok := ask(b, r); ok {
			return v
		}
	}
	v := answered(b, r, contactRules(extra))
	v.Ticket = b.ticket(r)
	return v
}

func (h *hit) verdict(k Kind, c Confidence) Verdict {
	return Verdict{
		Kind: k, Decision: h.rule.Decision, Confidence: c, Rule: h.rule.ID, Phrase: strings.TrimSpace(h.phrase), Where: h.field,
		Language: h.rule.Lang,
	}
}

// report reads the machine's own words: a delivery report, or the notice of a
// mail service.
func report(_ *book, r *reading) (Verdict, bool) {
	if v, ok := serviceNotice(r.m.Text); ok {
		return v, true
	}
	if len(r.m.Statuses) == 0 || r.m.Feedback != nil {
		return Verdict{}, false
	}
	v := Verdict{
		Kind: KindBounce, Confidence: Clear, Deliveries: reported(r, r.m.Statuses), Rule: "report.status",
		Phrase: "message/delivery-status", Where: "part",
	}
	if delivered(v.Deliveries) {
		v.Kind, v.Report = KindOther, true
	}
	return v, true
}

func delivered(all []Delivery) bool {
	for _, d := range all {
		if d.Permanence != Delivered {
			return false
		}
	}
	return len(all) > 0
}

// bounced weighs a report in words. What mail systems write decides only if a
// mail system can have sent it: a person may quote it.
func bounced(b *book, r *reading) (Verdict, bool) {
	if r.m.Feedback != nil || r.m.Report == "feedback-report" || r.m.Report == "disposition-notification" {
		return Verdict{}, false
	}
	h, c := b.bounceSign(r)
	if h == nil || h.rule.Sign != signDecisive && b.answersItself(r) {
		return Verdict{}, false
	}
	v := h.verdict(KindBounce, c)
	v.Decision = ""
	v.Deliveries = b.told(r)
	return v, true
}

// answersItself says that a mail calls itself an automatic answer and comes from
// no mail system: neither one by its name, nor by its address and subject.
func (b *book) answersItself(r *reading) bool {
	if b.first(r, signAutoHeader) == nil || b.first(r, signStrict) != nil {
		return false
	}
	return b.first(r, signDaemon) == nil || b.first(r, signFailure, signDelay) == nil
}

func (b *book) bounceSign(r *reading) (*hit, Confidence) {
	if h := b.first(r, signDecisive); h != nil {
		return h, Clear
	}
	success := b.first(r, signSuccess)
	format := b.first(r, signFormat)
	subject := b.first(r, signFailure, signDelay)
	if success != nil && format == nil {
		return nil, ""
	}
	if b.first(r, signDaemon) != nil || b.first(r, signWeakDaemon) != nil && (r.null || format != nil && subject != nil) {
		return b.fromMachine(r, format, subject)
	}
	switch {
	case r.forwarded && subject != nil && format != nil:
		return format, Likely
	case r.answering():
		return nil, ""
	case format != nil && r.null:
		if subject == nil && firstText(codes(r.text)) == "" {
			return format, Likely
		}
		return format, Clear
	case subject != nil && r.null && b.first(r, signHint) != nil:
		return subject, Likely
	case format != nil && (subject != nil || b.first(r, signWeakDaemon) != nil):
		return format, Likely
	case r.m.Report == "delivery-status" && (format != nil || subject != nil):
		return firstOf(format, subject), Clear
	}
	return nil, ""
}

// fromMachine weighs what a mail system sent. One that is nothing else sends
// reports alone, in whatever language; who runs it answers as people do, in words
// that a report may have.
func (b *book) fromMachine(r *reading, format, subject *hit) (*hit, Confidence) {
	strict, hint := b.first(r, signStrict), b.first(r, signHint)
	switch {
	case strict == nil && r.answering():
		if coded := firstText(codes(r.text)) != ""; format == nil || !coded && (subject == nil || r.quotedSubject()) {
			return nil, ""
		}
		return format, Likely
	case format != nil:
		return format, Clear
	case subject != nil:
		return subject, Clear
	case b.first(r, signAutoReply, signNote) != nil:
		return nil, ""
	case strict != nil:
		return firstOf(hint, strict), Likely
	case hint != nil && firstText(codes(r.text)) != "":
		return hint, Likely
	}
	return nil, ""
}

func firstOf(hits ...*hit) *hit {
	for _, h := range hits {
		if h != nil {
			return h
		}
	}
	return nil
}

func complaint(b *book, r *reading) (Verdict, bool) {
	if r.m.Feedback != nil || r.m.Report == "feedback-report" {
		return Verdict{
			Kind: KindFeedbackReport, Confidence: Clear, Rule: "report.feedback",
			Phrase: "message/feedback-report", Where: "part",
		}, true
	}
	if h := b.first(r, signFeedback); h != nil && !r.answering() {
		return h.verdict(KindFeedbackReport, Likely), true
	}
	return Verdict{}, false
}

func succeeded(b *book, r *reading) (Verdict, bool) {
	if r.m.Report == "disposition-notification" {
		return Verdict{Kind: KindOther, Confidence: Clear, Rule: "report.disposition", Phrase: r.m.Report, Where: "part", Report: true}, true
	}
	if b.first(r, signDaemon) == nil {
		return Verdict{}, false
	}
	if h := b.first(r, signSuccess); h != nil {
		v := h.verdict(KindOther, Clear)
		v.Report = true
		return v, true
	}
	return Verdict{}, false
}
