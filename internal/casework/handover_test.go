package casework_test

import (
	"context"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// A request goes to the police, never to a prosecutor or a judge directly: a
// hand-over that names one, as unit or as function, is refused with its field.
// A hulpofficier van justitie is the police.
func TestAHandOverIsThePolices(t *testing.T) {
	t.Parallel()
	d := newDossier(t, "").approved()
	receipt := d.receipt()
	to := func(unit, function string) error {
		return d.s.HandOver(context.Background(), liaison, d.doc.ID, casework.HandOverInput{
			ContentHash: d.doc.ContentHash, Recipient: casework.HandOverRecipient{Unit: unit, Function: function}, Channel: "in_person", At: d.clock.at, Receipt: receipt,
		})
	}
	d.pointers(to("arrondissementsparket", "officier van justitie"), "/recipient/unit", "/recipient/function")
	for _, words := range []string{
		"Officier van Justitie", "arrondissementsparket Voorbeeld", "Parket Oost", "functioneel parket", "Openbaar Ministerie", "OM", "OM Oost", "OvJ",
		"rechter", "politierechter", "rechter-commissaris", "Rechtercommissaris", "RC", "kabinet RC", "rechtbank Voorbeeld", "gerechtshof", "advocaat-generaal",
		"public prosecutor", "Prosecution Service", "judge", "examining judge", "court", "District Court", "parketsecretaris",
	} {
		d.pointers(to(words, "behandelaar"), "/recipient/unit")
		d.pointers(to("eenheid Voorbeeld", words), "/recipient/function")
	}
	if n := d.track("legal_order"); n.Document == nil || n.Document.Status != "approved" {
		t.Fatalf("stands at %+v", n.Document)
	}
	for _, words := range []string{"hulpofficier van justitie", "wijkagent om de hoek", "cluster Courtage", "recherche"} {
		if casework.OfJustice(words) {
			t.Errorf("%q is refused", words)
		}
	}
	d.ok(to("eenheid Voorbeeld, parketpolitie", "hulp-officier van justitie"))
}
