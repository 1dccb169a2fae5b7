package casework

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// GroundInput is one legal ground with the evidence for each element: an offence,
// or a ground without one.
type GroundInput struct {
	Offence  string              `json:"offence,omitempty" maxLength:"20" doc:"A code of the law data on the day of the item's act."`
	Ground   string              `json:"ground,omitempty" maxLength:"20" doc:"Instead of an offence: avg17-1-d (unlawful processing of personal data), own_terms (breach of the addressee's own terms), bw6-162 (civil wrong: in no text until it was read). It opens no order, report or klacht."`
	Elements map[string][]string `json:"elements,omitempty" doc:"Element to the ids of the evidence that shows it."`
	Because  []string            `json:"because,omitempty" maxItems:"10" doc:"With a ground of other law, what makes it unlawful: no_consent, private_data, third_person."`
	Weighing []string            `json:"weighing,omitempty" maxItems:"10" doc:"With a ground of other law, why freedom of expression and information does not prevail: no_debate, readable_without."`
}

// suspects says whether an assessment names an offence: of other grounds nothing
// follows with the police.
func suspects(a *takedown.Assessment) bool {
	return slices.ContainsFunc(a.Grounds, isOffence)
}

func isOffence(g takedown.Ground) bool { return g.Ground == "" }

// groundCheck holds the grounds of one assessment against the law data of the
// day of the act and against the item's evidence.
type groundCheck struct {
	t     *tx
	b     *bad
	it    *takedown.Item
	in    AssessmentInput
	on    time.Time
	seen  map[string]bool // offences
	other map[string]bool // grounds without one
	shown int
	// partial: in the urgent lane the elements may be tied to evidence later.
	partial, owed bool
	// read: a ground without an offence is named that the law data hold verified.
	read bool
}

// carries refuses to act on grounds that no text may name: no notice would ever
// be complete, and nobody would know why.
func (g *groundCheck) carries() {
	if g.in.Decision != "act" || len(g.seen) > 0 || len(g.other) == 0 || g.read || len(g.b.fields) > 0 {
		return
	}
	g.b.add("/grounds/0/ground", "stands in no text: the law data hold it unverified; name beside it an offence, or another of the grounds %s, that a notice can rest on", strings.Join(g.grounds(), ", "))
}

func (g *groundCheck) check(at string, ground GroundInput) error {
	if ground.Ground != "" {
		return g.unlawful(at, ground)
	}
	if g.seen[ground.Offence] {
		g.b.add(at+"/offence", "is named twice")
	}
	g.seen[ground.Offence] = true
	if len(ground.Because) > 0 || len(ground.Weighing) > 0 {
		g.b.add(at+"/because", "belongs, as weighing does, to a ground without an offence")
	}
	o, err := g.t.s.Law.Offence(ground.Offence, g.on)
	if err != nil || !o.Suggest { // what the law data only warn of has no elements to show
		g.b.add(at+"/offence", "%s", g.noOffence(ground.Offence))
		return nil
	}
	return g.elements(at, o, o.Elements, ground)
}

// offenceCSAM is the offence that is never assessed (art. 252 Sr): the item is
// flagged instead.
const offenceCSAM = "252"

// noOffence says what to write instead of what no notice may rest on.
func (g *groundCheck) noOffence(code string) string {
	if known := g.grounds(); slices.Contains(known, code) {
		return fmt.Sprintf("is a ground without an offence: write it as ground, {\"ground\":%q}; the grounds are %s", code, strings.Join(known, ", "))
	}
	const none = "is no offence that a notice may rest on, on the day of the act"
	if code == offenceCSAM {
		return none + ": suspected child-abuse material is flagged on its item (suspectedCsam)"
	}
	return none + "; what is unlawful without an offence is written as ground: " + strings.Join(g.grounds(), ", ")
}

// grounds are the ids of the grounds without an offence of today.
func (g *groundCheck) grounds() []string {
	var known []string
	for _, k := range g.t.s.Law.LegalGrounds(g.t.now) {
		known = append(known, k.ID)
	}
	return known
}

