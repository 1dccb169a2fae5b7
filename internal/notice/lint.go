package notice

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// lintRule is one thing that no instrument says (design §8, domain.md §8).
type lintRule struct {
	id      string
	message string
	find    *regexp.Regexp
}

const (
	anyGap      = `[^.!?\n]{0,80}`
	periodDutch = `(\d+|een|één|twee|drie|vier|vijf|zes|zeven|tien|veertien|vierentwintig|achtenveertig)\s+(uur|uren|werkdag|werkdagen|dag|dagen|week|weken)\b`
	// careDutch are further words for those whom lid 2 leaves out.
	careDutch = `zorgmedewerker|zorgverlener|verpleger|verzorgende|paramedic|apotheker|gemeenteambtena|ambtena\p{L}+ van de gemeente|maatschappelijk werk`
	askDutch  = `(melden|vragen|verzoeken|dienen|doen|sturen)`
)

var lintRules = sync.OnceValue(func() []lintRule {
	return []lintRule{
		{"fine", "a letter names no fine and no amount", regexp.MustCompile(`(?i)\b(geld)?boetes?\b|\bdwangsom|€|\beuro\b|\bEUR\s*\d|\d\s*EUR\b|\b(vierde|vijfde) categorie|\bfines?\b`)},
		{"dsa_term", "the DSA has no fixed term for a decision", regexp.MustCompile(
			`(?i)(DSA|verordening|artikel 16|wettelijk\p{L}*|\bwet\b)` + anyGap + `\b(binnen|in|uiterlijk)\s+` + periodDutch +
				`|\bbinnen\s+` + periodDutch + anyGap + `(wettelijk|verplicht|DSA|artikel 16|\bwet\b)` +
				`|beslistermijn|wettelijke (beslis|reactie)termijn|in verzuim`)},
		{"ntd_term", "the NTD code names no number of days of its own", regexp.MustCompile(`(?i)gedragscode` + anyGap + `\b\d+\s+(werk)?dagen|gedragscode` + anyGap + `\btien werkdagen`)},
		{"order", "a request is never presented as an order", regexp.MustCompile(
			`(?i)\bwij (bevelen|gelasten|sommeren|vorderen|eisen|verplichten)\b|\b(bevelen|gelasten|sommeren|vorderen|eisen|verplichten) wij\b|\b(krachtens|op grond van) onze bevoegdheid|\bu (bent|wordt) (wettelijk |daartoe |dus )?verplicht|\bdit is een bevel\b|\bu moet\b` +
				`|\bwe (hereby |therefore |now )?(order|demand)\b|\bmoet een bevel geven`)},
		{"burden", "nobody has to prove that content is lawful", regexp.MustCompile(`(?i)tenzij u (aantoont|bewijst)|\btenzij\b[^.,\n]{0,50}\b(legitiem|rechtmatig|geoorloofd|toegestaan|legaal)\b`)},
		{"threat", "a letter does not threaten the addressee", regexp.MustCompile(`(?i)aansprakelijk|laatste waarschuwing|aangifte tegen u|medeplichtig|faciliteert|(juridische|gerechtelijke) stappen|stappen wij naar de rechter|wij (stappen|gaan) naar de rechter`)},
		{"lid2", "art. 285d(2) Sr does not cover hulpverleners", regexp.MustCompile(
			`(?i)(tweede lid|lid 2|een derde hoger|strafverzwar\p{L}*|285d\(2\))` + anyGap + `(hulpverlener|arts|huisarts|verpleegkundige|ambulance|brandweer|leraar|docent|` + careDutch + `)` +
				`|(hulpverlener|huisarts|\barts\b|verpleegkundige|ambulance\p{L}*|brandweer\p{L}*|leraar|docent|` + careDutch + `)` + anyGap + `(285d, tweede lid|tweede lid|lid 2|een derde hoger|285d\(2\))`)},
		{"ours_named", "no person is named: function, organisation and functional mailbox instead", regexp.MustCompile(
			`(?:\b(?:[Mm]r|[Dd]rs|[Dd]r|[Ii]ng|[Ii]r|[Pp]rof|[Mm]w|[Mm]evr|[Dd]hr)\.\s*|\b(?:[Mm]evrouw|[Dd]e heer|[Mm]eneer)\s+)(?:[A-Z]\.\s*)*(?:(?:van|de|der|den|ten|ter)\s+)*\p{Lu}\p{Ll}+` +
				`|(?i:\b(?:behandelaar|contactpersoon|specialist|jurist|juridisch adviseur|ondergetekende|namens deze)\s*:\s*)\S`)},
		{"placeholder", "a placeholder is left", regexp.MustCompile(`\{\{|\}\}|<no value>|%!|\[(?i:invullen|naam|datum|adres|functie|organisatie|afdeling|kenmerk|plaats|telefoon|reden|url|xxx?|if |else|for each)[^\]]*\]|\{\s*[\p{L}_.]{2,30}\s*\}|<(?i:naam|datum|adres|functie|organisatie|kenmerk|name|date|address|function|reference)>|(?i:\bdd?[-/. ]mm?[-/. ](jjjj|jj|yyyy|yy)\b|\b(jjjj|yyyy)-mm-dd\b|\bvul hier\b)|(?i:\bxxx+\b|\blorem ipsum\b|\btodo\b|\bn\.?t\.?b\.?\b)|\.{4,}|_{3,}`)},
		{"zero_date", "a date is missing", regexp.MustCompile(`(?i)\bmaandag 1 januari 0*1\b|0001-01-01`)},
		{"known_each_other", "a letter never says how poster and affected person know each other", regexp.MustCompile(`(?i)\b(ex-?)?(patiënt|patient|cliënt|client)(e|en|s)?\b|\bbehandelrelatie|beroepsgeheim|ouder van een leerling`)},
		{"guilt", "guilt is not ours to state", regexp.MustCompile(`(?i)\bde (dader|crimineel)\b|is schuldig aan`)},
		{"shouting", "no exclamation marks", regexp.MustCompile(`!`)},
		{"indemnity", "an indemnity is never given without a recorded decision", regexp.MustCompile(`(?i)wij vrijwaren|accepteren uw voorwaarden`)},
		{"flagger", "the standing of a trusted flagger is claimed with its award alone", regexp.MustCompile(`(?i)\bwij zijn (een )?trusted flagger|\bwij zijn (een )?betrouwbare flagger\s*([.,;]|$)|\bals (een )?(trusted|betrouwbare) flagger,? ` + askDutch + ` wij\b|\bwij ` + askDutch + `\b[^.\n]{0,40}(als|hoedanigheid van|status van) (een )?(trusted|betrouwbare) flagger\s*([.,;]|$)`)},
		{"silence", "silence is no decision: it opens no complaint under art. 20 DSA", regexp.MustCompile(`(?i)stilzwijgen is|beschouwen uw (stilte|stilzwijgen)`)},
		{"supervisor", "what a supervisor will do is not ours to say", regexp.MustCompile(`(?i)\b(ACM|toezichthouder|AP)\b[^.\n]{0,20}\b(zal|gaat|zullen) u\b`)},
		{"trigger", "what started it stays sealed", regexp.MustCompile(`(?i)naar aanleiding van een (conflict|klacht|incident|ruzie|geschil|behandeling)|na een (behandeling|ruzie|conflict)\b`)},
		{"klacht_for_another", "the klacht is the person's own", regexp.MustCompile(`(?i)wij dienen namens [^.\n]{0,40} een klacht in`)},
		{"own_analysis", "our own threat analysis and the person's state stay inside", regexp.MustCompile(`(?i)dreigingsanalyse|ondergedoken|psychisch|diagnose`)},
		{"too_wide", "only the named content is asked for", regexp.MustCompile(`(?i)verwijder alle berichten`)},
		{"proves", "a time stamp of ours proves nothing by itself", regexp.MustCompile(`(?i)tijdstempel bewijst`)},
		{"id_number", "numbers that identify a person stand in no document", regexp.MustCompile(
			`(?i:\bbsn(?:\b|[_\d])|burgerservicenummer|geboortedatum|\bgeboren op\b)|\b[A-Z]{2}\d{2} ?[A-Z]{4} ?\d{4} ?\d{4} ?\d{2}\b`)},
		{"partial_value", "private data are named by kind, not even in part", regexp.MustCompile(`(?i)(adres|nummer|naam|postcode) (begint|eindigt) (met|op)`)},
		{"tone", "no indignation", regexp.MustCompile(`(?i)\b(belachelijk|onbegrijpelijk|schandalig|onacceptabel|walgelijk)\p{L}*`)},
		{"filming", "filming is not forbidden as such", regexp.MustCompile(`(?i)verboden om (agenten|hulpverleners)[^.\n]{0,40}filmen|\bfilmen (van (\p{L}+ ){1,4})?(is (wettelijk |strikt |altijd |ook )?(verboden|strafbaar|illegaal|niet toegestaan)|mag niet)|\bmag (\p{L}+ ){0,4}niet filmen`)},
	}
})

