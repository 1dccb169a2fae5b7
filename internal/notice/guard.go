package notice

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Sensitive is one sealed field with its values. Field says how variants are
// recognised: name, aliases, familyNames, addresses, phones, emails,
// numberPlates, schools, workplaces, domicile, summary, trigger, suspects,
// preferences, function, staff (names of our own people), otherNames, or
// anything else, which is compared as words.
type Sensitive struct {
	Field  string
	Values []string
}

// OtherNames is the field for names and aliases of affected persons whom a
// document is not about: they stand nowhere in it, although its instrument
// names somebody.
const OtherNames = "otherNames"

// Allowed is what is no hit although it equals a sealed value (design §9).
type Allowed struct {
	// Instrument decides which sealed field may stand in which annex.
	Instrument string
	// Organisation and Addressee are the values of the organisation's settings
	// and of the addressee's contact: names, addresses, phones, mailboxes. One
	// that is also a home address stays a hit.
	Organisation, Addressee []string
	// Locations are the items' exact URLs and profile URLs: they may stand behind "Exacte URL:"
	// and as the whole of a line, where art. 16(2)(b) DSA needs them, and
	// nowhere else.
	Locations []string
	// Numbers are the case's own: of accounts, posts and tickets. One of them
	// may look like a citizen's number and is none.
	Numbers []string
	// Mandate says that the mandate of the person in field name is on record: only
	// then does a request in their name (T6, T13) name them.
	Mandate bool
}

// Hit is one place where a sealed value was found. It never holds the value.
type Hit struct {
	Place string // text, subject, form/NAME, annex/PART, file/N, file/N/properties …
	Field string // the sealed field, or bsn, iban, dateOfBirth
	Line  int    // from 1
}

// sealedPlaces says which sealed fields an instrument may show, and where: T7, T8b
// and T12 name person and domicile in annex A, the suspect in annex B; T6 and T13
// name the data subject to the controller and the authority (domain.md §8).
// Everything else is nowhere.
var sealedPlaces = map[string]map[string][]string{
	T6:  {"text": {"name", "aliases"}, "form": {"name", "aliases"}, "properties": {"name", "aliases"}},           // whose mandate it is may be who wrote it
	T13: {"text": {"name"}, "form": {"name"}, "properties": {"name", "aliases"}, "annex/2": {"name", "aliases"}}, // annex 2 is the copy of the request itself
	T8b: {"annex/A": {"name", "domicile"}, "annex/B": {"suspects"}},
	T7:  {"annex/A": {"name", "domicile"}, "annex/B": {"suspects"}},
	T12: {"annex/A": {"name", "domicile"}, "annex/B": {"suspects"}},
}

// Guard compares outgoing texts with sealed values.
type Guard struct {
	search    search
	allowed   []string // canonical forms that are taken out of a text first
	ofHome    []string // the organisation's values that are also a home address
	locations []string
	numbers   map[string]bool
	places    map[string][]string
}

// NewGuard prepares a guard over the sealed values of a case.
func NewGuard(sealed []Sensitive, allowed Allowed) *Guard {
	g := &Guard{locations: allowed.Locations, numbers: map[string]bool{}}
	for _, n := range allowed.Numbers {
		g.numbers[canonical(n).squeezed] = true
	}
	if allowed.Mandate || !onMandate(allowed.Instrument) {
		g.places = sealedPlaces[allowed.Instrument]
	}
	homes := homeKeys(sealed)
	for _, v := range append(slices.Clone(allowed.Organisation), allowed.Addressee...) {
		if strings.TrimSpace(v) == "" {
			continue
		}
		if isHome(v, homes) {
			g.ofHome = append(g.ofHome, canonical(v).squeezed)
			continue
		}
		g.allowed = append(g.allowed, canonical(v).squeezed)
	}
	own, ours := keysOf(allowed, homes), addressesOf(slices.Concat(allowed.Organisation, allowed.Addressee))
	var needles []needle
	for _, s := range sealed {
		for _, v := range s.Values {
			needles = append(needles, needlesOf(s.Field, v, func(p part) bool {
				if p.kind == fieldAddresses {
					return s.Field != fieldAddresses && isHome(p.value, ours)
				}
				return own[key(p.kind, p.value)] || p.value != v && g.numbers[canonical(p.value).squeezed]
			})...)
		}
	}
	g.search = newSearch(g.shared(sealed, needles))
	return g
}

