package casework

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/directory"
	"github.com/ontdox/takedown/internal/takedown"
)

// purposeMandate marks the file that holds a person's mandate: no evidence of an
// item, and the only file that a letter carries (design §9).
const purposeMandate = "mandate"

// purposeFiling marks what shows that a form was filed, or a letter posted.
const purposeFiling = "filing_proof"

// EvidenceInput is the body of POST …/evidence: it commits an upload.
type EvidenceInput struct {
	UploadID           string    `json:"uploadId" maxLength:"60"`
	ItemIDs            []string  `json:"itemIds" maxItems:"25"`
	CapturedAt         time.Time `json:"capturedAt"`
	Zone               string    `json:"zone" maxLength:"60" doc:"IANA time zone of the capture."`
	URL                string    `json:"url,omitempty" maxLength:"2000" doc:"Sealed."`
	Provenance         string    `json:"provenance,omitempty" maxLength:"1000" doc:"Where there is no URL; sealed."`
	CapturedBy         string    `json:"capturedBy" maxLength:"200" doc:"A function, or an affected person's id; best somebody else than the person affected."`
	Tool               string    `json:"tool,omitempty" maxLength:"100"`
	Original           bool      `json:"original,omitempty"`
	DerivedFrom        string    `json:"derivedFrom,omitempty" maxLength:"60"`
	SelfCapturedReason string    `json:"selfCapturedReason,omitempty" maxLength:"60" doc:"A code of the list; needed where an affected person captured it."`
	Purpose            string    `json:"purpose,omitempty" enum:"filing_proof,receipt,mandate,klacht"`
}

// EvidenceView is what is known of one piece of evidence, without its bytes
// and without the location.
type EvidenceView struct {
	ID          string    `json:"id"`
	Version     int64     `json:"version"`
	Items       []string  `json:"itemIds"`
	SHA256      string    `json:"sha256"`
	Size        int64     `json:"size"`
	MediaType   string    `json:"mediaType"`
	CapturedAt  time.Time `json:"capturedAt"`
	Zone        string    `json:"zone"`
	CapturedBy  string    `json:"capturedBy"`
	Tool        string    `json:"tool,omitempty"`
	Original    bool      `json:"original"`
	DerivedFrom string    `json:"derivedFrom,omitempty"`
	SelfReason  string    `json:"selfCapturedReason,omitempty"`
	Purpose     string    `json:"purpose,omitempty"`
	At          time.Time `json:"at"`
}

type evidenceLocation struct {
	URL        string `json:"url,omitempty"`
	Provenance string `json:"provenance,omitempty"`
	Upload     string `json:"upload"`
}

// evidenceID is derived from the upload: one upload is one piece of evidence.
func evidenceID(upload string) string {
	return string(KindEvidence) + "_" + strings.TrimPrefix(upload, string(KindUpload)+"_")
}

// CommitEvidence makes an upload evidence. Without date, time and location it
// is refused. Roles: specialist, liaison.
func (s *Service) CommitEvidence(ctx context.Context, who takedown.Principal, caseID string, in EvidenceInput) (string, error) {
	if err := s.fetchUpload(ctx, who, caseID, in.UploadID); err != nil {
		return "", err
	}
	var id string
	err := s.inCase(ctx, who, caseID, evidenceRoles, func(t *tx, c *takedown.Case) error {
		u, err := t.checkEvidence(in)
		if err != nil {
			return err
		}
		e := &takedown.Evidence{
			Meta: takedown.Meta{ID: evidenceID(u.ID), Case: c.ID}, Items: in.ItemIDs, SHA256: u.SHA256, Size: u.Size, MediaType: u.MediaType, Blob: u.Blob, Pieces: u.Pieces,
			CapturedAt: second(in.CapturedAt), Zone: in.Zone, CapturedBy: in.CapturedBy, Tool: in.Tool, Original: in.Original,
			DerivedFrom: in.DerivedFrom, SelfCapturedReason: in.SelfCapturedReason, Purpose: in.Purpose, At: t.now,
		}
		if e.Location, err = t.seal(e, "location", evidenceLocation{in.URL, in.Provenance, u.ID}); err != nil {
			return err
		}
		if err := t.keepProperties(e, u); err != nil {
			return err
		}
		if err := t.put(e); err != nil {
			return err
		}
		if err := t.countEvidence(in); err != nil {
			return err
		}
		id = e.ID
		t.done(201, e.ID)
		mac, err := t.mac("evidence", []byte(e.SHA256))
		if err != nil {
			return err
		}
		ids := append([]string{e.ID}, in.ItemIDs...)
		if err := t.log("evidence.committed", in.Purpose, ids, mac); err != nil {
			return err
		}
		return t.touch()
	})
	return id, err
}

