package main

import (
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// open opens a case about one page.
func (l *lost) open(urgent bool) {
	host, path, _ := strings.Cut(l.url, "/")
	l.world.publish(host, "/"+path, demoPage(l.url))
	opened := l.post("coordinator", "/v1/cases", caseAbout(l.url, urgent))
	l.caseID = opened.str("id")
	if people, ok := opened.at("people").([]any); ok && len(people) == 1 {
		l.person, _ = people[0].(string)
	}
	for _, i := range opened.list("items") {
		l.items = append(l.items, i.str("id"))
	}
	if l.err == nil && (l.person == "" || len(l.items) != 1) {
		l.fail("the case did not open with one person and one item")
	}
}

// caseAbout is a small case: one employee, one page.
func caseAbout(url string, urgent bool) map[string]any {
	return map[string]any{
		"reporter": map[string]any{"function": "praktijkmanager", "channel": "phone"},
		"affected": []map[string]any{{"relation": "employee", "function": "huisarts", "capacity": "none_of_lid2", "private": map[string]any{"name": demoName}}},
		"incident": map[string]any{"occurredAt": at(time.March, 21, 19, 0), "discoveredAt": at(time.March, 21, 20, 0), "summary": "Woonadres online."},
		"goals":    []string{"removal", "prosecution"}, "flags": map[string]any{"lifeOrSafety": urgent},
		"items": []map[string]any{{
			"location": map[string]any{"type": "url", "url": "https://" + url}, "kind": "original", "contentType": "text", "audience": "public",
			"firstSeenAt": at(time.March, 21, 20, 0), "dataCategories": []string{"home_address"},
		}},
	}
}

// allGates lets every gate hold that is not the addressee's own.
func (l *lost) allGates() {
	if l.err != nil {
		return
	}
	l.triage()
	l.evid = append(l.evid, l.captureOf(l.items[0], "item of "+l.caseID, at(time.March, 22, 8, 40), ""))
	l.assess()
	l.consents("notice")
	l.put("coordinator", l.casePath("/police-alignment"), map[string]any{"status": "answered", "mayNotify": true, "posterContact": "forbidden", "preservation126ni": "not_asked", "reason": "not_needed_here"})
}

// consents are what the person agreed to.
func (l *lost) consents(actions ...string) {
	for _, action := range actions {
		l.put("coordinator", l.casePath("/people/"+l.person+"/consents/"+action), map[string]any{
			"status": "given", "textShown": "toestemming-v1", "date": at(time.March, 22, 8, 45), "channel": "phone",
		})
	}
}

func (l *lost) attempt() {
	l.post("specialist", l.casePath("/contact-attempts"), map[string]any{"role": "poster", "at": at(time.March, 22, 8, 30), "result": "not_approached", "reason": "unsafe"})
	l.post("specialist", l.casePath("/contact-attempts"), map[string]any{"role": "site_operator", "channel": "mail", "at": at(time.March, 22, 8, 30), "result": "no_answer"})
}

func (l *lost) act(act string) {
	l.post("coordinator", "/v1/tracks/"+l.story.track(l.caseID, "hoster").str("id")+"/"+act, map[string]any{"reason": "Overleg met de politie."})
}

func (l *lost) quiet(from, until string) {
	set := l.get("coordinator", "/v1/settings")
	delete(set, "version")
	set["quietHours"] = map[string]any{"from": from, "until": until}
	l.put("coordinator", "/v1/settings", set)
}

func (l *lost) bringApproval() {
	l.open(false)
	l.allGates()
	l.attempt()
}

func (l *lost) bringReply() {
	l.bringApproval()
	l.approve(l.caseID, "hoster")
}

// saysRemoved is the hoster's word, and its page is gone.
func (l *lost) saysRemoved() {
	host, path, _ := strings.Cut(l.url, "/")
	l.world.takeDown(host, "/"+path)
	l.reply(l.document(l.caseID, "hoster").str("id"), "decision", "removed", "mail", at(time.March, 22, 9, 0))
}

func (l *lost) bringRemoved() {
	l.bringReply()
	l.saysRemoved()
	now, err := time.Parse(time.RFC3339, l.get("coordinator", "/v1/clock").str("now"))
	if l.err == nil && (err != nil || now.After(lostNow())) {
		l.fail("the clock is at %s: %v", now, err)
	}
	l.advanceTo(now.Add(90 * time.Minute))
}

func (l *lost) bringClosed() {
	l.bringRemoved()
	l.post("coordinator", l.casePath("/closure"), map[string]any{"reason": "all_removed"})
}

func (l *lost) reject() {
	doc := l.document(l.caseID, "hoster")
	l.post("legal_adviser", "/v1/documents/"+doc.str("id")+"/decision", map[string]any{"decision": "reject", "contentHash": doc.str("contentHash"), "reason": "Het doel moet duidelijker."})
}

func (l *lost) bringFiling() {
	l.url = strings.Replace(l.url, forumHost, platformHost, 1)
	l.open(false)
	l.allGates()
	l.approve(l.caseID, "platform")
}

// bringUncertain: the addressee's server takes the mail and breaks off before it
// says so.
func (l *lost) bringUncertain() {
	l.bringApproval()
	l.meets(func(c *smtp.Conn, take func() error) error {
		err := take()
		_ = c.Conn().Close() // as if it had crashed
		return err
	})
	l.approve(l.caseID, "hoster")
}

func (l *lost) bringHandOver() {
	l.bringReply()
	l.story.consents()
	l.put("liaison", l.casePath("/police-reports/report_een"), map[string]any{
		"kind": "aangifte", "by": "employer", "person": l.person, "offences": []string{"285d"}, "filedAt": at(time.March, 22, 8, 50), "unit": "eenheid Voorbeeld",
		"registrationNumber": "PL0000-2027000001", "copyReceived": true, "vptRequested": true, "vptConfirmed": true, "domicile": "employer",
	})
	l.reply(l.document(l.caseID, "hoster").str("id"), "decision", "refused", "mail", at(time.March, 22, 9, 0))
	l.approve(l.caseID, "legal_order")
}

func (l *lost) handOver() {
	doc := l.document(l.caseID, "legal_order")
	l.post("liaison", "/v1/documents/"+doc.str("id")+"/handover", map[string]any{
		"contentHash": doc.str("contentHash"), "recipient": map[string]any{"unit": "eenheid Voorbeeld", "function": "behandelaar"},
		"channel": "in_person", "at": lostNow(), "receiptEvidenceId": l.proof("receipt", lostNow()),
	})
}

// isBusy: the addressee's server is, and the engine waits to try again.
func (l *lost) isBusy() {
	l.approveUntil(l.meets(func(*smtp.Conn, func() error) error {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "busy, come again"}
	}))
	l.until("coordinator", "/v1/executions/"+l.execution(), func(x object) bool { return x.str("waitsFor") == "retry" })
}

