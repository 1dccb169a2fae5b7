package notice

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Passage is something that an instrument must say (domain.md §8, R) and that a
// draft said: an edit may word the rest anew, not take this out.
type Passage struct {
	What string `json:"what"`           // reference, mailbox, url, statement …: see lostOf
	Item int    `json:"item,omitempty"` // of a location: its number in annex 1
	Text string `json:"text"`
	Form bool   `json:"form,omitempty"` // it stands in the form's fields, not in the letter
}

// verbatim are passages that are a template's block: they stand as they were
// drafted, where the others are a name, a number or an address.
var verbatim = []string{"request", "statement", "answers", "confidential"}

// required are the passages that a draft holds of those that §8 asks for. What
// stands in an annex is left out: nobody edits it.
func required(instrument string, f Facts, set *set, v *view, d Draft) ([]Passage, error) {
	all := []Passage{
		{What: "reference", Text: f.Reference},
		{What: "name", Text: f.Organisation.Name},
		{What: "mailbox", Text: f.Organisation.Mailbox},
		{What: "mandate", Text: f.Mandate},
		{What: "subject", Text: of(f.Erasure).Subject},
		{What: "earlier", Text: of(f.Infringement).RequestRef},
		{What: "earlier", Text: of(f.Decision).NoticeRef},
		{What: "provider", Text: of(f.Provider).LegalName},
	}
	if instrument == T3 {
		all = append(all, Passage{What: "earlier", Text: latestNotice(f.Earlier).Reference})
		if !f.NextStep.On.IsZero() {
			all = append(all, Passage{What: "nextStep", Text: set.day(f.NextStep.On)})
		}
	}
	if contains(notices, instrument) {
		all = append(all, Passage{What: "role", Text: v.Role()})
	}
	for _, g := range v.Facts.Grounds {
		article, _, _ := strings.Cut(g.Offence, "-") // 285-1 stands as "article 285, first paragraph"
		all = append(all, Passage{What: "ground", Text: article})
	}
	for _, u := range v.Facts.Unlawful {
		if u.Kind == kindTerms {
			u.Rule = f.Terms.Clause
		}
		all = append(all, Passage{What: "ground", Text: u.Rule})
	}
	for _, i := range f.Items {
		all = append(all, Passage{What: "url", Item: i.No, Text: i.URL})
	}
	for _, block := range verbatim {
		text, err := set.render(instrument, block, v)
		if err != nil {
			return nil, err
		}
		all = append(all, Passage{What: block, Text: text})
	}
	letter, form, annexed := readingOf(d.Text), readingOf(formOf(d.Form)), readingOf(annexOf(d.Annexes))
	var out []Passage
	for _, p := range all {
		if p.Text == "" || annexed.holds(p) {
			continue
		}
		if letter.holds(p) {
			out = append(out, p)
		}
		if p.Form = true; form.holds(p) {
			out = append(out, p)
		}
	}
	return out, nil
}

// Lost are blocking findings for what an edit took out of a text although the
// instrument must say it. No finding repeats a location or a name.
func Lost(required []Passage, d Draft) []Finding {
	letter, form := readingOf(d.Text), readingOf(formOf(d.Form))
	var out []Finding
	for _, p := range required {
		in := letter
		if p.Form {
			in = form
		}
		if f := lostOf(p); !in.holds(p) && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return explained(out)
}

// lostOf says what an edit took out.
func lostOf(p Passage) Finding {
	field := "text/" + p.What
	switch p.What {
	case "reference":
		return finding("edited_out", field, true, "the edit took out our reference: put it back")
	case "name":
		return finding("edited_out", field, true, "the edit took out the name of the organisation: put it back")
	case "mailbox":
		return finding("edited_out", field, true, "the edit took out our functional mailbox: put it back")
	case "mandate":
		return finding("edited_out", field, true, "the edit took out the reference of the mandate: put it back")
	case "subject":
		return finding("edited_out", field, true, "the edit took out the name of the data subject: put it back")
	case "earlier":
		return finding("edited_out", field, true, "the edit took out the reference of what went before: put it back")
	case "provider":
		return finding("edited_out", field, true, "the edit took out the name of the provider that this is about: put it back")
	case "nextStep":
		return findingf("edited_out", field, true, "the edit took out when we look again: put it back: %s", p.Text)
	case "role":
		return finding("edited_out", field, true, "the edit took out in which role we write: put it back")
	case "ground":
		return findingf("edited_out", field, true, "the edit took out the legal ground %s: put it back", p.Text)
	case "url":
		return findingf("edited_out", fmt.Sprintf("%s/%d", field, p.Item), true, "the edit took out the exact location of item %d: put it back", p.Item)
	case "statement":
		return findingf("edited_out", field, true, "the edit took out the statement of good faith: put it back word for word: %s", p.Text)
	case "confidential":
		return findingf("edited_out", field, true, "the edit took out the wish that our identity stays undisclosed: put it back word for word: %s", p.Text)
	case "answers":
		return findingf("edited_out", field, true, "the edit took out what we ask to be told: put it back word for word: %s", p.Text)
	}
	return findingf("edited_out", field, true, "the edit took out what we ask for: put it back word for word: %s", p.Text)
}

// formOf is what a form's fields say that a person need not shorten: a short
// field has no room for all of it.
func formOf(form []FormText) string {
	var out []string
	for _, f := range form {
		if (f.Kind == "explanation" || f.Kind == "subject") && f.Limit > 0 && f.Limit < longField {
			continue
		}
		out = append(out, f.Text)
	}
	return strings.Join(out, "\n")
}

func annexOf(annexes []Annex) string {
	var out []string
	for _, a := range annexes {
		if !a.Sealed {
			out = append(out, a.Text)
		}
	}
	return strings.Join(out, "\n")
}

// reading is a text as passages are looked for in it: its words, and all of it
// with single blanks.
type reading struct {
	words map[string]bool
	text  string
}

func readingOf(s string) reading {
	fields := strings.Fields(s)
	r := reading{make(map[string]bool, len(fields)), strings.Join(fields, " ")}
	for _, w := range fields {
		r.words[bare(w)] = true
	}
	return r
}

// bare is a word without the marks around it: a location may end a sentence.
func bare(w string) string { return strings.Trim(w, `<>()[]"'„”“‘’.,;:!`) }

// holds reports whether a passage stands in the text, blanks and line ends
// aside: a location as a word of its own, a name or number not within another.
func (r reading) holds(p Passage) bool {
	want := strings.Join(strings.Fields(p.Text), " ")
	if p.What == "url" {
		return r.words[bare(want)]
	}
	for rest := r.text; want != ""; {
		i := strings.Index(rest, want)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(rest[:i])
		after, _ := utf8.DecodeRuneInString(rest[i+len(want):])
		if !inWord(before) && !inWord(after) {
			return true
		}
		rest = rest[i+len(want):]
	}
	return false
}

func inWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