// notOurs are lines that quote others: exact URLs and hashes are data.
var notOurs = regexp.MustCompile(`(?m)^(Exacte URL[^:\n]*:|Exact URL[^:\n]*:|Account:|https?://).*$`)

// annexLine begins the lines of annex 1 that differ in nothing but numbers.
var annexLine = regexp.MustCompile(`^(- )?([Oo]nderdeel|[Ii]tem) \d+ \(|^(Bericht-ID|Post ID|Eerst gezien|First seen|Vastgelegd|Captured|Nog online gezien|Seen still online): `)

// worth is what of a text is ours, each line once, with the number of each
// line: an annex of a thousand items says a thousand times the same.
func worth(text string) (string, []int) {
	if strings.Count(text, "\n") == 0 {
		return notOurs.ReplaceAllString(text, ""), []int{1}
	}
	seen := map[string]bool{}
	var kept []string
	var lines []int
	for n, line := range strings.Split(text, "\n") {
		line = notOurs.ReplaceAllString(line, "")
		key := line
		if annexLine.MatchString(line) {
			key = strings.Map(zeroed, line)
		}
		if key != "" && seen[key] {
			continue
		}
		seen[key] = true
		kept, lines = append(kept, line), append(lines, n+1)
	}
	return strings.Join(kept, "\n"), lines
}

