package stepfn_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/ontdox/takedown/internal/engine/enginetest"
)

// before and after are a machine as deployed, and as an upgrade changes it: the
// state that is waited in and the one behind it are gone.
const before = `{"StartAt": "Await", "States": {
	"Await": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "TimeoutSeconds": 600,
		"Parameters": {"FunctionName": "${Register}", "Payload": {"token.$": "$$.Task.Token"}}, "Next": "Old"},
	"Old": {"Type": "Pass", "Result": "old", "End": true}}}`

const after = `{"StartAt": "New", "States": {"New": {"Type": "Pass", "Result": "new", "End": true}}}`

// tokens takes what is registered.
type tokens struct{ c chan string }

func (k tokens) register(_ context.Context, payload []byte) ([]byte, error) {
	var m struct {
		Token string `json:"token"`
	}
	if err := json.Unmarshal(payload, &m); err != nil {
		return nil, err
	}
	k.c <- m.Token
	return []byte(`{}`), nil
}

// upgrade starts an execution, changes its machine while it waits, and holds
// that it ends as it began while the next one is of the changed machine.
func upgrade(t *testing.T, e engine, k tokens, change func() engine, settle func(e engine, name string)) {
	t.Helper()
	ctx := t.Context()
	if err := e.Start(ctx, "m", "m-1", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	var token string
	select {
	case token = <-k.c:
	case <-time.After(time.Minute):
		t.Fatal("the wait is not registered")
	}
	e = change()
	if x, err := e.Describe(ctx, "m-1"); err != nil || x.Status != "RUNNING" || x.State != "Await" {
		t.Fatalf("after the change it is %+v, %v", x, err)
	}
	if err := e.Complete(ctx, token, []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	if err := e.Start(ctx, "m", "m-2", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"m-1": `"old"`, "m-2": `"new"`} {
		settle(e, name)
		if out, err := e.Output(ctx, name); err != nil || string(out) != want {
			t.Errorf("%s ends with %s, %v, want %s", name, out, err, want)
		}
	}
}

// TestChangedMachineHere: the engine of one machine keeps the definition that
// an execution began with, over a restart with a new one.
func TestChangedMachineHere(t *testing.T) {
	k := tokens{make(chan string, 1)}
	w := newServed(t, enginetest.Setup{
		Machines: map[string][]byte{"m": []byte(before)}, Substitutions: map[string]string{"Register": "register"},
		Handlers: map[string]enginetest.Handler{"register": k.register},
	})
	e := w.open()
	t.Cleanup(func() { w.close() })
	upgrade(t, e, k, func() engine {
		w.settle()
		w.close()
		w.options.Machines = map[string][]byte{"m": []byte(after)}
		return w.open()
	}, func(engine, string) { w.settle() })
}

// TestChangedMachineThere: so does Step Functions ("Running executions will
// continue to use the previous definition", API reference of UpdateStateMachine).
func TestChangedMachineThere(t *testing.T) {
	endpoint := localstack(t)
	k := tokens{make(chan string, 1)}
	f := serve(t, endpoint, map[string]enginetest.Handler{"register": k.register})
	e := machinesOn(t, endpoint, f, map[string][]byte{"m": []byte(before)}, map[string]string{"Register": "register"})
	rest := func(e engine, name string) {
		started{e, new(sync.Mutex), &[]string{name}}.settle(t)
	}
	upgrade(t, e, k, func() engine {
		rest(e, "m-1")
		arn, definition := e.machines["m"], after
		if _, err := e.sfn.UpdateStateMachine(t.Context(), &sfn.UpdateStateMachineInput{StateMachineArn: &arn, Definition: &definition}); err != nil {
			t.Fatal(err)
		}
		return e
	}, rest)
}
