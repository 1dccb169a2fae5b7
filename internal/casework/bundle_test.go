package casework_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/ontdox/takedown/internal/bundle"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// dossier is a live case whose hoster refused: the request to the police for an
// order (T7) is drafted.
type dossier struct {
	*live
	doc    casework.DocumentView
	notice string // the hoster's, by id
}

// counsel approves: of the other adviser's name the guard would find the first
// letter and number in "A1", a person's mark.
var counsel = takedown.Principal{ID: "raadsvrouw", Roles: []takedown.Role{takedown.LegalAdviser}}

const policeUnit = "contact_police"

func newDossier(t *testing.T, key string) *dossier {
	t.Helper()
	l, ctx := newLive(t), context.Background()
	in := hosterInput("abuse@host.example")
	in.Channels = append(in.Channels, takedown.Channel{Kind: "mail", Address: "autoriteiten@host.example", Purpose: "order"})
	_, err := l.s.PutContact(ctx, coordinator, "contact_hoster", in, 1)
	l.ok(err)
	_, err = l.s.PutContact(ctx, coordinator, policeUnit, casework.ContactInput{
		Kind: "police_unit", LegalName: "Politie, eenheid Voorbeeld", Country: "NL", Languages: []string{"nl"}, Source: "https://politie.example",
		Channels: []takedown.Channel{{Kind: "police", Address: "loket", Purpose: "order"}}, EncryptionKey: key, LastVerified: monday,
	}, 0)
	l.ok(err)
	l.settings(func(s *casework.SettingsInput) { s.PoliceUnit = policeUnit })
	_, err = l.s.Decide(ctx, adviser, l.c, casework.CaseDecisionInput{Kind: "professional_secrecy", Choice: "nothing_to_disclose", Pros: "no treatment is named"})
	l.ok(err)
	l.ok(l.patch(coordinator, l.c, `{"coordinator":"chef"}`)) // a name whose initial and number are no evidence's
	item, err := casework.GetNoun[takedown.Item](ctx, l.s, l.page)
	l.ok(err)
	item.FirstSeenAt = monday.Add(-24 * time.Hour)
	l.ok(casework.PutNoun(ctx, l.s, l.c, item))
	employer := aangifte("")
	employer.By, employer.Witness, employer.UnderNumber = "employer", "", nil
	_, err = l.s.PutPoliceReport(ctx, liaison, l.c, "report_een", employer, 0)
	l.ok(err)
	l.attempt()
	l.approve()
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	notice := l.document().ID
	_, err = l.s.RegisterReply(ctx, specialist, casework.ReplyInput{DocumentID: notice, Kind: "decision", Decision: "refused", Via: "mail", ReceivedAt: monday.Add(time.Minute)})
	l.ok(err)
	l.pass(2 * time.Hour)
	tr := l.track("legal_order")
	if tr.Document == nil {
		t.Fatalf("no request: %s, %+v", tr.Status, tr.WaitsFor)
	}
	d := &dossier{live: l, notice: notice}
	d.doc, err = l.s.GetDocument(ctx, specialist, tr.Document.ID)
	l.ok(err)
	complete(t, d.doc)
	return d
}

func (d *dossier) approved() *dossier {
	d.t.Helper()
	d.ok(d.s.DecideDocument(context.Background(), counsel, d.doc.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.doc.ContentHash}))
	d.settle()
	return d
}

// read exports the bundle and gives its bytes.
func (d *dossier) read() ([]byte, casework.Bundle) {
	d.t.Helper()
	ctx := context.Background()
	d.ok(d.s.ExportBundle(ctx, liaison, d.doc.ID))
	r, b, err := d.s.OpenBundle(ctx, d.doc.ID)
	d.ok(err)
	raw, err := io.ReadAll(r)
	d.ok(err)
	d.ok(r.Close())
	return raw, b
}

func (d *dossier) handOver() error {
	ctx := context.Background()
	now, err := d.clock.Now(ctx)
	d.ok(err)
	receipt := d.receipt()
	return d.s.HandOver(ctx, liaison, d.doc.ID, casework.HandOverInput{
		ContentHash: d.doc.ContentHash, Recipient: casework.HandOverRecipient{Unit: "eenheid Voorbeeld", Function: "behandelaar"},
		Channel: "in_person", At: now, Receipt: receipt,
	})
}

// receipt uploads what shows a hand-over.
func (d *dossier) receipt() string {
	d.t.Helper()
	in := d.captureOf(d.upload(d.c, []byte("receipt")), d.page)
	in.Purpose = "receipt"
	receipt, err := d.s.CommitEvidence(context.Background(), specialist, d.c, in)
	d.ok(err)
	return receipt
}

