package localcloud

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBuildNamesWhatDoesNotCompile: whoever changes a function sees where.
func TestBuildNamesWhatDoesNotCompile(t *testing.T) {
	root := t.TempDir()
	for file, text := range map[string]string{
		"go.mod": "module example.test/x\n", "functions/good/main.go": "package main\n\nfunc main() {}\n", "functions/bad/main.go": "package main\n\nfunc main() { nothing() }\n",
	} {
		path := filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cache := t.TempDir()
	if _, err := Build(t.Context(), root, cache); err == nil || !strings.Contains(err.Error(), "functions/bad/main.go:3") {
		t.Errorf("got %v", err)
	}
	if err := os.RemoveAll(filepath.Join(root, "functions", "bad")); err != nil {
		t.Fatal(err)
	}
	dir, err := Build(t.Context(), root, cache)
	if err != nil {
		t.Fatal(err)
	}
	first, err := os.Stat(filepath.Join(dir, "good"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := Build(t.Context(), root, cache)
	if err != nil || again != dir {
		t.Fatalf("built into %s after %s: %v", again, dir, err)
	}
	if second, err := os.Stat(filepath.Join(dir, "good")); err != nil || !os.SameFile(first, second) {
		t.Errorf("what was up to date was linked again: %v", err)
	}
}
