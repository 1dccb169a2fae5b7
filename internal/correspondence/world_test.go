package correspondence

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/skip"
)

type expected struct {
	ID, Kind string
	Results  []expectedResult
	raw      []byte
}

type expectedResult struct {
	Recipient string
	Permanent *bool
}

// worldMails reads the mails to hold against, and the replies where there are any.
func worldMails(t *testing.T) []expected {
	t.Helper()
	dir := os.Getenv("TAKEDOWN_BOUNCES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "bounces")
	}
	if _, err := os.Stat(filepath.Join(dir, "expected.jsonl")); err != nil {
		skip.Now(t, "no mails to hold against: "+err.Error())
	}
	all := mailsIn(t, dir)
	if replies := filepath.Join(dir, "replies"); exists(replies) {
		all = append(all, mailsIn(t, replies)...)
	}
	return all
}

func exists(path string) bool {
	_, err := os.Stat(filepath.Join(path, "expected.jsonl"))
	return err == nil
}

func mailsIn(t *testing.T, dir string) []expected {
	t.Helper()
	list, err := os.ReadFile(filepath.Join(dir, "expected.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var all []expected
	for line := range strings.Lines(string(list)) {
		var e expected
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.raw, err = os.ReadFile(filepath.Join(dir, "mails", e.ID+".eml")); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// tally counts right, wrong and "cannot tell".
type tally struct{ right, wrong, unknown int }

func (c tally) of() int { return c.right + c.wrong + c.unknown }

// count holds what was found against one expected result.
func (c *tally) count(got Permanence, permanent bool) bool {
	switch {
	case got == Unknown || got == "":
		c.unknown++
	case got != Delivered && (got == Permanent) == permanent:
		c.right++
		return true
	default:
		c.wrong++
	}
	return false
}

func kindExpected(v Verdict) string {
	switch {
	case v.Kind == KindBounce:
		return "bounce"
	case v.Kind == KindFeedbackReport:
		return "feedback-report"
	case v.Kind == KindAutoReply:
		return "auto-reply"
	case v.Report:
		return "other"
	}
	return "human"
}

// Real bounces, complaints and automatic answers, with the answer a reader of
// each should come to. A person's answer taken for a bounce, or the other way
// round, would be a wrong entry in the record.
func TestBouncesHeldAgainstTheWorld(t *testing.T) {
	all := worldMails(t)
	kinds := 0
	var with, without tally
	for _, e := range all {
		m := Parse(e.raw, DefaultLimits())
		v := Classify(m)
		got := kindExpected(v)
		if got == e.Kind {
			kinds++
		} else {
			t.Logf("%s: kind %s, expected %s (%s %q)", e.ID, got, e.Kind, v.Rule, v.Phrase)
		}
		if got == "bounce" && (e.Kind == "human" || e.Kind == "other") {
			t.Errorf("%s: %s taken for a bounce by %s %q", e.ID, e.Kind, v.Rule, v.Phrase)
		}
		if e.Kind != "bounce" {
			continue
		}
		into := &without
		if len(m.Statuses) > 0 {
			into = &with
		}
		holdResults(t, e, v.Deliveries, into)
	}
	t.Logf("permanence with a delivery-status part: %+v; without: %+v", with, without)
	if kinds*100 < len(all)*98 {
		t.Errorf("kind right in %d of %d, fewer than 98 in 100", kinds, len(all))
	}
	if with.right*100 < with.of()*97 || without.right*100 < without.of()*90 {
		t.Error("permanence right in fewer than 97 in 100 with a delivery-status part, or 90 without")
	}
	t.Logf("bounces: %d total, kind %d right, permanence %d right %d wrong %d unknown", len(all), kinds,
		with.right+without.right, with.wrong+without.wrong, with.unknown+without.unknown)
}

// holdResults compares by recipient where one is expected, the rest in any order.
func holdResults(t *testing.T, e expected, found []Delivery, into *tally) {
	t.Helper()
	rest := append([]Delivery(nil), found...)
	var open []expectedResult
	for _, r := range e.Results {
		if r.Recipient == "" {
			open = append(open, r)
			continue
		}
		got, ok := take(&rest, func(d Delivery) bool { return strings.EqualFold(d.Recipient, r.Recipient) })
		if !ok {
			t.Errorf("%s: recipient %s not found in %+v", e.ID, r.Recipient, found)
		}
		if r.Permanent != nil && !into.count(got.Permanence, *r.Permanent) {
			t.Logf("%s: %s %s %s, expected permanent %t", e.ID, r.Recipient, got.Permanence, got.Status, *r.Permanent)
		}
	}
	for _, r := range open {
		if r.Permanent == nil {
			continue
		}
		got, ok := take(&rest, func(d Delivery) bool { return (d.Permanence == Permanent) == *r.Permanent })
		if !ok {
			got, _ = take(&rest, func(Delivery) bool { return true })
		}
		if !into.count(got.Permanence, *r.Permanent) {
			t.Logf("%s: %+v, expected permanent %t", e.ID, got, *r.Permanent)
		}
	}
}

func take(rest *[]Delivery, fits func(Delivery) bool) (Delivery, bool) {
	for i, d := range *rest {
		if fits(d) {
			*rest = append((*rest)[:i:i], (*rest)[i+1:]...)
			return d, true
		}
	}
	return Delivery{}, false
}