// unzipped gives the files of a zip, each held against its hash sheet.
func unzipped(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		out[f.Name] = string(body)
	}
	for _, line := range strings.Split(strings.TrimSpace(out[bundle.SumsName]), "\n") {
		sum, name, _ := strings.Cut(line, "  ")
		if have := sha256.Sum256([]byte(out[name])); hex.EncodeToString(have[:]) != sum {
			t.Errorf("%s is not what the hash sheet says", name)
		}
	}
	return out
}

// All that the police need is one file: the request in three forms, the sealed
// annexes apart, the evidence with who captured it and whose hands it went
// through, declarations to sign, and hashes. A sealed value stands in the sealed
// annexes alone, and the same document gives the same bytes.
//
// Requirement: S4-6, S0-sum-3
func TestTheRequestAsOneBundle(t *testing.T) {
	t.Parallel()
	d := newDossier(t, "").approved()
	raw, b := d.read()
	if again, _ := d.read(); !bytes.Equal(raw, again) {
		t.Error("the same document gave another bundle")
	}
	if b.Name != d.doc.Reference+".zip" || b.MediaType != "application/zip" {
		t.Errorf("it is %s, %s", b.Name, b.MediaType)
	}
	files := unzipped(t, raw)
	names := slices.Sorted(func(yield func(string) bool) {
		for n := range files {
			if !yield(n) {
				return
			}
		}
	})
	want := []string{"SHA256SUMS", "confidential/annex-A.txt", "confidential/annex-B.txt", "declarations.txt", "document.html", "document.json", "document.pdf", "evidence/C1.png", "manifest.json"}
	if !slices.Equal(names, want) {
		t.Errorf("files %q, want %q", names, want)
	}
	for name, body := range files {
		for _, value := range []string{"Sealed Name", "Sealedstraat", "06-00000000", "sealed summary", "sealed trigger", specialist.ID, counsel.ID} {
			if strings.Contains(body, value) && (name != "confidential/annex-A.txt" || value != "Sealed Name") {
				t.Errorf("%q stands in %s", value, name)
			}
		}
	}
	if !strings.Contains(files["confidential/annex-A.txt"], "Sealed Name") || !strings.HasPrefix(files["document.pdf"], "%PDF-") || files["evidence/C1.png"] != "sealed evidence bytes of "+d.page {
		t.Error("the annex, the PDF or the evidence is not what it should be")
	}
	d.manifest(files["manifest.json"])
	if !strings.Contains(files["declarations.txt"], "Functie: medewerker meldpunt") {
		t.Errorf("declarations:\n%s", files["declarations.txt"])
	}
	history := d.entries(d.c)
	if got := history[len(history)-1]; got != "bundle.exported medium" {
		t.Errorf("the export wrote %q", got)
	}
}

func (d *dossier) manifest(raw string) {
	d.t.Helper()
	var m bundle.Manifest
	d.ok(json.Unmarshal([]byte(raw), &m))
	if m.Format != bundle.Format || m.ContentHash != d.doc.ContentHash || m.Reference != d.doc.Reference || m.Instrument != "T7" || len(m.Files) != 7 {
		d.t.Errorf("manifest %+v", m)
	}
	for _, f := range m.Files {
		if len(f.SHA256) != 64 || f.Size == 0 || f.MediaType == "" || f.Kind == "" {
			d.t.Errorf("file %+v", f)
		}
		if (f.Evidence != nil) != (f.Kind == "evidence") {
			d.t.Errorf("%s: evidence %v", f.Name, f.Evidence)
		}
		if e := f.Evidence; e != nil {
			if e.No != "C1" || !e.Original || e.CapturedBy != "medewerker meldpunt" || e.CapturedAt.IsZero() || !slices.Equal(e.Items, []int{1}) {
				d.t.Errorf("evidence %+v", e)
			}
			if len(e.Custody) == 0 || e.Custody[0].Act != "evidence.committed" || e.Custody[0].Role != "specialist" || e.Custody[0].Entry == "" {
				d.t.Errorf("custody %+v", e.Custody)
			}
		}
	}
}

// Where the police gave a key, the bundle opens with theirs alone.
func TestABundleForAKnownKeyIsEncrypted(t *testing.T) {
	t.Parallel()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	d := newDossier(t, id.Recipient().String()).approved()
	raw, b := d.read()
	if !strings.HasSuffix(b.Name, ".zip.age") || bytes.Contains(raw, []byte("document.json")) {
		t.Errorf("%s can be read without the key", b.Name)
	}
	r, err := age.Decrypt(bytes.NewReader(raw), id)
	d.ok(err)
	plain, err := io.ReadAll(r)
	d.ok(err)
	if files := unzipped(t, plain); files["document.json"] == "" {
		t.Error("it holds no document")
	}
	if history := d.entries(d.c); history[len(history)-1] != "bundle.exported encrypted" {
		t.Errorf("the export wrote %q", history[len(history)-1])
	}
	have, err := d.s.GetContact(context.Background(), coordinator, policeUnit)
	d.ok(err)
	in := have.ContactInput
	in.EncryptionKey = "age1nobody"
	_, err = d.s.PutContact(context.Background(), coordinator, policeUnit, in, have.Version)
	d.pointers(err, "/encryptionKey")
}

