package casework

import (
	"regexp"
	"slices"
	"sync"

	"github.com/ontdox/takedown/internal/takedown"
)

// taskIndemnity asks a legal adviser about an indemnity that an addressee wants
// before it acts (domain.md §2). It is never accepted by going on.
const taskIndemnity = "indemnity_requested"

// indemnityWords are how addressees ask for one. A text that says them in
// passing stops its track too: a legal adviser's "not_asked" lets it go on.
var indemnityWords = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)vrijwar|vrijwaar|indemni|hold(s|ing)?[ -]([^.\n]|(?-i:[A-Z])\.){0,60}?harmless|schadeloos|schadlos|klaglos|freistellung|haftungsübernahme`)
})

func asksIndemnity(text string) bool { return indemnityWords().MatchString(text) }

// stopForIndemnity stops the track of a reply that asks for an indemnity.
func (t *tx) stopForIndemnity(tr *takedown.Track, r *takedown.Reply) error {
	if !r.Indemnity || tr.Ended() {
		return nil
	}
	t.wakeTrack(tr)
	if err := t.openTask(takedown.Task{Kind: taskIndemnity, Owner: takedown.LegalAdviser, Reason: "indemnity_requested", Subject: tr.ID, Track: tr.ID, Mandatory: true}); err != nil {
		return err
	}
	return t.log("track.indemnity_requested", "", []string{tr.ID, r.ID})
}

// indemnityOf is the track that a decision on an indemnity is about: the one that
// is named, or the only one that waits for it; "" for other decisions, and where
// none waits. An answer to one addressee frees no other's track.
func (t *tx) indemnityOf(in CaseDecisionInput) (string, error) {
	if in.Kind != "indemnity" {
		if in.TrackID != "" {
			return "", refuse("/trackId", "belongs to indemnity")
		}
		return "", nil
	}
	if in.TrackID != "" {
		tr, err := find[takedown.Track](t, in.TrackID)
		if err == nil && (tr == nil || tr.Case != string(t.base.Stream)) {
			err = refuse("/trackId", "is no track of this case")
		}
		return in.TrackID, err
	}
	tasks, err := all[takedown.Task](t)
	if err != nil {
		return "", err
	}
	tasks = slices.DeleteFunc(tasks, func(task *takedown.Task) bool {
		return task.Kind != taskIndemnity || task.Status != takedown.TaskOpen
	})
	switch len(tasks) {
	case 0:
		return "", nil
	case 1:
		return tasks[0].Subject, nil
	}
	return "", refuse("/trackId", "more than one addressee asked for one: say whose track it is")
}

// indemnityOpen says that the track waits for a legal adviser's word on one.
func (t *tx) indemnityOpen(tr *takedown.Track) (bool, error) {
	return t.hasOpenTask(taskIndemnity, tr.ID)
}
