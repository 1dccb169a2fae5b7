package notice

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unsaid are the acts that a text may not tell: those of the police, unless they
// said so, and requests to freeze (domain.md §8, secrecy).
func (v *view) unsaid(code string) bool {
	return code == "police" && !v.Facts.MayMentionPolice && !police(v.Instrument)
}

// words are the phrases of codes, each once, in their order.
func (v *view) words(list string, codes []string) []string {
	var out []string
	for _, c := range codes {
		if v.unsaid(c) {
			continue
		}
		if p := v.phrase(list, c); p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// Words are the phrases of codes for a list in a text.
func (v *view) Words(list string, codes []string) []string { return v.words(list, codes) }

// Joined are the phrases of codes in one sentence.
func (v *view) Joined(list string, codes []string) string { return v.set.list(v.words(list, codes)) }

// elsewhere reports whether an instrument goes to somebody else than the
// provider, whose ticket numbers mean nothing there.
func elsewhere(instrument string) bool {
	return contains([]string{T4b, T5, T6, T9, T13, T14}, instrument)
}

// Freeze, Dispute and the others are parts of the facts that may be absent.
func (v *view) Freeze() Freeze { return of(v.Facts.Freeze) }

// Dispute is what T4b submits.
func (v *view) Dispute() Dispute { return of(v.Facts.Dispute) }

// Supervision is what T5 complains of.
func (v *view) Supervision() Supervision { return of(v.Facts.Supervision) }

// Erasure is what T6 asks.
func (v *view) Erasure() Erasure { return of(v.Facts.Erasure) }

// Infringement is what T13 tells.
func (v *view) Infringement() Infringement { return of(v.Facts.Infringement) }

// GDPRBreaches are the codes of what a controller did not do: a search engine was
// not asked to erase the page.
func (v *view) GDPRBreaches() []string {
	out := slices.Clone(v.Infringement().Breaches)
	for n, c := range out {
		if c == "not_erased" && v.Erasure().Query != "" {
			out[n] = "not_delisted"
		}
	}
	return out
}

// Summons is what T9 asks of the poster.
func (v *view) Summons() Summons { return of(v.Facts.Summons) }

// Form is what T10 offers to sign.
func (v *view) Form() Form { return of(v.Facts.Form) }

// Evaluation is what T11 records.
func (v *view) Evaluation() Evaluation { return of(v.Facts.Evaluation) }

// Relay is what T14 hands on.
func (v *view) Relay() Relay { return of(v.Facts.Relay) }

// AccountLines name the accounts of a freeze.
func (v *view) AccountLines() []string {
	var out []string
	for _, a := range v.Freeze().Accounts {
		out = append(out, v.accountLine(a))
	}
	return out
}

func (v *view) accountLine(a Account) string {
	var parts []string
	if a.Handle != "" {
		parts = append(parts, a.Handle)
	}
	if a.ID != "" {
		parts = append(parts, v.say("accountNumber", a.ID))
	}
	if a.Item > 0 {
		parts = append(parts, v.say("accountAt", a.Item))
	}
	return strings.Join(parts, ", ")
}

// OneAccount reports whether a freeze is about a single account.
func (v *view) OneAccount() bool { return len(v.Freeze().Accounts) == 1 }

// Notified are the earlier notices to this addressee, one line each.
func (v *view) Notified() []string {
	var out []string
	for _, e := range v.Facts.Earlier {
		if e.Police || (e.Instrument != T1 && e.Instrument != T2) {
			continue
		}
		text := v.say("notified", v.set.day(e.SentAt), e.Reference)
		if t := ticketOf(e); t != "" {
			text += v.say("yourTicket", t)
		}
		out = append(out, text+v.say("endedAs", v.ending(e)))
	}
	return out
}

// Habitual reports whether the platform is bound by art. 23 DSA, and somebody
// pleads the accounts' habit, which enough earlier notices show: what was
// refused as not illegal, or was about its own terms alone, shows none.
func (v *view) Habitual() bool { return habitual(v.Facts) }

func habitual(f Facts) bool {
	need := of(f.Freeze).Repeats
	return need > 0 && onlinePlatform(f.Addressee) && upheld(f) >= need
}

// onlinePlatform reports whether arts 20-23 DSA bind an addressee.
func onlinePlatform(a Addressee) bool { return contains(a.Articles, "20") }

// upheld is how many earlier notices of something illegal the platform did not
// refuse.
func upheld(f Facts) int {
	n := 0
	for _, e := range f.Earlier {
		if !e.Police && (e.Instrument == T1 || e.Instrument == T2) && e.Ending != "refused" && e.Claims != claimsTerms {
			n++
		}
	}
	return n
}

// CopyLines are the annexes of a complaint, numbered from 2: annex 1 holds the
// locations.
func (v *view) CopyLines(copies []Copy) []string {
	var out []string
	for n, c := range copies {
		text := itoa(n+2) + ". " + v.phrase("copy", c.Kind)
		if c.Reference != "" {
			text += v.say("withReference", c.Reference)
		}
		if c.SHA256 != "" {
			text += ", SHA-256 " + c.SHA256
		}
		out = append(out, text)
	}
	return out
}

// Proceedings are the other proceedings that T5 may name. Where one stays
// unsaid, nothing claims that there is none.
func (v *view) Proceedings() []string {
	codes := v.Supervision().Proceedings
	if slices.ContainsFunc(codes, v.unsaid) {
		v.note(finding("left_out", "supervision/proceedings", false, "what runs with the police is left out: they did not say that it may be told"))
		codes = slices.DeleteFunc(slices.Clone(codes), func(c string) bool { return c == "none" })
	}
	return v.words("proceeding", codes)
}

// endWords are the law data's words for an outcome, else those of its code.
func (v *view) endWords(code, words string) string {
	if words != "" {
		return words
	}
	return v.phrase("ending", code)
}

// DiscussedLines say with whom an evaluation was discussed, and when or why not:
// by number, never by name.
func (v *view) DiscussedLines() []string {
	e := v.Evaluation()
	var out []string
	if !e.Team.IsZero() {
		out = append(out, v.say("discussedTeam", v.set.day(e.Team)))
	}
	for n, p := range e.People {
		when := v.phrase("discussed", p.Not)
		if !p.At.IsZero() {
			when = v.set.day(p.At)
		}
		if len(e.People) == 1 {
			out = append(out, v.say("discussedPerson", when))
			continue
		}
		out = append(out, v.say("discussedOne", n+1, when))
	}
	return out
}

// RouteLines name the routes of an evaluation as they stand within a sentence.
func (v *view) RouteLines() []string {
	var out []string
	for _, name := range v.Evaluation().Routes {
		first, size := utf8.DecodeRuneInString(name)
		out = append(out, string(unicode.ToLower(first))+name[size:])
	}
	return out
}

// ClockLines are the clocks of an evaluation.
func (v *view) ClockLines() []string {
	var out []string
	for _, c := range v.Evaluation().Clocks {
		out = append(out, v.say("clockLine", c.Rule, v.phrase("nature", c.Nature), v.set.day(c.Due), v.phrase("clockEnd", c.Ended)))
	}
	return out
}

// ResultLines are the items' ends.
func (v *view) ResultLines() []string {
	var out []string
	for _, r := range v.Evaluation().Results {
		out = append(out, v.say("resultLine", r.Item, v.endWords(r.End, r.Words), r.Hours))
	}
	return out
}

// CountLines are the rows of the table that art. 22(3) DSA has.
func (v *view) CountLines() []string {
	var out []string
	for _, c := range v.Evaluation().Flagged {
		out = append(out, v.say("countLine", v.phrase("serviceKind", c.Provider), v.phrase("contentType", c.Content), v.endWords(c.Action, c.Words), c.Count))
	}
	return out
}