func zeroed(r rune) rune {
	if r >= '0' && r <= '9' || r >= 'a' && r <= 'f' {
		return '0'
	}
	return r
}

// Lint looks for what no outgoing text may say: a fine, a fixed term for a
// decision under the DSA, a request as an order, lid 2 of 285d Sr for
// hulpverleners, a person of ours by name, a placeholder, and the like. names are
// those of sender and addressee: who is called "Mr. Visser Advocaten" or
// "Yahoo!" says nothing with it. Every finding blocks.
func Lint(text string, names ...string) []Finding {
	text, lines := worth(text)
	text = withoutNames(text, names)
	var out []Finding
	for _, r := range slices.Concat(lintRules(), lintEnglish()) {
		if at := r.find.FindStringIndex(text); at != nil {
			line := 0
			if len(lines) > 1 {
				line = lines[strings.Count(text[:at[0]], "\n")]
			}
			out = append(out, linted(r.id, r.message, line))
		}
	}
	return out
}

// nameGap stands where a name was taken out: something is said there, by no
// word.
const nameGap = "\u00b7"

// minNameTaken is how long a name must be to be taken out: a shorter one stands in
// other words' place too.
const minNameTaken = 3

// withoutNames takes names out of a text wherever they stand as whole words, in
// capitals too, the longest first.
func withoutNames(text string, names []string) string {
	var forms []string
	for _, n := range names {
		if n = strings.TrimSpace(cleanField(n)); utf8.RuneCountInString(n) >= minNameTaken && len(n) <= maxField {
			forms = append(forms, wholeWords(n))
		}
	}
	if len(forms) == 0 {
		return text
	}
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	find, err := regexp.Compile(`(?i)` + strings.Join(forms, "|"))
	if err != nil { // no name is taken out: the lint is only stricter
		return text
	}
	return find.ReplaceAllLiteralString(text, nameGap)
}

