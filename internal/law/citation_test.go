package law_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/templates"
)

func TestUnverified(t *testing.T) {
	d := load(t)
	for text, want := range map[string][]string{
		"artikel 16 van de Digitaledienstenverordening (DSA, Verordening (EU) 2022/2065)":                                     nil,
		"Artikel 23, lid 1, DSA gaat daarover (artikel 17, lid 3, onder b, DSA), zie artikel 18 DSA.":                         nil,
		"artikel 285d, eerste lid, van het Nederlandse Wetboek van Strafrecht":                                                nil,
		"Artikel 285d, eerste en tweede lid, van het Wetboek van Strafrecht":                                                  nil,
		"artikel 67, eerste lid, onder b, van het Wetboek van Strafvordering; artikel 126ni Sv; artikel 125p, vijfde lid, Sv": nil,
		"BLOK ARTIKEL 9, LID 2, ONDER A, DSA":                                                                                 nil,
		"klacht volgens artikel 20 DSA (artikel 20, lid 6)":                                                                   nil,
		"artikel 4 van uw voorwaarden":                                                                                        nil,
		"artikel 317 van het Wetboek van Strafrecht":                                                                          {"artikel 317 van het Wetboek van Strafrecht"}, // [own]
		"artikel 231b Sr": {"artikel 231b Sr"}, // [own]
		"artikel 51ac Sv": {"artikel 51ac Sv"}, // not held
		"artikel 12 Sv, artikel 344, tweede lid, Sv": {"artikel 12 Sv", "artikel 344, tweede lid, Sv"}, // not held
		"artikel 12, lid 3, AVG":                     {"artikel 12, lid 3, AVG"},                       // [V-sec]
		"artikel 18 AVG en artikel 77 AVG":           {"artikel 18 AVG", "artikel 77 AVG"},             // [own]
		"artikel 35 van de Uitvoeringswet AVG":       {"artikel 35 van de Uitvoeringswet AVG"},         // [infer] since 2026-09-01
		"artikel 6:162 BW":                           {"artikel 6:162 BW"},                             // not held
		"artikel 35, lid 1, DSA; artikel 5":          {"artikel 35, lid 1, DSA", "artikel 5"},          // not held; of the same act
		"volgens artikel 5":                          {"artikel 5"},                                    // of no act
		"Artikel 266, eerste lid, van het Wetboek van Strafrecht en artikel 284 Sr": nil,
		"art. 99 Sr":                                                  {"art. 99 Sr"}, // not held, and so on
		"Art. 266 Sr en art.284 Sr":                                   nil,
		"artt. 266 en 999 Sr":                                         {"999 Sr"},
		"artikelen 266 en 999 Sr":                                     {"999 Sr"},
		"artikelen 266, 267 en 284 Sr":                                nil,
		"volgens artikel 16 en 17 DSA":                                nil,
		"volgens artikel 16 en 19 DSA":                                {"19 DSA"},
		"artikel 16 van de DSA, en 3 onderdelen":                      nil,
		"op grond van 6:162 BW":                                       {"6:162 BW"},
		"zie 285d Sr en 99 Sr":                                        {"99 Sr"},
		"Art. 77 GDPR":                                                {"Art. 77 GDPR"}, // [own]
		"Arts. 16 and 17 DSA":                                         nil,
		"Articles 16(4)-(6) and 17(3)(b) DSA":                         nil,
		"artikel 125p, zesde lid, Sv":                                 {"artikel 125p, zesde lid, Sv"}, // five were read
		"artikel 17, lid 5, DSA; 163(9) Sv":                           nil,
		"zie 163(10) Sv":                                              {"163(10) Sv"},
		"artikel 18, lid 2, DSA":                                      {"artikel 18, lid 2, DSA"}, // nobody counted its paragraphs
		"artikel 18, lid 1, DSA":                                      nil,
		"Article 17(4) GDPR":                                          {"Article 17(4) GDPR"},
		"Article 285d(9) of the Dutch Criminal Code":                  {"Article 285d(9) of the Dutch Criminal Code"},
		"Article 285d(1) of the Dutch Criminal Code, Article 285d(9)": {"Article 285d(9)"},
		"Article 16, paragraph 9, DSA":                                {"Article 16, paragraph 9, DSA"},
		"artikel 16 lid 9 DSA":                                        {"artikel 16 lid 9 DSA"},
		"artikel 16, lid 4-9, DSA":                                    {"artikel 16, lid 4-9, DSA"},
		"artikel 16, leden 1 en 9, DSA":                               {"artikel 16, leden 1 en 9, DSA"},
		"artikel 16, lid 6, DSA; artikel 20, derde lid, DSA; artikel 285d lid 1 Sr": nil,
		"artikel 16 DSA, en bevestig dat (lid 5 DSA)":                               nil,
		"Article 4 of your terms":                                                   nil,
	} {
		if got := d.Unverified(text, on(t, "2027-03-22"), on(t, "2027-03-25")); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A clause of the addressee's own terms is no provision of the law, as it was
// recorded; beside it, and where it names an act, everything is held against the
// data as before.
func TestAClauseOfOwnTermsIsNoCitation(t *testing.T) {
	d := load(t)
	for _, c := range []struct {
		clause, text string
		want         []string
	}{
		{"artikel 4.2 van de gebruiksvoorwaarden", "Dit is in strijd met uw eigen voorwaarden: artikel 4.2 van de gebruiksvoorwaarden (versie van 1 maart 2027).", nil},
		{"Article 4.2 of the Terms of Use (Privacy)", "In breach of your own terms: Article 4.2 of the\nTerms of Use (Privacy) (version of 1 March 2027).", nil},
		{"artikel 4", "In strijd met uw voorwaarden: artikel 4. Zie artikel 45.", []string{"artikel 45"}},
		{"artikel 4", "In strijd met uw voorwaarden: artikel 4. Zie artikel 231b Sr.", []string{"artikel 231b Sr"}},
		{"artikel 231b Sr", "In strijd met uw voorwaarden: artikel 231b Sr.", []string{"artikel 231b Sr"}},
		{"", "artikel 4.2 van de gebruiksvoorwaarden", []string{"artikel 4"}},
	} {
		if got := d.Unverified(c.text, on(t, "2027-03-21"), on(t, "2027-03-21"), c.clause); !slices.Equal(got, c.want) {
			t.Errorf("%q beside the clause %q: %q, want %q", c.text, c.clause, got, c.want)
		}
	}
}

// The same words at another date: the law of then decides.
func TestUnverifiedByDate(t *testing.T) {
	d := load(t)
	doxing := "artikel 285d, eerste lid, van het Wetboek van Strafrecht"
	if got := d.Unverified(doxing, on(t, "2023-12-31"), on(t, "2027-03-25")); len(got) != 1 {
		t.Errorf("doxing before 2024 passes: %q", got)
	}
	if got := d.Unverified("artikel 126ni Sv", on(t, "2023-12-31"), on(t, "2025-12-31")); len(got) != 1 {
		t.Errorf("art. 126ni Sv was read as of 2026 only: %q", got)
	}
	if got := d.Unverified("artikel 35 UAVG", on(t, "2026-08-01"), on(t, "2026-08-31")); len(got) != 0 {
		t.Errorf("the UAVG up to 2026-08-31 was read: %q", got)
	}
}

// No template and no phrase cites what nobody read: nothing flagged [own],
// [infer] or [V-sec] appears as a fact, in any branch of any text.
func TestTemplatesRestOnWhatWasRead(t *testing.T) {
	d := load(t)
	files := 0
	err := fs.WalkDir(templates.FS, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(path, ".go") {
			return err
		}
		raw, err := fs.ReadFile(templates.FS, path)
		if err != nil {
			return err
		}
		text := string(raw)
		if _, body, ok := strings.Cut(text, "\n---\n"); ok { // the header names its sources, with flags
			text = body
		}
		// A citation may lean on the act that the template named in words.
		if got := d.Unverified("artikel 16 DSA. "+text, on(t, "2027-03-22"), on(t, "2027-03-25")); len(got) > 0 {
			t.Errorf("%s cites what the law data do not hold verified: %q", path, got)
		}
		files++
		return nil
	})
	if err != nil || files < 8 {
		t.Fatalf("%d files, %v", files, err)
	}
}
