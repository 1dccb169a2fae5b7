package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// A letter that somebody registers before they know whose it is waits for a
// specialist as a mail does, and is kept as long: from its registration, however
// long ago it came.
func TestALetterRegisteredByHandWaitsForItsMatch(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	b.settings(func(in *casework.SettingsInput) { in.Mail.UnmatchedDays = 5 })
	in := casework.ReplyInput{Kind: "other", Via: "letter", Text: "woorden", ReceivedAt: monday.Add(-90 * 24 * time.Hour)}
	id, err := b.s.RegisterReply(ctx, specialist, in)
	b.ok(err)
	second, err := b.s.RegisterReply(ctx, specialist, in)
	b.ok(err)
	b.pass(4 * 24 * time.Hour)
	if v, err := b.s.ReadReply(ctx, specialist, id); err != nil || v.Text != "woorden" {
		t.Fatalf("%+v, %v", v, err)
	}
	list, err := b.s.Worklist(ctx, specialist, "specialist", "", 50)
	b.ok(err)
	asked := map[string]int{}
	for _, g := range list.Items {
		for _, task := range g.Tasks {
			if g.Kind == "match_reply" {
				asked[task.Subject]++
			}
		}
	}
	if asked[id] != 1 || asked[second] != 1 {
		t.Errorf("asked to match: %v", asked)
	}
	b.ok(b.s.ClassifyReply(ctx, specialist, second, casework.ClassificationInput{TrackID: b.track("hoster").ID, Kind: "other"}))
	b.pass(2 * 24 * time.Hour)
	v, err := b.s.ReadReply(ctx, specialist, id)
	b.ok(err)
	if v.Status != "expired" || v.Text != "" {
		t.Errorf("%+v", v)
	}
}
