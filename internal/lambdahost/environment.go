package lambdahost

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// environment is one process of a function and the Runtime API that it speaks
// to.
type environment struct {
	fn     *Function
	cmd    *exec.Cmd
	server *http.Server
	jobs   chan *invocation // taken by a request for the next invocation
	asked  func(*environment)
	ready  chan struct{} // closed when it has asked for its first event

	// The pool's:
	phase phase
	turn  int

	gone chan struct{} // closed when the process has ended
	err  error         // how it ended; read after gone

	mu      sync.Mutex
	current *invocation
	initErr []byte // what it posted as its init error
	log     tail
}

// invocation is one event on its way through an environment.
type invocation struct {
	id       string
	payload  []byte
	deadline time.Time
	outcome  chan Result // room for one
}

// answer gives the outcome; the first one counts.
func (i *invocation) answer(r Result) bool {
	select {
	case i.outcome <- r:
		return true
	default:
		return false
	}
}

// startEnvironment starts a process. asked is called each time that it asks
// for an invocation.
func startEnvironment(fn *Function, stream string, logs io.Writer, asked func(*environment)) (*environment, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("lambdahost: %w", err)
	}
	e := &environment{fn: fn, jobs: make(chan *invocation), ready: make(chan struct{}), gone: make(chan struct{}), asked: asked}
	e.server = &http.Server{Handler: e.runtimeAPI(), ReadHeaderTimeout: 10 * time.Second}
	e.cmd = exec.Command(fn.bootstrap()) //nolint:gosec,noctx // the operator's own program; it ends with Close
	e.cmd.Dir, e.cmd.Env = fn.Dir, fn.environ(l.Addr().String(), stream)
	e.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // its children end with it
	end, err := e.log.open(logs)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lambdahost: %w", err), l.Close())
	}
	e.cmd.Stdout, e.cmd.Stderr = end, end
	err = e.cmd.Start()
	if cerr := end.Close(); err == nil { // the process has its own
		err = cerr
	}
	if err != nil {
		e.err = err
		close(e.gone)
		return e, l.Close()
	}
	go func() { _ = e.server.Serve(l) }() // ends with Close
	go e.wait()
	return e, nil
}

// wait notes the end of the process.
func (e *environment) wait() {
	stop := make(chan struct{})
	go e.watchMemory(stop)
	e.err = e.cmd.Wait()
	close(stop)
	_ = e.server.Close() // its only client is gone
	close(e.gone)
}

// kill ends the process with everything that it started.
func (e *environment) kill() {
	if e.cmd.Process != nil {
		_ = syscall.Kill(-e.cmd.Process.Pid, syscall.SIGKILL) // it may be gone already
	}
	<-e.gone
}

// initFailed is what the caller hears of a process that ended before it asked
// for anything.
func (e *environment) initFailed(id string) Result {
	e.mu.Lock()
	defer e.mu.Unlock()
	r := exited(id, e.err)
	if e.initErr != nil {
		r.Payload = e.initErr
	}
	r.Log = e.log.take()
	return r
}

func (e *environment) alive() bool {
	select {
	case <-e.gone:
		return false
	default:
		return true
	}
}

// memoryTick is how often the resident memory of a process is looked at.
const memoryTick = 10 * time.Millisecond

// watchMemory kills a process that outgrows its memory, as Lambda does.
func (e *environment) watchMemory(stop <-chan struct{}) {
	statm := "/proc/" + strconv.Itoa(e.cmd.Process.Pid) + "/statm"
	limit := int64(e.fn.MemoryMB) << 20
	tick := time.NewTicker(memoryTick)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		b, err := os.ReadFile(statm)
		if err != nil { // gone, or not Linux
			return
		}
		if fields := bytes.Fields(b); len(fields) > 1 {
			if pages, err := strconv.ParseInt(string(fields[1]), 10, 64); err == nil && pages*int64(os.Getpagesize()) > limit {
				_ = syscall.Kill(-e.cmd.Process.Pid, syscall.SIGKILL)
			}
		}
	}
}
