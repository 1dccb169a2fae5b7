package correspondence

import "testing"

const (
	gotNL = "Wij hebben uw melding ontvangen. "
	gotEN = "We have received your report. "
	gotDE = "Wir haben Ihre Meldung erhalten. "
	gotFR = "Nous avons bien reçu votre signalement. "
)

func verdictOf(text string) Verdict {
	return classify(traced{from: desk, subject: answersTo, text: text}.raw())
}

// readByAPerson holds that nothing follows from a text before a person read it:
// an unclear receipt, or a decision that is likely at most.
func readByAPerson(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		v := verdictOf(text)
		switch {
		case v.Kind == KindDecision && v.Confidence != Clear, v.Kind == KindOther:
		case v.Kind == KindAcknowledgement && v.Confidence == Unclear:
		default:
			t.Errorf("%s\n got %s %q %s by %s %q", text, v.Kind, v.Decision, v.Confidence, v.Rule, v.Phrase)
		}
	}
}

func staysAReceipt(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if v := verdictOf(text); v.Kind != KindAcknowledgement || v.Confidence != Clear {
			t.Errorf("%s\n got %s %q %s by %s %q", text, v.Kind, v.Decision, v.Confidence, v.Rule, v.Phrase)
		}
	}
}

// A refusal until a court orders otherwise refuses now, and what was done after
// something else happened was done.
func TestARefusalOrARemovalBehindAConditionWordIsReadByAPerson(t *testing.T) {
	readByAPerson(t,
		gotEN+"Unless we receive a court order, we cannot remove the content.",
		gotEN+"Unless we receive a court order we cannot remove the content.",
		"Thank you for your report. Unless we receive a court order, we cannot remove the content.",
		"Thank you for your report. Unless a court says otherwise the page is there to stay.",
		"Thank you for your report. Unless we receive a court order, we cannot remove the content. We will get back to you if anything changes.",
		gotEN+"Unless a court orders otherwise, we will not remove the content.",
		gotEN+"We will not remove the content unless a court orders so.",
		gotEN+"If it concerns defamation we do not take action without a court order.",
		gotEN+"If there is no judgment of a court, the content will remain online.",
		gotNL+"Tenzij een rechter anders beslist, blijft de inhoud online.",
		gotNL+"Als er geen vonnis is, blijft de inhoud online.",
		"Bedankt voor uw melding. Tenzij u een rechterlijk vonnis heeft, kunnen wij de inhoud niet verwijderen.",
		"Uw melding is ontvangen. Zolang de klant niet reageert, blijft de inhoud online.",
		gotNL+"Zolang er geen rechterlijk bevel is, gaan wij niet over tot verwijdering.",
		"Vielen Dank für Ihre Meldung. Sofern kein Gerichtsbeschluss vorliegt, können wir den Inhalt nicht entfernen.",
		gotDE+"Solange kein Urteil vorliegt, bleibt der Beitrag online.",
		gotDE+"Es sei denn, es liegt ein Urteil vor, bleibt der Beitrag online.",
		gotDE+"Wir haben geprüft, ob ein Verstoß vorliegt, und den Beitrag nicht entfernt.",
		gotDE+"Nachdem der Kunde informiert war, wurde die Seite gelöscht.",
		gotEN+"When we contacted the customer he agreed and the page has been removed.",
		gotEN+"When our team checked the URL the content had been taken down and is no longer available.",
		gotEN+"As soon as our team saw it the content was removed.",
		gotEN+"We considered whether the content breaches our policy, and we are unable to remove it.",
		gotEN+"We checked if it breaks our rules and the post has been removed.",
		gotEN+"Even though we understand your concern, when balancing rights we decided not to take action.",
		gotNL+"Als het om een strafbaar feit gaat moet u aangifte doen, wij gaan niet over tot verwijdering.",
		gotNL+"Nadat de klant was aangeschreven is de pagina verwijderd.",
		gotNL+"Zodra wij ervan hoorden hebben wij de pagina verwijderd.",
		gotNL+"Wij hebben bekeken of de publicatie in strijd is met onze regels, en wij gaan niet over tot verwijdering.",
		gotFR+"À moins que vous ne produisiez une décision de justice, ce contenu restera en ligne.",
		gotFR+"Lorsque nous avons vérifié la page a été supprimée.",
		gotFR+"Tant qu'un juge n'a pas statué, ce contenu restera en ligne.",
	)
}

