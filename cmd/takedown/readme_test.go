package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// readme gives the code blocks of the README, in order.
func readme(t *testing.T) [][]string {
	t.Helper()
	return blocksOf(t, "README.md")
}

// blocksOf gives the code blocks of a page of the repository, in order.
func blocksOf(t *testing.T, page string) [][]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../..", page))
	if err != nil {
		t.Fatal(err)
	}
	var blocks [][]string
	for n, part := range strings.Split(string(b), "\n```") {
		if n%2 == 1 {
			blocks = append(blocks, strings.Split(strings.TrimSpace(part), "\n"))
		}
	}
	return blocks
}

// Kinds of the README's code blocks.
const (
	blockTimeline = "timeline"
	blockDrawing  = "drawing"
	blockCommands = "commands"
)

// kindOf tells a piece of the timeline by the day it begins with and a drawing
// by its lines; whatever else stands in a block is for a shell.
func kindOf(block []string) string {
	switch {
	case regexp.MustCompile(`^[A-Z][a-z]+day \d`).MatchString(block[0]):
		return blockTimeline
	case strings.ContainsAny(strings.Join(block, ""), "─│┌►"):
		return blockDrawing
	}
	return blockCommands
}

// TestReadmeCommands runs every line of the README's code blocks as a newcomer
// does, in an empty directory with the checkout's files beside it. The test
// command is the one that runs this.
func TestReadmeCommands(t *testing.T) {
	r := newReader(t)
	ran, tests := 0, 0
	for _, block := range readme(t) {
		if kindOf(block) != blockCommands {
			continue
		}
		for _, line := range block {
			line, _, _ = strings.Cut(line, "  #")
			switch {
			case line == "go test ./...":
				tests++
			case line != "":
				ran++
				r.run(line)
			}
		}
	}
	if ran < 10 || tests != 1 {
		t.Errorf("%d commands were run, and the test command stands there %d times", ran, tests)
	}
	for _, made := range []string{"takedown-demo/summary.json", "takedown-data/takedown.db", "takedown-backup.tar"} {
		if _, err := os.Stat(filepath.Join(r.dir, made)); err != nil {
			t.Errorf("the README's commands did not make %s: %v", made, err)
		}
	}
}

// TestOneMachineCommands runs every line of the code blocks of the page that has a
// case tried by hand, and looks at what the case says then.
func TestOneMachineCommands(t *testing.T) {
	r := newReader(t)
	ran := 0
	for _, block := range blocksOf(t, "docs/onemachine.md") {
		for _, line := range block {
			ran++
			r.run(line)
		}
	}
	if ran < 12 {
		t.Errorf("only %d commands were run", ran)
	}
	if said := r.shell(r.dir, "./takedown case show $CASE"); !strings.Contains(said, `"status": "assessed"`) && !strings.Contains(said, `"status":"assessed"`) {
		t.Errorf("no item is assessed:\n%s", said)
	}
}

// reader is somebody who follows the README.
type reader struct {
	t    *testing.T
	dir  string
	root string
	env  []string
}

func newReader(t *testing.T) *reader {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(root, "docs"), filepath.Join(dir, "docs")); err != nil {
		t.Fatal(err)
	}
	// Port 8080 may be taken on a machine that tests.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "XDG_CONFIG_HOME="+filepath.Join(dir, "config"), "TAKEDOWN_LISTEN="+addr, "TAKEDOWN_SERVER=http://"+addr)
	return &reader{t: t, dir: dir, root: root, env: env}
}

// run runs one line. What needs the module runs the program that the line
// would build.
func (r *reader) run(line string) {
	r.t.Helper()
	switch {
	case strings.HasPrefix(line, "go build "):
		r.shell(r.root, strings.Replace(line, "-o takedown", "-o "+filepath.Join(r.dir, "takedown"), 1))
	case strings.HasPrefix(line, "./takedown serve"):
		r.serve(strings.Fields(line)[2:]...)
	case strings.HasPrefix(line, "go run ./cmd/takedown"):
		r.shell(r.root, "go build -o "+filepath.Join(r.dir, "takedown")+" ./cmd/takedown")
		r.shell(r.dir, strings.Replace(line, "go run ./cmd/takedown", "./takedown", 1))
	case strings.HasPrefix(line, "export "):
		name, command, _ := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		r.env = append(r.env, name+"="+r.shell(r.dir, "echo "+command))
	default:
		r.shell(r.dir, line)
	}
}

func (r *reader) shell(dir, line string) string {
	r.t.Helper()
	cmd := exec.CommandContext(r.t.Context(), "sh", "-c", line)
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, r.env, &out, &errs
	if err := cmd.Run(); err != nil {
		r.t.Fatalf("%s: %v\n%s", line, err, errs.String())
	}
	return strings.TrimSpace(out.String())
}

// serve starts the server and waits until it listens.
func (r *reader) serve(more ...string) {
	r.t.Helper()
	ready := filepath.Join(r.dir, "ready")
	cmd := exec.CommandContext(context.WithoutCancel(r.t.Context()), filepath.Join(r.dir, "takedown"), append([]string{"serve", "--ready", ready}, more...)...)
	var errs bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stderr = r.dir, r.env, &errs
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	r.t.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			r.t.Error(err)
		}
		if err := <-exited; err != nil {
			r.t.Errorf("serve did not stop gracefully: %v\n%s", err, errs.String())
		}
	})
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		if b, err := os.ReadFile(ready); err == nil && len(b) > 0 {
			return
		}
		select {
		case err := <-exited:
			r.t.Fatalf("serve: %v\n%s", err, errs.String())
		default:
		}
	}
}

// TestReadmeTimeline holds the README's piece of the timeline to be an excerpt,
// line by line, of what the demo prints.
func TestReadmeTimeline(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"demo", "--out", filepath.Join(t.TempDir(), "out")}, terminal{nil, &out, &errs}); code != exitDone {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	found := 0
	for _, block := range readme(t) {
		if kindOf(block) != blockTimeline {
			continue
		}
		found++
		if strings.Contains(out.String(), strings.Join(block, "\n")+"\n") {
			continue
		}
		for _, line := range block {
			if !strings.Contains(out.String(), line+"\n") {
				t.Errorf("the demo does not print: %s", line)
			}
		}
		t.Error("the README's piece of the timeline is no excerpt of what the demo prints: copy it from there, without a gap")
	}
	if found == 0 {
		t.Error("the README shows no timeline")
	}
}
