package notice

import "time"

// at reads an instant in Amsterdam.
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, amsterdam())
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

var demoOrganisation = Organisation{
	Name: "Huisartsenpraktijk Voorbeeld", Unit: "Meldpunt", Mailbox: "meldpunt@praktijk.example", Phone: "+31 10 000 00 00",
	PostalAddress: "Praktijkweg 1, 9999 XX Voorbeeldstad", SignatoryFunction: "coördinator veilig werken", PublicTask: true,
}

func demoItems() []Item {
	return []Item{
		{
			No: 1, URL: "https://platform.example/p/1001", PostID: "1001", Handle: "@account-een", AccountID: "77001", ProfileURL: "https://platform.example/@account-een",
			ContentType: "text", Kind: "original", DataCategories: []string{"home_address", "phone"}, Locator: "line:2", Audience: "public",
			FirstSeenAt: at("2027-03-21 20:15"), FirstSeenBy: "reported_to_us", Views: 4200, Shares: 31, ReachAt: at("2027-03-22 09:20"),
			Captures:   []Capture{{At: at("2027-03-22 09:20"), SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Evidence: "C1"}},
			Indicators: []string{"call_to_act", "address_and_incitement", "timing"},
		},
		{
			No: 2, URL: "https://platform.example/p/1002", PostID: "1002", Handle: "@account-twee", ContentType: "image", Kind: "repost",
			DataCategories: []string{"home_address"}, Locator: "image:1", Audience: "public", FirstSeenAt: at("2027-03-21 21:40"),
			Captures:   []Capture{{At: at("2027-03-22 09:31"), SHA256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752", Evidence: "C2"}},
			Indicators: []string{"call_to_act"},
		},
	}
}

func forumItem() Item {
	return Item{
		No: 3, URL: "https://forum.example/t/55", PostID: "55", Handle: "gast-9", ContentType: "text", Kind: "repost",
		DataCategories: []string{"home_address", "phone"}, Locator: "comment:4", Audience: "public", FirstSeenAt: at("2027-03-22 08:05"), FirstSeenBy: "own_observation",
		StillOnlineAt: at("2027-03-25 09:00"),
		Captures:      []Capture{{At: at("2027-03-22 09:45"), SHA256: "fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13", Evidence: "C3"}},
		Indicators:    []string{"call_to_act"},
	}
}

func demoGround() Ground {
	return Ground{
		Offence: "285d", Article: "artikel 285d, eerste lid, van het Wetboek van Strafrecht", Title: "doxing", ActDate: at("2027-03-21 20:15"), Verified: true,
		Klacht: "no", Eligible: true, EligibleBy: "artikel 67, eerste lid, onder b, van het Wetboek van Strafvordering",
		Elements: []Element{
			{ID: "E1", Text: "persoonsgegevens", Evidence: []string{"C1", "C3"}},
			{ID: "E2", Text: "van een ander of een derde", Evidence: []string{"C1", "C3"}},
			{ID: "E3", Text: "verschaffen, verspreiden of ter beschikking stellen", Evidence: []string{"C1", "C2", "C3"}},
			{ID: "E4", Text: "oogmerk", Evidence: []string{"C1", "C2", "C3"}},
		},
	}
}

// demoFacts are the demo's facts for one instrument, complete.
func demoFacts(instrument string) Facts {
	f := Facts{
		Reference: "TD-2027-481503-K", DraftedAt: at("2027-03-22 11:00"), Organisation: demoOrganisation,
		Persons:   []Person{{Mark: "A1", Relation: "employee", Function: "huisarts", FunctionIdentifies: true, Capacity: noneOfLid2}},
		Addressee: platform(), Items: demoItems(), Grounds: []Ground{demoGround()}, Preservation: true, Criticism: true, Weighed: true, Effects: []string{"contact", "visits"},
	}
	switch instrument {
	case T1, T3:
		f.Reference, f.Addressee, f.Items = "TD-2027-730021-P", hoster(), []Item{forumItem()}
		f.DraftedAt = at("2027-03-25 10:00")
		f.Attempts = []Attempt{{Channel: "mail", At: at("2027-03-23 09:10"), Result: "bounced"}, {Channel: "form", At: at("2027-03-23 09:40"), Result: "no_answer"}}
		f.PosterNotContacted, f.AnswerBy = "unsafe", Deadline{On: at("2027-04-12 12:00"), Nature: "policy"}
	case T4:
		complaint(&f)
	case T7, T12:
		forPolice(instrument, &f)
	default:
		forRoute(instrument, &f)
	}
	if instrument == T3 {
		f.DraftedAt, f.AnswerBy = at("2027-04-13 09:00"), Deadline{}
		f.NextStep = Deadline{On: at("2027-04-28 12:00"), Nature: "policy"}
		f.Earlier = []Earlier{hosterNotice()}
		f.Items[0].StillOnlineAt = at("2027-04-13 08:30")
	}
	return f
}

func platform() Addressee {
	return Addressee{
		LegalName: "Voorbeeldplatform Ltd.", DisplayName: "Voorbeeldplatform", Kind: "platform", ServiceKind: "online_platform", Articles: []string{"16", "17", "18", "20", "21", "22", "23"}, Country: "IE",
		Address: "https://platform.example/report", Source: "meldpagina van het platform", VerifiedAt: at("2027-01-12 10:00"),
		Form: []FormField{{Name: "url", Limit: 2000}, {Name: "email", Limit: 100}, {Name: "category", Limit: 100}, {Name: "explanation", Limit: 2000}, {Name: "summary_text", Limit: 500}, {Name: "good_faith", Limit: 0}},
	}
}

func hoster() Addressee {
	return Addressee{
		LegalName: "Voorbeeldhost B.V.", Kind: "hoster", ServiceKind: "hosting", Articles: []string{"16", "17", "18"}, Country: "NL", Address: "ntd@voorbeeldhost.example", FollowsNTDCode: true,
		PublishesNotices: true, Source: "het register van IP-adressen", VerifiedAt: at("2027-03-22 10:10"), ContactPoint: "orders@voorbeeldhost.example", Languages: []string{"nl", "en"},
	}
}

func hosterNotice() Earlier {
	return Earlier{
		Instrument: T1, Reference: "TD-2027-730021-P", Addressee: "Voorbeeldhost B.V.", Channel: "mail", SentAt: at("2027-03-25 14:05"),
		Due: Deadline{On: at("2027-04-12 23:59"), Nature: "policy"}, Ending: "silence", Items: []int{3}, ToProvider: true, Claims: claimsArticle16, Names: []string{"285d"},
	}
}

func complaint(f *Facts) {
	f.DraftedAt = at("2027-03-26 10:00")
	for n := range f.Items {
		f.Items[n].StillOnlineAt = at("2027-03-26 09:30")
	}
	f.Decision = &Decision{
		Code: "refused", Reason: "not_against_terms", InformedAt: at("2027-03-25 16:20"), Ticket: "VP-889", NoticeRef: "TD-2027-481503-K",
		NoticeAt: at("2027-03-23 10:30"), WindowOpen: true,
	}
	f.ComplaintGrounds = []string{"terms_only", "visible"}
	f.Earlier = []Earlier{{Instrument: T2, Reference: "TD-2027-481503-K", Addressee: "Voorbeeldplatform Ltd.", Channel: "form", Ticket: "VP-889", SentAt: at("2027-03-23 10:30"), Ending: "refused", Claims: claimsArticle16, Names: []string{"285d"}}}
	f.AnswerBy = Deadline{On: at("2027-04-12 12:00"), Nature: "policy"}
}

func forPolice(instrument string, f *Facts) {
	item := forumItem()
	f.Items = append(demoItems(), item)
	f.Reference, f.DraftedAt = "TD-2027-118842-R", at("2027-03-22 13:00")
	eachItem(f, func(i *Item) { i.StillOnlineAt = at("2027-03-22 12:30") })
	f.Addressee = Addressee{LegalName: "Politie-eenheid Voorbeeld", Kind: "police_unit"}
	f.SecrecyDecided, f.Preservation126ni, f.LearnedAt = true, "asked", at("2027-03-22 08:30")
	f.Requests = []string{"investigation", "order", "preservation", "inform", "may_notify"}
	f.Reports = []Report{{Kind: "aangifte", By: "employer", VPTRequested: true, Domicile: "employer", Witness: true, UnderNumber: "capturer"}}
	f.Amplification = "low"
	for n, e := range []struct{ media, sha string }{
		{"image/png", demoItems()[0].Captures[0].SHA256}, {"image/png", demoItems()[1].Captures[0].SHA256}, {"text/html", item.Captures[0].SHA256},
	} {
		f.Evidence = append(f.Evidence, Evidence{
			By: "medewerker meldpunt", No: "C" + itoa(n+1), SHA256: e.sha, MediaType: e.media, CapturedAt: f.Items[n].Captures[0].At, Tool: "browser 1.0", Original: true, Items: []int{n + 1},
		})
	}
	f.Sealed = &SealedAnnex{Persons: []SealedPerson{{Mark: "A1", Name: secretName, Domicile: "Huisartsenpraktijk Voorbeeld, Praktijkweg 1, 9999 XX Voorbeeldstad"}}}
	if instrument == T12 {
		f.Sealed.Signer, f.VictimAware, f.FearDescribed = "Zus Testbestuurder", true, true
		return
	}
	f.Items, f.DraftedAt = []Item{item}, at("2027-04-29 10:00")
	f.Items[0].StillOnlineAt = at("2027-04-29 09:30")
	provider := hoster()
	f.Provider = &provider
	f.DutyPhone = "+31 10 000 00 09"
	f.Order = &Order{Volatile: []string{"content", "logs"}, Haste: "poster_deletes", Measures: []string{"other_place"}}
	for n := range f.Grounds[0].Elements {
		f.Grounds[0].Elements[n].Evidence = []string{"C3"}
	}
	f.Reports[0].FiledAt, f.Reports[0].Registration, f.Reports[0].Unit = at("2027-03-22 15:00"), "PL0000-2027000001", "Politie-eenheid Voorbeeld"
	reminder := hosterNotice()
	reminder.Instrument, reminder.SentAt, reminder.Due.On = T3, at("2027-04-13 11:00"), at("2027-04-28 23:59")
	f.Earlier = []Earlier{hosterNotice(), reminder}
	f.Attempts = demoFacts(T1).Attempts
}

// What the demo's case seals. None of it is anybody's.
const (
	secretName    = "Bep Nergenshuizen-Testpersoon"
	secretAddress = "Verzonnenlaan 12a, 9998 ZZ Nergensdorp"
	secretPhone   = "06-00000012"
)

func demoSealed() []Sensitive {
	return []Sensitive{
		{"name", []string{secretName}},
		{"addresses", []string{secretAddress}},
		{"phones", []string{secretPhone}},
		{"emails", []string{"bep.testpersoon@thuis.example"}},
		{"numberPlates", []string{"XX-999-Y"}},
		{"summary", []string{"De plaatser was het niet eens met een geweigerde verwijzing in februari."}},
		{"trigger", []string{"geweigerde verwijzing"}},
		{"suspects", []string{"Kees Bestaatniet"}},
		{"function", []string{"huisarts"}},
	}
}

func demoAllowed(instrument string, f Facts) Allowed {
	a := Allowed{
		Instrument:   instrument,
		Mandate:      f.Mandate != "",
		Organisation: []string{f.Organisation.Name, f.Organisation.Unit, f.Organisation.Mailbox, f.Organisation.Phone, f.Organisation.PostalAddress},
		Addressee:    []string{f.Addressee.LegalName, f.Addressee.DisplayName, f.Addressee.Address},
	}
	for _, i := range f.Items {
		a.Locations = append(a.Locations, i.URL, i.ProfileURL)
	}
	return a
}
