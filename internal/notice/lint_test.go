package notice

import (
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

func TestLintPoliceKnowsSenderAndAddressee(t *testing.T) {
	text := "Steun Politiefamilie, Meldpunt\nAccount: politiekijker\nMet vriendelijke groet,"
	if len(LintPolice(text, "Steun Politiefamilie", "")) > 0 || len(LintPolice(text)) == 0 {
		t.Error("the sender's own name counts")
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
