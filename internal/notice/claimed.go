package notice

import (
	"fmt"
	"slices"
	"strings"
)

// claimed takes out of the facts the verified grounds that lack evidence: no
// text claims what nothing shows (domain.md §4.1, §8). Each is told in a finding.
func claimed(instrument string, f Facts) (Facts, []Finding) {
	var findings []Finding
	var kept []Ground
	for n, g := range f.Grounds {
		lacks := unproven(instrument, f, g)
		if !g.Verified || len(lacks) == 0 {
			kept = append(kept, g)
			continue
		}
		f.Withheld = append(f.Withheld, g.Offence)
		findings = append(findings, findingf("unproven", fmt.Sprintf("grounds/%d/elements", n), false,
			"no evidence is named for %s of offence %s: the offence is left out", strings.Join(lacks, ", "), g.Offence))
	}
	f.Grounds = kept
	return f, findings
}

// unproven are the elements of a ground that nothing shows. A dossier shows each
// by evidence that it lists itself. Any other text wants one piece of evidence
// for the ground; in the urgent lane, where elements are tied to evidence later,
// the capture of an item that it was found in.
func unproven(instrument string, f Facts, g Ground) []string {
	shown := func(string) bool { return true }
	if contains(toPolice, instrument) {
		listed := f.Evidence
		if instrument == T7 {
			listed = evidenceOfItems(f)
		}
		shown = func(no string) bool {
			return slices.ContainsFunc(listed, func(e Evidence) bool { return e.No == no })
		}
	}
	lacks, some := []string{}, false
	for _, e := range g.Elements {
		ok := slices.ContainsFunc(e.Evidence, shown)
		some = some || ok
		if !ok && !e.Aggravates {
			lacks = append(lacks, e.ID)
		}
	}
	if len(g.Elements) == 0 { // what the law data only warn of is never claimed
		return []string{"E1"}
	}
	if !contains(toPolice, instrument) && some {
		return nil
	}
	if !contains(toPolice, instrument) && f.Urgent && captured(f, g) {
		return nil
	}
	return lacks
}

// captured reports whether an item that a ground was found in was captured.
func captured(f Facts, g Ground) bool {
	return slices.ContainsFunc(f.Items, func(i Item) bool {
		return len(i.Captures) > 0 && (len(g.Items) == 0 || slices.Contains(g.Items, i.No))
	})
}

// weighing tells that nobody looked for what speaks against the purpose: then no
// dossier says that nothing was found. The urgent lane may leave it to the
// approver; elsewhere it is owed (domain.md §4.1, §8 T7).
func weighing(instrument string, f Facts) []Finding {
	if f.Weighed || !contains(toPolice, instrument) {
		return nil
	}
	return []Finding{finding("not_weighed", "contra", !f.Urgent, "nobody weighed what speaks against the purpose: the text says nothing about it")}
}

// advising tells what the advice to have data kept lacks (126ni Sv), where
// nobody asked the police yet: who asked said it.
func advising(instrument string, f Facts) []Finding {
	if instrument != T7 || f.Preservation126ni != "" {
		return nil
	}
	var out []Finding
	if len(of(f.Order).Volatile) == 0 {
		out = append(out, finding("missing", "order/volatile", false, "preservation is advised: say which data may be lost"))
	}
	if of(f.Order).Haste == "" {
		out = append(out, finding("missing", "order/haste", false, "preservation is advised: say why the data may be lost"))
	}
	return out
}

// partlyAsked tells that the provider's notice was about some of the items alone:
// for the others it must be said why less is not enough (art. 125p(2)(b) Sv).
func partlyAsked(instrument string, f Facts) []Finding {
	if instrument != T7 || len(notAsked(f)) == 0 {
		return nil
	}
	return []Finding{finding("partly_asked", "earlier", f.Waiting == "", "the provider got no notice about some of the items: say why waiting is not responsible, or ask for an order about the others alone")}
}

// addressed tells that an addressee declared no language that there are letters
// in, or an order's that the block of art. 9(2)(a) DSA has words in: English is a
// fallback then, and nobody chose it.
func addressed(instrument string, f Facts) []Finding {
	var out []Finding
	declared := f.Addressee.Languages
	ours := func(language string) bool { return slices.Contains(Languages(), language) }
	if contains(letters, instrument) && len(declared) > 0 && !slices.ContainsFunc(declared, ours) {
		out = append(out, finding("language_fallback", "addressee/languages", false, "the addressee declared no language that we have letters in: the language of this one is a fallback, and a translation may be needed"))
	}
	if b := of(f.Order).Block; instrument != T7 || b == nil || !b.Undeclared {
		return out
	}
	return append(out, finding("order_language", "provider/languages", false, "the provider declared no language that we have words in: the block of art. 9(2)(a) DSA stands in English, and the order needs a translation"))
}
