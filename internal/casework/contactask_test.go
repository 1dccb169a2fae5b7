package casework_test

import (
	"context"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// checkTasks are the open tasks that ask for a look at a contact's address.
func (f *fixture) checkTasks(contact string) []casework.TaskView {
	f.t.Helper()
	page, err := f.s.Worklist(context.Background(), specialist, "specialist", "", 50)
	f.ok(err)
	var out []casework.TaskView
	for _, g := range page.Items {
		for _, task := range g.Tasks {
			if g.Kind == "check_contact" && task.Subject == contact {
				out = append(out, task)
			}
		}
	}
	return out
}

// checkTask is the one open task about a contact's address.
func (f *fixture) checkTask(contact string) casework.TaskView {
	f.t.Helper()
	all := f.checkTasks(contact)
	if len(all) != 1 || all[0].Case != "" {
		f.t.Fatalf("tasks about %s: %+v", contact, all)
	}
	return all[0]
}

// Every case that wrote to an address learns by itself that it is dead, and each
// track takes its next channel; but the address is one thing to look at.
func TestOneBouncedContactIsOneTaskForAllItsCases(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t, "abuse@host.example", "noc@host.example"), context.Background()
	first := b.last()
	other := newSecond(b.live, "https://forum.example/t/2")
	other.attempt()
	other.approve()
	other.at("AwaitReply", "reply")
	second := b.last()

	b.receive(bounceOf(first, "abuse@host.example", "failed", "5.1.1"))
	task := b.checkTask("contact_hoster")
	b.receive(bounceOf(second, "abuse@host.example", "failed", "5.1.2"))
	if again := b.checkTask("contact_hoster"); again.ID != task.ID {
		t.Errorf("another task: %+v", again)
	}
	b.at("AwaitReply", "reply")
	other.at("AwaitReply", "reply") // each track is rerouted
	shown, err := b.s.GetTask(ctx, specialist, task.ID)
	b.ok(err)
	if len(shown.Cases) != 2 {
		t.Errorf("the task names %v", shown.Cases)
	}

	b.kind(b.s.CompleteTask(ctx, adviser, task.ID, casework.TaskCompletion{}), takedown.Forbidden)
	b.pointers(b.s.CompleteTask(ctx, specialist, task.ID, casework.TaskCompletion{Reason: "Gebeld met de heer X", Evidence: "evid_1"}), "/reason", "/evidence")
	b.ok(b.s.CompleteTask(ctx, specialist, task.ID, casework.TaskCompletion{Reason: "still_works"}))
	b.kind(b.s.CompleteTask(ctx, specialist, task.ID, casework.TaskCompletion{}), takedown.Conflict)
	if n := len(b.checkTasks("contact_hoster")); n != 0 {
		t.Errorf("%d tasks stay open", n)
	}
}

// A contact that was corrected before its bounce came needs no look for it.
func TestABounceOfACorrectedAddressAsksForNoLook(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t, "abuse@host.example"), context.Background()
	have, err := b.s.GetContact(ctx, coordinator, "contact_hoster")
	b.ok(err)
	_, err = b.s.PutContact(ctx, coordinator, "contact_hoster", hosterInput("nieuw@host.example"), have.Version)
	b.ok(err)
	b.settle()
	b.receive(bounceOf(b.last(), "abuse@host.example", "failed", "5.1.1"))
	b.at("AwaitApproval", "approval")
	if to := b.document().Recipients; len(to) != 1 || to[0].Address != "nieuw@host.example" {
		t.Errorf("written to %+v", to)
	}
	if tasks := b.checkTasks("contact_hoster"); len(tasks) != 0 {
		t.Errorf("tasks %+v", tasks)
	}
}

// Correcting the address is what the task asks for.
func TestACorrectedContactClosesItsTask(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t, "abuse@host.example", "noc@host.example"), context.Background()
	b.receive(bounceOf(b.last(), "abuse@host.example", "failed", "5.1.1"))
	b.checkTask("contact_hoster")
	have, err := b.s.GetContact(ctx, coordinator, "contact_hoster")
	b.ok(err)
	_, err = b.s.PutContact(ctx, coordinator, "contact_hoster", hosterInput("nieuw@host.example"), have.Version)
	b.ok(err)
	b.settle()
	if n := len(b.checkTasks("contact_hoster")); n != 0 {
		t.Errorf("%d tasks stay open", n)
	}
}
