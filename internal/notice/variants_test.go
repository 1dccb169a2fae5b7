package notice

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

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
//
// Requirement: S3-1
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
		if d, _ := compose(t, instrument, f); (contains(notices, instrument) || instrument == T8a) != strings.Contains(d.Text, "PL0000-2027000001") {
			t.Errorf("%s: mayMentionPolice has the wrong effect", instrument)
		}
	}
}

func TestFunctionThatNames(t *testing.T) {
	f := demoFacts(T2)
	d, findings := compose(t, T2, f)
	if strings.Contains(d.Text, "(huisarts)") || !hasFinding(findings, finding("function_left_out", "persons", false, "the function is left out: with the sender it names the person")) {
		t.Error("the function stands in the text, or its absence is not told")
	}
	f.Persons[0].FunctionIdentifies, f.Persons[0].Function = false, "wijkverpleegkundige"
	if d, _ := compose(t, T2, f); !strings.Contains(d.Text, "een medewerker van onze organisatie (wijkverpleegkundige)") {
		t.Error("a function that names nobody is left out")
	}
}

// Lid 2 of 285d Sr is claimed only with a term of the statute.
//
// Requirement: S4-21
func TestLid2(t *testing.T) {
	f := demoFacts(T12)
	f.Grounds[0].Elements = append(f.Grounds[0].Elements, Element{ID: "E5", Text: "hoedanigheid", Aggravates: true})
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
	f.Addressee.ServiceKind, f.Addressee.Kind, f.Addressee.Articles = "registrar", "registrar", []string{"11", "12"}
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
		{[]Reply{{Kind: "decision", Decision: "forwarded", At: at("2027-03-26 09:00")}}, "\n\nWij hebben nog geen beslissing"},
		{[]Reply{{Kind: "decision", Decision: "needs_more", At: at("2027-03-26 09:00")}}, "\n\nWij hebben nog geen beslissing"},
		{[]Reply{{Kind: "decision", Decision: "partly", At: at("2027-03-26 09:00")}, {Kind: "decision", Decision: "forwarded", At: at("2027-03-27 09:00")}}, "Wij zien die maatregel nog niet terug."},
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
	f.Addressee.Form = []FormField{{Name: "explanation", Limit: 300}, {Name: "favourite_colour", Limit: 20}}
	d, findings := compose(t, T2, f)
	if !contains(fields(findings), "addressee/form/0") {
		t.Errorf("a text over the limit passes: %+v", findings)
	}
	if len([]rune(d.Form[0].Text)) <= 300 {
		t.Error("the text was cut")
	}
	if d.Form[1].Text != "" || len(blocking(findings)) != 1 || !contains(codes(findings), "form_lacks") {
		t.Errorf("a field that we have no text for: %+v, %+v", d.Form[1], findings)
	}
}

func codes(fs []Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, f.Code)
	}
	return out
}

