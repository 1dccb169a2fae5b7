package notice

import (
	"slices"
	"strings"
	"testing"
)

// Requirement: S0-1c, S2-25, S3-5, S3-11, S4-14
func TestLint(t *testing.T) {
	for _, c := range []struct{ rule, text string }{
		{"fine", "Hierop staat een boete van de vijfde categorie."},
		{"fine", "Dat kost u € 100."},
		{"fine", "U riskeert een geldboete."},
		{"dsa_term", "Artikel 16 DSA geeft u daarvoor tien dagen, dus beslis volgens de DSA binnen 24 uur."},
		{"dsa_term", "U moet volgens de wettelijke regels binnen 48 uur beslissen."},
		{"dsa_term", "De beslistermijn van artikel 16 is verstreken."},
		{"dsa_term", "U bent in verzuim."},
		{"ntd_term", "De Gedragscode Notice-and-Take-Down geeft u 10 werkdagen."},
		{"order", "Wij bevelen u de inhoud te verwijderen."},
		{"order", "Wij sommeren u."},
		{"order", "Krachtens onze bevoegdheid als gemeente vragen wij dit."},
		{"order", "U bent wettelijk verplicht dit te verwijderen."},
		{"order", "De officier van justitie moet een bevel geven."},
		{"burden", "Verwijder dit, tenzij u aantoont dat het mag."},
		{"threat", "Anders stellen wij u aansprakelijk."},
		{"lid2", "Dit valt onder artikel 285d, tweede lid, want het gaat om een hulpverlener."},
		{"lid2", "De straf is een derde hoger omdat het om een verpleegkundige gaat."},
		{"lid2", "Voor een huisarts geldt lid 2 van dat artikel."},
		{"ours_named", "Voor vragen belt u mevrouw Verzonnen."},
		{"ours_named", "Met groet, drs. A. van der Nergens"},
		{"ours_named", "Behandelaar: iemand van het team"},
		{"placeholder", "Geachte {{naam}},"},
		{"placeholder", "Op [datum] schreven wij u."},
		{"placeholder", "De datum is <no value>."},
		{"placeholder", "Naam: ........"},
		{"zero_date", "Uiterlijk op maandag 1 januari 1."},
		{"known_each_other", "De plaatser is een ex-patiënt."},
		{"known_each_other", "Vanwege het beroepsgeheim zeggen wij niet meer."},
		{"guilt", "De dader plaatste dit."},
		{"shouting", "Met spoed!"},
		{"indemnity", "Wij vrijwaren u voor alle schade."},
		{"order", "Bewaar de gegevens; u bent daartoe verplicht."},
		{"flagger", "Wij zijn trusted flagger."},
		{"silence", "Uw stilzwijgen is een afwijzing."},
		{"supervisor", "De ACM zal u dwingen de inhoud te verwijderen."},
		{"trigger", "Naar aanleiding van een conflict op de praktijk schrijven wij u."},
		{"klacht_for_another", "Wij dienen namens de betrokkene een klacht in."},
		{"own_analysis", "Uit onze dreigingsanalyse blijkt dat dit ernstig is."},
		{"own_analysis", "De medewerker is ondergedoken."},
		{"too_wide", "Verwijder alle berichten over onze organisatie."},
		{"proves", "Het tijdstempel bewijst dat het er stond."},
		{"id_number", "Het bsn van de medewerker staat erbij."},
		{"id_number", "Rekening NL00 XXXX 0000 0000 00."},
		{"id_number", "Geboortedatum: onbekend"},
		{"partial_value", "Het adres begint met een V."},
		{"tone", "Uw beslissing is onbegrijpelijk."},
		{"threat", "U bent medeplichtig."},
		{"filming", "Het is verboden om agenten of hulpverleners te filmen."},
	} {
		found := Lint(c.text)
		ok := false
		for _, f := range found {
			ok = ok || f.Blocking && f.Code == "lint" && strings.HasPrefix(f.Message, c.rule+":")
		}
		if !ok {
			t.Errorf("%q passes rule %s: %+v", c.text, c.rule, found)
		}
	}
}

