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
	Results  []struct {
		Recipient string
		Permanent *bool
	}
}

func worldMails(t *testing.T) (string, []expected) {
	t.Helper()
	dir := os.Getenv("TAKEDOWN_BOUNCES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "bounces")
	}
	list, err := os.ReadFile(filepath.Join(dir, "expected.jsonl"))
	if err != nil {
		skip.Now(t, "no mails to hold against: "+err.Error())
	}
	var all []expected
	for line := range strings.Lines(string(list)) {
		var e expected
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return dir, all
}

// The reports whose groups we read: recipient and permanence of each result
// the peer names a recipient for.
func TestDeliveryStatusHeldAgainstTheWorld(t *testing.T) {
	dir, all := worldMails(t)
	var named, right, judged, agreed int
	for _, e := range all {
		raw, err := os.ReadFile(filepath.Join(dir, "mails", e.ID+".eml"))
		if err != nil {
			t.Fatal(err)
		}
		of := map[string]Permanence{}
		for _, s := range Parse(raw, DefaultLimits()).Statuses {
			of[strings.ToLower(s.Recipient)] = s.Permanence()
		}
		for _, r := range e.Results {
			if r.Recipient == "" || e.Kind != "bounce" {
				continue
			}
			named++
			got, ok := of[strings.ToLower(r.Recipient)]
			if ok {
				right++
			} else {
				t.Logf("%s: recipient %s not found", e.ID, r.Recipient)
			}
			if r.Permanent != nil {
				judged++
				if ok && got != Unknown && (got == Permanent) == *r.Permanent {
					agreed++
				}
			}
		}
	}
	t.Logf("delivery status: %d of %d recipients, %d of %d permanences right", right, named, agreed, judged)
	if named == 0 || right < named || agreed*100 < judged*97 {
		t.Error("a recipient not found, or fewer than 97 in 100 permanences right")
	}
}
