package cloud

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// variables is an environment that is in order, with changes.
func variables(change map[string]string) *Environment {
	return NewEnvironment(func(name string) string {
		if v, ok := change[name]; ok {
			return v
		}
		for _, known := range append(Variables(), "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY") {
			if name == known {
				return "value-of-" + name
			}
		}
		return ""
	})
}

func TestConfigurationIsRead(t *testing.T) {
	s, err := start(variables(map[string]string{"TAKEDOWN_SIMULATED_CLOCK": "2027-03-22T09:00:00+01:00"}), "plan-step", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range s.cfg.variables() {
		if *v.field != "value-of-"+v.name {
			t.Errorf("%s was read as %q", v.name, *v.field)
		}
	}
	if !s.cfg.Simulated() || !s.cfg.SimulatedFrom.Equal(time.Date(2027, 3, 22, 8, 0, 0, 0, time.UTC)) || s.aws.Region != "value-of-AWS_REGION" {
		t.Errorf("read %+v", s.cfg)
	}
}

func TestEverythingWrongIsNamedInOneLine(t *testing.T) {
	needs := Part{Read: func(e *Environment, _ Config) func(context.Context, *Build) error {
		e.Needed("TAKEDOWN_MORE")
		return nil
	}}
	change := map[string]string{"TAKEDOWN_TABLE": "", "TAKEDOWN_KMS_KEY": "", "TAKEDOWN_SIMULATED_CLOCK": "yesterday", "AWS_REGION": ""}
	_, err := start(variables(change), "plan-step", []Part{needs})
	want := "TAKEDOWN_TABLE is not set; TAKEDOWN_KMS_KEY is not set; TAKEDOWN_SIMULATED_CLOCK is no RFC 3339 instant; AWS_REGION is not set; TAKEDOWN_MORE is not set"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestANarrowFunctionNeedsLess: what works on jobs alone is not given the rest.
func TestANarrowFunctionNeedsLess(t *testing.T) {
	change := map[string]string{}
	for _, name := range []string{"TAKEDOWN_BUCKET", "TAKEDOWN_HEADS_BUCKET", "TAKEDOWN_CASE_MACHINE", "TAKEDOWN_TRACK_MACHINE"} {
		change[name] = ""
	}
	if _, err := start(variables(change), "verify-content", []Part{{Narrow: true}}); err != nil {
		t.Errorf("narrow: %v", err)
	}
	if _, err := start(variables(change), "plan-step", nil); err == nil || strings.Count(err.Error(), "is not set") != len(change) {
		t.Errorf("not narrow: %v", err)
	}
}

// TestClientsFindTheirEndpoints: the SDK's own variables say where a service
// is, for all and for one.
func TestClientsFindTheirEndpoints(t *testing.T) {
	asked := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Get("Authorization")
		w.WriteHeader(http.StatusBadRequest)
	}))
	defer server.Close()
	for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SFN"} {
		asked = ""
		s, err := start(variables(map[string]string{name: server.URL, "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "KEY"}), "plan-step", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = sfn.NewFromConfig(s.aws).ListStateMachines(t.Context(), &sfn.ListStateMachinesInput{})
		if err == nil || !strings.Contains(asked, "Credential=KEY/") || !strings.Contains(asked, "/eu-west-1/states/") {
			t.Errorf("%s: %v, asked with %q", name, err, asked)
		}
	}
}

// TestWhatCannotBeBuiltIsBuiltByTheNextEvent: keys that could not be read at a
// cold start are no reason to refuse for as long as the environment lives.
func TestWhatCannotBeBuiltIsBuiltByTheNextEvent(t *testing.T) {
	calls := 0
	ready := onceItCan(func() (*running, error) {
		if calls++; calls == 1 {
			return nil, takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "the keys cannot be read")
		}
		return &running{}, nil
	})
	for n, fails := range []bool{true, false, false} {
		if f, err := ready(); (err != nil) != fails || (f == nil) != fails {
			t.Errorf("event %d: %v, %v", n+1, f, err)
		}
	}
	if calls != 2 {
		t.Errorf("built %d times", calls)
	}
}

func TestAServiceWithoutItsKeysIsUnavailable(t *testing.T) {
	s, err := start(variables(map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}), "plan-step", nil)
	if err != nil {
		t.Fatal(err)
	}
	s.aws.RetryMaxAttempts = 1
	b, err := s.build(t.Context())
	if b != nil || takedown.KindOf(err) != takedown.Unavailable || !strings.Contains(err.Error(), "own keys") {
		t.Fatalf("got %v, %v", b, err)
	}
}

// called runs a function the way the Lambda host does: through its own decoding
// and with its own idea of an error's type.
func called(t *testing.T, ready func() (*running, error), payload string) ([]byte, messages.InvokeResponse_Error) {
	t.Helper()
	out, err := lambda.NewHandler(invoke(ready)).Invoke(t.Context(), []byte(payload))
	var refusal messages.InvokeResponse_Error
	if err != nil && !errors.As(err, &refusal) {
		t.Fatalf("an error without a name: %v", err)
	}
	return out, refusal
}

func TestWhatCannotBeBuiltIsAnAnswer(t *testing.T) {
	_, refusal := called(t, func() (*running, error) {
		return nil, takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "the keys do not answer")
	}, `{"v":1}`)
	if refusal.Type != takedown.NameUnavailable || refusal.Message != "the keys do not answer" {
		t.Errorf("got %+v", refusal)
	}
}

// TestWhatACallCommitsGoesOutBeforeItsAnswer: after it the host may stop us.
func TestWhatACallCommitsGoesOutBeforeItsAnswer(t *testing.T) {
	s := newStory(t)
	s.Opened()
	f := &running{&Build{Deps: s.app.Service.Deps, Service: s.app.Service}, func(context.Context, []byte) ([]byte, error) { return []byte(`{}`), nil }}
	if out, refusal := called(t, func() (*running, error) { return f, nil }, `{}`); string(out) != `{}` || refusal.Type != "" {
		t.Fatalf("got %s, %+v", out, refusal)
	}
	if want := "case " + execution(s.Case); len(s.notes.started) != 1 || s.notes.started[0] != want {
		t.Errorf("started %q, want %q", s.notes.started, want)
	}
}

func TestErrorsKeepTheirNamesAndTheirSecrets(t *testing.T) {
	cause := errors.New("Sealedstraat 1")
	for _, c := range []struct {
		err           error
		name, message string
	}{
		{takedown.Errorf(takedown.Unavailable, takedown.NameMailTemporary, "come back later"), "MailTemporary", "come back later"},
		{fmt.Errorf("around: %w", takedown.Errorf(takedown.Conflict, takedown.NameStaleInput, "it is over")), "StaleInput", "it is over"},
		{&takedown.Error{Kind: takedown.Unavailable, Message: "the disk is full", Err: cause}, "Unavailable", "the disk is full"},
		{cause, "Internal", "see the function's log"},
	} {
		if got := asLambda(c.err); got.Type != c.name || got.Message != c.message {
			t.Errorf("%v: got %s: %s", c.err, got.Type, got.Message)
		}
	}
}

func TestOnlyTheAPILooksByItself(t *testing.T) {
	if err := (elsewhere{}).Look(t.Context(), casework.TrackInput{}); takedown.KindOf(err) != takedown.Internal {
		t.Errorf("got %v", err)
	}
}