// A receipt covers no words that speak of a decision, whichever they are.
func TestADecisionInOtherWordsBesideAReceiptIsReadByAPerson(t *testing.T) {
	readByAPerson(t,
		gotNL+"De inhoud is inmiddels verwijderd.", gotNL+"De inhoud is reeds verwijderd.", gotNL+"De pagina is nu verwijderd.",
		gotNL+"De inhoud is intussen van onze servers verwijderd.", gotNL+"De klant heeft de pagina verwijderd.",
		gotNL+"Wij hebben de gemelde inhoud verwijderd.", gotNL+"Deze is per direct weggehaald.", gotNL+"De site staat niet langer online.",
		"Wij hebben uw melding ontvangen en de pagina weggehaald.",
		gotNL+"De inhoud is niet onrechtmatig.", gotNL+"Wij ondernemen geen actie.", gotNL+"Uw verzoek wordt afgewezen.",
		gotNL+"Wij honoreren uw verzoek niet.", gotNL+"Wij gaan niet tot verwijdering over.", gotNL+"Wij zien geen grond om in te grijpen.",
		gotNL+"Wij kunnen hier niets aan doen, want de klant weigert.", gotNL+"Wij kunnen u helaas niet helpen.",
		gotEN+"The content has already been removed.", gotEN+"The content has since been removed.", gotEN+"The customer has removed the content.",
		gotEN+"The user deleted the post.", gotEN+"The page is gone.", gotEN+"We have now taken this page down.",
		gotEN+"We will not be taking any action.", gotEN+"We have decided to leave the content up.", gotEN+"We see no reason to remove the content.",
		gotEN+"We found no grounds for removal.", gotEN+"We do not consider the content unlawful.", gotEN+"It stays up.",
		gotDE+"Der Beitrag wurde inzwischen entfernt.", gotDE+"Der Inhalt wurde bereits gelöscht.", gotDE+"Der Kunde hat den Inhalt entfernt.",
		gotDE+"Ein Verstoß liegt nicht vor.", gotDE+"Wir sehen keinen Handlungsbedarf.", gotDE+"Nach Prüfung sehen wir keinen Grund, den Beitrag zu entfernen.",
		gotFR+"La publication a bien été supprimée.", gotFR+"Nous ne donnerons pas suite à votre demande.", gotFR+"Ce contenu n'est pas manifestement illégal.",
		gotNL+"Wij hebben het account van de gebruiker gesloten.", gotNL+"De inhoud is niet meer te vinden.", gotNL+"De pagina geeft nu een 404.",
		gotNL+"De link werkt niet meer.", gotNL+"Wij hebben de website afgesloten.", gotNL+"Wij hebben de inhoud ontoegankelijk gemaakt.",
		gotNL+"De klant heeft het bericht aangepast.", gotNL+"Wij delen uw standpunt niet.", gotNL+"Wij zijn het niet met u eens.",
		gotNL+"Uw melding is ongegrond.", gotNL+"Wij achten de uiting rechtmatig.", gotNL+"De uiting valt onder de vrijheid van meningsuiting.",
		gotNL+"Wij kunnen niet vaststellen dat dit onrechtmatig is.", gotNL+"U dient aangifte te doen bij de politie.", gotNL+"De zaak is gesloten.",
		gotEN+"We have closed the account.", gotEN+"The link no longer works.", gotEN+"The page now returns a 404.",
		gotEN+"We do not agree with your assessment.", gotEN+"We consider the statement protected by freedom of expression.", gotEN+"Your report is unfounded.",
		gotEN+"The matter has been resolved.", gotEN+"The issue is resolved.", gotEN+"This is a civil matter between you and our customer.",
		gotEN+"We require a court order.", gotEN+"We have nullrouted the IP.", gotEN+"The content was modified by our client.",
		gotEN+"We have declined your request.", gotEN+"Your request is denied.", gotDE+"Die Seite ist nicht mehr vorhanden.",
		gotDE+"Der Vorgang ist abgeschlossen.", gotDE+"Die Äußerung ist von der Meinungsfreiheit gedeckt.", gotDE+"Ihre Beschwerde ist unbegründet.",
		gotDE+"Wir haben das Konto geschlossen.", gotFR+"Votre demande est infondée.", gotFR+"Le compte a été fermé.",
		gotFR+"Ce contenu relève de la liberté d'expression.", gotFR+"La page n'existe plus.", gotFR+"Le contenu a disparu.",
		gotFR+"Nous avons procédé à la suppression du contenu.", gotFR+"Ce contenu est conforme à nos conditions et nous le maintenons.",
	)
	v := classify(traced{from: robot, subject: "Your report", text: "We received your report. The post you reported stays up: it follows our rules."}.raw())
	if v.Kind != KindAutoReply || v.Confidence != Unclear {
		t.Errorf("of a machine: %+v", v)
	}
}

