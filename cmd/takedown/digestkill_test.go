package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestADigestIsMailedOnceWhateverKillsTheServer: the server is killed around the
// digest's mail and around the commits before and after it. No digest goes out
// twice; one whose end nobody knows is not sent again, and the next day's comes.
func TestADigestIsMailedOnceWhateverKillsTheServer(t *testing.T) {
	for fault, mails := range map[string][2]int{ // at least, at most, on two days
		"":                {2, 2},
		"send:before:1":   {1, 1},
		"send:after:1":    {2, 2},
		"commit:before:5": {1, 2}, "commit:after:5": {1, 2},
		"commit:before:6": {1, 2}, "commit:after:6": {1, 2},
		"commit:before:7": {1, 2}, "commit:after:7": {1, 2},
		"commit:before:8": {1, 2}, "commit:after:8": {1, 2},
		"commit:before:9": {1, 2}, "commit:after:9": {1, 2},
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			h := newHost(t)
			h.fault = fault
			h.start()
			s := h.story()
			s.put("coordinator", "/v1/settings", map[string]any{
				"organisation": map[string]any{"name": "Huisartsenpraktijk Voorbeeld", "kind": "care", "mailbox": "meldpunt@praktijk.example"},
				"mail":         map[string]any{"from": "meldpunt@praktijk.example"},
				"digest": map[string]any{"hour": "09:30", "people": []map[string]any{
					{"person": "test-coordinator", "address": "coordinator@praktijk.example", "roles": []string{"coordinator"}},
				}},
			})
			body, err := os.ReadFile(filepath.Join("testdata", "forum.json"))
			if err != nil {
				t.Fatal(err)
			}
			s.post("specialist", "/v1/cases", json.RawMessage(body))
			for _, at := range []time.Time{at(time.March, 22, 9, 30), at(time.March, 22, 12, 0), at(time.March, 23, 9, 30), at(time.March, 23, 12, 0)} {
				s.driver.advanceTo(at)
			}
			if s.err != nil {
				t.Fatalf("%v\n%s", s.err, h.logs())
			}
			if fault != "" && !h.hit {
				t.Errorf("nobody was killed by %s", fault)
			}
			if count, doubled := h.world.mails(); count < mails[0] || count > mails[1] || doubled != 0 {
				t.Errorf("%d mails, %d of them twice; want %d to %d\n%s", count, doubled, mails[0], mails[1], h.logs())
			}
		})
	}
}
