package casework

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"strings"

	"github.com/ontdox/takedown/internal/correspondence"
	"github.com/ontdox/takedown/internal/takedown"
)

// MaxMail is the largest inbound mail that is kept: 50 MiB.
const MaxMail = maxEvidence

// InboundMail is a message as it came: the raw bytes and what the transport
// knows of it.
type InboundMail struct {
	Raw      []byte
	By       string   // smtp, imap, ses
	Size     int64    // of the whole message, in bytes, where Raw is only its beginning: a person looks at the rest
	Envelope []string // the addresses that the envelope named, where known
	Peer     MailPeer // that handed it to our own listener
}

// MailPeer is the server that handed a mail to a listener of our own.
type MailPeer = correspondence.Peer

// ReceiveMail stores an inbound message, sealed, before anything reads it, and
// gives the id it stands under. The same bytes again are the same message.
// What it means is ReadMail's work: it may fail and is repeated by the sweep.
func (s *Service) ReceiveMail(ctx context.Context, in InboundMail) (string, error) {
	switch {
	case len(in.Raw) == 0:
		return "", takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the mail is empty")
	case len(in.Raw) > MaxMail:
		return "", takedown.Errorf(takedown.TooLarge, takedown.NameInvalidInput, "the mail is larger than %d bytes", MaxMail)
	}
	now, err := s.now(ctx)
	if err != nil {
		return "", err
	}
	id := s.mailID(in.Raw)
	if _, err := get[takedown.Reply](ctx, s, id); takedown.KindOf(err) != takedown.NotFound || err == nil {
		return id, err
	}
	wrapped, key, err := s.newKey(ctx, id)
	if err != nil {
		return "", err
	}
	blob, err := s.sealRaw(ctx, key, id, in.Raw)
	if err != nil {
		return "", err
	}
	return id, s.write(ctx, takedown.TheSystem, takedown.System, orgStream(now), func(t *tx) error {
		if r, err := find[takedown.Reply](t, id); err != nil || r != nil {
			return err // the same bytes came twice at once; ours is an orphan, which the sweep takes
		}
		t.key = key
		r := &takedown.Reply{
			Meta: takedown.Meta{ID: id}, Kind: "other", Via: "mail", ReceivedAt: t.now, Status: takedown.ReplyReceived, Key: wrapped,
			Raw: takedown.Sealed{Blob: blob}, Source: &takedown.MailSource{By: in.By, Size: in.Size},
		}
		if r.Source.Envelope, err = t.sealText(r, "envelope", strings.Join(in.Envelope, "\n")); err != nil {
			return err
		}
		if in.Peer.IP.IsValid() {
			if r.Source.Peer, err = t.seal(r, "peer", in.Peer); err != nil {
				return err
			}
		}
		if err := t.put(r); err != nil {
			return err
		}
		return t.log("mail.received", in.By, []string{id})
	})
}

// mailID is derived from the bytes, so that a message that is handed over twice
// is one.
func (s *Service) mailID(raw []byte) string {
	sum := sha256.Sum256(raw)
	mac := s.Keys.MAC("mail", sum[:])
	return string(KindReply) + "_" + strings.ToLower(base32.StdEncoding.EncodeToString(mac[:10]))
}

// rawOf binds the sealed message to the reply it belongs to.
func rawOf(id string) []byte {
	return associated(&takedown.Reply{Meta: takedown.Meta{ID: id}}, "raw")
}

// sealRaw stores a message, sealed. It happens before any commit: a lost swap
// must not seal 50 MiB again.
func (s *Service) sealRaw(ctx context.Context, key CaseKey, id string, raw []byte) (string, error) {
	ct, err := key.Seal(raw, rawOf(id))
	if err != nil {
		return "", err
	}
	name, _, err := s.Blobs.Put(ctx, bytes.NewReader(ct), maxSealedEvidence)
	return name, err
}

// envelopeOf opens the addresses that a message's envelope named.
func (s *Service) envelopeOf(ctx context.Context, r *takedown.Reply) ([]string, error) {
	if r.Source == nil || r.Source.Envelope.Empty() {
		return nil, nil
	}
	t, err := s.opening(ctx, r)
	if err != nil {
		return nil, err
	}
	text, err := t.openText(r, "envelope", r.Source.Envelope)
	return strings.Split(text, "\n"), err
}

// peerOf opens which server handed a message to our own listener.
func (s *Service) peerOf(ctx context.Context, r *takedown.Reply) (p correspondence.Peer, err error) {
	if r.Source == nil || r.Source.Peer.Empty() {
		return p, nil
	}
	t, err := s.opening(ctx, r)
	if err != nil {
		return p, err
	}
	return p, t.open(r, "peer", r.Source.Peer, &p)
}

// opening opens what is sealed of a reply that stands in no case, under its own
// key.
func (s *Service) opening(ctx context.Context, r *takedown.Reply) (*tx, error) {
	key, err := s.Keys.CaseKey(ctx, r.ID, r.Key)
	return &tx{s: s, ctx: ctx, key: key}, err
}

// sesAuthServer is the authserv-id under which Amazon SES writes its results at
// the top of what it receives.
const sesAuthServer = "amazonses.com"

// sender says whether a message's sender is who it says, as far as the way it
// came lets us know.
func (s *Service) sender(ctx context.Context, r *takedown.Reply, raw []byte, m *correspondence.Message) (correspondence.Authenticity, error) {
	if r.Source != nil && r.Source.By == "smtp" && s.Resolver != nil {
		peer, err := s.peerOf(ctx, r)
		return correspondence.VerifySender(ctx, raw, m, peer, s.Resolver), err
	}
	return s.senderByOthers(r, m), nil
}

// senderByOthers trusts what the desk's own mail service or servers said.
func (s *Service) senderByOthers(r *takedown.Reply, m *correspondence.Message) correspondence.Authenticity {
	switch {
	case r.Source != nil && r.Source.By == "ses":
		return correspondence.ReadResults(m, []string{sesAuthServer})
	case r.Source != nil && r.Source.By == "imap" && len(s.AuthServers) > 0:
		return correspondence.ReadResults(m, s.AuthServers)
	}
	return correspondence.Authenticity{Verdict: correspondence.NotKnown, Domain: correspondence.Domain(m)}
}

// AcceptsMail says whether an address is the desk's: its mailbox, the address
// that it writes from, or one of the form of a reply address. A forged one is
// taken in too, for a person to see.
func (s *Service) AcceptsMail(ctx context.Context, address string) (bool, error) {
	set, err := s.settingsNow(ctx)
	if err != nil {
		return false, err
	}
	if own := strings.EqualFold(address, set.Organisation.Mailbox) || strings.EqualFold(address, set.MailFrom); own && address != "" {
		return true, nil
	}
	addresses, err := s.replyAddresses(set.ReplyDomain)
	if err != nil || addresses == nil {
		return false, err
	}
	_, err = addresses.Verify(address)
	return err == nil || errors.Is(err, correspondence.ErrForged), nil
}

// TakeMail stores a message and reads it. An error means that it was not
// stored; one that could not be read now stays in the queue.
func (s *Service) TakeMail(ctx context.Context, in InboundMail) error {
	id, err := s.ReceiveMail(ctx, in)
	if err != nil {
		return err
	}
	if err := s.ReadMail(ctx, id); err != nil {
		s.Log.ErrorContext(ctx, "a mail could not be read; it stays in the queue", "reply", id, "error", err)
	}
	return nil
}
