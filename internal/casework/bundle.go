package casework

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/bundle"
	"github.com/ontdox/takedown/internal/takedown"
)

// Bundle is a document for the police with all that belongs to it, as one file
// that is written when it is read.
type Bundle struct {
	Name      string // file name: our reference, nothing of the case
	MediaType string
	Size      int64 // of the files in it, in bytes
	evidence  []string
	sums      []byte // the hash sheet: the same for the same document
	at        time.Time
	recipient string // age key; "" goes on a medium
	parts     []bundle.Part
}

// Media types of a bundle.
const (
	zipType = "application/zip"
	ageType = "application/octet-stream" // age has none of its own
)

// ExportBundle checks a document's bundle whole and writes that it leaves: every
// file is opened, decrypted and held against its hash first, so that a damaged
// one is named and nothing is recorded. The bytes come through OpenBundle, behind
// a URL that carries its own proof. Roles: specialist, legal adviser, liaison.
func (s *Service) ExportBundle(ctx context.Context, who takedown.Principal, doc string) error {
	if err := need(who, documentReaders...); err != nil {
		return err
	}
	caseID, err := caseOf[takedown.Document](ctx, s, doc)
	if err != nil {
		return err
	}
	read := measured{}
	return s.inAnyCase(ctx, who, caseID, documentReaders, func(t *tx, _ *takedown.Case) error {
		d, tr, err := t.documentAndTrack(doc)
		if err != nil {
			return err
		}
		if err := t.mayHandOver(tr, d); err != nil {
			return err
		}
		b, err := t.bundle(tr, d, read)
		if err != nil {
			return err
		}
		return t.logBundle("bundle.exported", d, b)
	})
}

// OpenBundle gives the bytes of a bundle whose export stands in the history
// already. A flag, an edit or a key set since then counts. Whoever reads must
// close it; an error while it is read leaves no whole file.
func (s *Service) OpenBundle(ctx context.Context, doc string) (io.ReadCloser, Bundle, error) {
	caseID, err := caseOf[takedown.Document](ctx, s, doc)
	if err != nil {
		return nil, Bundle{}, err
	}
	t, err := s.begin(ctx, takedown.TheSystem, takedown.System, StreamID(caseID))
	if err != nil {
		return nil, Bundle{}, err
	}
	d, tr, err := t.documentAndTrack(doc)
	if err != nil {
		return nil, Bundle{}, err
	}
	b, err := t.bundle(tr, d, measured{})
	if err != nil {
		return nil, b, err
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(b.write(w)) }()
	return r, b, nil
}

// OfferBundle gives an address at which a bundle may be read for a while, none
// if it is small enough to be streamed.
func (s *Service) OfferBundle(ctx context.Context, doc string, life time.Duration) (url string, err error) {
	if s.Transit == nil {
		return "", nil
	}
	r, b, err := s.OpenBundle(ctx, doc)
	if err != nil {
		return "", err
	}
	if b.Size > s.Transit.Carries()/2 { // with room for what zip and age add
		url, err = s.Transit.Offer(ctx, b.MediaType, r, life)
	}
	return url, errors.Join(err, r.Close())
}

// write writes the zip, encrypted where there is a key for it.
func (b Bundle) write(w io.Writer) error {
	if b.recipient == "" {
		return bundle.Write(w, b.at, b.parts)
	}
	sealed, err := bundle.Encrypt(w, b.recipient)
	if err != nil {
		return err
	}
	if err := bundle.Write(sealed, b.at, b.parts); err != nil {
		return err // never closed: what was written opens with nothing
	}
	return sealed.Close()
}

