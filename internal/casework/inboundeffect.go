package casework

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"github.com/ontdox/takedown/internal/correspondence"
	"github.com/ontdox/takedown/internal/directory"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// mailIntoCase writes a matched message into its case, sealed under the case's
// key, and does what it means; or, where that is not certain, asks a person.
func (s *Service) mailIntoCase(ctx context.Context, in *mailRead) error {
	id := matchedID(in.reply.ID)
	blob, err := s.resealRaw(ctx, in, id)
	if err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(in.track.Case), func(t *tx) error {
		if r, err := find[takedown.Reply](t, id); err != nil || r != nil {
			return err // written before the last attempt ended
		}
		tr, err := load[takedown.Track](t, in.track.ID)
		if err != nil {
			return err
		}
		r := &takedown.Reply{
			Meta: takedown.Meta{ID: id, Case: tr.Case}, Track: tr.ID, Document: in.match.Document, Via: "mail", From: in.reply.ID,
			ReceivedAt: in.reply.ReceivedAt, Ticket: in.verdict.Ticket, Raw: takedown.Sealed{Blob: blob},
			Kind: kindsIn[in.verdict.Kind], Decision: decisionsIn[in.verdict.Decision],
			Indemnity: in.verdict.Kind != correspondence.KindBounce && asksIndemnity(in.text),
		}
		if strings.HasPrefix(in.match.Target, string(KindDispatch)+"_") {
			r.Dispatch = in.match.Target
		}
		if r.Mail, err = t.mailFacts(in); err != nil {
			return err
		}
		if r.Mail.Of, err = t.whichOf(in); err != nil {
			return err
		}
		r.Mail.OfContact = in.sender.Verdict == correspondence.Authenticated && in.ofContact()
		if r.Text, err = t.sealText(r, "text", in.text); err != nil {
			return err
		}
		t.change.Claim = append(t.change.Claim, Lookup{Space: spaceInbound, Value: in.print, Ref: Key{KindReply, in.reply.ID}})
		return t.actOnMail(tr, r, in)
	})
}

// matchedID is the id under which a reply stands in its case, derived, so that
// doing it twice is doing it once.
func matchedID(reply string) string { return "reply_m" + strings.TrimPrefix(reply, "reply_") }

func (s *Service) resealRaw(ctx context.Context, in *mailRead, id string) (string, error) {
	t, err := s.begin(ctx, takedown.TheSystem, takedown.System, StreamID(in.track.Case))
	if err != nil {
		return "", err
	}
	key, err := t.caseKey()
	if err != nil {
		return "", err
	}
	return s.sealRaw(ctx, key, id, in.raw)
}

// actOnMail does what a message means, or asks a specialist what it is.
func (t *tx) actOnMail(tr *takedown.Track, r *takedown.Reply, in *mailRead) error {
	why, err := t.needsPerson(tr, in)
	if err != nil {
		return err
	}
	if why == "" && r.Indemnity && !in.fromThem() {
		why = whyDoubted // what stops a track is not taken from somebody who only knows a reference
	}
	r.Status = takedown.ReplyClassified
	if why != "" {
		r.Status, r.Mail.Why = takedown.ReplyUnclear, why
	}
	if err := t.put(r); err != nil {
		return err
	}
	hash := "text:" + r.Mail.TextHash
	if why != "" {
		if err := t.log("reply.unclear", replyCode(r)+":"+why, idsOf(r.ID, tr.ID, r.Document), hash); err != nil {
			return err
		}
		if in.fromThem() {
			if err := t.stopForIndemnity(tr, r); err != nil {
				return err
			}
		}
		return t.openTask(takedown.Task{
			Kind: taskClassify, Owner: takedown.Specialist, Reason: why, Subject: r.ID, Track: tr.ID,
			Urgent: r.Kind == kindWrongAddressee || in.verdict.Wrong, // the term of a breach counts from its receipt
		})
	}
	if err := t.log("reply.classified", replyCode(r), idsOf(r.ID, tr.ID, r.Document), hash); err != nil {
		return err
	}
	if in.fromThem() { // a stranger's number would have a stranger's later mail matched
		if err := t.ticketOfMail(tr, r); err != nil {
			return err
		}
	}
	if err := t.reportedOn(r, in); err != nil {
		return err
	}
	if in.verdict.Kind == correspondence.KindBounce {
		return t.bouncedMail(tr, r, in)
	}
	return t.applyReply(tr, r, nil, "/itemIds")
}

