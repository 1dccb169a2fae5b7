package local

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/ontdox/takedown/internal/takedown"
)

// fault kills this very process, with SIGKILL, at the n-th passing of a point:
// the kill runs' way to stop at "commit:before", "send:after", "token:before" …
type fault struct {
	point string
	left  atomic.Int64
}

// newFault reads "point:n", for example "commit:before:17"; "" is none.
func newFault(spec string) (*fault, error) {
	if spec == "" {
		return &fault{}, nil
	}
	i := strings.LastIndexByte(spec, ':')
	n, err := strconv.ParseInt(spec[i+1:], 10, 64)
	if i < 0 || err != nil || n < 1 {
		return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "a fault is POINT:N, for example commit:before:17")
	}
	f := &fault{point: spec[:i]}
	f.left.Store(n)
	return f, nil
}

func (f *fault) hook(point string) {
	if f.point == "" || point != f.point || f.left.Add(-1) != 0 {
		return
	}
	// SIGKILL cannot be caught: nothing is flushed, nothing is said.
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}
