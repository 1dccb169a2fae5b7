package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestDoctorOfADeploymentSaysEveryPoint: a line for each, and no exit 0 while
// anything is left. What each point asks is tested where it stands.
func TestDoctorOfADeploymentSaysEveryPoint(t *testing.T) {
	asked := 0
	aws := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if got := r.FormValue("StackName"); got != "elsewhere" || !strings.Contains(r.Header.Get("Authorization"), "/eu-central-1/cloudformation/") {
			t.Errorf("asked for %q, signed %q", got, r.Header.Get("Authorization"))
		}
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `<R><Error><Code>ValidationError</Code><Message>Stack with id elsewhere does not exist</Message></Error></R>`)
	}))
	defer aws.Close()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": aws.URL, "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
	} {
		t.Setenv(name, value)
	}
	e := runLine(t, "doctor", "--shape", "aws", "--stack", "elsewhere", "--region", "eu-central-1")
	if e.code != exitRefused || asked != 1 || !strings.Contains(e.err, "11 points are not in order") {
		t.Errorf("exit %d after %d calls: %s", e.code, asked, e.err)
	}
	if lines := strings.Split(strings.TrimSpace(e.out), "\n"); len(lines) != 11 || !strings.Contains(lines[0], "1. stack: unknown: DescribeStacks: ValidationError: Stack with id elsewhere does not exist") ||
		!strings.Contains(lines[10], "11. quotas: unknown") {
		t.Errorf("said\n%s", e.out)
	}
}
