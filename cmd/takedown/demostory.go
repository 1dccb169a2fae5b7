package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
)

// The demo's places: obviously no real ones.
const (
	platformHost = "platform.example"
	forumHost    = "forum.example"
	originalPath = "/berichten/1001"
	repostPath   = "/berichten/2002"
	forumPath    = "/onderwerp/77/bericht/3"
)

// demoAddress and demoPhone are the private values of the story: no such
// street, no such number. They must appear nowhere but on the pages.
const (
	demoName     = "Testpersoon Nul"
	demoAddress  = "Nergensstraat 999, 0000 ZZ Nergenshuizen"
	demoPhone    = "+31 6 00000000"
	demoSummary  = "Woonadres en privénummer staan online na een geschil dat hier niet genoemd hoort te worden."
	demoReporter = "toestel 0"
	demoTrigger  = "Geschil over een behandeling die nergens genoemd hoort te worden."
)

// story is the demo's case: what was made so far, by name.
type story struct {
	*driver
	tl     *timeline
	world  *world
	caseID string
	person string
	items  []string
	evid   []string
	proofs int
	bar    *progress // nil without a terminal
}

// at is an instant of the story: a day of 2027 and an hour in Amsterdam.
func at(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2027, month, day, hour, minute, 0, 0, calendar.Amsterdam)
}

func storyStart() time.Time { return at(time.March, 22, 9, 0) }

func demoPage(title string) string {
	return "<!doctype html><html lang=\"nl\"><title>" + title + "</title><p>" + demoName + "</p><p>" + demoAddress + "</p><p>" + demoPhone + "</p></html>"
}

func demoURLs() []string {
	return []string{"https://" + platformHost + originalPath, "https://" + platformHost + repostPath, "https://" + forumHost + forumPath}
}

// publishPages puts the pages up that the story is about.
func (s *story) publishPages() {
	s.world.publish(platformHost, originalPath, demoPage("bericht"))
	s.world.publish(platformHost, repostPath, demoPage("doorgeplaatst bericht"))
	s.world.publish(forumHost, forumPath, demoPage("forum"))
}

// play runs the whole story; the driver's error says where it stopped.
func (s *story) play() error {
	s.publishPages()
	chapters := []func(){s.setUp, s.submit, s.capture, s.assessAll, s.consents, s.police, s.platformNotice, s.platformAnswer, s.hosterNotice, s.platformRemoval, s.hosterSilence, s.order, s.close}
	for n, chapter := range chapters {
		s.bar.at(n, len(chapters))
		chapter()
		if s.err != nil {
			return s.err
		}
	}
	s.bar.end()
	return nil
}

// advanceTo moves the simulated clock, and the timeline with it.
func (s *story) advanceTo(at time.Time) {
	s.driver.advanceTo(at)
	s.tl.now = at
}

// say and day tell the story as long as it holds.
func (s *story) say(who, what string) {
	if s.err == nil {
		s.tl.say(who, what)
	}
}

func (s *story) day(when time.Time) {
	if s.err == nil {
		s.tl.day(when)
	}
}

func (s *story) clocks(route string) {
	if tr := s.track(s.caseID, route); s.err == nil {
		s.tl.clocks(tr)
	}
}

func (s *story) setUp() {
	s.day(storyStart())
	s.put("coordinator", "/v1/contacts/contact_platform", map[string]any{
		"kind": "platform", "legalName": "Voorbeeldplatform Ltd.", "displayName": "Voorbeeldplatform", "serviceKind": "online_platform", "vlop": true,
		"hosts": []string{platformHost}, "country": "IE", "languages": []string{"nl", "en"}, "source": "https://" + platformHost + "/dsa", "lastVerifiedAt": at(time.March, 20, 12, 0),
		"channels": []map[string]any{{"kind": "form", "address": "https://" + platformHost + "/melden", "purpose": "notice"}},
		"form":     map[string]any{"url": "https://" + platformHost + "/melden", "fields": []map[string]any{{"name": "uitleg", "limit": 3000}, {"name": "locatie", "limit": 2000}}},
	})
	s.put("coordinator", "/v1/contacts/contact_hoster", map[string]any{
		"kind": "hoster", "legalName": "Voorbeeldhost B.V.", "serviceKind": "hosting", "hosts": []string{forumHost}, "country": "NL",
		"languages": []string{"nl"}, "followsNtdCode": true, "source": "het register van IP-adressen en https://host.example/abuse", "lastVerifiedAt": at(time.March, 20, 12, 0),
		"channels": []map[string]any{
			{"kind": "mail", "address": "abuse@host.example", "purpose": "notice"},
			{"kind": "mail", "address": "autoriteiten@host.example", "purpose": "order"}, // its point of contact under art. 11 DSA
		},
	})
	s.put("coordinator", "/v1/contacts/contact_police", map[string]any{
		"kind": "police_unit", "legalName": "Politie, eenheid Voorbeeld", "country": "NL", "languages": []string{"nl"},
		"source": "https://politie.example", "lastVerifiedAt": at(time.March, 20, 12, 0),
		"channels": []map[string]any{{"kind": "police", "address": "loket zeden en doxing, eenheid Voorbeeld", "purpose": "order"}},
	})
	s.put("coordinator", "/v1/settings", map[string]any{
		"organisation": map[string]any{"name": "Huisartsenpraktijk Voorbeeld", "kind": "care", "unit": "Meldpunt veiligheid", "mailbox": "meldpunt@praktijk.example", "phone": "+31 20 0000000", "dutyPhone": "+31 20 0000009", "postalAddress": "Postbus 0, 0000 AA Voorbeeldstad"},
		"mail":         map[string]any{"from": "meldpunt@praktijk.example", "replyDomain": "antwoord.praktijk.example"},
		"policeUnit":   "contact_police", "quietHours": map[string]any{"from": "21:00", "until": "07:00"},
	})
	s.say("coordinator", "register and settings are in place: platform (web form), hoster (mail), police unit")
}