// ticketOfMail takes over the number that the addressee gave our notice; one
// that another track has is left where it is.
func (t *tx) ticketOfMail(tr *takedown.Track, r *takedown.Reply) error {
	if r.Ticket == "" || r.Document == "" || len(r.Ticket) > 120 {
		return nil
	}
	if _, err := t.s.Store.FindLookup(t.ctx, spaceTicket, t.s.ticketValue(tr.Contact, r.Ticket)); err == nil {
		return nil
	} else if err := unlessMissing(err); err != nil {
		return err
	}
	d, err := load[takedown.Document](t, r.Document)
	if err != nil {
		return err
	}
	n, err := t.lastDispatch(d)
	if err != nil || n == nil || n.Ticket != "" {
		return err
	}
	n.Ticket = r.Ticket
	if err := t.put(n); err != nil {
		return err
	}
	return t.takeTicket(tr, d, r.Ticket)
}

// Why a person must look at a message before anything follows from it.
const (
	whyUnclear = "unclear"
	whyDoubted = "sender_not_authenticated"
	whyOther   = "sender_is_not_the_addressee"
	whyItems   = "name_the_items"
	whyWeak    = "matched_by_reference_alone"
	whyNotSent = "nothing_was_delivered"
	whyBody    = "decision_of_a_dispute_body"
	whyNotOurs = "names_another_recipient"
	whyCut     = "only_its_beginning_was_taken"
	whyPassed  = "about_an_earlier_document"
)

// needsPerson says why a message's effect needs a person, "" if it does not.
// What only is recorded needs none; what ends a wait must be clear and come
// from the addressee.
func (t *tx) needsPerson(tr *takedown.Track, in *mailRead) (string, error) {
	v := in.verdict
	switch {
	case in.cut():
		return whyCut, nil
	case v.Kind == correspondence.KindBounce:
		return t.bounceNeedsPerson(in)
	case v.Kind == correspondence.KindAutoReply, v.Report, v.Kind == correspondence.KindAcknowledgement, v.Kind == correspondence.KindQuestion:
		if v.Confidence == correspondence.Unclear { // a receipt too may tell a decision
			return whyUnclear, nil
		}
		return "", nil
	case v.Kind != correspondence.KindDecision && v.Kind != correspondence.KindWrongAddressee || v.Confidence != correspondence.Clear:
		return whyUnclear, nil
	case in.sender.Verdict != correspondence.Authenticated:
		return whyDoubted, nil
	case !in.ofContact():
		return whyOther, nil
	case v.Kind == correspondence.KindWrongAddressee:
		return t.wrongFits(in)
	case v.Decision == correspondence.DecisionPartly:
		return whyItems, nil
	case in.contact.Kind == kindDisputeBody:
		return whyBody, nil // the rules read what providers decide, not what others decide about them
	}
	return t.decisionFits(tr, in)
}

// decisionFits holds a decision back that is about some items only, or about a
// document that was not delivered.
func (t *tx) decisionFits(tr *takedown.Track, in *mailRead) (string, error) {
	d, err := load[takedown.Document](t, in.match.Document)
	if err != nil {
		return "", err
	}
	if d.Status != takedown.DocumentDelivered && d.Status != takedown.DocumentUncertain {
		return whyNotSent, nil
	}
	if saysOtherwise(tr, d.ID, decisionsIn[in.verdict.Decision]) {
		return whyPassed, nil
	}
	places, err := t.placesOf(tr)
	if err != nil {
		return "", err
	}
	named, text := 0, notice.Refang(in.text)
	for _, p := range places {
		if namesPage(text, p.URL) {
			named++
		}
	}
	if len(tr.Items) > 1 && named < len(tr.Items) && (named > 0 || countedOff.MatchString(text)) {
		return whyItems, nil
	}
	return "", nil
}

