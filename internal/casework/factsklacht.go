package casework

import (
	"slices"
	"strconv"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// purposeKlacht marks the file that holds a person's signed klacht: no evidence
// of an item; it travels in the sealed bundle of what goes to the police.
const purposeKlacht = "klacht"

// klachten are the klachten that are needed and stand, of the persons whom a text
// may name: one that was withdrawn is none (arts 64 to 67 Sr).
func (p *planner) klachten() ([]*takedown.Klacht, error) {
	list, err := all[takedown.Klacht](p.t)
	if err != nil {
		return nil, err
	}
	marks, err := p.marks()
	return slices.DeleteFunc(list, func(k *takedown.Klacht) bool { return !k.Needed || !k.WithdrawnAt.IsZero() || marks[k.Person] == "" }), err
}

// klachtNumber is how a signed klacht at a place in the list is called that goes
// along, from 0: K1, K2 …; empty for one that does not.
func klachtNumber(n int, k *takedown.Klacht) string {
	if k.SignedAt.IsZero() || k.Evidence == "" {
		return ""
	}
	return "K" + strconv.Itoa(n+1)
}

// notNeeded are the persons' records that none is needed for an offence that the
// law asks one for under a condition: a legal adviser's note stands on each.
func (p *planner) notNeeded(marks map[string]string) ([]*takedown.Klacht, error) {
	list, err := all[takedown.Klacht](p.t)
	return slices.DeleteFunc(list, func(k *takedown.Klacht) bool { return k.Needed || k.NotedBy == "" || marks[k.Person] == "" }), err
}

// factConditional says of each ground whether the law asks a klacht under a
// condition, and of each person of whom that was answered with no, that none is
// needed. A condition that nobody read is in no text.
func (p *planner) factConditional(f *notice.Facts) error {
	for n := range f.Grounds {
		if o, err := p.t.s.Law.Offence(f.Grounds[n].Offence, p.groundDate(&f.Grounds[n])); err == nil && o.Klacht.Needed == klachtUnderCondition {
			f.Grounds[n].Klacht = o.Klacht.Needed
		}
	}
	marks, err := p.marks()
	if err != nil {
		return err
	}
	answered, err := p.notNeeded(marks)
	if err != nil {
		return err
	}
	for _, k := range answered {
		o, on, err := p.t.klachtLaw(p.c, k.Person, k.Offence)
		if err != nil || o.Klacht.Needed != klachtUnderCondition {
			continue // the act was dated otherwise since: the law of that day asks anew
		}
		line := notice.Klacht{
			Mark: marks[k.Person], Offence: k.Offence, NotNeeded: true, Article: in(f.Language, p.t.s.Law.ArticleName(o.Article, on)),
		}
		if o.Klacht.Verified() {
			line.Condition = in(f.Language, o.Klacht.Condition)
		}
		f.Klachten = append(f.Klachten, line)
	}
	return nil
}

func (p *planner) factKlachten(f *notice.Facts) error {
	if err := p.factConditional(f); err != nil {
		return err
	}
	klachten, err := p.klachten()
	if err != nil {
		return err
	}
	marks, err := p.marks()
	if err != nil {
		return err
	}
	for n, k := range klachten {
		line := notice.Klacht{
			Mark: marks[k.Person], Offence: k.Offence, LearnedAt: k.VictimLearnedAt, Decision: k.Decision, Signed: !k.SignedAt.IsZero(), No: klachtNumber(n, k),
		}
		if o, on, err := p.t.klachtLaw(p.c, k.Person, k.Offence); err == nil {
			line.Article = in(f.Language, p.t.s.Law.ArticleName(o.Article, on))
		}
		if k.Clock != "" {
			clock, err := load[takedown.Clock](p.t, k.Clock)
			if err != nil {
				return err
			}
			line.LastDay = notice.Deadline{On: clock.Due, Nature: string(law.Legal)}
		}
		f.Klachten = append(f.Klachten, line)
	}
	return nil
}

// signedKlachten are the files of the signed klachten, for the sealed bundle.
func (p *planner) signedKlachten() ([]File, error) {
	klachten, err := p.klachten()
	if err != nil {
		return nil, err
	}
	var out []File
	for n, k := range klachten {
		no := klachtNumber(n, k)
		if no == "" {
			continue
		}
		e, err := p.t.evidenceOf(k.Evidence)
		if err != nil {
			return nil, err
		}
		out = append(out, File{Name: no, MediaType: e.MediaType, SHA256: e.SHA256, Evidence: e.ID, Sealed: true})
	}
	return out, nil
}

// checkKlachtFile wants evidence of purpose klacht, of a klacht that is signed.
func (t *tx) checkKlachtFile(b *bad, in KlachtInput) error {
	if in.Evidence == "" {
		return nil
	}
	if in.SignedAt.IsZero() {
		b.add("/evidenceId", "is the signed klacht: say when it was signed")
	}
	e, err := find[takedown.Evidence](t, in.Evidence)
	if err == nil && (e == nil || e.Case != string(t.base.Stream) || e.Purpose != purposeKlacht) {
		b.add("/evidenceId", "is no signed klacht of this case: upload the file with purpose klacht first")
	}
	return err
}