func (s *story) submit() {
	urls := demoURLs()
	item := func(url, kind, handle string) map[string]any {
		return map[string]any{
			"location": map[string]any{"type": "url", "url": url}, "kind": kind, "contentType": "text", "audience": "public",
			"author": map[string]any{"handle": handle}, "firstSeenAt": at(time.March, 21, 20, 0), "firstSeenBy": "reported_to_us", "dataCategories": []string{"home_address", "phone"},
		}
	}
	opened := s.post("coordinator", "/v1/cases", map[string]any{
		"reporter": map[string]any{"function": "praktijkmanager", "department": "Meldpunt veiligheid", "channel": "phone", "contact": demoReporter},
		"affected": []map[string]any{{
			"relation": "employee", "function": "huisarts", "capacity": "none_of_lid2", "functionIdentifies": true,
			"private": map[string]any{"name": demoName, "addresses": []string{demoAddress}, "phones": []string{demoPhone}},
		}},
		"incident": map[string]any{"occurredAt": at(time.March, 21, 19, 0), "discoveredAt": at(time.March, 21, 20, 0), "reportedAt": at(time.March, 22, 8, 30), "summary": demoSummary, "trigger": demoTrigger},
		"goals":    []string{"removal", "prosecution"},
		"items":    []map[string]any{item(urls[0], "original", "account-een"), item(urls[1], "repost", "account-twee"), item(urls[2], "original", "gebruiker-drie")},
	})
	s.caseID = opened.str("id")
	if people, ok := opened.at("people").([]any); ok && len(people) == 1 {
		s.person, _ = people[0].(string)
	}
	for _, i := range opened.list("items") {
		s.items = append(s.items, i.str("id"))
	}
	if s.err == nil && (s.person == "" || len(s.items) != 3) {
		s.fail("the case did not open with one person and three items")
		return
	}
	s.say("coordinator", "opens the case: three items, one affected person; summary, trigger and private data are sealed")
	s.triage()
	s.intake()
}

func (s *story) triage() {
	s.put("coordinator", s.casePath("/triage"), map[string]any{"threatLevel": "elevated", "judgedBy": "veiligheidscoördinator", "lifeOrSafety": false, "reviewAt": at(time.March, 24, 9, 0)})
	s.say("coordinator", "triage: threat level elevated, judged by the safety coordinator; no immediate danger")
}

func (s *story) casePath(rest string) string { return "/v1/cases/" + s.caseID + rest }

// intake prints what the intake waits for, or that nothing holds it.
func (s *story) intake() {
	view := s.get("coordinator", s.casePath(""))
	if codes := whys(view); len(codes) > 0 {
		s.say("program", "the intake waits for: "+strings.Join(codes, ", "))
		return
	}
	s.say("program", "the intake's gates hold: one track opens for each addressee")
}

// gates prints what a track of a route waits for, or that its gates hold.
func (s *story) gates(routes ...string) {
	for _, route := range routes {
		if tr := s.track(s.caseID, route); s.err == nil {
			s.tl.gates(tr)
		}
	}
}

func (s *story) capture() {
	for n, url := range demoURLs() {
		content := []byte(demoPage("vastlegging van " + url))
		id := s.upload(s.caseID, content, "text/html", map[string]any{
			"itemIds": []string{s.items[n]}, "capturedAt": at(time.March, 22, 8, 40+n), "zone": "Europe/Amsterdam", "url": url,
			"capturedBy": "medewerker meldpunt", "tool": "browser 1", "original": true,
		})
		s.evid = append(s.evid, id)
	}
	s.say("specialist", "uploads three captures with date, time and location; each is compared with its SHA-256 and sealed")
	s.intake()
}

func (s *story) assess() {
	for n, item := range s.items {
		s.put("specialist", s.casePath("/items/"+item+"/assessment"), map[string]any{
			"grounds":    []map[string]any{{"offence": "285d", "elements": map[string]any{"E1": []string{s.evid[n]}, "E2": []string{s.evid[n]}, "E3": []string{s.evid[n]}, "E4": []string{s.evid[n]}}}},
			"inCapacity": true, "effects": []string{"contact"}, "victimAware": true, "fearDescribed": true, "punishableOffline": false,
			"purposeIndicators": []string{"call_to_act"}, "amplification": "low", "locator": "line:2", "decision": "act",
		})
	}
	s.say("specialist", "assesses each item: art. 285d Sr, the elements tied to evidence, decision: act")
}

