package asl_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/engine/asl"
	"github.com/ontdox/takedown/internal/skip"
)

// recording is one line of recordings.jsonl.
type recording struct {
	ID         string          `json:"id"`
	Definition json.RawMessage `json:"definition"`
	Events     []recordedEvent `json:"events"`
}

// floor is how many of the recordings in ../shared must be equal.
const floor = 252

// TestRecordings holds the interpreter against executions recorded on AWS:
// refuse or match. TAKEDOWN_RECORDINGS names another file.
func TestRecordings(t *testing.T) {
	path, other := recordingsPath()
	recs := readRecordings(t, path)
	var equal, different int
	var refused []string
	for _, r := range recs {
		outcome, detail := replay(t, r)
		switch outcome {
		case "equal":
			equal++
		case "refused":
			refused = append(refused, r.ID+" "+detail)
		default:
			different++
			t.Errorf("%s: %s", r.ID, detail)
		}
	}
	if !other {
		golden(t, refused)
		if equal < floor {
			t.Errorf("%d equal, want at least %d", equal, floor)
		}
	}
	t.Logf("recordings: %d total, %d equal, %d refused, %d different", len(recs), equal, len(refused), different)
}

func recordingsPath() (path string, other bool) {
	if p := os.Getenv("TAKEDOWN_RECORDINGS"); p != "" {
		if s, err := os.Stat(p); err == nil && s.IsDir() {
			p = filepath.Join(p, "recordings.jsonl")
		}
		return p, true
	}
	return filepath.Join("..", "..", "..", "..", "shared", "asl-recordings", "recordings.jsonl"), false
}

func readRecordings(t *testing.T, path string) []recording {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		skip.Now(t, "no recordings: "+err.Error())
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	var out []recording
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 64<<20)
	for sc.Scan() {
		if len(strings.TrimSpace(sc.Text())) == 0 {
			continue
		}
		var r recording
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatalf("recording %d: %v", len(out)+1, err)
		}
		out = append(out, r)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func golden(t *testing.T, refused []string) {
	t.Helper()
	slices.Sort(refused)
	got := strings.Join(refused, "\n")
	const file = "testdata/recordings-refused.txt"
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != strings.TrimSpace(string(want)) {
		t.Errorf("refused recordings differ from %s:\n%s", file, got)
	}
}

// TestPlaceholderResources plays recordings made for it: whatever the
// placeholder, a well-formed ARN stands in its place, and every id is taken.
func TestPlaceholderResources(t *testing.T) {
	recs := readRecordings(t, "testdata/recordings-made.jsonl")
	for i, want := range []string{"equal", "equal", "equal", "refused"} {
		if got, detail := replay(t, recs[i]); got != want {
			t.Errorf("%s: %s, want %s: %s", recs[i].ID, got, want, detail)
		}
	}
}

var mockResource = regexp.MustCompile(`"<MagicMock[^"]*>"`)

var mockARN = regexp.MustCompile(`<MagicMock[^>]*>`)

// wellFormed puts ARNs in the place of the recorder's placeholders.
func wellFormed(def []byte, activity bool) []byte {
	s := mockARN.ReplaceAllString(mockResource.ReplaceAllString(string(def), `"MOCK"`), "us-east-1")
	arn := "arn:aws:lambda:us-east-1:111111111111:function:mock"
	if activity {
		arn = "arn:aws:states:us-east-1:111111111111:activity:mock"
	}
	return []byte(strings.ReplaceAll(s, `"MOCK"`, `"`+arn+`"`))
}

// replay runs one recording: "equal", "refused" with the field, or "different"
// with what differs first.
func replay(t *testing.T, r recording) (outcome, detail string) {
	t.Helper()
	activity := slices.ContainsFunc(r.Events, func(e recordedEvent) bool { return strings.HasPrefix(e.Type, "Activity") })
	d, err := asl.Load(wellFormed(r.Definition, activity), asl.Host{Supports: func(asl.Resource) bool { return true }})
	if err != nil {
		return "refused", strings.Split(err.Error(), "\n")[0]
	}
	p := newPlayer(r)
	x, events := p.play(d)
	if diff := p.compare(x, events); diff != "" {
		return "different", diff
	}
	return "equal", ""
}
