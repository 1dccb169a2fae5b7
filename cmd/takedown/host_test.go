package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ontdox/takedown/internal/takedown"
)

// TestMain lets the test binary be the program: a killed server must be a
// process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("TAKEDOWN_AS_PROGRAM") == "1" {
		main()
		return
	}
	testscript.Main(m, map[string]func(){"takedown": main})
}

// host is an installation served by a process of its own.
type host struct {
	t      testing.TB
	dir    string
	world  *world
	fault  string
	cmd    *exec.Cmd
	log    *bytes.Buffer
	url    string
	mailIn string // where the server takes in mail
	dns    *zone
	tokens map[string]string
	killed int
	hit    bool          // a server ended by its own fault
	exited chan struct{} // closed when the server's process is gone
}

func newHost(t testing.TB) *host {
	t.Helper()
	dir := t.TempDir()
	w, err := newWorld(filepath.Join(dir, "mail"), []string{platformHost, forumHost})
	if err != nil {
		t.Fatal(err)
	}
	h := &host{t: t, dir: dir, world: w, dns: newZone(t), log: &bytes.Buffer{}, tokens: map[string]string{}}
	standins, err := json.Marshal(map[string]any{"hosts": map[string]string{platformHost: w.tlsAddr, forumHost: w.tlsAddr}, "ca": w.ca})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "standins.json"), standins, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, role := range takedown.Roles() {
		h.tokens[string(role)] = h.token(string(role), string(role))
	}
	h.tokens["second_adviser"] = h.token("second_adviser", "legal_adviser")
	t.Cleanup(func() {
		h.kill()
		_ = w.Close()
	})
	return h
}

func (h *host) tokenOf(role string) string { return h.tokens[role] }

func (h *host) env(extra ...string) []string {
	env := []string{
		"TAKEDOWN_AS_PROGRAM=1", "HOME=" + h.dir, "PATH=" + os.Getenv("PATH"), "TAKEDOWN_DATA=" + filepath.Join(h.dir, "data"),
		"TAKEDOWN_KEY_FILE=" + filepath.Join(h.dir, "test.key"), "TAKEDOWN_FETCH_STANDINS=" + filepath.Join(h.dir, "standins.json"),
		"GOCOVERDIR=" + os.Getenv("GOCOVERDIR"),
	}
	return append(env, extra...)
}

// token makes a token as an administrator does.
func (h *host) token(name, role string) string {
	h.t.Helper()
	var out, errs bytes.Buffer
	args := []string{"token", "create", "--role", role, "--name", "test-" + strings.ReplaceAll(name, "_", "-"), "--data", filepath.Join(h.dir, "data"), "--key-file", filepath.Join(h.dir, "test.key")}
	if code := run(context.Background(), args, terminal{nil, &out, &errs}); code != 0 {
		h.t.Fatalf("token create: %s", errs.String())
	}
	return strings.TrimSpace(out.String())
}

// start starts a server and waits until it listens.
func (h *host) start() string {
	h.t.Helper()
	ready, mailReady := filepath.Join(h.dir, "ready"), filepath.Join(h.dir, "mail-ready")
	_ = os.Remove(ready) // of a former server
	self, err := os.Executable()
	if err != nil {
		h.t.Fatal(err)
	}
	h.cmd = exec.Command(self, "serve", "--listen", "127.0.0.1:0", "--ready", ready, "--smtp", "smtp://"+h.world.smtpAddr,
		"--mail-listen", "127.0.0.1:0", "--mail-ready", mailReady, "--dns", h.dns.addr, "--simulated-clock", storyStart().Format(time.RFC3339))
	h.cmd.Env = h.env("TAKEDOWN_FAULT=" + h.fault)
	h.cmd.Stdout, h.cmd.Stderr = h.log, h.log
	if err := h.cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.fault = ""
	exited, cmd := make(chan struct{}), h.cmd
	h.exited = exited
	go func() {
		_ = cmd.Wait() // a kill is no failure
		close(exited)
	}()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		if b, err := os.ReadFile(ready); err == nil && len(b) > 0 {
			h.url = "http://" + string(b)
			in, err := os.ReadFile(mailReady)
			if err != nil {
				h.t.Fatal(err)
			}
			h.mailIn = string(in)
			return h.url
		}
		select {
		case <-exited: // killed while it started: the next one takes over
			h.hit = true
			if h.killed++; h.killed > 5 {
				h.t.Fatalf("the server does not start:\n%s", h.log)
			}
			return h.start()
		case <-tick.C:
		}
	}
}

func (h *host) kill() {
	if h.exited == nil {
		return
	}
	_ = h.cmd.Process.Signal(syscall.SIGKILL) // it may be gone already
	<-h.exited
}

// awaitFault notes whether the server that does not answer was ended by its
// fault: its connections break a moment before the process can be waited for.
func (h *host) awaitFault() {
	select {
	case <-h.exited:
		h.hit = true
	case <-time.After(5 * time.Second):
	}
}

func (h *host) logs() string { return h.log.String() }

// story is the demo's, driven through this host.
func (h *host) story() *story {
	d := &driver{ctx: context.Background(), scope: "story", server: h.url, tokens: h.tokens, delivered: h.world.arrived}
	d.revive = func(context.Context) (string, error) {
		h.awaitFault()
		h.kill()
		return h.start(), nil
	}
	return &story{driver: d, tl: newTimeline(&bytes.Buffer{}), world: h.world}
}

// checkEnd looks at what must hold whatever was killed, and gives the state
// in which the story ended.
func (h *host) checkEnd(s *story) ending {
	h.t.Helper()
	count, doubled := h.world.mails()
	if count != 2 || doubled != 0 {
		h.t.Errorf("%d mails, %d doubled; want 2 and none", count, doubled)
	}
	for _, d := range s.get("specialist", s.casePath("/documents")).list("items") {
		doc := s.get("specialist", "/v1/documents/"+d.str("id"))
		if doc.str("dispatch", "status") == "sent" && !h.world.arrived(doc.str("dispatch", "messageId")) {
			h.t.Errorf("document %s is recorded as sent and did not arrive", d.str("id"))
		}
	}
	end := s.ending(count)
	if s.err != nil {
		h.t.Error(s.err)
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, h.url+"/healthz", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		h.t.Errorf("healthz: %v %v", resp, err)
	} else {
		_ = resp.Body.Close()
	}
	h.kill()
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"verify", filepath.Join(h.dir, "data"), "--key-file", filepath.Join(h.dir, "test.key")}, terminal{nil, &out, &errs}); code != 0 {
		h.t.Errorf("verify: %s", errs.String())
	}
	return end
}