// wholeWords is a name as a pattern that begins and ends as its words do.
func wholeWords(name string) string {
	pattern := regexp.QuoteMeta(name)
	if isWordByte(name[0]) {
		pattern = `\b` + pattern
	}
	if isWordByte(name[len(name)-1]) {
		pattern += `\b`
	}
	return pattern
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// policeActs are the words of what police and prosecution do: only letters to the
// police use them, unless the police said that others may know (domain.md §8,
// secrecy).
const policeActs = `\baangifte\b|officier van justitie|rechter-commissaris|\bbevel (tot|van)\b|\b(125p|126ni)\b|interceptie|proces-verbaal` +
	`|\bcriminal report|public prosecutor|examining judge|\border to make data inaccessible|preservation demand`

var (
	ofPolice = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\bpolitie|\bpolice\b|` + policeActs)
	})
	// ofPoliceActs are the sentences about the police that tell an act of theirs;
	// the bare word tells none of who is the police.
	ofPoliceActs = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)` + policeActs +
			`|politie-?onderzoek|opsporingsonderzoek|strafrechtelijk onderzoek|\brecherche` +
			`|\bpolitie\s+(onderzoekt|heeft|deed|doet|weet|liet|laat|vordert|vorderde|beveelt|verzoekt|verzocht|vraagt|vroeg|behandelt)\b` +
			`|\b(gemeld|melding|bekend|gedeeld|overleg|overlegd|afgestemd|afstemming)\s+(is\s+)?(bij|met|aan)\s+de\s+politie\b` +
			`|\bbij\s+de\s+politie\s+(is|zijn|gemeld|bekend|gedaan)\b` +
			`|\bpolice\s+(know|knows|are|is|have|has|did|told|asked|demanded|ordered)\b|\bpolice\s+(investigation|report|reference|inquiry|enquiry)` +
			`|\bcriminal\s+investigation|\b(reported|known|passed|referred)\b[^.!?\n]{0,40}\sto\s+the\s+police\b|\bagreed\s+with\s+the\s+police\b`)
	})
)

// LintPolice looks for what a letter to anybody but the police must not tell.
// names are what may hold such a word and tells nothing by it: the names of
// sender and addressee, the items' hosts and places, and the function that the
// letter shows, in its brackets. The finding blocks.
func LintPolice(text string, names ...string) []Finding {
	return lintPolice(ofPolice(), text, names)
}

// LintPoliceActs is [LintPolice] for a letter of the police as an employer: they
// name themselves, and nothing of what they do in the case.
func LintPoliceActs(text string, names ...string) []Finding {
	return lintPolice(ofPoliceActs(), text, names)
}

func lintPolice(find *regexp.Regexp, text string, names []string) []Finding {
	text = withoutNames(notOurs.ReplaceAllString(text, ""), names)
	at := find.FindStringIndex(text)
	if at == nil {
		return nil
	}
	line := 0
	if strings.Contains(text, "\n") {
		line = 1 + strings.Count(text[:at[0]], "\n")
	}
	return []Finding{linted("police", "acts of the police stay out of letters to others", line)}
}

// linted is a rule's finding; line 0 is a text of one line.
func linted(id, message string, line int) Finding {
	f := finding("lint", "text", true, message)
	en, nl := "", ""
	if line > 0 {
		en, nl = " (line "+itoa(line)+")", " (regel "+itoa(line)+")"
	}
	f.Message, f.Dutch.Message = id+": "+f.Message+en, id+": "+f.Dutch.Message+nl
	return f
}
