package audittest_test

import (
	"testing"

	"github.com/ontdox/takedown/internal/audit/audittest"
)

func TestMemory(t *testing.T) {
	audittest.Run(t, func(*testing.T) audittest.Bench {
		m := audittest.NewMemory()
		return audittest.Bench{Archive: m, Commit: m.Commit}
	})
}
