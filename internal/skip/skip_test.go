package skip

import (
	"fmt"
	"testing"
)

// heard is a test that keeps the first thing asked of it: a real Skip or
// Fatalf does not come back.
type heard struct {
	testing.TB
	said string
}

func (h *heard) Helper() {}

func (h *heard) Skip(args ...any) { h.first("skip: " + fmt.Sprint(args...)) }

func (h *heard) Fatalf(format string, args ...any) { h.first("fatal: " + fmt.Sprintf(format, args...)) }

func (h *heard) first(said string) {
	if h.said == "" {
		h.said = said
	}
}

func TestNothingIsSkippedWhereNothingMayBe(t *testing.T) {
	for value, want := range map[string]string{
		"":  "skip: no disk",
		"0": "skip: no disk",
		"1": "fatal: would be skipped, and TAKEDOWN_NO_SKIP=1: no disk",
	} {
		t.Setenv("TAKEDOWN_NO_SKIP", value)
		h := &heard{}
		if Now(h, "no disk"); h.said != want {
			t.Errorf("TAKEDOWN_NO_SKIP=%q: said %q, want %q", value, h.said, want)
		}
	}
}
