package asl_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/engine/asl"
)

func everything(asl.Resource) bool { return true }

func state(body string) string {
	return `{"StartAt": "A", "States": {"A": ` + body + `}}`
}

// TestRefused holds that what is wrong or not supported is refused with the
// JSON path of the field.
func TestRefused(t *testing.T) {
	const lambda = `"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true`
	for _, c := range []struct{ def, path string }{
		{`{`, "$"},
		{`[]`, "$"},
		{`{"StartAt": "A"}`, "$.States"},
		{`{"StartAt": "B", "States": {"A": {"Type": "Succeed"}}}`, "$.StartAt"},
		{`{"StartAt": "A", "QueryLanguage": "JSONata", "States": {"A": {"Type": "Succeed"}}}`, "$.QueryLanguage"},
		{`{"StartAt": "A", "Extra": 1, "States": {"A": {"Type": "Succeed"}}}`, "$.Extra"},
		{`{"StartAt": "A", "Version": "2.0", "States": {"A": {"Type": "Succeed"}}}`, "$.Version"},
		{`{"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "B": {"Type": "Succeed"}}}`, "$.States.B"},
		{state(`{"Type": "Jump"}`), "$.States.A.Type"},
		{state(`{"Type": "Pass"}`), "$.States.A"},
		{`{"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "A": {"Type": "Fail"}}}`, "$.States.A"},
		{state(`{"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "IsNull": false, "Next": "A"}]}`), "$.States.A.Choices[0].IsNull"},
		{state(`{"Type": "Pass", "Next": "B"}`), "$.States.A.Next"},
		{state(`{"Type": "Pass", "End": true, "Next": "A"}`), "$.States.A.End"},
		{state(`{"Type": "Pass", "End": true, "Resource": "x"}`), "$.States.A.Resource"},
		{state(`{"Type": "Pass", "End": true, "InputPath": "$.a["}`), "$.States.A.InputPath"},
		{state(`{"Type": "Pass", "End": true, "InputPath": "$.a.length()"}`), "$.States.A.InputPath"},
		{state(`{"Type": "Pass", "End": true, "ResultPath": "$.a[*]"}`), "$.States.A.ResultPath"},
		{state(`{"Type": "Pass", "End": true, "ResultPath": "$$.a"}`), "$.States.A.ResultPath"},
		{state(`{"Type": "Pass", "End": true, "Parameters": {"a b.$": "x"}}`), "$.States.A.Parameters['a b.$']"},
		{state(`{"Type": "Pass", "End": true, "Parameters": {"l": [{"a.$": 1}]}}`), "$.States.A.Parameters.l[0]['a.$']"},
		{state(`{"Type": "Pass", "End": true, "Parameters": {"a.$": "States.Nothing(1)"}}`), "$.States.A.Parameters['a.$']"},
		{state(`{"Type": "Pass", "End": true, "Parameters": {"a.$": "States.Format('{}'"}}`), "$.States.A.Parameters['a.$']"},
		{state(`{"Type": "Pass", "End": true, "Parameters": {"a.$": "States.MathRandom(1, 2, 3)"}}`), "$.States.A.Parameters['a.$']"},
		{state(`{"Type": "Pass", "End": true, "Parameters": {"a.$": "$nobody"}}`), "$.States.A.Parameters['a.$']"},
		{state(`{"Type": "Pass", "End": true, "Assign": {"states": 1}}`), "$.States.A.Assign.states"},
		{state(`{"Type": "Task", "Resource": "arn:aws:s3:::bucket", "End": true}`), "$.States.A.Resource"},
		{state(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.later", "End": true}`), "$.States.A.Resource"},
		{state(`{` + lambda + `, "Parameters": "f"}`), "$.States.A.Parameters"},
		{state(`{` + lambda + `, "TimeoutSeconds": 0}`), "$.States.A.TimeoutSeconds"},
		{state(`{` + lambda + `, "TimeoutSeconds": 5, "TimeoutSecondsPath": "$.a"}`), "$.States.A.TimeoutSecondsPath"},
		{state(`{` + lambda + `, "TimeoutSeconds": 5, "HeartbeatSeconds": 5}`), "$.States.A.HeartbeatSeconds"},
		{state(`{` + lambda + `, "Retry": [{"ErrorEquals": []}]}`), "$.States.A.Retry[0].ErrorEquals"},
		{state(`{` + lambda + `, "Retry": [{"ErrorEquals": ["A", "States.ALL"]}]}`), "$.States.A.Retry[0].ErrorEquals[1]"},
		{state(`{` + lambda + `, "Retry": [{"ErrorEquals": ["A"], "BackoffRate": 0.5}]}`), "$.States.A.Retry[0].BackoffRate"},
		{state(`{` + lambda + `, "Retry": [{"ErrorEquals": ["A"], "JitterStrategy": "HALF"}]}`), "$.States.A.Retry[0].JitterStrategy"},
		{state(`{` + lambda + `, "Catch": [{"ErrorEquals": ["A"], "Next": "B"}]}`), "$.States.A.Catch[0].Next"},
		{state(`{"Type": "Wait", "End": true}`), "$.States.A"},
		{state(`{"Type": "Wait", "End": true, "Timestamp": "tomorrow"}`), "$.States.A.Timestamp"},
		{state(`{"Type": "Fail", "ErrorPath": "States.MathAdd(1, 2)"}`), "$.States.A.ErrorPath"},
		{state(`{"Type": "Fail", "CausePath": "States.Array('a')"}`), "$.States.A.CausePath"},
		{state(`{"Type": "Choice", "Choices": []}`), "$.States.A.Choices"},
		{state(`{"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEquals": 1, "Next": "A"}]}`), "$.States.A.Choices[0].StringEquals"},
		{state(`{"Type": "Choice", "Choices": [{"Variable": "$.a", "Next": "A"}]}`), "$.States.A.Choices[0]"},
		{state(`{"Type": "Choice", "Choices": [{"Not": {"Variable": "$.a", "IsNull": true, "Next": "A"}, "Next": "A"}]}`), "$.States.A.Choices[0].Not.Next"},
		{state(`{"Type": "Parallel", "End": true, "Branches": []}`), "$.States.A.Branches"},
		{state(`{"Type": "Parallel", "End": true, "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}]}`), "$.States.A.Branches[0].States.A"},
		{state(`{"Type": "Map", "End": true, "ItemReader": {}, "ItemProcessor": {"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}}`), "$.States.A.ItemReader"},
		{state(`{"Type": "Map", "End": true, "ToleratedFailureCount": 1, "ItemProcessor": {"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}}`), "$.States.A.ToleratedFailureCount"},
		{state(`{"Type": "Map", "End": true, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}}`), "$.States.A.ItemProcessor.ProcessorConfig.Mode"},
	} {
		_, err := asl.Load([]byte(c.def), asl.Host{Supports: everything})
		var r *asl.RefusedError
		if !errors.As(err, &r) {
			t.Errorf("accepted: %s", c.def)
			continue
		}
		if !slices.ContainsFunc(r.Refusals, func(f asl.Refusal) bool { return f.Path == c.path }) {
			t.Errorf("%s\nrefused for %q, want %s", c.def, err, c.path)
		}
	}
}

func TestUnknownResourceIsRefused(t *testing.T) {
	def := state(`{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}`)
	_, err := asl.Load([]byte(def), asl.Host{Supports: func(r asl.Resource) bool { return r.Service == "lambda" }})
	if err == nil || !strings.Contains(err.Error(), "$.States.A.Resource: there is no handler") {
		t.Errorf("Load gives %v", err)
	}
}

// TestCredentials: a host that hands them on takes them, one that has its own
// identity alone refuses them by their path.
func TestCredentials(t *testing.T) {
	def := []byte(state(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "Credentials": {"RoleArn": "r"}, "End": true}`))
	if _, err := asl.Load(def, asl.Host{Supports: everything}); err != nil {
		t.Error(err)
	}
	_, err := asl.Load(def, asl.Host{Supports: everything, OwnIdentity: true})
	if err == nil || !strings.Contains(err.Error(), "$.States.A.Credentials") {
		t.Errorf("Load gives %v", err)
	}
}
