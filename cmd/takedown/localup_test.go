package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// bearing lists the processes that have a mark in their environment.
func bearing(t *testing.T, mark string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && bytes.Contains(b, []byte(mark)) { // others' cannot be read
			out = append(out, filepath.Dir(f))
		}
	}
	return out
}

// up runs the command and gives its API's address, with a driver of that, once it
// answers.
func up(t *testing.T, mark string) (*exec.Cmd, *sharedLog, *driver) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, said := t.TempDir(), &sharedLog{}
	ready := filepath.Join(dir, "ready")
	cmd := exec.Command(self, "local-cloud", "up", "--listen", "127.0.0.1:0", "--root", "../..", "--out", dir, "--ready", ready, "--simulated-clock", storyStart().Format(time.RFC3339))
	cmd.Env = append(os.Environ(), "TAKEDOWN_AS_PROGRAM=1", mark)
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		_ = cmd.Wait() // whoever stops it looks at the state
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // it may have ended already
		<-exited
	})
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if b, err := os.ReadFile(ready); err == nil && len(b) > 0 {
			d := &driver{ctx: t.Context(), server: string(b), scope: "up"}
			readJSON(t, filepath.Join(dir, "tokens.json"), &d.tokens)
			return cmd, said, d
		}
		select {
		case <-exited:
			t.Fatalf("it ended: %s", said)
		case <-tick.C:
		}
	}
}

func healthy(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/healthz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close() // its status says it
	return res.StatusCode == http.StatusOK
}

// killLocalStack ends the one that bears a mark.
func killLocalStack(t *testing.T, mark string) {
	t.Helper()
	for _, dir := range bearing(t, mark) {
		line, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err != nil || !bytes.Contains(line, []byte("localstack.runtime.main")) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err == nil {
			err = syscall.Kill(pid, syscall.SIGKILL)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("there is no LocalStack")
}

// awaited polls until something holds.
func awaited(t *testing.T, what string, said *sharedLog, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(2 * time.Minute); !holds(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("%s: never\n%s", what, said)
		}
	}
}

// TestUpEndsWhatItStarted: one command brings everything up; when LocalStack is
// killed, it brings that back and what ran goes on from the store; and Ctrl-C
// leaves nothing of it running.
func TestUpEndsWhatItStarted(t *testing.T) {
	cloudServices(t) // they are installed where they run
	mark := "TAKEDOWN_MARK=up-" + time.Now().Format("150405.000000")
	cmd, said, d := up(t, mark)
	if !healthy(t.Context(), d.server) {
		t.Errorf("the API does not answer: %s", said)
	}
	if n := len(bearing(t, mark)); n < 4 { // itself, DynamoDB Local, LocalStack, moto
		t.Errorf("only %d processes were started", n)
	}
	opened := d.post("coordinator", "/v1/cases", caseAbout(forumHost+"/onderwerp/1", false))
	killLocalStack(t, mark)
	awaited(t, "LocalStack comes back", said, func() bool {
		return strings.Contains(said.String(), "LocalStack came back: 1 executions go on from the store")
	})
	next := strings.ReplaceAll(opened.str("id"), "_", "-") + "-2"
	awaited(t, "the intake's next generation waits", said, func() bool {
		asks := *d // it may not be there yet
		return asks.get("coordinator", "/v1/executions/"+next).str("waitsFor") == "token"
	})
	if d.err != nil {
		t.Error(d.err)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	awaited(t, "all has ended", said, func() bool { return len(bearing(t, mark)) == 0 })
	for _, line := range []string{"starting localstack", "compiling the functions", "the API answers on " + d.server} {
		if !strings.Contains(said.String(), line) {
			t.Errorf("it does not say %q: %s", line, said)
		}
	}
}
