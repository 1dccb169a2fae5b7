package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/localcloud"
	"github.com/ontdox/takedown/internal/skip"
	"github.com/ontdox/takedown/internal/takedown"
	"github.com/ontdox/takedown/internal/witness"
)

// cloudHost is a stack of the shape local-cloud for one story, on services that
// all stories share.
type cloudHost struct {
	*cloudStack

	t      testing.TB
	tokens map[string]string
	log    *sharedLog
}

// sharedLog is a writer that goroutines share.
type sharedLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *sharedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *sharedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// cloudServices are the endpoints that the environment names.
func cloudServices(t testing.TB) localcloud.Services {
	t.Helper()
	on := localcloud.Services{DynamoDB: os.Getenv("TAKEDOWN_DYNAMODB_LOCAL"), StepFunctions: os.Getenv("TAKEDOWN_LOCALSTACK"), Moto: os.Getenv("TAKEDOWN_MOTO")}
	if on.DynamoDB == "" || on.StepFunctions == "" || on.Moto == "" {
		skip.Now(t, "TAKEDOWN_DYNAMODB_LOCAL, TAKEDOWN_LOCALSTACK and TAKEDOWN_MOTO do not name services: takedown local-cloud services -- go test ./cmd/takedown")
	}
	return on
}

// prepared is the template, translated, and the functions, compiled, for all
// tests together.
var prepared = sync.OnceValues(func() (localcloud.Options, error) {
	var opt localcloud.Options
	cache, err := witness.DefaultCache()
	if err == nil {
		opt.Template, opt.Bin, err = localcloud.Prepare(context.Background(), cache, filepath.Join("..", ".."))
	}
	return opt, err
})

func newCloudHost(t testing.TB, on localcloud.Services) (*cloudHost, *world) {
	t.Helper()
	opt, err := prepared()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	w, err := newWorld(filepath.Join(dir, "mail"), []string{platformHost, forumHost})
	if err != nil {
		t.Fatal(err)
	}
	standins := filepath.Join(dir, "standins.json")
	b, err := json.Marshal(map[string]any{"hosts": map[string]string{platformHost: w.tlsAddr, forumHost: w.tlsAddr}, "ca": w.ca})
	if err == nil {
		err = os.WriteFile(standins, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	h := &cloudHost{t: t, log: &sharedLog{}, cloudStack: &cloudStack{simulated: storyStart(), smtp: "smtp://" + w.smtpAddr, standins: standins, opt: opt}}
	h.opt.On, h.opt.Log, h.opt.Name = on, h.log, fmt.Sprintf("s%x", stackNumber())
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() {
		if h.Deployment != nil {
			_ = h.Close()         // a story has looked already
			_ = h.Delete(ctx, on) // LocalStack may be another by now
		}
		_ = w.Close()
		if t.Failed() {
			t.Log(h.log)
		}
	})
	return h, w
}

// start makes the stack, with a token for each role.
func (h *cloudHost) start() string {
	h.t.Helper()
	people := map[string]takedown.Role{"second_adviser": takedown.LegalAdviser}
	for _, role := range takedown.Roles() {
		people[string(role)] = role
	}
	var err error
	if h.tokens, err = h.deploy(h.t.Context(), people); err != nil {
		h.t.Fatal(err)
	}
	return h.URL
}

func (h *cloudHost) tokenOf(role string) string { return h.tokens[role] }

// stop verifies the history, ends the functions and shows what stands in table and buckets, what the
// executions carried and what the functions printed.
func (h *cloudHost) stop(look func(where string, content []byte)) {
	h.t.Helper()
	h.verifies()
	if err := h.Close(); err != nil {
		h.t.Error(err)
	}
	look("the functions' logs", []byte(h.log.String()))
	if err := h.everyRow(context.Background(), look); err != nil {
		h.t.Error(err)
	}
}

// verifies recomputes the whole history from table and bucket, and has each
// case's export verified by the command line, which knows neither.
func (h *cloudHost) verifies() {
	h.t.Helper()
	ctx := context.Background()
	h.signed(ctx)
	b, err := h.operate(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	streams, err := b.Streams(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	cases := 0
	for _, s := range streams {
		if !strings.HasPrefix(s.Stream, "case_") {
			continue
		}
		cases++
		file := filepath.Join(h.t.TempDir(), s.Stream+".jsonl")
		if err := writeWhole(file, func(w io.Writer) error { return b.ExportHistory(ctx, w, s.Stream) }); err != nil {
			h.t.Errorf("export %s: %v", s.Stream, err)
			continue
		}
		var out, errs strings.Builder
		if code := run(ctx, []string{"verify", file}, terminal{nil, &out, &errs}); code != 0 || !strings.Contains(out.String(), "verified: ") {
			h.t.Errorf("verify the export of %s: %s%s", s.Stream, out.String(), errs.String())
		}
	}
	if cases == 0 {
		h.t.Error("the history has no case")
	}
	if rep, err := b.Verify(ctx, audit.Options{}); err != nil || rep.Entries < 10 {
		h.t.Errorf("verify the installation: %d entries, %v", rep.Entries, err)
	}
}

// signed has an auditor ask the API for the signed head: it covers what was
// written just now, so the function signs one if need be.
func (h *cloudHost) signed(ctx context.Context) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.URL+"/v1/history/checkpoint", http.NoBody)
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.tokens["auditor"])
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	var head casework.Checkpoint
	err = json.NewDecoder(res.Body).Decode(&head)
	if cerr := res.Body.Close(); err != nil || cerr != nil || res.StatusCode != http.StatusOK || head.Size < 10 || head.Head == "" {
		h.t.Errorf("the signed head: status %d, %+v, %v, %v", res.StatusCode, head, err, cerr)
	}
}

// TestStoriesOnLocalCloud plays the same stories on the shape for AWS: compiled
// functions, DynamoDB Local, LocalStack, moto.
func TestStoriesOnLocalCloud(t *testing.T) {
	on := cloudServices(t)
	scripts, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	seen := &seenCalls{all: localcloud.Calls{}}
	t.Cleanup(func() { seen.hold(t) })
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".txtar"), func(t *testing.T) {
			t.Parallel()
			h, w := newCloudHost(t, on)
			server := h.start()
			testscript.Run(t, testscript.Params{
				Files: []string{script}, Cmds: storyCommands, RequireExplicitExec: true, RequireUniqueNames: true,
				Setup: func(env *testscript.Env) error {
					env.Defer(func() {
						lookBehind(t, h)
						seen.add(h.Recorded())
					})
					return setUpStory(env, h, w, server)
				},
			})
		})
	}
}