// countedOff is how an answer names items by their number in our list, or says how
// many of them it is about.
var countedOff = regexp.MustCompile(`(?i)\b(?:(?:punt|punten|items?|nummers?|nrs?\.?|numbers?|nos?\.|onderde(?:el|len)|locaties?|locations?|urls?|links?)\s*#?\d|(?:eerste|tweede|derde|laatste|first|second|third|last)\s+(?:items?|punt|urls?|links?|posts?|bericht|pagina|page)\b|` +
	`(?:sommige|enkele|some of|behalve|except|met uitzondering)\b|` + aCount + `\s+(?:of|out of|van|von|der|des|sur|aus)\s+(?:the\s+|de\s+|den\s+|les\s+|your\s+|uw\s+|onze\s+)?` + aCount + `\b)`)

// aCount is a small number, in figures or in words of the languages that we read.
const aCount = `(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|eins?|eine[rs]?|zwei|drei|fünf|sechs|sieben|neun|zehn|une?|deux|trois|quatre|cinq|sept|huit|neuf|dix)`

// namesPage says whether a text names a page: its address, with or without
// scheme, and no longer one that begins with it.
func namesPage(text, page string) bool {
	_, bare, ok := strings.Cut(page, "://")
	if bare = strings.TrimSuffix(bare, "/"); !ok || bare == "" {
		return false
	}
	for at := 0; ; {
		n := strings.Index(text[at:], bare)
		if n < 0 {
			return false
		}
		end := at + n + len(bare)
		before, _ := utf8.DecodeLastRuneInString(text[:at+n])
		if !ofAddress(before) && !goesOn.MatchString(text[end:]) {
			return true
		}
		at = end
	}
}

// ofAddress says of what stands before ours that it belongs to a host which only
// ends as ours does.
func ofAddress(r rune) bool {
	return unicode.IsLetter(r) || r >= '0' && r <= '9' || r == '.' || r == '-'
}

// goesOn is an address that goes on after ours; a closing slash or a full stop
// does not.
var goesOn = regexp.MustCompile(`^/?[.,;:]?[\pL\d_~%?=&#+@-]`)

// ofContact says whether a message comes from the contact that was written to.
func (in *mailRead) ofContact() bool { return ofContact(correspondence.Sender(in.message), in.contact) }

// fromThem says that a message comes from the contact for certain, or shows that
// its writer has our mail itself.
func (in *mailRead) fromThem() bool {
	return in.sender.Verdict == correspondence.Authenticated && in.ofContact() || !in.weak()
}

// weak says that a message is matched by what anybody can write: a reference or a
// ticket's number alone.
func (in *mailRead) weak() bool {
	return !slices.ContainsFunc(in.match.Evidence, func(e correspondence.Evidence) bool {
		return e.Proof != correspondence.ProofReference && e.Proof != correspondence.ProofTicket
	})
}

// ofContact says whether a sender is the contact: at the organisation of one of
// its mail addresses or hosts. At a public mail provider everybody has such an
// address; there only the contact's own mailbox is the contact.
func ofContact(sender string, c *takedown.Contact) bool {
	_, domain, ok := strings.Cut(strings.ToLower(sender), "@")
	if !ok {
		return false
	}
	mine := slices.Clone(c.Hosts)
	for _, ch := range c.Channels {
		_, host, ok := strings.Cut(strings.ToLower(ch.Address), "@")
		if ch.Kind != "mail" || !ok {
			continue
		}
		if sameMailbox(ch.Address, sender) {
			return true
		}
		mine = append(mine, host)
	}
	if directory.PublicMail(domain) {
		return false
	}
	return slices.ContainsFunc(mine, func(host string) bool { return registered(host) == registered(domain) })
}

// registered is the domain that an organisation registered, in ASCII.
func registered(host string) string {
	if a, err := idna.Lookup.ToASCII(host); err == nil {
		host = a
	}
	if d, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(host)); err == nil {
		return d
	}
	return host
}
