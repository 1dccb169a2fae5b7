package correspondence

import (
	"strings"
	"testing"
	"time"
)

func from(sender, subject string, lines ...string) []byte {
	return mail(append([]string{"From: " + sender, "To: desk@desk.example.nl", "Subject: " + subject, ""}, lines...)...)
}

func classify(raw []byte, extra ...Pattern) Verdict {
	return Classify(Parse(raw, DefaultLimits()), extra...)
}

func TestAnAnswerIsToldByItsWords(t *testing.T) {
	desk := "Abuse desk <abuse@hoster.example>"
	for _, c := range []struct {
		text     string
		kind     Kind
		decision Decision
		sure     Confidence
		lang     string
	}{
		{"Wij hebben uw melding ontvangen en nemen deze in behandeling.", KindAcknowledgement, "", Clear, "nl"},
		{"We have received your report and will review it.", KindAcknowledgement, "", Clear, "en"},
		{"Wir bestätigen den Eingang Ihrer Meldung.", KindAcknowledgement, "", Clear, "de"},
		{"Nous accusons réception de votre signalement.", KindAcknowledgement, "", Clear, "fr"},
		{"Bedankt voor uw melding. De inhoud is verwijderd.", KindDecision, DecisionRemoved, Clear, "nl"},
		{"Thank you for your report. We have removed the content.", KindDecision, DecisionRemoved, Clear, "en"},
		{"Der Beitrag wurde gelöscht.", KindDecision, DecisionRemoved, Clear, "de"},
		{"Le contenu a été supprimé.", KindDecision, DecisionRemoved, Clear, "fr"},
		{"Het bericht wordt niet verwijderd: wij zien geen aanleiding om in te grijpen.", KindDecision, DecisionRefused, Clear, "nl"},
		{"We will not be removing it. The post does not violate our rules.", KindDecision, DecisionRefused, Clear, "en"},
		{"Der Inhalt verstößt nicht gegen unsere Richtlinien und wird nicht entfernt.", KindDecision, DecisionRefused, Clear, "de"},
		{"Ce contenu n'enfreint pas nos règles.", KindDecision, DecisionRefused, Clear, "fr"},
		{"Een deel van de inhoud is verwijderd.", KindDecision, DecisionPartly, Clear, "nl"},
		{"We removed some of the reported posts.", KindDecision, DecisionPartly, Clear, "en"},
		{"We need more information about the post.", KindDecision, DecisionNeedsInformation, Clear, "en"},
		{"Wij hebben meer informatie nodig.", KindDecision, DecisionNeedsInformation, Clear, "nl"},
		{"Wir benötigen weitere Angaben.", KindDecision, DecisionNeedsInformation, Clear, "de"},
		{"Veuillez préciser l'adresse.", KindDecision, DecisionNeedsInformation, Clear, "fr"},
		{"Wij hebben uw melding doorgestuurd naar onze klant.", KindDecision, DecisionForwarded, Clear, "nl"},
		{"We have forwarded your complaint to our customer.", KindDecision, DecisionForwarded, Clear, "en"},
		{"Kunt u mij morgen bellen?", KindQuestion, "", Likely, "nl"},
		{"Groeten uit Assen.", KindOther, "", Unclear, ""},
		// What says the opposite, or says it only on a condition.
		{"The content has not been removed.", KindDecision, DecisionRefused, Clear, "en"},
		{"Once the content has been removed we will tell you.", KindOther, "", Unclear, ""},
		{"Indien de inhoud is verwijderd, hoort u van ons.", KindOther, "", Unclear, ""},
		// Two decisions at once are a person's to read.
		{"The first post has been removed. The second does not violate our rules.", KindDecision, DecisionRemoved, Unclear, "en"},
		{"De pagina is verwijderd. Kunt u dat bevestigen?", KindDecision, DecisionRemoved, Likely, "nl"},
	} {
		v := classify(from(desk, "Re: Melding, kenmerk ABC-1", c.text))
		if v.Kind != c.kind || v.Decision != c.decision || v.Confidence != c.sure || v.Language != c.lang {
			t.Errorf("%s\n got %s %q %s %q by %s %q", c.text, v.Kind, v.Decision, v.Confidence, v.Language, v.Rule, v.Phrase)
		}
		if v.Kind != KindOther && (v.Phrase == "" || !strings.Contains(fold(c.text), v.Phrase)) {
			t.Errorf("%s: decided by %q, which is not in it", c.text, v.Phrase)
		}
	}
}

