package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/boot/cloud/sampletest"
	"github.com/ontdox/takedown/internal/lambdahost"
	"github.com/ontdox/takedown/internal/localcloud"
	"github.com/ontdox/takedown/internal/takedown"
)

// quietSteps answers as Step Functions and runs nothing: a test calls the
// functions itself, as the service would and more often.
type quietSteps struct {
	mu                 sync.Mutex
	started, completed []string
}

func (q *quietSteps) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	var in struct{ Name, TaskToken string }
	if action != "" && json.NewDecoder(r.Body).Decode(&in) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	arn := "arn:aws:states:eu-west-1:000000000000:execution:machine:" + in.Name
	out := any(map[string]any{})
	switch action {
	case "": // LocalStack's own: where the functions are
		w.WriteHeader(http.StatusNoContent)
		return
	case "CreateStateMachine":
		out = map[string]any{"stateMachineArn": "arn:aws:states:eu-west-1:000000000000:stateMachine:" + in.Name, "creationDate": 1}
	case "StartExecution":
		q.started = append(q.started, in.Name)
		out = map[string]any{"executionArn": arn, "startDate": 1}
	case "SendTaskSuccess":
		q.completed = append(q.completed, in.TaskToken)
	case "DescribeExecution":
		out = map[string]any{"executionArn": arn, "name": in.Name, "status": "RUNNING", "startDate": 1}
	case "ListExecutions":
		out = map[string]any{"executions": []any{}}
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	_ = json.NewEncoder(w).Encode(out) // who asked has gone
}

func (q *quietSteps) completions() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.completed)
}

// sampled is a stack whose compiled functions a test calls with the samples.
type sampled struct {
	*cloudHost
	t     *testing.T
	w     *world
	steps *quietSteps
	build *cloud.Build
	drove map[string]bool
}