func TestLintLeavesRightSentences(t *testing.T) {
	for _, text := range []string{
		"Dit is een verzoek, geen bevel.",
		"Wij ontvangen uw beslissing graag uiterlijk op maandag 12 april 2027. Die datum is ons verzoek, geen wettelijke termijn.",
		"De DSA noemt daarvoor geen vast aantal dagen.",
		"Na de beslissing is er ten minste zes maanden om een klacht in te dienen (artikel 20, lid 1): dat is een wettelijke termijn.",
		"Wij handelen hierbij niet als bestuursorgaan. Deze melding is geen bevel en geen besluit.",
		"Geachte mevrouw, meneer,\n\nHuisartsenpraktijk Voorbeeld doet deze melding als werkgever van de medewerker.",
		"Exacte URL: https://platform.example/boete!/[naam]",
		"Bevestig de ontvangst (artikel 16, lid 4, DSA). Laat ons daarna weten wat u beslist en wat wij daartegen kunnen doen (lid 5).",
		// What a letter says otherwise with the same words.
		"Wij zijn betrouwbare flagger in de zin van artikel 22 DSA voor het gebied doxing (toegekend door ACM, nummer 7).",
		"Filmen is niet verboden. Het gaat om het verspreiden van het woonadres.",
		"Wij ontvangen uw beslissing graag binnen twee weken; dat is ons verzoek.",
		"Daarmee kunnen wij de volgende stap beoordelen.",
		"In artikel 285d, tweede lid, Sr staan beroepen. De functie van de betrokkene hoort daar niet bij.",
		"De aangifte gaat over EU-regels en de europese toezichthouder.",
		"Zie onderdeel [1] van de lijst.",
		"Maak de naam in het bericht onleesbaar.",
		// A month needs no year.
		"In januari 1 melding, in februari 3.",
		"Sinds januari 1 of meer berichten per dag.",
		"Tussen 12 maart en 3 mei stond het online, en op 1 januari weer.",
	} {
		if f := Lint(text); len(f) > 0 {
			t.Errorf("%q: %+v", text, f)
		}
	}
}

func TestLintPolice(t *testing.T) {
	for text, want := range map[string]bool{
		"De politie onderzoekt dit al.": true, "In overleg met de Politie schrijven wij u.": true, "Er is aangifte gedaan.": true, "Er komt een bevel van de officier.": true,
		"Zie artikel 125p Sv.": true, "Dit is een verzoek, geen bevel.": false, "voor het geval dat een bevoegde autoriteit daarom vraagt": false,
		"over het informeren van opsporingsinstanties": false, "Exacte URL: https://forum.example/politie/aangifte": false,
	} {
		if got := len(LintPolice(text)) > 0; got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// The police as an employer name themselves; what they do in a case stays as
// secret as from anybody's letter.
func TestLintPoliceOfAPoliceEmployer(t *testing.T) {
	for text, want := range map[string]bool{
		"Wij zijn de werkgever, de politie, en schrijven over een medewerker (politieagent).": false,
		"Het gaat om een ambtenaar van politie.":                                              false,
		"The person works for the police as a police officer.":                                false,
		"Het bericht noemt het politiebureau waar iemand werkt.":                              false,
		"Er is aangifte gedaan.":                                                              true,
		"Bij de politie is deze zaak bekend onder PL-1.":                                      true,
		"De zaak is ook bij de politie bekend.":                                               true,
		"De politie onderzoekt dit al.":                                                       true,
		"Het politieonderzoek loopt.":                                                         true,
		"Dit is gemeld bij de politie.":                                                       true,
		"In overleg met de recherche schrijven wij u.":                                        true,
		"De officier van justitie beslist.":                                                   true,
		"Onze interceptiedesk heeft u benaderd.":                                              true,
		"The police know this case under PL-1.":                                               true,
		"The case is also known to the police.":                                               true,
		"We have reported this to the police.":                                                true,
		"A police investigation is under way.":                                                true,
		"The police are investigating this.":                                                  true,
	} {
		if got := len(LintPoliceActs(text)) > 0; got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestLintPoliceKnowsSenderAndAddressee(t *testing.T) {
	text := "Steun Politiefamilie, Meldpunt\nAccount: politiekijker\nMet vriendelijke groet,"
	if len(LintPolice(text, "Steun Politiefamilie", "")) > 0 || len(LintPolice(text)) == 0 {
		t.Error("the sender's own name counts")
	}
}

// An item is called by its number in the text: the page shows the same.
func TestHTMLKeepsTheNumbersOfAList(t *testing.T) {
	page := string(HTML(Draft{Text: "1. een\n2. twee\n\nTussendoor.\n\n3. drie\n4. vier\n7. zeven\n007. ook zeven\n\n- punt"}))
	for _, want := range []string{
		"<ol>\n<li>een</li>\n<li>twee</li>\n</ol>", "<ol>\n<li value=\"3\">drie</li>\n<li>vier</li>\n<li value=\"7\">zeven</li>\n<li value=\"7\">ook zeven</li>\n</ol>", "<ul>\n<li>punt</li>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s does not stand in %s", want, page)
		}
	}
}

func TestHTMLEscapes(t *testing.T) {
	page := string(HTML(Draft{Subject: `<script>alert("x")</script>`, Text: "KOP <b>\n\n- een & twee\n- <img src=x>\n\n1. %BODY% %TITLE%\nregel"}))
	for _, bad := range []string{"<script>", "<img", "<b>"} {
		if strings.Contains(page, bad) {
			t.Errorf("%s stands unescaped in %s", bad, page)
		}
	}
	for _, want := range []string{"<ul>\n<li>een &amp; twee</li>", "<ol>\n<li>%BODY% %TITLE%</li>", `<html lang="nl">`} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing in %s", want, page)
		}
	}
}

