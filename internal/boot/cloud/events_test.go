package cloud

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// eventsDir holds a sample for every function (design §10).
var eventsDir = os.DirFS(filepath.Join("..", "..", "..", "events"))

func sample(t *testing.T, file string) []byte {
	t.Helper()
	text, err := fs.ReadFile(eventsDir, file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// function is the name of the function that a sample is for.
func function(file string) string {
	name, _, _ := strings.Cut(file, ".")
	return name
}

// invoked drives a function with a sample and gives its answer.
func (s *story) invoked(file string) ([]byte, error) {
	s.t.Helper()
	h, ok := s.app.Service.Handlers()[function(file)]
	if !ok {
		s.t.Fatalf("there is no function %s", function(file))
	}
	return h(s.t.Context(), s.fill(string(sample(s.t, file))))
}

// answer is what any function may say.
type answer struct {
	V, Generation, Wait                   int
	Case, Track, Next, Document           string
	Seconds                               int64
	Delivered, Woken, Sequenced, Repaired int
}

// call drives a function that must succeed.
func (s *story) call(file string) answer {
	s.t.Helper()
	out, err := s.invoked(file)
	if err != nil {
		s.t.Fatalf("%s: %s: %v", file, takedown.NameOf(err), err)
	}
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		s.t.Fatalf("%s: answered %s: %v", file, out, err)
	}
	return a
}

// step fails the test unless a function names the next state.
func (s *story) step(file, next string) {
	s.t.Helper()
	if got := s.call(file); got.Next != next || got.V != casework.InputVersion {
		s.t.Errorf("%s: answered %+v, want next %s", file, got, next)
	}
}

// drives is each sample with what stands before it and what it does.
var drives = map[string]func(*story){
	"triage.json": func(s *story) {
		s.opened()
		s.step("triage.json", "AwaitGates")
	},
	"plan-tracks.json": func(s *story) {
		s.ready()
		s.step("triage.json", "PlanTracks")
		s.call("plan-tracks.json")
		if v := s.view(); v.Route != "hoster" || v.Generation != 1 {
			s.t.Errorf("planned %+v", v)
		}
	},
	"plan-step.json": func(s *story) {
		s.planned()
		s.step("plan-step.json", "AwaitGate")
		s.step("plan-step.json", "AwaitGate")
	},
	"register-wait.json": func(s *story) {
		s.planned()
		s.call("dispatch-outbox.json") // what was said before is delivered
		s.step("plan-step.json", "AwaitGate")
		s.call("register-wait.json")
		s.call("dispatch-outbox.json")
		if len(s.notes.completed) != 0 {
			s.t.Errorf("a wait that is not over was completed: %q", s.notes.completed)
		}
		s.attempted()
		s.call("dispatch-outbox.json")
		if !slices.Equal(s.notes.completed, []string{"token-example"}) {
			s.t.Errorf("what ends the wait completed %q", s.notes.completed)
		}
	},
	"register-wait.case.json": func(s *story) {
		s.opened()
		s.call("dispatch-outbox.json")
		s.step("triage.json", "AwaitGates")
		s.call("register-wait.case.json")
		s.call("dispatch-outbox.json")
		if len(s.notes.completed) != 0 {
			s.t.Errorf("a wait that is not over was completed: %q", s.notes.completed)
		}
		s.gatesHold()
		s.call("dispatch-outbox.json")
		if !slices.Equal(s.notes.completed, []string{"token-example"}) {
			s.t.Errorf("what ends the wait completed %q", s.notes.completed)
		}
	},
	"draft-document.json": func(s *story) {
		s.reached()
		if got := s.call("draft-document.json"); got.Document == "" {
			s.t.Error("nothing was drafted")
		}
		s.step("plan-step.json", "AwaitApproval")
	},
	// What goes to the police is drafted by it; a hoster's notice is not.
	"assemble-dossier.json": func(s *story) {
		s.reached()
		if got := s.call("assemble-dossier.json"); got.Document != "" {
			s.t.Errorf("drafted %s for a hoster", got.Document)
		}
		s.step("plan-step.json", "DraftDocument")
	},
	"send-document.json": func(s *story) {
		s.approved()
		s.call("send-document.json")
		s.call("send-document.json")
		if s.dispatch() != "sent" || s.mails() != 1 {
			s.t.Errorf("dispatch %q, %d mails", s.dispatch(), s.mails())
		}
		s.step("plan-step.json", "AwaitReply")
	},
	"send-document.give-up.json": func(s *story) {
		s.approved()
		s.call("send-document.give-up.json")
		if s.dispatch() != "failed" || s.mails() != 0 {
			s.t.Errorf("dispatch %q, %d mails", s.dispatch(), s.mails())
		}
	},
	"verify-content.json": func(s *story) {
		s.claimed()
		s.call("verify-content.json")
		s.call("verify-content.json")
		if s.pages.looks != 1 {
			s.t.Errorf("looked %d times for one job", s.pages.looks)
		}
		s.step("plan-step.json", "AwaitDate") // a second look, an hour later
	},
	"renew.json": func(s *story) {
		s.planned()
		s.step("renew.json", "Stop")
		s.step("renew.json", "Stop")
		if v := s.view(); v.Generation != 2 {
			s.t.Errorf("generation %d after a renewal", v.Generation)
		}
	},
	"record-outcome.json": func(s *story) {
		s.planned()
		s.step("record-outcome.json", "Stop")
		if v := s.view(); v.Status != "done" {
			s.t.Errorf("the track is %s", v.Status)
		}
	},
	"dispatch-outbox.json": func(s *story) {
		s.planned()
		for range 2 {
			s.call("dispatch-outbox.json")
		}
		if want := []string{"case " + execution(s.caseID), "track " + execution(s.track)}; !slices.Equal(s.notes.started, want) {
			s.t.Errorf("started %q, want %q", s.notes.started, want)
		}
	},
	"sequence-history.json": func(s *story) {
		s.opened()
		if got := s.call("sequence-history.json"); got.Sequenced == 0 {
			s.t.Error("no entry became a leaf")
		}
	},
	"send-digest.json": func(s *story) {
		s.opened()
		s.digest()
		s.call("send-digest.json")
		s.call("send-digest.json")
		if s.mails() != 1 {
			s.t.Errorf("%d mails for one digest", s.mails())
		}
	},
	"sweep.json": func(s *story) {
		s.opened()
		if got := s.call("sweep.json"); got.Sequenced == 0 {
			s.t.Error("no entry became a leaf")
		}
	},
}

// execution is the name of the first execution of a case or track.
func execution(id string) string { return strings.ReplaceAll(id, "_", "-") + "-1" }

// mails counts what went out.
func (s *story) mails() int {
	s.t.Helper()
	list, err := filepath.Glob(filepath.Join(s.dir, "data", "outbox", "*.eml"))
	s.ok(err)
	return len(list)
}

func TestSamplesDriveTheirFunctions(t *testing.T) {
	for file, drive := range drives {
		t.Run(file, func(t *testing.T) { drive(newStory(t)) })
	}
}

// TestEverySampleIsDriven: a sample that no test drives proves nothing.
func TestEverySampleIsDriven(t *testing.T) {
	files, err := fs.Glob(eventsDir, "*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		_, ours := drives[f]
		if _, foreign := mailDrives[f]; !ours && !foreign && f != "api.json" {
			t.Errorf("events/%s is driven by no test", f)
		}
	}
}

// TestSamplesAreReadStrictly: a function that does not understand all of its
// input understands none of it, and changes nothing.
func TestSamplesAreReadStrictly(t *testing.T) {
	s := newStory(t)
	s.planned()
	before := s.entries()
	for file := range drives {
		h := s.app.Service.Handlers()[function(file)]
		good := bytes.TrimSpace(s.fill(string(sample(t, file))))
		for name, bad := range map[string][]byte{
			"unknown field": slices.Concat([]byte(`{"surprise":1,`), good[1:]),
			"wrong type":    bytes.Replace(good, []byte(`"v": 1`), []byte(`"v": "1"`), 1),
			"other version": bytes.Replace(good, []byte(`"v": 1`), []byte(`"v": 2`), 1),
			"no version":    []byte(`{}`),
			"two values":    slices.Concat(good, good),
			"cut off":       good[:len(good)-1],
			"a list":        slices.Concat([]byte("["), good, []byte("]")),
			"nothing":       nil,
		} {
			if bytes.Equal(bad, good) {
				t.Errorf("%s with %s is the sample itself", file, name)
			}
			out, err := h(t.Context(), bad)
			if err == nil || takedown.NameOf(err) != takedown.NameInvalidInput {
				t.Errorf("%s with %s: got %s, %v (%s)", file, name, out, err, takedown.NameOf(err))
			}
		}
	}
	if after := s.entries(); after != before {
		t.Errorf("bad input wrote %d entries", after-before)
	}
}

// entries counts the case's history.
func (s *story) entries() int {
	s.t.Helper()
	auditor := takedown.Principal{ID: "auditor-1", Roles: []takedown.Role{takedown.Auditor}}
	page, err := s.app.Service.CaseHistory(s.t.Context(), auditor, s.caseID, "", 200)
	s.ok(err)
	return len(page.Items)
}

// TestAPISampleIsWhatTheGatewaySends: the sample is a request of API Gateway's
// second payload format.
func TestAPISampleIsWhatTheGatewaySends(t *testing.T) {
	dec := json.NewDecoder(bytes.NewReader(sample(t, "api.json")))
	dec.DisallowUnknownFields()
	var in events.APIGatewayV2HTTPRequest
	if err := dec.Decode(&in); err != nil {
		t.Fatal(err)
	}
	if in.Version != "2.0" || in.RequestContext.HTTP.Path != in.RawPath || in.RequestContext.HTTP.Method == "" {
		t.Errorf("not a request: %+v", in)
	}
}
