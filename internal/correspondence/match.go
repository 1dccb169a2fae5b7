package correspondence

import (
	"context"
	"errors"
	"io"
	"mime"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-message"
)

// Proof is a way in which a message shows whose it is.
type Proof string

// The proofs.
const (
	ProofAddress   Proof = "reply_address"    // it came to the secret address of a dispatch
	ProofThread    Proof = "in_reply_to"      // In-Reply-To or References name our Message-ID
	ProofReference Proof = "reference"        // our reference in subject or text
	ProofTicket    Proof = "ticket"           // the number the addressee gave our notice
	ProofReturned  Proof = "returned_message" // the mail that a report carries is ours
)

// Evidence is one thing in a message that points to a dispatch or document.
type Evidence struct {
	Proof  Proof
	Where  string // header, "subject" or "text"
	Target string // id of the dispatch or document; "" where it points nowhere
	Forged bool   // has the form of a reply address, but not the signature
}

// Sent is one thing that was sent: a dispatch, or a document by its reference.
// The zero value says that nothing was found.
type Sent struct {
	Target   string    // id of the dispatch or document
	Document string    // it belongs to
	Track    string    // of the document; the notice, its reminder and its complaint share one
	At       time.Time // when it was sent or drafted
}

// Index finds what was sent.
type Index interface {
	// Dispatch by the name a reply address carries.
	Dispatch(ctx context.Context, name string) (Sent, error)
	// Message by our Message-ID, without angle brackets.
	Message(ctx context.Context, id string) (Sent, error)
	// Reference by our reference, in capitals.
	Reference(ctx context.Context, reference string) (Sent, error)
	// Ticket by the number that the addressee with this mail domain gave.
	Ticket(ctx context.Context, domain, ticket string) (Sent, error)
}

// Match says whose a message is.
type Match struct {
	Document string     // "" where nobody can tell
	Target   string     // what the surest evidence points to: a dispatch or the document
	Proof    Proof      // the surest
	Evidence []Evidence // everything that was found, the surest first
	Doubt    string     // why it is nobody's for certain: forged_address, disagrees, nothing_found
}

// Doubts.
const (
	DoubtForged    = "forged_address"
	DoubtDisagrees = "disagrees"
	DoubtNothing   = "nothing_found"
)

// maxLooked bounds the look-ups that one message can cause, of each kind.
const maxLooked = 20

// Matcher finds whose a message is.
type Matcher struct {
	Addresses *Addresses // nil: the desk has no reply addresses
	// Reference is the form of our references, within a text.
	Reference *regexp.Regexp
	Index     Index
}

// Match looks at everything that points to a dispatch. All of it must point to
// one track: a forged address, or two tracks that disagree, is a person's to
// read. Several documents of one track do not disagree: who answers a reminder
// quotes it, and it names the notice before it. Then the surest proof says which
// document it is about, and where that names several, the newest of them.
// ticket is the one its sender names (Verdict.Ticket); rcpts are the addresses
// the envelope named, where known.
func (m *Matcher) Match(ctx context.Context, msg *Message, ticket string, rcpts ...string) (Match, error) {
	s := &search{m: m, ctx: ctx, tracks: map[string]bool{}}
	s.addresses(msg, rcpts)
	s.thread(msg)
	s.returned(msg)
	s.references(msg)
	s.ticket(msg, ticket)
	s.settle()
	return s.out, s.err
}

type search struct {
	m      *Matcher
	ctx    context.Context //nolint:containedctx // a search lives no longer than the call it serves
	out    Match
	at     time.Time // of the document in out
	tracks map[string]bool
	forged bool
	err    error
}

func (s *search) found(p Proof, where string, sent Sent, err error) {
	if err != nil {
		s.err = errors.Join(s.err, err)
	}
	if err != nil || sent.Target == "" {
		return
	}
	e := Evidence{Proof: p, Where: where, Target: sent.Target}
	if slices.Contains(s.out.Evidence, e) {
		return
	}
	s.out.Evidence = append(s.out.Evidence, e)
	s.tracks[sent.Track] = true
	if s.out.Target == "" || s.out.Proof == p && sent.Document != s.out.Document && sent.At.After(s.at) {
		s.out.Target, s.out.Document, s.out.Proof, s.at = sent.Target, sent.Document, p, sent.At
	}
}

// settle says what the evidence comes to.
func (s *search) settle() {
	switch {
	case s.forged:
		s.out.Doubt = DoubtForged
	case len(s.tracks) > 1:
		s.out.Doubt = DoubtDisagrees
	case len(s.tracks) == 0:
		s.out.Doubt = DoubtNothing
	default:
		return
	}
	s.out.Document, s.out.Target, s.out.Proof = "", "", ""
}

// deliveredTo are the headers that tell which address a mail came to.
var deliveredTo = []string{"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Forwarded-To", "Resent-To", "To", "Cc"}