// What a reader found that passed: the plainest forms of what no letter says.
//
// Requirement: S0-1c, S2-25, S4-14
func TestLintFindsPlainForms(t *testing.T) {
	for _, c := range []struct{ rule, text string }{
		{"filming", "Filmen van agenten is verboden."},
		{"filming", "Het filmen van hulpverleners mag niet."},
		{"filming", "U mag agenten niet filmen."},
		{"filming", "Filming police officers is illegal."},
		{"filming", "Filming aid workers is not allowed."},
		{"flagger", "Als trusted flagger melden wij deze inhoud."},
		{"flagger", "Wij melden dit in onze hoedanigheid van betrouwbare flagger."},
		{"flagger", "As a trusted flagger we report this content."},
		{"fine", "Dat kost u EUR 22.500."},
		{"fine", "It may cost you EUR 22,500."},
		{"fine", "Daarop staat 22.500 EUR."},
		{"dsa_term", "De wet verplicht u dit binnen 24 uur te verwijderen."},
		{"dsa_term", "Volgens de wet moet dit binnen een dag weg."},
		{"dsa_term", "The law requires removal within 24 hours."},
		{"dsa_term", "Within 24 hours you have to remove it under the law."},
		{"burden", "U moet verwijderen, tenzij de inhoud legitiem is."},
		{"burden", "Verwijder dit, tenzij blijkt dat de inhoud rechtmatig is."},
		{"burden", "Remove it unless the content is legitimate."},
		{"burden", "Remove it unless it is shown to be lawful."},
		{"order", "Hierbij bevelen wij u de inhoud te verwijderen."},
		{"order", "Daarom sommeren wij u."},
		{"order", "We hereby order you to remove the content."},
		{"order", "We hereby demand removal."},
		{"threat", "Verwijder dit, anders volgen juridische stappen."},
		{"threat", "Wij zullen juridische stappen nemen."},
		{"threat", "Anders stappen wij naar de rechter."},
		{"threat", "If not, we will take legal action."},
		{"threat", "Legal action will follow."},
		{"lid2", "Aid workers fall under paragraph 2."},
		{"lid2", "Paragraph 2 covers paramedics and emergency workers."},
		{"lid2", "Voor zorgmedewerkers en ambtenaren van de gemeente geldt het tweede lid."},
		{"placeholder", "een medewerker ([functie])"},
		{"placeholder", "Geachte {naam},"},
		{"placeholder", "Datum: dd-mm-jjjj"},
		{"placeholder", "Date: dd/mm/yyyy"},
		{"placeholder", "Vul hier de naam in"},
		{"placeholder", "Geachte <naam>,"},
		{"placeholder", "Enter the name here"},
	} {
		if !lints(Lint(c.text), c.rule) {
			t.Errorf("%q passes rule %s: %+v", c.text, c.rule, Lint(c.text))
		}
	}
}

func lints(found []Finding, rule string) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Blocking && strings.HasPrefix(f.Message, rule+":") })
}

