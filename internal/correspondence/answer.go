package correspondence

// answered tells what a reply of the addressee is: an automatic one, an
// acknowledgement, a decision or a question.
func answered(b *book, r *reading, extra []*rule) Verdict {
	hits := b.all(r, extra, signAck, signDecision, signQuestion, signWrong, signPerhaps, signNone)
	for _, h := range hits {
		if h.rule.contact {
			return h.verdict(kindOf(h.rule), Clear)
		}
	}
	decision, split := decided(hits)
	wrong := firstOf(ofSign(hits, signWrong), ofSign(hits, signPerhaps))
	if v, ok := b.automatic(r, hits, firstOf(decision, wrong)); ok {
		v.Wrong = wrong != nil
		return v
	}
	if wrong != nil {
		return wrong.verdict(KindWrongAddressee, b.sureWrong(r, hits, wrong, decision))
	}
	ack := ofSign(hits, signAck)
	switch {
	case decision == nil && ack != nil:
		return ack.verdict(KindAcknowledgement, Clear)
	case decision != nil:
		return decision.verdict(KindDecision, sure(r, hits, split))
	}
	if q := ofSign(hits, signQuestion); q != nil {
		return q.verdict(KindQuestion, Likely)
	}
	return Verdict{Kind: KindOther, Confidence: Unclear}
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

// automatic says whether a machine answered. A machine that decides is read
// as a decision only where it does not call itself an automatic answer.
func (b *book) automatic(r *reading, hits []hit, decision *hit) (Verdict, bool) {
	if h := b.first(r, signAutoHeader); h != nil {
		return h.verdict(KindAutoReply, lessIf(decision != nil)), true
	}
	machine := b.first(r, signMachine)
	if h := b.first(r, signAutoReply); h != nil && decision == nil && r.speaksFor(h, machine != nil) {
		return h.verdict(KindAutoReply, Clear), true
	}
	if ack := ofSign(hits, signAck); decision == nil && ack != nil && (machine != nil || r.null) {
		return ack.verdict(KindAutoReply, Clear), true
	}
	if machine != nil && decision == nil && machine.rule.In == inHeader {
		return machine.verdict(KindAutoReply, Likely), true
	}
	return Verdict{}, false
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

// ticket is the number the sender's own system gives our message.
func (b *book) ticket(r *reading) string {
	for _, re := range b.tickets {
		for _, text := range []string{r.m.Subject, ownStart(r)} {
			if got := re.FindStringSubmatch(text); got != nil {
				return got[re.SubexpIndex("t")]
			}
		}
	}
	return ""
}
