package audittest_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/skip"
)

// TestIndependentVerifierAgrees lets a program that shares no line with ours,
// written from docs/history.md, recompute an export; and what is changed in an
// entry it finds too.
func TestIndependentVerifierAgrees(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		skip.Now(t, "python3 is not there: the independent verifier is not run")
	}
	good := export(t)
	path := filepath.Join(t.TempDir(), "history.jsonl")
	verify := func(b []byte) (string, error) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(python, filepath.Join("testdata", "verify.py"), path).CombinedOutput()
		return strings.TrimSpace(string(out)), err
	}
	said, err := verify(good)
	if err != nil || !strings.HasPrefix(said, "4 entries under a head of 12, root ") {
		t.Fatalf("%v: %s", err, said)
	}
	lines := bytes.SplitAfter(good, []byte("\n"))
	for name, bad := range map[string][]byte{
		"changed":  bytes.Replace(good, []byte(`"reason":"reported"`), []byte(`"reason":"reportee"`), 1),
		"removed":  bytes.Join(append([][]byte{lines[0]}, lines[2:]...), nil),
		"swapped":  bytes.Join([][]byte{lines[0], lines[2], lines[1], lines[3], lines[4], lines[5]}, nil),
		"cut off":  bytes.Join([][]byte{lines[0], lines[1], lines[2], lines[3], lines[5]}, nil),
		"no place": bytes.Replace(good, []byte(`"index":`), []byte(`"index":1`), 1),
	} {
		if said, err := verify(bad); err == nil || !strings.HasPrefix(said, "does not verify: ") {
			t.Errorf("%s: %v: %s", name, err, said)
		}
	}
}
