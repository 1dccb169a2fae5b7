package enginetest

import "fmt"

// machines are small, each for one thing. The hub is the track's in miniature.
func machines(long int64) map[string][]byte {
	return map[string][]byte{
		"pass": []byte(`{"StartAt": "A", "States": {
			"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "C"},
			"C": {"Type": "Pass", "Next": "D"}, "D": {"Type": "Pass", "End": true}}}`),
		"fail":  []byte(`{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Broken", "Cause": "on purpose"}}}`),
		"timer": []byte(`{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": ` + fmt.Sprint(long) + `, "Next": "P"}, "P": {"Type": "Pass", "End": true}}}`),
		"beat": []byte(`{"StartAt": "Await", "States": {
			"Await": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
				"Parameters": {"FunctionName": "${Register}", "Payload": {"id.$": "$.id", "token.$": "$$.Task.Token"}},
				"HeartbeatSeconds": ` + fmt.Sprint(long) + `, "TimeoutSeconds": ` + fmt.Sprint(3*long) + `,
				"Catch": [{"ErrorEquals": ["Refused"], "Next": "Refused"}, {"ErrorEquals": ["States.HeartbeatTimeout"], "ResultPath": null, "Next": "Silent"},
					{"ErrorEquals": ["States.Timeout"], "ResultPath": null, "Next": "Late"}, {"ErrorEquals": ["States.TaskFailed"], "Next": "Other"}], "End": true},
			"Refused": {"Type": "Pass", "End": true}, "Silent": {"Type": "Pass", "Result": "silent", "End": true},
			"Late": {"Type": "Pass", "Result": "late", "End": true}, "Other": {"Type": "Pass", "Result": "other", "End": true}}}`),
		"hub": []byte(`{"StartAt": "Plan", "States": {
			"Plan": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
				"Parameters": {"FunctionName": "${Plan}", "Payload": {"id.$": "$.id", "generation.$": "$.generation"}},
				"OutputPath": "$.Payload", "TimeoutSeconds": 120, "Retry": [` + retry + `], "Next": "Choose"},
			"Choose": {"Type": "Choice", "Choices": [{"Variable": "$.next", "StringEquals": "Await", "Next": "Await"}], "Default": "Stop"},
			"Await": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
				"Parameters": {"FunctionName": "${Register}", "Payload": {"id.$": "$.id", "wait.$": "$.wait", "token.$": "$$.Task.Token"}},
				"TimeoutSecondsPath": "$.seconds", "ResultPath": null, "Retry": [` + retry + `],
				"Catch": [{"ErrorEquals": ["States.Timeout"], "ResultPath": null, "Next": "Again"}], "Next": "Again"},
			"Again": {"Type": "Pass", "Parameters": {"id.$": "$.id", "generation.$": "$.generation"}, "Next": "Plan"},
			"Stop": {"Type": "Succeed"}}}`),
		"branches": []byte(`{"StartAt": "B", "States": {"B": {"Type": "Parallel", "End": true, "Branches": [` + branch(1) + `, ` + branch(2) + `, ` + branch(3) + `]}}}`),
		"retry": []byte(`{"StartAt": "T", "States": {
			"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "${Work}", "Payload.$": "$"},
				"Retry": [` + retry + `],
				"Catch": [{"ErrorEquals": ["Other"], "Next": "Wrong"}, {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Caught"}],
				"Next": "Well"},
			"Well": {"Type": "Pass", "End": true}, "Wrong": {"Type": "Fail"}, "Caught": {"Type": "Pass", "End": true}}}`),
	}
}

// branch is two tasks, one after the other.
func branch(n int) string {
	return fmt.Sprintf(`{"StartAt": "X%[1]d", "States": {
	"X%[1]d": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "${Work}"}, "OutputPath": "$.Payload", "Next": "Y%[1]d"},
	"Y%[1]d": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "${Work}"}, "OutputPath": "$.Payload", "End": true}}}`, n)
}

const retry = `{"ErrorEquals": ["Conflict", "Unavailable"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 2, "MaxDelaySeconds": 60}`

func substitutions() map[string]string {
	return map[string]string{"Plan": "plan", "Register": "register", "Work": "work"}
}