func newSampled(t *testing.T) *sampled {
	t.Helper()
	on := cloudServices(t)
	steps := &quietSteps{}
	server := httptest.NewServer(steps)
	t.Cleanup(server.Close)
	on.StepFunctions = server.URL
	h, w := newCloudHost(t, on)
	h.opt.Unscheduled, h.simulated = true, sampletest.Monday
	h.start()
	s := &sampled{cloudHost: h, t: t, w: w, steps: steps, drove: map[string]bool{}}
	var err error
	if s.build, err = h.operate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

var samplesDir = filepath.Join("..", "..", "events")

// story is a case of its own, whose page is at a place of its own.
func (s *sampled) story(page string) *sampletest.Story {
	st := &sampletest.Story{T: s.t, Service: s.build.Service, Dir: samplesDir, Page: page}
	st.Invoke = func(function string, event []byte) ([]byte, error) {
		s.drove[function] = true
		return s.twice(function, event)
	}
	return st
}

// twice calls a function twice at once and once more, as a service that retries
// does. Of two at once one may be told to come again.
func (s *sampled) twice(function string, event []byte) ([]byte, error) {
	s.t.Helper()
	ends := make(chan error)
	for range 2 {
		go func() {
			_, err := s.Invoke(function, event)
			ends <- err
		}()
	}
	for range 2 {
		var failed *localcloud.FunctionError
		if err := <-ends; err != nil && (!errors.As(err, &failed) || !slices.Contains([]string{takedown.NameConflict, takedown.NameUnavailable}, failed.Type)) {
			s.t.Errorf("%s, called twice at once: %v", function, err)
		}
	}
	return s.Invoke(function, event)
}

// TestSamplesDriveTheCompiledFunctions takes cases through all functions that a
// state machine or a schedule calls, each called thrice, two of them at once,
// with its sample (mail-event and receive-mail have tests of their own).
func TestSamplesDriveTheCompiledFunctions(t *testing.T) {
	s := newSampled(t)
	s.sent(s.story("https://forum.example/t/1"))
	s.ended(s.story("https://forum.example/t/2"), s.story("https://forum.example/t/3"), s.story("https://forum.example/t/4"))
	s.scheduled(s.story("https://forum.example/t/5"))
	s.asked()
	s.refused(s.story("https://forum.example/t/6"))
	for _, f := range s.Directories() {
		if !s.drove[f] && f != "receive-mail" && f != "mail-event" {
			t.Errorf("%s was driven by no sample", f)
		}
	}
}

// sent: a notice is drafted, leaves once, and its page is looked at once.
func (s *sampled) sent(st *sampletest.Story) {
	s.t.Helper()
	st.Opened()
	st.Step("triage.json", "AwaitGates")
	st.Call("register-wait.case.json")
	st.GatesHold()
	st.Step("triage.json", "PlanTracks")
	st.Call("plan-tracks.json")
	st.View() // one track
	st.Step("plan-step.json", "AwaitGate")
	st.Call("register-wait.json")
	st.Attempted()
	st.Call("dispatch-outbox.json")
	if n := len(slices.DeleteFunc(s.steps.completions(), func(token string) bool { return token != "token-example" })); n == 0 {
		s.t.Error("no wait was completed")
	}
	st.Step("plan-step.json", "DraftDocument")
	if got := st.Call("assemble-dossier.json"); got.Document != "" {
		s.t.Errorf("a hoster got the dossier %s", got.Document)
	}
	st.Call("draft-document.json")
	st.Step("plan-step.json", "AwaitApproval")
	st.Allowed()
	st.Call("send-document.json")
	docs, err := s.build.Service.ListDocuments(s.t.Context(), takedown.Principal{ID: "specialist-1", Roles: []takedown.Role{takedown.Specialist}}, st.Case)
	st.OK(err)
	if mails, _ := s.w.mails(); mails != 1 || len(docs) != 1 || st.Dispatch() != "sent" {
		s.t.Errorf("%d mails, %d documents, the dispatch %s; want one of each, sent", mails, len(docs), st.Dispatch())
	}
	st.Removed()
	st.Call("verify-content.json")
	st.Step("plan-step.json", "AwaitDate") // a second look, an hour later
}

// ended: a send that is given up, a renewal and an end.
func (s *sampled) ended(givenUp, renewed, done *sampletest.Story) {
	s.t.Helper()
	before, _ := s.w.mails()
	givenUp.Approved()
	givenUp.Call("send-document.give-up.json")
	if mails, _ := s.w.mails(); mails != before || givenUp.Dispatch() != "failed" {
		s.t.Errorf("%d mails more, the dispatch %s", mails-before, givenUp.Dispatch())
	}
	renewed.Planned()
	renewed.Step("renew.json", "Stop")
	if v := renewed.View(); v.Generation != 2 {
		s.t.Errorf("generation %d after one renewal", v.Generation)
	}
	done.Planned()
	done.Step("record-outcome.json", "Stop")
	if v := done.View(); v.Status != "done" {
		s.t.Errorf("the track is %s", v.Status)
	}
}

// scheduled: what the minute calls, and the morning.
func (s *sampled) scheduled(st *sampletest.Story) {
	s.t.Helper()
	st.Opened()
	st.Digest()
	before, _ := s.w.mails()
	st.Call("send-digest.json")
	if mails, _ := s.w.mails(); mails != before+1 {
		s.t.Errorf("%d mails for one digest", mails-before)
	}
	st.Call("sequence-history.json")
	st.Call("sweep.json")
	size := func() int64 {
		head, err := s.build.Service.Store.Log().Head(s.t.Context())
		st.OK(err)
		return head.Size
	}
	whole := size()
	st.Call("sequence-history.json")
	if again := size(); whole == 0 || again != whole {
		s.t.Errorf("the log has %d entries, and %d when nothing was added", whole, again)
	}
}

// asked: the API answers the gateway.
func (s *sampled) asked() {
	s.t.Helper()
	s.drove["api"] = true
	event := strings.Replace(string(sampletest.Sample(s.t, samplesDir, "api.json")), "token-example", s.tokens["coordinator"], 1)
	for range 2 {
		out, err := s.Invoke("api", []byte(event))
		if err != nil || !strings.Contains(string(out), `"statusCode":200`) {
			s.t.Errorf("the API said %s, %v", out, err)
		}
	}
	nobody := strings.Replace(event, s.tokens["coordinator"], "none", 1)
	if out, err := s.Invoke("api", []byte(nobody)); err != nil || !strings.Contains(string(out), `"statusCode":401`) {
		s.t.Errorf("without a token the API said %s, %v", out, err)
	}
}

// refused: what no function can read has a name, and changes nothing.
func (s *sampled) refused(st *sampletest.Story) {
	s.t.Helper()
	st.Planned()
	before := s.rows()
	files, err := filepath.Glob(filepath.Join(samplesDir, "*.json"))
	st.OK(err)
	for _, file := range files {
		function := sampletest.Function(filepath.Base(file))
		good := bytes.TrimSpace(st.Fill(string(sampletest.Sample(s.t, samplesDir, filepath.Base(file)))))
		for name, bad := range spoilt(good) {
			_, err := s.Invoke(function, bad)
			if !refusal(err, json.Valid(bad)) {
				s.t.Errorf("%s with %s: %v", filepath.Base(file), name, err)
			}
		}
	}
	for row := range s.rows() {
		if !before[row] {
			s.t.Errorf("bad events wrote %s", row)
		}
	}
}

// refusal is an error with its name: what is no JSON Lambda itself refuses, and
// the function never sees it.
func refusal(err error, isJSON bool) bool {
	var failed *localcloud.FunctionError
	var lambda *lambdahost.APIError
	if !isJSON {
		return errors.As(err, &lambda) && lambda.Name == "InvalidRequestContentException"
	}
	return errors.As(err, &failed) && failed.Type == takedown.NameInvalidInput
}

// spoilt are ways in which an event is none; one per way is wrong for any function.
func spoilt(good []byte) map[string][]byte {
	huge := bytes.Repeat([]byte("x"), 5<<20) // Lambda's own bound is 6 MB, Step Functions' is 256 KiB
	out := map[string][]byte{
		"two values": slices.Concat(good, good), "cut off": good[:len(good)-1], "a list": slices.Concat([]byte("["), good, []byte("]")), "a word": []byte(`"sweep"`),
		"a huge one": []byte(`{"v":1,"surprise":"` + string(huge) + `"}`),
	}
	if v1 := []byte(`"v": 1`); bytes.Contains(good, v1) {
		out["another version"] = bytes.Replace(good, v1, []byte(`"v": 2`), 1)
		out["a field too many"] = slices.Concat([]byte(`{"surprise":1,`), good[1:])
	}
	if v2 := []byte(`"version": "2.0"`); bytes.Contains(good, v2) {
		out["another version"] = bytes.Replace(good, v2, []byte(`"version": "1.0"`), 1)
	}
	return out
}

// rows are what stands in table and buckets.
func (s *sampled) rows() map[string]bool {
	s.t.Helper()
	out := map[string]bool{}
	if err := s.everyRow(s.t.Context(), func(where string, content []byte) { out[where+": "+string(content)] = true }); err != nil {
		s.t.Fatal(err)
	}
	return out
}
