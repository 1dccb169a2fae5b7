package notice

import (
	"slices"
	"strings"
	"testing"
)

// Where several persons are affected, a text for who must not learn more counts
// them all, and says of none what their function is.
func TestEveryAffectedPersonIsCounted(t *testing.T) {
	more := func(f *Facts) {
		f.Persons = append(slices.Clone(f.Persons), Person{Mark: "A2", Relation: "employee", Function: "verpleegkundige", Capacity: noneOfLid2}, Person{Mark: "A3", Relation: "family", Capacity: noneOfLid2})
	}
	for instrument, says := range map[string]map[string]string{
		T7:  {"nl": "Gegevens van 2 medewerkers met een publieke taak en een naaste van een medewerker met een publieke taak (", "en": "Data of 2 employees with a public task and a relative of an employee with a public task ("},
		T8b: {"nl": "gegevens van 2 medewerkers met een publieke taak en een naaste", "en": "data of 2 employees with a public task and a relative"},
		T9:  {"nl": "gegevens van 2 medewerkers met een publieke taak en een naaste", "en": "data of 2 employees with a public task and a relative"},
	} {
		for language, want := range says {
			f := demoFacts(instrument)
			if language == "en" {
				f = inEnglish(f)
			}
			f.Organisation.PublicTask = true
			more(&f)
			d, _, err := Compose(instrument, language, f)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(d.Text, want) {
				t.Errorf("%s, %s: %q is not in:\n%s", instrument, language, want, d.Text)
			}
		}
	}
	f := demoFacts(T9)
	f.Organisation.PublicTask = false
	more(&f)
	if d, _ := compose(t, T9, f); !strings.Contains(d.Text, "van 2 medewerkers en een naaste van een medewerker:") || strings.Contains(d.Text, "verpleegkundige") {
		t.Errorf("says:\n%s", d.Text)
	}
}
