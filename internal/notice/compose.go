package notice

import (
	"slices"
	"strings"

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
	f, withheld := claimed(instrument, f)
	findings = append(findings, withheld...)
	f, withheld = claimedUnlawful(instrument, f)
	findings = append(findings, withheld...)
	findings = append(findings, missing(instrument, f)...)
	v := newView(instrument, f, set, &findings)
	d := Draft{Template: instrument + "@" + t.version, Language: language, Claims: v.claims(), Names: v.names()}
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
	if d.Required, err = required(instrument, f, set, v, d); err != nil {
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
	return []Finding{findingf("unreviewed", "template", false, "template %s@%s (%s): %s", instrument, m.version, language, m.review)}
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