// Who has what was not for them says so in the first person; a footer speaks to
// whoever reads it, and a host that sends us elsewhere speaks of its service.
func TestAWrongAddresseeIsToldFromAFooterAndFromAReferral(t *testing.T) {
	for _, c := range []struct {
		text string
		kind Kind
		sure Confidence
	}{
		{"Uw bericht is niet voor ons bestemd; wij hebben het gewist.", KindWrongAddressee, Clear},
		{"Bedankt voor uw bericht. Uw e-mail is verkeerd geadresseerd.", KindWrongAddressee, Clear},
		{"We are not the intended recipient of your message.", KindWrongAddressee, Clear},
		{"Thank you for your email. We received your message in error and deleted it.", KindWrongAddressee, Clear},
		{"Ihre Nachricht ist nicht für uns bestimmt.", KindWrongAddressee, Clear},
		{"Votre message nous est parvenu par erreur.", KindWrongAddressee, Clear},
		{"Wij zijn niet de juiste geadresseerde.", KindWrongAddressee, Likely},
		{"We are not the right recipient.", KindWrongAddressee, Likely},
		{"Wir sind nicht der richtige Adressat.", KindWrongAddressee, Likely},
		{"Nous ne sommes pas le bon destinataire.", KindWrongAddressee, Likely},
		{"Dit is niet voor ons bestemd. Kunt u het origineel vernietigen?", KindWrongAddressee, Likely},
		{"Wij zijn niet de juiste geadresseerde: wij hosten deze website niet.", KindWrongAddressee, Unclear},
		{"We are not the right recipient. Please contact the hosting provider.", KindWrongAddressee, Unclear},
		{"Wij hosten deze website niet, u kunt zich wenden tot de hoster.", KindDecision, Clear},
		{"Groeten. Dit bericht is uitsluitend bestemd voor de geadresseerde. Indien u niet de geadresseerde bent, meldt u dit dan.", KindOther, Unclear},
		{"Thank you for your report. If you are not the intended recipient, or received this message in error, delete it.", KindAcknowledgement, Clear},
		{"Wenn Sie nicht der richtige Adressat sind oder diese E-Mail irrtümlich erhalten haben, informieren Sie uns.", KindOther, Unclear},
		{"Si vous n'êtes pas le destinataire prévu, merci de supprimer ce message reçu par erreur.", KindOther, Unclear},
	} {
		v := classify(from("Desk <desk@hoster.example>", "Re: Melding, kenmerk ABC-1", c.text))
		if v.Kind != c.kind || v.Confidence != c.sure {
			t.Errorf("%s\n got %s %s by %s %q", c.text, v.Kind, v.Confidence, v.Rule, v.Phrase)
		}
	}
	machine := mail("From: no-reply@hoster.example", "To: desk@desk.example.nl", "Subject: Melding", "Auto-Submitted: auto-replied", "", "We are not the intended recipient.")
	if v := classify(machine); v.Confidence == Clear {
		t.Errorf("a machine says so: %+v", v)
	}
}

