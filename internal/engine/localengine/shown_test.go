package localengine_test

import (
	"path/filepath"
	"strconv"
	"testing"
)

// showMachine evaluates what comes out otherwise each time, shows it, and again.
const showMachine = `{"StartAt": "A", "States": {
	"A": {"Type": "Pass", "Parameters": {"u.$": "States.UUID()", "r.$": "States.MathRandom(1, 1000000)", "t.$": "$$.State.EnteredTime"}, "Next": "First"},
	"First": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "see",
		"Payload": {"x.$": "$$.Execution.Name", "at": "First", "what.$": "$", "entered.$": "$$.State.EnteredTime"}}, "OutputPath": "$.Payload", "Next": "B"},
	"B": {"Type": "Pass", "Parameters": {"u.$": "States.UUID()", "before.$": "$.what"}, "Next": "Second"},
	"Second": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "see",
		"Payload": {"x.$": "$$.Execution.Name", "at": "Second", "what.$": "$"}}, "OutputPath": "$.Payload", "End": true}}}`

// TestNothingUncommittedIsSeen: wherever it is killed, whoever was shown an
// evaluation was shown the one that counts, a task whose result counts is not
// called again, and the last that was shown is the output.
func TestNothingUncommittedIsSeen(t *testing.T) {
	for n := 1; n <= 18; n++ {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "engine.db")
			killAt(t, path, showMachine, n)
			ends, err := tellRandom(path, showMachine, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, end := range ends {
				checkShown(t, path, "x"+strconv.Itoa(i), end)
			}
		})
	}
}

func checkShown(t *testing.T, path, x, end string) {
	t.Helper()
	db := openDB(t, path)
	defer func() { _ = db.Close() }()
	var shown, late int
	var last string
	err := db.QueryRow(`SELECT count(DISTINCT at || what), max(what) FILTER (WHERE at = 'Second'),
		(SELECT count(*) FROM shown f WHERE f.x = s.x AND f.at = 'First' AND f.rowid > (SELECT min(rowid) FROM shown z WHERE z.x = s.x AND z.at = 'Second'))
		FROM shown s WHERE x = ?`, x).Scan(&shown, &last, &late)
	if err != nil {
		t.Fatal(err)
	}
	if shown != 2 || late != 0 || end != "SUCCEEDED  "+last {
		t.Errorf("%s: %d different things were shown, want 2; %d calls of a completed task; output %s, shown last %s", x, shown, late, end, last)
	}
}
