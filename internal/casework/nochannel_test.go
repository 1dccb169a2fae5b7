package casework_test

import (
	"context"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// An address for orders or for complaints takes no notice: nothing is written for
// it, and a specialist is asked for one, once, without a turn of the track more.
// With an address the notice is drafted, and the question is answered.
func TestANoticeWaitsForAnAddressItMayGoTo(t *testing.T) {
	t.Parallel()
	for _, purpose := range []string{"order", "complaint"} {
		ctx := context.Background()
		l := newIdle(t, asItIs)
		in := hosterInput("desk@host.example")
		in.Channels[0].Purpose = purpose
		l.setUpAt("contact_hoster", in)
		l.attempt()
		l.at("AwaitGate", "task:find_channel")
		l.task(l.c, "find_channel")
		if docs, err := l.s.ListDocuments(ctx, auditor, l.c); err != nil || len(docs) != 0 {
			t.Errorf("%s: %d documents, %v", purpose, len(docs), err)
		}
		turns := len(l.entries(l.c))
		l.settle()
		if n := len(l.entries(l.c)); n != turns {
			t.Errorf("%s: %d entries, %d before nothing happened", purpose, n, turns)
		}

		in.Channels = append(in.Channels, takedown.Channel{Kind: "mail", Address: "abuse@host.example", Purpose: "notice"})
		contact, err := l.s.GetContact(ctx, auditor, "contact_hoster")
		l.ok(err)
		_, err = l.s.PutContact(ctx, coordinator, "contact_hoster", in, contact.Version)
		l.ok(err)
		l.settle()
		l.at("AwaitApproval", "approval")
		if tasks := l.openTasks(l.c, "find_channel"); len(tasks) != 0 {
			t.Errorf("%s: still asks for an address", purpose)
		}
		l.approve()
		if to := l.mail.sent[len(l.mail.sent)-1].To[0].Email; to != "abuse@host.example" {
			t.Errorf("%s: went to %s", purpose, to)
		}
	}
}

// A task ticked without an address found is asked again, and the track waits.
func TestATickFindsNoAddress(t *testing.T) {
	t.Parallel()
	l := newIdle(t, asItIs)
	in := hosterInput("desk@host.example")
	in.Channels[0].Purpose = "order"
	l.setUpAt("contact_hoster", in)
	l.attempt()
	l.ok(l.s.CompleteTask(context.Background(), specialist, l.task(l.c, "find_channel"), casework.TaskCompletion{Reason: "looked_at"}))
	l.settle()
	l.at("AwaitGate", "task:find_channel")
	l.task(l.c, "find_channel")
}

// The address may go between the plan and the draft: nothing is written to nobody.
func TestNothingIsDraftedToNobody(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := newIdle(t, asItIs)
	in := hosterInput("desk@host.example")
	in.Channels[0].Purpose = "order"
	l.setUpAt("contact_hoster", in)
	l.attempt()
	tr := l.track("hoster")
	_, err := l.s.DraftDocument(ctx, casework.TrackInput{V: casework.InputVersion, Track: tr.ID, Generation: tr.Generation})
	l.ok(err)
	if docs, err := l.s.ListDocuments(ctx, auditor, l.c); err != nil || len(docs) != 0 {
		t.Errorf("%d documents, %v", len(docs), err)
	}
}