func (t *tx) checkEvidence(in EvidenceInput) (*takedown.Upload, error) {
	var b bad
	u, err := find[takedown.Upload](t, in.UploadID)
	if err != nil {
		return nil, err
	}
	if u == nil || u.Case != string(t.base.Stream) || u.Blob == "" {
		b.add("/uploadId", "is no upload of this case whose bytes arrived")
	}
	t.checkCapture(&b, in)
	b.atMost("/tool", in.Tool, 100)
	if in.Original == (in.DerivedFrom != "") {
		b.add("/original", "say that it is the original, or what it is derived from")
	}
	if in.DerivedFrom != "" {
		if err := t.proof(&b, "/derivedFrom", in.DerivedFrom); err != nil {
			return nil, err
		}
	}
	b.oneOf("/purpose", in.Purpose, []string{"", purposeFiling, "receipt", purposeMandate, purposeKlacht})
	if err := t.checkCapturer(&b, in); err != nil {
		return nil, err
	}
	if err := t.checkEvidenceItems(&b, in.ItemIDs); err != nil {
		return nil, err
	}
	if err := refuseAll(b.fields); err != nil {
		return nil, err
	}
	if err := t.mayStore(in.ItemIDs); err != nil {
		return nil, err
	}
	done, err := find[takedown.Evidence](t, evidenceID(u.ID))
	if err == nil && done != nil {
		err = state("this upload is evidence already")
	}
	return u, err
}

// checkCapture wants date, time and place (S0 pt 10).
func (t *tx) checkCapture(b *bad, in EvidenceInput) {
	if in.CapturedAt.IsZero() {
		b.add("/capturedAt", "evidence needs date and time")
	}
	b.notFuture("/capturedAt", in.CapturedAt, t.now)
	if _, err := time.LoadLocation(in.Zone); err != nil || in.Zone == "" || in.Zone == "Local" {
		b.add("/zone", "must be an IANA time zone such as Europe/Amsterdam")
	}
	switch {
	case in.URL == "" && strings.TrimSpace(in.Provenance) == "":
		b.add("/url", "evidence needs a location: a URL, or where it comes from")
	case in.URL != "":
		if _, err := directory.Canonical(in.URL); err != nil {
			b.add("/url", "%s", publicDetail(err))
		}
	}
	b.atMost("/url", in.URL, 2000)
	b.atMost("/provenance", in.Provenance, 1000)
}

// checkCapturer asks why a person affected captured it themselves.
func (t *tx) checkCapturer(b *bad, in EvidenceInput) error {
	if strings.TrimSpace(in.CapturedBy) == "" {
		b.add("/capturedBy", "say which function captured it")
	}
	b.atMost("/capturedBy", in.CapturedBy, 200)
	if in.SelfCapturedReason != "" {
		b.reasonCode("/selfCapturedReason", in.SelfCapturedReason)
		return nil
	}
	p, err := find[takedown.Person](t, in.CapturedBy)
	if p != nil {
		b.add("/selfCapturedReason", "best somebody else captures it: say why the person affected did")
	}
	return err
}

