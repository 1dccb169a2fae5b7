package law

import (
	"regexp"
	"slices"
	"time"
)

// Service is a kind of service with the DSA articles that apply to it
// (domain.md §1.1).
type Service struct {
	Record
	Articles []string `json:"articles"`
	// SmallLose fall away for micro and small enterprises and SmallKeep stay of
	// them (art. 19 DSA), unless the service is very large.
	SmallLose []string `json:"smallLose,omitempty"`
	SmallKeep []string `json:"smallKeep,omitempty"`
	// Large come on top for services designated under art. 33.
	Large []string `json:"large,omitempty"`
}

// DSAArticles lists the DSA articles that apply to a kind of service on a day.
// An unknown kind has none.
func (d *Data) DSAArticles(serviceKind string, microOrSmall, vlop bool, on time.Time) []string {
	s, err := find(d.services, "service", serviceKind, on)
	if err != nil {
		return nil
	}
	out := slices.Clone(s.Articles)
	if microOrSmall && !vlop {
		out = slices.DeleteFunc(out, func(a string) bool { return slices.Contains(s.SmallLose, a) })
		out = append(out, s.SmallKeep...)
	}
	if vlop {
		out = append(out, s.Large...)
	}
	return out
}

// The facts that choose between rungs on the same edge (Rung.When).
const (
	// FactOnlinePlatform says that arts 20 to 24 DSA apply to the addressee.
	FactOnlinePlatform = "online_platform"
	// FactContactPolice says that the addressee is a police unit.
	FactContactPolice = "contact_police"
)

// Facts names what holds for an addressee by its service, for Ladder.Next: an
// internal complaint exists where art. 20 DSA applies.
func (d *Data) Facts(serviceKind string, microOrSmall, vlop bool, on time.Time) []string {
	if slices.Contains(d.DSAArticles(serviceKind, microOrSmall, vlop, on), "20") {
		return []string{FactOnlinePlatform}
	}
	return nil
}

// articleForm is how a service names articles of the DSA.
var articleForm = regexp.MustCompile(`^[1-9][0-9]?(\([1-9]\)|-[1-9][0-9]?)?$`)

func (d *Data) checkServices(f *faults) {
	for _, s := range d.services {
		if len(s.Articles) == 0 {
			f.add("services", s.ID, "no article applies to it")
		}
		for _, a := range slices.Concat(s.Articles, s.SmallLose, s.SmallKeep, s.Large) {
			if !articleForm.MatchString(a) {
				f.add("services", s.ID, "%q is no article of the DSA, as 20, 24(3) or 33-43", a)
			}
		}
		f.once("services", s.ID, "article", s.Articles)
		for _, a := range s.SmallLose {
			if !slices.Contains(s.Articles, a) {
				f.add("services", s.ID, "art. %s falls away for small enterprises but never applied", a)
			}
		}
		for _, a := range slices.Concat(s.SmallKeep, s.Large) {
			if slices.Contains(s.Articles, a) {
				f.add("services", s.ID, "art. %s comes on top but applied already", a)
			}
		}
	}
}
