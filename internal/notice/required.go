package notice

import (
	"fmt"
	"slices"
	"strings"
)

// requirement is one field that domain.md §8 marks R, or C with its condition
// met.
type requirement struct {
	field   string // path in Facts
	message string
	met     func(Facts) bool
	of      []string // instruments
}

var (
	letters  = without(Instruments(), T10, T11)
	signed   = without(letters, T9)          // by us: a lawyer signs the summons
	toSender = []string{T1, T2, T3, T4, T8a} // what goes to a provider
	notices  = []string{T1, T2}
	toPolice = []string{T7, T12}
	sealedTo = []string{T7, T8b, T12}
)

func without(all []string, some ...string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(i string) bool { return slices.Contains(some, i) })
}

// What is said of more than one instrument.
const (
	noGround    = "no verified legal ground: assess the items"
	noEvidence  = "no evidence is named for any ground: a text claims none without"
	noIndicator = "no item has an indicator of the purpose that can be told: assess the items"
)

// requirements holds for every instrument what must be there (domain.md §8,
// common blocks A and B first).
var requirements = []requirement{
	{"reference", "our reference is missing", func(f Facts) bool { return f.Reference != "" }, Instruments()},
	{"draftedAt", "the drafting date is missing", func(f Facts) bool { return !f.DraftedAt.IsZero() }, Instruments()},
	{"organisation/name", "the settings have no name of the organisation", func(f Facts) bool { return f.Organisation.Name != "" }, Instruments()},
	{"organisation/mailbox", "the settings have no functional mailbox: art. 16(2)(c) DSA asks for one", func(f Facts) bool { return f.Organisation.Mailbox != "" }, Instruments()},
	{"organisation/phone", "the settings have no phone of the desk", func(f Facts) bool { return f.Organisation.Phone != "" }, Instruments()},
	{"addressee/legalName", "the addressee's legal name is missing", func(f Facts) bool { return f.Addressee.LegalName != "" }, letters},
	{"persons", "nobody is named as affected: say in which relation to the organisation", func(f Facts) bool { return len(f.Persons) > 0 }, letters},
	{"mandate", "a notice on a mandate needs the reference of the recorded mandate", func(f Facts) bool { return f.Role != "mandate" || f.Mandate != "" }, letters},
	{"items", "there are no items", func(f Facts) bool { return len(f.Items) > 0 }, letters},
	{"grounds", noGround, func(f Facts) bool { return hasGround(f) || len(f.Withheld) > 0 }, []string{T7, T8b, T12}},

	{"items/indicators", noIndicator, hasIndicator, toPolice},
	{"addressee/source", "say how we know that the content stands with this addressee", func(f Facts) bool { return f.Addressee.Source != "" }, []string{T1}},
	{"attempts", "record what was tried with the site operator, or that there is no usable address", func(f Facts) bool { return len(f.Attempts) > 0 || f.NoOperatorChannel }, []string{T1}},
	{"posterNotContacted", "say why the poster was not approached: unsafe, unknown or both", func(f Facts) bool { return f.PosterNotContacted != "" || len(f.PosterAttempts) > 0 }, []string{T1}},
	{"addressee/serviceKind", "the register does not hold the addressee as a hosting service: say there what it is: hosting or online_platform for what anyone can see, messaging for private messages", func(f Facts) bool {
		return hostingService(f.Addressee) || f.Addressee.ServiceKind == kindMessaging
	}, []string{T2}},

	{"earlier", "there is no earlier notice to this addressee", func(f Facts) bool { return !latestNotice(f.Earlier).SentAt.IsZero() }, []string{T3}},
	{"earlier/reference", "the earlier notice has no reference", func(f Facts) bool {
		n := latestNotice(f.Earlier)
		return n.SentAt.IsZero() || n.Reference != ""
	}, []string{T3}},
	{"items/stillOnlineAt", "no item was seen online after the notice: look at the page first", func(f Facts) bool { return hasStillOnline(f) }, []string{T3, T4, T4b, T5, T7, T8b}},
	{"nextStep", "say when we look at the case again", func(f Facts) bool { return !f.NextStep.On.IsZero() }, []string{T3}},

	{"decision", "there is no decision to complain of; silence opens no complaint under art. 20 DSA", func(f Facts) bool { return f.Decision != nil }, []string{T4}},
	{"decision/code", "say what the addressee decided", func(f Facts) bool { return f.Decision == nil || f.Decision.Code != "" }, []string{T4}},
	{"decision/informedAt", "the date on which we were told of the decision is missing", func(f Facts) bool { return f.Decision == nil || !f.Decision.InformedAt.IsZero() }, []string{T4}},
	{"decision/notice", "the notice that was decided on is missing", func(f Facts) bool {
		return f.Decision == nil || f.Decision.NoticeRef != "" && !f.Decision.NoticeAt.IsZero()
	}, []string{T4}},

	{"decision/removedNos", "a complaint about a partial removal names what was removed", func(f Facts) bool {
		return f.Decision == nil || !contains(f.ComplaintGrounds, "partial") || len(f.Decision.RemovedNos) > 0
	}, []string{T4}},
	{"terms/versionOf", "a clause of the addressee's terms needs the date of their version", func(f Facts) bool {
		return f.Terms.Clause == "" || !f.Terms.VersionOf.IsZero()
	}, []string{T1, T2, T4, T8a}},
	{"flagger", "a trusted flagger's award has a number, an area and the coordinator who made it", func(f Facts) bool {
		return f.Flagger == nil || f.Flagger.ID != "" && f.Flagger.Area != "" && f.Flagger.Coordinator != ""
	}, []string{T2}},
	{"threat/item", "the threat stands in none of the items", func(f Facts) bool {
		return f.Threat.Item == 0 || slices.ContainsFunc(f.Items, func(i Item) bool { return i.No == f.Threat.Item })
	}, []string{T1, T2, T3, T8a, T12, T14}},
	{"threat", "a death threat is told without saying where it stands", func(f Facts) bool { return !f.DeathThreat || f.Threat.Item > 0 }, []string{T12}},

	{"reports", "a request for an order needs a report with its number, or the reason why both go together", func(f Facts) bool {
		return hasFiledReport(f) || f.FiledTogether != ""
	}, []string{T7}},
	{"filedTogether", "request and report are to go together, and no report is prepared", func(f Facts) bool {
		return f.FiledTogether == "" || len(f.Reports) > 0
	}, []string{T7}},
	{"reports", "the report to be made is missing: record it, or say which of several it is", func(f Facts) bool { return len(f.Reports) > 0 }, []string{T12}},
	{"reports/kind", "say whether it is a melding or an aangifte; a death threat needs an aangifte", func(f Facts) bool {
		return len(f.Reports) == 0 || f.Reports[0].Kind == "aangifte" || f.Reports[0].Kind == "melding" && !f.DeathThreat
	}, []string{T12}},
	{"reports/by", "say who makes the report: the organisation, the affected person, or both", func(f Facts) bool {
		return len(f.Reports) == 0 || contains([]string{"employer", "both", "affected"}, f.Reports[0].By)
	}, []string{T12}},
	{"reports/person", "say which affected person reports", func(f Facts) bool {
		return len(f.Reports) == 0 || f.Reports[0].By != "affected" || f.Reports[0].Mark != ""
	}, []string{T12}},
	{"reports/vptRequested", "the report does not ask for the VPT marking", func(f Facts) bool { return len(f.Reports) == 0 || vpt(f) }, toPolice},
	{"grounds/eligible", "no offence opens an order: art. 67(1) Sv", func(f Facts) bool { return !hasGround(f) || hasEligible(f) }, []string{T7}},
	{"grounds/elements", "say for each element of the offence which evidence shows it", isShown, []string{T12}},
	{"grounds/elements", "say for each element of the offence which evidence of these items shows it", isShown, []string{T7}},
	{"grounds/elements", noEvidence, isShown, []string{T8b}},
	{"grounds/actDate", "the date of the act is missing: it decides which text of the law holds", func(f Facts) bool {
		return !hasGround(f) || everyGround(f, func(g Ground) bool { return !g.ActDate.IsZero() })
	}, toPolice},
	{"events", "no fact has a date: say when the items were posted or first seen", func(f Facts) bool { return hasEvent(f) }, toPolice},
	{"provider/legalName", "the provider's legal name is missing", func(f Facts) bool { return f.Provider != nil && f.Provider.LegalName != "" }, []string{T7}},
	{"provider/contactPoint", "the provider's contact point for authorities (art. 11 DSA) is missing", func(f Facts) bool { return f.Provider == nil || f.Provider.ContactPoint != "" }, []string{T7}},
	{"provider/languages", "the languages that the provider declared (art. 11(3) DSA) are missing", func(f Facts) bool { return f.Provider == nil || len(f.Provider.Languages) > 0 }, []string{T7}},
	{"provider/representative", "the provider is established outside the Union: name its representative (art. 13 DSA)", func(f Facts) bool {
		return f.Provider == nil || inUnion(f.Provider.Country) || f.Provider.Representative != ""
	}, []string{T7}},
	{"provider/serviceKind", "no words why the provider falls under art. 138g Sv: a legal adviser's note is needed", func(f Facts) bool {
		return f.Provider == nil || communicates(*f.Provider) || of(f.Order).Service138g != ""
	}, []string{T7}},
	{"earlier", "this provider got no notice: say why waiting is not responsible", func(f Facts) bool { return len(askedProvider(f)) > 0 || f.Waiting != "" }, []string{T7}},
	{"order/volatile", "preservation is advised: say which data may be lost", func(f Facts) bool {
		return f.Preservation126ni != "asked" || len(of(f.Order).Volatile) > 0
	}, []string{T7}},
	{"order/haste", "preservation is advised: say why the data may be lost", func(f Facts) bool { return f.Preservation126ni != "asked" || of(f.Order).Haste != "" }, []string{T7}},
	{"dutyPhone", "no number is known that is reachable day and night: prosecutor and examining judge need one for their questions", func(f Facts) bool { return f.DutyPhone != "" }, []string{T7}},
	{"evidence", "there is no evidence", func(f Facts) bool { return len(f.Evidence) > 0 }, toPolice},
	{"secrecyDecided", "a legal adviser's decision on professional secrecy is not on record", func(f Facts) bool { return f.SecrecyDecided }, sealedTo},
	{"sealed", "the sealed annex with identity and domicile is missing", func(f Facts) bool { return f.Sealed != nil && len(f.Sealed.Persons) > 0 }, sealedTo},
	{"sealed/persons/name", "a person in the sealed annex has no name", func(f Facts) bool { return everySealed(f, func(p SealedPerson) bool { return p.Name != "" }) }, sealedTo},
	{"sealed/persons/domicile", "a person in the sealed annex has no domicile", func(f Facts) bool { return everySealed(f, func(p SealedPerson) bool { return p.Domicile != "" }) }, sealedTo},
	{"klachten/learnedAt", "a klacht lacks the day on which the person learned of the act", func(f Facts) bool {
		return everyKlacht(f, func(k Klacht) bool { return k.NotNeeded || !k.LearnedAt.IsZero() })
	}, toPolice},
	{"klachten/lastDay", "a klacht that is not signed lacks its last day", func(f Facts) bool {
		return everyKlacht(f, func(k Klacht) bool { return k.NotNeeded || k.Signed || !k.LastDay.On.IsZero() })
	}, toPolice},
	{"klachten", "an offence needs a klacht of each person: record theirs for each such offence", everyKlachtRecorded, toPolice},
	{"klachten/needed", "an offence may need a klacht: record for each person whether it is needed, with a legal adviser's note where it is not", everyConditionalAnswered, toPolice},
	{"requests", "say what we ask the police", func(f Facts) bool { return len(f.Requests) > 0 }, []string{T12}},
	{"effects", "no effect on the person is recorded that there are words for", func(f Facts) bool {
		return slices.ContainsFunc(f.Effects, func(c string) bool { return c != "other" })
	}, []string{T7}},
	{"amplification", "say how much attention the measure may draw: it is weighed in the request", func(f Facts) bool { return f.Amplification != "" }, []string{T7}},
}

