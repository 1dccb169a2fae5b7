package bundle

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// words are a declaration's texts by language; no lawyer has read them yet.
var words = map[string]struct {
	head, body, original, derived, elsewhere, tool, sign string
}{
	"nl": {
		head: "Verklaringen over de vastlegging van bewijs, bij kenmerk %s\n\n" +
			"Per bestand een korte verklaring, bedoeld om als bijlage bij een proces-verbaal te kunnen dienen.\n" +
			"Model 1, nog niet door een jurist getoetst. Namen staan hier niet: wie tekent, kan vragen dat onder nummer te doen.\n",
		body: "VERKLARING %s\n\nIk verklaar dat ik het bestand %s heb vastgelegd op %s (%s)%s.\n" +
			"Wat is vastgelegd: %s (exacte locatie: zie bijlage 1).\nHet bestand is %s.\nOmvang: %d bytes\nSHA-256: %s\nFunctie: %s\n",
		original: "het origineel", derived: "afgeleid van %s", elsewhere: "afgeleid van een bestand dat wij bewaren", tool: ", met %s",
		sign: "Datum en handtekening: ______________________________\n",
	},
	"en": {
		head: "Declarations on the capture of evidence, with reference %s\n\n" +
			"A short declaration for each file, meant to serve as an annex to an official report.\n" +
			"Model 1, not yet reviewed by a lawyer. No names stand here: whoever signs may ask to do so under a number.\n",
		body: "DECLARATION %s\n\nI declare that I captured the file %s on %s (%s)%s.\n" +
			"What was captured: %s (exact location: see annex 1).\nThe file is %s.\nSize: %d bytes\nSHA-256: %s\nFunction: %s\n",
		original: "the original", derived: "derived from %s", elsewhere: "derived from a file that we keep", tool: ", with %s",
		sign: "Date and signature: ______________________________\n",
	},
}

// Declarations are the capturers' short declarations, one per file of evidence
// (domain.md §6: a candidate annex to the official report). Unsigned: a person
// signs on paper. language is nl or en; any other is nl.
func (m Manifest) Declarations() string {
	w, ok := words[m.Language]
	if !ok {
		w = words["nl"]
	}
	var b strings.Builder
	fmt.Fprintf(&b, w.head, m.Reference)
	for _, f := range m.Files {
		e := f.Evidence
		if e == nil {
			continue
		}
		state, tool := w.original, ""
		switch {
		case e.DerivedFrom == NotInBundle:
			state = w.elsewhere
		case e.DerivedFrom != "":
			state = fmt.Sprintf(w.derived, e.DerivedFrom)
		}
		if e.Tool != "" {
			tool = fmt.Sprintf(w.tool, e.Tool)
		}
		b.WriteString("\n")
		fmt.Fprintf(&b, w.body, e.No, f.Name, e.CapturedAt.UTC().Format(time.RFC3339), local(e.CapturedAt, e.Zone), tool, numbered(e.Items), state, f.Size, f.SHA256, e.CapturedBy)
		b.WriteString(w.sign)
	}
	return b.String()
}

// NotInBundle stands for an original that is not among the files.
const NotInBundle = "not_in_bundle"

// local is an instant on the clock where it was captured.
func local(at time.Time, zone string) string {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return zone
	}
	return at.In(loc).Format("2006-01-02 15:04:05") + " " + zone
}

func numbered(items []int) string {
	var out []string
	for _, n := range items {
		out = append(out, "item "+strconv.Itoa(n))
	}
	return strings.Join(out, ", ")
}
