package main

import (
	"net/http"
	"strings"
)

// verb is one API command: its arguments fill the path's parameters in order.
// A PUT without a body reads what stands there: every PUT path answers GET.
type verb struct {
	name, method, path string
	body               bool
	help               string
}

// isFile says that a verb answers a file, which is printed byte for byte.
func (v verb) isFile() bool {
	return v.method == http.MethodGet && (strings.HasSuffix(v.path, "/rendered") || strings.HasSuffix(v.path, "/filing-sheet") || strings.HasSuffix(v.path, "/content") || strings.HasSuffix(v.path, ".ics") || strings.HasSuffix(v.path, "/bundle"))
}

// mayBeEmpty says that a verb's body is all of it optional.
func (v verb) mayBeEmpty() bool { return strings.HasSuffix(v.path, "/confirmation") }

// nouns are the API's commands by noun, in the order of api.md.
var nouns = map[string][]verb{
	"report": {
		{"open", "POST", "/v1/reports", true, "report an incident: who, what, when"},
		{"list", "GET", "/v1/reports", false, "reports received"},
		{"close", "POST", "/v1/reports/{report}/closure", true, "close a report as registered"},
	},
	"case": {
		{"open", "POST", "/v1/cases", true, "open a case"},
		{"list", "GET", "/v1/cases", false, "cases you may see"},
		{"show", "GET", "/v1/cases/{case}", false, "one case, sealed data masked"},
		{"change", "PATCH", "/v1/cases/{case}", true, "coordinator, deputy, flags, restriction"},
		{"unseal", "POST", "/v1/cases/{case}/unsealing", true, "show sealed data; an entry is written"},
		{"triage", "PUT", "/v1/cases/{case}/triage", true, "threat level and what to do at once"},
		{"alignment", "PUT", "/v1/cases/{case}/police-alignment", true, "what was agreed with the police"},
		{"police-report", "PUT", "/v1/cases/{case}/police-reports/{report}", true, "melding or aangifte"},
		{"decide", "POST", "/v1/cases/{case}/decisions", true, "record a decision with pros and cons"},
		{"attempt", "POST", "/v1/cases/{case}/contact-attempts", true, "what was tried with site operator or poster"},
		{"consent", "PUT", "/v1/cases/{case}/people/{person}/consents/{action}", true, "a person's consent to an action"},
		{"clocks", "GET", "/v1/cases/{case}/people/{person}/clocks.ics", false, "a person's clocks as an iCalendar file; ids and kinds only"},
		{"complaint", "PUT", "/v1/cases/{case}/people/{person}/complaints/{offence}", true, "klacht of a person for an offence"},
		{"evidence", "POST", "/v1/cases/{case}/evidence", true, "commit an upload as evidence"},
		{"upload", "POST", "/v1/cases/{case}/evidence/uploads", true, "bring a file in: announced, sent, its id answered for case evidence; with -f the announcement alone: PUT the bytes to its uploadUrl"},
		{"evidence-list", "GET", "/v1/cases/{case}/evidence", false, "the evidence of a case"},
		{"evidence-content", "GET", "/v1/cases/{case}/evidence/{evidence}/content", false, "a file of evidence; an entry is written"},
		{"documents", "GET", "/v1/cases/{case}/documents", false, "the documents of a case, in the order of drafting"},
		{"draft", "POST", "/v1/cases/{case}/documents", true, "draft a consent form (T10) or an evaluation (T11)"},
		{"evaluation", "PUT", "/v1/cases/{case}/evaluation", true, "what person and team said when the case was discussed"},
		{"tracks", "GET", "/v1/cases/{case}/tracks", false, "the tracks of a case"},
		{"open-track", "POST", "/v1/cases/{case}/tracks", true, "open a route by hand"},
		{"history", "GET", "/v1/cases/{case}/history", false, "the entries of a case"},
		{"close", "POST", "/v1/cases/{case}/closure", true, "close a case"},
		{"reopen", "POST", "/v1/cases/{case}/reopening", true, "reopen a case for some items"},
	},
	"item": {
		{"add", "POST", "/v1/cases/{case}/items", true, "add items to a case"},
		{"show", "GET", "/v1/cases/{case}/items/{item}", false, "one item"},
		{"change", "PATCH", "/v1/cases/{case}/items/{item}", true, "correct a location, flag material"},
		{"assess", "PUT", "/v1/cases/{case}/items/{item}/assessment", true, "legal grounds and decision"},
		{"outcome", "PUT", "/v1/cases/{case}/items/{item}/outcome", true, "set an outcome by hand"},
		{"check", "POST", "/v1/cases/{case}/items/{item}/check", false, "look at the page now"},
		{"addressees", "POST", "/v1/cases/{case}/items/{item}/addressees", false, "who can act on it: platform, operator, hoster, registrar"},
	},
	"document": {
		{"show", "GET", "/v1/documents/{doc}", false, "text, recipients, hash, findings"},
		{"render", "GET", "/v1/documents/{doc}/rendered", false, "as=text, html or pdf"},
		{"sheet", "GET", "/v1/documents/{doc}/filing-sheet", false, "what is copied into the addressee's form; as=text, html or pdf"},
		{"bundle", "GET", "/v1/documents/{doc}/bundle", false, "all that goes to the police, in one file; an entry is written"},
		{"edit", "PUT", "/v1/documents/{doc}", true, "edit text or recipients; drops any approval"},
		{"decide", "POST", "/v1/documents/{doc}/decision", true, "approve or reject one content hash"},
		{"file", "POST", "/v1/documents/{doc}/filing", true, "a web form was filed by hand"},
		{"post", "POST", "/v1/documents/{doc}/posting", true, "a letter was posted"},
		{"receipt", "POST", "/v1/documents/{doc}/receipt", true, "a letter was delivered, served, or came back"},
		{"hand-over", "POST", "/v1/documents/{doc}/handover", true, "given to the police"},
		{"resolve", "POST", "/v1/documents/{doc}/dispatch-resolution", true, "settle an uncertain dispatch"},
		{"misdirected", "POST", "/v1/documents/{doc}/misdirection", true, "it went to a wrong addressee: a data breach"},
	},
	"reply": {
		{"register", "POST", "/v1/replies", true, "what came by form, phone or letter"},
		{"list", "GET", "/v1/replies", false, "replies that nobody matched; case=CASE [status=STATUS]: those of a case"},
		{"show", "GET", "/v1/replies/{reply}", false, "text, and what the program made of it"},
		{"raw", "GET", "/v1/replies/{reply}/raw", false, "the mail as it came; an entry is written"},
		{"classify", "POST", "/v1/replies/{reply}/classification", true, "match and classify a reply"},
	},
	"track": {
		{"show", "GET", "/v1/tracks/{track}", false, "rungs, clocks, what it waits for, what comes next"},
		{"particulars", "PUT", "/v1/tracks/{track}/particulars", true, "what only a person can say for the track's instrument"},
		{"feedback", "POST", "/v1/tracks/{track}/feedback", true, "what police or prosecutor said"},
		{"hold", "POST", "/v1/tracks/{track}/hold", true, "hold a track"},
		{"resume", "POST", "/v1/tracks/{track}/resume", true, "resume a held track"},
		{"skip", "POST", "/v1/tracks/{track}/skip", true, "skip the current rung"},
		{"stop", "POST", "/v1/tracks/{track}/stop", true, "stop a track"},
	},
	"task": {
		{"list", "GET", "/v1/worklist", false, "what waits for you in every role you hold; role=ROLE: in that one"},
		{"complete", "POST", "/v1/tasks/{task}/completion", true, "complete a task; check_by_hand with the reason still_there: you saw the content there"},
	},
	"contact": {
		{"list", "GET", "/v1/contacts", false, "the register"},
		{"show", "GET", "/v1/contacts/{contact}", false, "one addressee"},
		{"cases", "GET", "/v1/contacts/{contact}/cases", false, "the open cases that write to an addressee"},
		{"put", "PUT", "/v1/contacts/{contact}", true, "add or change an addressee"},
		{"confirm", "POST", "/v1/contacts/{contact}/confirmation", true, "an addressee was held against its source now"},
	},
	"settings": {
		{"show", "GET", "/v1/settings", false, "the organisation's settings"},
		{"put", "PUT", "/v1/settings", true, "change the settings"},
	},
	"clock": {
		{"list", "GET", "/v1/clocks", false, "deadlines; each explains itself"},
		{"now", "GET", "/v1/clock", false, "case time"},
		{"extend", "POST", "/v1/clocks/{clock}/extension", true, "extend a clock"},
		{"preview-recount", "GET", "/v1/clocks/recount", false, "what a changed calendar would move; add=NL:2027-05-14 tries a day out"},
		{"recount", "POST", "/v1/clocks/recount", true, "look at every running clock again"},
		{"recounted", "GET", "/v1/clocks/recounted", false, "what moved, and from which date"},
	},
	"execution": {
		{"list", "GET", "/v1/executions", false, "what the engine runs and waits for"},
		{"show", "GET", "/v1/executions/{execution}", false, "one execution"},
		{"history", "GET", "/v1/executions/{execution}/events", false, "an execution's events"},
	},
}

func findVerb(noun, name string) (verb, bool) {
	for _, v := range nouns[noun] {
		if v.name == name {
			return v, true
		}
	}
	return verb{}, false
}
