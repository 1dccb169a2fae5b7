package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
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

// up runs the command and gives its API's address once that answers.
func up(t *testing.T, mark string) (*exec.Cmd, *sharedLog, string) {
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
			return cmd, said, string(b)
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

// TestUpEndsWhatItStarted: one command brings everything up, and Ctrl-C leaves
// nothing of it running.
func TestUpEndsWhatItStarted(t *testing.T) {
	cloudServices(t) // they are installed where they run
	mark := "TAKEDOWN_MARK=up-" + time.Now().Format("150405.000000")
	cmd, said, url := up(t, mark)
	if !healthy(t.Context(), url) {
		t.Errorf("the API does not answer: %s", said)
	}
	if n := len(bearing(t, mark)); n < 4 { // itself, DynamoDB Local, LocalStack, moto
		t.Errorf("only %d processes were started", n)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); len(bearing(t, mark)) > 0; <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("still running: %v\n%s", bearing(t, mark), said)
		}
	}
	for _, line := range []string{"starting localstack", "compiling the functions", "the API answers on " + url} {
		if !strings.Contains(said.String(), line) {
			t.Errorf("it does not say %q: %s", line, said)
		}
	}
}
