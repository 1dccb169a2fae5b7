package notice

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ontdox/takedown/internal/takedown"
)

// inlineItems is up to how many items annex 1 stands in the letter itself;
// above that it is a file of its own.
const inlineItems = 50

// textType is the media type of annexes.
const textType = "text/plain; charset=utf-8"

// Compose drafts one instrument. What is missing, unverified or too long comes
// back as findings; the text is still drafted, so that a person sees what is
// there. The error is for an unknown instrument or language (kind invalid), or
// a template that cannot be read (internal).
func Compose(instrument, language string, f Facts) (Draft, []Finding, error) {
	d, findings, err := composeDraft(instrument, language, f)
	return d, explained(findings), err
}

func composeDraft(instrument, language string, f Facts) (Draft, []Finding, error) {
	set, err := load(language)
	if err != nil {
		return Draft{}, nil, err
	}
	t, ok := set.instruments[instrument]
	if !ok {
		return Draft{}, nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "there is no model of instrument %q in %q", instrument, language)
	}
	f, findings := cleaned(f)
	findings = append(findings, missing(instrument, f)...)
	v := newView(instrument, f, set, &findings)
	d := Draft{Template: instrument + "@" + t.version, Language: language}
	if d.Subject, err = set.render(instrument, "subject", v); err != nil {
		return d, findings, err
	}
	if d.Text, err = set.render(instrument, "text", v); err != nil {
		return d, findings, err
	}
	if d.Form, err = forms(instrument, f, set, v, &findings); err != nil {
		return d, findings, err
	}
	if d.Annexes, err = annexes(instrument, f, set, v); err != nil {
		return d, findings, err
	}
	findings = append(findings, unreviewed(instrument, language, t)...)
	if slices.ContainsFunc(findings, func(f Finding) bool { return f.Code == "too_long" && !strings.HasPrefix(f.Field, "addressee/form") }) {
		return d, findings, nil // refused as it is; nobody reads a megabyte for its tone
	}
	return d, append(findings, lintDraft(d)...), nil
}

// reviewedBy begins the review state of a template that a lawyer read.
const reviewedBy = "reviewed"

// unreviewed tells the approver that no lawyer read the template's text.
func unreviewed(instrument, language string, m model) []Finding {
	if strings.HasPrefix(m.review, reviewedBy) {
		return nil
	}
	return []Finding{{Code: "unreviewed", Field: "template", Message: "template " + instrument + "@" + m.version + " (" + language + "): " + m.review}}
}

// LanguageFor is the language of a document: Dutch to whom is established in
// the Netherlands or declared it, else English (letters.md; orders by art. 11(3)
// DSA too). languages are two-letter codes, the addressee's preferred first.
func LanguageFor(country string, languages []string) string {
	for _, l := range languages {
		if l = strings.ToLower(l); slices.Contains(Languages(), l) {
			return l
		}
	}
	if len(languages) > 0 || country != "" && !strings.EqualFold(country, "NL") {
		return "en"
	}
	return "nl"
}

// Languages lists the languages that have templates.
func Languages() []string { return []string{"nl", "en"} }

func lintDraft(d Draft) []Finding {
	out := Lint(d.Subject)
	out = append(out, Lint(d.Text)...)
	for _, f := range d.Form {
		out = append(out, Lint(f.Text)...)
	}
	for _, a := range d.Annexes {
		out = append(out, Lint(a.Text)...)
	}
	return slices.Compact(out)
}

// annexes are annex 1 where it is too long for the letter, and the sealed ones
// of what goes to the police. The sealed facts reach these templates alone.
func annexes(instrument string, f Facts, set *set, v *view) ([]Annex, error) {
	var out []Annex
	if len(f.Items) > inlineItems {
		text, err := v.annex1()
		if err != nil {
			return nil, err
		}
		out = append(out, Annex{Part: "1", Name: fileName(f.Reference) + "-1.txt", MediaType: textType, Text: text})
	}
	if f.Sealed == nil || !police(instrument) {
		return out, nil
	}
	for _, part := range []string{"A", "B"} {
		text, err := set.render(instrument, "annex"+part, &sealedView{view: v, Sealed: f.Sealed})
		if err != nil {
			return nil, err
		}
		out = append(out, Annex{Part: part, Name: fileName(f.Reference) + "-" + part + ".txt", MediaType: textType, Text: text, Sealed: true})
	}
	return out, nil
}

// police reports whether an instrument goes to the police: only these may
// speak of police, orders and the sealed annexes.
func police(instrument string) bool {
	return instrument == T7 || instrument == T8b || instrument == T12
}

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
		kind := fieldKind(field.Name)
		at := fmt.Sprintf("addressee/form/%d", n)
		if kind == "" {
			*findings = append(*findings, Finding{Code: "form_field", Field: at, Message: fmt.Sprintf("the form's field %q is none that we have a text for: fill it in by hand", field.Name)})
			out = append(out, FormText{Name: field.Name, Limit: field.Limit})
			continue
		}
		text, err := formText(instrument, kind, field, set, v)
		if err != nil {
			return nil, err
		}
		if over := utf8.RuneCountInString(text) - field.Limit; field.Limit > 0 && over > 0 {
			*findings = append(*findings, Finding{
				Code: "too_long", Field: at, Blocking: true,
				Message: fmt.Sprintf("the text for the form's field %q is %d characters over its limit of %d: shorten it, or file in groups", field.Name, over, field.Limit),
			})
		}
		out = append(out, FormText{Name: field.Name, Text: text, Limit: field.Limit})
	}
	return out, nil
}

func fieldKind(name string) string {
	name = strings.ToLower(name)
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
