package correspondence

import (
	"slices"
	"strings"
)

// frame is how the part of a sentence before a phrase bears on it.
type frame struct {
	open   bool // a clause says when, or on what condition
	moment bool // … when
	comma  bool // a comma closes it
	turned bool // and what follows holds all the same, or may
}

// frameOf reads the head of a phrase's sentence. A refusal with an exception
// refuses until then, what a past moment opens happened, what goes on behind a
// question that was looked into is its answer: none of these may be passed over.
func (b *book) frameOf(text string, h hit) frame {
	from, to := sentence(text, h.at, h.at)
	head, lang := text[from:h.at], h.rule.Lang
	upTo := text[from : h.at+len(h.phrase)]
	except := keeps(h.rule) && b.says(signException, lang, text[from:to])
	if b.says(signWish, lang, head) {
		return frame{open: true, turned: true}
	}
	at, comma := b.opened(signCondition, lang, head)
	if at < 0 && b.verbFirst(lang, text[from:to]) {
		at, comma = 0, strings.Contains(head, ", ")
	}
	if at >= 0 {
		return frame{open: true, comma: comma, turned: except || b.says(signContrast, lang, upTo[at:]) || b.answers(lang, head)}
	}
	if at, comma = b.opened(signMoment, lang, head); at < 0 {
		return frame{}
	}
	turned := except || b.says(signPast, lang, head[at:]) || b.says(signContrast, lang, upTo[at:])
	return frame{open: true, moment: true, comma: comma, turned: turned}
}

// keeps says of a rule that its words leave things as they are.
func keeps(r *rule) bool {
	return r.Decision == DecisionRefused || r.Decision == DecisionForwarded || r.Sign == signDenied
}

// verbFirst says whether a sentence is a condition because its verb comes first
// and a comma closes it: "Is het niet onrechtmatig, dan …". A question is none.
func (b *book) verbFirst(lang, s string) bool {
	if s = strings.TrimSpace(s); strings.HasSuffix(s, "?") || !strings.Contains(s, ", ") {
		return false
	}
	return slices.ContainsFunc(b.rules[signVerbFirst], func(r *rule) bool {
		return r.Lang == lang && slices.ContainsFunc(r.Any, func(p string) bool { return strings.HasPrefix(s, p+" ") })
	})
}

// answers says whether a sentence goes on behind a question that it says was
// looked into: "whether it is so, and we …".
func (b *book) answers(lang, head string) bool {
	for _, r := range b.rules[signWhether] {
		if r.Lang != lang {
			continue
		}
		for _, p := range r.Any {
			i := wholeWord(head, p, 0)
			if i < 0 {
				continue
			}
			rest := head[i+len(p):]
			if slices.ContainsFunc(r.With, func(w string) bool { return wholeWord(rest, w, 0) >= 0 }) {
				return true
			}
		}
	}
	return false
}

// excepted says whether a sentence speaks of an exception, in any language.
func (b *book) excepted(s string) bool {
	return slices.ContainsFunc(b.rules[signException], func(r *rule) bool { return b.says(signException, r.Lang, s) })
}

func (r *rule) trace() bool { return r.Sign == signDone || r.Sign == signDenied }

// traced says whether a text that acknowledges ours also speaks of a decision, in
// words that no rule of a decision reads: a receipt covers none of them.
func (b *book) traced(r *reading) bool {
	hits := b.all(r, nil, signAck, signPromise, signDecision, signNone, signDone, signDenied)
	return slices.ContainsFunc(hits, func(h hit) bool { return h.rule.trace() && b.stands(r.field(h.field, ""), h) })
}

// stands says whether a trace speaks of what is, and not of what may or will be.
func (b *book) stands(text string, h hit) bool {
	from, to := sentence(text, h.at, h.at+len(h.phrase))
	lang := h.rule.Lang
	if f := b.frameOf(text, h); f.open && !f.turned || b.says(signIdle, lang, text[from:to]) {
		return false
	}
	tail := text[h.at+len(h.phrase) : to]
	if at, _ := b.opened(signCondition, lang, tail); at >= 0 && !strings.Contains(tail[:at], ", ") && !b.says(signException, lang, tail) {
		return false
	}
	if h.rule.Sign == signDenied {
		return true
	}
	clause := text[from:h.at]
	if i := strings.LastIndex(clause, ", "); i >= 0 {
		clause = clause[i:]
	}
	return !b.says(signLater, lang, clause)
}

// besideReceipt says whether another sentence than a decision's acknowledges
// ours: such mails speak of policy and of others' cases too.
func besideReceipt(r *reading, hits []hit, decision *hit) bool {
	from, to := sentence(r.field(decision.field, ""), decision.at, decision.at+len(decision.phrase))
	return slices.ContainsFunc(hits, func(h hit) bool {
		return h.rule.Sign == signAck && (h.field != decision.field || h.at < from || h.at >= to)
	})
}
