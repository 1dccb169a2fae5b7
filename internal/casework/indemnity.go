package casework

import (
	"regexp"
	"sync"

	"github.com/ontdox/takedown/internal/takedown"
)

// taskIndemnity asks a legal adviser about an indemnity that an addressee wants
// before it acts (domain.md §2). It is never accepted by going on.
const taskIndemnity = "indemnity_requested"

// indemnityWords are how addressees ask for one. A text that says them in
// passing stops its track too: a legal adviser's "not_asked" lets it go on.
var indemnityWords = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)vrijwar|vrijwaar|indemni|hold (us|our [a-z]+|the company) harmless|freistellung|haftungsübernahme`)
})

func asksIndemnity(text string) bool { return indemnityWords().MatchString(text) }

// stopForIndemnity stops the track of a reply that asks for an indemnity.
func (t *tx) stopForIndemnity(tr *takedown.Track, r *takedown.Reply) error {
	if !r.Indemnity || tr.Status == takedown.TrackDone || tr.Status == takedown.TrackStopped {
		return nil
	}
	t.wakeTrack(tr)
	if err := t.openTask(takedown.Task{Kind: taskIndemnity, Owner: takedown.LegalAdviser, Reason: "indemnity_requested", Subject: tr.ID, Track: tr.ID, Mandatory: true}); err != nil {
		return err
	}
	return t.log("track.indemnity_requested", "", []string{tr.ID, r.ID})
}

// indemnityOpen says that the track waits for a legal adviser's word on one.
func (t *tx) indemnityOpen(tr *takedown.Track) (bool, error) {
	return t.hasOpenTask(taskIndemnity, tr.ID)
}