// logBundle writes what left: the document, every file of evidence, and the
// keyed hash of the hash sheet, in as many entries as the ids need.
func (t *tx) logBundle(act string, d *takedown.Document, b Bundle) error {
	form := "medium"
	if b.recipient != "" {
		form = "encrypted"
	}
	sum, err := t.mac("bundle", b.sums)
	if err != nil {
		return err
	}
	rest := b.evidence
	for first := true; first || len(rest) > 0; first = false {
		n := min(len(rest), MaxEntryIDs-1)
		if err := t.log(act, form, append([]string{d.ID}, rest[:n]...), "content:"+d.ContentHash, sum); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// bundle measures everything that goes with an approved document. The guard
// reads all of it that is not sealed, names included. What read holds is not read
// again: a lost swap must not open every file twice.
func (t *tx) bundle(tr *takedown.Track, d *takedown.Document, read measured) (Bundle, error) {
	c, err := t.bundleContent(tr, d)
	if err != nil {
		return Bundle{}, err
	}
	contact, err := t.contact(tr.Contact)
	if err != nil {
		return Bundle{}, err
	}
	b := Bundle{Name: d.Reference + ".zip", MediaType: zipType, at: d.DraftedAt, recipient: contact.EncryptionKey}
	if b.recipient != "" {
		b.Name, b.MediaType = b.Name+".age", ageType
	}
	m := bundle.Manifest{
		Format: bundle.Format, Reference: d.Reference, Instrument: d.Instrument, Language: d.Language, ContentHash: d.ContentHash,
		DraftedAt: d.DraftedAt.UTC(), ApprovedAt: d.Approval.At.UTC(),
	}
	f := &filler{t: t, d: d, b: &b, m: &m, read: read}
	if err := errors.Join(f.document(c), f.annexes(c)); err != nil {
		return b, err
	}
	if err := f.evidence(tr, c); err != nil {
		return b, err
	}
	if err := f.close(); err != nil {
		return b, err
	}
	return b, t.guardBundle(tr, d, b, m)
}

// mayHandOver refuses the bundle of a document that is still to go while a gate
// is closed: a consent that was withdrawn stops it here. That something was
// handed over is recorded all the same.
func (t *tx) mayHandOver(tr *takedown.Track, d *takedown.Document) error {
	if d.Status != takedown.DocumentApproved {
		return nil
	}
	open, err := t.gatesHold(tr)
	if err == nil && !open {
		err = state("a gate of this document has closed since its approval: see what its track waits for")
	}
	return err
}

// bundleContent is the content of a document that may leave as a bundle: one for
// the police, approved as it stands, in which the guard finds nothing now.
func (t *tx) bundleContent(tr *takedown.Track, d *takedown.Document) (content, error) {
	if d.Channel != "police" {
		return content{}, state("only what goes to the police goes as a bundle")
	}
	if d.Status != takedown.DocumentApproved && d.Status != takedown.DocumentDelivered {
		return content{}, state("the document is %s: a bundle is made of an approved one", d.Status)
	}
	c, err := t.content(d)
	if err != nil {
		return c, err
	}
	hash, err := hashContent(d, c)
	if err != nil {
		return c, err
	}
	if d.Approval == nil || d.Approval.ContentHash != hash || hash != d.ContentHash || slices.Contains(d.Editors, d.Approval.By) {
		return c, state("the document has no live approval for its current content")
	}
	hits, err := t.guardFindings(tr, d, c)
	if err != nil {
		return c, err
	}
	for _, h := range hits {
		if h.Blocking {
			return c, state("the document may not leave: %s", h.Message)
		}
	}
	return c, nil
}

// guardBundle reads every name of a file, and what the manifest and the
// declarations say in words that are not ours: no sealed value stands outside the
// sealed annexes and the evidence.
func (t *tx) guardBundle(tr *takedown.Track, d *takedown.Document, b Bundle, m bundle.Manifest) error {
	guard, err := t.guard(tr, d)
	if err != nil {
		return err
	}
	places := [][2]string{{"the bundle's name", b.Name}}
	for _, p := range b.parts {
		places = append(places, [2]string{"the name of a file", p.Name})
	}
	for _, f := range m.Files {
		if e := f.Evidence; e != nil {
			places = append(places, [2]string{"what is said of the capture of " + e.No, strings.Join([]string{e.CapturedBy, e.Tool, e.SelfCaptured, e.Zone}, "\n")})
		}
	}
	for _, p := range places {
		if hits := guard.Check(p[0], p[1]); len(hits) > 0 {
			return state("a sealed value (%s) stands in %s: correct the evidence and draft the document again", hits[0].Field, p[0])
		}
	}
	return nil
}