// A mailbox that is gone, or a mail that a filter stopped, says nothing of the
// content that was reported.
func TestWhatHappenedToAMailboxOrAMailIsNoDecision(t *testing.T) {
	for _, text := range []string{
		"This e-mail address is no longer available.", "The mailbox abuse@hoster.example is no longer accessible.",
		"This email account has been disabled. Please use our form.", "Your message has been blocked by our spam filter.",
		"Your email to us was deleted unread.", "We blocked your message.", "Email address no longer available",
		"Dit e-mailadres is niet meer beschikbaar.", "De mailbox abuse@hoster.example is niet langer toegankelijk.",
		"Uw bericht is geblokkeerd.", "Uw e-mail is automatisch verwijderd.", "Uw e-mailbericht is door ons spamfilter geblokkeerd.",
		"Diese E-Mail-Adresse ist nicht mehr erreichbar.", "Das Postfach wurde deaktiviert.", "Ihre Nachricht wurde gesperrt.", "Ihre E-Mail wurde ungelesen gelöscht.",
		"Cette adresse e-mail n'est plus disponible.", "Votre message a été bloqué.", "La boîte aux lettres a été désactivée.", "Votre courriel a été automatiquement supprimé.",
	} {
		for _, raw := range [][]byte{from("abuse@hoster.example", "Re: Melding", text), from("abuse@hoster.example", text, "Groeten.")} {
			if v := classify(raw); v.Kind == KindDecision {
				t.Errorf("%s: %s by %s %q", text, v.Decision, v.Rule, v.Phrase)
			}
		}
	}
	for _, text := range []string{
		"Following your message, the page has been blocked.", "Your message was clear. The account has been suspended.", "The message has been removed.",
		"Het bericht is verwijderd.", "Na uw e-mail: de pagina is geblokkeerd.", "Uw bericht is ontvangen, de inhoud is niet meer beschikbaar.",
		"Der Beitrag, den Ihre E-Mail nennt, wurde gelöscht.", "Suite à votre message, le contenu a été supprimé.",
	} {
		if v := classify(from("abuse@hoster.example", "Re: Melding", text)); v.Kind != KindDecision || v.Decision != DecisionRemoved {
			t.Errorf("%s: %s %s by %s %q", text, v.Kind, v.Decision, v.Rule, v.Phrase)
		}
	}
}

func TestWhatIsQuotedDecidesNothing(t *testing.T) {
	for _, intro := range []string{"> ", "On 3 April 2027 the desk wrote:\r\n", "Op 3 april 2027 schreef Meldpunt:\r\n", "-----Oorspronkelijk bericht-----\r\n"} {
		raw := from("a@hoster.example", "Re: Melding", "Groeten.", "", intro+"De inhoud is verwijderd.")
		if v := classify(raw); v.Kind != KindOther {
			t.Errorf("%q: %s by %q", intro, v.Kind, v.Phrase)
		}
	}
}

func TestAnAutomaticAnswerIsNoDecisionAndNoAcknowledgement(t *testing.T) {
	for name, c := range map[string]struct {
		raw  []byte
		sure Confidence
	}{
		"header":     {mail("From: a@hoster.example", "Auto-Submitted: auto-replied", "Subject: Re: Melding", "", "Ik ben er niet."), Clear},
		"nl subject": {from("a@hoster.example", "Automatisch antwoord: Melding", "Tot maandag."), Clear},
		"nl text":    {from("a@hoster.example", "Re: Melding", "Ik ben afwezig tot 4 mei."), Clear},
		"en subject": {from("a@hoster.example", "Automatic reply: Notice", "Back soon."), Clear},
		"de text":    {from("a@hoster.example", "Re: Meldung", "Ich bin im Urlaub und lese keine Mail."), Clear},
		"fr subject": {from("a@hoster.example", "Réponse automatique : signalement", "Bonjour."), Clear},
		"machine":    {from("noreply@hoster.example", "Melding", "Wij hebben uw melding ontvangen."), Clear},
		"says both":  {mail("From: a@hoster.example", "Auto-Submitted: auto-replied", "", "Your content has been removed."), Unclear},
	} {
		if v := classify(c.raw); v.Kind != KindAutoReply || v.Confidence != c.sure {
			t.Errorf("%s: %s %s by %s %q", name, v.Kind, v.Confidence, v.Rule, v.Phrase)
		}
	}
	if v := classify(from("noreply@platform.example", "Your report", "We have removed the content.")); v.Kind != KindDecision || v.Confidence != Clear {
		t.Errorf("a machine's decision: %+v", v)
	}
}

