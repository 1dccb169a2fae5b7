package casework_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// reminded is an inbox whose notice was answered with a number and then by
// silence, so that a reminder went out; it gives both mails.
func (b *inbox) reminded() (notice, reminder casework.Message) {
	b.t.Helper()
	notice = b.last()
	b.receive(b.mailTo(notice, "", "Wij hebben uw melding ontvangen. Uw zaaknummer: 4711-22"))
	b.pages.shows(200, "still here")
	b.pass(24 * 24 * time.Hour)
	b.at("AwaitApproval", "approval")
	b.approve()
	b.at("AwaitReply", "reply")
	b.mails(2, 2)
	return notice, b.last()
}

// Who answers a reminder quotes it, and it names the notice before it; their own
// number is the one that the notice got.
func TestAQuotingAnswerToAReminderIsMatched(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	notice, reminder := b.reminded()
	quoting := "De inhoud is verwijderd. Zaaknummer: 4711-22\n\n> " + reminder.Reference + "\n> onze melding " + notice.Reference
	if notice.Reference == reminder.Reference {
		t.Fatal("the two have one reference")
	}
	b.pages.shows(410, "")
	b.receive(b.signedMail(b.mailTo(reminder, "In-Reply-To: <"+reminder.ID+">\nReferences: <"+notice.ID+"> <"+reminder.ID+">\n", quoting)))
	b.act("reply.classified decision:removed")
	list, _, err := b.s.UnmatchedReplies(context.Background(), specialist, "", 10)
	b.ok(err)
	if len(list) != 0 {
		t.Errorf("unmatched: %+v", list)
	}
}

// Without address and thread the newest of the documents named is meant.
func TestAnAnswerByReferencesAloneIsOfTheNewest(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	notice, reminder := b.reminded()
	raw := b.mailTo(reminder, "", "Wij nemen uw melding "+notice.Reference+" in behandeling, waaraan u op kenmerk "+reminder.Reference+" herinnerde.")
	id := b.receive([]byte(strings.Replace(string(raw), reminder.ReplyTo.Email, "meldpunt@praktijk.example", 1)))
	v, err := b.s.ReadReply(context.Background(), specialist, "reply_m"+strings.TrimPrefix(id, "reply_"))
	b.ok(err)
	if now := b.track("hoster").Rungs; v.Document != now[len(now)-1].Document {
		t.Errorf("of document %s: %+v", v.Document, now)
	}
}
