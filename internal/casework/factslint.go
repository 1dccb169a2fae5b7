package casework

import (
	"iter"
	"strings"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// lintFindings are the sentences nobody may write and the provisions that the law
// data do not hold, by their place.
func (t *tx) lintFindings(tr *takedown.Track, d *takedown.Document, cs *takedown.Case, c content) ([]Finding, error) {
	lint, err := t.linter(tr, d)
	if err != nil {
		return nil, err
	}
	items, err := t.itemsOf(tr.Items)
	if err != nil {
		return nil, err
	}
	acts, err := t.lawDates(cs, items)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for place, text := range lintPlaces(c) {
		found := lint(text)
		for _, f := range found {
			here := said(f)
			here.Place = place
			out = append(out, here)
		}
		cited := t.unread(text, acts, d.DraftedAt)
		if len(cited) > 0 { // read only where it matters: most texts cite no clause
			clauses, err := t.termsClauses(tr, d)
			if err != nil {
				return nil, err
			}
			cited = t.unread(text, acts, d.DraftedAt, clauses...)
		}
		for _, provision := range cited {
			out = append(out, Finding{
				Code: "lint", Field: "text", Place: place, Blocking: true,
				Message: "citation: the law data do not hold " + provision + " verified at the date it is used for",
				NL:      &FindingWords{Message: "citation: " + provision + " staat niet geverifieerd in de wetsgegevens op de datum waarvoor het wordt gebruikt"},
			})
		}
	}
	return out, nil
}

// linter reads one text for what no letter to this addressee says.
func (t *tx) linter(tr *takedown.Track, d *takedown.Document) (func(string) []notice.Finding, error) {
	names, err := t.sides(tr)
	if err != nil {
		return nil, err
	}
	accounts, err := t.accountsShown(tr)
	if err != nil {
		return nil, err
	}
	names = append(names, accounts...)
	quiet, err := t.policeUnsaid(d)
	if err != nil || quiet == nil {
		return func(text string) []notice.Finding { return notice.Lint(text, names...) }, err
	}
	people, err := all[takedown.Person](t)
	if err != nil {
		return nil, err
	}
	shown, err := t.placesShown(tr, people)
	quietNames := append(shown, names...)
	return func(text string) []notice.Finding {
		return append(notice.Lint(text, names...), quiet(text, quietNames...)...)
	}, err
}

// policeUnsaid reads a document for somebody who may not know of the police:
// everybody else, unless police said that letters may name them. The police as
// an employer name themselves, and no act of theirs. nil where nothing is kept
// from the addressee.
func (t *tx) policeUnsaid(d *takedown.Document) (func(string, ...string) []notice.Finding, error) {
	if ownForm(d) || d.Channel == "police" {
		return nil, nil
	}
	set, err := t.settings()
	if err != nil {
		return nil, err
	}
	a, err := t.alignment()
	if err != nil || a != nil && a.MayMention {
		return nil, err
	}
	if set.Organisation.Kind == "police" {
		return notice.LintPoliceActs, nil
	}
	return notice.LintPolice, nil
}

// sides are the names of sender and addressee: they hold words that no sentence
// of ours may.
func (t *tx) sides(tr *takedown.Track) ([]string, error) {
	set, err := t.settings()
	if err != nil {
		return nil, err
	}
	o := set.Organisation
	out := []string{o.Name, o.Unit, o.Mailbox, o.PostalAddress, set.MailFrom}
	if tr.Contact == "" { // a form of our own
		return out, nil
	}
	contact, err := t.contact(tr.Contact)
	if err != nil {
		return nil, err
	}
	out = append(out, contact.LegalName, contact.DisplayName)
	for _, ch := range contact.Channels {
		out = append(out, ch.Address)
	}
	return out, nil
}

// placesShown are what a letter shows of the case that may be called after the
// police and tells no act of theirs: hosts and places of the items, and a
// function in its brackets.
func (t *tx) placesShown(tr *takedown.Track, people []*takedown.Person) ([]string, error) {
	set, err := t.settings()
	if err != nil {
		return nil, err
	}
	own := set.Organisation.Language
	places, err := t.placesOf(tr)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, place := range places {
		out = append(out, hostOf(place.Canonical), "("+place.Service+")")
		if strings.Contains(place.Service, " ") { // a word alone may be the police themselves
			out = append(out, place.Service)
		}
	}
	for _, person := range people {
		if person.Function != "" && !person.Identifying {
			for _, language := range notice.Languages() {
				out = append(out, "("+notice.FunctionShown(person.Function, own, language)+")")
			}
		}
	}
	return out, nil
}

// accountsShown are the names and numbers of the accounts of a track's items, where
// they hold what no sentence says.
func (t *tx) accountsShown(tr *takedown.Track) ([]string, error) {
	places, err := t.placesOf(tr)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, place := range places {
		out = append(out, place.Handle, place.AccountID)
	}
	return notice.AccountNames(out...), nil
}

// lintPlaces is every text of a document that leaves, in order.
func lintPlaces(c content) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		if !yield("text", c.Subject+"\n"+c.Text) {
			return
		}
		for _, f := range c.Form {
			if !yield("form/"+f.Name, f.Text) {
				return
			}
		}
		for _, a := range c.Annexes {
			if !yield("annex/"+a.Part, a.Text) {
				return
			}
		}
	}
}
