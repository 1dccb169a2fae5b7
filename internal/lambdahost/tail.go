package lambdahost

import (
	"errors"
	"io"
	"os"
	"sync"
	"syscall"
)

// maxTail is how much of the log an invocation's caller may see.
const maxTail = 4 << 10

// tail reads what a process prints, keeps the end of it and passes all of it
// on. What was printed before an answer is there when the answer is: take
// reads what still lies in the pipe.
type tail struct {
	mu   sync.Mutex
	kept []byte
	also io.Writer
	conn syscall.RawConn
}

// open gives the end that the process writes to.
func (t *tail) open(also io.Writer) (*os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	t.also = also
	if t.conn, err = r.SyscallConn(); err != nil {
		return nil, errors.Join(err, r.Close(), w.Close())
	}
	go func() {
		_ = t.conn.Read(t.drain) // to the end of whoever prints
		_ = r.Close()
	}()
	return w, nil
}

// drain reads what lies in the pipe and says whether nothing more will come.
func (t *tail) drain(fd uintptr) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	buf := make([]byte, 4096)
	for {
		n, err := syscall.Read(int(fd), buf)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EAGAIN):
			return false
		case n <= 0:
			return true
		}
		t.keep(buf[:n])
	}
}

func (t *tail) keep(p []byte) {
	t.kept = append(t.kept, p...)
	if n := len(t.kept) - maxTail; n > 0 {
		t.kept = append(t.kept[:0], t.kept[n:]...)
	}
	if t.also != nil {
		_, _ = t.also.Write(p) // a log that cannot be written stops no function
	}
}

// take gives what was kept and begins anew.
func (t *tail) take() []byte {
	if t.conn != nil {
		_ = t.conn.Control(func(fd uintptr) { t.drain(fd) }) // the pipe may be closed
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	out := t.kept
	t.kept = nil
	return out
}
