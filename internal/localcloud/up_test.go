package localcloud

import (
	"context"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/witness"
)

// TestOutsideACheckoutItSaysSo: before anything is installed.
func TestOutsideACheckoutItSaysSo(t *testing.T) {
	cache := witness.Cache{Dir: t.TempDir(), Progress: func(line string) { t.Errorf("it began with %q", line) }}
	_, _, err := Prepare(context.Background(), cache, t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "--root") {
		t.Errorf("got %v, want what to do", err)
	}
}
