package notice

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// indicator is one indicator of purpose with the items that show it.
type indicator struct{ Nos, Text string }

// Indicators are what in the content points at the purpose of doxing, by code: of
// an item that doxing is not pleaded of they say nothing.
func (v *view) Indicators() []indicator {
	var codes []string
	where := map[string][]int{}
	for _, i := range v.Items {
		if !v.doxed(i.No) {
			continue
		}
		for _, c := range i.Indicators {
			if !slices.Contains(codes, c) {
				codes = append(codes, c)
			}
			where[c] = append(where[c], i.No)
		}
	}
	var out []indicator
	for _, c := range codes {
		if p := v.phrase("indicator", c); p != "" {
			out = append(out, indicator{v.set.itemNos(where[c]), p})
		}
	}
	return out
}

// MainIndicator is the first one, for short fields.
func (v *view) MainIndicator() string {
	if all := v.Indicators(); len(all) > 0 {
		return all[0].Text
	}
	return ""
}

// IndicatorSentences are all indicators in a row.
func (v *view) IndicatorSentences() string {
	var out []string
	for _, i := range v.Indicators() {
		out = append(out, i.Text)
	}
	return strings.Join(out, " ")
}

// Effects are the effects on the person, in general words. A visit is told to
// the police alone: a poster who reads it must not see success.
func (v *view) Effects() []string { return v.effects(v.Facts.Effects) }

// NewHarm are the effects since the notice.
func (v *view) NewHarm() []string { return v.effects(v.Facts.NewHarm) }

