package casework

import "testing"

func TestAnIndemnityInManyWords(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"We ask you to hold Example Hosting B.V. harmless against any claim.", "Please sign the hold-harmless agreement first.",
		"U dient ons schadeloos te stellen.", "Sie müssen uns schadlos halten.", "Wij vragen een vrijwaring.",
	} {
		if !asksIndemnity(text) {
			t.Errorf("does not see it: %q", text)
		}
	}
	for _, text := range []string{"The content is harmless in our view.", "Wij hebben de pagina verwijderd.", "We hold no copy. It is harmless."} {
		if asksIndemnity(text) {
			t.Errorf("sees one in %q", text)
		}
	}
}
