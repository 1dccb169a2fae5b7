package notice

import (
	"slices"
	"strings"
	"time"
)

// personView is one affected person with the function that may be shown.
type personView struct {
	Person
	Shown string
}

// People are the affected persons.
func (v *view) People() []personView {
	var out []personView
	for _, p := range v.Facts.Persons {
		out = append(out, personView{p, v.function(shown(p))})
	}
	return out
}

// Requests are what we ask the police with a report.
func (v *view) Requests() []string {
	var out []string
	for _, r := range v.Facts.Requests {
		if p := v.phrase("request", r); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// line is one fact of a timeline.
type line struct {
	at   time.Time
	text string
}

// Events are the facts in order of time: what the items and captures tell, and
// what was added by hand, each with how we know it.
func (v *view) Events() []string { return v.told(v.events()) }

// Timeline is Events with our own acts and the answers to them.
func (v *view) Timeline() []string {
	all := v.events()
	for _, e := range v.Facts.Earlier {
		all = append(all, line{e.SentAt, v.say("ownAct", v.phrase("instrument", e.Instrument), e.Addressee, e.Reference)})
		for _, r := range e.Replies {
			all = append(all, line{r.At, upper(v.reply(r)) + " (" + e.Addressee + ")."})
		}
	}
	for _, r := range v.Facts.Reports {
		if !r.FiledAt.IsZero() {
			all = append(all, line{r.FiledAt, v.say("reported", v.phrase("reportKind", r.Kind)) + prefixed(v.say("registration"), r.Registration) + "."})
		}
	}
	return v.told(all)
}

// AllSourced says that each event has its source: a first sighting has one only
// where somebody said who saw it.
func (v *view) AllSourced() bool { return allSourced(v.Facts) }

func allSourced(f Facts) bool {
	return !slices.ContainsFunc(f.Items, func(i Item) bool { return !i.FirstSeenAt.IsZero() && i.FirstSeenBy == "" })
}

func (v *view) events() []line {
	var out []line
	for _, i := range v.Items {
		if !i.PostedAt.IsZero() {
			out = append(out, line{i.PostedAt, v.say("wasPosted", i.No, i.Categories(), v.phrase("source", "content"))})
		}
		if !i.FirstSeenAt.IsZero() {
			out = append(out, line{i.FirstSeenAt, v.say("wasSeen", i.No, i.Categories()) + prefixed(v.say("source"), v.phrase("source", i.FirstSeenBy)) + "."})
		}
		for _, c := range i.Captures {
			text := v.say("wasCaptured", i.No, v.phrase("source", "own_observation"))
			out = append(out, line{c.At, text + v.proof(named(c.Evidence))})
		}
		if i.seenLater() {
			out = append(out, line{i.StillOnlineAt, v.say("wasStill", i.No, v.phrase("source", "own_observation"))})
		}
		if !i.GoneAt.IsZero() {
			out = append(out, line{i.GoneAt, v.say("wasGone", i.No, v.phrase("source", "own_observation"))})
		}
	}
	for _, e := range v.Facts.Events {
		out = append(out, line{e.At, strings.TrimSuffix(e.Text, ".") + prefixed(v.say("source"), v.phrase("source", e.Source)) + "." + v.proof(e.Evidence)})
	}
	return out
}

// seenLater reports whether the last look came after every capture.
func (i itemView) seenLater() bool {
	return !i.StillOnlineAt.IsZero() && !slices.ContainsFunc(i.Captures, func(c Capture) bool { return !c.At.Before(i.StillOnlineAt) })
}

func named(no string) []string {
	if no == "" {
		return nil
	}
	return []string{no}
}

func (v *view) proof(nos []string) string {
	if len(nos) == 0 {
		return ""
	}
	return v.say("evidence", strings.Join(nos, ", "))
}

func prefixed(before, s string) string {
	if s == "" {
		return ""
	}
	return before + s
}

func (v *view) told(all []line) []string {
	slices.SortStableFunc(all, func(a, b line) int { return a.at.Compare(b.at) })
	var out []string
	for _, l := range all {
		out = append(out, v.set.instant(l.at)+": "+l.text)
	}
	return out
}
