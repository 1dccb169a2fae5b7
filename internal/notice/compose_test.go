package notice

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

var update = flag.Bool("update", false, "write the golden files")

// whole writes a draft as one text, so that a golden file shows all of it.
func whole(d Draft) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s\n%s\n\n%s\n", d.Template, d.Language, d.Subject, d.Text)
	for _, f := range d.Form {
		fmt.Fprintf(&b, "\n=== form field %s (limit %d)\n%s\n", f.Name, f.Limit, f.Text)
	}
	for _, a := range d.Annexes {
		fmt.Fprintf(&b, "\n=== annex %s, %s, sealed %v\n%s\n", a.Part, a.Name, a.Sealed, a.Text)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); go test -update writes it:\n%s", name, diff)
	}
}

func compose(t *testing.T, instrument string, f Facts) (Draft, []Finding) {
	t.Helper()
	d, findings, err := Compose(instrument, "nl", f)
	if err != nil {
		t.Fatal(err)
	}
	return d, findings
}

func blocking(fs []Finding) []Finding {
	var out []Finding
	for _, f := range fs {
		if f.Blocking {
			out = append(out, f)
		}
	}
	return out
}

// The demo's documents: complete, word for word, and silent about everything
// that is sealed.
func TestGolden(t *testing.T) {
	data, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, instrument := range Instruments() {
		t.Run(instrument, func(t *testing.T) {
			f := demoFacts(instrument)
			d, findings := compose(t, instrument, f)
			if b := blocking(findings); len(b) > 0 {
				t.Errorf("blocking findings on complete facts: %+v", b)
			}
			if hits := NewGuard(demoSealed(), demoAllowed(instrument, f)).CheckDraft(d); len(hits) > 0 {
				t.Errorf("the guard stops the demo's own document: %+v", hits)
			}
			for _, part := range append(formTexts(d), d.Subject+"\n"+d.Text) {
				if cited := data.Unverified(part, at("2027-03-21 20:15"), f.DraftedAt); len(cited) > 0 {
					t.Errorf("cites what nobody read: %q in\n%s", cited, part)
				}
			}
			if telling.MatchString(d.Subject) {
				t.Errorf("the subject %q tells what it is about", d.Subject)
			}
			golden(t, instrument+".golden", whole(d))
			golden(t, instrument+".html.golden", string(HTML(d)))
		})
	}
}

// telling is what no subject holds: it stands in previews, tickets and forwarded
// mail.
var telling = regexp.MustCompile(`(?i)doxing|bedreig|adres|politie|bevel|dossier|https?:|www\.|\.example|huisarts|platform|forum`)

func formTexts(d Draft) []string {
	var out []string
	for _, f := range d.Form {
		out = append(out, f.Text)
	}
	return out
}

// A sealed annex never comes into text, form or page.
func TestSealedStaysApart(t *testing.T) {
	for _, instrument := range []string{T7, T12} {
		f := demoFacts(instrument)
		f.Sealed.Suspects = []string{"Kees Bestaatniet"}
		d, _ := compose(t, instrument, f)
		open := d.Subject + d.Text + string(HTML(d))
		for _, secret := range []string{secretName, "Kees Bestaatniet", f.Sealed.Persons[0].Domicile} {
			if strings.Contains(open, secret) {
				t.Errorf("%s: a sealed value stands in the open text", instrument)
			}
		}
		if len(d.Annexes) != 2 || !d.Annexes[0].Sealed || !strings.Contains(d.Annexes[0].Text, secretName) || !strings.Contains(d.Annexes[1].Text, "Kees Bestaatniet") {
			t.Errorf("%s: the sealed annexes are not there: %+v", instrument, d.Annexes)
		}
	}
	f := demoFacts(T1)
	f.Sealed = &SealedAnnex{Persons: []SealedPerson{{Name: secretName}}}
	if d, _ := compose(t, T1, f); strings.Contains(whole(d), secretName) {
		t.Error("T1 prints the sealed annex")
	}
}

func TestUnknownInstrumentAndLanguage(t *testing.T) {
	for _, c := range []struct{ instrument, language string }{{"T99", "nl"}, {T1, "xx"}, {"", ""}} {
		if _, _, err := Compose(c.instrument, c.language, demoFacts(T1)); takedown.KindOf(err) != takedown.Invalid {
			t.Errorf("Compose(%q, %q): %v", c.instrument, c.language, err)
		}
	}
}

