package casework_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// What only looks like a code may be a name, a street or a number: it stands in
// no entry, and nowhere else in the clear. A code of the list does.
func TestAReasonOutsideTheListIsSealed(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	tr := l.track("hoster").ID
	typed := []string{"testpersoon", "nergensstraat.999", "0600000000", "1234-ab", "by_hand.testpersoon"}
	before := len(l.entries(l.c))
	for _, reason := range append(slices.Clone(typed), "by_hand") {
		l.ok(l.s.ActOnTrack(ctx, adviser, tr, "hold", casework.TrackActInput{Reason: reason}))
		l.ok(l.s.ActOnTrack(ctx, adviser, tr, "resume", casework.TrackActInput{Reason: "by_hand"}))
	}
	_, err := l.s.Unseal(ctx, coordinator, l.c, casework.UnsealInput{Reason: typed[0]})
	l.ok(err)
	got := l.entries(l.c)[before:]
	for _, e := range got {
		for _, reason := range typed {
			if strings.Contains(e, reason) {
				t.Errorf("the history says %q", e)
			}
		}
	}
	if n := len(slices.DeleteFunc(slices.Clone(got), func(e string) bool { return e != "track.hold in_words" })); n != len(typed) {
		t.Errorf("%d of %d reasons stand as sealed words: %q", n, len(typed), got)
	}
	if !slices.Contains(got, "track.hold by_hand") || !slices.Contains(got, "case.unsealed in_words") {
		t.Errorf("the history says %q", got)
	}
	for _, reason := range typed {
		l.holdsNoToken(reason)
	}
}

// Where no case's key could seal words, a reason is a code of the list or none.
func TestAReasonWithoutAKeyIsACodeOfTheList(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	for _, reason := range []string{"testpersoon", "nergensstraat.999", "0600000000"} {
		err := f.s.AskRecount(ctx, coordinator, casework.RecountInput{Reason: reason})
		f.pointers(err, "/reason")
		if !strings.Contains(fieldDetails(err), "court_asked") {
			t.Errorf("the list is not named: %s", fieldDetails(err))
		}
		f.pointers(f.s.CloseReport(ctx, coordinator, "report_none", casework.ReportClosureInput{Reason: reason}), "/reason")
	}
	f.ok(f.s.AskRecount(ctx, coordinator, casework.RecountInput{Reason: "court_asked"}))
}

// The list is sorted, holds each code once, and nothing that is no code.
func TestTheListOfReasons(t *testing.T) {
	t.Parallel()
	codes := casework.ReasonCodes()
	if !slices.IsSorted(codes) || len(slices.Compact(slices.Clone(codes))) != len(codes) {
		t.Errorf("%q", codes)
	}
	for _, c := range codes {
		if len(c) < 3 || strings.Trim(c, "abcdefghijklmnopqrstuvwxyz_0123456789") != "" {
			t.Errorf("%q is no code", c)
		}
	}
}

func fieldDetails(err error) string {
	var out []string
	var e *takedown.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			out = append(out, f.Pointer+" "+f.Detail)
		}
	}
	return strings.Join(out, "\n")
}
