package casework

import (
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// evidenceNumbers numbers the case's evidence C1, C2 … by when it came in.
func (p *planner) evidenceNumbers() ([]*takedown.Evidence, map[string]string, error) {
	list, err := all[takedown.Evidence](p.t)
	if err != nil {
		return nil, nil, err
	}
	list = slices.DeleteFunc(list, func(e *takedown.Evidence) bool { return e.Purpose != "" })
	sort.SliceStable(list, func(i, j int) bool {
		if list[i].At.Equal(list[j].At) {
			return list[i].ID < list[j].ID
		}
		return list[i].At.Before(list[j].At)
	})
	numbers := map[string]string{}
	for n, e := range list {
		numbers[e.ID] = "C" + strconv.Itoa(n+1)
	}
	return list, numbers, nil
}

// indicatesThreat is the indicator of a threat that can be seen in the content.
const indicatesThreat = "threat_in_thread"

// factItems describes the items that are still there, their captures and what
// the assessment found.
func (p *planner) factItems(f *notice.Facts, instrument string) error {
	evidence, numbers, err := p.evidenceNumbers()
	if err != nil {
		return err
	}
	assessments, err := p.assessments()
	if err != nil {
		return err
	}
	for _, it := range p.told(instrument) {
		threat := ""
		item, err := p.factItem(it, evidence, numbers)
		if err != nil {
			return err
		}
		for _, a := range assessments {
			if a.Item == it.ID {
				item.Locator, threat = a.Locator, a.ThreatLocator
				item.Indicators = append(item.Indicators, a.Purpose...)
				f.VictimAware, f.FearDescribed = f.VictimAware || a.VictimAware, f.FearDescribed || a.FearDescribed
			}
		}
		f.Items = append(f.Items, item)
		if p.c.Flags.Urgent() && f.Threat.Item == 0 && slices.Contains(item.Indicators, indicatesThreat) {
			f.Threat = notice.Locus{Item: item.No, Locator: threat}
		}
	}
	marks, err := p.marks()
	if err != nil {
		return err
	}
	f.Weighed = len(assessments) > 0
	for _, a := range assessments {
		p.factAssessment(f, a, numbers, marks)
		f.Weighed = f.Weighed && a.Weighed
	}
	for n := range f.Grounds {
		if len(f.Grounds[n].Items) == len(f.Items) {
			f.Grounds[n].Items = nil // of all
		}
	}
	for n := range f.Unlawful {
		if len(f.Unlawful[n].Items) == len(f.Items) {
			f.Unlawful[n].Items = nil
		}
	}
	if p.c.Complaint && !slices.Contains(f.Contra, "criticism") && !slices.Contains(f.Contra, "complaint") {
		f.Contra = append(f.Contra, "criticism") // nobody may say then that nothing was found
	}
	return nil
}

func (p *planner) factItem(it *takedown.Item, evidence []*takedown.Evidence, numbers map[string]string) (notice.Item, error) {
	place, err := p.t.place(it)
	if err != nil {
		return notice.Item{}, err
	}
	item := notice.Item{
		No: it.No, URL: place.URL, Place: notice.Place{Type: it.LocationType, Service: place.Service, Access: place.Access}, PostedAt: it.PostedAt, PostID: place.PostID, Handle: place.Handle, AccountID: place.AccountID, ProfileURL: place.ProfileURL,
		ContentType: it.ContentType, Kind: it.Kind, DataCategories: it.DataCategories, Audience: it.Audience, FirstSeenAt: it.FirstSeenAt,
		Views: place.Views, Shares: place.Shares,
	}
	if at, err := time.Parse(time.RFC3339, place.ReachAt); err == nil {
		item.ReachAt = at
	}
	for _, e := range evidence {
		if !slices.Contains(e.Items, it.ID) {
			continue
		}
		item.Captures = append(item.Captures, notice.Capture{At: e.CapturedAt, SHA256: e.SHA256, Evidence: numbers[e.ID]})
		if e.CapturedAt.After(item.StillOnlineAt) {
			item.StillOnlineAt = e.CapturedAt
		}
	}
	for _, c := range it.Checks {
		if c.Result == checkOnline && c.At.After(item.StillOnlineAt) {
			item.StillOnlineAt = c.At
		}
	}
	item.GoneAt = goneAt(it)
	return item, nil
}

// goneAt is when somebody looked and found that an item was no more; zero while
// it is there, or nobody looked.
func goneAt(it *takedown.Item) time.Time {
	if it.Status != takedown.ItemGone {
		return time.Time{}
	}
	var at time.Time
	for _, c := range it.Checks {
		if c.Result == checkGone && c.At.After(at) {
			at = c.At
		}
	}
	if at.IsZero() && it.Outcome != nil && it.Outcome.Verified {
		at = it.Outcome.At
	}
	return at
}

// told are the items that an instrument is about: those that are still there.
// A report tells what happened, so it keeps those that are gone since.
func (p *planner) told(instrument string) []*takedown.Item {
	open := p.openItems()
	if instrument != notice.T12 {
		return open
	}
	return slices.DeleteFunc(slices.Clone(p.items), func(it *takedown.Item) bool {
		return !slices.Contains(open, it) && (it.SuspectedCSAM || goneAt(it).IsZero())
	})
}

// factAssessment adds what one item's assessment found: grounds with the law
// data's own words at the date of the act, and to whom it was done.
func (p *planner) factAssessment(f *notice.Facts, a *takedown.Assessment, numbers, marks map[string]string) {
	for _, e := range a.Effects {
		if !slices.Contains(f.Effects, e) {
			f.Effects = append(f.Effects, e)
		}
	}
	for _, c := range a.Contra {
		if !slices.Contains(f.Contra, c) {
			f.Contra = append(f.Contra, c)
		}
	}
	if rank(a.Amplification) > rank(f.Amplification) {
		f.Amplification = a.Amplification
	}
	if len(f.Items) > 0 && !p.tells(f, a.Item) {
		return // what was found on a page that is gone says nothing of those that are left
	}
	n := slices.IndexFunc(p.items, func(it *takedown.Item) bool { return it.ID == a.Item })
	for _, g := range a.Grounds {
		if !isOffence(g) {
			p.factUnlawful(f, g, a.Item, numbers)
			continue
		}
		if i := p.factGround(f, g, p.items[n], numbers); i >= 0 && p.tells(f, a.Item) {
			f.Grounds[i].Items = append(f.Grounds[i].Items, p.items[n].No)
			doneTo(&f.Grounds[i], p.items[n], marks)
		}
	}
}

// tells says whether a text tells of an item.
func (p *planner) tells(f *notice.Facts, item string) bool {
	return slices.ContainsFunc(p.items, func(it *takedown.Item) bool {
		return it.ID == item && slices.ContainsFunc(f.Items, func(told notice.Item) bool { return told.No == it.No })
	})
}

// doneTo adds an item's persons to those that an offence was done to.
func doneTo(g *notice.Ground, it *takedown.Item, marks map[string]string) {
	for _, id := range it.People {
		if m := marks[id]; m != "" && !slices.Contains(g.KlachtOf, m) {
			g.KlachtOf = append(g.KlachtOf, m)
		}
	}
}

func rank(level string) int { return slices.Index([]string{"low", "medium", "high"}, level) }

// factGround adds a ground that was found on an item to the line of the version of
// the law that held when its act was done, and gives the line's index; -1 where
// none held.
func (p *planner) factGround(f *notice.Facts, g takedown.Ground, it *takedown.Item, numbers map[string]string) int {
	on := p.lawDateOf(it)
	o, err := p.t.s.Law.Offence(g.Offence, on)
	if err != nil { // unknown on the day of the act: it is no ground then, and somebody must hear of it
		addNew(&f.NotLaw, g.Offence)
		return -1
	}
	i := slices.IndexFunc(f.Grounds, func(have notice.Ground) bool { return p.sameLaw(&have, o) })
	known := actKnown(p.c, it)
	if i < 0 {
		f.Grounds = append(f.Grounds, p.newGround(o, on, known, f.Language))
		i = len(f.Grounds) - 1
	}
	ground := &f.Grounds[i]
	if known.Before(ground.ActDate) { // the earliest of several acts; none where that of one is not known
		ground.ActDate = known
	}
	for _, el := range o.Elements {
		if el.Only == "lid2" && !slices.ContainsFunc(f.Persons, func(q notice.Person) bool { return q.InCapacity && q.CapacityTerm != "" }) {
			continue // of the aggravated form, which nobody claims here
		}
		addElement(&ground.Elements, notice.Element{ID: el.ID, Text: in(f.Language, el.Text), Evidence: shownBy(g, el.ID, numbers), Aggravates: el.Only != ""})
	}
	return i
}

// shownBy are the numbers of the evidence for an element.
func shownBy(g takedown.Ground, element string, numbers map[string]string) []string {
	var shown []string
	for _, id := range g.Elements[element] {
		if n := numbers[id]; n != "" {
			shown = append(shown, n)
		}
	}
	return shown
}

func addElement(elements *[]notice.Element, el notice.Element) {
	i := slices.IndexFunc(*elements, func(have notice.Element) bool { return have.ID == el.ID })
	if i < 0 {
		*elements = append(*elements, el)
		return
	}
	addNew(&(*elements)[i].Evidence, el.Evidence...)
}

// addNew adds values that are not there yet.
func addNew(list *[]string, values ...string) {
	for _, v := range values {
		if !slices.Contains(*list, v) {
			*list = append(*list, v)
		}
	}
}

// newGround is the line of an offence in the words of its version of a day, for an
// act of which the day is known or, zero, is not.
func (p *planner) newGround(o law.Offence, on, known time.Time, language string) notice.Ground {
	g := notice.Ground{
		Offence: o.ID, Article: in(language, p.t.s.Law.ArticleName(o.Article, on)), Title: in(language, o.Title), ActDate: known, Verified: o.Verified(),
		Eligible: o.Remand.Listed,
	}
	if o.Klacht.Verified() {
		g.Klacht = o.Klacht.Needed
	}
	if o.Remand.Listed && o.Remand.Verified() { // what was not read is no fact of a text
		by := law.Text{NL: "artikel 67, eerste lid", EN: "Article 67(1)"}
		if o.Remand.Ground != "" {
			by = law.Text{NL: by.NL + ", onder " + o.Remand.Ground, EN: by.EN + "(" + o.Remand.Ground + ")"}
		}
		g.EligibleBy = in(language, law.Text{NL: by.NL + ", van het Wetboek van Strafvordering", EN: by.EN + " of the Dutch Code of Criminal Procedure"})
	}
	return g
}

// in is the law data's words in a document's language.
func in(language string, t law.Text) string {
	if language == "en" {
		return t.EN
	}
	return t.NL
}
