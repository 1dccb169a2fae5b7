package notice

import (
	"strings"
	"testing"
	"time"
)

func TestADigestSaysHowMuchWaits(t *testing.T) {
	d := Digest{
		Day: time.Date(2027, 3, 23, 7, 0, 0, 0, time.UTC), Tasks: 14, Urgent: 1,
		Groups: []DigestGroup{{Kind: "triage", Tasks: 1, Urgent: 1, IDs: []string{"task_a"}}, {Kind: "assess", Tasks: 13, IDs: []string{"task_b", "task_c"}, Left: 11}},
	}
	for language, want := range map[string][]string{
		"nl": {
			"Werklijst dinsdag 23 maart 2027: 14 taken, 1 met spoed", "Op uw werklijst staan 14 taken open, waarvan 1 met spoed.",
			"\n\ntriage: 1, met spoed 1\n- task_a\n\nassess: 13\n- task_b\n- task_c\n- en nog 11\n\nWat u de afgelopen dag zelf",
		},
		"en": {
			"Worklist Tuesday 23 March 2027: 14 tasks, 1 urgent", "On your worklist, 14 tasks are open, 1 of them urgent.",
			"\n\ntriage: 1, urgent 1\n- task_a\n\nassess: 13\n- task_b\n- task_c\n- and 11 more\n\nWhat you opened",
		},
	} {
		subject, text, err := WriteDigest(language, d)
		if err != nil || subject != want[0] || !strings.HasPrefix(text, want[1]) || !strings.Contains(text, want[2]) {
			t.Errorf("%s: %q, %v\n%s", language, subject, err, text)
		}
	}
	subject, text, err := WriteDigest("nl", Digest{Day: d.Day, Tasks: 1, Groups: []DigestGroup{{Kind: "assess", Tasks: 1, IDs: []string{"task_b"}}}})
	if err != nil || subject != "Werklijst dinsdag 23 maart 2027: 1 taak" || !strings.HasPrefix(text, "Op uw werklijst staat 1 taak open.\n\nassess: 1\n- task_b\n\n") {
		t.Errorf("%q, %v\n%s", subject, err, text)
	}
	subject, _, err = WriteDigest("en", Digest{Day: d.Day, Tasks: 1000, More: true})
	if err != nil || subject != "Worklist Tuesday 23 March 2027: at least 1000 tasks" {
		t.Errorf("%q, %v", subject, err)
	}
	if _, _, err := WriteDigest("fr", d); err == nil {
		t.Error("a digest in a language without templates")
	}
}