// A form is data: what a field takes may stand with it, an option to pick in the
// form's own words too. More locations than a filing takes are filed in groups,
// and the finding says of how many.
func TestAFormIsData(t *testing.T) {
	f := demoFacts(T2)
	for n := len(f.Items); n < 12; n++ {
		i := f.Items[1]
		i.No, i.URL = n+1, fmt.Sprintf("https://platform.example/p/%d", n+2000)
		f.Items = append(f.Items, i)
	}
	f.Addressee.Form = []FormField{
		{Name: "veld 1", Kind: "url", Limit: 180}, {Name: "veld 2", Kind: "explanation"}, {Name: "Bent u de persoon om wie het gaat?", Kind: "choice", Value: "Nee, ik meld voor een ander"},
	}
	d, findings := compose(t, T2, f)
	if d.Form[2].Text != "Nee, ik meld voor een ander" || !strings.HasPrefix(d.Form[0].Text, "https://") || !strings.Contains(d.Form[1].Text, "te goeder trouw") || contains(codes(findings), "form_lacks") {
		t.Errorf("%+v, %v", d.Form, codes(findings))
	}
	want := "5 of the 12 locations fit into one filing"
	if !contains(fields(findings), "addressee/form/0") || !slices.ContainsFunc(findings, func(f Finding) bool { return f.Code == "form_groups" && strings.HasPrefix(f.Message, want) }) {
		t.Errorf("no %q in %+v", want, findings)
	}
	f.Items = f.Items[:5]
	if _, findings := compose(t, T2, f); len(blocking(findings)) > 0 {
		t.Errorf("five do not fit: %+v", blocking(findings))
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

// Every template says how far a lawyer reviewed it and where it comes from, and
// every word that an instrument may use has a phrase for each known code.
//
// Requirement: S2-15
func TestReviewState(t *testing.T) {
	for _, instrument := range Instruments() {
		state, sources, err := Review(instrument, "nl")
		if err != nil || state == "" || !strings.Contains(sources, "[V") {
			t.Errorf("%s: %q, %q, %v", instrument, state, sources, err)
		}
	}
}

// Who found something against the purpose never says that nothing was found,
// not even where the code has no words: then the document is held.
func TestWhatSpeaksAgainstIsNeverDenied(t *testing.T) {
	for _, instrument := range toPolice {
		for _, code := range []string{"whistleblower", "journalistic", "journalism"} {
			f := demoFacts(instrument)
			f.Contra = []string{code}
			d, findings := compose(t, instrument, f)
			for _, not := range []string{"geen aanwijzingen voor", "niets dat tegen het oogmerk pleit"} {
				if strings.Contains(d.Text, not) {
					t.Errorf("%s with %q says %q", instrument, code, not)
				}
			}
			if contains(Codes("contra"), code) != (len(blocking(findings)) == 0) {
				t.Errorf("%s with %q: %+v", instrument, code, findings)
			}
		}
		for list, set := range map[string]func(*Facts){
			"indicator": func(f *Facts) { f.Items[0].Indicators = append(f.Items[0].Indicators, "stalks") },
			"effect":    func(f *Facts) { f.Effects = append(f.Effects, "fear") },
		} {
			f := demoFacts(instrument)
			set(&f)
			if _, findings := compose(t, instrument, f); !contains(fields(findings), list) || len(blocking(findings)) == 0 {
				t.Errorf("%s: an unknown %s passes: %+v", instrument, list, findings)
			}
		}
	}
}

// A report may be a melding, and it may be the affected person's own: then
// nothing says that the organisation files an aangifte.
//
// Requirement: S0-19a
func TestAReportSaysWhoseAndWhatItIs(t *testing.T) {
	f := demoFacts(T12)
	f.Reports[0].Kind = "melding"
	d, findings := compose(t, T12, f)
	if b := blocking(findings); len(b) > 0 || strings.Contains(strings.ToLower(d.Text), "doet aangifte") || !strings.Contains(d.Text, "doet melding") ||
		!strings.Contains(d.Text, "VERKLARING BIJ DE MELDING") || !strings.Contains(d.Text, "Melder is Huisartsenpraktijk Voorbeeld.") {
		t.Errorf("%+v\n%s", b, d.Text)
	}
	f.DeathThreat, f.Threat = true, Locus{Item: 1}
	if _, findings = compose(t, T12, f); !contains(fields(blocking(findings)), "reports/kind") {
		t.Error("a death threat is told as a melding")
	}
	f = demoFacts(T12)
	f.Reports[0].By, f.Reports[0].Mark = "affected", "A1"
	d, findings = compose(t, T12, f)
	if b := blocking(findings); len(b) > 0 || !strings.Contains(d.Text, "De betrokkene doet zelf aangifte.") || !strings.Contains(d.Text, "Aangever is de betrokkene (A1 in bijlage A).") ||
		strings.Contains(d.Text, "Wij doen de aangifte") || strings.Contains(d.Text, "in eigen naam") {
		t.Errorf("%+v\n%s", b, d.Text)
	}
	f.Reports[0].By, f.Reports[0].Kind = "both", "melding"
	if d, _ = compose(t, T12, f); !strings.Contains(d.Text, "de betrokkene doet daarnaast zelf melding") {
		t.Errorf("both:\n%s", d.Text)
	}
}

// That an account often posts such content is pleaded where somebody said so,
// and where the notices that the platform did not refuse show it.
func TestAHabitIsPleadedOnlyWhereItIsShown(t *testing.T) {
	for name, set := range map[string]func(*Facts){
		"nobody said so":          func(f *Facts) { f.Freeze.Repeats = 0 },
		"the notices are refused": func(f *Facts) { f.Earlier = []Earlier{platformNotice("2027-03-23"), platformNotice("2027-03-24")} },
		"there are too few":       func(f *Facts) { f.Freeze.Repeats = 3 },
	} {
		f := demoFacts(T8a)
		set(&f)
		if d, _ := compose(t, T8a, f); strings.Contains(whole(d), "vaak duidelijk illegale inhoud") || strings.Contains(whole(d), "artikel 23") {
			t.Errorf("%s, and a habit is pleaded", name)
		}
	}
}

// A request to restrict an account rests on art. 23(1) DSA or on a clause of the
// platform's terms: with neither it is held, and says what to enter.
func TestAFreezeNamesItsBasis(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*Facts)
		held bool
	}{
		"a habit":            {func(*Facts) {}, false},
		"neither":            {func(f *Facts) { f.Freeze.Repeats = 0 }, true},
		"nothing shows it":   {func(f *Facts) { f.Freeze.Repeats = 3 }, true},
		"no online platform": {func(f *Facts) { f.Addressee.Articles = []string{"16"} }, true},
		"a clause": {func(f *Facts) {
			f.Freeze.Repeats, f.Terms = 0, Terms{Clause: "huisregel 4", VersionOf: at("2027-01-10 12:00")}
		}, false},
	} {
		f := demoFacts(T8a)
		c.set(&f)
		_, findings := compose(t, T8a, f)
		n := slices.IndexFunc(findings, func(f Finding) bool { return f.Field == "freeze/repeats" })
		if (n >= 0) != c.held || c.held && (!findings[n].Blocking || !strings.Contains(findings[n].Where, "clause") || findings[n].Dutch.Message == "") {
			t.Errorf("%s: %+v", name, findings)
		}
	}
}
