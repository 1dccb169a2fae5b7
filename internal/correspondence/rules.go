package correspondence

import (
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed rules/*.json
var ruleFiles embed.FS

// A sign is what a rule's phrase stands for; classify.go weighs them.
type sign string

const (
	signDaemon     sign = "daemon"     // the sender is a mail system
	signWeakDaemon sign = "weakDaemon" // … or the person who looks after one
	signStrict     sign = "strict"     // … and nothing else
	signFailure    sign = "failure"    // a subject that speaks of failed delivery
	signFormat     sign = "format"     // a sentence only mail systems write
	signHint       sign = "hint"       // words of an SMTP refusal
	signDecisive   sign = "decisive"   // a header that settles it
	signDelay      sign = "delay"      // delivery goes on being tried
	signSuccess    sign = "success"    // delivery or reading is reported
	signTemporary  sign = "temporary"  // given up for a cause that can pass
	signFinal      sign = "final"      // … or not
	signGivenUp    sign = "given up"   // nothing is tried any more
	signFeedback   sign = "feedback"   // a complaint about a mail
	signAutoHeader sign = "autoHeader" // RFC 3834 §5, and its older relatives
	signAutoReply  sign = "autoReply"
	signNote       sign = "autoNote" // a machine's remark on its mail: no answer of its own
	signMachine    sign = "machine"  // no person reads what is sent back
	signAck        sign = "acknowledgement"
	signThanks     sign = "thanks"    // who says no more acknowledges
	signPromise    sign = "promise"   // it is or will be looked at: not decided
	signCondition  sign = "condition" // opens what may be
	signMoment     sign = "moment"    // … or what will or did happen first
	signGiven      sign = "given"     // begins as those do, and opens neither
	signContrast   sign = "contrast"  // turns from what may be to what is
	signAppeal     sign = "appeal"    // speaks of contesting a decision
	signException  sign = "exception" // opens what must come before a refusal ends
	signVerbFirst  sign = "verbFirst" // opens a sentence that is a condition by its order
	signPast       sign = "past"      // of a moment that was
	signWhether    sign = "whether"   // opens what was asked; its with goes on after it
	signWish       sign = "wish"      // opens what others should see to, or what nobody must do
	signDone       sign = "done"      // a trace: words in which a removal can be told
	signDenied     sign = "denied"    // … or a refusal
	signLater      sign = "later"     // what is to be done was not
	signIdle       sign = "idle"      // nothing was decided, or need be done
	signClosing    sign = "closing"   // what follows is a signature or a disclaimer
	signDecision   sign = "decision"
	signQuestion   sign = "question"
	signWrong      sign = "wrongAddressee"        // what was sent to them was for another
	signPerhaps    sign = "perhapsWrongAddressee" // … or only their service is not the one
	signNone       sign = "none"                  // masks a shorter phrase within it
	signReturned   sign = "returned"
	signPlain      sign = "returnedPlain" // signReturned in a line that nothing sets off
	signQuoted     sign = "quoted"
	signFrom       sign = "quotedFrom" // names of the sender in the head of a quoted mail
	signSent       sign = "quotedSent" // … and of its day
)

// Where a phrase is looked for.
const (
	inSubject     = "subject"
	inText        = "text"
	inBoth        = "both" // subject and text
	inSender      = "sender"
	inSenderLocal = "senderLocal" // the whole local part before any "+"
	inHeader      = "header"
	inResult      = "result" // what is said of one recipient
	inLine        = "line"
	inSentence    = "sentence" // of a decision, before it
)

type rule struct {
	ID       string   `json:"id"`
	Sign     sign     `json:"sign"`
	Decision Decision `json:"decision"`
	Lang     string   `json:"lang"`
	In       string   `json:"in"`
	Header   string   `json:"header"`
	Any      []string `json:"any"`
	With     []string `json:"with"`    // one of these stands in the same sentence, else a phrase is none
	Pattern  string   `json:"pattern"` // with a sign: instead of Any, what masks decisions in its language, in folded text
	re       *regexp.Regexp
	contact  bool
}

// Pattern is a phrase a specialist added for one contact: that contact's mail
// with the phrase is of that kind.
type Pattern struct {
	ID       string   `json:"id"`
	Kind     Kind     `json:"kind"`
	Decision Decision `json:"decision,omitempty"`
	Phrase   string   `json:"phrase"`
}

type book struct {
	rules      map[sign][]*rule
	recipients []*regexp.Regexp
	tickets    []*regexp.Regexp
}

var house = sync.OnceValue(func() *book {
	b, err := readBook()
	if err != nil {
		panic(err) // the files are embedded: a test reads them
	}
	return b
})

func readBook() (*book, error) {
	b := &book{rules: map[sign][]*rule{}}
	names, err := ruleFiles.ReadDir("rules")
	if err != nil {
		return nil, err
	}
	for _, f := range names {
		raw, err := ruleFiles.ReadFile("rules/" + f.Name())
		if err != nil {
			return nil, err
		}
		var rules []*rule
		if err := json.Unmarshal(raw, &rules); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		if err := b.add(f.Name(), rules); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (b *book) add(file string, rules []*rule) error {
	for _, r := range rules {
		if r.Pattern != "" {
			re, err := regexp.Compile(r.Pattern)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", file, r.ID, err)
			}
			switch {
			case r.Sign != "":
				r.re = re
				b.rules[r.Sign] = append(b.rules[r.Sign], r)
			case file == "ticket.json":
				b.tickets = append(b.tickets, re)
			default:
				b.recipients = append(b.recipients, re)
			}
			continue
		}
		for i, p := range r.Any {
			r.Any[i] = fold(p)
		}
		for i, p := range r.With {
			r.With[i] = fold(p)
		}
		b.rules[r.Sign] = append(b.rules[r.Sign], r)
	}
	return nil
}

// hit is a phrase that was found, and where.
type hit struct {
	rule   *rule
	phrase string
	field  string
	at     int
}

// first gives the first hit of any of the signs.
func (b *book) first(r *reading, signs ...sign) *hit {
	for _, s := range signs {
		for _, rule := range b.rules[s] {
			if h := rule.find(r); h != nil {
				return h
			}
		}
	}
	return nil
}

func (r *rule) find(of *reading) *hit {
	for _, field := range r.fields() {
		text := of.field(field, r.Header)
		if text == "" {
			continue
		}
		for _, p := range r.Any {
			if at := r.index(field, text, p, 0); at >= 0 {
				return &hit{r, strings.TrimSpace(p), r.where(field), at}
			}
		}
	}
	return nil
}

func (r *rule) fields() []string {
	if r.In == inBoth {
		return []string{inSubject, inText}
	}
	return []string{r.In}
}

func (r *rule) where(field string) string {
	if r.In == inHeader {
		return inHeader + " " + r.Header
	}
	return field
}

func (r *rule) index(field, text, phrase string, from int) int {
	switch field {
	case inSenderLocal:
		if text == phrase {
			return 0
		}
		return -1
	case inHeader:
		return strings.Index(text, phrase)
	}
	return indexWord(text, phrase, from)
}

// indexWord finds a phrase that begins where a word begins; it may end within
// one, for the languages that inflect.
func indexWord(text, phrase string, from int) int {
	if phrase == "" {
		return -1
	}
	head, _ := utf8.DecodeRuneInString(phrase)
	alphabetic := unicode.In(head, unicode.Latin, unicode.Cyrillic, unicode.Greek)
	for from <= len(text) {
		i := strings.Index(text[from:], phrase)
		if i < 0 {
			return -1
		}
		at := from + i
		if before, _ := utf8.DecodeLastRuneInString(text[:at]); !alphabetic || at == 0 || !unicode.IsLetter(before) {
			return at
		}
		from = at + len(phrase)
	}
	return -1
}

// maxHits bounds the work that one phrase repeated without end can cause.
const maxHits = 200

// all gives every hit of the signs that no longer phrase covers.
func (b *book) all(r *reading, extra []*rule, signs ...sign) []hit {
	var found []hit
	rules := slices.Clone(extra)
	for _, s := range signs {
		rules = append(rules, b.rules[s]...)
	}
	var masks []*rule
	for _, rule := range rules {
		if rule.re != nil {
			masks = append(masks, rule)
			continue
		}
		for _, field := range rule.fields() {
			found = rule.every(found, field, r.field(field, rule.Header))
		}
	}
	for _, rule := range masks {
		if !slices.ContainsFunc(found, rule.masks) {
			continue // a pattern costs more than all phrases together
		}
		for _, field := range rule.fields() {
			found = rule.matches(found, field, r.field(field, rule.Header))
		}
	}
	return uncovered(found)
}

// masks says whether a pattern could cover a hit: a decision's in its language,
// or a trace of one.
func (r *rule) masks(h hit) bool {
	return (h.rule.Sign == signDecision || h.rule.trace()) && h.rule.Lang == r.Lang
}

func (r *rule) matches(found []hit, field, text string) []hit {
	for _, span := range r.re.FindAllStringIndex(text, maxHits) {
		found = append(found, hit{r, text[span[0]:span[1]], r.where(field), span[0]})
	}
	return found
}

func (r *rule) every(found []hit, field, text string) []hit {
	for _, p := range r.Any {
		for from, n := 0, 0; n < maxHits && text != ""; n++ {
			at := r.index(field, text, p, from)
			if at < 0 {
				break
			}
			if r.beside(text, at, p) {
				found = append(found, hit{r, p, r.where(field), at})
			}
			from = at + len(p)
		}
	}
	return found
}

func uncovered(found []hit) []hit {
	slices.SortStableFunc(found, func(a, b hit) int {
		if a.field != b.field {
			return strings.Compare(a.field, b.field)
		}
		if a.at != b.at {
			return a.at - b.at
		}
		return len(b.phrase) - len(a.phrase)
	})
	var kept []hit
	field, end := "", 0
	for _, h := range found {
		if h.field != field {
			field, end = h.field, 0
		}
		if stop := h.at + len(h.phrase); stop > end {
			end = stop
			kept = append(kept, h)
		} else if h.rule.contact {
			kept = append(kept, h)
		}
	}
	return kept
}