// shared lets a name that may stand somewhere stand there although a relative
// bears part of it: what both have counts as the former's. Whatever else names
// the other stays a hit.
func (g *Guard) shared(sealed []Sensitive, needles []needle) []needle {
	named := map[needle]string{}
	for _, s := range sealed {
		if !slices.ContainsFunc(slices.Collect(maps.Values(g.places)), func(fields []string) bool { return slices.Contains(fields, s.Field) }) {
			continue
		}
		if s.Field != fieldName && s.Field != fieldAliases {
			continue
		}
		for _, v := range s.Values {
			for _, n := range needlesOf(s.Field, v, nil) {
				if named[needle{text: n.text, rule: n.rule}] != fieldName {
					named[needle{text: n.text, rule: n.rule}] = s.Field
				}
			}
		}
	}
	out := slices.Clone(needles)
	for n := range out {
		if field := named[needle{text: out[n].text, rule: out[n].rule}]; field != "" {
			out[n].field = field
		}
	}
	return out
}

// Check looks for every sealed value, and its obvious other spellings, in one
// text, and for what is known by its form (bsn, iban, dateOfBirth). Hits are unique per field and line.
func (g *Guard) Check(place, text string) []Hit {
	var hits []Hit
	seen := map[Hit]bool{}
	found := func(field string, line int) {
		h := Hit{Place: place, Field: field, Line: line}
		if !seen[h] && !slices.Contains(g.places[kindOfPlace(place)], field) {
			seen[h] = true
			hits = append(hits, h)
		}
	}
	for _, form := range g.forms(place, text) {
		g.search.find(form, found)
		patterns(form, g.numbers, found)
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(a.Line, b.Line) })
	return hits
}

// onMandate are the instruments that name the person whose request they are.
func onMandate(instrument string) bool { return instrument == T6 || instrument == T13 }

// kindOfPlace is a place without the name of the form's field or the file's number.
func kindOfPlace(place string) string {
	if strings.HasPrefix(place, "form/") {
		return "form"
	}
	if strings.HasSuffix(place, "/properties") {
		return "properties"
	}
	return place
}

// CheckDraft checks everything of a draft that leaves: subject, text, form
// fields, annexes and their file names. A form field's name is the form's.
func (g *Guard) CheckDraft(d Draft) []Hit {
	hits := append(g.Check("subject", d.Subject), g.Check("text", d.Text)...)
	for _, f := range d.Form {
		hits = append(hits, g.Check("form/"+f.Name, f.Text)...)
	}
	for n, a := range d.Annexes {
		hits = append(hits, g.Check("annex/"+a.Part, a.Text)...)
		hits = append(hits, g.Check(fmt.Sprintf("file/%d", n+1), a.Name)...) // its name may be what is found
	}
	return hits
}

// forms are the readings of a text that are searched: as it stands with
// entities and percent-encoding resolved, without mark-up, and with what is
// readable in base64.
func (g *Guard) forms(place, text string) []canon {
	var out []canon
	for _, plain := range readings(g.withoutLocations(text)) {
		out = append(out, g.read(place, plain))
	}
	return out
}

// readings are what a reader may make of a text, each once.
func readings(text string) []string {
	plain := decode(text)
	out := []string{plain}
	if bare := stripTags(text); bare != text {
		out = append(out, decode(bare))
	}
	for range maxCoded {
		if plain = uncode(plain); plain == "" {
			break
		}
		plain = decode(plain)
		out = append(out, plain)
	}
	return out
}

// read brings a text into its canonical form and takes out what may stand
// there. In a sealed annex the organisation's address may stand although
// somebody lives there: it is the domicile.
func (g *Guard) read(place, text string) canon {
	c := canonical(text)
	drop := g.allowed
	if slices.Contains(g.places[place], "domicile") {
		drop = append(slices.Clone(drop), g.ofHome...)
	}
	return c.without(drop)
}

// withoutLocations takes the exact URLs out of the lines made for them.
func (g *Guard) withoutLocations(text string) string {
	if len(g.locations) == 0 {
		return text
	}
	lines := strings.Split(text, "\n")
	for n, line := range lines {
		value := strings.TrimSpace(line)
		for _, label := range urlLabels {
			if rest, ok := strings.CutPrefix(value, label); ok {
				value = strings.TrimSpace(rest)
			}
		}
		if slices.Contains(g.locations, value) {
			lines[n] = ""
		}
	}
	return strings.Join(lines, "\n")
}

// urlLabels stand before an exact URL in annex 1, and nowhere else.
var urlLabels = []string{"Exacte URL:", "Exacte URL van het profiel:", "Exact URL:", "Exact URL of the profile:"}
