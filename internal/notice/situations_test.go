package notice

import (
	"cmp"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/templates"
)

// situation is one way in which doxing happens, with the document that answers
// it, read as a legal adviser would (domain.md §5 to §7).
type situation struct {
	name, instrument, language string
	set                        func(*Facts)
	// says and silent are what the document must say and must not.
	says, silent []string
}

func organisation(f *Facts, name, kind string) {
	f.Organisation.Name, f.Organisation.Mailbox = name, "meldpunt@organisatie.example"
	f.Organisation.PublicBody = kind != "care" // law.Employer
	f.Role = "employer"
	if f.Sealed != nil {
		f.Sealed.Persons[0].Domicile = "Bureau Voorbeeld, Postbus 0, 9999 XX Voorbeeldstad"
	}
}

func oneItem(f *Facts, set func(*Item)) {
	f.Items = f.Items[:1]
	set(&f.Items[0])
}

func threatGround() Ground {
	return Ground{
		Offence: "285-1", Article: "artikel 285, eerste lid, van het Wetboek van Strafrecht", Title: "bedreiging", ActDate: at("2027-03-21 20:15"), Verified: true, Klacht: "no",
		Eligible: true, EligibleBy: "artikel 67, eerste lid, onder b, van het Wetboek van Strafvordering", Items: []int{1},
		Elements: []Element{{ID: "E1", Text: "bedreiging", Evidence: []string{"C1"}}},
	}
}

