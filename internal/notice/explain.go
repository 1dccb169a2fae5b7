package notice

import "strings"

// entry says of a part of the facts why an instrument needs it and where it is
// entered.
type entry struct{ why, where, whyDutch, whereDutch string }

// entries are by the part of the facts that a finding names; the longest part
// that fits counts (domain.md §8, api.md).
var entries = map[string]entry{
	"organisation": {
		"block A: the sender; art. 16(2)(c) DSA asks for name and e-mail address", "settings: PUT /v1/settings",
		"blok A: de afzender; artikel 16, tweede lid, onder c, DSA vraagt naam en e-mailadres", "instellingen: PUT /v1/settings",
	},
	"organisation/signatoryFunction": {
		"block A, printed names: function and organisation stand in the letter, the name in the record", "settings, signatoryFunction: PUT /v1/settings",
		"blok A, gedrukte namen: functie en organisatie staan in de brief, de naam in het dossier", "instellingen, signatoryFunction: PUT /v1/settings",
	},
	"addressee": {
		"block A: to whom it goes; which articles bind it depends on its service", "contact register: PUT /v1/contacts/{contact}",
		"blok A: aan wie het gaat; welke artikelen hem binden, hangt van zijn dienst af", "contactregister: PUT /v1/contacts/{contact}",
	},
	"addressee/form": {
		"a form takes no more than its fields hold; nothing is shortened unseen", "document: PUT /v1/documents/{doc}",
		"een formulier bevat niet meer dan in zijn velden past; niets wordt ongezien ingekort", "document: PUT /v1/documents/{doc}",
	},
	"addressee/fields": {
		"a text for each field is prepared only for a form whose fields are known", "contact: form, PUT /v1/contacts/{contact}",
		"een tekst per veld wordt alleen voorbereid voor een formulier waarvan de velden bekend zijn", "contact: form, PUT /v1/contacts/{contact}",
	},
	"addressee/source": {
		"§8 T1: why this intermediary", "contact register, source: PUT /v1/contacts/{contact}",
		"§8 T1: waarom deze tussenpersoon", "contactregister, herkomst: PUT /v1/contacts/{contact}",
	},
	"provider": {
		"§8 T7: who would carry the order out; arts 9, 11, 13 DSA and 138g Sv", "contact register: PUT /v1/contacts/{contact}",
		"§8 T7: wie het bevel zou uitvoeren; artikelen 9, 11 en 13 DSA en 138g Sv", "contactregister: PUT /v1/contacts/{contact}",
	},
	"persons": {
		"art. 16(2)(a) DSA: whose data they are, by relation", "case, affected persons: POST /v1/cases",
		"artikel 16, tweede lid, onder a, DSA: om wiens gegevens het gaat, naar verhouding tot de organisatie", "zaak, betrokkenen: POST /v1/cases",
	},
	"mandate": {
		"arts 17, 20 and 53: only the person, or who has their mandate", "consent with its mandate: PUT /v1/cases/{case}/people/{person}/consents/{action}",
		"artikelen 17, 20 en 53: alleen de betrokkene, of wie diens volmacht heeft", "toestemming met volmacht: PUT /v1/cases/{case}/people/{person}/consents/{action}",
	},
	"items": {
		"art. 16(2)(b) DSA, 125p(2)(c) Sv: the exact location and which part of it", "item: PATCH /v1/cases/{case}/items/{item}",
		"artikel 16, tweede lid, onder b, DSA en 125p, tweede lid, onder c, Sv: de exacte plaats en welk deel daarvan", "onderdeel: PATCH /v1/cases/{case}/items/{item}",
	},
	"items/indicators": {
		"art. 285d(1) Sr: without a purpose it is no doxing", "assessment: PUT /v1/cases/{case}/items/{item}/assessment",
		"artikel 285d, eerste lid, Sr: zonder oogmerk is het geen doxing", "beoordeling: PUT /v1/cases/{case}/items/{item}/assessment",
	},
	"items/firstSeenBy": {
		"§8 T12: each fact of a report has its time and its source", "item, firstSeenBy: PATCH /v1/cases/{case}/items/{item}",
		"§8 T12: bij elk feit van een aangifte staan tijd en bron", "onderdeel, firstSeenBy: PATCH /v1/cases/{case}/items/{item}",
	},
	"items/stillOnlineAt": {
		"\"still online\" is said only after somebody looked", "check of the page: POST /v1/cases/{case}/items/{item}/check",
		"„nog online” wordt alleen gezegd nadat iemand heeft gekeken", "controle van de pagina: POST /v1/cases/{case}/items/{item}/check",
	},
	"grounds": {
		"art. 16(2)(a) DSA: why it is illegal, by the law of the day of the act", "assessment: PUT /v1/cases/{case}/items/{item}/assessment",
		"artikel 16, tweede lid, onder a, DSA: waarom het onrechtmatig is, naar het recht van de dag van het feit", "beoordeling: PUT /v1/cases/{case}/items/{item}/assessment",
	},
	"unlawful": {
		"art. 16(2)(a) DSA, §8 T1: the facts that make it unmistakable, where no offence is claimed", "assessment, because and weighing of the ground: PUT /v1/cases/{case}/items/{item}/assessment",
		"artikel 16, tweede lid, onder a, DSA, §8 T1: de feiten die het onmiskenbaar maken, als geen strafbaar feit wordt gesteld", "beoordeling, because en weighing bij de grond: PUT /v1/cases/{case}/items/{item}/assessment",
	},
	"unlawful/alone": {
		"nothing is asked: approve it as it is, or plead a ground of the law as well", "assessment, another ground beside own_terms: PUT /v1/cases/{case}/items/{item}/assessment",
		"er hoeft niets: keur het goed zoals het is, of voer ook een grond van de wet aan", "beoordeling, een andere grond naast own_terms: PUT /v1/cases/{case}/items/{item}/assessment",
	},
	"addressee/serviceKind": {
		"art. 16 DSA binds hosting services; which the addressee is stands in the register", "contact register, serviceKind: PUT /v1/contacts/{contact}",
		"artikel 16 DSA bindt hostingdiensten; of de geadresseerde dat is, staat in het register", "contactregister, serviceKind: PUT /v1/contacts/{contact}",
	},
	"effects": {
		"§8 T7: the effects are a dimension of the prosecutor's guideline", "assessment: PUT /v1/cases/{case}/items/{item}/assessment",
		"§8 T7: de gevolgen zijn een punt in de richtlijn van het OM", "beoordeling: PUT /v1/cases/{case}/items/{item}/assessment",
	},
	"attempts": {
		"NTD code: the site operator comes before the hoster", "attempts: POST /v1/cases/{case}/contact-attempts",
		"NTD-code: de beheerder van de site gaat voor de hoster", "contactpogingen: POST /v1/cases/{case}/contact-attempts",
	},
	"posterNotContacted": {
		"§8 T1: why the poster was not approached is said apart", "attempts, role poster and result not_approached with its reason: POST /v1/cases/{case}/contact-attempts",
		"§8 T1: waarom de plaatser niet is benaderd, staat er apart", "contactpogingen, rol poster en uitkomst not_approached met de reden: POST /v1/cases/{case}/contact-attempts",
	},
	"earlier": {
		"a reminder or complaint goes on from what was sent and proven", "the earlier document: POST /v1/documents/{doc}/filing",
		"een herinnering of klacht bouwt voort op wat aantoonbaar is verzonden", "het eerdere document: POST /v1/documents/{doc}/filing",
	},
	"decision": {
		"art. 20(1)-(2) DSA: a complaint is against a decision, from the day we were told", "reply: POST /v1/replies/{reply}/classification",
		"artikel 20, eerste en tweede lid, DSA: een klacht richt zich tegen een beslissing, vanaf de dag waarop die ons is meegedeeld", "antwoord: POST /v1/replies/{reply}/classification",
	},
	"reports": {
		"§8 T7, T12: the police find the facts by their own number", "police report: PUT /v1/cases/{case}/police-reports/{report}",
		"§8 T7, T12: de politie vindt de feiten onder haar eigen nummer", "aangifte of melding: PUT /v1/cases/{case}/police-reports/{report}",
	},
	"evidence": {
		"each element is shown by a numbered file", "evidence of the item: POST /v1/cases/{case}/evidence",
		"elk bestanddeel blijkt uit een genummerd bestand", "bewijs bij het onderdeel: POST /v1/cases/{case}/evidence",
	},
	"klachten": {
		"arts 64, 66 Sr: the klacht is the person's own and its term is fatal", "klacht: PUT /v1/cases/{case}/people/{person}/complaints/{offence}",
		"artikelen 64 en 66 Sr: de klacht is van de betrokkene zelf en haar termijn is fataal", "klacht: PUT /v1/cases/{case}/people/{person}/complaints/{offence}",
	},
	"klachten/needed": {
		"the law asks for a klacht under a condition: whether it holds decides on the fatal term of art. 66 Sr", "klacht: PUT /v1/cases/{case}/people/{person}/complaints/{offence}",
		"de wet vraagt een klacht onder een voorwaarde: of die geldt, bepaalt of de fatale termijn van artikel 66 Sr loopt", "klacht: PUT /v1/cases/{case}/people/{person}/complaints/{offence}",
	},
	"secrecyDecided": {
		"§8: professional secrecy is a legal adviser's decision", "decision on secrecy: POST /v1/cases/{case}/decisions",
		"§8: over het beroepsgeheim beslist een juridisch adviseur", "besluit over het beroepsgeheim: POST /v1/cases/{case}/decisions",
	},
	"sealed": {
		"§8: who and where stands in the sealed annex alone", "case, affected persons: POST /v1/cases",
		"§8: wie en waar staat alleen in de verzegelde bijlage", "zaak, betrokkenen: POST /v1/cases",
	},
	"freeze": {
		"§8 T8: which accounts, which data, until when", "particulars of the track: PUT /v1/tracks/{track}/particulars",
		"§8 T8: welke accounts, welke gegevens, tot wanneer", "bijzonderheden van de route: PUT /v1/tracks/{track}/particulars",
	},
	"freeze/repeats": {
		"art. 23(1) DSA or the platform's own terms (art. 14 DSA): without either nothing says why an account may be restricted", "particulars of the track, clause with versionOf or repeats: PUT /v1/tracks/{track}/particulars",
		"artikel 23, eerste lid, DSA of de eigen voorwaarden van het platform (artikel 14 DSA): zonder een van beide zegt niets waarom een account mag worden beperkt", "bijzonderheden van de route, clause met versionOf of repeats: PUT /v1/tracks/{track}/particulars",
	},
	"dispute": {
		"art. 21 DSA: the body must be certified for this platform, language and subject", "particulars of the track: PUT /v1/tracks/{track}/particulars",
		"artikel 21 DSA: het orgaan moet voor dit platform, deze taal en dit onderwerp gecertificeerd zijn", "bijzonderheden van de route: PUT /v1/tracks/{track}/particulars",
	},
	"dispute/languages": {
		"art. 21(3) DSA and the body's rules: in which languages it works", "contact register, languages: PUT /v1/contacts/{contact}",
		"artikel 21, derde lid, DSA en de regels van het orgaan: in welke talen het werkt", "contactregister, talen: PUT /v1/contacts/{contact}",
	},
	"dispute/outcome": {
		"art. 21(1) DSA: what came of the internal complaint, if there was one", "reply: POST /v1/replies/{reply}/classification",
		"artikel 21, eerste lid, DSA: wat er van de interne klacht kwam, als die er was", "antwoord: POST /v1/replies/{reply}/classification",
	},
	"dispute/complaintAt": {
		"art. 21(1) DSA: what came of the internal complaint, if there was one", "the earlier document: POST /v1/documents/{doc}/filing",
		"artikel 21, eerste lid, DSA: wat er van de interne klacht kwam, als die er was", "het eerdere document: POST /v1/documents/{doc}/filing",
	},
	"dispute/mandate": {
		"art. 21(1) DSA: who comes in the person's name shows their mandate", "evidence of purpose mandate, named by the consent: PUT /v1/cases/{case}/people/{person}/consents/{action}",
		"artikel 21, eerste lid, DSA: wie namens de betrokkene komt, laat de volmacht zien", "bewijs met doel mandate, genoemd bij de toestemming: PUT /v1/cases/{case}/people/{person}/consents/{action}",
	},
	"dispute/copies": {
		"§8 T4b: copies of decision and complaint go along", "reply, its words: POST /v1/replies",
		"§8 T4b: kopieën van de beslissing en de klacht gaan mee", "antwoord, met zijn tekst: POST /v1/replies",
	},
	"supervision": {
		"art. 53 DSA: recipients may complain, of named articles", "particulars of the track: PUT /v1/tracks/{track}/particulars",
		"artikel 53 DSA: afnemers kunnen klagen, over genoemde artikelen", "bijzonderheden van de route: PUT /v1/tracks/{track}/particulars",
	},
	"supervision/proceedings": {
		"§8 T5: the authority is told of other proceedings", "particulars of the track: PUT /v1/tracks/{track}/particulars",
		"§8 T5: de toezichthouder hoort van andere procedures", "bijzonderheden van de route: PUT /v1/tracks/{track}/particulars",
	},
	"supervision/established": {
		"art. 53 DSA: the coordinator of the place of establishment is competent", "contact register, country: PUT /v1/contacts/{contact}",
		"artikel 53 DSA: de coördinator van de plaats van vestiging is bevoegd", "contactregister, land: PUT /v1/contacts/{contact}",
	},
	"erasure": {
		"art. 17 GDPR: the person's request, its ground, and why expression does not prevail", "particulars of the track: PUT /v1/tracks/{track}/particulars",
		"artikel 17 AVG: het verzoek van de betrokkene, de grond, en waarom de meningsuiting niet voorgaat", "bijzonderheden van de route: PUT /v1/tracks/{track}/particulars",
	},
	"infringement": {
		"§8 T13: what was asked, when it was received, what came of it", "particulars of the track: PUT /v1/tracks/{track}/particulars",
		"§8 T13: wat is gevraagd, wanneer het is ontvangen, wat ervan kwam", "bijzonderheden van de route: PUT /v1/tracks/{track}/particulars",
	},
	"summons": {
		"§8 T9: after the police gate, through a lawyer", "particulars of the track: PUT /v1/tracks/{track}/particulars",
		"§8 T9: na de afstemming met de politie, via een advocaat", "bijzonderheden van de route: PUT /v1/tracks/{track}/particulars",
	},
	"form": {
		"consent is given per action, informed", "consent form: POST /v1/cases/{case}/documents",
		"toestemming wordt per handeling gegeven, na voorlichting", "toestemmingsformulier: POST /v1/cases/{case}/documents",
	},
	"evaluation": {
		"S0-26: the case is evaluated with person and team", "evaluation: PUT /v1/cases/{case}/evaluation",
		"S0-26: de zaak wordt geëvalueerd met de betrokkene en het team", "evaluatie: PUT /v1/cases/{case}/evaluation",
	},
	"evaluation/results": {
		"§8 T11: what worked is learned from results", "outcome of the item: PUT /v1/cases/{case}/items/{item}/outcome",
		"§8 T11: van uitkomsten wordt geleerd wat werkt", "uitkomst van het onderdeel: PUT /v1/cases/{case}/items/{item}/outcome",
	},
	"relay": {
		"§8 T14: the person agreed, or an override is recorded", "consents: PUT /v1/cases/{case}/people/{person}/consents/{action}",
		"§8 T14: de betrokkene stemde in, of er is een besluit om daarvan af te wijken", "toestemmingen: PUT /v1/cases/{case}/people/{person}/consents/{action}",
	},
	"template": {
		"a text that no lawyer read is the approver's to weigh", "templates/LANGUAGE/INSTRUMENT.tmpl, header review",
		"een tekst die geen jurist heeft gelezen, weegt de goedkeurder zelf", "templates/TAAL/INSTRUMENT.tmpl, regel review",
	},
	"reference": {
		"block A: replies are matched by it", "drawn when the document is drafted",
		"blok A: antwoorden worden erop teruggevonden", "wordt bij het opstellen toegekend",
	},
	"draftedAt": {
		"block A: the law and the terms are those of a day", "set when the document is drafted",
		"blok A: recht en termijnen zijn die van een dag", "wordt bij het opstellen gezet",
	},
	"answerBy": {
		"whose date it is decides how it is called: legal, self-set or policy", "contact register, own term: PUT /v1/contacts/{contact}",
		"wiens datum het is, bepaalt hoe die heet: van de wet, van de geadresseerde zelf of van ons", "contactregister, eigen termijn: PUT /v1/contacts/{contact}",
	},
	"nextStep": {
		"§8 T3: the next step is announced with its date", "contact register, own term: PUT /v1/contacts/{contact}",
		"§8 T3: de volgende stap wordt met zijn datum aangekondigd", "contactregister, eigen termijn: PUT /v1/contacts/{contact}",
	},
	"events": {
		"125p(2)(b) Sv and §8 T12: facts in order of time", "item, posted and first seen: PATCH /v1/cases/{case}/items/{item}",
		"125p, tweede lid, onder b, Sv en §8 T12: de feiten in volgorde van tijd", "onderdeel, geplaatst en eerst gezien: PATCH /v1/cases/{case}/items/{item}",
	},
	"terms": {
		"art. 14 DSA: terms change, a clause is that of a version", "particulars of the track: PUT /v1/tracks/{track}/particulars",
		"artikel 14 DSA: voorwaarden veranderen, een bepaling is van een versie", "bijzonderheden van de route: PUT /v1/tracks/{track}/particulars",
	},
	"flagger": {
		"art. 22(2) DSA: the standing exists by award alone", "settings: PUT /v1/settings",
		"artikel 22, tweede lid, DSA: de status bestaat alleen door toekenning", "instellingen: PUT /v1/settings",
	},
	"requests": {
		"§8 T12: what the employer asks", "assessment, alignment and police report: PUT /v1/cases/{case}/police-reports/{report}",
		"§8 T12: wat de werkgever vraagt", "beoordeling, afstemming en aangifte: PUT /v1/cases/{case}/police-reports/{report}",
	},
	"dutyPhone": {
		"§8 T7: prosecutor and examining judge may have questions at any hour", "settings, dutyPhone: PUT /v1/settings",
		"§8 T7: officier van justitie en rechter-commissaris kunnen op elk uur vragen hebben", "instellingen, dutyPhone: PUT /v1/settings",
	},
	"text": {
		"§8, §9.8: what no outgoing text may say", "document: PUT /v1/documents/{doc}",
		"§8, §9.8: wat in geen uitgaande tekst mag staan", "document: PUT /v1/documents/{doc}",
	},
	"threat": {
		"art. 18 DSA and the aangifte of a death threat: where the threat stands", "assessment: PUT /v1/cases/{case}/items/{item}/assessment",
		"artikel 18 DSA en de aangifte van een doodsbedreiging: waar de bedreiging staat", "beoordeling: PUT /v1/cases/{case}/items/{item}/assessment",
	},
	"grounds/actDate": {
		"§8 T7, T12: the text of the law is that of a day, and which day is the act's", "case, occurredAt, or each item, postedAt: PATCH /v1/cases/{case}, PATCH /v1/cases/{case}/items/{item}",
		"§8 T7, T12: de wettekst is die van een dag, en welke dag die van het feit is", "zaak, occurredAt, of elk onderdeel, postedAt: PATCH /v1/cases/{case}, PATCH /v1/cases/{case}/items/{item}",
	},
	"amplification": {
		"§8 T7: whether the measure is in proportion is said honestly", "assessment: PUT /v1/cases/{case}/items/{item}/assessment",
		"§8 T7: of de maatregel evenredig is, wordt eerlijk gezegd", "beoordeling: PUT /v1/cases/{case}/items/{item}/assessment",
	},
	"filedTogether": {
		"§8 T7: a report with its number, or one that goes along", "police report: PUT /v1/cases/{case}/police-reports/{report}",
		"§8 T7: een aangifte of melding met nummer, of een die meegaat", "aangifte of melding: PUT /v1/cases/{case}/police-reports/{report}",
	},
	"order": {
		"126ni Sv: what may be lost, and why", "particulars of the track: PUT /v1/tracks/{track}/particulars",
		"126ni Sv: wat verloren kan gaan, en waarom", "bijzonderheden van de route: PUT /v1/tracks/{track}/particulars",
	},
	"provider/contactPoint": {
		"art. 11 DSA: where an order reaches the provider", "contact register, a channel with purpose order or profile.article11: PUT /v1/contacts/{contact}",
		"artikel 11 DSA: waar een bevel de aanbieder bereikt", "contactregister, een kanaal met doel order of profile.article11: PUT /v1/contacts/{contact}",
	},
	"provider/representative": {
		"art. 13 DSA: who acts in the Union for a provider outside it", "particulars of the track: PUT /v1/tracks/{track}/particulars",
		"artikel 13 DSA: wie in de Unie optreedt voor een aanbieder daarbuiten", "bijzonderheden van de route: PUT /v1/tracks/{track}/particulars",
	},
	"provider/serviceKind": {
		"125p(1), 138g Sv: only a provider of a communication service can be ordered", "contact register, or a legal adviser's word: PUT /v1/tracks/{track}/particulars",
		"125p, eerste lid, en 138g Sv: alleen een aanbieder van een communicatiedienst kan een bevel krijgen", "contactregister, of het woord van een juridisch adviseur: PUT /v1/tracks/{track}/particulars",
	},
	"contra": {
		"§8 T7: what speaks against an order is told, all of it", "assessment: PUT /v1/cases/{case}/items/{item}/assessment",
		"§8 T7: wat tegen een bevel pleit, wordt verteld, en wel alles", "beoordeling: PUT /v1/cases/{case}/items/{item}/assessment",
	},
	"indicator": {
		"art. 285d(1) Sr: without a purpose it is no doxing", "assessment: PUT /v1/cases/{case}/items/{item}/assessment",
		"artikel 285d, eerste lid, Sr: zonder oogmerk is het geen doxing", "beoordeling: PUT /v1/cases/{case}/items/{item}/assessment",
	},
	"effect": {
		"§8 T7: the effects are a dimension of the prosecutor's guideline", "assessment: PUT /v1/cases/{case}/items/{item}/assessment",
		"§8 T7: de gevolgen zijn een punt in de richtlijn van het OM", "beoordeling: PUT /v1/cases/{case}/items/{item}/assessment",
	},
	"addressee/languages": {
		"art. 11(3) DSA and the register: a letter that is not understood is not acted on", "contact register, languages: PUT /v1/contacts/{contact}",
		"artikel 11, derde lid, DSA en het register: op een brief die niet wordt begrepen, volgt niets", "contactregister, talen: PUT /v1/contacts/{contact}",
	},
	"relay/othersTold": {
		"§8 T14: nobody is asked twice for the same", "particulars of the track: PUT /v1/tracks/{track}/particulars",
		"§8 T14: niemand wordt twee keer om hetzelfde gevraagd", "bijzonderheden van de route: PUT /v1/tracks/{track}/particulars",
	},
	"erasure/copies": {
		"only the person asks, or who shows their mandate", "evidence of purpose mandate, named by the consent: PUT /v1/cases/{case}/people/{person}/consents/{action}",
		"alleen de betrokkene verzoekt, of wie diens volmacht laat zien", "bewijs met doel mandate, genoemd bij de toestemming: PUT /v1/cases/{case}/people/{person}/consents/{action}",
	},
	"infringement/copies": {
		"only the person complains, or who shows their mandate", "evidence of purpose mandate, named by the consent: PUT /v1/cases/{case}/people/{person}/consents/{action}",
		"alleen de betrokkene klaagt, of wie diens volmacht laat zien", "bewijs met doel mandate, genoemd bij de toestemming: PUT /v1/cases/{case}/people/{person}/consents/{action}",
	},
	"supervision/mandate": {
		"art. 53 DSA: who complains in the person's name shows their mandate", "evidence of purpose mandate, named by the consent: PUT /v1/cases/{case}/people/{person}/consents/{action}",
		"artikel 53 DSA: wie namens de betrokkene klaagt, laat diens volmacht zien", "bewijs met doel mandate, genoemd bij de toestemming: PUT /v1/cases/{case}/people/{person}/consents/{action}",
	},
	"text/reference": {
		"block A: replies are matched by it", "document: PUT /v1/documents/{doc}",
		"blok A: antwoorden worden erop teruggevonden", "document: PUT /v1/documents/{doc}",
	},
	"text/name": {
		"block A: the sender; art. 16(2)(c) DSA asks for name and e-mail address", "document: PUT /v1/documents/{doc}",
		"blok A: de afzender; artikel 16, tweede lid, onder c, DSA vraagt naam en e-mailadres", "document: PUT /v1/documents/{doc}",
	},
	"text/mailbox": {
		"block A: the sender; art. 16(2)(c) DSA asks for name and e-mail address", "document: PUT /v1/documents/{doc}",
		"blok A: de afzender; artikel 16, tweede lid, onder c, DSA vraagt naam en e-mailadres", "document: PUT /v1/documents/{doc}",
	},
	"text/url": {
		"block B and art. 16(2)(b) DSA: the exact location", "document: PUT /v1/documents/{doc}",
		"blok B en artikel 16, tweede lid, onder b, DSA: de exacte plaats", "document: PUT /v1/documents/{doc}",
	},
	"text/statement": {
		"art. 16(2)(d) DSA: a notice holds a statement of good faith", "document: PUT /v1/documents/{doc}",
		"artikel 16, tweede lid, onder d, DSA: een melding bevat een verklaring te goeder trouw", "document: PUT /v1/documents/{doc}",
	},
	"text/ground": {
		"art. 16(2)(a) DSA and §8: why it is illegal", "document: PUT /v1/documents/{doc}",
		"artikel 16, tweede lid, onder a, DSA en §8: waarom het onrechtmatig is", "document: PUT /v1/documents/{doc}",
	},
	"text/answers": {
		"§8 T2: art. 16(4)-(6) DSA: receipt, decision and automated means", "document: PUT /v1/documents/{doc}",
		"§8 T2: artikel 16, vierde tot en met zesde lid, DSA: ontvangst, beslissing en geautomatiseerde middelen", "document: PUT /v1/documents/{doc}",
	},
	"text/confidential": {
		"§8: art. 17(3)(b) DSA: the notifier's identity", "document: PUT /v1/documents/{doc}",
		"§8: artikel 17, derde lid, onder b, DSA: de identiteit van de melder", "document: PUT /v1/documents/{doc}",
	},
	"text/mandate": {
		"§8: this instrument must say it", "document: PUT /v1/documents/{doc}",
		"§8: dit stuk moet dat zeggen", "document: PUT /v1/documents/{doc}",
	},
	"text/subject": {
		"§8: this instrument must say it", "document: PUT /v1/documents/{doc}",
		"§8: dit stuk moet dat zeggen", "document: PUT /v1/documents/{doc}",
	},
	"text/earlier": {
		"§8: this instrument must say it", "document: PUT /v1/documents/{doc}",
		"§8: dit stuk moet dat zeggen", "document: PUT /v1/documents/{doc}",
	},
	"text/provider": {
		"§8: this instrument must say it", "document: PUT /v1/documents/{doc}",
		"§8: dit stuk moet dat zeggen", "document: PUT /v1/documents/{doc}",
	},
	"text/role": {
		"§8: this instrument must say it", "document: PUT /v1/documents/{doc}",
		"§8: dit stuk moet dat zeggen", "document: PUT /v1/documents/{doc}",
	},
	"text/nextStep": {
		"§8 T3: the next step is announced with its date", "document: PUT /v1/documents/{doc}",
		"§8 T3: de volgende stap wordt met zijn datum aangekondigd", "document: PUT /v1/documents/{doc}",
	},
	"text/request": {
		"§8: this instrument must say it", "document: PUT /v1/documents/{doc}",
		"§8: dit stuk moet dat zeggen", "document: PUT /v1/documents/{doc}",
	},
}

// explained adds to each finding why it matters and where it is put right.
func explained(findings []Finding) []Finding {
	for n := range findings {
		e := entryFor(findings[n].Field)
		findings[n].Why, findings[n].Where = e.why, e.where
		findings[n].Dutch.Why, findings[n].Dutch.Where = e.whyDutch, e.whereDutch
	}
	return findings
}

// entryFor finds the entry of a field: without its numbers, its longest part
// that has one.
func entryFor(field string) entry {
	var parts []string
	for part := range strings.SplitSeq(field, "/") {
		if !isDigits(part) {
			parts = append(parts, part)
		}
	}
	for n := len(parts); n > 0; n-- {
		if e, ok := entries[strings.Join(parts[:n], "/")]; ok {
			return e
		}
	}
	return entry{}
}
