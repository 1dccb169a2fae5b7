package casework_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// newThreatened is a dossier whose page is assessed as a threat too, which is
// prosecuted on a klacht; its request is drafted again.
func newThreatened(t *testing.T) *dossier {
	t.Helper()
	d := newDossier(t, "")
	d.ok(d.reassess(func(in *casework.AssessmentInput) {
		in.Grounds = append(in.Grounds, casework.GroundInput{Offence: "285b", Elements: map[string][]string{"E1": in.Grounds[0].Elements["E1"]}})
	}))
	d.doc = d.on("legal_order")
	return d
}

// klacht records the person's klacht for an offence and gives the request anew.
func (d *dossier) klacht(offence string, in casework.KlachtInput) casework.DocumentView {
	d.t.Helper()
	ctx := context.Background()
	v, err := d.s.GetCase(ctx, coordinator, d.c)
	d.ok(err)
	version := int64(0)
	if have, err := d.s.GetKlacht(ctx, coordinator, d.c, v.People[0].ID, offence); err == nil {
		version = have.Version
	}
	_, err = d.s.PutKlacht(ctx, coordinator, d.c, v.People[0].ID, offence, in, version)
	d.ok(err)
	d.settle()
	return d.on("legal_order")
}

func signedKlacht() casework.KlachtInput {
	return casework.KlachtInput{
		Needed: true, VictimLearnedAt: monday.Add(-day), Decision: "wanted", DecidedAt: monday, TextShown: "v1", SignedAt: monday,
	}
}

// A request says of a klacht what is so: the signed file goes along in the sealed
// bundle, or it does not; one that was withdrawn is none.
func TestAKlachtGoesAlongOrIsNotSaidTo(t *testing.T) {
	t.Parallel()
	d := newThreatened(t)
	if got := stops(d.doc); len(got) != 1 || got[0] != "klachten" {
		t.Fatalf("without a klacht it lacks %v", got)
	}
	in := signedKlacht()
	doc := d.klacht("285b", in)
	complete(t, doc)
	if !strings.Contains(doc.Text, "Het ondertekende stuk zit niet bij deze stukken.") {
		t.Errorf("says that it goes along:\n%s", doc.Text)
	}

	ctx := context.Background()
	v, err := d.s.GetCase(ctx, coordinator, d.c)
	d.ok(err)
	have, err := d.s.GetKlacht(ctx, coordinator, d.c, v.People[0].ID, "285b")
	d.ok(err)
	capture := d.capture(d.c, d.page)
	in.Evidence = capture
	_, err = d.s.PutKlacht(ctx, coordinator, d.c, v.People[0].ID, "285b", in, have.Version)
	d.pointers(err, "/evidenceId")
	file := d.captureOf(d.upload(d.c, []byte("signed by the person")), d.page)
	file.Purpose, file.URL, file.Provenance = "klacht", "", "ondertekend op kantoor"
	in.Evidence, err = d.s.CommitEvidence(ctx, specialist, d.c, file)
	d.ok(err)
	d.doc = d.klacht("285b", in)
	complete(t, d.doc)
	if !strings.Contains(d.doc.Text, "De ondertekende klacht zit in bijlage C, die verzegeld is, als K1.") {
		t.Errorf("does not say where it is:\n%s", d.doc.Text)
	}
	raw, _ := d.approved().read()
	if got := unzipped(t, raw)["evidence/K1.png"]; got != "signed by the person" {
		t.Errorf("the bundle holds %q", got)
	}

	in.FiledAt, in.WithdrawnAt = monday, monday
	doc = d.klacht("285b", in)
	if got := stops(doc); len(got) != 1 || got[0] != "klachten" || strings.Contains(doc.Text, "K1") {
		t.Errorf("a withdrawn one counts: %v\n%s", got, doc.Text)
	}
}

// A klacht is for one offence and one person: that of another offence meets
// nothing.
func TestAKlachtIsForItsOwnOffence(t *testing.T) {
	t.Parallel()
	d := newThreatened(t)
	doc := d.klacht("318", signedKlacht())
	if got := stops(doc); len(got) != 1 || got[0] != "klachten" {
		t.Errorf("the klacht for another offence counts: %v", got)
	}
}

// A conditional klacht that nobody answered stops what goes to the police; that none
// is needed counts with a legal adviser's note, and stands there as our view.
func TestWhetherAConditionalKlachtIsNeededIsAnswered(t *testing.T) {
	t.Parallel()
	d, ctx := newDossier(t, ""), context.Background()
	d.ok(d.reassess(func(in *casework.AssessmentInput) {
		in.Grounds = append(in.Grounds, casework.GroundInput{Offence: "261", Elements: map[string][]string{"E1": in.Grounds[0].Elements["E1"]}})
	}))
	if got := stops(d.on("legal_order")); len(got) != 1 || got[0] != "klachten/needed" {
		t.Fatalf("without an answer it lacks %v", got)
	}
	if got := stops(d.klacht("261", casework.KlachtInput{})); len(got) != 1 || got[0] != "klachten/needed" {
		t.Fatalf("a coordinator's word alone counts: %v", got)
	}
	for _, task := range d.openTasks(d.c, "klacht") {
		d.ok(d.s.CompleteTask(ctx, adviser, task.ID, casework.TaskCompletion{Reason: "art_267_applies"}))
	}
	d.settle()
	doc := d.on("legal_order")
	complete(t, doc)
	want := "Voor artikel 261 van het Wetboek van Strafrecht is volgens ons geen klacht nodig van de betrokkene (A1). De voorwaarde in de wet: klacht nodig, tenzij artikel 267 van toepassing is."
	if !strings.Contains(doc.Text, want) {
		t.Errorf("does not say so:\n%s", doc.Text)
	}
}