// clears empties one required field each. Every requirement must have one.
var clears = map[string]func(*Facts){
	"reference":             func(f *Facts) { f.Reference = "" },
	"draftedAt":             func(f *Facts) { f.DraftedAt = time.Time{} },
	"organisation/name":     func(f *Facts) { f.Organisation.Name = "" },
	"organisation/mailbox":  func(f *Facts) { f.Organisation.Mailbox = "" },
	"organisation/phone":    func(f *Facts) { f.Organisation.Phone = "" },
	"addressee/legalName":   func(f *Facts) { f.Addressee.LegalName = "" },
	"addressee/source":      func(f *Facts) { f.Addressee.Source = "" },
	"addressee/serviceKind": func(f *Facts) { f.Addressee.ServiceKind = "" },
	"persons":               func(f *Facts) { f.Persons = nil },
	"mandate":               func(f *Facts) { f.Role, f.Mandate = "mandate", "" },
	"items":                 func(f *Facts) { f.Items = nil },
	"items/indicators":      func(f *Facts) { eachItem(f, func(i *Item) { i.Indicators = []string{"timing"} }) },
	"items/stillOnlineAt":   func(f *Facts) { eachItem(f, func(i *Item) { i.StillOnlineAt = time.Time{} }) },
	"grounds":               func(f *Facts) { f.Grounds = nil },
	"grounds/eligible":      func(f *Facts) { f.Grounds[0].Eligible = false },
	"grounds/elements":      func(f *Facts) { f.Grounds[0].Elements = nil },
	"attempts":              func(f *Facts) { f.Attempts = nil },
	"posterNotContacted":    func(f *Facts) { f.PosterNotContacted = "" },
	"earlier":               func(f *Facts) { f.Earlier = nil },
	"earlier/reference":     func(f *Facts) { f.Earlier[0].Reference = "" },
	"nextStep":              func(f *Facts) { f.NextStep = Deadline{} },
	"decision":              func(f *Facts) { f.Decision = nil },
	"decision/code":         func(f *Facts) { f.Decision.Code = "" },
	"decision/informedAt":   func(f *Facts) { f.Decision.InformedAt = time.Time{} },
	"decision/notice":       func(f *Facts) { f.Decision.NoticeRef = "" },
	"reports":               func(f *Facts) { f.Reports = nil },
	"reports/kind":          func(f *Facts) { f.Reports[0].Kind = "melding" },
	"reports/vptRequested":  func(f *Facts) { f.Reports[0].VPTRequested = false },
	"provider/legalName":    func(f *Facts) { f.Provider.LegalName = "" },
	"provider/contactPoint": func(f *Facts) { f.Provider.ContactPoint = "" },
	"provider/serviceKind":  func(f *Facts) { f.Provider.ServiceKind = "search_engine" },
	"grounds/actDate":       func(f *Facts) { f.Grounds[0].ActDate = time.Time{} },
	"events": func(f *Facts) {
		f.Events = nil
		eachItem(f, func(i *Item) { i.FirstSeenAt, i.PostedAt = time.Time{}, time.Time{} })
	},
	"reports/by":              func(f *Facts) { f.Reports[0].By = "affected" },
	"provider/languages":      func(f *Facts) { f.Provider.Languages = nil },
	"provider/representative": func(f *Facts) { f.Provider.Country = "US" },
	"klachten/learnedAt":      func(f *Facts) { f.Klachten = []Klacht{{Mark: "A1", Article: "x", Signed: true}} },
	"klachten/lastDay": func(f *Facts) {
		f.Klachten = []Klacht{{Mark: "A1", Article: "x", LearnedAt: at("2027-03-22 08:00"), Decision: "undecided"}}
	},
	"decision/removedNos":     func(f *Facts) { f.ComplaintGrounds = []string{"partial"} },
	"missing":                 func(f *Facts) { f.Missing = "effect" },
	"terms/versionOf":         func(f *Facts) { f.Terms.Clause = "huisregel 4" },
	"flagger":                 func(f *Facts) { f.Flagger = &Flagger{ID: "TF-1", Area: "geweld online"} },
	"threat/item":             func(f *Facts) { f.Threat.Item = 99 },
	"threat":                  func(f *Facts) { f.DeathThreat = true },
	"evidence":                func(f *Facts) { f.Evidence = nil },
	"secrecyDecided":          func(f *Facts) { f.SecrecyDecided = false },
	"sealed":                  func(f *Facts) { f.Sealed = nil },
	"sealed/persons/name":     func(f *Facts) { f.Sealed.Persons[0].Name = "" },
	"sealed/persons/domicile": func(f *Facts) { f.Sealed.Persons[0].Domicile = "" },
	"klachten":                func(f *Facts) { f.Grounds[0].Klacht = "yes" },
	"requests":                func(f *Facts) { f.Requests = nil },
	"effects":                 func(f *Facts) { f.Effects = nil },
}

