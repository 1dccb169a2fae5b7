package casework

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/bundle"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// filler fills a bundle file by file, each in the manifest too.
type filler struct {
	t *tx
	d *takedown.Document
	b *Bundle
	m *bundle.Manifest

	read measured
}

// measured are files of evidence that were read whole, by the name of their blob.
type measured map[string]bundle.Part

func (f *filler) add(file bundle.File, content []byte) error {
	p, err := bundle.Bytes(file.Name, content)
	if err != nil {
		return err
	}
	f.take(file, p)
	return nil
}

func (f *filler) take(file bundle.File, p bundle.Part) {
	file.SHA256, file.Size = p.SHA256, p.Size
	f.b.parts, f.b.Size = append(f.b.parts, p), f.b.Size+p.Size
	f.m.Files = append(f.m.Files, file)
}

// close adds the declarations, the manifest and, last, the hash sheet.
func (f *filler) close() error {
	declared := bundle.File{Name: "declarations.txt", MediaType: "text/plain", Kind: "declaration"}
	if err := f.add(declared, []byte(f.m.Declarations())); err != nil {
		return err
	}
	raw, err := f.m.JSON()
	if err != nil {
		return err
	}
	manifest, err := bundle.Bytes("manifest.json", raw)
	if err != nil {
		return err
	}
	f.b.parts = append(f.b.parts, manifest)
	f.b.sums = bundle.Sums(f.b.parts)
	sheet, err := bundle.Bytes(bundle.SumsName, f.b.sums)
	f.b.parts, f.b.Size = append(f.b.parts, sheet), f.b.Size+manifest.Size+sheet.Size
	return err
}

// addEvidence adds a file of evidence, which is read once.
func (f *filler) addEvidence(file bundle.File, e *takedown.Evidence, sum string) error {
	p, ok := f.read[e.Blob]
	if !ok {
		var err error
		if p, err = bundle.Measure(file.Name, f.t.opened(e, sum)); err != nil {
			return err
		}
		f.read[e.Blob] = p
	}
	p.Name = file.Name
	f.take(file, p)
	return nil
}

// extensions are the file names' ends of what is captured; any other is .bin.
var extensions = map[string]string{
	"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "application/pdf": ".pdf", "text/html": ".html",
	"text/plain": ".txt", "application/json": ".json", "application/warc": ".warc", "application/wacz": ".wacz", "application/zip": ".zip",
	"video/mp4": ".mp4", "video/webm": ".webm", "audio/mpeg": ".mp3", "audio/ogg": ".ogg", "message/rfc822": ".eml",
}

func extension(mediaType string) string {
	if e, ok := extensions[mediaType]; ok {
		return e
	}
	return ".bin"
}

// bundledDocument is document.json: the text as data, without the names of who
// wrote and approved it (domain.md §8, printed names).
type bundledDocument struct {
	Reference   string         `json:"reference"`
	Instrument  string         `json:"instrument"`
	Template    string         `json:"template"`
	Language    string         `json:"language"`
	ContentHash string         `json:"contentHash"`
	DraftedAt   time.Time      `json:"draftedAt"`
	ApprovedAt  time.Time      `json:"approvedAt"`
	Recipients  []Recipient    `json:"recipients"`
	Subject     string         `json:"subject"`
	Text        string         `json:"text"`
	Annexes     []notice.Annex `json:"annexes"`
}

// document adds the document in its three forms.
func (f *filler) document(c content) error {
	for _, form := range []struct{ as, mediaType string }{{"pdf", "application/pdf"}, {"html", "text/html"}} {
		r, err := f.t.render(f.d, c, form.as)
		if err != nil {
			return err
		}
		if err := f.add(bundle.File{Name: "document." + form.as, MediaType: form.mediaType, Kind: "document"}, r.Body); err != nil {
			return err
		}
	}
	out := bundledDocument{
		Reference: f.d.Reference, Instrument: f.d.Instrument, Template: f.d.Template, Language: f.d.Language, ContentHash: f.d.ContentHash,
		DraftedAt: f.d.DraftedAt.UTC(), ApprovedAt: f.d.Approval.At.UTC(), Recipients: c.Recipients, Subject: c.Subject, Text: c.Text, Annexes: []notice.Annex{},
	}
	for _, a := range c.Annexes {
		if !a.Sealed {
			out.Annexes = append(out.Annexes, a)
		}
	}
	raw, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	return f.add(bundle.File{Name: "document.json", MediaType: "application/json", Kind: "document"}, append(raw, '\n'))
}

