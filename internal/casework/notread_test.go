package casework_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// refusingPages fetches nothing, and says why.
type refusingPages struct{ why casework.NotFetched }

func (p refusingPages) Fetch(_ context.Context, url, _ string) (casework.FetchedPage, error) {
	return casework.FetchedPage{}, fmt.Errorf("%s: %w", url, p.why)
}

// A page that is not fetched is said, with its reason: in the answer, with the
// item, in its history and in the task of whoever looks instead. Nowhere does it
// say where the page is.
func TestAPageThatIsNotFetchedSaysWhy(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	var log bytes.Buffer
	l.s.Log = slog.New(slog.NewTextHandler(&log, nil))
	l.s.Pages = refusingPages{casework.RefusedAddress}
	check, err := l.s.CheckItem(ctx, specialist, l.c, l.page)
	l.ok(err)
	if check.Result != "unknown" || check.Why != "refused_address" {
		t.Errorf("the look says %+v", check)
	}
	it, err := l.s.GetItem(ctx, specialist, l.c, l.page)
	l.ok(err)
	if n := len(it.Checks); n != 1 || it.Checks[0].Why != "refused_address" {
		t.Errorf("the item keeps %+v", it.Checks)
	}
	if !slices.Contains(l.entries(l.c), "item.checked unknown:refused_address") {
		t.Errorf("the history says %q", l.entries(l.c))
	}
	if said := log.String(); !strings.Contains(said, "refused_address") || strings.Contains(said, "forum.example") {
		t.Errorf("the log says %q", said)
	}
	l.attempt()
	l.approve()
	_, err = l.s.RegisterReply(ctx, specialist, casework.ReplyInput{DocumentID: l.document().ID, Kind: "decision", Decision: "removed", Via: "mail", ReceivedAt: monday})
	l.ok(err)
	l.settle()
	l.s.Pages = refusingPages{casework.TooSlow}
	for range 3 {
		l.pass(time.Hour + time.Second)
	}
	task, err := l.s.GetTask(ctx, specialist, l.task(l.c, "check_by_hand"))
	l.ok(err)
	if task.Reason != "page_not_read:too_slow" {
		t.Errorf("the task says %q", task.Reason)
	}
}

// What was read and tells nothing says why, too.
func TestAPageThatTellsNothingSaysWhy(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	for _, c := range []struct {
		status int
		body   string
		want   string
	}{
		{403, "", "denied"},
		{429, "", "too_many_asked"},
		{503, "", "server_fault"},
		{418, "", "other_status"},
		{404, shown, "gone_but_quoted"},
		{200, "", "not_recognised"},
	} {
		l.pages.shows(c.status, c.body)
		check, err := l.s.CheckItem(context.Background(), specialist, l.c, l.page)
		l.ok(err)
		if check.Result != "unknown" || check.Why != c.want {
			t.Errorf("%d: %+v, want %s", c.status, check, c.want)
		}
	}
	l.s.Pages = cutPages{}
	check, err := l.s.CheckItem(context.Background(), specialist, l.c, l.page)
	l.ok(err)
	if check.Why != "too_large" {
		t.Errorf("a page that was read in part: %+v", check)
	}
}

// cutPages shows the beginning of what is larger.
type cutPages struct{}

func (cutPages) Fetch(_ context.Context, url, _ string) (casework.FetchedPage, error) {
	return casework.FetchedPage{Status: 200, FinalURL: url, Body: []byte("begin"), Size: 6}, nil
}

// Who fetches foreign pages may be made to say anything: a reason that is none
// of the codes is not taken over.
func TestAReasonThatIsNoCodeIsNotTakenOver(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.s.Pages = refusingPages{"Sealed Name lives here"}
	check, err := l.s.CheckItem(context.Background(), specialist, l.c, l.page)
	l.ok(err)
	if check.Result != "unknown" || check.Why != "not_looked" || slices.ContainsFunc(l.entries(l.c), func(e string) bool { return strings.Contains(e, "Sealed") }) {
		t.Errorf("%+v; %q", check, l.entries(l.c))
	}
}
