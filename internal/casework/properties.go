package casework

import (
	"fmt"

	"github.com/ontdox/takedown/internal/filemeta"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// sealProperties seals what a file says about itself; nothing of one that says
// nothing.
func (t *tx) sealProperties(n noun, f filemeta.Found) (takedown.Sealed, error) {
	if f == (filemeta.Found{}) {
		return takedown.Sealed{}, nil
	}
	return t.seal(n, "properties", f)
}

// keepProperties takes them over from the upload for the one file that a letter
// carries: they are read once, as the bytes come in, and not with each check.
func (t *tx) keepProperties(e *takedown.Evidence, u *takedown.Upload) error {
	if e.Purpose != purposeMandate {
		return nil
	}
	var f filemeta.Found
	if err := t.open(u, "properties", u.Properties, &f); err != nil {
		return err
	}
	var err error
	e.Properties, err = t.sealProperties(e, f)
	return err
}

// guardFiles compares what the files of a letter say about themselves with the
// sealed data, as the guard does their names. What goes to the police is the
// evidence itself, byte for byte.
func (t *tx) guardFiles(guard *notice.Guard, d *takedown.Document, c content) ([]notice.Hit, []Finding, error) {
	var hits []notice.Hit
	var found []Finding
	for n, file := range c.Files {
		if file.Evidence == "" || d.Channel == "police" {
			continue
		}
		e, err := t.evidenceOf(file.Evidence)
		if err != nil {
			return nil, nil, err
		}
		var f filemeta.Found
		if err := t.open(e, "properties", e.Properties, &f); err != nil {
			return nil, nil, err
		}
		place := fmt.Sprintf("file/%d/properties", n+1)
		hits = append(hits, guard.Check(place, f.Text)...)
		if f.Position {
			found = append(found, positionIn(place, e.ID))
		}
		if f.Unread {
			found = append(found, unreadIn(place, e.ID))
		}
	}
	return hits, found, nil
}

// positionIn stops a picture that says where it was made: a scan at home gives
// the home away.
func positionIn(place, evidence string) Finding {
	return Finding{
		Code: "guard", Field: "position", Place: place, Blocking: true,
		Message: "the file says where it was made: save it without its position and bring it in again",
		Why:     "a scan that was made at home gives the home away", Where: "evidence " + evidence + ": POST /v1/cases/{case}/evidence",
		NL: &FindingWords{
			"het bestand zegt waar het gemaakt is: bewaar het zonder die plaats en breng het opnieuw in",
			"een scan die thuis is gemaakt verraadt het woonadres", "bewijs " + evidence + ": POST /v1/cases/{case}/evidence",
		},
	}
}

// unreadIn tells the approver of properties that nobody compared.
func unreadIn(place, evidence string) Finding {
	return Finding{
		Code: "enclose", Field: "properties", Place: place,
		Message: "not all of the file's properties could be read: look at them, or save it as a plain PDF or picture",
		Why:     "a file may say more than it shows", Where: "evidence " + evidence,
		NL: &FindingWords{
			"niet alle eigenschappen van het bestand konden worden gelezen: bekijk ze, of bewaar het als gewone PDF of afbeelding",
			"een bestand kan meer zeggen dan het toont", "bewijs " + evidence,
		},
	}
}
