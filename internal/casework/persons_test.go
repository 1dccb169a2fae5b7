package casework_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Of two persons on one page each has a request of their own: on their own
// mandate for it, naming them and nobody else. What the other did not sign stops
// it not, and a mandate of the other lets nobody name them.
//
// Requirement: S0-inf-3
func TestARequestIsInOnePersonsName(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	v, err := l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	first, other := v.People[0].ID, ""
	l.join("Ander Nergensman")
	v, err = l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	for _, person := range v.People {
		if person.ID != first {
			other = person.ID
		}
	}
	mandate := l.mandate([]byte("signed"))
	sign := func(person, action string) {
		t.Helper()
		_, err := l.s.PutConsent(ctx, coordinator, l.c, person, action, casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday, Channel: "phone", Mandate: mandate}, 0)
		l.ok(err)
	}
	sign(first, "erasure")
	sign(other, "delisting") // of another act
	in := controllerInput()
	in.Source, in.LastVerified = "https://contact.example", monday
	l.register("contact_controller", in, 0)
	open := func(person string) (string, error) {
		return l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "erasure", ContactID: "contact_controller", ItemIDs: []string{l.page}, PersonID: person, Reason: "by_hand"})
	}
	_, err = open("person_none")
	l.pointers(err, "/personId")
	_, err = l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "hoster", ContactID: "contact_controller", ItemIDs: []string{l.page}, PersonID: first, Reason: "by_hand"})
	l.pointers(err, "/personId")
	_, err = open("")
	l.kind(err, takedown.Conflict) // of both: the other signed nothing for it
	_, err = open(other)
	l.kind(err, takedown.Conflict)

	id, err := open(first)
	l.ok(err)
	l.settle()
	_, err = l.s.PutParticulars(ctx, adviser, id, casework.ParticularsInput{Erasure: &takedown.Erasure{Officer: "no", Grounds: []string{"unlawful"}, Weighing: []string{"no_debate"}}}, 0)
	l.ok(err)
	l.settle()
	d := l.on("erasure")
	complete(t, d)
	if !strings.Contains(d.Text, "Sealed Name") || l.track("erasure").Person != first {
		t.Errorf("not in the first person's name:\n%s", d.Text)
	}
	_, err = open(first)
	l.pointers(err, "/itemIds/0")

	// With two mandates each name stands in its own request alone.
	sign(other, "erasure")
	l.ok(l.s.EditDocument(ctx, specialist, d.ID, casework.EditInput{Subject: d.Subject, Text: d.Text + "\n\nOok namens Ander Nergensman.", Recipients: d.Recipients}, d.Version))
	if now := l.on("erasure"); !blocked(now, "guard") {
		t.Errorf("the other's name passes: %+v", now.Findings)
	}
	_, err = open(other)
	l.ok(err)
}

func blocked(d casework.DocumentView, code string) bool {
	for _, f := range d.Findings {
		if f.Blocking && f.Code == code {
			return true
		}
	}
	return false
}