func eachItem(f *Facts, do func(*Item)) {
	for n := range f.Items {
		do(&f.Items[n])
	}
}

// Each required field, left empty alone, gives its finding and still a text.
func TestEveryRequiredField(t *testing.T) {
	for _, r := range requirements {
		for _, instrument := range r.of {
			t.Run(instrument+" "+r.field, func(t *testing.T) {
				f := demoFacts(instrument)
				clears[r.field](&f)
				d, findings := compose(t, instrument, f)
				want := Finding{Code: "missing", Field: r.field, Message: r.message, Blocking: true}
				if !contains(fields(findings), r.field) || !hasFinding(findings, want) {
					t.Errorf("no finding for %s: %+v", r.field, findings)
				}
				if d.Text == "" {
					t.Error("nothing was drafted")
				}
			})
		}
	}
}

func TestEveryItemField(t *testing.T) {
	for field, empty := range map[string]func(*Item){
		"locator": func(i *Item) { i.Locator = "" },
		"url":     func(i *Item) { i.URL = " " }, "no": func(i *Item) { i.No = 0 }, "dataCategories": func(i *Item) { i.DataCategories = nil },
		"contentType": func(i *Item) { i.ContentType = "" }, "kind": func(i *Item) { i.Kind = "" },
	} {
		f := demoFacts(T2)
		empty(&f.Items[1])
		if _, findings := compose(t, T2, f); !contains(fields(findings), "items/1/"+field) {
			t.Errorf("no finding for items/1/%s: %+v", field, findings)
		}
	}
}

func fields(fs []Finding) []string {
	var out []string
	for _, f := range blocking(fs) {
		out = append(out, f.Field)
	}
	return out
}

func hasFinding(fs []Finding, want Finding) bool {
	for _, f := range fs {
		if f == want {
			return true
		}
	}
	return false
}

// A date without whose date it is does not leave, and each nature has its
// words.
func TestNatureOfDates(t *testing.T) {
	for nature, words := range map[string]string{
		"policy": "Die datum is ons verzoek, geen wettelijke termijn.", "self-set": "de termijn in uw eigen procedure", "": "",
	} {
		f := demoFacts(T1)
		f.AnswerBy.Nature, f.Addressee.OwnTerm = nature, "10 working_days"
		d, findings := compose(t, T1, f)
		if nature == "" {
			if !contains(fields(findings), "answerBy/nature") {
				t.Errorf("a date of nobody passes: %+v", findings)
			}
			continue
		}
		if !strings.Contains(d.Text, "12 april 2027. ") || !strings.Contains(d.Text, words) {
			t.Errorf("nature %q has no words in the text", nature)
		}
	}
}

// Without a term in the register nothing is called the addressee's own.
func TestNoOwnTermWithoutOne(t *testing.T) {
	f := demoFacts(T1)
	f.AnswerBy.Nature = "self-set"
	if d, _ := compose(t, T1, f); strings.Contains(d.Text, "eigen procedure") || !strings.Contains(d.Text, "Die datum is ons verzoek, geen wettelijke termijn.") {
		t.Error("our wish is called the addressee's own term")
	}
}

func TestReminderWithOldCheck(t *testing.T) {
	f := demoFacts(T3)
	f.Items[0].StillOnlineAt = at("2027-03-22 09:45")
	d, findings := compose(t, T3, f)
	if findings[0].Code != "stale" || len(blocking(findings)) > 0 {
		t.Errorf("a check from before the notice is not told: %+v", findings)
	}
	if strings.Contains(d.Text, "nog online toen") || !strings.Contains(d.Text, "Wij zagen deze onderdelen het laatst op maandag 22 maart 2027 om 09.45 uur") {
		t.Errorf("a look from before the notice is told as one after it:\n%s", d.Text)
	}
}

