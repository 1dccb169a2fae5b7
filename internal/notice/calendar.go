package notice

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
)

func amsterdam() *time.Location { return calendar.Amsterdam }

// day writes a day as readers of the language do: "donderdag 25 maart 2027",
// "Thursday 25 March 2027".
func (s *set) day(t time.Time) string {
	if s.language == "en" {
		return calendar.DateEN(t.In(amsterdam()))
	}
	return calendar.DateNL(t.In(amsterdam()))
}

// instant writes a moment with its zone.
func (s *set) instant(t time.Time) string {
	if s.language == "en" {
		return s.day(t) + t.In(amsterdam()).Format(", 15:04 (Europe/Amsterdam)")
	}
	return s.day(t) + t.In(amsterdam()).Format(" om 15.04 uur") + " (Nederlandse tijd)"
}

// utc writes a moment for annexes, where two clocks must agree.
func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

// say is a sentence of phrases.json with its values put in.
func (s *set) say(key string, values ...any) string {
	return fmt.Sprintf(s.phrases["say"][key], values...)
}

func (v *view) say(key string, values ...any) string { return v.set.say(key, values...) }

// list joins words: "a, b en c", "a, b and c".
func (s *set) list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + s.say("and") + words[len(words)-1]
}

// itemNos names items by number: "onderdeel 1 en 2", "items 1 and 2".
func (s *set) itemNos(nos []int) string {
	var out []string
	for _, n := range slices.Compact(slices.Sorted(slices.Values(nos))) {
		out = append(out, itoa(n))
	}
	switch len(out) {
	case 0:
		return ""
	case 1:
		return s.say("item", out[0])
	}
	return s.say("items", s.list(out))
}
