package lambdahost

import (
	"bytes"
	"os"
	"sync"
	"time"

	"github.com/google/uuid"
)

// maxTail is how much of an invocation's log a caller may ask for [api];
// maxLine bounds what is kept of a line without end.
const (
	maxTail = 4 << 10
	maxLine = 64 << 10
)

// output reads what a process and its children print, in one pipe. The host
// keeps the pipe's writing end too: a mark written there comes out after all
// that the function printed before, and so its answer can wait for its log.
type output struct {
	name string
	log  *lines
	r, w *os.File
	mark []byte

	reached chan struct{} // one message a mark
	done    chan struct{} // closed at the end of the pipe

	mu   sync.Mutex
	line []byte // begun and not yet ended
	tail []byte
}

func newOutput(name string, log *lines) (*output, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	o := &output{
		name: name, log: log, r: r, w: w, mark: []byte("\x00" + uuid.NewString() + "\x00"),
		reached: make(chan struct{}), done: make(chan struct{}),
	}
	go o.read()
	return o, nil
}

// read passes on what comes until the pipe ends. A mark is written in one
// piece but may be read in two.
func (o *output) read() {
	defer close(o.done)
	var held []byte
	chunk := make([]byte, 32<<10)
	for {
		n, err := o.r.Read(chunk)
		held = o.take(append(held, chunk[:n]...))
		if err != nil {
			o.add(held)
			return
		}
	}
}

// take passes on all but what may be the beginning of a mark, which it gives.
func (o *output) take(b []byte) []byte {
	for {
		before, after, found := bytes.Cut(b, o.mark)
		if !found {
			break
		}
		o.add(before)
		o.reached <- struct{}{}
		b = after
	}
	keep := bytes.LastIndexByte(b, 0)
	if keep < 0 || !bytes.HasPrefix(o.mark, b[keep:]) {
		keep = len(b)
	}
	o.add(b[:keep])
	return bytes.Clone(b[keep:])
}

// add writes whole lines to the log and everything to the tail.
func (o *output) add(b []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.keepTail(b)
	o.line = append(o.line, b...)
	for {
		line, rest, ended := bytes.Cut(o.line, []byte("\n"))
		if !ended {
			break
		}
		o.log.write(o.name, line)
		o.line = rest
	}
	if len(o.line) > maxLine {
		o.endLine()
	}
}

func (o *output) keepTail(b []byte) {
	o.tail = append(o.tail, b...)
	if over := len(o.tail) - maxTail; over > 0 {
		o.tail = bytes.Clone(o.tail[over:])
	}
}

func (o *output) endLine() {
	if len(o.line) > 0 {
		o.log.write(o.name, o.line)
		o.line = nil
	}
}

// flush waits until all that was printed so far is passed on.
func (o *output) flush() {
	select {
	case <-o.done:
		return
	default:
	}
	if _, err := o.w.Write(o.mark); err != nil {
		<-o.done // the pipe is closed: the process is gone
		return
	}
	select {
	case <-o.reached:
	case <-o.done:
	}
}

// begin starts an invocation's log.
func (o *output) begin(requestID string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.endLine()
	o.tail = nil
	o.say("START RequestId: " + requestID + " Version: " + latest)
}

// end adds the last lines of an invocation's log and gives its tail.
func (o *output) end(last []string) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.line) > 0 {
		o.keepTail([]byte("\n"))
	}
	o.endLine()
	for _, line := range last {
		o.say(line)
	}
	return bytes.Clone(o.tail)
}

func (o *output) say(line string) {
	o.keepTail([]byte(line + "\n"))
	o.log.write(o.name, []byte(line))
}

// close ends the pipe after its process. One that left the process group may
// hold it open: it is not waited for.
func (o *output) close() {
	_ = o.w.Close()
	_ = o.r.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	for {
		select {
		case <-o.reached: // a mark that nobody waits for any more
			continue
		case <-o.done:
		}
		break
	}
	_ = o.r.Close()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.endLine()
}
