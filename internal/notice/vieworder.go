package notice

import (
	"slices"
	"strings"
)

// Order is what a person said for the request for an order.
func (v *view) Order() Order { return of(v.Facts.Order) }

// Consequences are what the publication led to, for why an order is necessary
// (art. 125p(2)(b) Sv; S3-3): what the person notices, where the data were placed
// again, what became necessary at work.
func (v *view) Consequences() []string {
	out := v.Effects()
	var again []int
	for _, i := range v.Items {
		if i.Kind == "repost" {
			again = append(again, i.No)
		}
	}
	if len(again) > 0 {
		out = append(out, v.say("placedAgain", v.set.itemNos(again)))
	}
	return append(out, v.words("measureAtWork", v.Order().Measures)...)
}

// Service138g says how the provider falls under art. 138g Sv: by its kind of
// service, or as a legal adviser noted.
func (v *view) Service138g() string {
	switch v.Order().Service138g {
	case "stores":
		return v.phrase("service", "hosting")
	case "communicates":
		return v.phrase("service", "messaging")
	}
	return v.phrase("service", v.Facts.Provider.ServiceKind)
}

// AskedProvider reports whether we asked the provider itself for removal, with a
// notice that reached it.
func (v *view) AskedProvider() bool { return len(askedProvider(v.Facts)) > 0 }

// AskedPart names the items of the request that a notice to the provider was
// about, and NotAsked the others; both are empty where it was about all.
func (v *view) AskedPart() string { return v.partAsked(false) }

// NotAsked names the items that the provider got no notice about.
func (v *view) NotAsked() string { return v.partAsked(true) }

func (v *view) partAsked(without bool) string {
	lacks := notAsked(v.Facts)
	if len(lacks) == 0 {
		return ""
	}
	var nos []int
	for _, i := range v.Items {
		if slices.Contains(lacks, i.No) == without {
			nos = append(nos, i.No)
		}
	}
	return v.set.itemNos(nos)
}

// AskedOthers names to whom we wrote where the provider got no notice.
func (v *view) AskedOthers() string {
	var out []string
	for _, e := range v.Facts.Earlier {
		if !e.Police && !slices.Contains(out, e.Addressee) {
			out = append(out, e.Addressee)
		}
	}
	return strings.Join(out, ", ")
}

// NothingAgainst reports that somebody looked for what speaks against the
// purpose and found nothing.
func (v *view) NothingAgainst() bool { return v.Facts.Weighed && len(v.Facts.Contra) == 0 }

// Advises reports whether the request advises to have data kept: until the
// police demanded it, or said that they do not (art. 126ni Sv).
func (v *view) Advises() bool {
	return v.Facts.Preservation126ni == "" || v.Facts.Preservation126ni == "asked"
}

// OrderLanguage names the other language that the block of art. 9(2)(a) DSA
// stands in; empty without one.
func (v *view) OrderLanguage() string {
	if v.Order().Block == nil {
		return ""
	}
	return v.Spoken([]string{v.Order().Block.Language})
}

// OrderAbroad is the block of art. 9(2)(a) DSA in the language of the order's
// addressee, with the law's words in that language for the same grounds.
func (v *view) OrderAbroad() (string, error) {
	b := v.Order().Block
	if b == nil {
		return "", nil
	}
	set, err := load(b.Language)
	if err != nil {
		return "", err
	}
	there := *v
	there.set = set
	there.Facts.Grounds = slices.DeleteFunc(slices.Clone(b.Grounds), func(g Ground) bool { return !v.Has(g.Offence) })
	return set.render(T7, "order9", &there)
}
