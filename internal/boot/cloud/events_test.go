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

	"github.com/ontdox/takedown/internal/boot/cloud/sampletest"
	"github.com/ontdox/takedown/internal/takedown"
)

// drives is each sample with what stands before it and what it does.
var drives = map[string]func(*story){
	"triage.json": func(s *story) {
		s.Opened()
		s.Step("triage.json", "AwaitGates")
	},
	"plan-tracks.json": func(s *story) {
		s.Ready()
		s.Step("triage.json", "PlanTracks")
		s.Call("plan-tracks.json")
		if v := s.View(); v.Route != "hoster" || v.Generation != 1 {
			s.t.Errorf("planned %+v", v)
		}
	},
	"plan-step.json": func(s *story) {
		s.Planned()
		s.Step("plan-step.json", "AwaitGate")
		s.Step("plan-step.json", "AwaitGate")
	},
	"register-wait.json": func(s *story) {
		s.Planned()
		s.Call("dispatch-outbox.json") // what was said before is delivered
		s.Step("plan-step.json", "AwaitGate")
		s.Call("register-wait.json")
		s.Call("dispatch-outbox.json")
		if len(s.notes.completed) != 0 {
			s.t.Errorf("a wait that is not over was completed: %q", s.notes.completed)
		}
		s.Attempted()
		s.Call("dispatch-outbox.json")
		if !slices.Equal(s.notes.completed, []string{"token-example"}) {
			s.t.Errorf("what ends the wait completed %q", s.notes.completed)
		}
	},
	"register-wait.case.json": func(s *story) {
		s.Opened()
		s.Call("dispatch-outbox.json")
		s.Step("triage.json", "AwaitGates")
		s.Call("register-wait.case.json")
		s.Call("dispatch-outbox.json")
		if len(s.notes.completed) != 0 {
			s.t.Errorf("a wait that is not over was completed: %q", s.notes.completed)
		}
		s.GatesHold()
		s.Call("dispatch-outbox.json")
		if !slices.Equal(s.notes.completed, []string{"token-example"}) {
			s.t.Errorf("what ends the wait completed %q", s.notes.completed)
		}
	},
	"draft-document.json": func(s *story) {
		s.Reached()
		if got := s.Call("draft-document.json"); got.Document == "" {
			s.t.Error("nothing was drafted")
		}
		s.Step("plan-step.json", "AwaitApproval")
	},
	// What goes to the police is drafted by it; a hoster's notice is not.
	"assemble-dossier.json": func(s *story) {
		s.Reached()
		if got := s.Call("assemble-dossier.json"); got.Document != "" {
			s.t.Errorf("drafted %s for a hoster", got.Document)
		}
		s.Step("plan-step.json", "DraftDocument")
	},
	"send-document.json": func(s *story) {
		s.Approved()
		s.Call("send-document.json")
		s.Call("send-document.json")
		if s.Dispatch() != "sent" || s.mails() != 1 {
			s.t.Errorf("dispatch %q, %d mails", s.Dispatch(), s.mails())
		}
		s.Step("plan-step.json", "AwaitReply")
	},
	"send-document.give-up.json": func(s *story) {
		s.Approved()
		s.Call("send-document.give-up.json")
		if s.Dispatch() != "failed" || s.mails() != 0 {
			s.t.Errorf("dispatch %q, %d mails", s.Dispatch(), s.mails())
		}
	},
	"verify-content.json": func(s *story) {
		s.Claimed()
		s.Call("verify-content.json")
		s.Call("verify-content.json")
		if s.pages.looks != 2 { // in each language
			s.t.Errorf("asked %d times for one job", s.pages.looks)
		}
		s.Step("plan-step.json", "AwaitDate") // a second look, an hour later
	},
	"renew.json": func(s *story) {
		s.Planned()
		s.Step("renew.json", "Stop")
		s.Step("renew.json", "Stop")
		if v := s.View(); v.Generation != 2 {
			s.t.Errorf("generation %d after a renewal", v.Generation)
		}
	},
	"record-outcome.json": func(s *story) {
		s.Planned()
		s.Step("record-outcome.json", "Stop")
		if v := s.View(); v.Status != "done" {
			s.t.Errorf("the track is %s", v.Status)
		}
	},
	"dispatch-outbox.json": func(s *story) {
		s.Planned()
		for range 2 {
			s.Call("dispatch-outbox.json")
		}
		if want := []string{"case " + execution(s.Case), "track " + execution(s.Track)}; !slices.Equal(s.notes.started, want) {
			s.t.Errorf("started %q, want %q", s.notes.started, want)
		}
	},
	"sequence-history.json": func(s *story) {
		s.Opened()
		if got := s.Call("sequence-history.json"); got.Sequenced == 0 {
			s.t.Error("no entry became a leaf")
		}
	},
	"send-digest.json": func(s *story) {
		s.Opened()
		s.Digest()
		s.Call("send-digest.json")
		s.Call("send-digest.json")
		if s.mails() != 1 {
			s.t.Errorf("%d mails for one digest", s.mails())
		}
	},
	"sweep.json": func(s *story) {
		s.Opened()
		if got := s.Call("sweep.json"); got.Sequenced == 0 {
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
	s.OK(err)
	return len(list)
}

func TestSamplesDriveTheirFunctions(t *testing.T) {
	for file, drive := range drives {
		t.Run(file, func(t *testing.T) { drive(newStory(t)) })
	}
}

// TestEverySampleIsDriven: a sample that no test drives proves nothing.
func TestEverySampleIsDriven(t *testing.T) {
	files, err := fs.Glob(os.DirFS(sampletest.Dir), "*.json")
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
	s.Planned()
	before := s.Entries()
	for file := range drives {
		h := s.app.Service.Handlers()[sampletest.Function(file)]
		good := bytes.TrimSpace(s.Fill(string(sampletest.Sample(t, sampletest.Dir, file))))
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
	if after := s.Entries(); after != before {
		t.Errorf("bad input wrote %d entries", after-before)
	}
}

// TestAPISampleIsWhatTheGatewaySends: the sample is a request of API Gateway's
// second payload format.
func TestAPISampleIsWhatTheGatewaySends(t *testing.T) {
	dec := json.NewDecoder(bytes.NewReader(sampletest.Sample(t, sampletest.Dir, "api.json")))
	dec.DisallowUnknownFields()
	var in events.APIGatewayV2HTTPRequest
	if err := dec.Decode(&in); err != nil {
		t.Fatal(err)
	}
	if in.Version != "2.0" || in.RequestContext.HTTP.Path != in.RawPath || in.RequestContext.HTTP.Method == "" {
		t.Errorf("not a request: %+v", in)
	}
}
