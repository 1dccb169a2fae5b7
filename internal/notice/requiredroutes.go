package notice

import "slices"

// allRequirements are those of every instrument.
func allRequirements() []requirement {
	return slices.Concat(requirements, routeRequirements, unlawfulRequirements)
}

// of reads a part of the facts that may be absent: an absent part gives its
// zero value, so that every field of it is missing.
func of[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// routeRequirements hold for the instruments of the slower routes what must be
// there (domain.md §8, T4b to T6, T8 to T11, T13, T14).
var routeRequirements = []requirement{
	{"freeze/accounts", "say which accounts the request is about", func(f Facts) bool { return len(of(f.Freeze).Accounts) > 0 }, []string{T8a, T8b}},
	{"freeze/accounts/id", "an account has neither a name nor a number", func(f Facts) bool {
		return !slices.ContainsFunc(of(f.Freeze).Accounts, func(a Account) bool { return a.Handle == "" && a.ID == "" && a.Item == 0 })
	}, []string{T8a, T8b}},
	{"freeze/measure", "say which measure is asked for the account", func(f Facts) bool { return of(f.Freeze).Measure != "" }, []string{T8a}},
	{"freeze/until", "say until when the measure is asked for", func(f Facts) bool { return !of(f.Freeze).Until.IsZero() }, []string{T8a}},
	{"freeze/retainUntil", "say until when data should be kept", func(f Facts) bool { return !of(f.Freeze).RetainUntil.IsZero() }, []string{T8a}},
	{"freeze/repeats", "the request names no basis: name the clause of the platform's terms, or say from how many earlier notices these accounts' habit is pleaded, which that many that were not refused must show (art. 23(1) DSA, online platforms that are not micro or small)", func(f Facts) bool {
		return f.Terms.Clause != "" || habitual(f)
	}, []string{T8a}},
	{"earlier/ticket", "no earlier notice to this platform has a ticket number: a freeze builds on what was notified before", func(f Facts) bool {
		return slices.ContainsFunc(f.Earlier, func(e Earlier) bool { return !e.Police && ticketOf(e) != "" })
	}, []string{T8a}},
	{"freeze/threat", "say how serious the threat is", func(f Facts) bool { return of(f.Freeze).Threat != "" }, []string{T8b}},
	{"freeze/volatile", "say which data may be lost", func(f Facts) bool { return len(of(f.Freeze).Volatile) > 0 }, []string{T8b}},
	{"freeze/breach", "say why the breach is serious", func(f Facts) bool { return of(f.Freeze).Breach != "" }, []string{T8b}},
	{"freeze/haste", "say why it cannot wait", func(f Facts) bool { return of(f.Freeze).Haste != "" }, []string{T8b}},

	{"dispute/scopeFits", "check that the body's certificate covers platform, language, subject and notifiers", func(f Facts) bool { return of(f.Dispute).ScopeFits && !of(f.Dispute).CheckedAt.IsZero() }, []string{T4b}},
	{"dispute/languages", "say in which languages the body works", func(f Facts) bool { return len(of(f.Dispute).Languages) > 0 }, []string{T4b}},
	{"dispute/outcome", "say what came of the internal complaint, or that none was made", func(f Facts) bool { return of(f.Dispute).Outcome != "" }, []string{T4b}},
	{"dispute/complaintAt", "a complaint was made: its date and reference are missing", func(f Facts) bool {
		return of(f.Dispute).Outcome == "none" || of(f.Dispute).Outcome == "" || !of(f.Dispute).ComplaintAt.IsZero() && of(f.Dispute).ComplaintRef != ""
	}, []string{T4b}},
	{"dispute/engaged", "say whether the platform works with this body, or that we do not know", func(f Facts) bool { return of(f.Dispute).Engaged != "" }, []string{T4b}},
	{"dispute/copies", "copies of the complaint and of the decision are missing", func(f Facts) bool { return len(of(f.Dispute).Copies) > 0 }, []string{T4b}},
	{"provider/legalName", "the provider that this is about is missing", func(f Facts) bool { return of(f.Provider).LegalName != "" }, []string{T4b, T5}},
	{"decision", "there is no decision to submit: art. 21 DSA is about decisions", func(f Facts) bool { return f.Decision != nil && !f.Decision.InformedAt.IsZero() }, []string{T4b}},

	{"supervision/recipient", "say as which recipient of the service the complaint is made: account holder, or on a mandate", func(f Facts) bool { return of(f.Supervision).Recipient != "" }, []string{T5}},
	{"mandate", "a complaint in the person's name needs the reference of the recorded mandate", func(f Facts) bool { return of(f.Supervision).Recipient != "mandate" || f.Mandate != "" }, []string{T5}},
	{"supervision/located", "say that the recipient of the service is established or lives in the Netherlands: of another country another coordinator is competent", func(f Facts) bool { return of(f.Supervision).Located != "" }, []string{T5}},
	{"supervision/use", "say how the recipient uses the service", func(f Facts) bool { return of(f.Supervision).Use != "" }, []string{T5}},
	{"supervision/established", "say where the provider is established", func(f Facts) bool { return of(f.Supervision).Established != "" }, []string{T5}},
	{"supervision/large", "say whether the service is designated under art. 33 DSA, or that we do not know", func(f Facts) bool { return of(f.Supervision).Large != "" }, []string{T5}},
	{"provider/representative", "the provider is established outside the Union: name its representative (art. 13 DSA)", func(f Facts) bool {
		return inUnion(of(f.Supervision).Established) || of(f.Provider).Representative != ""
	}, []string{T5}},
	{"supervision/breaches", "say which articles are said to be infringed", func(f Facts) bool { return len(of(f.Supervision).Breaches) > 0 }, []string{T5}},
	{"supervision/copies", "copies of notice and answers are missing", func(f Facts) bool { return len(of(f.Supervision).Copies) > 0 }, []string{T5}},
	{"supervision/proceedings", "say which other proceedings there are, or none", func(f Facts) bool { return len(of(f.Supervision).Proceedings) > 0 }, []string{T5}},
	{"earlier", "there is no chronology: no earlier notice to this provider", func(f Facts) bool { return hasOwnNotice(f) }, []string{T5}},

	{"mandate", "a request in the person's name needs the reference of the recorded mandate", func(f Facts) bool { return f.Mandate != "" }, []string{T6, T13}},
	{"erasure/subject", "the data subject's name is missing: the controller must know whose data they are", func(f Facts) bool { return of(f.Erasure).Subject != "" }, []string{T6, T13}},
	{"erasure/copies", "the mandate's file is not there: the controller must see it (annex 2)", func(f Facts) bool { return enclosesMandate(of(f.Erasure).Copies) }, []string{T6}},
	{"infringement/copies", "the mandate's file is not there: the authority must see it", func(f Facts) bool { return enclosesMandate(of(f.Infringement).Copies) }, []string{T13}},
	{"dispute/mandate", "the mandate's file is not there: a dispute in the person's name encloses it", func(f Facts) bool { return f.Role != "mandate" || enclosesMandate(of(f.Dispute).Copies) }, []string{T4b}},
	{"supervision/mandate", "the mandate's file is not there: a complaint in the person's name encloses it", func(f Facts) bool {
		return of(f.Supervision).Recipient != "mandate" || enclosesMandate(of(f.Supervision).Copies)
	}, []string{T5}},
	{"erasure/officer", "say whether the controller has a data protection officer, or that we do not know", func(f Facts) bool { return of(f.Erasure).Officer != "" }, []string{T6}},
	{"erasure/officerAddress", "the controller has a data protection officer: say at which address", func(f Facts) bool {
		return of(f.Erasure).Officer != "yes" || of(f.Erasure).OfficerAddress != ""
	}, []string{T6}},
	{"addressee/address", "the controller's address is missing", func(f Facts) bool { return f.Addressee.Address != "" }, []string{T6}},
	{"erasure/grounds", "say on which ground erasure is asked: art. 17(1)(a), (c) or (d) GDPR", func(f Facts) bool { return len(of(f.Erasure).Grounds) > 0 }, []string{T6}},
	{"erasure/objection", "an objection needs its reasons", func(f Facts) bool {
		return !contains(of(f.Erasure).Grounds, "objection") || len(of(f.Erasure).Objection) > 0
	}, []string{T6}},
	{"erasure/weighing", "say why freedom of expression does not prevail (art. 17(3)(a) GDPR)", func(f Facts) bool { return len(of(f.Erasure).Weighing) > 0 }, []string{T6}},

	{"infringement/requestAt", "the request to the controller has no date or reference", func(f Facts) bool {
		return !of(f.Infringement).RequestAt.IsZero() && of(f.Infringement).RequestRef != ""
	}, []string{T13}},
	{"infringement/receivedAt", "the date on which the controller received the request is missing", func(f Facts) bool { return !of(f.Infringement).ReceivedAt.IsZero() }, []string{T13}},
	{"infringement/proof", "say what proves the receipt", func(f Facts) bool { return of(f.Infringement).Proof != "" }, []string{T13}},
	{"infringement/answer", "say what the controller answered, or that it kept silent", func(f Facts) bool { return of(f.Infringement).Answer != "" }, []string{T13}},
	{"infringement/answeredAt", "the answer has no date", func(f Facts) bool {
		return of(f.Infringement).Answer == "" || of(f.Infringement).Answer == "silence" || !of(f.Infringement).AnsweredAt.IsZero()
	}, []string{T13}},
	{"infringement/termEnded", "silence needs the day on which the controller's time ended", func(f Facts) bool {
		return of(f.Infringement).Answer != "silence" || !of(f.Infringement).TermEnded.On.IsZero()
	}, []string{T13}},
	{"infringement/breaches", "say what the controller did not do", func(f Facts) bool { return len(of(f.Infringement).Breaches) > 0 }, []string{T13}},
	{"provider/legalName", "the controller that this is about is missing", func(f Facts) bool { return of(f.Provider).LegalName != "" }, []string{T13}},

	{"summons/lawyer", "a summons goes through a lawyer: name the firm", func(f Facts) bool { return of(f.Summons).Lawyer != "" }, []string{T9}},
	{"summons/approved", "the lawyer has not approved the summons", func(f Facts) bool { return of(f.Summons).Approved }, []string{T9}},
	{"summons/gateDecided", "police alignment has not said that the poster may be approached", func(f Facts) bool { return of(f.Summons).GateDecided }, []string{T9}},
	{"summons/identity", "say how the poster is known", func(f Facts) bool { return of(f.Summons).Identity != "" }, []string{T9}},
	{"summons/service", "say how the summons is served", func(f Facts) bool { return of(f.Summons).Service != "" }, []string{T9}},
	{"summons/demands", "say what is asked of the poster", func(f Facts) bool { return len(of(f.Summons).Demands) > 0 }, []string{T9}},
	{"summons/until", "say until when an answer is asked", func(f Facts) bool { return !of(f.Summons).Until.On.IsZero() }, []string{T9}},

	{"form/actions", "the form asks for no action", func(f Facts) bool { return len(of(f.Form).Actions) > 0 }, []string{T10}},
	{"form/validUntil", "say until when the mandate holds", func(f Facts) bool { return len(of(f.Form).Mandate) == 0 || !of(f.Form).ValidUntil.IsZero() }, []string{T10}},
	{"form/informed", "the person must be told what happens with the data (art. 13 GDPR)", func(f Facts) bool { return len(of(f.Form).Informed) > 0 }, []string{T10}},

	{"evaluation/results", "no item has a result", func(f Facts) bool { return len(of(f.Evaluation).Results) > 0 }, []string{T11}},
	{"evaluation/team", "say when it was discussed with the team", func(f Facts) bool { return !of(f.Evaluation).Team.IsZero() }, []string{T11}},
	{"evaluation/people", "say for each affected person when it was discussed with them, or why not", func(f Facts) bool {
		people := of(f.Evaluation).People
		return len(people) > 0 && !slices.ContainsFunc(people, func(p EvaluationPerson) bool { return p.At.IsZero() && p.Not == "" })
	}, []string{T11}},
	{"evaluation/refusals", "somebody decided against us: say for which reason, or that none was given", func(f Facts) bool {
		return !of(f.Evaluation).Refused || len(of(f.Evaluation).Refusals) > 0
	}, []string{T11}},
	{"evaluation/lessons", "say what was learned, or nothing", func(f Facts) bool { return len(of(f.Evaluation).Lessons) > 0 }, []string{T11}},

	{"relay/consentAt", "the person's consent to the relay is not on record, nor an override", func(f Facts) bool { return of(f.Relay).Override || !of(f.Relay).ConsentAt.IsZero() }, []string{T14}},
	{"relay/othersTold", "say who else was asked, or nobody: no request is made twice", func(f Facts) bool { return len(of(f.Relay).OthersTold) > 0 }, []string{T14}},
}

func enclosesMandate(copies []Copy) bool {
	return slices.ContainsFunc(copies, func(c Copy) bool { return c.Kind == "mandate" })
}

// ticketOf is the addressee's number for an earlier instrument.
func ticketOf(e Earlier) string {
	for _, r := range slices.Backward(e.Replies) {
		if r.Ticket != "" {
			return r.Ticket
		}
	}
	return e.Ticket
}