var situations = []situation{
	{"gp", T2, "nl", func(*Facts) {}, []string{"een medewerker van onze organisatie", "artikel 285d, eerste lid"}, []string{"huisarts ", "tweede lid", "patiënt"}},
	{"police_officer", T7, "nl", func(f *Facts) {
		organisation(f, "Politie-eenheid Voorbeeld", "police")
		f.Persons[0] = Person{Mark: "A1", Relation: "employee", Function: "agent", Capacity: "police", InCapacity: true, CapacityTerm: "ambtenaar van politie"}
		f.Grounds[0].Article = "artikel 285d van het Wetboek van Strafrecht"
		f.Grounds[0].Elements = append(f.Grounds[0].Elements, Element{ID: "E5", Text: "in de hoedanigheid van het tweede lid", Evidence: []string{"C3"}, Aggravates: true})
	}, []string{"ambtenaar van politie", "eerste en tweede lid", "artikel 67, eerste lid"}, []string{"hulpverlener"}},
	{"municipal_clerk", T2, "nl", func(f *Facts) {
		organisation(f, "Gemeente Voorbeeldstad", "municipality")
		f.Persons[0].Function, f.Persons[0].FunctionIdentifies = "baliemedewerker", false
	}, []string{"Wij handelen hierbij niet als bestuursorgaan.", "(baliemedewerker)", "geen bevel"}, []string{"tweede lid", "Krachtens"}},
	{"misidentified_person", T2, "nl", func(f *Facts) {
		f.Persons[0] = Person{Mark: "A1", Relation: "third_party", Capacity: noneOfLid2}
		f.Misidentified = true
	}, []string{"een persoon die buiten onze organisatie staat", "die er niets mee te maken heeft", "doet deze melding in eigen naam", "De betrokkene krijgt"}, []string{"bedoeld was", "de echte", "edewerker"}}, // who was meant works for the sender: that stays unsaid
	{"misidentified_at_a_hoster", T1, "en", func(f *Facts) {
		*f = inEnglish(*f)
		f.Persons[0] = Person{Mark: "A1", Relation: "third_party", Capacity: noneOfLid2}
		f.Misidentified = true
	}, []string{"a person outside our organisation", "who has nothing to do with it", "in its own name"}, []string{"was meant", "the real", "mployee"}},
	{"minor_suspect", T12, "nl", func(f *Facts) {
		f.Sealed.Suspects = []string{"account @account-een; mogelijk minderjarig, volgens het profiel"}
		f.Requests = append(f.Requests, "stop_talk")
	}, []string{"stopgesprek"}, []string{"minderjarig"}},
	{"two_offences", T12, "nl", func(f *Facts) {
		f.Grounds = append(f.Grounds, threatGround())
		f.Threat, f.DeathThreat, f.Urgent = Locus{Item: 1, Locator: "line:3"}, true, true
	}, []string{"artikel 285, eerste lid", "doodsbedreiging", "regel 3"}, []string{"laster", "smaad"}},
	{"closed_group", T12, "nl", func(f *Facts) {
		eachItem(f, func(i *Item) {
			i.Audience, i.URL, i.ProfileURL, i.Views, i.Shares = "closed", "", "", 0, 0
			i.Place = Place{"closed_group", "groep 'Buurtgroep Testwijk' op Voorbeeldberichten", "een lid van de groep liet het bericht zien en gaf ons een schermafbeelding"}
		})
	}, []string{"de leden van een gesloten groep", "(groep 'Buurtgroep Testwijk' op Voorbeeldberichten)", "Hoe het is gezien: een lid van de groep"}, []string{"zichtbaar voor iedereen", "Exacte URL", "zelf kunt bekijken"}},
	{"call_to_identify", T2, "nl", func(f *Facts) {
		oneItem(f, func(i *Item) {
			i.Kind, i.ContentType, i.DataCategories, i.Locator, i.Indicators = "call_to_identify", "image", []string{"photo"}, "image:1", []string{"call_to_identify"}
		})
		f.Effects = []string{"spread"} // nobody was found yet: nobody can be called or visited
	}, []string{"oproep om te achterhalen wie iemand is", "Het bericht vraagt anderen om te achterhalen wie iemand is of waar iemand woont."}, []string{"woonadres"}},
	{"impersonation", T2, "nl", func(f *Facts) {
		oneItem(f, func(i *Item) {
			i.Kind, i.ContentType, i.DataCategories, i.Locator, i.Indicators = "impersonation", "image", []string{"photo"}, "image:1", []string{"call_to_act", "history"}
		})
	}, []string{"account op andermans naam", "een foto, in afbeelding 1", "Artikel 23, lid 1, DSA"}, nil},
	{"deepfake", T2, "nl", func(f *Facts) {
		oneItem(f, func(i *Item) {
			i.ContentType, i.DataCategories, i.Locator = "synthetic", []string{"synthetic", "home_address"}, "time:1:30"
		})
		f.Terms = Terms{Clause: "huisregel 4", VersionOf: at("2027-01-10 12:00")}
	}, []string{"een gemanipuleerde opname", "minuut 1 en seconde 30", "huisregel 4"}, nil},
	{"dutch_hoster", T1, "nl", func(*Facts) {}, []string{"Gedragscode Notice-and-Take-Down", "evident illegaal", "Wij hebben eerst geprobeerd"}, []string{"onmiskenbaar"}},
	{"foreign_platform", T2, "en", func(f *Facts) {
		*f = inEnglish(*f)
		f.Addressee.Languages, f.Addressee.Country = []string{"en"}, "US"
	}, []string{"Article 16", "Article 285d(1) of the Dutch Criminal Code"}, []string{"Geachte", "artikel"}},
	{"no_offence_platform", T2, "nl", func(f *Facts) {
		f.Grounds, f.Unlawful = nil, []Unlawful{unlawfulProcessing(f, "nl")}
		eachItem(f, func(i *Item) { i.Indicators = nil })
	}, []string{"artikel 16 van de Digitaledienstenverordening", "Artikel 17, lid 1, onder d,", "- De betrokkene heeft niet ingestemd met de publicatie.", "vrijheid van meningsuiting en informatie"}, []string{"strafbaar", "285d", "doxing", "evident", "juridisch onderzoek", "aanwijzing"}},
	{"no_offence_hoster", T1, "en", func(f *Facts) {
		*f = inEnglish(*f)
		f.Grounds, f.Unlawful = nil, []Unlawful{unlawfulProcessing(f, "en")}
		eachItem(f, func(i *Item) { i.Indicators = nil })
	}, []string{"Article 17(1)(d)", "did not consent", "freedom of expression"}, []string{"offence", "285d", "evidently", "legal examination"}},
	{"no_offence_complaint", T4, "nl", func(f *Facts) {
		f.Grounds, f.Unlawful = nil, []Unlawful{unlawfulProcessing(f, "nl")}
		f.ComplaintGrounds = nil
		eachItem(f, func(i *Item) { i.Indicators = nil })
	}, []string{"Artikel 17, lid 1, onder d,", "Onze melding noemt welke soorten gegevens in de inhoud staan en waar."}, []string{"strafbaar", "285d", "aanwijzingen"}},
	{"terms_alone", T2, "nl", func(f *Facts) {
		f.Grounds, f.Unlawful = nil, []Unlawful{ownTerms(f)}
		f.Terms = Terms{Clause: "huisregel 4", VersionOf: at("2027-01-10 12:00")}
		eachItem(f, func(i *Item) { i.Indicators = nil })
	}, []string{"in strijd met uw eigen voorwaarden", "huisregel 4", "WAAROM DIT TEGEN UW VOORWAARDEN IS"}, []string{"illegaal", "artikel 16", "DSA", "285d", "strafbaar"}},
	{"grounds_per_item", T2, "nl", func(f *Facts) { eachItsOwn(f, "nl") }, []string{
		"volgens ons illegaal is (onderdeel 1) of in strijd is met uw eigen voorwaarden (onderdeel 2).", "Voor onderdeel 1 is dit een melding volgens artikel 16",
		"WAAROM WIJ DIT MELDEN", "De inhoud van onderdeel 2 is volgens ons in strijd met uw eigen voorwaarden: huisregel 4",
	}, []string{"ook in strijd", "aan beide", "285d", "WAAROM DIT ILLEGAAL IS"}},
	{"grounds_per_item_at_a_hoster", T1, "en", func(f *Facts) {
		*f = inEnglish(*f)
		f.Items = inEnglish(demoFacts(T2)).Items
		eachItsOwn(f, "en")
	}, []string{"is illegal in our view (item 1) or in breach of your own terms (item 2)", "For item 1, this is a notice under Article 16", "the content of item 2 is in breach"}, []string{"also in breach", "against both", "285d", "evidently", "WHY THIS CONTENT IS ILLEGAL"}},
	{"messaging", T2, "nl", func(f *Facts) {
		f.Addressee.ServiceKind, f.Addressee.Articles = "messaging", []string{"9", "10", "11", "12", "13", "14", "15"}
		eachItem(f, func(i *Item) {
			i.Audience, i.URL, i.ProfileURL, i.Views, i.Shares = "closed", "", "", 0, 0
			i.Place = Place{"closed_group", "groep 'Buurtgroep Testwijk' op Voorbeeldberichten", ""}
		})
	}, []string{"285d", "Bevestig de ontvangst en laat ons weten wat u beslist."}, []string{"DSA", "Digitaledienstenverordening"}},
	{"search_engine", T6, "nl", func(*Facts) {}, []string{"niet meer te tonen bij een zoekopdracht op de naam", "artikel 17, lid 1, onder d, AVG"}, []string{"artikel 21", "artikel 77", "De rest van de tekst", "artikel 17, lid 2"}},
	{"erasure_at_a_forum", T6, "nl", func(f *Facts) {
		f.Addressee = Addressee{LegalName: "Voorbeeldforum B.V.", Kind: "site_operator", Country: "NL", Address: "privacy@forum.example", Languages: []string{"nl"}}
		f.Erasure.Query, f.Erasure.RestMayStay, f.Erasure.MadePublic = "", true, true
	}, []string{"De rest van de tekst kan blijven staan.", "artikel 17, lid 2, AVG"}, []string{"zoekopdracht", "zoekresultaten"}},
}

