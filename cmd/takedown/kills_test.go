package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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

// points are where a story is killed, with how often each is passed.
var points = []struct {
	name string
	most int
}{
	{"commit:before", 150}, {"commit:after", 150}, {"send:before", 2}, {"send:after", 2}, {"token:before", 40}, {"token:after", 40}, {"start:before", 4}, {"start:after", 4},
}

// TestKills kills the server, with SIGKILL, before or after the n-th commit,
// send or token call of the demo's story. The story goes on to the same end:
// no notice is sent twice, none recorded as sent is missing, verification
// passes. TAKEDOWN_KILLS sets how many; a fresh seed comes on top.
func TestKills(t *testing.T) {
	kills := 20
	if s := os.Getenv("TAKEDOWN_KILLS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		kills = n
	}
	seeds := make([]uint64, 0, kills+1)
	for seed := range uint64(kills) {
		seeds = append(seeds, seed)
	}
	if kills > 20 {
		fresh := uint64(time.Now().UnixNano())
		t.Logf("fresh seed: %d", fresh)
		seeds = append(seeds, fresh)
	}
	want := unkilled(t)
	var reached atomic.Int64
	t.Run("story", func(t *testing.T) {
		for _, seed := range seeds {
			killOnce(t, seed, want, &reached)
		}
	})
	t.Logf("%d of %d stories were killed; the others ended before their point", reached.Load(), len(seeds))
	if int(reached.Load()) < len(seeds)*8/10 {
		t.Error("too few kill points are reached: the story has become shorter than points say")
	}
}

// unkilled is how the story ends when nothing is killed.
func unkilled(t *testing.T) string {
	t.Helper()
	h := newHost(t)
	h.start()
	s := h.story()
	if err := s.play(); err != nil {
		t.Fatalf("%v\n%s", err, h.logs())
	}
	return endOf(s)
}

// endOf is a story's end without its random ids: the tracks with their rungs
// and outcomes, every document's instrument and status, every clock's dates.
func endOf(s *story) string {
	var b strings.Builder
	sum := s.summary()
	for _, tr := range sum.Tracks {
		fmt.Fprintln(&b, "track", tr.Route, tr.Contact, tr.Rungs, tr.Outcome)
	}
	for _, c := range sum.Clocks {
		fmt.Fprintln(&b, "clock", c.Rule, c.Nature, c.Start, c.DueDate)
	}
	for _, d := range s.get("specialist", s.casePath("/documents")).list("items") {
		fmt.Fprintln(&b, "document", d.str("instrument"), d.str("status"))
	}
	fmt.Fprintln(&b, "case", s.get("coordinator", s.casePath("")).str("status"))
	return b.String()
}

func killOnce(t *testing.T, seed uint64, want string, reached *atomic.Int64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 42))
	p := points[int(seed%uint64(len(points)))]
	fault := fmt.Sprintf("%s:%d", p.name, 1+r.IntN(p.most))
	t.Run(fmt.Sprintf("seed=%d,%s", seed, fault), func(t *testing.T) {
		t.Parallel()
		h := newHost(t)
		h.fault = fault
		h.start()
		s := h.story()
		if err := s.play(); err != nil {
			t.Fatalf("%v\n%s", err, h.logs())
		}
		if h.revived > 0 {
			reached.Add(1)
		}
		if got := endOf(s); got != want {
			t.Errorf("it ended otherwise than without a kill (-want +got):\n%s", cmp.Diff(want, got))
		}
		h.checkEnd(s)
	})
}

// host is an installation served by a process of its own.
type host struct {
	t       *testing.T
	dir     string
	world   *world
	fault   string
	cmd     *exec.Cmd
	log     *bytes.Buffer
	url     string
	tokens  map[string]string
	killed  int           // while it started
	revived int           // since the story began
	exited  chan struct{} // closed when the server's process is gone
}

func newHost(t *testing.T) *host {
	t.Helper()
	dir := t.TempDir()
	w, err := newWorld(filepath.Join(dir, "mail"), []string{platformHost, forumHost})
	if err != nil {
		t.Fatal(err)
	}
	h := &host{t: t, dir: dir, world: w, log: &bytes.Buffer{}, tokens: map[string]string{}}
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
	ready := filepath.Join(h.dir, "ready")
	_ = os.Remove(ready) // of a former server
	self, err := os.Executable()
	if err != nil {
		h.t.Fatal(err)
	}
	h.cmd = exec.Command(self, "serve", "--listen", "127.0.0.1:0", "--ready", ready, "--smtp", "smtp://"+h.world.smtpAddr,
		"--simulated-clock", storyStart().Format(time.RFC3339))
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
			return h.url
		}
		select {
		case <-exited: // killed while it started: the next one takes over
			h.revived++
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

func (h *host) logs() string { return h.log.String() }

// story is the demo's, driven through this host.
func (h *host) story() *story {
	d := &driver{ctx: context.Background(), scope: "story", server: h.url, tokens: h.tokens, delivered: h.world.arrived}
	d.revive = func(context.Context) (string, error) {
		h.revived++
		h.kill()
		return h.start(), nil
	}
	return &story{driver: d, tl: newTimeline(&bytes.Buffer{}), world: h.world}
}

// checkEnd looks at what must be the same whatever was killed.
func (h *host) checkEnd(s *story) {
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
}
