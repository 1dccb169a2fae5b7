package notice

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkGuardMegabyte compares 1 MB of letters with the sealed values of a
// large case: twenty people with everything that can be known of them, and a
// summary (target: 50 ms).
func BenchmarkGuardMegabyte(b *testing.B) {
	f := demoFacts(T2)
	d, _, err := Compose(T2, "nl", f)
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat(d.Text+"\n", 1<<20/len(d.Text)+1)[:1<<20]
	var sealed []Sensitive
	for n := range 20 {
		sealed = append(sealed, peopleAt(n)...)
	}
	sealed = append(sealed, Sensitive{"summary", []string{"De plaatser was boos over een geweigerde verwijzing. Daarna stond alles wat hij vond bij elkaar op een forum, met een oproep om langs te gaan."}})
	g := NewGuard(sealed, demoAllowed(T2, f))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if hits := g.Check("text", text); len(hits) > 0 {
			b.Fatalf("%+v", hits[0])
		}
	}
}

// peopleAt is everything that can be sealed of one affected person.
func peopleAt(n int) []Sensitive {
	return []Sensitive{
		{"name", []string{fmt.Sprintf("Bep van der Nergens%c%c", 'a'+n, 'a'+n)}},
		{"aliases", []string{fmt.Sprintf("nergbep%d", n)}},
		{"addresses", []string{fmt.Sprintf("Verzonnenkwijtstraat %d, 99%02d ZZ Nergensdorp", 300+n, n), fmt.Sprintf("Nergensgracht %d-a", 500+n)}},
		{"phones", []string{fmt.Sprintf("06-000000%02d", n), fmt.Sprintf("010-00000%02d", n)}},
		{"emails", []string{fmt.Sprintf("bep.nergens%d@thuis.example", n)}},
		{"familyNames", []string{fmt.Sprintf("Zus%c Nergens%c%c", 'a'+n, 'a'+n, 'b'+n)}},
		{"numberPlates", []string{fmt.Sprintf("XX-9%02d-Y", n)}},
		{"schools", []string{fmt.Sprintf("Basisschool De Verzinsels %d", n)}},
		{"workplaces", []string{fmt.Sprintf("Praktijk Nergens Te Vinden %d", n)}},
	}
}