// missing gives a blocking finding for each requirement that is not met.
func missing(instrument string, f Facts) []Finding {
	var out []Finding
	for _, r := range allRequirements() {
		if contains(r.of, instrument) && !r.met(f) {
			out = append(out, finding("missing", r.field, true, r.message))
		}
	}
	for _, more := range []func(string, Facts) []Finding{missingInItems, weighing, advising, addressed, partlyAsked, notArticle16, unlawfulFindings, messaging} {
		out = append(out, more(instrument, f)...)
	}
	out = append(out, undated(f)...)
	if instrument == T3 && hasStillOnline(f) && !seenAfter(f, latestNotice(f.Earlier).SentAt) {
		out = append(out, finding("stale", "items/stillOnlineAt", false, "nobody looked at the pages since the notice: look again before this leaves"))
	}
	for _, offence := range f.NotLaw {
		out = append(out, findingf("ground_not_law", "grounds", false, "the assessment names ground %s, which the law data do not hold (an offence: on the day of the act): it is left out; correct the day, or assess the item anew", offence))
	}
	if hasGround(f) && !contains(toPolice, instrument) && !everyGround(f, func(g Ground) bool { return !g.ActDate.IsZero() }) {
		out = append(out, finding("act_undated", "grounds/actDate", false, "the date of the act is not known: the law of the day on which it was first seen is used"))
	}
	if instrument == T12 && f.Sealed != nil && f.Sealed.Signer == "" && (len(f.Reports) == 0 || f.Reports[0].Kind == "aangifte" && f.Reports[0].By != "affected") {
		out = append(out, finding("no_signer", "sealed/signer", false, "annex A does not name who signs for the organisation: whoever signs the aangifte says so then"))
	}
	if instrument == T12 && !allSourced(f) {
		out = append(out, finding("unsourced", "items/firstSeenBy", false, "a first sighting has no source: say who saw it first"))
	}
	if instrument == T4b && of(f.Dispute).SubmittedBefore {
		out = append(out, finding("submitted_before", "dispute/copies", false, "a body had these pages before: the platform may refuse a dispute about the same information and grounds that was resolved already (art. 21(2) DSA)"))
	}
	if contains(signed, instrument) && f.Organisation.SignatoryFunction == "" {
		out = append(out, finding("no_signatory", "organisation/signatoryFunction", false, "the settings do not say in which function somebody signs: the letter bears none"))
	}
	if onMandate(instrument) {
		out = append(out, finding("unverified", "erasure", false, "the remedies of arts 35 and 36 UAVG are left out: the version of 1 September 2026 was not read; tell the person of them after a legal adviser's check"))
	}
	if instrument == T4 && f.Decision != nil && !f.Decision.WindowOpen {
		out = append(out, finding("not_open", "decision/windowOpen", true, "no complaint under art. 20 DSA is open: it needs an online platform that is not micro or small, and six months from the day we were told"))
	}
	return out
}