// Each situation has its document, word for word: complete, silent about what
// is sealed, resting on what was read, and each sentence from somewhere.
//
// Requirement: S0-6c, S2-1, S2-2, S2-5, S2-20, S2-31, S1-18, S3-10, S1-15, S4-4, S4-16
func TestSituations(t *testing.T) {
	data, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range situations {
		t.Run(s.name, func(t *testing.T) {
			f := demoFacts(s.instrument)
			s.set(&f)
			d, findings, err := Compose(s.instrument, s.language, f)
			if err != nil {
				t.Fatal(err)
			}
			if b := blocking(findings); len(b) > 0 {
				t.Errorf("it cannot be approved: %+v", b)
			}
			if hits := NewGuard(demoSealed(), demoAllowed(s.instrument, f)).CheckDraft(d); len(hits) > 0 {
				t.Errorf("the guard stops it: %+v", hits)
			}
			if cited := data.Unverified(d.Text, at("2027-03-21 20:15"), f.DraftedAt); len(cited) > 0 {
				t.Errorf("cites what nobody read: %q", cited)
			}
			for _, want := range s.says {
				if !strings.Contains(d.Text, want) {
					t.Errorf("does not say %q", want)
				}
			}
			for _, not := range s.silent {
				if strings.Contains(d.Text, not) {
					t.Errorf("says %q", not)
				}
			}
			tr := newTracer(t, s, f)
			for line := range strings.Lines(d.Text) {
				if piece := tr.untraced(line); piece != "" {
					t.Errorf("%q comes from no field and no template, in %q", piece, line)
				}
			}
			golden(t, "situation."+s.name+".golden", whole(d))
		})
	}
}

// eachItsOwn pleads the GDPR of the first item alone, the addressee's own terms of
// the second.
func eachItsOwn(f *Facts, language string) {
	f.Items = f.Items[:2]
	eachItem(f, func(i *Item) { i.Indicators = nil })
	f.Grounds, f.Unlawful = nil, []Unlawful{unlawfulProcessing(f, language), ownTerms(f)}
	f.Unlawful[0].Items, f.Unlawful[1].Items = []int{f.Items[0].No}, []int{f.Items[1].No}
	f.Terms = Terms{Clause: "huisregel 4", VersionOf: at("2027-01-10 12:00")}
}

