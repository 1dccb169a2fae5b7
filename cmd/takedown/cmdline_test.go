package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// commandEnd is a command's end: its exit status and what it printed.
type commandEnd struct {
	code     int
	out, err string
}

func runLine(t *testing.T, args ...string) commandEnd {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(context.Background(), args, terminal{strings.NewReader(""), &out, &errs})
	return commandEnd{code, out.String(), errs.String()}
}

// TestEveryCommandHasHelp: the commands of the contract exist, and --help on
// each shows it on standard output and nothing else.
func TestEveryCommandHasHelp(t *testing.T) {
	for _, command := range []string{
		"", "demo", "serve", "token", "token create", "token list", "token revoke", "history", "history export", "verify", "law", "law check", "law show", "law date",
		"backup", "restore", "export", "import", "doctor", "machine draw", "report", "case", "item", "document", "reply", "track", "task", "contact", "settings", "clock", "clock advance", "execution",
	} {
		e := runLine(t, append(strings.Fields(command), "--help")...)
		if e.code != exitDone || e.err != "" || !strings.Contains(e.out, "Usage: takedown") {
			t.Errorf("%s --help: exit %d, stderr %q\n%s", command, e.code, e.err, e.out)
		}
		if noun := strings.Fields(command + " -")[0]; nouns[noun] != nil {
			for _, v := range nouns[noun] {
				if !strings.Contains(e.out, "takedown "+noun+" "+v.name+" ") {
					t.Errorf("%s --help does not name %s", noun, v.name)
				}
			}
		}
	}
	if e := runLine(t, "clock", "--help"); !strings.Contains(e.out, "advance DURATION") {
		t.Errorf("clock --help does not name advance:\n%s", e.out)
	}
}

// TestExitStatuses: 2 for what was given wrongly, 1 for what is refused, with
// one line on standard error that says what to do, and nothing made.
func TestExitStatuses(t *testing.T) {
	t.Setenv("TAKEDOWN_TOKEN", "")
	dir := t.TempDir()
	none := filepath.Join(dir, "none")
	for _, c := range []struct {
		line string
		code int
		says string
	}{
		{"", exitUsage, "--help"},
		{"nonsense", exitUsage, "nonsense"},
		{"demo --jsn", exitUsage, "--jsn"},
		{"token create --name a-1", exitUsage, "--role"},
		{"token create --role judge --name a-1 --data " + none, exitUsage, "judge"},
		{"case nonsense", exitUsage, "takedown case --list"},
		{"case show", exitUsage, "case is missing"},
		{"case show case_a b", exitUsage, "NAME=VALUE"},
		{"case open", exitUsage, "-f FILE"},
		{"case open -f " + none, exitUsage, "no such file"},
		{"case list", exitUsage, "TAKEDOWN_TOKEN"},
		{"case list --to 2027-03-22T09:00:00Z", exitUsage, "clock advance"},
		{"case list --token tkd_x --server http://127.0.0.1:1", exitRefused, "takedown serve"},
		{"clock advance", exitUsage, "DURATION"},
		{"contact list --seed", exitUsage, "contact import"},
		{"contact import", exitUsage, "-f FILE"},
		{"contact import", exitUsage, "--seed"},
		{"item show", exitUsage, "item --list"},
		{"contact import --seed -f x.json", exitUsage, "--seed"},
		{"contact export x", exitUsage, "export"},
		{"contact export", exitUsage, "TAKEDOWN_TOKEN"},
		{"serve --listen 192.0.2.1:80 --data " + none, exitUsage, "--behind-proxy"},
		{"serve --simulated-clock yesterday --data " + none, exitUsage, "RFC 3339"},
		{"law show C5 --on 2027-02-30", exitUsage, "YYYY-MM-DD"},
		{"law show C99 --on 2027-03-22", exitRefused, "C99"},
		{"law date --rule C99 --start 2027-03-22T09:00:00Z", exitRefused, "C99"},
		{"verify " + none, exitRefused, "no such file"},
		{"verify", exitUsage, "path"},
		{"history export case_a --data " + none, exitRefused, "--data"},
		{"token list --data " + none, exitRefused, "--data"},
		{"backup " + filepath.Join(dir, "b.tar") + " --data " + none, exitRefused, "--data"},
		{"doctor --data " + none, exitRefused, "--data"},
		{"restore " + filepath.Join(dir, "b.tar") + " --data " + none, exitRefused, "no such file"},
	} {
		e := runLine(t, strings.Fields(c.line)...)
		if e.code != c.code || e.out != "" || strings.Count(e.err, "\n") != 1 || !strings.Contains(e.err, c.says) {
			t.Errorf("takedown %s: exit %d, want %d and %q\nstdout %q\nstderr %q", c.line, e.code, c.code, c.says, e.out, e.err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("refused commands left %v, %v", left, err)
	}
}

// TestAFailedExportLeavesWhatWasThere: an export is put in place whole.
func TestAFailedExportLeavesWhatWasThere(t *testing.T) {
	h := newHost(t)
	out := filepath.Join(h.dir, "export.jsonl")
	if err := os.WriteFile(out, []byte("earlier\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e := runLine(t, "history", "export", "case_nowhere", "--out", out, "--data", filepath.Join(h.dir, "data"), "--key-file", filepath.Join(h.dir, "test.key"))
	if e.code != exitRefused {
		t.Errorf("exit %d: %s%s", e.code, e.out, e.err)
	}
	if b, err := os.ReadFile(out); err != nil || string(b) != "earlier\n" {
		t.Errorf("the earlier export is %q, %v", b, err)
	}
	if parts, err := filepath.Glob(filepath.Join(h.dir, "*.part")); err != nil || len(parts) > 0 {
		t.Errorf("left behind: %v, %v", parts, err)
	}
}

// TestTheAPIAsCommands: every operation of the API has its command, and no
// command calls what the API does not have. A PUT without a body reads.
func TestTheAPIAsCommands(t *testing.T) {
	h := newHost(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.start()+"/v1/openapi.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	var described struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	err = json.NewDecoder(resp.Body).Decode(&described)
	_ = resp.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{"POST /v1/clock/advance": true}
	for _, verbs := range nouns {
		for _, v := range verbs {
			have[v.method+" "+v.path] = true
			if v.method == http.MethodPut {
				have["GET "+v.path] = true
			}
		}
	}
	// No commands: what carries its own proof or is for machines, and what
	// history export gives whole.
	without := []string{"GET /healthz", "GET /v1/openapi.json", "GET /v1/blobs/{grant}", "PUT /v1/blobs/{grant}", "GET /v1/history/checkpoint", "GET /v1/history/{entry}/proof"}
	for path, methods := range described.Paths {
		for method := range methods {
			call := strings.ToUpper(method) + " " + path
			if !have[call] && !slices.Contains(without, call) {
				t.Errorf("%s has no command", call)
			}
			delete(have, call)
		}
	}
	for call := range have {
		t.Errorf("a command calls %s, which the API does not have", call)
	}
}
