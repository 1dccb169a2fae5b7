package casework

import "testing"

// Who says how many of the pages a decision is about has not decided on all.
func TestAnAnswerAboutSomeOfThePagesIsSeen(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"We removed two of the three posts; the third stays up.", "2 out of 3 links were deleted.", "Wij hebben twee van de drie berichten verwijderd.",
		"Zwei der drei Beiträge wurden entfernt.", "Deux des trois publications ont été supprimées.", "Een van de drie is verwijderd.", "Item 2 is verwijderd.",
	} {
		if !countedOff.MatchString(text) {
			t.Errorf("does not see it: %q", text)
		}
	}
	for _, text := range []string{
		"Wij hebben de pagina's verwijderd.", "Op 3 maart 2027 hebben wij alles verwijderd.", "We removed all of the posts.", "Verwijderd om 12 van de avond.",
	} {
		if countedOff.MatchString(text) {
			t.Errorf("sees some in %q", text)
		}
	}
}
