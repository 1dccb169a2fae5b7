package casework_test

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

var pageLink = regexp.MustCompile(`https://meldpunt\.example/r/([a-z2-7]+)`)

// answerable sends a hoster its notice, which names the page to answer on, and
// gives the page's token.
func answerable(t *testing.T) (*live, string) {
	t.Helper()
	l := newLive(t)
	l.settings(func(in *casework.SettingsInput) {
		in.AnswerPage = &casework.AnswerPage{Address: "https://meldpunt.example/", Days: 30}
	})
	l.attempt()
	link := pageLink.FindStringSubmatch(l.document().Text)
	if link == nil {
		t.Fatalf("the text names no page:\n%s", l.document().Text)
	}
	none(l, link[1]) // nothing was sent
	l.approve()
	l.at("AwaitReply", "")
	if got := l.mail.sent[0].Text; !strings.Contains(got, link[0]) {
		t.Errorf("the mail names another page, or none:\n%s", got)
	}
	return l, link[1]
}

func none(l *live, token string) {
	l.t.Helper()
	_, err := l.s.AnswerPageOf(context.Background(), token)
	l.kind(err, takedown.NotFound)
	l.kind(l.s.AnswerOnPage(context.Background(), token, casework.PageAnswer{Answer: "received"}), takedown.NotFound)
}

func (l *live) says(token, answer, words string) {
	l.t.Helper()
	l.ok(l.s.AnswerOnPage(context.Background(), token, casework.PageAnswer{Answer: answer, Words: words}))
	l.settle()
}

// What a recipient says without an account is a claim: it proves no receipt,
// ends no wait, and is one however often it is sent.
func TestWhatIsSaidOnThePageIsAClaim(t *testing.T) {
	t.Parallel()
	l, token := answerable(t)
	page, err := l.s.AnswerPageOf(context.Background(), token)
	l.ok(err)
	if page.Organisation != "Praktijk Voorbeeld" || page.Language != "nl" || !strings.HasPrefix(page.Reference, "TD-2027-") {
		t.Errorf("%+v", page)
	}
	before := l.track("hoster")
	l.says(token, "received", "Wij kijken ernaar.")
	l.says(token, "received", "Wij kijken ernaar.")
	after := l.track("hoster")
	if after.WaitsFor.State != before.WaitsFor.State || !after.WaitsFor.Until.Equal(before.WaitsFor.Until) || len(after.Clocks) != len(before.Clocks) {
		t.Errorf("the track went on: %+v", after.WaitsFor)
	}
	d := l.document()
	if len(d.Claims) != 1 || d.Claims[0].Answer != "received" || d.Claims[0].At != monday {
		t.Fatalf("%+v", d.Claims)
	}
	r, err := l.s.ReadReply(context.Background(), specialist, d.Claims[0].Reply)
	l.ok(err)
	if r.Kind != "claim" || r.Status != "claimed" || r.Via != "page" || r.Text != "Wij kijken ernaar." {
		t.Errorf("%+v", r)
	}
	if n := len(slices.DeleteFunc(l.entries(l.c), func(e string) bool { return e != "reply.claimed received" })); n != 1 {
		t.Errorf("%d entries", n)
	}
	l.pointers(l.s.AnswerOnPage(context.Background(), token, casework.PageAnswer{Answer: "maybe", Words: strings.Repeat("x", 1001)}), "/answer", "/words")
}

// Removed has the page looked at. What is still there is not gone, and the rung
// ends by that no sooner.
func TestRemovedOnThePageIsLookedAt(t *testing.T) {
	t.Parallel()
	l, token := answerable(t)
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.says(token, "removed", "")
	l.at("AwaitReply", "reply")
	if tr := l.track("hoster"); len(tr.Rungs) != 1 || tr.Rungs[0].Ending != "" {
		t.Fatalf("the rung ended on a claim: %+v", tr.Rungs)
	}
	l.pass(2 * time.Hour)
	l.pages.shows(404, "")
	l.says(token, "removed", "")
	l.at("AwaitDate", "second_look")
	l.pass(61 * time.Minute)
	if tr := l.track("hoster"); tr.Outcome != "removed" {
		t.Errorf("%s, %s", tr.Status, tr.Outcome)
	}
}

