package notice

import (
	"strings"
	"testing"
)

// A message whose sender nothing shows is told of as that, in both languages and
// in every text that tells of answers: never as the provider's own.
func TestAMessageOfAnUnknownSenderIsToldOfAsThat(t *testing.T) {
	t.Parallel()
	// Four messages in the chronology, and in the timeline of T7; the others tell of
	// decisions alone.
	told := map[string]int{T5: 4, T7: 8}
	for _, instrument := range []string{T4b, T5, T7, T12, T13} {
		for language, words := range map[string]struct{ is, isNot string }{
			"nl": {"een bericht dat zegt van de aanbieder te komen; de afzender is niet vastgesteld", "bericht van de aanbieder|ontvangst bevestigd|automatisch antwoord"},
			"en": {"a message that says it is from the provider; its sender was not established", "message from the provider|receipt confirmed|automatic reply"},
		} {
			f := demoFacts(instrument)
			if language == "en" {
				f = inEnglish(f)
			}
			e := platformNotice("2027-03-23")
			for _, kind := range []string{"acknowledgement", "auto_reply", "question", "other"} {
				e.Replies = append(e.Replies, Reply{Kind: kind, At: at("2027-03-24 10:00"), SenderUnknown: true})
			}
			f.Earlier = append(f.Earlier[:0:0], e)
			d, _, err := Compose(instrument, language, f)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.ToLower(d.Text)
			if n := strings.Count(text, words.is); n != told[instrument] {
				t.Errorf("%s %s: told of %d times, want %d:\n%s", instrument, language, n, told[instrument], d.Text)
			}
			for _, not := range strings.Split(words.isNot, "|") {
				if strings.Contains(text, not) {
					t.Errorf("%s %s says %q", instrument, language, not)
				}
			}
		}
	}
}
