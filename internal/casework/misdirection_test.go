package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// TestAWrongAddresseeStartsTheTermOfADataBreach: C15 runs from awareness, once,
// and a legal adviser's word ends it.
func TestAWrongAddresseeStartsTheTermOfADataBreach(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	sent := &takedown.Dispatch{No: 1, Status: takedown.DispatchSent, IntendedAt: monday.Add(-3 * time.Hour), At: monday.Add(-3 * time.Hour)}
	doc := &takedown.Document{Track: "track_a", Status: takedown.DocumentDelivered}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, doc))
	sent.Document = doc.ID
	f.ok(casework.PutNoun(ctx, f.s, c.Case, sent))
	doc.LastDispatch = sent.ID
	f.ok(casework.PutNoun(ctx, f.s, c.Case, doc))
	reply := &takedown.Reply{Track: "track_a", ReceivedAt: monday.Add(-time.Hour)}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, reply))

	f.kind(f.s.MarkMisdirected(ctx, specialist, doc.ID, casework.MisdirectionInput{Reason: "wrong_mailbox"}), takedown.Forbidden)
	f.pointers(f.s.MarkMisdirected(ctx, coordinator, doc.ID, casework.MisdirectionInput{ReplyID: "reply_none"}), "/reason", "/replyId", "/awareAt")
	f.pointers(f.s.MarkMisdirected(ctx, coordinator, doc.ID, casework.MisdirectionInput{Reason: "wrong_mailbox", AwareAt: monday.Add(time.Hour)}), "/awareAt")
	f.pointers(f.s.MarkMisdirected(ctx, coordinator, doc.ID, casework.MisdirectionInput{Reason: "wrong_mailbox", AwareAt: monday.Add(-4 * time.Hour)}), "/awareAt")
	f.pointers(f.s.MarkMisdirected(ctx, coordinator, doc.ID, casework.MisdirectionInput{Reason: "wrong_mailbox", AwareAt: monday, DispatchID: "dispatch_none"}), "/dispatchId")

	breach := func() casework.ClockView {
		t.Helper()
		n, err := casework.GetNoun[takedown.Dispatch](ctx, f.s, sent.ID)
		f.ok(err)
		return f.clockNow(n.Breach)
	}
	// The reply told us before somebody read it: its receipt counts.
	in := casework.MisdirectionInput{Reason: "wrong_mailbox", AwareAt: monday, ReplyID: reply.ID}
	f.ok(f.s.MarkMisdirected(ctx, coordinator, doc.ID, in))
	first := breach()
	if first.Rule != "C15" || first.Nature != "legal" || !first.Start.Equal(reply.ReceivedAt) || !first.Due.Equal(reply.ReceivedAt.Add(72*time.Hour)) {
		t.Errorf("clock %+v", first)
	}
	f.ok(f.s.MarkMisdirected(ctx, adviser, doc.ID, in))
	if again := breach(); again.ID != first.ID {
		t.Errorf("marked again: clock %s, then %s", first.ID, again.ID)
	}
	in.ReplyID = ""
	f.kind(f.s.MarkMisdirected(ctx, adviser, doc.ID, in), takedown.Conflict) // later: it would lengthen the term
	in.AwareAt = monday.Add(-2 * time.Hour)
	f.ok(f.s.MarkMisdirected(ctx, adviser, doc.ID, in))
	earlier := breach()
	if earlier.Supersedes != first.ID || !earlier.Due.Equal(monday.Add(70*time.Hour)) || f.clockNow(first.ID).Status != "superseded" {
		t.Errorf("aware earlier: %+v", earlier)
	}
	tasks := f.openTasks(c.Case, "data_breach")
	if len(tasks) != 1 || tasks[0].Owner != "legal_adviser" || !tasks[0].Urgent || !tasks[0].Mandatory || !tasks[0].DueAt.Equal(earlier.Due) {
		t.Fatalf("tasks %+v", tasks)
	}
	done := casework.TaskCompletion{Reason: "Notified, and the addressee deleted it."}
	f.kind(f.s.CompleteTask(ctx, coordinator, tasks[0].ID, done), takedown.Forbidden)
	f.ok(f.s.CompleteTask(ctx, adviser, tasks[0].ID, done))
	if got := breach(); got.Status != "met" || got.Reason != "breach_decided" {
		t.Errorf("decided: %+v", got)
	}
}