// assessAll assesses, and shows what the tracks that open then wait for.
func (s *story) assessAll() {
	s.assess()
	s.intake()
	s.gates("platform", "hoster")
}

func (s *story) consents() {
	for _, action := range []string{"notice", "complaint_art20", "police_report", "order_request"} {
		s.put("coordinator", s.casePath("/people/"+s.person+"/consents/"+action), map[string]any{
			"status": "given", "textShown": "toestemming-v1", "date": at(time.March, 22, 8, 45), "channel": "phone",
		})
	}
	s.post("legal_adviser", s.casePath("/decisions"), map[string]any{"kind": "professional_secrecy", "choice": "no_medical_data", "pros": "geen medische gegevens in stukken", "cons": "geen"})
	s.say("coordinator", "records the person's consent to notices, complaints, the report and the order request")
	s.say("legal_adviser", "decides on professional secrecy: nothing medical in any document")
}

func (s *story) police() {
	s.put("coordinator", s.casePath("/police-alignment"), map[string]any{"status": "asked", "preservation126ni": "asked"})
	s.say("coordinator", "asks the police: may notices go, and will they ask for preservation (126ni Sv)?")
	s.alignmentClock()
	s.gates("platform", "hoster")
	s.advanceTo(at(time.March, 22, 11, 0))
	s.put("liaison", s.casePath("/police-reports/report_een"), map[string]any{
		"kind": "aangifte", "by": "employer", "person": s.person, "offences": []string{"285d"}, "filedAt": at(time.March, 22, 10, 30), "unit": "eenheid Voorbeeld",
		"registrationNumber": "PL0000-2027000001", "copyReceived": true, "vptRequested": true, "vptConfirmed": true, "domicile": "employer",
	})
	s.say("liaison", "registers the employer's aangifte: VPT asked and confirmed, domicile at the employer")
	s.put("liaison", s.casePath("/police-alignment"), map[string]any{"status": "answered", "mayNotify": true, "preservation126ni": "oral", "posterContact": "forbidden", "mayMentionPolice": false})
	s.say("liaison", "the police answer: notices may go; the poster is not to be contacted; preservation will be asked for")
	s.lawSays("285d")
	s.gates("platform", "hoster")
}

// alignmentClock prints the clock on the police's answer: it belongs to no
// track.
func (s *story) alignmentClock() {
	for _, c := range s.get("coordinator", "/v1/clocks").list("items") {
		if c.str("caseId") == s.caseID && c.str("trackId") == "" {
			s.tl.clock(c)
		}
	}
}

// lawSays tells what the law data hold of an offence on the day of the act:
// whether a klacht is needed, and whether the order route is open.
func (s *story) lawSays(offence string) {
	data, err := law.Load()
	if err != nil {
		s.fail("%v", err)
		return
	}
	o, err := data.Offence(offence, at(time.March, 21, 19, 0))
	if err != nil {
		s.fail("%v", err)
		return
	}
	if o.Klacht.Needed == "no" {
		s.say("law", "art. "+offence+" Sr: no klacht is needed ("+checked(o.Klacht.Verified())+")")
	}
	if o.Remand.Listed {
		s.say("law", "it stands in art. 67(1)("+o.Remand.Ground+") Sv: from this day on the order route (art. 125p Sv) could be asked for ("+checked(o.Remand.Verified())+")")
	}
}

// checked says how far what is told of the law was read at its source.
func checked(verified bool) string {
	if verified {
		return "read at the source"
	}
	return "not verified"
}

// proof uploads the proof of an act: a filed form, a receipt.
func (s *story) proof(purpose string, when time.Time) string {
	s.proofs++
	return s.captureOf(s.items[0], fmt.Sprintf("bewijsstuk %d (%s)", s.proofs, purpose), when, purpose)
}

// captureOf uploads a small file as evidence of one item; a purpose says that
// it proves an act instead: filing_proof, receipt.
func (s *story) captureOf(item, content string, when time.Time, purpose string) string {
	meta := map[string]any{
		"itemIds": []string{item}, "capturedAt": when, "zone": "Europe/Amsterdam", "provenance": "scherm van de medewerker",
		"capturedBy": "medewerker meldpunt", "tool": "browser 1", "original": true,
	}
	if purpose != "" {
		meta["purpose"] = purpose
	}
	return s.upload(s.caseID, []byte(content), "text/plain", meta)
}

func (s *story) file(route string, when time.Time, ticket string) {
	doc := s.document(s.caseID, route)
	s.post("specialist", "/v1/documents/"+doc.str("id")+"/filing", map[string]any{"filedAt": when, "ticket": ticket, "proofEvidenceId": s.proof("filing_proof", when)})
}

func (s *story) reply(document, kind, decision, via string, when time.Time) {
	body := map[string]any{"documentId": document, "kind": kind, "via": via, "receivedAt": when}
	if decision != "" {
		body["decision"] = decision
	}
	s.post("specialist", "/v1/replies", body)
}