// annexes adds the annexes; the sealed ones lie apart.
func (f *filler) annexes(c content) error {
	for _, a := range c.Annexes {
		file := bundle.File{Name: "annex-" + a.Part + ".txt", MediaType: a.MediaType, Kind: "annex", Sealed: a.Sealed}
		if a.Sealed {
			file.Name = "confidential/" + file.Name
		}
		if err := f.add(file, []byte(a.Text)); err != nil {
			return err
		}
	}
	return nil
}

// evidence adds the files that the approved document lists, under their numbers.
// What is of a flagged item stays here, and is said to.
func (f *filler) evidence(tr *takedown.Track, c content) error {
	custody, err := f.t.custody(f.d)
	if err != nil {
		return err
	}
	marks, err := f.t.marks(tr)
	if err != nil {
		return err
	}
	numbers := map[string]string{}
	for _, listed := range c.Files {
		numbers[listed.Evidence] = listed.Name
	}
	for _, listed := range c.Files {
		e, err := f.t.evidenceOf(listed.Evidence)
		if err != nil {
			return err
		}
		locked, err := f.t.locked(e)
		if err != nil {
			return err
		}
		if locked {
			f.m.Withheld = append(f.m.Withheld, bundle.Withheld{No: listed.Name, Reason: "locked"})
			continue
		}
		about, err := f.t.aboutEvidence(e, listed.Name, numbers, marks)
		if err != nil {
			return err
		}
		about.Custody = append([]bundle.Custody{}, custody[e.ID]...)
		file := bundle.File{Name: "evidence/" + listed.Name + extension(e.MediaType), MediaType: e.MediaType, Kind: "evidence", Sealed: true, Evidence: about}
		if err := f.addEvidence(file, e, listed.SHA256); err != nil {
			return err
		}
		f.b.evidence = append(f.b.evidence, e.ID)
	}
	return nil
}

// opened opens a piece of evidence whenever it is asked to. A damaged one names
// itself by its id: a person must know which.
func (t *tx) opened(e *takedown.Evidence, sum string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		damaged := func(err error) error {
			return &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "the evidence " + e.ID + " does not open as it was stored: the bundle was not made", Err: err}
		}
		if e.SHA256 != sum {
			return nil, damaged(fmt.Errorf("the document lists other bytes"))
		}
		r, err := t.readEvidence(e)
		if err != nil {
			return nil, damaged(err)
		}
		return &naming{r, damaged}, nil
	}
}

// naming says of an error while a file is read which file it is.
type naming struct {
	io.ReadCloser
	damaged func(error) error
}

func (n *naming) Read(p []byte) (int, error) {
	got, err := n.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = n.damaged(err)
	}
	return got, err
}

// locked says that evidence is of an item that is flagged.
func (t *tx) locked(e *takedown.Evidence) (bool, error) {
	for _, id := range e.Items {
		it, err := t.itemOf(id)
		if err != nil || it.SuspectedCSAM {
			return it != nil && it.SuspectedCSAM, err
		}
	}
	return false, nil
}

// aboutEvidence is what the manifest says of a file; where it was captured stands
// in annex 1 alone, under the item's number.
func (t *tx) aboutEvidence(e *takedown.Evidence, no string, numbers, marks map[string]string) (*bundle.Evidence, error) {
	out := &bundle.Evidence{
		No: no, CapturedAt: e.CapturedAt.UTC(), Zone: e.Zone, CapturedBy: e.CapturedBy, SelfCaptured: e.SelfCapturedReason, Tool: e.Tool, Original: e.Original,
	}
	if m, ok := marks[e.CapturedBy]; ok {
		out.CapturedBy = m
	}
	if e.DerivedFrom != "" {
		out.DerivedFrom = bundle.NotInBundle
		if n, ok := numbers[e.DerivedFrom]; ok {
			out.DerivedFrom = n
		}
	}
	for _, id := range e.Items {
		it, err := t.itemOf(id)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, it.No)
	}
	slices.Sort(out.Items)
	return out, nil
}

// marks are the affected persons as annex A numbers them.
func (t *tx) marks(tr *takedown.Track) (map[string]string, error) {
	p, err := t.newPlanner(tr)
	if err != nil {
		return nil, err
	}
	return p.marks()
}

// marks are the affected persons as annex A numbers them, by id.
func (p *planner) marks() (map[string]string, error) {
	people, err := p.helped()
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for n, person := range people {
		out[person.ID] = personMark(n)
	}
	return out, nil
}
