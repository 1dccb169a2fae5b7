package localcloud

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/witness"
)

// playedFunctions builds testdata/played and lets it stand for each function.
func playedFunctions(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "played")
	if out, err := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", program, "./testdata/played").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	entries, err := os.ReadDir("../../functions")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			if err := os.Symlink(program, filepath.Join(dir, e.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// log is a writer that goroutines share.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func deployed(t *testing.T, on Services) (*Deployment, *log) {
	t.Helper()
	out := &log{}
	d, err := Deploy(t.Context(), Options{
		Template: theTemplate(t), Name: stackName(t), Parameters: parameters, On: on, Bin: playedFunctions(t), Log: out, HostNow: time.Now, Settles: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		_ = d.Delete(ctx, on) // LocalStack may be gone
		if t.Failed() {
			t.Log(out)
		}
	})
	return d, out
}

// does makes a request and gives what was answered.
func does(t *testing.T, method, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s %s %v", method, url, res.Status, b, err)
	}
	return string(b)
}

func TestAnAnswerShowsWhatFollowsFromAChange(t *testing.T) {
	d, _ := deployed(t, services(t))
	for _, track := range []string{"track_a", "track_b"} {
		does(t, "POST", d.URL+"/start/"+track)
		if got := does(t, "GET", d.URL+"/track/"+track); got != "waiting" {
			t.Fatalf("%s is %q after its start", track, got)
		}
		does(t, "POST", d.URL+"/answer/"+track)
		if got := does(t, "GET", d.URL+"/track/"+track); got != "done" {
			t.Fatalf("%s is %q after its answer", track, got)
		}
	}
	seen := d.Recorded()
	for function, want := range map[string]string{"api": "dynamodb:PutItem", "plan-step": "dynamodb:GetItem", "dispatch-outbox": "states:StartExecution"} {
		if len(seen[function][want]) == 0 {
			t.Errorf("%s was not seen to call %s: %v", function, want, seen[function])
		}
	}
	if !slices.Equal(seen["dispatch-outbox"]["states:StartExecution"], []string{"TrackMachine"}) || !slices.Equal(seen["api"]["dynamodb:PutItem"], []string{"Table"}) {
		t.Errorf("recorded %v", seen)
	}
}

// TestLocalStackComesBack: its machines are made again, and the functions are
// where they were.
func TestLocalStackComesBack(t *testing.T) {
	services(t) // they are installed where they run
	cache, err := witness.DefaultCache()
	if err != nil {
		t.Fatal(err)
	}
	p, err := StartPlatform(t.Context(), cache)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	d, _ := deployed(t, p.On)
	does(t, "POST", d.URL+"/start/track_a")
	ctx, cancel := context.WithCancel(t.Context())
	back, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- p.Keep(ctx, func(ctx context.Context) error {
			defer close(back)
			return d.Recover(ctx)
		})
	}()
	p.service(witness.LocalStack).Kill()
	select {
	case <-back:
	case err := <-ended:
		t.Fatal(err)
	}
	does(t, "POST", d.URL+"/start/track_b")
	if got := does(t, "GET", d.URL+"/track/track_b"); got != "waiting" {
		t.Errorf("a track on the new machines is %q", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
