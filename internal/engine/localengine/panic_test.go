package localengine

import (
	"context"
	"errors"
	"testing"
)

// TestPanicsAreNamedAsACompiledFunctionNamesThem: what Catch sees is the same in
// process and behind Lambda's runtime (lambdahost shows the other side).
func TestPanicsAreNamedAsACompiledFunctionNamesThem(t *testing.T) {
	for want, thrown := range map[string]any{
		"string": "broken", "errorString": errors.New("broken"), "int": 7, "Runtime.ExitError": struct{ X int }{1},
	} {
		_, got, err := protect(context.Background(), func(context.Context, []byte) ([]byte, error) { panic(thrown) }, nil)
		if got != want || err == nil {
			t.Errorf("panic(%v): %q, want %q (%v)", thrown, got, want, err)
		}
	}
	var none []int
	_, got, _ := protect(context.Background(), func(context.Context, []byte) ([]byte, error) { return nil, errors.Join(nil, error(nil), errorAt(none)) }, nil)
	if got != "boundsError" {
		t.Errorf("an index past the end: %q", got)
	}
}

func errorAt(list []int) error {
	_ = list[len(list)]
	return nil
}
