package notice

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// NatureOf is whose date it is. The addressee's own term is only called that if
// the register holds one: else it is our wish.
func (v *view) NatureOf(d Deadline) string {
	of := v.Facts.Addressee
	if police(v.Instrument) {
		of = *v.Facts.Provider
	}
	if d.Nature == "self-set" && of.OwnTerm == "" {
		return "policy"
	}
	return d.Nature
}

// Ticket is the addressee's latest number for this track.
func (v *view) Ticket() string {
	if elsewhere(v.Instrument) {
		return ""
	}
	if d := v.Facts.Decision; d != nil && d.Ticket != "" {
		return d.Ticket
	}
	for _, e := range slices.Backward(v.Facts.Earlier) {
		if e.Police || police(v.Instrument) {
			continue
		}
		for _, r := range slices.Backward(e.Replies) {
			if r.Ticket != "" {
				return r.Ticket
			}
		}
		if e.Ticket != "" {
			return e.Ticket
		}
	}
	return ""
}

// Notice is the notice that a reminder is about: the latest.
func (v *view) Notice() Earlier { return latestNotice(v.Facts.Earlier) }

func latestNotice(earlier []Earlier) Earlier {
	for _, e := range slices.Backward(earlier) {
		if e.Instrument == T1 || e.Instrument == T2 {
			return e
		}
	}
	return Earlier{}
}

// Missing says what a reminder reminds of: receipt, decision or effect. Who sent
// the notice on, or asked for more, has it, and has promised no measure.
func (v *view) Missing() string {
	switch {
	case v.LastReply().Kind != "":
		return "effect"
	case !v.AcknowledgedAt().IsZero(), slices.ContainsFunc(v.Notice().Replies, isDecision):
		return "decision"
	}
	return "receipt"
}

// isDecision says so of an answer that is the addressee's: what nobody knows to be
// theirs is not held against them.
func isDecision(r Reply) bool { return r.Kind == "decision" && !r.SenderUnknown }

// LastReply is the last answer to the notice by which something was removed.
func (v *view) LastReply() Reply {
	for _, r := range slices.Backward(v.Notice().Replies) {
		if isDecision(r) && (r.Decision == "removed" || r.Decision == "partly") {
			return r
		}
	}
	return Reply{}
}

// AcknowledgedAt is when the addressee confirmed receipt. An automatic reply
// counts as none.
func (v *view) AcknowledgedAt() time.Time {
	for _, r := range v.Notice().Replies {
		if r.Kind == "acknowledgement" && !r.SenderUnknown {
			return r.At
		}
	}
	return time.Time{}
}

// Earlier is one line per earlier instrument: what, to whom, when, by which
// clock, and how it ended.
func (v *view) Earlier() []string {
	var out []string
	for _, e := range v.Facts.Earlier {
		if e.Police {
			continue
		}
		out = append(out, v.earlier(e))
	}
	return out
}

func (v *view) earlier(e Earlier) string {
	text := v.say("earlier", v.set.instant(e.SentAt), v.phrase("instrument", e.Instrument), e.Addressee)
	if p := v.phrase("via", e.Channel); p != "" {
		text += ", " + p
	}
	text += v.say("withReference", e.Reference)
	if e.Ticket != "" {
		text += v.say("theirTicket", e.Ticket)
	}
	if !e.Due.On.IsZero() {
		text += v.say("askedBy", v.set.day(e.Due.On), v.phrase("nature", v.NatureOf(e.Due)))
	}
	if e.AskedHours > 0 {
		text += v.say("askedWithin", e.AskedHours, v.phrase("nature", v.NatureOf(e.Due)))
	}
	for _, r := range e.Replies {
		text += "; " + v.reply(r)
	}
	return text + v.say("endedAs", v.ending(e))
}

func (v *view) reply(r Reply) string {
	if r.SenderUnknown {
		return v.say("senderUnknown", v.set.day(r.At))
	}
	switch r.Kind {
	case "acknowledgement":
		return v.say("acknowledged", v.set.day(r.At))
	case "decision":
		return v.say("decided", v.set.day(r.At), v.phrase("decision", r.Decision))
	case "bounce":
		return v.say("bounced", v.set.day(r.At))
	case "auto_reply":
		return v.say("autoReply", v.set.day(r.At))
	}
	return v.say("message", v.set.day(r.At))
}

func (v *view) ending(e Earlier) string { return v.set.phrases["ending"][e.Ending] }

