// Package skip is the one way for a test to skip: with its reason, and not at
// all where nothing may be skipped.
package skip

import (
	"os"
	"testing"
)

// Now skips the test and prints why. With TAKEDOWN_NO_SKIP=1, as .ci/run sets
// it, it fails instead: in CI nothing is skipped.
func Now(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("TAKEDOWN_NO_SKIP") == "1" {
		t.Fatalf("would be skipped, and TAKEDOWN_NO_SKIP=1: %s", reason)
	}
	t.Skip(reason)
}
