package main

import (
	"fmt"
	"strings"
	"time"
)

// platformNotice is the first track: rejected once, edited, approved, filed by
// hand on the platform's web form.
func (s *story) platformNotice() {
	s.expect(s.caseID, "platform", "AwaitApproval")
	doc := s.document(s.caseID, "platform")
	s.say("program", "drafts "+doc.str("instrument")+" (DSA art. 16 notice, in Dutch) for the platform")
	s.post("legal_adviser", "/v1/documents/"+doc.str("id")+"/decision", map[string]any{"decision": "reject", "contentHash": doc.str("contentHash"), "reason": "Het doel moet duidelijker."})
	s.say("legal_adviser", "rejects the first version, with a reason")
	const before = "De gevolgen tot nu toe:"
	text := strings.Replace(doc.str("text"), before, "Wij lezen die oproep zo: anderen moeten de medewerker thuis opzoeken of bellen.\n\n"+before, 1)
	s.put("specialist", "/v1/documents/"+doc.str("id"), map[string]any{"subject": doc.str("subject"), "text": text, "recipients": doc.at("recipients"), "form": doc.at("form")})
	s.say("specialist", "edits the text: says in what way the call shows the purpose")
	s.advanceTo(at(time.March, 22, 14, 0))
	s.approve(s.caseID, "platform")
	s.say("legal_adviser", "approves exactly this content (by its hash)")
	s.expect(s.caseID, "platform", "AwaitFiling")
	s.advanceTo(at(time.March, 22, 15, 0))
	s.file("platform", at(time.March, 22, 14, 50), "VP-1001")
	s.say("specialist", "filed the notice at 14:50 on the platform's form with the organisation's account; ticket VP-1001 and proof are stored")
	s.clocks("platform")
	s.advanceTo(at(time.March, 23, 10, 0))
	s.day(at(time.March, 23, 10, 0))
	s.reply(doc.str("id"), "acknowledgement", "", "form", at(time.March, 23, 9, 30))
	s.say("platform", "acknowledges receipt; the clock on its decision goes on")
}

// platformAnswer: no action; a complaint under art. 20 DSA is filed at once.
func (s *story) platformAnswer() {
	notice := s.document(s.caseID, "platform")
	s.advanceTo(at(time.March, 24, 10, 0))
	s.day(at(time.March, 24, 10, 0))
	s.reply(notice.str("id"), "decision", "refused", "form", at(time.March, 24, 9, 30))
	s.say("platform", "decides: no action. No reminder: an internal complaint (art. 20 DSA) is drafted")
	s.expect(s.caseID, "platform", "AwaitApproval")
	doc := s.approve(s.caseID, "platform")
	s.say("legal_adviser", "approves "+doc.str("instrument")+", the complaint")
	s.expect(s.caseID, "platform", "AwaitFiling")
	s.file("platform", at(time.March, 24, 10, 0), "VP-1002")
	s.say("specialist", "files the complaint on the platform's form; ticket VP-1002 and proof are stored")
	s.clocks("platform")
}

// hosterNotice is the second track's first instrument, mailed on Thursday 25
// March once the attempt to reach the forum's operator is on record.
func (s *story) hosterNotice() {
	s.advanceTo(at(time.March, 25, 10, 0))
	s.day(at(time.March, 25, 10, 0))
	s.post("specialist", s.casePath("/contact-attempts"), map[string]any{"role": "poster", "at": at(time.March, 22, 16, 0), "result": "not_approached", "reason": "unsafe"})
	s.post("specialist", s.casePath("/contact-attempts"), map[string]any{"role": "site_operator", "itemIds": s.items[2:], "channel": "mail", "at": at(time.March, 22, 16, 0), "result": "no_answer"})
	s.say("specialist", "records that the forum's operator was mailed on 22 March and did not answer")
	s.gates("hoster")
	s.expect(s.caseID, "hoster", "AwaitApproval")
	doc := s.approve(s.caseID, "hoster")
	s.say("legal_adviser", "approves "+doc.str("instrument")+"; it is mailed over SMTP")
	s.expect(s.caseID, "hoster", "AwaitReply")
	s.clocks("hoster")
}

// platformRemoval: reversed on the complaint, verified on the pages.
func (s *story) platformRemoval() {
	complaint := s.document(s.caseID, "platform")
	s.advanceTo(at(time.March, 31, 14, 0))
	s.day(at(time.March, 31, 14, 0))
	s.world.takeDown(platformHost, originalPath)
	s.world.takeDown(platformHost, repostPath)
	s.reply(complaint.str("id"), "decision", "removed", "form", at(time.March, 31, 13, 30))
	s.say("platform", "reverses its decision and says that both posts are removed; the pages are fetched: gone")
	s.advanceTo(at(time.March, 31, 15, 30))
	s.ended("platform", "removed")
	s.say("program", "fetches both pages again, more than an hour later: still gone. The track ends: removed")
}

