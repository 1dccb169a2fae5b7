package notice

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/templates"
)

// inEnglish puts the law's English words where the demo's facts have Dutch ones.
func inEnglish(f Facts) Facts {
	f.Grounds = slices.Clone(f.Grounds)
	for n := range f.Grounds {
		g := &f.Grounds[n]
		g.Article, g.EligibleBy = "Article 285d(1) of the Dutch Criminal Code", "Article 67(1)(b) of the Dutch Code of Criminal Procedure"
		g.Elements = slices.Clone(g.Elements)
		for i, text := range []string{"personal data", "of the other or a third person", "acquiring, spreading or making available", "purpose"} {
			if i < len(g.Elements) {
				g.Elements[i].Text = text
			}
		}
	}
	f.Addressee.Source = "the register of IP addresses"
	return f
}

var action = regexp.MustCompile(`\{\{.*?\}\}`)

// Both languages draw on the same facts, under the same conditions, in the same
// order: the templates differ in nothing but their words.
func TestSameFactsInBothLanguages(t *testing.T) {
	for _, name := range append(Instruments(), "blocks") {
		var of [2][]string
		for n, language := range Languages() {
			raw, err := fs.ReadFile(templates.FS, language+"/"+name+".tmpl")
			if err != nil {
				t.Fatal(err)
			}
			_, body, err := header(string(raw))
			if err != nil {
				t.Fatal(err)
			}
			of[n] = action.FindAllString(body, -1)
		}
		if diff := cmp.Diff(of[0], of[1]); diff != "" {
			t.Errorf("%s: the languages draw on different facts (-nl +en):\n%s", name, diff)
		}
	}
}

var verb = regexp.MustCompile(`%[a-z]`)

// Every code has words in both languages, with the same values in them.
func TestSameCodesInBothLanguages(t *testing.T) {
	nl, en := mustSet(t, "nl"), mustSet(t, "en")
	for name, list := range nl.phrases {
		for code, words := range list {
			other, ok := en.phrases[name][code]
			if !ok || (words == "") != (other == "") || !slices.Equal(verb.FindAllString(words, -1), verb.FindAllString(other, -1)) {
				t.Errorf("%s/%s: %q is %q in English", name, code, words, other)
			}
			if found := Lint(other); len(found) > 0 {
				t.Errorf("%s/%s: %+v", name, code, found)
			}
		}
		if len(list) != len(en.phrases[name]) {
			t.Errorf("%s has codes in English alone", name)
		}
	}
}

func mustSet(t *testing.T, language string) *set {
	t.Helper()
	s, err := load(language)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shape is a text without its words: headings, list items and paragraphs in
// order, each with the numbers, links, hashes and references that stand in it.
func shape(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		kind := "text"
		switch {
		case line == "":
			continue
		case isHeading(line):
			kind = "heading"
		case bullet.MatchString(line):
			kind = "item"
		case listNumber.MatchString(line):
			kind = "number"
		}
		out = append(out, kind+" "+strings.Join(values(line), " "))
	}
	return out
}

var (
	value = regexp.MustCompile(`https?://\S+|[0-9a-f]{64}|TD-[0-9A-Z-]+|[\w.+-]+@[\w.]+|@[\w-]+|\b\d+[a-z]*\b`)
	lids  = strings.NewReplacer("eerste lid", "1", "tweede lid", "2", "vierde lid", "4", "vijfde lid", "5")
)

// values are what a line holds beside words, in any order: languages order
// them differently.
func values(line string) []string {
	out := value.FindAllString(lids.Replace(line), -1)
	slices.Sort(out)
	return slices.Compact(out)
}

// The English text of every instrument has the same parts with the same values,
// passes guard and lint, and cites nothing that nobody read.
func TestEnglishTellsTheSame(t *testing.T) {
	data, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, instrument := range Instruments() {
		t.Run(instrument, func(t *testing.T) {
			f := demoFacts(instrument)
			nl, _ := compose(t, instrument, f)
			f = inEnglish(f)
			en, findings, err := Compose(instrument, "en", f)
			if err != nil {
				t.Fatal(err)
			}
			if b := blocking(findings); len(b) > 0 {
				t.Errorf("blocking findings on complete facts: %+v", b)
			}
			if hits := NewGuard(demoSealed(), demoAllowed(instrument, f)).CheckDraft(en); len(hits) > 0 {
				t.Errorf("the guard stops it: %+v", hits)
			}
			if cited := data.Unverified(whole(en), at("2027-03-21 20:15"), f.DraftedAt); len(cited) > 0 {
				t.Errorf("cites what nobody read: %q", cited)
			}
			if diff := cmp.Diff(shape(nl.Text), shape(en.Text)); diff != "" {
				t.Errorf("the languages tell different facts (-nl +en):\n%s", diff)
			}
			if len(nl.Form) != len(en.Form) || len(nl.Annexes) != len(en.Annexes) || telling.MatchString(en.Subject) {
				t.Errorf("form, annexes or subject differ: %q", en.Subject)
			}
			golden(t, instrument+".en.golden", whole(en))
		})
	}
}

// English texts are read for what nobody may claim, too.
func TestLintEnglish(t *testing.T) {
	for rule, text := range map[string]string{
		"dsa_term": "Under the DSA you decide within 24 hours.", "order": "You must remove this.", "burden": "Remove it unless you can prove that it is lawful.",
		"threat": "We will hold you liable.", "lid2": "Article 285d(2) covers a nurse.", "ours_named": "Please call Mrs Nobody.", "guilt": "The perpetrator posted it.",
		"flagger": "We are a trusted flagger.", "silence": "Your silence is a refusal.", "supervisor": "The ACM will force you to remove it.", "trigger": "After a treatment, the account posted it.",
		"tone": "Your decision is ridiculous.", "id_number": "The date of birth is there.", "partial_value": "The address begins with a V.", "fine": "There is a penalty for this.",
		"indemnity": "We will indemnify you.", "too_wide": "Remove all posts about us.", "placeholder": "Date: TBD", "filming": "It is forbidden to film officers.",
		"known_each_other": "The account is of a former patient.", "own_analysis": "The employee is in hiding.", "ntd_term": "The Code of Conduct gives you 10 working days.",
	} {
		found := Lint(text)
		if !slices.ContainsFunc(found, func(f Finding) bool { return strings.HasPrefix(f.Message, rule+": ") }) {
			t.Errorf("%q passes %s: %+v", text, rule, found)
		}
	}
	if len(LintPolice("The police know of this.")) == 0 {
		t.Error("the police are named")
	}
}

// The approver is told that no lawyer read the text, whatever the language.
func TestUnreviewedIsTold(t *testing.T) {
	for _, language := range Languages() {
		for _, instrument := range Instruments() {
			draft, findings, err := Compose(instrument, language, demoFacts(instrument))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(findings, func(f Finding) bool {
				return f.Code == "unreviewed" && !f.Blocking && strings.Contains(f.Message, draft.Template+" ("+language+"): not yet reviewed")
			}) {
				t.Errorf("%s %s: %+v", instrument, language, findings)
			}
		}
	}
	if unreviewed(T1, "nl", model{version: "2", review: "reviewed by a lawyer on 1 May 2027"}) != nil {
		t.Error("a reviewed text is called unreviewed")
	}
}
