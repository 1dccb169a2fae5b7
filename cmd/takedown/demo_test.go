package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestDemo plays the demo as a newcomer does and looks at what it leaves.
func TestDemo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"demo", "--out", dir, "--json"}, terminal{nil, &out, &errs}); code != exitDone {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	summary, err := os.ReadFile(filepath.Join(dir, demoMark))
	if err != nil || !bytes.Equal(summary, out.Bytes()) {
		t.Errorf("standard output is not summary.json: %v\n%s", err, out.String())
	}
	checkSummary(t, summary)
	checkDemoFiles(t, dir)
	noSealed(t, dir)
	noSealedIn(t, "standard error", errs.Bytes())
	for _, said := range []string{
		"no klacht is needed", "the order route (art. 125p Sv) could be asked for", "the recorded reason: notices run first", "126ni", "VPT", "domicile",
		"the intake waits for: assessment", "the intake's gates hold", "(the coordinator's move)", "track platform: every gate holds", "track hoster: every gate holds", "track legal order: every gate holds",
		"C5, hoster's answer (policy), runs until Monday 12 April 2027:", "Good Friday", "Easter Monday", "King's Day", "item 3: removed", "verifies",
	} {
		if !strings.Contains(errs.String(), said) {
			t.Errorf("the timeline does not say %q", said)
		}
	}
	if strings.Contains(errs.String(), "\x1b") || strings.Contains(errs.String(), "\r") {
		t.Error("progress is shown in a pipe")
	}
}

func checkSummary(t *testing.T, raw []byte) {
	t.Helper()
	var sum demoSummaryFile
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&sum); err != nil {
		t.Fatal(err)
	}
	if sum.Mails != 2 || !sum.Verified || sum.Entries < 100 || !strings.HasPrefix(sum.Case, "case_") {
		t.Errorf("%d mails, verified %v, %d entries, case %s", sum.Mails, sum.Verified, sum.Entries, sum.Case)
	}
	got := map[string]string{}
	for _, tr := range sum.Tracks {
		got[tr.Route] = strings.Join(tr.Rungs, ",") + " " + tr.Outcome
	}
	for route, want := range map[string]string{
		"platform": "platform.notice,platform.complaint removed", "hoster": "hoster.notice,hoster.reminder,hoster.order escalated", "legal_order": "legal_order.request removed",
	} {
		if got[route] != want {
			t.Errorf("track %s: %s, want %s", route, got[route], want)
		}
	}
	var terms []string // of the hoster
	for _, c := range sum.Clocks {
		if c.Rule == "C5" {
			terms = append(terms, c.Nature+" "+c.DueDate)
		}
		if len(c.Steps) < 2 || c.Start == "" {
			t.Errorf("clock %s does not explain itself", c.Rule)
		}
	}
	if want := []string{"policy 2027-04-12", "policy 2027-04-28"}; !slices.Equal(terms, want) {
		t.Errorf("the hoster's terms: %v, want %v", terms, want)
	}
}

func checkDemoFiles(t *testing.T, dir string) {
	t.Helper()
	for pattern, want := range map[string]int{
		"data/takedown.db": 1, "data/heads.log": 1, "mail/*.eml": 2, "documents/*.txt": 5, "documents/*.html": 5, "history.jsonl": 1, "demo.key": 1, "*": 6, "*history*": 1, "*/*history*": 0, "*/*/*history*": 0,
	} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(found) != want {
			t.Errorf("%s: %d files, want %d", pattern, len(found), want)
		}
	}
	texts, err := filepath.Glob(filepath.Join(dir, "documents", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for n, instrument := range []string{"T2", "T4", "T1", "T3", "T7"} { // the order in which they are drafted
		if n < len(texts) && !strings.HasSuffix(texts[n], "-"+instrument+".txt") {
			t.Errorf("document %d is %s, want %s", n+1, filepath.Base(texts[n]), instrument)
		}
	}
	for _, args := range [][]string{{"verify", filepath.Join(dir, "history.jsonl")}, {"verify", filepath.Join(dir, "data"), "--key-file", filepath.Join(dir, "demo.key")}} {
		var out, errs bytes.Buffer
		if code := run(context.Background(), args, terminal{nil, &out, &errs}); code != exitDone {
			t.Errorf("%v: exit %d: %s", args, code, errs.String())
		}
	}
}

// TestDemoReplacesOnlyADemo: an earlier demo's directory is replaced, also one
// that was broken off; any other that is not empty is refused and kept.
func TestDemoReplacesOnlyADemo(t *testing.T) {
	dir := t.TempDir()
	if err := clearDemo(filepath.Join(dir, "new")); err != nil {
		t.Errorf("a new directory: %v", err)
	}
	if err := clearDemo(dir); err != nil {
		t.Errorf("an empty directory: %v", err)
	}
	mine := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"demo", "--out", dir}, terminal{nil, &out, &errs}); code != exitRefused || !strings.Contains(errs.String(), "--out") {
		t.Errorf("exit %d: %s", code, errs.String())
	}
	if b, err := os.ReadFile(mine); err != nil || string(b) != "mine" {
		t.Errorf("the file is not as it was: %v", err)
	}
	broken := filepath.Join(dir, "broken")
	if err := beginDemo(broken); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(broken, "data", "blobs"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := clearDemo(broken); err != nil {
		t.Errorf("a demo that was broken off: %v", err)
	}
	if left, err := os.ReadDir(broken); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// TestDemoKeepsWhatOnlyLooksLikeADemo: the names are not enough.
func TestDemoKeepsWhatOnlyLooksLikeADemo(t *testing.T) {
	for name, content := range map[string]string{
		"another program's summary": `{"total": 3}`, "an empty object": "{}", "no JSON": "summary", "with a field more": `{"case": "", "verified": false, "mine": 1}`,
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, demoMark)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := clearDemo(dir); err == nil {
			t.Errorf("%s: taken for a demo", name)
		}
		if b, err := os.ReadFile(file); err != nil || string(b) != content {
			t.Errorf("%s: it is not as it was: %v", name, err)
		}
	}
	dir := t.TempDir()
	if err := beginDemo(dir); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(mine, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := clearDemo(dir); err == nil {
		t.Error("a demo with somebody's notes in it was removed")
	}
	if _, err := os.Stat(mine); err != nil {
		t.Error(err)
	}
}

// TestADemoThatFailsSaysSo: exit 1 with one line, and the next demo replaces
// what it left.
func TestADemoThatFailsSaysSo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	if code := run(ctx, []string{"demo", "--out", dir, "--json"}, terminal{nil, &out, &errs}); code != exitRefused || out.Len() > 0 {
		t.Errorf("exit %d, standard output %q", code, out.String())
	}
	if lines := strings.Split(strings.TrimSpace(errs.String()), "\n"); !strings.HasPrefix(lines[len(lines)-1], "takedown: ") {
		t.Errorf("standard error: %s", errs.String())
	}
	if err := clearDemo(dir); err != nil {
		t.Errorf("the next demo: %v", err)
	}
}