func (s *story) ended(route, outcome string) {
	tr := s.track(s.caseID, route)
	if s.err == nil && (tr.str("status") != "done" || tr.str("outcome") != outcome) {
		s.fail("track %s should have ended with %s; it is %s, %s, waiting for %v", route, outcome, tr.str("status"), tr.str("outcome"), tr.at("waitsFor"))
	}
}

// hosterSilence: ten working days over Easter, one reminder, ten more over
// Koningsdag.
func (s *story) hosterSilence() {
	s.advanceTo(at(time.April, 12, 23, 0))
	s.expect(s.caseID, "hoster", "AwaitReply")
	s.advanceTo(at(time.April, 13, 9, 30))
	s.day(at(time.April, 13, 9, 30))
	s.say("program", "the hoster was silent until the end of Monday 12 April; the page is looked at, still there: a reminder is drafted")
	doc := s.approve(s.caseID, "hoster")
	s.say("legal_adviser", "approves "+doc.str("instrument")+"; it is mailed")
	s.expect(s.caseID, "hoster", "AwaitReply")
	s.clocks("hoster")
	s.advanceTo(at(time.April, 28, 22, 0))
	s.expect(s.caseID, "hoster", "AwaitReply")
	s.advanceTo(at(time.April, 29, 9, 0))
	s.day(at(time.April, 29, 9, 0))
	s.ended("hoster", "escalated")
	s.say("program", "silent again until the end of Wednesday 28 April: the ladder opens the order route, through the police unit, about what the hoster stores")
}

// order is the request, through the police, for a prosecutor's removal order.
func (s *story) order() {
	s.expect(s.caseID, "legal_order", "AwaitApproval")
	s.gates("legal_order")
	doc := s.document(s.caseID, "legal_order")
	s.say("program", "assembles "+doc.str("instrument")+": chronology of the notices, the report's number, element table, manifest of evidence")
	s.approve(s.caseID, "legal_order")
	s.say("legal_adviser", "approves the dossier")
	s.expect(s.caseID, "legal_order", "AwaitHandOver")
	s.advanceTo(at(time.April, 29, 15, 0))
	s.post("liaison", "/v1/documents/"+doc.str("id")+"/handover", map[string]any{
		"contentHash": s.document(s.caseID, "legal_order").str("contentHash"), "recipient": map[string]any{"unit": "eenheid Voorbeeld", "function": "behandelaar"},
		"channel": "in_person", "at": at(time.April, 29, 14, 30), "receiptEvidenceId": s.proof("receipt", at(time.April, 29, 14, 30)),
	})
	s.say("liaison", "hands the dossier over to the police and stores the receipt")
	s.clocks("legal_order")
	for _, step := range []struct {
		status, by string
		when       time.Time
	}{
		{"received", "police", at(time.April, 30, 10, 0)},
		{"authorised", "rc", at(time.May, 3, 16, 0)},
		{"ordered", "ovj", at(time.May, 4, 11, 0)},
		{"executed", "provider", at(time.May, 7, 10, 0)},
	} {
		s.advanceTo(step.when.Add(time.Hour))
		s.day(step.when)
		if step.status == "executed" {
			s.world.takeDown(forumHost, forumPath)
		}
		s.post("liaison", "/v1/tracks/"+s.track(s.caseID, "legal_order").str("id")+"/feedback", map[string]any{"status": step.status, "by": step.by, "at": step.when})
		s.say("liaison", "records what was heard: "+step.status+", by "+bodies[step.by])
	}
	s.advanceTo(at(time.May, 7, 13, 0))
	s.ended("legal_order", "removed")
	s.say("program", "the page was fetched twice: gone. The track ends: removed")
}

// bodies are who speaks on a request for an order.
var bodies = map[string]string{"police": "the police", "rc": "the examining judge", "ovj": "the public prosecutor", "provider": "the provider"}

func (s *story) close() {
	s.advanceTo(at(time.May, 10, 9, 0))
	s.day(at(time.May, 10, 9, 0))
	s.post("coordinator", s.casePath("/closure"), map[string]any{"reason": "all_removed"})
	view := s.get("coordinator", s.casePath(""))
	if s.err == nil && view.str("status") != "closed" {
		s.fail("the case should be closed; it is %s", view.str("status"))
	}
	s.say("coordinator", "closes the case: every item has an outcome")
	for _, item := range view.list("items") {
		s.say("outcome", fmt.Sprintf("item %v: %s", item.at("no"), words(item.str("outcome", "code"))))
		if s.err == nil && item.str("outcome", "code") == "" {
			s.fail("item %v has no outcome", item.at("no"))
		}
	}
}
