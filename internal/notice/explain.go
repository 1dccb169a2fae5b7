package notice

import "strings"

// entry says of a part of the facts why an instrument needs it and where it is
// entered.
type entry struct{ why, where string }

// entries are by the part of the facts that a finding names; the longest part
// that fits counts (domain.md §8, api.md).
var entries = map[string]entry{
	"organisation":            {"block A: the sender; art. 16(2)(c) DSA asks for name and e-mail address", "settings: PUT /v1/settings"},
	"addressee":               {"block A: to whom it goes; which articles bind it depends on its service", "contact register: PUT /v1/contacts/{contact}"},
	"addressee/form":          {"a form takes no more than its fields hold; nothing is shortened unseen", "document: PUT /v1/documents/{doc}"},
	"addressee/source":        {"§8 T1: why this intermediary", "contact register, source: PUT /v1/contacts/{contact}"},
	"provider":                {"§8 T7: who would carry the order out; arts 9, 11, 13 DSA and 138g Sv", "contact register: PUT /v1/contacts/{contact}"},
	"persons":                 {"art. 16(2)(a) DSA: whose data they are, by relation", "case, affected persons: POST /v1/cases"},
	"mandate":                 {"arts 17, 20 and 53: only the person, or who has their mandate", "consent with its mandate: PUT /v1/cases/{case}/people/{person}/consents/{action}"},
	"items":                   {"art. 16(2)(b) DSA, 125p(2)(c) Sv: the exact location and which part of it", "item: PATCH /v1/cases/{case}/items/{item}"},
	"items/indicators":        {"art. 285d(1) Sr: without a purpose it is no doxing", "assessment: PUT /v1/cases/{case}/items/{item}/assessment"},
	"items/stillOnlineAt":     {"\"still online\" is said only after somebody looked", "check of the page: POST /v1/cases/{case}/items/{item}/check"},
	"grounds":                 {"art. 16(2)(a) DSA: why it is illegal, by the law of the day of the act", "assessment: PUT /v1/cases/{case}/items/{item}/assessment"},
	"grounds/actDate":         {"§8 T7, T12: the text of the law is that of a day, and which day is the act's", "case, occurredAt: PATCH /v1/cases/{case}"},
	"effects":                 {"§8 T7: the effects are a dimension of the prosecutor's guideline", "assessment: PUT /v1/cases/{case}/items/{item}/assessment"},
	"contra":                  {"§8 T7: what speaks against an order is told, all of it", "assessment: PUT /v1/cases/{case}/items/{item}/assessment"},
	"indicator":               {"art. 285d(1) Sr: without a purpose it is no doxing", "assessment: PUT /v1/cases/{case}/items/{item}/assessment"},
	"effect":                  {"§8 T7: the effects are a dimension of the prosecutor's guideline", "assessment: PUT /v1/cases/{case}/items/{item}/assessment"},
	"attempts":                {"NTD code: the site operator comes before the hoster", "attempts: POST /v1/cases/{case}/contact-attempts"},
	"posterNotContacted":      {"§8 T1: why the poster was not approached is said apart", "attempts, role poster and result not_approached with its reason: POST /v1/cases/{case}/contact-attempts"},
	"earlier":                 {"a reminder or complaint goes on from what was sent and proven", "the earlier document: POST /v1/documents/{doc}/filing"},
	"decision":                {"art. 20(1)-(2) DSA: a complaint is against a decision, from the day we were told", "reply: POST /v1/replies/{reply}/classification"},
	"reports":                 {"§8 T7, T12: the police find the facts by their own number", "police report: PUT /v1/cases/{case}/police-reports/{report}"},
	"evidence":                {"each element is shown by a numbered file", "evidence of the item: POST /v1/cases/{case}/evidence"},
	"klachten":                {"arts 64, 66 Sr: the klacht is the person's own and its term is fatal", "klacht: PUT /v1/cases/{case}/people/{person}/complaints/{offence}"},
	"secrecyDecided":          {"§8: professional secrecy is a legal adviser's decision", "decision on secrecy: POST /v1/cases/{case}/decisions"},
	"sealed":                  {"§8: who and where stands in the sealed annex alone", "case, affected persons: POST /v1/cases"},
	"amplification":           {"§8 T7: whether the measure is in proportion is said honestly", "assessment: PUT /v1/cases/{case}/items/{item}/assessment"},
	"filedTogether":           {"§8 T7: a report with its number, or one that goes along", "police report: PUT /v1/cases/{case}/police-reports/{report}"},
	"order":                   {"126ni Sv: what may be lost, and why", "particulars of the track: PUT /v1/tracks/{track}/particulars"},
	"provider/representative": {"art. 13 DSA: who acts in the Union for a provider outside it", "particulars of the track: PUT /v1/tracks/{track}/particulars"},
	"provider/serviceKind":    {"125p(1), 138g Sv: only a provider of a communication service can be ordered", "contact register, or a legal adviser's word: PUT /v1/tracks/{track}/particulars"},
	"dutyPhone":               {"§8 T7: prosecutor and examining judge may have questions at any hour", "settings, dutyPhone: PUT /v1/settings"},
	"freeze":                  {"§8 T8: which accounts, which data, until when", "document: PUT /v1/documents/{doc}"},
	"dispute":                 {"art. 21 DSA: the body must be certified for this platform, language and subject", "particulars of the track: PUT /v1/tracks/{track}/particulars"},
	"dispute/languages":       {"art. 21(3) DSA and the body's rules: in which languages it works", "contact register, languages: PUT /v1/contacts/{contact}"},
	"dispute/outcome":         {"art. 21(1) DSA: what came of the internal complaint, if there was one", "reply: POST /v1/replies/{reply}/classification"},
	"dispute/complaintAt":     {"art. 21(1) DSA: what came of the internal complaint, if there was one", "the earlier document: POST /v1/documents/{doc}/filing"},
	"dispute/mandate":         {"art. 21(1) DSA: who comes in the person's name shows their mandate", "evidence of purpose mandate, named by the consent: PUT /v1/cases/{case}/people/{person}/consents/{action}"},
	"dispute/copies":          {"§8 T4b: copies of decision and complaint go along", "reply, its words: POST /v1/replies"},
	"supervision":             {"art. 53 DSA: recipients may complain, of named articles", "particulars of the track: PUT /v1/tracks/{track}/particulars"},
	"supervision/proceedings": {"§8 T5: the authority is told of other proceedings", "particulars of the track: PUT /v1/tracks/{track}/particulars"},
	"supervision/established": {"art. 53 DSA: the coordinator of the place of establishment is competent", "contact register, country: PUT /v1/contacts/{contact}"},
	"erasure/copies":          {"only the person asks, or who shows their mandate", "evidence of purpose mandate, named by the consent: PUT /v1/cases/{case}/people/{person}/consents/{action}"},
	"infringement/copies":     {"only the person complains, or who shows their mandate", "evidence of purpose mandate, named by the consent: PUT /v1/cases/{case}/people/{person}/consents/{action}"},
	"supervision/mandate":     {"art. 53 DSA: who complains in the person's name shows their mandate", "evidence of purpose mandate, named by the consent: PUT /v1/cases/{case}/people/{person}/consents/{action}"},
	"erasure":                 {"art. 17 GDPR: the person's request, its ground, and why expression does not prevail", "particulars of the track: PUT /v1/tracks/{track}/particulars"},
	"infringement":            {"§8 T13: what was asked, when it was received, what came of it", "particulars of the track: PUT /v1/tracks/{track}/particulars"},
	"summons":                 {"§8 T9: after the police gate, through a lawyer", "particulars of the track: PUT /v1/tracks/{track}/particulars"},
	"form":                    {"consent is given per action, informed", "consent form: POST /v1/cases/{case}/documents"},
	"evaluation":              {"S0-26: the case is evaluated with person and team", "evaluation: PUT /v1/cases/{case}/evaluation"},
	"evaluation/results":      {"§8 T11: what worked is learned from results", "outcome of the item: PUT /v1/cases/{case}/items/{item}/outcome"},
	"relay":                   {"§8 T14: the person agreed, or an override is recorded", "consents: PUT /v1/cases/{case}/people/{person}/consents/{action}"},
	"template":                {"a text that no lawyer read is the approver's to weigh", "templates/LANGUAGE/INSTRUMENT.tmpl, header review"},
	"reference":               {"block A: replies are matched by it", "drawn when the document is drafted"},
	"draftedAt":               {"block A: the law and the terms are those of a day", "set when the document is drafted"},
	"answerBy":                {"whose date it is decides how it is called: legal, self-set or policy", "contact register, own term: PUT /v1/contacts/{contact}"},
	"nextStep":                {"§8 T3: the next step is announced with its date", "contact register, own term: PUT /v1/contacts/{contact}"},
	"missing":                 {"art. 16(4)-(6) DSA: receipt, decision and effect are different things", "reply: POST /v1/replies/{reply}/classification"},
	"events":                  {"125p(2)(b) Sv and §8 T12: facts in order of time", "item, first seen: PATCH /v1/cases/{case}/items/{item}"},
	"terms":                   {"art. 14 DSA: terms change, a clause is that of a version", "document: PUT /v1/documents/{doc}"},
	"flagger":                 {"art. 22(2) DSA: the standing exists by award alone", "settings: PUT /v1/settings"},
	"requests":                {"§8 T12: what the employer asks", "police alignment: PUT /v1/cases/{case}/police-alignment"},
	"threat":                  {"art. 18 DSA and the aangifte of a death threat: where the threat stands", "assessment: PUT /v1/cases/{case}/items/{item}/assessment"},
}

// explained adds to each finding why it matters and where it is put right.
func explained(findings []Finding) []Finding {
	for n := range findings {
		e := entryFor(findings[n].Field)
		findings[n].Why, findings[n].Where = e.why, e.where
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
