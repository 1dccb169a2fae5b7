package takedown_test

import (
	"encoding/json"
	"testing"

	"github.com/ontdox/takedown/internal/takedown"
)

// What was stored when an officer was only there or not is read as it was meant.
func TestAnOlderAnswerAboutTheOfficerIsRead(t *testing.T) {
	for stored, want := range map[string]takedown.Known{
		`{"dataProtectionOfficer":true}`: "yes", `{"dataProtectionOfficer":false}`: "", `{}`: "", `{"dataProtectionOfficer":"unknown"}`: "unknown",
	} {
		var e takedown.Erasure
		if err := json.Unmarshal([]byte(stored), &e); err != nil || e.Officer != want {
			t.Errorf("%s: %q, %v", stored, e.Officer, err)
		}
	}
	var e takedown.Erasure
	if err := json.Unmarshal([]byte(`{"dataProtectionOfficer":7}`), &e); err == nil {
		t.Error("a number is an answer")
	}
	raw, err := json.Marshal(takedown.Erasure{Officer: "no"})
	if err != nil || string(raw) != `{"dataProtectionOfficer":"no"}` {
		t.Errorf("%s, %v", raw, err)
	}
}