func (v *view) effects(codes []string) []string {
	var out []string
	for _, c := range codes {
		if c == "visits" && !police(v.Instrument) {
			continue
		}
		if p := v.phrase("effect", c); p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// EffectSentences are all effects in a row.
func (v *view) EffectSentences() string { return strings.Join(v.Effects(), " ") }

// Has reports whether the assessment found an offence.
func (v *view) Has(offence string) bool {
	return slices.ContainsFunc(v.Facts.Grounds, func(g Ground) bool { return g.Offence == offence })
}

// OtherGrounds are the offences beside doxing.
func (v *view) OtherGrounds() []Ground {
	return slices.DeleteFunc(slices.Clone(v.Facts.Grounds), func(g Ground) bool { return g.Offence == "285d" })
}

// Citations names the offences with their articles, and what else is unlawful
// with its provision: not to the police. What holds of some items alone names them.
func (v *view) Citations() string { return v.set.list(v.citations(v.Facts.Grounds)) }

func (v *view) citations(offences []Ground) []string {
	var out []string
	for _, g := range offences {
		out = append(out, v.citation(g.Title, v.Lid(g), g.Items))
	}
	for _, u := range v.Unlawful() {
		out = append(out, v.citation(u.Title, u.Provision, u.Items))
	}
	return out
}

func (v *view) citation(title, source string, items []int) string {
	if nos := v.set.itemNos(items); nos != "" {
		source += "; " + nos
	}
	return title + " (" + source + ")"
}

// ShortOffence is what is pleaded, for a form's long field.
func (v *view) ShortOffence() string { return v.pleaded("doxing", "otherOffence", "alsoOffence") }

// ShortestOffence is what is pleaded, for a form's short field.
func (v *view) ShortestOffence() string {
	return v.pleaded("doxingShort", "otherOffenceShort", "alsoOffenceShort")
}

// pleaded names every ground: doxing in words of its own, the others beside it.
func (v *view) pleaded(doxing, other, also string) string {
	if !v.Has("285d") {
		if c := v.Citations(); c != "" {
			return v.say(other, c)
		}
		return ""
	}
	out := v.say(doxing)
	if nos := v.DoxingNos(); nos != "" {
		out += " " + v.say("doxingOf", nos)
	}
	if c := v.set.list(v.citations(v.OtherGrounds())); c != "" {
		out += " " + v.say(also, c)
	}
	return out
}

// Lid is a ground's article with its paragraph: for 285d the first, and the
// second beside it only where it is claimed.
func (v *view) Lid(g Ground) string {
	if g.Offence != "285d" || strings.Contains(g.Article, " lid") || strings.Contains(g.Article, "285d(") {
		return g.Article
	}
	lid := "lid1"
	if v.claimsLid2() {
		lid = "lid1and2"
	}
	return strings.Replace(g.Article, "285d", v.say(lid), 1)
}

// claimsLid2 reports whether a person's capacity is one of the statute's own,
// and the act was done to them in it.
func (v *view) claimsLid2() bool {
	return police(v.Instrument) && slices.ContainsFunc(v.Facts.Persons, inLid2)
}

func inLid2(p Person) bool { return p.InCapacity && p.CapacityTerm != "" && p.Capacity != noneOfLid2 }

// Evidence is the manifest: for an order only what shows its items.
func (v *view) Evidence() []Evidence {
	if v.Instrument != T7 {
		return v.Facts.Evidence
	}
	return evidenceOfItems(v.Facts)
}

// Listed are the numbers that the manifest holds: a dossier refers to nothing
// that is not in it.
func (v *view) Listed(nos []string) []string {
	listed := v.Evidence()
	return slices.DeleteFunc(slices.Clone(nos), func(no string) bool {
		return !slices.ContainsFunc(listed, func(e Evidence) bool { return e.No == no })
	})
}

// StillSince reports whether somebody saw an item after the notice that this
// document goes on from: only then is it "still" online.
func (v *view) StillSince() bool { return seenAfter(v.Facts, latestNotice(v.Facts.Earlier).SentAt) }

// Eligibility says for which offences an order is open at all (art. 67(1) Sv).
func (v *view) Eligibility() string {
	var out []string
	for _, g := range v.Facts.Grounds {
		if g.Eligible && g.EligibleBy != "" {
			out = append(out, v.say("eligible", upper(v.Lid(g)), g.EligibleBy))
		}
	}
	return strings.Join(out, " ")
}

// NoKlacht names the offences for which no klacht is needed.
func (v *view) NoKlacht() string {
	var out []string
	for _, g := range v.Facts.Grounds {
		if g.Klacht == "no" {
			out = append(out, v.Lid(g))
		}
	}
	return v.set.list(out)
}

// ElementFact says what shows an element of an offence (letters for T7, T12): of
// doxing in words of its own, of another where it was found.
func (v *view) ElementFact(g Ground, id string) string {
	if g.Offence != "285d" {
		return v.foundIn(g)
	}
	switch id {
	case "E1":
		return strings.Join(v.each(func(i Item) string {
			return v.say("contains", i.No, itemView{i, v}.Categories())
		}), " ")
	case "E2":
		var marks []string
		for _, p := range v.Facts.Persons {
			marks = append(marks, p.Mark)
		}
		return v.say("belongTo", v.set.list(marks))
	case "E3":
		return strings.Join(v.each(v.spread), " ")
	case "E4":
		return v.say("purpose", v.IndicatorSentences())
	case "E5":
		return v.capacity()
	}
	return v.foundIn(g)
}

// foundIn names the items that an offence was found in.
func (v *view) foundIn(g Ground) string {
	nos := g.Items
	if len(nos) == 0 {
		for _, i := range v.Items {
			nos = append(nos, i.No)
		}
	}
	return v.say("shownBy", v.set.itemNos(nos))
}

func (v *view) spread(i Item) string {
	text := v.say("someAccount")
	if who := (itemView{i, v}).Account(); who != "" {
		text = v.say("theAccount", who)
	}
	text += v.say("posted", i.No)
	if !i.PostedAt.IsZero() {
		text += v.say("postedOn", v.set.instant(i.PostedAt))
	}
	if !i.FirstSeenAt.IsZero() {
		text += v.say("seenOn", v.set.instant(i.FirstSeenAt))
	}
	return text + v.say("visibleTo", itemView{i, v}.AudiencePhrase())
}

// capacity claims lid 2 only with a term of the statute itself, assessed as
// done to the person in that capacity. "Hulpverlener" is no such term.
func (v *view) capacity() string {
	for _, p := range v.Facts.Persons {
		if inLid2(p) {
			return v.say("capacity", p.CapacityTerm)
		}
	}
	return v.say("noCapacity")
}

const noneOfLid2 = "none_of_lid2"

// ContraLine is what the assessment found against the purpose.
func (v *view) ContraLine() string {
	var out []string
	for _, c := range v.Facts.Contra {
		if p := v.phrase("contra", c); p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return v.set.list(out)
}

// Necessity says what an order is needed for (art. 125p(1) Sv).
func (v *view) Necessity() string {
	out := []string{v.phrase("necessity", "prevent")}
	if v.StillNos() != "" {
		out = []string{v.phrase("necessity", "end"), out[0]}
	}
	return v.set.list(out)
}

// ItemCount says on how many places the data stand.
func (v *view) ItemCount() string {
	if len(v.Items) == 1 {
		return v.say("oneLocation")
	}
	return v.say("locations", len(v.Items))
}

func (v *view) still() []Item {
	var out []Item
	for _, i := range v.Items {
		if i.GoneAt.IsZero() && !i.StillOnlineAt.IsZero() {
			out = append(out, i.Item)
		}
	}
	return out
}

// StillNos names the items that are still there.
func (v *view) StillNos() string {
	var nos []int
	for _, i := range v.still() {
		nos = append(nos, i.No)
	}
	return v.set.itemNos(nos)
}

// InTheOpen reports that whoever has the URLs sees what is still online: nothing
// of it stands in a closed group.
func (v *view) InTheOpen() bool {
	return !slices.ContainsFunc(v.still(), func(i Item) bool { return i.URL == "" || i.Audience == "closed" })
}

// StillOnlineAt is when somebody last looked and found them.
func (v *view) StillOnlineAt() time.Time {
	var at time.Time
	for _, i := range v.still() {
		at = latest(at, i.StillOnlineAt)
	}
	return at
}

func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