func (t *tx) checkEvidenceItems(b *bad, ids []string) error {
	if len(ids) == 0 || len(ids) > maxItemsRequest {
		b.add("/itemIds", "name 1 to %d items", maxItemsRequest)
	}
	b.distinct("/itemIds", ids, maxItemsRequest)
	for n, id := range ids {
		_, err := t.itemOf(id)
		if takedown.KindOf(err) == takedown.NotFound && err != nil {
			b.add(fmt.Sprintf("/itemIds/%d", n), "is no item of this case")
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// countEvidence raises the items' counts; proofs of our own acts are no
// evidence of the item.
func (t *tx) countEvidence(in EvidenceInput) error {
	if in.Purpose != "" {
		return nil
	}
	for _, id := range in.ItemIDs {
		it, err := load[takedown.Item](t, id)
		if err != nil {
			return err
		}
		it.Evidence++
		ready(it)
		if err := t.put(it); err != nil {
			return err
		}
	}
	return nil
}

var evidenceReaders = []takedown.Role{takedown.Specialist, takedown.LegalAdviser, takedown.Liaison}

// ReadEvidence writes that evidence is about to be read; the bytes come
// through StreamEvidence, behind a URL that carries its own proof. Roles:
// specialist, legal adviser, liaison.
func (s *Service) ReadEvidence(ctx context.Context, who takedown.Principal, caseID, evidence string) error {
	return s.inAnyCase(ctx, who, caseID, evidenceReaders, func(t *tx, _ *takedown.Case) error {
		e, err := t.evidenceOf(evidence)
		if err != nil {
			return err
		}
		if err := t.mayStore(e.Items); err != nil {
			return err
		}
		return t.log("evidence.read", "", []string{e.ID})
	})
}

func (t *tx) evidenceOf(id string) (*takedown.Evidence, error) {
	e, err := find[takedown.Evidence](t, id)
	if err == nil && (e == nil || e.Case != string(t.base.Stream)) {
		err = noSuch(KindEvidence)
	}
	return e, err
}

// StreamEvidence opens the bytes of evidence for a reader whose reading is in
// the history already. A flag set since then stops it.
func (s *Service) StreamEvidence(ctx context.Context, caseID, evidence string) (io.ReadCloser, string, error) {
	t, err := s.begin(ctx, takedown.TheSystem, takedown.System, StreamID(caseID))
	if err != nil {
		return nil, "", err
	}
	e, err := t.evidenceOf(evidence)
	if err != nil {
		return nil, "", err
	}
	if err := t.mayStore(e.Items); err != nil {
		return nil, "", err
	}
	r, err := t.readEvidence(e)
	return r, e.MediaType, err
}

// ListEvidence gives what is known of a case's evidence, never the bytes.
// Roles: whoever may see the case.
func (s *Service) ListEvidence(ctx context.Context, who takedown.Principal, caseID string) ([]EvidenceView, error) {
	out := []EvidenceView{}
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, _ *takedown.Case) error {
		list, err := all[takedown.Evidence](t)
		for _, e := range list {
			out = append(out, viewEvidence(e))
		}
		return err
	})
	return out, err
}

func viewEvidence(e *takedown.Evidence) EvidenceView {
	return EvidenceView{e.ID, e.Version, e.Items, e.SHA256, e.Size, e.MediaType, e.CapturedAt, e.Zone, e.CapturedBy, e.Tool, e.Original, e.DerivedFrom, e.SelfCapturedReason, e.Purpose, e.At}
}

// GetEvidence gives what is known of one piece of evidence. Roles: whoever may
// see the case.
func (s *Service) GetEvidence(ctx context.Context, who takedown.Principal, caseID, evidence string) (EvidenceView, error) {
	var out EvidenceView
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, _ *takedown.Case) error {
		e, err := t.evidenceOf(evidence)
		if err == nil {
			out = viewEvidence(e)
		}
		return err
	})
	return out, err
}