// A sender may be called as no letter of ours would call somebody.
func TestLintKnowsSenderAndAddressee(t *testing.T) {
	for _, name := range []string{"Huisartsenpraktijk dr. Jansen", "Mr. Visser Advocaten", "Dr. Nassau College", "Yahoo! Nederland", "Mevrouw Bakker Zorg", "Euro Hosting", "TBC Media"} {
		text := name + " doet deze melding als werkgever van de medewerker.\nAan: " + name + ", post@sender.example"
		if f := Lint(text, name, "post@sender.example"); len(f) > 0 {
			t.Errorf("%q: %+v", name, f)
		}
		if len(Lint(text+"\nVoor vragen belt u mevrouw Verzonnen!", name)) != 2 {
			t.Errorf("with the name %q nothing else is found", name)
		}
	}
	if f := Lint("Deze melding is van MR. VISSER ADVOCATEN.", "Mr. Visser Advocaten"); len(f) > 0 {
		t.Errorf("in capitals: %+v", f)
	}
}

// What names a place or shows a function tells no act of the police.
func TestLintPoliceKnowsPlaces(t *testing.T) {
	text := "Zie https://politieforum.example/t/1 en het forum politieforum.example.\n- onderdeel 1: in de groep Politie Gespot\nhet gaat om een medewerker (officier van justitie)"
	if f := LintPolice(text, "politieforum.example", "Politie Gespot", "(officier van justitie)"); len(f) > 0 {
		t.Errorf("%+v", f)
	}
	if len(LintPolice(text+"\nDe politie onderzoekt dit.", "politieforum.example", "Politie Gespot", "(officier van justitie)")) == 0 {
		t.Error("an act of the police passes")
	}
	if len(LintPolice("De officier van justitie beslist.", "(officier van justitie)")) == 0 {
		t.Error("an act of the prosecutor passes")
	}
}

// No letter of the police as an employer is stopped by what it has to say.
func TestLettersOfAPoliceEmployerTellNoAct(t *testing.T) {
	for _, instrument := range []string{T1, T2, T3, T4, T4b, T5, T6, T8a, T13, T14} {
		for _, language := range Languages() {
			f := demoFacts(instrument)
			f.Organisation.Name, f.Organisation.PublicBody = "Politie-eenheid Voorbeeld", true
			f.Persons[0].Function, f.Persons[0].FunctionIdentifies = "politieagent", false
			f.Persons[0].InCapacity, f.Persons[0].Capacity, f.Persons[0].CapacityTerm = true, "ambtenaar_politie", "ambtenaar van politie"
			if f.Relay != nil {
				f.Relay.OthersTold = []string{"none"}
			}
			if f.Supervision != nil {
				f.Supervision.Proceedings = []string{"none"}
			}
			d, _, err := Compose(instrument, language, f)
			if err != nil {
				t.Fatal(err)
			}
			if found := LintPoliceActs(d.Subject+"\n"+d.Text, f.Organisation.Name); len(found) > 0 {
				t.Errorf("%s %s: %+v in\n%s", instrument, language, found, d.Text)
			}
		}
	}
}

// What an account is called is no sentence of ours, in a list and in a form's
// field; a word that a sentence may say stays one.
func TestLintKnowsAccounts(t *testing.T) {
	for _, handle := range []string{"lisa___88", "@lisa___88", "mr.Verzinsel!", "politiekijker", "boete_fan", "xxxdag", "dr.Nergens"} {
		names := AccountNames(handle, "id___1", "")
		bare := strings.TrimPrefix(handle, "@")
		text := "Het gaat om deze accounts:\n- @" + bare + ", accountnummer id___1, onderdeel 1\n- " + bare + ", onderdeel 2"
		if f := append(Lint(text, names...), LintPolice(text, names...)...); len(f) > 0 {
			t.Errorf("%q: %+v", handle, f)
		}
		if f := Lint(bare, names...); len(f) > 0 {
			t.Errorf("%q alone: %+v", handle, f)
		}
		if !lints(Lint(text+"\nNaam: ____", names...), "placeholder") {
			t.Errorf("with the account %q a placeholder passes", handle)
		}
	}
	for handle, sentence := range map[string]string{"politie": "De politie onderzoekt dit.", "aangifte": "Er is aangifte gedaan.", "dader": "De dader plaatste dit.", "boete": "Daarop staat een boete.", "bsn": "Het bsn staat erbij."} {
		if len(Lint(sentence, AccountNames(handle)...))+len(LintPolice(sentence, AccountNames(handle)...)) == 0 {
			t.Errorf("with the account %q passes %q", handle, sentence)
		}
		if f := append(Lint("- @"+handle, AccountNames(handle)...), LintPolice("- @"+handle, AccountNames(handle)...)...); len(f) > 0 {
			t.Errorf("@%s: %+v", handle, f)
		}
	}
}
