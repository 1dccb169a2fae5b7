package cloud

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAFunctionStopsAtItsStart: a compiled function whose environment is not in
// order says in one line what is wrong and ends; each asks for what it needs.
func TestAFunctionStopsAtItsStart(t *testing.T) {
	dir := t.TempDir()
	const aws = "AWS_REGION is not set; AWS_ACCESS_KEY_ID is not set; AWS_SECRET_ACCESS_KEY is not set"
	for name, want := range map[string]string{
		"plan-step": "TAKEDOWN_BUCKET is not set; TAKEDOWN_HEADS_BUCKET is not set; TAKEDOWN_KMS_KEY is not set; " +
			"TAKEDOWN_CASE_MACHINE is not set; TAKEDOWN_TRACK_MACHINE is not set; " + aws,
		"send-digest":    "TAKEDOWN_KMS_KEY is not set; " + aws + "; TAKEDOWN_SES_CONFIGURATION is not set",
		"verify-content": "TAKEDOWN_KMS_KEY is not set; " + aws + "; TAKEDOWN_FETCH_STANDINS names a file that cannot be read",
	} {
		t.Run(name, func(t *testing.T) {
			bin := filepath.Join(dir, name)
			build := exec.CommandContext(t.Context(), "go", "build", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", bin, "github.com/ontdox/takedown/functions/"+name)
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			var stderr bytes.Buffer
			cmd := exec.CommandContext(t.Context(), bin)
			cmd.Env = []string{"TAKEDOWN_TABLE=table", "TAKEDOWN_FETCH_STANDINS=/nowhere"}
			cmd.Stderr = &stderr
			var exit *exec.ExitError
			if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("it ended with %v", err)
			}
			if got := stderr.String(); got != name+": "+want+"\n" || strings.Count(got, "\n") != 1 {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}