func (s *search) addresses(msg *Message, rcpts []string) {
	if s.m.Addresses == nil {
		return
	}
	for _, a := range rcpts {
		s.address("envelope", a)
	}
	for _, name := range deliveredTo {
		for _, a := range addressesOf(msg, name) {
			s.address(name, a)
		}
	}
	s.address("returned Reply-To", bare(msg.Returned.Get("Reply-To")))
	s.address("returned Return-Path", bare(msg.Returned.Get("Return-Path")))
}

func addressesOf(msg *Message, name string) []string {
	var out []string
	for f := msg.Header.FieldsByKey(name); f.Next() && len(out) < maxLooked; {
		if list, err := netmail.ParseAddressList(f.Value()); err == nil {
			for _, a := range list {
				out = append(out, a.Address)
			}
			continue
		}
		out = append(out, strings.Trim(f.Value(), " <>"))
	}
	return out[:min(len(out), maxLooked)]
}

func (s *search) address(where, address string) {
	name, err := s.m.Addresses.Verify(address)
	switch {
	case errors.Is(err, ErrForged):
		s.forged = true
		s.out.Evidence = append(s.out.Evidence, Evidence{Proof: ProofAddress, Where: where, Forged: true})
	case err == nil:
		sent, err := s.m.Index.Dispatch(s.ctx, name)
		s.found(ProofAddress, where, sent, err)
	}
}

func (s *search) thread(msg *Message) {
	for _, name := range []string{"In-Reply-To", "References"} {
		ids := messageIDs(msg.Header.Get(name))
		slices.Reverse(ids) // the newest stands last
		for _, id := range ids[:min(len(ids), maxLooked)] {
			sent, err := s.m.Index.Message(s.ctx, id)
			s.found(ProofThread, name, sent, err)
		}
	}
}

// messageIDs are the identifiers of a field, without angle brackets.
func messageIDs(field string) []string {
	var out []string
	for word := range strings.FieldsFuncSeq(field, func(c rune) bool { return c == '<' || c == '>' || c == ',' || c <= ' ' }) {
		if strings.Contains(word, "@") {
			out = append(out, word)
		}
	}
	return out
}

func (s *search) references(msg *Message) {
	if s.m.Reference == nil {
		return
	}
	for _, in := range []struct{ where, text string }{{inSubject, msg.Subject}, {inText, msg.plain()}} {
		seen := map[string]bool{}
		for _, ref := range s.m.Reference.FindAllString(in.text, maxLooked) {
			if ref = strings.ToUpper(ref); !seen[ref] {
				seen[ref] = true
				sent, err := s.m.Index.Reference(s.ctx, ref)
				s.found(ProofReference, in.where, sent, err)
			}
		}
	}
}

func (s *search) ticket(msg *Message, ticket string) {
	domain := Domain(msg)
	if ticket == "" || domain == "" {
		return
	}
	sent, err := s.m.Index.Ticket(s.ctx, domain, ticket)
	s.found(ProofTicket, "sender and number", sent, err)
}

// returned looks at the mail that a report carries. It goes before what the
// report quotes of that mail's words, in which older references may stand. Our
// reference in it is no more than a reference: whoever saw the letter can write it.
func (s *search) returned(msg *Message) {
	if msg.Returned.Len() == 0 {
		return
	}
	for _, id := range messageIDs("<" + strings.Trim(msg.Returned.Get("Message-Id"), "<> ") + ">") {
		sent, err := s.m.Index.Message(s.ctx, id)
		s.found(ProofReturned, "Message-ID", sent, err)
	}
	if ref := strings.ToUpper(strings.TrimSpace(msg.Returned.Get("X-Takedown-Ref"))); ref != "" {
		sent, err := s.m.Index.Reference(s.ctx, ref)
		s.found(ProofReference, "X-Takedown-Ref", sent, err)
	}
}

// Sender is the address of a message's sender, in lower case, "" without one. The
// field is parsed before its words are decoded: decoded ones may hold what looks
// like an address.
func Sender(msg *Message) string {
	if all := senders(msg); len(all) > 0 {
		return strings.ToLower(all[0].Address)
	}
	return strings.ToLower(strings.Trim(words(msg.Header, "From"), " <>"))
}

// senders are the addresses of the From field; none if it is no list of addresses.
func senders(msg *Message) []*netmail.Address {
	p := netmail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: anyCharset}}
	all, err := p.ParseList(strings.ToValidUTF8(msg.Header.Get("From"), "\uFFFD"))
	if err != nil {
		return nil
	}
	return all
}

// anyCharset reads a name in whatever charset it is: it is not the address.
func anyCharset(charset string, name io.Reader) (io.Reader, error) {
	if r, err := message.CharsetReader(charset, name); err == nil {
		return r, nil
	}
	return strings.NewReader("\uFFFD"), nil
}

// oneSender says whether a message has one From field with one address in it.
func oneSender(msg *Message) bool {
	return len(senders(msg)) == 1 && msg.Header.FieldsByKey("From").Len() == 1
}

// Domain is the domain of a message's sender, in lower case, "" without one.
func Domain(msg *Message) string {
	_, domain, _ := strings.Cut(Sender(msg), "@")
	return domain
}
