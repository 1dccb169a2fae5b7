package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/lambdahost"
	"github.com/ontdox/takedown/internal/localcloud"
)

// wrongValues are values that a variable may not have. The others are names of
// resources: only the service knows which there are.
var wrongValues = map[string]string{
	"TAKEDOWN_SIMULATED_CLOCK": "yesterday",
	"TAKEDOWN_SMTP":            "ftp://mail.example",
	"TAKEDOWN_FETCH_STANDINS":  "/nowhere/standins.json",
	"TAKEDOWN_OIDC_ISSUER":     "http://login.example.nl",
	"TAKEDOWN_FETCH_PROXY":     "socks5://proxy.example.nl:1080",
}

// optional variables may be missing: on AWS they are.
var optional = []string{"TAKEDOWN_SIMULATED_CLOCK", "TAKEDOWN_SMTP", "TAKEDOWN_FETCH_STANDINS", "TAKEDOWN_FETCH_PROXY", "AWS_ENDPOINT_URL"}

// unread are variables that the template gives to all functions and that the
// narrow ones, which know table and key alone, do not read.
var (
	forTheOthers = []string{"TAKEDOWN_BUCKET", "TAKEDOWN_HEADS_BUCKET", "TAKEDOWN_CASE_MACHINE", "TAKEDOWN_TRACK_MACHINE"}
	unread       = map[string][]string{"verify-content": forTheOthers, "send-digest": forTheOthers}
)

// TestEachMissingVariableStopsTheCompiledFunction: with the environment that
// the template gives, every function starts; without one of its variables, or
// with a wrong one, it ends with one line that names it.
func TestEachMissingVariableStopsTheCompiledFunction(t *testing.T) {
	s := newSampled(t)
	given, err := s.Functions(s.opt.Bin, func(directory string) map[string]string {
		env := s.environment(directory)
		env["AWS_REGION"], env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"] = localcloud.Region, "local", "none"
		return env
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range given {
		t.Run(filepath.Base(f.Bootstrap), func(t *testing.T) { stopsWithout(t, f) })
	}
}

func stopsWithout(t *testing.T, f lambdahost.Function) {
	t.Helper()
	directory := filepath.Base(f.Bootstrap)
	if out, ended := startUp(t, f.Bootstrap, f.Env); ended {
		t.Fatalf("with all it needs it says %s", out)
	}
	for name := range f.Env {
		without := clone(f.Env, name, "")
		switch out, ended := startUp(t, f.Bootstrap, without); {
		case slices.Contains(optional, name), slices.Contains(unread[directory], name):
		case !ended || !strings.Contains(out, name) || strings.Count(out, "\n") != 1:
			t.Errorf("without %s: ended %v, and said %q", name, ended, out)
		}
		wrong, known := wrongValues[name]
		if !known {
			continue
		}
		if out, ended := startUp(t, f.Bootstrap, clone(f.Env, name, wrong)); !ended || !strings.Contains(out, name) || strings.Count(out, "\n") != 1 {
			t.Errorf("with %s=%s: ended %v, and said %q", name, wrong, ended, out)
		}
	}
}

func clone(env map[string]string, name, value string) map[string]string {
	out := map[string]string{}
	for key, v := range env {
		if key == name {
			v = value
		}
		if v != "" {
			out[key] = v
		}
	}
	return out
}

// startUp starts a function against a Runtime API that never has work: ended
// says that it stopped by itself, and what it said.
func startUp(t *testing.T, bin string, env map[string]string) (said string, ended bool) {
	t.Helper()
	asks := make(chan struct{}, 1)
	runtime := newIdleRuntime(t, asks)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin)
	var out bytes.Buffer
	cmd.Stderr = &out
	cmd.Env = []string{"AWS_LAMBDA_RUNTIME_API=" + runtime}
	for key, value := range env {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		var exit *exec.ExitError
		return out.String(), errors.As(err, &exit)
	case <-asks:
		cancel()
		if err := <-done; err == nil {
			t.Error("it ended by itself after it had asked for work")
		}
		return "", false
	}
}

// newIdleRuntime is the Runtime API of a function that nobody calls.
func newIdleRuntime(t *testing.T, asks chan<- struct{}) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case asks <- struct{}{}:
		default:
		}
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}