// Every code that the API takes has words, so that nothing drops out unseen.
func TestEveryCodeHasWords(t *testing.T) {
	set, err := load("nl")
	if err != nil {
		t.Fatal(err)
	}
	for list, codes := range map[string]string{
		"category":    "home_address phone email photo family school number_plate live_location work_schedule employment_history health financial id_number private_account synthetic",
		"contentType": "text image video audio synthetic",
		"kind":        "original repost call_to_identify impersonation",
		"affected":    "employee family third_party",
		"relation":    "employee family third_party",
		"decision":    "removed partly refused needs_more forwarded other",
		"ending":      "done silence refused partly bounced no_effect unknown cancelled",
		"attempt":     "no_answer refused no_address bounced answered",
		"audience":    "public closed unknown",
		"nature":      "legal self-set policy",
		"reportKind":  "melding aangifte",
		"domicile":    "employer lawyer other",
		"klacht":      "undecided wanted not_wanted signed",
		"indicator":   "call_to_act call_to_identify threat_in_thread address_and_incitement tags history timing",
	} {
		for _, code := range strings.Fields(codes) {
			if _, ok := set.phrases[list][code]; !ok {
				t.Errorf("no words for %s in %s", code, list)
			}
		}
	}
	for list, words := range set.phrases {
		for code, text := range words {
			if f := Lint(text); len(f) > 0 {
				t.Errorf("%s/%s: %+v", list, code, f)
			}
		}
	}
}

// What a letter to a provider must not say although casework knows it.
func TestPoliceStaysOut(t *testing.T) {
	for _, instrument := range toSender {
		f := demoFacts(instrument)
		f.Reports = []Report{{Kind: "aangifte", FiledAt: at("2027-03-22 15:00"), Registration: "PL0000-2027000001"}}
		f.Earlier = append(f.Earlier, Earlier{Instrument: T7, Reference: "TD-X", Addressee: "Politie-eenheid Voorbeeld", SentAt: at("2027-03-24 12:00"), Police: true})
		d, _ := compose(t, instrument, f)
		for _, word := range []string{"olitie", "aangifte", "officier", "PL0000"} {
			if strings.Contains(whole(d), word) {
				t.Errorf("%s says %q although police did not allow it", instrument, word)
			}
		}
		f.MayMentionPolice = true
		if d, _ := compose(t, instrument, f); contains(notices, instrument) != strings.Contains(d.Text, "PL0000-2027000001") {
			t.Errorf("%s: mayMentionPolice has the wrong effect", instrument)
		}
	}
}

func TestFunctionThatNames(t *testing.T) {
	f := demoFacts(T2)
	d, findings := compose(t, T2, f)
	if strings.Contains(d.Text, "(huisarts)") || !hasFinding(findings, Finding{Code: "function_left_out", Field: "persons", Message: "the function is left out: with the sender it names the person"}) {
		t.Error("the function stands in the text, or its absence is not told")
	}
	f.Persons[0].FunctionIdentifies, f.Persons[0].Function = false, "wijkverpleegkundige"
	if d, _ := compose(t, T2, f); !strings.Contains(d.Text, "een medewerker van onze organisatie (wijkverpleegkundige)") {
		t.Error("a function that names nobody is left out")
	}
}

// Lid 2 of 285d Sr is claimed only with a term of the statute.
func TestLid2(t *testing.T) {
	f := demoFacts(T12)
	f.Grounds[0].Elements = append(f.Grounds[0].Elements, Element{ID: "E5", Text: "hoedanigheid"})
	f.Persons[0].InCapacity = true
	if d, _ := compose(t, T12, f); strings.Contains(d.Text, "tweede lid") {
		t.Error("lid 2 is claimed without a capacity of the statute")
	}
	f.Persons[0].Capacity, f.Persons[0].CapacityTerm = "police", "ambtenaar van politie"
	if d, _ := compose(t, T12, f); !strings.Contains(d.Text, "ambtenaar van politie") || !strings.Contains(d.Text, "tweede lid") {
		t.Error("lid 2 is not claimed with one")
	}
}

func TestUnverifiedGroundIsLeftOut(t *testing.T) {
	f := demoFacts(T1)
	f.Grounds = append(f.Grounds, Ground{Offence: "317", Article: "artikel 317 van het Wetboek van Strafrecht", Title: "afpersing"})
	d, findings := compose(t, T1, f)
	if strings.Contains(d.Text, "317") {
		t.Error("an unverified offence stands in the text")
	}
	if findings[0].Code != "unverified" || findings[0].Field != "grounds/1" {
		t.Errorf("not told: %+v", findings)
	}
}