// People answer bounces, send them on, and speak of delivery.
func TestAPersonIsNeverTakenForABounce(t *testing.T) {
	for name, raw := range map[string][]byte{
		"answers one":     mail("From: a@hoster.example", "Subject: Re: Undelivered Mail Returned to Sender", "In-Reply-To: <x@y>", "", "Which address did you use? User unknown is odd."),
		"speaks of one":   from("Jan <jan@hoster.example>", "Your notice", "Your message could not be delivered to our abuse box, sorry. We look into it."),
		"quotes one":      from("Jan <jan@hoster.example>", "Re: notice", "See below.", "> This is the qmail-send program at mx.example", "> 550 5.1.1 user unknown"),
		"runs the server": mail("From: Postmaster <postmaster@hoster.example>", "Subject: Re: mail blocked", "In-Reply-To: <x@y>", "", "We have lifted it."),
		"counts minutes":  from("Postmaster <postmaster@hoster.example>", "Re: your mail", "It stood in the queue for 480 minutes, sorry."),
		"mentions codes":  from("Jan <jan@hoster.example>", "server", "We saw a 550 5.7.1 for your host."),
	} {
		if v := classify(raw); v.Kind == KindBounce {
			t.Errorf("%s: bounce by %s %q", name, v.Rule, v.Phrase)
		}
	}
}

func TestABounceInWordsNamesRecipientAndPermanence(t *testing.T) {
	daemon := "Mail Delivery System <MAILER-DAEMON@mx.example>"
	for name, c := range map[string]struct {
		raw  []byte
		want Delivery
	}{
		"smail": {
			from(daemon, "mail failed, returning to sender", "|------------------------- Failed addresses follow: ---------------------|", " <abuse@hoster.example>",
				"   552 5.2.2 <abuse@hoster.example> Quota exceeded", "", "|------------------------- Message header follows: ----------------------|", "To: x@y.example"),
			Delivery{Recipient: "abuse@hoster.example", Permanence: Permanent, Status: "5.2.2", ReplyCode: "552"},
		},
		"exchange, dutch": {
			from("Microsoft Outlook <postmaster@hoster.example>", "Onbestelbaar: Melding", "Bezorging is mislukt bij deze geadresseerden of groepen:", "", "abuse@hoster.example",
				"Het e-mailadres is niet gevonden.", "Externe server retourneerde '550 5.1.10 RESOLVER.ADR.RecipientNotFound'"),
			Delivery{Recipient: "abuse@hoster.example", Permanence: Permanent, Status: "5.1.10", ReplyCode: "550"},
		},
		"chinese": {
			from("PostMaster <postmaster@mail.example>", "系统退信", "抱歉，您的邮件被退回来了……", "收件人：abuse@hoster.example", "SMTP error, RCPT TO: 550 User not found"),
			Delivery{Recipient: "abuse@hoster.example", Permanence: Permanent, ReplyCode: "550"},
		},
		"temporary": {
			from(daemon, "Undeliverable", "Could not deliver message to <abuse@hoster.example>", "451 4.4.1 timed out, giving up"),
			Delivery{Recipient: "abuse@hoster.example", Permanence: Temporary, Status: "4.4.1", ReplyCode: "451"},
		},
		"delayed, dutch": {
			from(daemon, "Bezorging vertraagd", "Uw bericht aan", "", "abuse@hoster.example", "", "is nog niet bezorgd. 451 4.4.1"),
			Delivery{Recipient: "abuse@hoster.example", Permanence: Delayed, Status: "4.4.1", ReplyCode: "451"},
		},
		"unknown language": {
			from(daemon, "xyzzy", "plugh"), Delivery{Permanence: Unknown},
		},
	} {
		v := classify(c.raw)
		if v.Kind != KindBounce || len(v.Deliveries) != 1 || v.Deliveries[0] != c.want {
			t.Errorf("%s: %s by %s %q: %+v", name, v.Kind, v.Rule, v.Phrase, v.Deliveries)
		}
	}
}

