package notice

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// The kinds of fields that forms have, by the words in their names.
var fieldKinds = []struct {
	kind  string
	words []string
}{
	{"email", []string{"email", "e-mail", "mail"}},
	{"url", []string{"url", "link", "locat"}},
	{"reference", []string{"reference", "kenmerk", "your_ref"}},
	{"ticket", []string{"ticket", "case_number", "zaaknummer"}},
	{"subject", []string{"subject", "onderwerp", "title"}},
	{"country", []string{"country", "land"}},
	{"phone", []string{"phone", "telefoon"}},
	{"account", []string{"account", "handle", "profile"}},
	{"statement", []string{"statement", "good_faith", "goodfaith", "verklaring", "confirm"}},
	{"name", []string{"name", "naam", "organisation", "organization", "organisatie", "notifier"}},
	{"ground", []string{"legal", "ground", "grond", "category", "categorie", "law"}},
	{"explanation", []string{"explan", "descr", "reason", "detail", "text", "tekst", "toelicht", "uitleg", "omschrijv", "beschrijv", "opmerking", "reden", "message", "bericht", "complaint", "klacht", "info", "why", "notice", "melding"}},
}

// longField is from which limit on a field takes the long text.
const longField = 1500

// forms prepares a text per field of the addressee's web form. A text that is
// too long is refused with the number of characters over, never cut.
func forms(instrument string, f Facts, set *set, v *view, findings *[]Finding) ([]FormText, error) {
	if police(instrument) || instrument == T9 || instrument == T10 || instrument == T11 {
		return nil, nil
	}
	var out []FormText
	for n, field := range f.Addressee.Form {
		kind := fieldKind(field)
		at := fmt.Sprintf("addressee/form/%d", n)
		if kind == "" {
			*findings = append(*findings, findingf("form_field", at, false, "the form's field %q is none that we have a text for: fill it in by hand", field.Name))
			out = append(out, FormText{Name: field.Name, Limit: field.Limit})
			continue
		}
		text, err := formText(instrument, kind, field, set, v)
		if err != nil {
			return nil, err
		}
		out = append(out, FormText{Name: field.Name, Kind: kind, Text: text, Limit: field.Limit})
	}
	*findings = append(*findings, lacking(instrument, f)...)
	over := FormLimits(out)
	if len(over) > 0 {
		over = append(over, inGroups(instrument, f, set)...)
	}
	*findings = append(*findings, over...)
	return out, nil
}

// FormUnknown warns that a text goes by a form of which the register knows no
// field: whoever files it has to divide the text over the fields by hand.
func FormUnknown() Finding {
	return explained([]Finding{finding("form_unknown", "addressee/fields", false, formUnknown)})[0]
}

const formUnknown = "the register knows no field of the addressee's form: the filing sheet gives the whole text and the locations; enter the form's fields at the contact"

// FormLimits are the texts that do not fit into their fields: nothing is cut.
func FormLimits(form []FormText) []Finding {
	var out []Finding
	for n, field := range form {
		if over := utf8.RuneCountInString(field.Text) - field.Limit; field.Limit > 0 && over > 0 {
			out = append(out, findingf("too_long", fmt.Sprintf("addressee/form/%d", n), true, "the text for the form's field %q is %d characters over its limit of %d: shorten it, or file in groups", field.Name, over, field.Limit))
		}
	}
	return explained(out)
}

// inGroups says of how many locations one filing may be at most, so that every
// field fits; nothing if not even one does.
func inGroups(instrument string, f Facts, set *set) []Finding {
	fits := func(n int) bool {
		some := f
		some.Items, some.Addressee.Form = f.Items[:n], slices.Clone(f.Addressee.Form)
		v := newView(instrument, some, set, &[]Finding{})
		return !slices.ContainsFunc(some.Addressee.Form, func(field FormField) bool {
			text, err := formText(instrument, fieldKind(field), field, set, v)
			return err != nil || field.Limit > 0 && utf8.RuneCountInString(text) > field.Limit
		})
	}
	most := sort.Search(len(f.Items), func(n int) bool { return !fits(n + 1) })
	if most == 0 || most == len(f.Items) {
		return nil
	}
	return []Finding{findingf("form_groups", "addressee/form", false, "%d of the %d locations fit into one filing: file in groups of that many (the contact's form, maxItems)", most, len(f.Items))}
}

// lacking is what a form has no field for: it cannot be entered, or stands in the
// long text alone. The proof of filing says so (domain.md §1.7).
func lacking(instrument string, f Facts) []Finding {
	form := f.Addressee.Form
	if len(form) == 0 {
		return nil
	}
	has := func(kind string) bool {
		return slices.ContainsFunc(form, func(f FormField) bool { return fieldKind(f) == kind })
	}
	long := slices.ContainsFunc(form, func(f FormField) bool {
		return fieldKind(f) == "explanation" && (f.Limit == 0 || f.Limit >= longField)
	})
	var out []Finding
	for _, need := range []struct {
		kind, what string
		missing    bool
	}{
		{"explanation", "the explanation", !has("explanation")},
		{"url", "the exact locations", !has("url")},
		{"email", "our mail address", !has("email") && !long},
		{"explanation", "what makes the content unlawful and what was weighed", contains(notices, instrument) && hasUnlawful(f, kindLaw) && !long},
		{"explanation", "the clause of the addressee's own terms", contains(notices, instrument) && f.Terms.Clause != "" && !termsAlone(f) && !long},
		{"statement", "the statement of good faith", contains(notices, instrument) && !has("statement") && !long},
	} {
		if need.missing {
			out = append(out, finding("form_lacks", "addressee/form", false, "the form has no field for "+need.what+": enter it where the form takes it, and say with the filing what could not be entered"))
		}
	}
	return out
}

func fieldKind(field FormField) string {
	if field.Kind != "" {
		return field.Kind
	}
	name := strings.ToLower(field.Name)
	for _, k := range fieldKinds {
		if slices.ContainsFunc(k.words, func(w string) bool { return strings.Contains(name, w) }) {
			return k.kind
		}
	}
	return ""
}

func formText(instrument, kind string, field FormField, set *set, v *view) (string, error) {
	f := v.Facts
	switch kind {
	case "", "choice":
		return field.Value, nil
	case "email":
		return f.Organisation.Mailbox, nil
	case "url":
		return strings.Join(v.each(func(i Item) string { return cmp.Or(i.URL, itemView{i, v}.PlacePhrase()) }), "\n"), nil
	case "reference":
		return f.Reference, nil
	case "ticket":
		return v.Ticket(), nil
	case "country":
		return v.say("ourCountry"), nil
	case "phone":
		return f.Organisation.Phone, nil
	case "account":
		return strings.Join(v.each(func(i Item) string { return cmp.Or(i.ProfileURL, i.Handle, i.AccountID) }), "\n"), nil
	case "name":
		return f.Organisation.Name, nil
	case "ground":
		if v.TermsAlone() {
			return v.Facts.Unlawful[0].Title, nil
		}
		return v.Citations(), nil
	case "subject":
		return set.render(instrument, "subject", v)
	case "statement":
		return set.render(instrument, "statement", v)
	}
	if field.Limit == 0 || field.Limit >= longField {
		return set.render(instrument, "long", v)
	}
	return set.render(instrument, "short", v)
}