// To an addressee that is no hosting service no DSA article is named.
func TestRegistrar(t *testing.T) {
	f := demoFacts(T1)
	f.Addressee.ServiceKind, f.Addressee.Kind = "registrar", "registrar"
	d, findings := compose(t, T1, f)
	if strings.Contains(whole(d), "DSA") || !strings.Contains(d.Text, "via u geregistreerd") {
		t.Error("a registrar is told of the DSA")
	}
	if b := blocking(findings); len(b) > 0 {
		t.Errorf("blocked: %+v", b)
	}
}

func TestReminderVariants(t *testing.T) {
	for _, c := range []struct {
		replies []Reply
		want    string
	}{
		{nil, "nog geen ontvangstbevestiging"},
		{[]Reply{{Kind: "auto_reply", At: at("2027-03-25 14:06")}}, "nog geen ontvangstbevestiging"},
		{[]Reply{{Kind: "acknowledgement", At: at("2027-03-26 09:00")}}, "U bevestigde de ontvangst op vrijdag 26 maart 2027. Wij hebben nog geen beslissing"},
		{[]Reply{{Kind: "decision", Decision: "removed", At: at("2027-03-26 09:00")}}, "Wij zien die maatregel nog niet terug."},
	} {
		f := demoFacts(T3)
		f.Earlier[0].Replies = c.replies
		if d, _ := compose(t, T3, f); !strings.Contains(d.Text, c.want) {
			t.Errorf("replies %+v: %q is missing in\n%s", c.replies, c.want, d.Text)
		}
	}
}

// Without a name in annex A the text refers to none.
func TestNobodySignsYet(t *testing.T) {
	f := demoFacts(T12)
	f.Sealed.Signer = ""
	d, findings := compose(t, T12, f)
	if strings.Contains(d.Text, "die in bijlage A staat en die") || len(blocking(findings)) > 0 || findings[0].Code != "no_signer" {
		t.Errorf("findings %+v", findings)
	}
}

func TestNoComplaintWithoutWindow(t *testing.T) {
	f := demoFacts(T4)
	f.Decision.WindowOpen = false
	if _, findings := compose(t, T4, f); !contains(fields(findings), "decision/windowOpen") {
		t.Errorf("a complaint passes although none is open: %+v", findings)
	}
}

func TestFormLimits(t *testing.T) {
	f := demoFacts(T2)
	f.Addressee.Form = []FormField{{"explanation", 300}, {"favourite_colour", 20}}
	d, findings := compose(t, T2, f)
	if !contains(fields(findings), "addressee/form/0") {
		t.Errorf("a text over the limit passes: %+v", findings)
	}
	if len([]rune(d.Form[0].Text)) <= 300 {
		t.Error("the text was cut")
	}
	if d.Form[1].Text != "" || len(blocking(findings)) != 1 {
		t.Errorf("a field that we have no text for: %+v, %+v", d.Form[1], findings)
	}
}

func TestManyItemsGoIntoTheirOwnAnnex(t *testing.T) {
	f := demoFacts(T2)
	for n := len(f.Items); n < 1000; n++ {
		i := f.Items[1]
		i.No, i.URL = n+1, fmt.Sprintf("https://platform.example/p/%d", n+2000)
		f.Items = append(f.Items, i)
	}
	d, _ := compose(t, T2, f)
	if len(d.Annexes) != 1 || d.Annexes[0].Part != "1" || strings.Count(d.Annexes[0].Text, "Exacte URL: ") != 1000 || strings.Contains(d.Text, "Exacte URL: ") {
		t.Error("a thousand items do not stand in annex 1")
	}
}

func TestSendBy(t *testing.T) {
	for instrument, want := range map[string]string{T1: "2027-03-28 23:59", T4: "2027-03-30 23:59", T7: "2027-04-01 23:59", "T99": "2027-03-28 23:59"} {
		if got := SendBy(instrument, at("2027-03-25 10:00")); !got.Equal(at(want).Add(59e9)) {
			t.Errorf("SendBy(%s) = %s, want %s", instrument, got, want)
		}
	}
}

// Every template says how far a lawyer reviewed it and where it comes from, and
// every word that an instrument may use has a phrase for each known code.
func TestReviewState(t *testing.T) {
	for _, instrument := range Instruments() {
		state, sources, err := Review(instrument, "nl")
		if err != nil || state == "" || !strings.Contains(sources, "[V") {
			t.Errorf("%s: %q, %q, %v", instrument, state, sources, err)
		}
	}
}