// missingInItems holds block B: the police find what has no URL, a message or a
// closed group, by its service and how we got there. Where in the content the data stand is R for a
// notice under art. 16(2)(b) DSA and for the exact data of art. 125p(2)(c) Sv.
func missingInItems(instrument string, f Facts) []Finding {
	var out []Finding
	exact := instrument == T2 || instrument == T7
	for n, i := range f.Items {
		elsewhere := i.Place.Type != "" && i.Place.Type != "url" && i.Place.Type != "account"
		for field, empty := range map[string]bool{
			"url":          !elsewhere && strings.TrimSpace(i.URL) == "" && !(i.Place.Type == "account" && namesAccount(i)),
			"place":        elsewhere && i.Place.Service == "",
			"place/access": elsewhere && i.Place.Access == "" && police(instrument),
			"no":           i.No == 0, "dataCategories": len(i.DataCategories) == 0,
			"contentType": i.ContentType == "", "kind": i.Kind == "", "locator": exact && i.Locator == "",
		} {
			if empty {
				out = append(out, finding("missing", fmt.Sprintf("items/%d/%s", n, field), true, "an item lacks its "+field))
			}
		}
	}
	return out
}

// namesAccount reports whether an account can be found without its page.
func namesAccount(i Item) bool {
	return i.ProfileURL != "" || i.Handle != "" || i.AccountID != "" || i.HandleMasked
}

// undated refuses a date without whose date it is: legal, self-set and policy
// are never mixed up in a text (design §7).
func undated(f Facts) []Finding {
	var out []Finding
	named := map[string]Deadline{"answerBy": f.AnswerBy, "nextStep": f.NextStep}
	for n, e := range f.Earlier {
		named[fmt.Sprintf("earlier/%d/due", n)] = e.Due
	}
	for n, k := range f.Klachten {
		named[fmt.Sprintf("klachten/%d/lastDay", n)] = k.LastDay
	}
	for field, d := range named {
		if !d.On.IsZero() && d.Nature != "legal" && d.Nature != "self-set" && d.Nature != "policy" {
			out = append(out, finding("missing", field+"/nature", true, "say whose date it is: legal, self-set or policy"))
		}
	}
	return out
}