// A page that no program can read is a person's to look at; the ladder does not
// wait for that on the word of whoever has the link.
func TestAClaimHoldsNoLadderUp(t *testing.T) {
	t.Parallel()
	l, token := answerable(t)
	l.pages.shows(500, "")
	l.says(token, "removed", "")
	l.pass(61 * time.Minute)
	l.pass(61 * time.Minute)
	l.pass(61 * time.Minute)
	l.at("AwaitReply", "reply")
	l.task(l.c, "check_by_hand")
}

// Refused is a specialist's to read; only their word ends the wait.
func TestRefusedOnThePageIsAPersonsTask(t *testing.T) {
	t.Parallel()
	l, token := answerable(t)
	l.says(token, "refused", "Wij zijn niet de aanbieder.")
	l.at("AwaitReply", "reply")
	claim := l.document().Claims[0].Reply
	task, err := l.s.GetTask(context.Background(), specialist, l.task(l.c, "classify_reply"))
	l.ok(err)
	if task.Subject != claim || task.Reason != "claimed_on_page" {
		t.Errorf("%+v", task)
	}
	l.ok(l.s.ClassifyReply(context.Background(), specialist, claim, casework.ClassificationInput{Kind: "decision", Decision: "refused"}))
	l.settle()
	if tr := l.track("hoster"); tr.Rungs[0].Ending != "refused" {
		t.Errorf("%+v", tr.Rungs)
	}
}

// A token that opens nothing is told from none: forged, misspelt, of a page that
// is over, or after the organisation has none any more.
func TestTokensThatOpenNothing(t *testing.T) {
	t.Parallel()
	l, token := answerable(t)
	last := "a"
	if strings.HasSuffix(token, last) {
		last = "i"
	}
	for _, bad := range []string{"", "x", token[1:], token + "a", token[:len(token)-1] + last, strings.ToUpper(token), strings.Repeat("a", 42), "tkd_" + token} {
		none(l, bad)
		if l.s.SignedAnswerToken(bad) {
			t.Errorf("%q counts as ours", bad)
		}
	}
	l.holdsNoToken(token)
	for range 30 {
		l.pass(2 * time.Hour)
		_ = l.s.AnswerOnPage(context.Background(), token, casework.PageAnswer{Answer: "received"})
	}
	if n := len(l.document().Claims); n != 20 {
		t.Errorf("%d answers are kept", n)
	}
	l.kind(l.s.AnswerOnPage(context.Background(), token, casework.PageAnswer{Answer: "received"}), takedown.RateLimited)
	l.pass(28 * day)
	none(l, token)
}

// holdsNoToken looks for a token in every row of the store.
func (l *live) holdsNoToken(token string) {
	l.t.Helper()
	rows, err := l.store.Writer().Query(`SELECT body FROM records UNION ALL SELECT value FROM lookups UNION ALL SELECT payload FROM outbox`)
	l.ok(err)
	for rows.Next() {
		var b sql.RawBytes
		l.ok(rows.Scan(&b))
		if strings.Contains(string(b), token) {
			l.t.Errorf("the store holds the token: %s", b)
		}
	}
	l.ok(rows.Err())
}

// No page is named where there is none, or to whom publishes what it is told.
func TestNoPageIsNamedWithoutNeed(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	if text := l.document().Text; strings.Contains(text, "/r/") || strings.Contains(text, "Zonder account") {
		t.Error("a page is named that there is not")
	}
	have, err := l.s.GetContact(context.Background(), coordinator, "contact_hoster")
	l.ok(err)
	in := have.ContactInput
	in.PublishesNotices = true
	_, err = l.s.PutContact(context.Background(), coordinator, "contact_hoster", in, have.Version)
	l.ok(err)
	l.settings(func(in *casework.SettingsInput) {
		in.AnswerPage = &casework.AnswerPage{Address: "https://meldpunt.example", Days: 30}
	})
	if text := l.document().Text; strings.Contains(text, "/r/") {
		t.Error("a page is named to whom publishes notices")
	}
	set, err := l.s.GetSettings(context.Background(), coordinator)
	l.ok(err)
	for _, bad := range []string{"http://meldpunt.example", "https://", "https://a@meldpunt.example", "https://meldpunt.example/?q", "https://meldpunt.example/#x", "meldpunt.example"} {
		in := set.SettingsInput
		in.AnswerPage = &casework.AnswerPage{Address: bad}
		_, err := l.s.PutSettings(context.Background(), coordinator, in, set.Version)
		l.pointers(err, "/answerPage/address", "/answerPage/days")
	}
}
