package casework_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// A reply that was matched is found in its case: by the list, by its track, by
// the id that it had before; and whoever approves what is written against it
// reads it.
func TestAMatchedReplyIsFoundAndRead(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	in := casework.ReplyInput{Kind: "other", Via: "letter", Text: "woorden", ReceivedAt: monday}
	var ids []string
	for range 3 {
		id, err := b.s.RegisterReply(ctx, specialist, in)
		b.ok(err)
		ids = append(ids, id)
	}
	_, err := b.s.ReadReply(ctx, adviser, ids[0])
	b.kind(err, takedown.Forbidden) // it is nobody's yet
	track := b.track("hoster").ID
	for _, id := range ids[:2] {
		b.ok(b.s.ClassifyReply(ctx, specialist, id, casework.ClassificationInput{TrackID: track, Kind: "other"}))
	}

	var found []string
	for cursor := ""; ; {
		list, next, err := b.s.CaseReplies(ctx, adviser, b.c, "classified", cursor, 1)
		b.ok(err)
		for _, r := range list {
			found = append(found, r.ID)
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	tr, err := b.s.GetTrack(ctx, specialist, track)
	b.ok(err)
	if len(found) != 2 || len(tr.Replies) != 2 || tr.Replies[0].ID != found[0] || tr.Replies[1].ID != found[1] {
		t.Fatalf("listed %q, on the track %+v", found, tr.Replies)
	}
	_, err = b.s.ReadReply(ctx, specialist, ids[0])
	b.kind(err, takedown.NotFound)
	if !strings.Contains(err.Error(), found[0]) && !strings.Contains(err.Error(), found[1]) {
		t.Errorf("the old id does not say where the reply is: %v", err)
	}
	for _, who := range []takedown.Principal{adviser, coordinator, specialist} {
		if v, err := b.s.ReadReply(ctx, who, found[0]); err != nil || v.Text != "woorden" {
			t.Errorf("%s: %q, %v", who.ID, v.Text, err)
		}
	}
	_, err = b.s.ReadReply(ctx, auditor, found[0])
	b.kind(err, takedown.Forbidden)
	if list, _, err := b.s.CaseReplies(ctx, adviser, b.c, "unclear", "", 0); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	_, _, err = b.s.CaseReplies(ctx, adviser, b.c, "read", "", 0)
	b.pointers(err, "/status")
	_, _, err = b.s.CaseReplies(ctx, adviser, b.c, "", "reply_none", 0)
	b.pointers(err, "/cursor")
}