// unlawful holds a ground without an offence against the law data of today: what
// it breaks goes on for as long as the content is there.
func (g *groundCheck) unlawful(at string, ground GroundInput) error {
	if ground.Offence != "" {
		g.b.add(at+"/ground", "stands beside an offence: name each as a ground of its own")
	}
	if g.other[ground.Ground] {
		g.b.add(at+"/ground", "is named twice")
	}
	g.other[ground.Ground] = true
	u, err := g.t.s.Law.LegalGround(ground.Ground, g.t.now)
	if err != nil {
		g.b.add(at+"/ground", "is none of %s", strings.Join(g.grounds(), ", "))
		return nil
	}
	if u.Verified() {
		g.read = true
	}
	g.codes(at+"/because", ground.Because, "unlawful", u, law.NeedReasons, "say what makes it unlawful")
	g.codes(at+"/weighing", ground.Weighing, "weighing", u, law.NeedWeighing, "say why freedom of expression and information does not prevail")
	return g.elements(at, law.Offence{}, u.Elements, ground)
}

// codes wants what a ground needs beside evidence, and refuses what it does not
// ask. The urgent lane may say it later: the text is not approved before.
func (g *groundCheck) codes(at string, values []string, list string, u law.LegalGround, need, missing string) {
	switch asked := slices.Contains(u.Needs, need); {
	case !asked && len(values) > 0:
		g.b.add(at, "is not asked of ground %s", u.ID)
	case asked && len(values) == 0 && g.in.Decision == "act" && g.partial:
		g.owed = true
	case asked && len(values) == 0 && g.in.Decision == "act":
		g.b.add(at, "%s: %s", missing, strings.Join(notice.Codes(list), ", "))
	}
	g.b.listed(at, values, list)
}

// elements wants evidence of the item for each element.
func (g *groundCheck) elements(at string, o law.Offence, elements []law.Element, ground GroundInput) error {
	known := map[string]law.Element{}
	for _, e := range elements {
		known[e.ID] = e
		if g.in.Decision != "act" || e.Only != "" || len(ground.Elements[e.ID]) > 0 {
			continue
		}
		if g.partial {
			g.owed = true
		} else {
			g.b.add(at+"/elements/"+e.ID, "name the evidence that shows it")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(ground.Elements)) {
		e, ok := known[name]
		if !ok {
			g.b.add(at+"/elements", "names what is no element of it")
			continue
		}
		if err := g.element(at+"/elements/"+name, o, e, ground.Elements[name]); err != nil {
			return err
		}
	}
	return nil
}

func (g *groundCheck) element(at string, o law.Offence, e law.Element, evidence []string) error {
	if e.Only != "" && len(evidence) > 0 {
		if err := g.capacity(at, o); err != nil {
			return err
		}
	}
	for n, id := range evidence {
		g.shown++
		ev, err := find[takedown.Evidence](g.t, id)
		if err != nil {
			return err
		}
		if ev == nil || ev.Case != g.it.Case || ev.Purpose != "" || !slices.Contains(ev.Items, g.it.ID) {
			g.b.add(fmt.Sprintf("%s/%d", at, n), "is no evidence of this item")
		}
	}
	return nil
}

// capacity allows the aggravated form only for who is on the statute's closed
// list, and was hit in that capacity: never for aid workers at large.
func (g *groundCheck) capacity(at string, o law.Offence) error {
	listed := false
	for _, id := range g.it.People {
		p, err := find[takedown.Person](g.t, id)
		if err != nil {
			return err
		}
		if p == nil {
			continue
		}
		yes, err := g.t.s.Law.Aggravated(o.ID, p.Capacity, g.on)
		if err != nil {
			return err
		}
		listed = listed || yes
	}
	if !listed || !g.in.InCapacity {
		g.b.add(at, "is for the functions on the statute's list, hit in that capacity")
	}
	return nil
}