// Evidence that does not open as it was stored stops the bundle and the
// hand-over, with its id; neither is recorded, and nothing is half given.
func TestDamagedEvidenceStopsTheBundle(t *testing.T) {
	t.Parallel()
	d, ctx := newDossier(t, "").approved(), context.Background()
	list, err := d.s.ListEvidence(ctx, auditor, d.c)
	d.ok(err)
	evid := list[0].ID
	e, err := casework.GetNoun[takedown.Evidence](ctx, d.s, evid)
	d.ok(err)
	blobs := d.s.Evidence.(*memBlobs)
	whole, _ := blobs.m.Load(e.Blob)
	for name, damage := range map[string]func(){
		"one byte": func() {
			bad := slices.Clone(whole.([]byte))
			bad[len(bad)/2] ^= 1
			blobs.m.Store(e.Blob, bad)
		},
		"cut short": func() { blobs.m.Store(e.Blob, whole.([]byte)[:20]) },
		"missing":   func() { blobs.m.Delete(e.Blob) },
	} {
		damage()
		before := len(d.entries(d.c))
		if err := d.s.ExportBundle(ctx, liaison, d.doc.ID); err == nil || !strings.Contains(err.Error(), evid) {
			t.Errorf("%s: the export says %v", name, err)
		}
		if _, _, err := d.s.OpenBundle(ctx, d.doc.ID); err == nil {
			t.Errorf("%s: it opens", name)
		}
		if after := len(d.entries(d.c)); after != before {
			t.Errorf("%s: %d entries were written", name, after-before)
		}
		if err := d.handOver(); err == nil || !strings.Contains(err.Error(), evid) {
			t.Errorf("%s: the hand-over says %v", name, err)
		}
		v, err := d.s.GetDocument(ctx, specialist, d.doc.ID)
		d.ok(err)
		if v.Status != "approved" || v.LastDispatch != nil || slices.Contains(d.entries(d.c), "bundle.handed_over medium") {
			t.Errorf("%s: the document is %s, %+v", name, v.Status, v.LastDispatch)
		}
	}
	blobs.m.Store(e.Blob, whole)
	d.ok(d.handOver())
	if !slices.Contains(d.entries(d.c), "bundle.handed_over medium") {
		t.Errorf("the hand-over is not in the history: %q", d.entries(d.c))
	}
	d.read() // a second copy, as it was handed over
}

// Only an approved request leaves, only to whoever may read it; what is flagged
// since stays here and is said to.
func TestWhatABundleRefuses(t *testing.T) {
	t.Parallel()
	d, ctx := newDossier(t, ""), context.Background()
	d.kind(d.s.ExportBundle(ctx, liaison, d.doc.ID), takedown.Conflict)
	d.kind(d.s.ExportBundle(ctx, liaison, d.notice), takedown.Conflict) // T1 is mailed
	d.approved()
	for _, who := range []takedown.Principal{coordinator, auditor, reporter, nobody} {
		d.kind(d.s.ExportBundle(ctx, who, d.doc.ID), takedown.Forbidden)
	}
	d.kind(d.s.ExportBundle(ctx, liaison, "doc_none"), takedown.NotFound)
	item, err := casework.GetNoun[takedown.Item](ctx, d.s, d.page)
	d.ok(err)
	item.SuspectedCSAM = true
	d.ok(casework.PutNoun(ctx, d.s, d.c, item))
	raw, _ := d.read()
	files := unzipped(t, raw)
	if _, there := files["evidence/C1.png"]; there || !strings.Contains(files["manifest.json"], `"reason": "locked"`) {
		t.Errorf("locked evidence left:\n%s", files["manifest.json"])
	}
}

// The report itself goes as one bundle as well, with the evidence and the
// sealed annex apart.
//
// Requirement: S4-6, S0-sum-3
func TestTheReportAsOneBundle(t *testing.T) {
	t.Parallel()
	d := newDossier(t, "")
	ctx := context.Background()
	d.consent("police_report", "")
	_, err := d.s.OpenTrack(ctx, coordinator, d.c, casework.OpenTrackInput{Route: "police_report", ContactID: policeUnit, ItemIDs: []string{d.page}, Reason: "by_hand"})
	d.ok(err)
	d.settle()
	d.doc = d.on("police_report")
	complete(t, d.doc)
	raw, _ := d.approved().read()
	files := unzipped(t, raw)
	if d.doc.Instrument != "T12" || !strings.Contains(files["confidential/annex-A.txt"], "Sealed Name") || !strings.Contains(files["document.html"], "VPT") || files["evidence/C1.png"] == "" {
		t.Errorf("%s: %v", d.doc.Instrument, slices.Sorted(maps.Keys(files)))
	}
}
