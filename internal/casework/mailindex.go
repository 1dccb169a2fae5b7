package casework

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ontdox/takedown/internal/correspondence"
	"github.com/ontdox/takedown/internal/takedown"
)

// Look-up rows that an inbound message is matched by.
const (
	spaceMessage   = "message"   // our Message-ID, or the mail service's
	spaceReference = "reference" // our reference
	spaceTicket    = "ticket"    // the addressee's number, see ticketValue
	spaceMailHost  = "mail-host" // the domain of a contact's mail address
	spaceInbound   = "inbound"   // Message-ID and text of a message that was read
)

// referenceForm is how a reference looks within a text, see referenceFor.
var referenceForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)\bTD-20[0-9]{2}-[0-9A-Z]{6,16}\b`) })

// replyAddresses makes and checks the desk's reply addresses; nil without a
// reply domain.
func (s *Service) replyAddresses(domain string) (*correspondence.Addresses, error) {
	if domain == "" {
		return nil, nil
	}
	return correspondence.NewAddresses(s.Keys.MAC("reply", []byte("address")), "r", domain)
}

// addressName is what a dispatch's reply address carries.
func addressName(n *takedown.Dispatch) string {
	return strings.TrimPrefix(n.Document, "doc_") + "-" + strconv.Itoa(n.No)
}

// sentIndex finds what was sent, for correspondence.Matcher.
type sentIndex struct{ s *Service }

// Dispatch by the name a reply address carries.
func (x sentIndex) Dispatch(ctx context.Context, name string) (correspondence.Sent, error) {
	i := strings.LastIndexByte(name, '-')
	if i < 0 {
		return correspondence.Sent{}, nil
	}
	return x.dispatch(ctx, "dispatch_"+name[:i]+"_"+name[i+1:])
}

func (x sentIndex) dispatch(ctx context.Context, id string) (correspondence.Sent, error) {
	n, err := get[takedown.Dispatch](ctx, x.s, id)
	if err != nil {
		return correspondence.Sent{}, unlessMissing(err)
	}
	return correspondence.Sent{Target: n.ID, Document: n.Document, Track: n.Track, At: n.IntendedAt}, nil
}

func unlessMissing(err error) error {
	if takedown.KindOf(err) == takedown.NotFound {
		return nil
	}
	return err
}

// Message by our Message-ID. A mail service may leave its domain out.
func (x sentIndex) Message(ctx context.Context, id string) (correspondence.Sent, error) {
	bare, _, _ := strings.Cut(id, "@")
	for _, v := range []string{id, bare} {
		ref, err := x.s.Store.FindLookup(ctx, spaceMessage, v)
		if err == nil {
			return x.dispatch(ctx, ref.ID)
		}
		if err := unlessMissing(err); err != nil {
			return correspondence.Sent{}, err
		}
	}
	return correspondence.Sent{}, nil
}

// Reference by our reference, in capitals.
func (x sentIndex) Reference(ctx context.Context, reference string) (correspondence.Sent, error) {
	return x.document(ctx, spaceReference, reference)
}

func (x sentIndex) document(ctx context.Context, space, value string) (correspondence.Sent, error) {
	ref, err := x.s.Store.FindLookup(ctx, space, value)
	if err != nil {
		return correspondence.Sent{}, unlessMissing(err)
	}
	d, err := get[takedown.Document](ctx, x.s, ref.ID)
	if err != nil {
		return correspondence.Sent{}, unlessMissing(err)
	}
	return correspondence.Sent{Target: d.ID, Document: d.ID, Track: d.Track, At: d.DraftedAt}, nil
}

// Ticket by the number that the contact with this mail domain gave.
func (x sentIndex) Ticket(ctx context.Context, domain, ticket string) (correspondence.Sent, error) {
	for _, space := range []string{spaceMailHost, spaceHost} {
		for d := domain; strings.Contains(d, "."); _, d, _ = strings.Cut(d, ".") {
			ref, err := x.s.Store.FindLookup(ctx, space, d)
			if takedown.KindOf(err) == takedown.NotFound && err != nil {
				continue
			}
			if err != nil {
				return correspondence.Sent{}, err
			}
			return x.document(ctx, spaceTicket, x.s.ticketValue(ref.ID, ticket))
		}
	}
	return correspondence.Sent{}, nil
}

// claimReference lets a reply be matched by our reference, and the recipient's
// page be found.
func (t *tx) claimReference(d *takedown.Document) {
	if d.Reference != "" {
		t.change.Claim = append(t.change.Claim, Lookup{Space: spaceReference, Value: strings.ToUpper(d.Reference), Ref: Key{KindDocument, d.ID}})
	}
	if d.AnswerPage {
		t.change.Claim = append(t.change.Claim, Lookup{Space: spaceAnswerPage, Value: t.s.answerValue(t.s.answerToken(d)), Ref: Key{KindDocument, d.ID}})
	}
}

// mailHosts are the domains at which a contact has mail.
func mailHosts(c *takedown.Contact) []string {
	var out []string
	for _, ch := range c.Channels {
		_, domain, ok := strings.Cut(strings.ToLower(ch.Address), "@")
		if ch.Kind == "mail" && ok && !slices.Contains(out, domain) {
			out = append(out, domain)
		}
	}
	return out
}

// claimMailHosts keeps the mail domains of a contact findable, and gives those
// back of before at which it has no address any more. The first contact with a
// domain keeps it: it serves for tickets and for who is named by a registry.
func (t *tx) claimMailHosts(c *takedown.Contact, before []string) error {
	have, ref := mailHosts(c), Key{KindContact, c.ID}
	gone := slices.DeleteFunc(slices.Clone(before), func(domain string) bool { return slices.Contains(have, domain) })
	for _, domain := range slices.Concat(gone, have) {
		held, err := t.s.Store.FindLookup(t.ctx, spaceMailHost, domain)
		if err := unlessMissing(err); err != nil {
			return err
		}
		row := Lookup{Space: spaceMailHost, Value: domain, Ref: ref}
		switch wanted := slices.Contains(have, domain); {
		case wanted && err != nil:
			t.change.Claim = append(t.change.Claim, row)
		case !wanted && err == nil && held == ref:
			t.change.Release = append(t.change.Release, row)
		}
	}
	return nil
}
