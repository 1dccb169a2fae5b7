package notice

import (
	"slices"
	"strings"
	"testing"
)

// Nor is the addressee reminded as of a word of theirs that nobody knows to be it.
func TestAReminderHoldsNobodyToAWordOfAnUnknownSender(t *testing.T) {
	t.Parallel()
	f := demoFacts(T3)
	f.Earlier[0].Replies = []Reply{
		{Kind: "acknowledgement", At: at("2027-03-26 10:00"), SenderUnknown: true},
		{Kind: "decision", Decision: "removed", At: at("2027-03-27 10:00"), SenderUnknown: true},
	}
	d, _, err := Compose(T3, "nl", f)
	if err != nil {
		t.Fatal(err)
	}
	for _, not := range []string{"U bevestigde", "liet u weten"} {
		if strings.Contains(d.Text, not) {
			t.Errorf("says %q:\n%s", not, d.Text)
		}
	}
	f.Earlier[0].Due, f.Earlier[0].AskedHours = Deadline{Nature: "policy"}, 48
	if d, _, err = Compose(T3, "nl", f); err != nil || !strings.Contains(d.Text, "Wij vroegen u te antwoorden binnen 48 uur na de verzending. Die termijn is ons verzoek") {
		t.Errorf("%v: does not say what was asked:\n%s", err, d.Text)
	}
}

// A report says of all its facts how we know them only where it does.
func TestAReportSaysThatAllIsSourcedWhereItIs(t *testing.T) {
	t.Parallel()
	const all = "Bij elk feit staat hoe wij het weten."
	f := demoFacts(T12)
	for i := range f.Items {
		f.Items[i].FirstSeenBy = "reported_to_us"
	}
	d, found, err := Compose(T12, "nl", f)
	if err != nil || !strings.Contains(d.Text, all) || slices.ContainsFunc(found, func(f Finding) bool { return f.Code == "unsourced" }) {
		t.Errorf("%v, %+v", err, found)
	}
	f.Items[0].FirstSeenAt, f.Items[0].FirstSeenBy = at("2027-03-20 10:00"), ""
	d, found, err = Compose(T12, "nl", f)
	if err != nil || strings.Contains(d.Text, all) || !slices.ContainsFunc(found, func(f Finding) bool { return f.Code == "unsourced" && !f.Blocking }) {
		t.Errorf("%v, %+v", err, found)
	}
}

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