func TestAReportOfDeliveryIsNoBounce(t *testing.T) {
	for name, raw := range map[string][]byte{
		"words": from("MAILER-DAEMON@mx.example", "Successful Mail Delivery Report", "Your message was successfully delivered to the destination(s) listed below."),
		"read":  mail("From: a@b.example", "Subject: Gelezen: Melding", "Content-Type: multipart/report; report-type=disposition-notification; boundary=b", "", "--b", "", "Uw bericht is gelezen.", "--b--"),
	} {
		if v := classify(raw); v.Kind != KindOther || !v.Report {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestTheTicketOfTheSenderIsTakenOver(t *testing.T) {
	for subject, want := range map[string]string{
		"Re: Melding [#267938]":                     "267938",
		"[Ticket #AB-12345] ontvangen":              "AB-12345",
		"Your case number: 5-9981000":               "5-9981000",
		"Ontvangstbevestiging zaaknummer: Z2027-00": "Z2027-00",
		"Ticket ID: ABC123456":                      "ABC123456",
		"Melding":                                   "",
	} {
		if v := classify(from("a@hoster.example", subject, "Wij hebben uw melding ontvangen.")); v.Ticket != want {
			t.Errorf("%q: %q, want %q", subject, v.Ticket, want)
		}
	}
}

func TestAHolidayInPassingIsNoAutomaticAnswer(t *testing.T) {
	long := strings.Repeat("Wij hebben met de beheerder van de site gesproken. ", 40)
	for name, raw := range map[string][]byte{
		"late in a long text": from("jan@host.example", "Re: Melding", long+"Volgende week ben ik op vakantie: ik ben met vakantie tot 4 mei."),
		"answered to one":     from("jan@host.example", "Re: Automatisch antwoord: Melding", "Dank voor het wachten."),
	} {
		if v := classify(raw); v.Kind == KindAutoReply {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestAContactsOwnPatternGoesFirst(t *testing.T) {
	raw := from("a@hoster.example", "Melding", "Zaak gesloten, code 7.")
	p := Pattern{ID: "pattern_1", Kind: KindDecision, Decision: DecisionRefused, Phrase: "Code 7"}
	if v := classify(raw); v.Kind != KindOther {
		t.Fatalf("without: %+v", v)
	}
	if v := classify(raw, p); v.Kind != KindDecision || v.Decision != DecisionRefused || v.Rule != "pattern_1" || v.Phrase != "code 7" {
		t.Errorf("with: %+v", v)
	}
}

func TestTheRulesAreWhole(t *testing.T) {
	b, err := readBook()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for s, rules := range b.rules {
		for _, r := range rules {
			if r.ID == "" || seen[r.ID] || r.In == "" || (len(r.Any) == 0) != (r.re != nil) || r.re != nil && s != signNone || (r.In == inHeader) != (r.Header != "") {
				t.Errorf("%s: %+v", s, r)
			}
			if (s == signDecision) != (r.Decision != "") {
				t.Errorf("%s: decision %q", r.ID, r.Decision)
			}
			seen[r.ID] = true
		}
	}
	for s := range b.rules {
		if !used[s] {
			t.Errorf("sign %q: no rule of the code weighs it", s)
		}
	}
	if len(b.recipients) < 5 || len(b.tickets) == 0 {
		t.Errorf("%d recipient patterns, %d ticket patterns", len(b.recipients), len(b.tickets))
	}
}

var used = map[sign]bool{
	signDaemon: true, signWeakDaemon: true, signStrict: true, signFailure: true, signFormat: true, signHint: true, signDecisive: true,
	signDelay: true, signSuccess: true, signTemporary: true, signFinal: true, signGivenUp: true, signFeedback: true, signAutoHeader: true,
	signAutoReply: true, signMachine: true, signAck: true, signDecision: true, signQuestion: true, signNone: true, signReturned: true,
	signThanks: true, signPromise: true, signNote: true, signCondition: true, signMoment: true, signGiven: true, signClosing: true,
	signContrast: true, signAppeal: true, signException: true, signVerbFirst: true, signPast: true, signWhether: true, signWish: true,
	signDone: true, signDenied: true, signLater: true, signIdle: true,
	signFrom: true, signSent: true, signPlain: true, signQuoted: true, signWrong: true, signPerhaps: true,
}

// A mail made to be slow costs a bounded time.
func TestAHostileMailIsClassifiedInBoundedTime(t *testing.T) {
	for name, body := range map[string]string{
		"one phrase":  strings.Repeat("has been removed ", 1<<18),
		"conditions":  strings.Repeat("if it is so, the page has been removed and does not violate ", 1<<16),
		"thanks":      strings.Repeat("thank you for your report ", 1<<17),
		"topics":      strings.Repeat("more details more information ", 1<<17),
		"heads":       "x\r\n" + strings.Repeat("From: a\r\n\r\n", 1<<17),
		"one line":    strings.Repeat("a@b ", 1<<20),
		"addresses":   strings.Repeat("<abuse@hoster.example>:\r\n", 1<<17),
		"codes":       strings.Repeat("550 5.1.1 ", 1<<18),
		"open tags":   strings.Repeat("<div>", 1<<19) + "</",
		"quotes":      strings.Repeat("> ", 1<<20),
		"rulers":      strings.Repeat("-", 1<<20),
		"report":      strings.Repeat("Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n", 1<<15),
		"json":        "{\"notificationType\":" + strings.Repeat("[", 1<<20),
		"unseen":      strings.Repeat("\u200b\r\n\u00ad\r\n", 1<<10),
		"blank lines": strings.Repeat("\r\n", 1<<20),
	} {
		begin := time.Now()
		v := classify(from("MAILER-DAEMON@mx.example", "Undelivered Mail Returned to Sender", body))
		classify(from("abuse@hoster.example", "Re: Notice", body)) // an answer is read by other rules
		if took := time.Since(begin); took > 10*time.Second || len(v.Deliveries) > maxSegments {
			t.Errorf("%s: %v, %d recipients", name, took, len(v.Deliveries))
		}
	}
}

func FuzzClassify(f *testing.F) {
	f.Add(from("MAILER-DAEMON@mx.example", "Undelivered", "<a@b.example>: 550 5.1.1 no"), "code 7")
	f.Add(from("a@b.example", "Re: [#12345]", "Wij hebben uw melding ontvangen, <b>verwijderd</b>"), "")
	f.Add(mail("Subject: x", "", `{"notificationType":"Bounce"}`), "x")
	limits := Limits{Raw: 1 << 16, Header: 1 << 12, Text: 1 << 13, Parts: 20, Depth: 4}
	f.Fuzz(func(t *testing.T, raw []byte, phrase string) {
		v := Classify(Parse(raw, limits), Pattern{ID: "p", Kind: KindQuestion, Phrase: phrase})
		if v.Kind == "" || v.Confidence == "" || (v.Kind == KindDecision) != (v.Decision != "") {
			t.Errorf("%+v", v)
		}
		if v.Kind != KindBounce && !v.Report && len(v.Deliveries) > 0 {
			t.Errorf("deliveries of %s: %+v", v.Kind, v.Deliveries)
		}
		if len(v.Deliveries) > maxSegments {
			t.Errorf("%d deliveries", len(v.Deliveries))
		}
	})
}
