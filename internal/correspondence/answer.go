package correspondence

import "slices"

// answered tells what a reply of the addressee is: an automatic one, an
// acknowledgement, a decision or a question.
func answered(b *book, r *reading, extra []*rule) Verdict {
	hits := b.all(r, extra, signAck, signThanks, signPromise, signDecision, signQuestion, signWrong, signPerhaps, signNone)
	for _, h := range hits {
		if h.rule.contact {
			return h.verdict(kindOf(h.rule), Clear)
		}
	}
	hits, doubt := b.unconditional(r, hits)
	decision, split := decided(hits)
	split = split || doubt || ends(decision) && b.promised(r, hits)
	wrong := firstOf(ofSign(hits, signWrong), ofSign(hits, signPerhaps))
	if v, ok := b.automatic(r, hits, decision, wrong); ok {
		v.Wrong = wrong != nil
		return v
	}
	if wrong != nil {
		return wrong.verdict(KindWrongAddressee, b.sureWrong(r, hits, wrong, decision))
	}
	if decision != nil {
		c := sure(r, hits, split)
		if c == Clear && ends(decision) && besideReceipt(r, hits, decision) {
			c = Likely
		}
		return decision.verdict(KindDecision, c)
	}
	return b.undecided(r, hits)
}

// undecided tells an acknowledgement from a question, and thanks that say nothing
// else from those that stand before what a person must read.
func (b *book) undecided(r *reading, hits []hit) Verdict {
	receipt, thanks := receiptIn(hits), ofSign(hits, signThanks)
	question := asked(r, hits)
	if receipt == nil && thanks == nil {
		question = ofSign(hits, signQuestion)
	}
	switch {
	case question != nil:
		return question.verdict(KindQuestion, Likely)
	case receipt != nil:
		return receipt.verdict(KindAcknowledgement, lessIf(b.traced(r)))
	case thanks != nil && !b.saysMore(r, signThanks, signNote):
		return thanks.verdict(KindAcknowledgement, Clear)
	}
	return Verdict{Kind: KindOther, Confidence: Unclear}
}

// receiptIn is what says that ours came in, or that it is or will be looked at.
func receiptIn(hits []hit) *hit { return firstOf(ofSign(hits, signAck), ofSign(hits, signPromise)) }

// ends says that a decision ends a wait.
func ends(decision *hit) bool {
	return decision != nil && slices.Contains([]Decision{DecisionRemoved, DecisionPartly, DecisionRefused}, decision.rule.Decision)
}

// sureWrong: who decided, or sends us elsewhere, may speak of its service alone,
// and who sent it on may speak of another's mail.
func (b *book) sureWrong(r *reading, hits []hit, wrong, decision *hit) Confidence {
	if decision != nil {
		return Unclear
	}
	if wrong.rule.Sign == signPerhaps || b.first(r, signMachine) != nil {
		return Likely
	}
	return sure(r, hits, false)
}

// sure lowers what a decision's words would carry where they can mean two
// things: several decisions, or a question beside them.
func sure(r *reading, hits []hit, split bool) Confidence {
	switch {
	case split:
		return Unclear
	case ofSign(hits, signQuestion) != nil || r.forwarded:
		return Likely
	}
	return Clear
}

// decided gives the decision the words agree on. "Partly" goes before the
// "removed" it contains; any other two are a split.
func decided(hits []hit) (*hit, bool) {
	var found *hit
	split := false
	for i, h := range hits {
		if h.rule.Sign != signDecision {
			continue
		}
		switch {
		case found == nil:
			found = &hits[i]
		case found.rule.Decision == h.rule.Decision:
		case h.rule.Decision == DecisionPartly:
			found = &hits[i]
		case found.rule.Decision == DecisionPartly:
		default:
			split = true
		}
	}
	return found, split
}

func ofSign(hits []hit, s sign) *hit {
	for i := range hits {
		if hits[i].rule.Sign == s {
			return &hits[i]
		}
	}
	return nil
}

// automatic says whether a machine answered. One that says so of itself decides
// nothing; where it says that something was done, or writes of our mail as mail
// systems do of one that failed, a person looks. What it says of
// the mail alone ("do not reply") covers no other words.
func (b *book) automatic(r *reading, hits []hit, decision, wrong *hit) (Verdict, bool) {
	if h := b.first(r, signAutoHeader); h != nil {
		return h.verdict(KindAutoReply, lessIf(ends(decision) || wrong != nil || b.first(r, signFormat) != nil)), true
	}
	machine := b.first(r, signMachine)
	if h := b.first(r, signAutoReply); h != nil && wrong == nil && r.speaksFor(h, machine != nil) {
		return h.verdict(KindAutoReply, lessIf(ends(decision))), true
	}
	if decision != nil || wrong != nil {
		return Verdict{}, false
	}
	note := b.first(r, signNote)
	if note != nil && !r.speaksFor(note, machine != nil) {
		note = nil
	}
	if machine == nil && note == nil && !r.null {
		return Verdict{}, false
	}
	if byHand := !r.null && (machine == nil || machine.rule.In == inHeader); byHand && asked(r, hits) != nil {
		return Verdict{}, false // a person asks, by way of a system
	}
	receipt, thanks := receiptIn(hits), ofSign(hits, signThanks)
	switch {
	case receipt != nil:
		return receipt.verdict(KindAutoReply, lessIf(b.traced(r))), true
	case thanks == nil && note == nil, b.saysMore(r, signThanks, signNote):
		return Verdict{}, false
	}
	return firstOf(note, thanks).verdict(KindAutoReply, Clear), true
}

// Automatic answers are short and say so at once; people mention a holiday in
// passing.
const (
	autoText  = 1500 // bytes
	autoStart = 600
)

// speaksFor says whether the words of an automatic answer are the message's
// point.
func (r *reading) speaksFor(h *hit, machine bool) bool {
	if h.field == inSubject {
		return !r.quotedSubject()
	}
	return machine || r.null || len(r.text) <= autoText && h.at <= autoStart
}

func lessIf(two bool) Confidence {
	if two {
		return Unclear
	}
	return Clear
}

func kindOf(r *rule) Kind {
	switch r.Sign {
	case signAutoReply:
		return KindAutoReply
	case signAck:
		return KindAcknowledgement
	case signDecision:
		return KindDecision
	case signQuestion:
		return KindQuestion
	case signWrong:
		return KindWrongAddressee
	}
	return KindOther
}

// contactRules are a contact's own patterns as rules of this reading.
func contactRules(patterns []Pattern) []*rule {
	signs := map[Kind]sign{
		KindAutoReply: signAutoReply, KindAcknowledgement: signAck, KindDecision: signDecision, KindQuestion: signQuestion,
		KindWrongAddressee: signWrong,
	}
	var rules []*rule
	for _, p := range patterns {
		s, ok := signs[p.Kind]
		if !ok {
			s = signNone
		}
		if phrase := fold(p.Phrase); phrase != "" {
			rules = append(rules, &rule{ID: p.ID, Sign: s, Decision: p.Decision, In: inBoth, Any: []string{phrase}, contact: true})
		}
	}
	return rules
}
