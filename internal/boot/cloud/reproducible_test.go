package cloud

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/skip"
)

// TestTheSameSourceGivesTheSameBytes builds a function by the Makefile that a
// deploy uses, from two copies of the source in directories of other names and
// without the repository around them.
func TestTheSameSourceGivesTheSameBytes(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		skip.Now(t, "there is no make")
	}
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	var built [][]byte
	for _, place := range []string{"one", filepath.Join("another", "deeper")} {
		dir := filepath.Join(t.TempDir(), place)
		copySource(t, root, dir)
		run := exec.CommandContext(t.Context(), "make", "-f", "functions/Makefile", "build-Sweep")
		run.Dir, run.Env = dir, append(os.Environ(), "ARTIFACTS_DIR="+dir, "GOARCH=amd64")
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("make: %v\n%s", err, out)
		}
		b, err := os.ReadFile(filepath.Join(dir, "bootstrap"))
		if err != nil {
			t.Fatal(err)
		}
		built = append(built, b)
	}
	if !bytes.Equal(built[0], built[1]) {
		t.Errorf("two builds of one source differ: %d and %d bytes", len(built[0]), len(built[1]))
	}
	if bytes.Contains(built[0], []byte(root)) {
		t.Error("the executable says where it was built")
	}
}

// copySource copies what a function is built from.
func copySource(t *testing.T, from, to string) {
	t.Helper()
	list := exec.CommandContext(t.Context(), "git", "ls-files", "--cached", "--others", "--exclude-standard", "go.mod", "go.sum", "functions", "internal", "statemachines", "templates")
	list.Dir = from
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(string(out)) {
		b, err := os.ReadFile(filepath.Join(from, name))
		if os.IsNotExist(err) {
			continue // deleted here, not yet in the index
		}
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o750)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