// What will be done, would be done, or was asked for is no decision.
func TestAReceiptStaysOne(t *testing.T) {
	staysAReceipt(t,
		"Thank you for your report. We will review it and remove the content if it violates our policies.",
		"Wij hebben uw melding ontvangen en nemen deze in behandeling.",
		"Wij hebben uw verzoek tot verwijdering ontvangen.", "We have received your removal request.",
		"We have received your report about illegal content.", "Your request to have content removed has been received.",
		gotNL+"U hoeft geen actie te ondernemen.", gotNL+"Wij hebben nog geen actie ondernomen.", gotNL+"De inhoud wordt verwijderd als deze onze regels schendt.",
		gotNL+"Wij beoordelen de rechtmatigheid van de inhoud.", gotNL+"Is de inhoud niet onmiskenbaar onrechtmatig, dan verwijderen wij deze niet. Wij houden u op de hoogte.",
		gotEN+"No further action is required from you.", gotEN+"We will take action if we find a violation.",
		gotEN+"If the content violates our policies, it is removed.", gotEN+"Once reviewed, content that violates our policies is removed.",
		gotEN+"We may not be able to inform you of any action taken.", gotEN+"Please do not remove the reference from the subject.",
		gotDE+"Falls ein Verstoß vorliegt, wird der Inhalt entfernt.", gotDE+"Wir prüfen, ob ein Verstoß vorliegt, und melden uns.",
		gotDE+"Ihre Daten werden nach 6 Monaten gelöscht.", gotDE+"Ihr Antrag auf Löschung ist bei uns eingegangen.",
		gotNL+"Op zondag zijn wij gesloten.", gotEN+"Your ticket will be closed once it is answered.", gotEN+"If you do not agree, please reply.",
		gotDE+"Sobald die Prüfung abgeschlossen ist, melden wir uns.",
		gotFR+"Votre demande de suppression a été enregistrée.", gotFR+"Si le contenu est illicite, il sera supprimé.",
		"Nous avons bien reçu votre signalement de contenu illicite.", gotFR+"Nous n'avons pas encore pris de mesure.",
	)
}

// What is policy, a wish, a threat or a footer decides nothing of ours by itself.
func TestWhatStandsBesideAReceiptDecidesOnlyWithAPerson(t *testing.T) {
	for _, text := range []string{
		gotNL + "Is de inhoud niet onmiskenbaar onrechtmatig, dan verwijderen wij deze niet.",
		gotNL + "Is de inhoud dan niet verwijderd, dan sluiten wij de website af.",
		gotNL + "Wij zijn niet verplicht inhoud te verwijderen die niet onmiskenbaar onrechtmatig is.",
		gotNL + "Wij vragen onze klant om te zorgen dat binnen 24 uur de inhoud is verwijderd.",
		gotNL + "Uw toegang tot ons portaal is geblokkeerd.",
		gotDE + "Hat unser Kunde den Inhalt binnen 48 Stunden nicht entfernt, sperren wir die Seite.",
		gotDE + "Liegt kein Verstoß vor, bleibt der Inhalt online.",
		gotEN + "Please note that not all reports lead to removal: content that does not violate our Terms is not removed.",
		gotEN + "All other content will remain online.",
		gotEN + "We have asked our customer to make sure the content has been removed by Friday.",
		gotEN + "Our web form for reports is no longer available.",
	} {
		if v := verdictOf(text); v.Kind == KindDecision && v.Confidence == Clear {
			t.Errorf("%s\n got %s %q %s by %s %q", text, v.Kind, v.Decision, v.Confidence, v.Rule, v.Phrase)
		}
	}
	holdTraced(t, []traced{
		{text: gotNL + "De inhoud is verwijderd.", kind: KindDecision, decision: DecisionRemoved, sure: Likely},
		{text: gotEN + "The content does not violate our rules.", kind: KindDecision, decision: DecisionRefused, sure: Likely},
		{text: gotNL + "Wij hebben uw melding doorgestuurd naar onze klant.", kind: KindDecision, decision: DecisionForwarded, sure: Clear},
	})
}

// Without a receipt beside it, what only may be or was only asked for is none
// either.
func TestWhatOnlyMayBeOrWasAskedForIsNoDecision(t *testing.T) {
	for _, text := range []string{
		"Is de inhoud niet onmiskenbaar onrechtmatig, dan verwijderen wij deze niet.",
		"De klant krijgt 48 uur. Is de inhoud dan niet verwijderd, dan sluiten wij de website af.",
		"Hat unser Kunde den Inhalt binnen 48 Stunden nicht entfernt, sperren wir die Seite.",
		"Liegt kein Verstoß vor, bleibt der Inhalt online.",
		"We have asked our customer to make sure the content has been removed by Friday.",
		"Wij vragen onze klant om te zorgen dat binnen 24 uur de inhoud is verwijderd.",
		"Our web form for reports is no longer available.",
		"Uw toegang tot ons portaal is geblokkeerd.", "Ihr Zugang zum Portal wurde gesperrt.",
	} {
		if v := verdictOf(text); v.Kind == KindDecision && v.Confidence == Clear {
			t.Errorf("%s\n got %s %q %s by %s %q", text, v.Kind, v.Decision, v.Confidence, v.Rule, v.Phrase)
		}
	}
	holdTraced(t, []traced{
		{text: "De inhoud is inmiddels verwijderd.", kind: KindDecision, decision: DecisionRemoved, sure: Clear},
		{text: "De inhoud is niet onrechtmatig.", kind: KindDecision, decision: DecisionRefused, sure: Clear},
		{text: "The customer has removed the content.", kind: KindDecision, decision: DecisionRemoved, sure: Clear},
		{text: "Der Beitrag wurde inzwischen entfernt.", kind: KindDecision, decision: DecisionRemoved, sure: Clear},
		{text: "La publication a bien été supprimée.", kind: KindDecision, decision: DecisionRemoved, sure: Clear},
		{text: "Uw verzoek wordt afgewezen indien u niet reageert.", kind: KindOther, sure: Unclear},
	})
}