// unlawfulProcessing and ownTerms are grounds as the law data have them, for the
// items of the facts.
func unlawfulProcessing(f *Facts, language string) Unlawful {
	return unlawful(f, "avg17-1-d", language, func(u *Unlawful) {
		u.Said = []Said{{Reasons: []string{"no_consent", "private_data"}, Weighing: []string{"no_debate", "readable_without"}}}
	})
}

func ownTerms(f *Facts) Unlawful { return unlawful(f, "own_terms", "nl", func(*Unlawful) {}) }

func unlawful(f *Facts, id, language string, set func(*Unlawful)) Unlawful {
	data, err := law.Load()
	if err != nil {
		panic(err)
	}
	g, err := data.LegalGround(id, at("2027-03-21 20:15"))
	if err != nil {
		panic(err)
	}
	in := func(t law.Text) string {
		if language == "en" {
			return t.EN
		}
		return t.NL
	}
	u := Unlawful{ID: g.ID, Kind: g.Kind, Title: in(g.Title), Provision: in(g.Provision), Rule: in(g.Rule), Verified: g.Verified(), Needs: g.Needs}
	for _, e := range g.Elements {
		u.Elements = append(u.Elements, Element{ID: e.ID, Text: in(e.Text), Evidence: []string{f.Items[0].Captures[0].Evidence}})
	}
	set(&u)
	return u
}

var dates = regexp.MustCompile(`(maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag) \d+ \p{L}+ \d{4}( om \d\d\.\d\d uur \(Nederlandse tijd\))?|` +
	`(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday) \d+ \p{L}+ \d{4}(, \d\d:\d\d \(Europe/Amsterdam\))?|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC|\bTD-[0-9A-Z-]+|\b[AC]\d+\b|\b\d+\b`)

// tracer knows everything that a document may be made of.
type tracer struct {
	pieces []string // longest first
	whole  string
}

func newTracer(t *testing.T, s situation, f Facts) tracer {
	t.Helper()
	var known []string
	stringsOf(reflect.ValueOf(f), &known)
	for _, list := range mustSet(t, s.language).phrases {
		for _, words := range list {
			known = append(known, verb.ReplaceAllString(words, "\x00"))
		}
	}
	var tr tracer
	for _, k := range append(known, static(t, s)) {
		for piece := range strings.SplitSeq(plainWords(k), "\x00") {
			if piece = strings.TrimSpace(piece); len(piece) > 3 {
				tr.pieces = append(tr.pieces, piece)
			}
		}
	}
	slices.SortFunc(tr.pieces, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	tr.pieces = slices.Compact(tr.pieces)
	tr.whole = strings.Join(tr.pieces, "\x00")
	return tr
}

func plainWords(s string) string { return strings.ToLower(dates.ReplaceAllString(s, "\x00")) }

// untraced is what is left of a line when the values of fields, the words of
// codes, dates and numbers are taken out and the rest stands in no template.
// Every template names its sources.
func (tr tracer) untraced(line string) string {
	line = plainWords(strings.TrimSpace(line))
	for _, piece := range tr.pieces {
		line = strings.ReplaceAll(line, piece, "\x00")
	}
	for piece := range strings.SplitSeq(line, "\x00") {
		if piece = strings.Trim(piece, " .,:;()|-\"'"); len(piece) > 3 && !strings.Contains(tr.whole, piece) {
			return piece
		}
	}
	return ""
}

// Something that no template and no field holds is found.
func TestTracerFindsWhatIsMadeUp(t *testing.T) {
	s := situations[0]
	tr := newTracer(t, s, demoFacts(s.instrument))
	if tr.untraced("Wij vragen u ook de plaatser te blokkeren.") == "" || tr.untraced("Wij herhalen die gegevens hier niet.") != "" {
		t.Error("the tracer cannot tell what is made up")
	}
}

// static is what the templates say of themselves, without their actions.
func static(t *testing.T, s situation) string {
	t.Helper()
	var out strings.Builder
	for _, name := range []string{s.instrument, "blocks"} {
		raw, err := fs.ReadFile(templates.FS, s.language+"/"+name+".tmpl")
		if err != nil {
			t.Fatal(err)
		}
		_, body, err := header(string(raw))
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(strings.ReplaceAll(action.ReplaceAllString(body, "\x00"), "\n", "\x00") + "\x00")
	}
	return out.String()
}

// stringsOf collects every string of a value.
func stringsOf(v reflect.Value, out *[]string) {
	switch v.Kind() {
	case reflect.String:
		*out = append(*out, v.String())
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			stringsOf(v.Elem(), out)
		}
	case reflect.Slice:
		for n := range v.Len() {
			stringsOf(v.Index(n), out)
		}
	case reflect.Struct:
		if v.Type() != timeType {
			for n := range v.NumField() {
				stringsOf(v.Field(n), out)
			}
		}
	}
}
