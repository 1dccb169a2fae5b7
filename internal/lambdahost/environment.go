package lambdahost

import (
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"
)

// environment is one process of a function with the Runtime API that it
// polls. It handles one invocation at a time.
type environment struct {
	fn     *function
	cmd    *exec.Cmd
	server *http.Server
	out    *output

	began     time.Time
	init      time.Duration    // exec to the first request for work; told once
	ready     chan struct{}    // closed at the first request for work
	initError chan *failure    // what the function reported of its own start
	next      chan *invocation // to the request for work that waits
	dead      chan struct{}    // closed when the process is gone and its output read
	ended     *failure         // how, set before dead is closed
	maxRSS    int64            // bytes, set before dead is closed

	mu      sync.Mutex
	polled  bool
	current *invocation
	reaped  bool
}

// memoryPeriod is how often a running function's memory is looked at.
const memoryPeriod = 10 * time.Millisecond

// start runs the executable and waits until it asks for work. The environment
// is never nil: its output belongs to the invocation even if it failed.
func (f *function) start(limit time.Duration) (*environment, *ending) {
	e := &environment{
		fn: f, began: time.Now(),
		ready: make(chan struct{}), initError: make(chan *failure, 1),
		next: make(chan *invocation), dead: make(chan struct{}),
	}
	if err := e.launch(); err != nil {
		close(e.dead)
		return e, &ending{failed: notStarted(f.Bootstrap, err), err: unlessEntrypoint(err)}
	}
	if end := e.awaitReady(limit); end != nil {
		e.kill()
		<-e.dead
		return e, end
	}
	return e, nil
}

// notStarted is what Lambda says of an executable that is missing, may not be
// executed, or is made for another machine [seen].
func notStarted(bootstrap string, err error) *failure {
	if errors.Is(err, fs.ErrNotExist) {
		return &failure{kind: typeEntrypoint, message: "Couldn't find valid bootstrap(s): [" + bootstrap + "]"}
	}
	return &failure{kind: typeEntrypoint, message: err.Error()}
}

// unlessEntrypoint keeps apart what is the host's own trouble: no port, no
// pipe, no process to be had.
func unlessEntrypoint(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) && !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.ENOMEM) {
		return nil
	}
	return &APIError{Status: http.StatusInternalServerError, Name: "ServiceException", Message: "The environment could not be started."}
}

func (e *environment) launch() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if e.out, err = newOutput(e.fn.Name, e.fn.host.log); err != nil {
		return errors.Join(err, listener.Close())
	}
	f := e.fn
	//nolint:noctx,gosec // kill and Close end the process, no context; the operator names the file
	e.cmd = exec.Command(f.Bootstrap)
	e.cmd.Dir = filepath.Dir(f.Bootstrap)
	e.cmd.Env = f.environ(f.host.cfg.Region, listener.Addr().String(), stream())
	e.cmd.Stdout, e.cmd.Stderr = e.out.w, e.out.w
	e.cmd.SysProcAttr = ownGroup()
	e.began = time.Now()
	if err := e.cmd.Start(); err != nil {
		e.out.close()
		return errors.Join(err, listener.Close())
	}
	e.server = &http.Server{Handler: e.runtimeAPI(), ReadHeaderTimeout: maxTimeout}
	f.host.work.Add(1) // the invocation that starts it is counted already
	go e.serve(listener)
	return nil
}

// stream is a log stream's name as Lambda makes it.
func stream() string {
	id := uuid.New()
	return time.Now().UTC().Format("2006/01/02") + "/[" + latest + "]" + hexOf(id[:])
}

// serve answers the function until its process has ended, then clears up.
func (e *environment) serve(listener net.Listener) {
	defer e.fn.host.work.Done()
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = e.server.Serve(listener) // ends by Close below
	}()
	stop := e.killOnClose()
	e.ended = exited(endOf(e.cmd.Wait()))
	e.mu.Lock()
	e.reaped = true
	e.mu.Unlock()
	killGroup(e.cmd.Process.Pid) // what the function started itself
	stop()
	e.maxRSS = peakOf(e.cmd.ProcessState)
	e.out.close()
	_ = e.server.Close() // closes the listener; nothing is left to be saved
	<-served
	e.fn.forget(e)
	close(e.dead)
}

// killOnClose ends the process when the host closes; the function it gives
// ends the watch.
func (e *environment) killOnClose() func() {
	over, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		select {
		case <-e.fn.host.closing:
			e.kill()
		case <-over:
		}
	}()
	return func() { close(over); <-gone }
}

// endOf describes how a process ended; empty for status 0.
func endOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// kill ends the process and all it started, at once. It does not wait.
func (e *environment) kill() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.reaped {
		killGroup(e.cmd.Process.Pid)
	}
}

func (e *environment) awaitReady(limit time.Duration) *ending {
	timer, tick := time.NewTimer(limit), time.NewTicker(memoryPeriod)
	defer timer.Stop()
	defer tick.Stop()
	for {
		select {
		case <-e.ready:
			return nil
		case f := <-e.initError:
			return &ending{failed: f}
		case <-e.dead:
			return e.diedInInit()
		case <-timer.C:
			return &ending{failed: timedOut(limit)}
		case <-tick.C:
			e.enforceMemory()
		}
	}
}

func (e *environment) diedInInit() *ending {
	if e.hostClosed() {
		return &ending{err: closing()}
	}
	select {
	case f := <-e.initError:
		return &ending{failed: f}
	default:
		return &ending{failed: e.ended}
	}
}

func (e *environment) hostClosed() bool {
	select {
	case <-e.fn.host.closing:
		return true
	default:
		return false
	}
}

func (e *environment) enforceMemory() {
	if residentBytes(e.cmd.Process.Pid) > int64(e.fn.MemoryMB)<<20 {
		e.kill()
	}
}
