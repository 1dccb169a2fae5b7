package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// confirmTasks are the open tasks of specialists that ask for a look at a contact.
func (f *fixture) confirmTasks() []casework.TaskView {
	f.t.Helper()
	page, err := f.s.Worklist(context.Background(), specialist, "specialist", "", 50)
	f.ok(err)
	for _, g := range page.Items {
		if g.Kind == "confirm_contact" {
			return g.Tasks
		}
	}
	return nil
}

func TestNothingGoesToAContactThatNobodyVerified(t *testing.T) {
	t.Parallel()
	l, ctx := newIdle(t, asItIs), context.Background()
	in := hosterInput("abuse@host.example")
	in.LastVerified = time.Time{}
	l.setUpAt("contact_hoster", in)
	l.attempt()
	l.at("AwaitGate", "contact_stale")
	tasks := l.confirmTasks()
	if len(tasks) != 1 || tasks[0].Subject != "contact_hoster" || tasks[0].Case != "" {
		t.Fatalf("tasks %+v", tasks)
	}
	l.kind(l.s.CompleteTask(ctx, coordinator, tasks[0].ID, casework.TaskCompletion{Reason: "checked"}), takedown.Conflict)

	second := newSecond(l, "https://forum.example/t/2") // once a contact, not once a case
	second.at("AwaitGate", "contact_stale")
	if n := len(l.confirmTasks()); n != 1 {
		t.Fatalf("%d tasks for one contact", n)
	}

	for _, who := range []takedown.Principal{reporter, adviser, liaison, auditor} {
		l.kind(l.s.ConfirmContact(ctx, who, "contact_hoster", casework.ConfirmationInput{}), takedown.Forbidden)
	}
	l.pointers(l.s.ConfirmContact(ctx, specialist, "contact_hoster", casework.ConfirmationInput{Source: "a\nb"}), "/source")
	l.kind(l.s.ConfirmContact(ctx, specialist, "contact_none", casework.ConfirmationInput{}), takedown.NotFound)
	l.ok(l.s.ConfirmContact(ctx, specialist, "contact_hoster", casework.ConfirmationInput{Source: "https://host.example/abuse, gelezen"}))
	l.settle()
	l.at("AwaitApproval", "approval")
	second.at("AwaitApproval", "approval")
	if len(l.confirmTasks()) != 0 {
		t.Error("the task stays open")
	}
	v, err := l.s.GetContact(ctx, auditor, "contact_hoster")
	l.ok(err)
	if v.Stale || !v.LastVerified.Equal(l.clock.at) || v.Source != "https://host.example/abuse, gelezen" || v.AddressVersion != 1 {
		t.Errorf("contact %+v", v)
	}
}

func TestAContactIsVerifiedForAsLongAsTheSettingsSay(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt() // verified an hour ago
	l.at("AwaitApproval", "approval")
	l.settings(func(in *casework.SettingsInput) { in.ContactDays = 1 })
	l.clock.advance(26 * time.Hour)
	v, err := l.s.GetContact(ctx, auditor, "contact_hoster")
	l.ok(err)
	if !v.Stale {
		t.Error("the contact is not stale after its day")
	}
	l.approve() // before anything leaves it is asked again
	l.at("AwaitGate", "contact_stale")
	l.mails(0, 0)
	l.settings(func(in *casework.SettingsInput) { in.ContactDays = 0 })
	l.mails(1, 1)
	_, err = l.s.PutSettings(ctx, coordinator, casework.SettingsInput{ContactDays: 2000}, 99)
	l.kind(err, takedown.Stale)
	have, err := l.s.GetSettings(ctx, coordinator)
	l.ok(err)
	have.ContactDays = -1
	_, err = l.s.PutSettings(ctx, coordinator, have.SettingsInput, have.Version)
	l.pointers(err, "/contactDays")
}

func TestInAnUrgentCaseTheApproverSaysWhyAStaleContactIsUsed(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	v, err := l.s.GetContact(ctx, coordinator, "contact_hoster")
	l.ok(err)
	in := v.ContactInput
	in.LastVerified = time.Time{}
	_, err = l.s.PutContact(ctx, coordinator, "contact_hoster", in, v.Version)
	l.ok(err)
	l.ok(l.patch(coordinator, l.c, `{"flags":{"lifeOrSafety":true}}`))
	l.attempt()
	l.at("AwaitApproval", "approval")
	d := l.document()
	l.pointers(l.s.DecideDocument(ctx, adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash}), "/reason")
	l.ok(l.s.DecideDocument(ctx, adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash, Reason: "net gebeld met de abusedesk"}))
	l.settle()
	l.mails(1, 1)
	if n := len(l.confirmTasks()); n != 1 {
		t.Errorf("%d tasks ask for a look afterwards", n)
	}
	l.absent("net gebeld")
}