// Complaints are the grounds of a complaint under art. 20.
func (v *view) Complaints() []string {
	codes := v.Facts.ComplaintGrounds
	if len(codes) == 0 {
		codes = []string{"visible"}
	}
	var out []string
	for _, c := range codes {
		if s := v.complaint(c); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (v *view) complaint(code string) string {
	switch code {
	case "visible":
		if !v.AllOnFace() {
			return v.say("complaintNamed")
		}
		return v.say("complaintVisible")
	case "terms_only":
		if v.TermsAlone() || v.noticeOnTerms() { // nothing else is pleaded, or was
			return v.say("complaintNamed")
		}
		return v.say("complaintTerms")
	case "wrong_item":
		return v.say("complaintWrong")
	case "facts_missed":
		if d := v.Facts.Decision; d != nil && d.MissedPlace.Item > 0 {
			return strings.TrimSuffix(v.say("complaintMissedAt", d.MissedPlace.Item, v.locator(d.MissedPlace.Locator)), ", ") + "."
		}
		return v.say("complaintMissed")
	case "partial":
		if d := v.Facts.Decision; d != nil {
			return v.say("complaintPartial", v.set.itemNos(d.RemovedNos), upper(v.StillNos()))
		}
	}
	v.phrase("complaintGround", code)
	return ""
}

// Repeated is an account that was seen to post such data before, if the
// assessment found so of an item that the text calls illegal (art. 23(1) DSA);
// empty otherwise.
func (v *view) Repeated() string {
	called := illegal(v.Facts)
	for _, i := range v.Items {
		if called.has(i.No) && slices.Contains(i.Indicators, "history") {
			return i.Account()
		}
	}
	return ""
}

// PoliceReference is the report's number where police said that letters may
// name it.
func (v *view) PoliceReference() string {
	if !v.Facts.MayMentionPolice {
		return ""
	}
	return v.FiledReport().Registration
}

// FiledReport is the latest report that has a number.
func (v *view) FiledReport() *Report {
	for n := range slices.Backward(v.Facts.Reports) {
		if r := &v.Facts.Reports[n]; r.Registration != "" && !r.FiledAt.IsZero() {
			return r
		}
	}
	if police(v.Instrument) {
		return nil
	}
	return &Report{}
}

func (v *view) report() Report {
	if n := len(v.Facts.Reports); n > 0 && v.Instrument == T12 {
		return v.Facts.Reports[0]
	} else if n > 0 {
		return v.Facts.Reports[n-1]
	}
	return Report{}
}

// Domicile is where the organisation chooses domicile: by default at itself.
func (v *view) Domicile() string { return cmp.Or(v.report().Domicile, "employer") }

// Domiciles is where the affected persons can be reached for the case, each by their own
// report: the address itself stands in annex A alone.
func (v *view) Domiciles() string {
	var kinds []string
	marks := map[string][]string{}
	for _, p := range v.Facts.Persons {
		where := v.phrase("domicile", cmp.Or(p.Domicile, "employer"))
		if !slices.Contains(kinds, where) {
			kinds = append(kinds, where)
		}
		marks[where] = append(marks[where], p.Mark)
	}
	if len(kinds) < 2 {
		return strings.Join(kinds, "")
	}
	for n, where := range kinds {
		kinds[n] = v.say("domicileOf", where, v.set.list(marks[where]))
	}
	return v.set.list(kinds)
}

// Witness reports whether the person is ready to testify.
func (v *view) Witness() bool { return v.report().Witness }

// ReporterPhrase says who makes the report.
func (v *view) ReporterPhrase() string {
	role := v.Facts.Role
	if role == "mandate" { // a report is the organisation's own
		role = "organisation"
	}
	p := v.phrase("reporter", role)
	if v.report().By == "both" {
		p += v.say("reporterToo", v.ReportWord())
	}
	return p
}

// IsMelding reports whether it is reported without asking for prosecution.
func (v *view) IsMelding() bool { return v.report().Kind == "melding" }

// ReportWord is what kind of report it is.
func (v *view) ReportWord() string {
	return v.phrase("reportWord", cmp.Or(v.report().Kind, "aangifte"))
}

// ByAffected reports whether the affected person reports, and we do not.
func (v *view) ByAffected() bool { return v.report().By == "affected" }

// ReporterMark is the affected person who reports, as annex A numbers them.
func (v *view) ReporterMark() string { return v.report().Mark }

// DutyPhone is the number for questions: at any hour where there is one, else
// the desk's.
func (v *view) DutyPhone() string { return cmp.Or(v.Facts.DutyPhone, v.Facts.Organisation.Phone) }

// Country is where a provider is established, in words.
func (v *view) Country(code string) string { return v.phrase("country", strings.ToUpper(code)) }

// Spoken are languages in words.
func (v *view) Spoken(codes []string) string {
	var out []string
	for _, c := range codes {
		if name := v.phrase("language", strings.ToLower(c)); name != "" {
			out = append(out, name)
		}
	}
	return v.set.list(out)
}

// UnderNumber is for whom a report or statement under a number is asked: in the
// report to make, or in any that a request for an order goes on from.
func (v *view) UnderNumber() string { return v.underNumber("") }

// OthersUnderNumber is UnderNumber without the affected persons, of each of whom
// annex A says it.
func (v *view) OthersUnderNumber() string { return v.underNumber("affected") }

func (v *view) underNumber(but string) string {
	reports := v.Facts.Reports
	if v.Instrument == T12 && len(reports) > 0 {
		reports = reports[:1]
	}
	var out []string
	for _, r := range reports {
		if r.UnderNumber == but {
			continue
		}
		if p := v.phrase("underNumber", r.UnderNumber); p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return v.set.list(out)
}
