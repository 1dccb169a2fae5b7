package stepfn_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ontdox/takedown/internal/engine/enginetest"
	"github.com/ontdox/takedown/internal/engine/stepfn"
	"github.com/ontdox/takedown/internal/takedown"
)

const someMachine = "arn:aws:states:eu-west-1:000000000000:stateMachine:secret"

// answering is an engine whose service answers every call alike, and how often
// it was called.
func answering(t *testing.T, status int, name string) (*stepfn.Engine, *atomic.Int32) {
	t.Helper()
	calls := new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"__type":"com.amazonaws.swf.service.v2.model#%s","message":"something about %s"}`, name, someMachine)
	}))
	t.Cleanup(s.Close)
	cfg := config(s.URL)
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	return stepfn.New(cfg, map[string]string{"case": someMachine}), calls
}

func TestErrorsOfTheService(t *testing.T) {
	for _, c := range []struct {
		status int
		name   string
		kind   takedown.Kind
		want   string
	}{
		{400, "ExecutionAlreadyExists", takedown.Conflict, "ExecutionAlreadyExists"},
		{400, "TaskTimedOut", takedown.Conflict, "TaskTimedOut"},
		{400, "TaskDoesNotExist", takedown.NotFound, "TaskDoesNotExist"},
		{400, "InvalidToken", takedown.Invalid, "InvalidToken"},
		{400, "StateMachineDoesNotExist", takedown.NotFound, "StateMachineDoesNotExist"},
		{400, "ThrottlingException", takedown.Unavailable, "Unavailable"},
		{400, "ExecutionLimitExceeded", takedown.Unavailable, "Unavailable"},
		{500, "InternalFailure", takedown.Unavailable, "Unavailable"},
		{503, "ServiceUnavailable", takedown.Unavailable, "Unavailable"},
		{400, "AccessDeniedException", takedown.Internal, "Internal"},
		{403, "UnrecognizedClientException", takedown.Internal, "Internal"},
		{400, "KmsAccessDeniedException", takedown.Internal, "Internal"},
	} {
		e, _ := answering(t, c.status, c.name)
		_, _, listed := e.Executions(context.Background(), "", "", 10)
		for what, err := range map[string]error{
			"Start":      e.Start(context.Background(), "case", "case-1-1", []byte(`{}`)),
			"Complete":   e.Complete(context.Background(), "token", []byte(`{}`)),
			"Executions": listed,
		} {
			if takedown.KindOf(err) != c.kind || takedown.NameOf(err) != c.want {
				t.Errorf("%s after %s: %s %s, want %s %s", what, c.name, takedown.KindOf(err), takedown.NameOf(err), c.kind, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "arn:") {
				t.Errorf("%s after %s shows an ARN: %v", what, c.name, err)
			}
		}
	}
}

func TestNoService(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	cfg := config(s.URL)
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	e := stepfn.New(cfg, map[string]string{"case": someMachine})
	if err := e.Start(t.Context(), "case", "case-1-1", []byte(`{}`)); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("nobody answers: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Complete(ctx, "token", []byte(`{}`)); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("the caller went away: %v", err)
	}
}

// TestRefusedHere: what is wrong before a call makes none.
func TestRefusedHere(t *testing.T) {
	e, calls := answering(t, 200, "none")
	ctx := t.Context()
	for want, err := range map[string]error{
		"InvalidName":              e.Start(ctx, "case", "", []byte(`{}`)),
		"StateMachineDoesNotExist": e.Start(ctx, "other", "other-1", []byte(`{}`)),
		"InvalidExecutionInput":    e.Start(ctx, "case", "case-1-1", []byte(`{`)),
		"InvalidToken":             e.Complete(ctx, "", []byte(`{}`)),
		"InvalidOutput":            e.Complete(ctx, "token", []byte(`{`)),
	} {
		if takedown.NameOf(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for _, cursor := range []string{"x", "e30", "bnVsbA", "eyJuIjotMSwibCI6e319"} {
		if _, _, err := e.Executions(ctx, "", cursor, 1); takedown.NameOf(err) != takedown.NameInvalidInput {
			t.Errorf("cursor %s: %v", cursor, err)
		}
	}
	if n := calls.Load(); n != 0 {
		t.Errorf("%d calls", n)
	}
}

// TestListOfBothMachines: one list, newest first, each execution once, whatever
// the page's size, also while new ones start.
func TestListOfBothMachines(t *testing.T) {
	pass := []byte(`{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}`)
	w := newServed(t, enginetest.Setup{Machines: map[string][]byte{"case": pass, "track": pass}})
	e := w.open()
	t.Cleanup(w.close)
	ctx := t.Context()
	var want []string
	for i := range 11 {
		name, machine := fmt.Sprintf("case-%d-1", i), "case"
		if i%3 > 0 {
			name, machine = fmt.Sprintf("track-%d-1", i), "track"
		}
		if err := e.Start(ctx, machine, name, []byte(`{}`)); err != nil {
			t.Fatal(err)
		}
		w.advance(time.Second)
		want = append([]string{name}, want...)
	}
	for size := range 12 {
		var got []string
		cursor := ""
		for page := 0; page == 0 || cursor != ""; page++ {
			list, next, err := e.Executions(ctx, "SUCCEEDED", cursor, size+1)
			if err != nil || page > 12 {
				t.Fatalf("page %d: %v", page, err)
			}
			for _, x := range list {
				got = append(got, x.Name)
				if !strings.HasPrefix(x.Name, x.Machine+"-") {
					t.Errorf("%s is of %s", x.Name, x.Machine)
				}
			}
			cursor = next
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages of %d: %v, want %v", size+1, got, want)
		}
	}
}
