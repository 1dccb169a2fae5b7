package main

import (
	"strings"
	"testing"
)

func TestExecutionsAsTables(t *testing.T) {
	for _, c := range []struct{ verb, body, want string }{
		{"list", `{"items": [
			{"name": "track-x-1", "machine": "track", "status": "RUNNING", "state": "AwaitReply", "since": "2027-03-25T09:00:00Z",
			 "waitsFor": "token", "startedAt": "2027-03-22T08:00:00Z", "waitsUntil": "2027-04-12T22:00:00Z"},
			{"name": "case-x-1", "machine": "case", "status": "FAILED", "startedAt": "2027-03-22T08:00:00Z", "stoppedAt": "2027-03-22T09:00:00Z", "error": "Broken\u001b[2J"}],
			"next": "7"}`, `
NAME       STATUS   STATE       WAITS FOR  SINCE                UNTIL
track-x-1  RUNNING  AwaitReply  token      2027-03-25 10:00:00  2027-04-13 00:00:00
case-x-1   FAILED   Broken [2J             2027-03-22 10:00:00

more: cursor=7
`},
		{"show", `{"name": "track-x-1", "machine": "track", "status": "RUNNING", "state": "AwaitReply", "since": "2027-03-25T09:00:00Z",
			"waitsFor": "token", "startedAt": "2027-03-22T08:00:00Z", "waitsUntil": "2027-04-12T22:00:00Z"}`, `
name       track-x-1
machine    track
status     RUNNING
started    2027-03-22 09:00:00
stands in  AwaitReply
since      2027-03-25 10:00:00
waits for  token
until      2027-04-13 00:00:00
`},
		{"history", `{"items": [{"id": 1, "type": "ExecutionStarted", "at": "2027-03-22T08:00:00Z"},
			{"id": 2, "previous": 1, "type": "TaskScheduled", "at": "2027-03-22T08:00:00Z", "state": "PlanStep", "details": "plan-step"}]}`, `
ID  AT                   EVENT             STATE     DETAILS
1   2027-03-22 09:00:00  ExecutionStarted
2   2027-03-22 09:00:00  TaskScheduled     PlanStep  plan-step
`},
	} {
		var out strings.Builder
		if err := printExecution(&out, c.verb, []byte(c.body)); err != nil {
			t.Fatal(err)
		}
		if got := "\n" + out.String(); got != c.want {
			t.Errorf("%s:%s\nwant:%s", c.verb, got, c.want)
		}
	}
}