// isHeld: the addressee's server holds the mail while the engine is lost.
func (l *lost) isHeld() {
	l.let = make(chan struct{})
	l.approveUntil(l.meets(func(_ *smtp.Conn, take func() error) error {
		<-l.let
		return take()
	}))
}

// urgentApproval: quiet hours do not hold an urgent case's mail.
func (l *lost) urgentApproval() {
	l.open(true)
	l.allGates()
	l.attempt()
}

func (l *lost) execution() string {
	return strings.ReplaceAll(l.story.track(l.caseID, "hoster").str("id"), "_", "-") + "-1"
}

func (l *lost) reopened() {
	l.post("coordinator", l.casePath("/reopening"), map[string]any{"reason": "came_back", "itemIds": l.items})
	l.stands("AwaitApproval", "approval")
}

func (l *lost) intakeGoesOn() {
	l.allGates()
	l.stands("AwaitGate", "site_operator_attempt")
}

// approvedOnce: what was drafted is what is approved, no second document.
func (l *lost) approvedOnce() {
	l.post("legal_adviser", "/v1/documents/"+l.doc.str("id")+"/decision", map[string]any{"decision": "approve", "contentHash": l.doc.str("contentHash")})
	l.stands("AwaitReply", "reply")
}

func (l *lost) edited() {
	l.put("specialist", "/v1/documents/"+l.doc.str("id"), map[string]any{"subject": l.doc.str("subject"), "text": l.doc.str("text") + "\nVerduidelijkt.\n", "recipients": l.doc.at("recipients")})
	l.stands("AwaitApproval", "approval")
}

func (l *lost) filed() {
	l.file("platform", lostNow(), "VP-"+l.caseID)
	l.stands("AwaitReply", "reply", "platform")
}

// answered: the answer ends a wait that the new generation registered.
func (l *lost) answered() {
	l.saysRemoved()
	l.stands("AwaitDate", "second_look")
}

func (l *lost) settledAsSent() {
	l.post("specialist", "/v1/documents/"+l.doc.str("id")+"/dispatch-resolution", map[string]any{"outcome": "sent", "reason": "mail_server_log"})
	l.stands("AwaitReply", "reply")
}

func (l *lost) handedOver() {
	l.handOver()
	l.stands("AwaitFeedback", "feedback", "legal_order")
}

func (l *lost) fedBack() {
	l.post("liaison", "/v1/tracks/"+l.track.str("id")+"/feedback", map[string]any{"status": "received", "by": "police", "at": lostNow()})
	l.stands("AwaitFeedback", "feedback", "legal_order")
}

func (l *lost) quietIsOver() {
	l.quiet("21:00", "07:00")
	l.stands("AwaitReply", "reply")
}
