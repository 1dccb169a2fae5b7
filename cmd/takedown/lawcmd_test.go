package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/law"
)

// lawDateOf runs the command as a person would and reads its answer strictly.
func lawDateOf(t *testing.T, args ...string) (lawDate, int, string) {
	t.Helper()
	var out, said bytes.Buffer
	code := run(t.Context(), append([]string{"law", "date"}, args...), terminal{strings.NewReader(""), &out, &said})
	var got lawDate
	if code != exitDone {
		return got, code, said.String()
	}
	dec := json.NewDecoder(&out)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&got); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return got, code, said.String()
}

func TestLawDate(t *testing.T) {
	for _, c := range []struct {
		args                         []string
		nature, dueDate, dueAt, step string
	}{
		{[]string{"--rule", "C5", "--start", "2027-03-25T10:00:00+01:00"}, "policy", "2027-04-12", "2027-04-12T21:59:59Z", "Goede Vrijdag"},
		{[]string{"--rule", "C15", "--start", "2027-03-26T23:30:00Z"}, "legal", "2027-03-30", "2027-03-29T23:30:00Z", "72"},
		{[]string{"--rule", "C12", "--start", "2027-03-22T00:30:00+01:00"}, "legal", "2027-06-20", "2027-06-20T21:59:59Z", "schuift"},
		{[]string{"--rule", "C17", "--start", "2027-03-22T09:00:00+01:00", "--length", "2w"}, "policy", "2027-04-05", "2027-04-05T21:59:59Z", ""},
		{[]string{"--rule", "C5", "--start", "2027-03-22T09:00:00+01:00", "--length", "5 working_days", "--calendar", "nl"}, "self-set", "2027-03-31", "2027-03-31T21:59:59Z", "noemt zelf"},
		{[]string{"--rule", "C10", "--start", "2027-03-27T09:00:00+01:00", "--calendar", "IE"}, "legal", "2027-04-27", "2027-04-27T21:59:59Z", ""},
	} {
		got, code, said := lawDateOf(t, c.args...)
		if code != exitDone || string(got.Nature) != c.nature || got.DueDate != c.dueDate || got.DueAt.Format("2006-01-02T15:04:05Z07:00") != c.dueAt {
			t.Errorf("%v: %d %q %+v", c.args, code, said, got)
		}
		has := func(s lawStep) bool { return strings.Contains(s.NL, c.step) }
		if !slices.ContainsFunc(got.Steps, has) || slices.ContainsFunc(got.Steps, func(s lawStep) bool { return s.NL == "" || s.EN == "" || s.Source == "" }) {
			t.Errorf("%v: steps %+v", c.args, got.Steps)
		}
	}
}

// What rests on no verified text says so in the source of its step.
func TestLawDateShowsWhatIsOurs(t *testing.T) {
	got, _, _ := lawDateOf(t, "--rule", "C5", "--start", "2027-03-25T10:00:00+01:00")
	if !slices.ContainsFunc(got.Steps, func(s lawStep) bool { return strings.HasSuffix(s.Source, "[own]") }) {
		t.Errorf("our own ten days are not flagged: %+v", got.Steps)
	}
}

func TestLawDateRefuses(t *testing.T) {
	start := []string{"--start", "2027-03-22T09:00:00+01:00"}
	for _, c := range []struct {
		args []string
		code int
	}{
		{append([]string{"--rule", "C99"}, start...), exitRefused},
		{append([]string{"--rule", "C17"}, start...), exitRefused},
		{append([]string{"--rule", "C4", "--length", "3d"}, start...), exitRefused},
		{append([]string{"--rule", "C17", "--length", "0d"}, start...), exitRefused},
		{append([]string{"--rule", "C17", "--length", "soon"}, start...), exitUsage},
		{append([]string{"--rule", "C5", "--calendar", "FR"}, start...), exitUsage},
		{[]string{"--rule", "C5", "--start", "22-03-2027"}, exitUsage},
		{[]string{"--rule", "C5"}, exitUsage},
	} {
		if _, code, said := lawDateOf(t, c.args...); code != c.code || said == "" {
			t.Errorf("%v: exit %d, %q", c.args, code, said)
		}
	}
}

// A refusal names the flag to mend; a count before its law was in force says so
// to programs too.
func TestLawDateSaysWhatToMend(t *testing.T) {
	start := []string{"--start", "2027-03-22T09:00:00+01:00"}
	for _, c := range []struct {
		args []string
		says string
	}{
		{append([]string{"--rule", "C17"}, start...), "--length"},
		{append([]string{"--rule", "C4", "--length", "3d"}, start...), "--length"},
		{append([]string{"--rule", "c5"}, start...), "C5"},
		{[]string{"--rule", "C5"}, "law date --help"},
	} {
		if _, code, said := lawDateOf(t, c.args...); code == exitDone || !strings.Contains(said, c.says) {
			t.Errorf("%v: %q does not say %s", c.args, said, c.says)
		}
	}
	if _, errs := lawSaid(t, exitRefused, "show", "c5", "--on", "2027-03-22"); !strings.Contains(errs, "C5") {
		t.Errorf("%q", errs)
	}
	before, _, said := lawDateOf(t, "--rule", "C14", "--start", "2026-01-05T09:00:00+01:00")
	if after, _, _ := lawDateOf(t, "--rule", "C14", "--start", "2030-01-07T09:00:00+01:00"); !before.NotInForce || after.NotInForce {
		t.Errorf("not in force: %+v, then %+v %s", before, after, said)
	}
}

// said runs a law command and gives what it prints.
func lawSaid(t *testing.T, want int, args ...string) (out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	if code := run(t.Context(), append([]string{"law"}, args...), terminal{strings.NewReader(""), &o, &e}); code != want {
		t.Fatalf("%v: exit %d, want %d: %s", args, code, want, e.String())
	}
	return o.String(), e.String()
}

func TestLawCheck(t *testing.T) {
	if out, _ := lawSaid(t, exitDone, "check"); !strings.HasPrefix(out, "the law data hang together: ") {
		t.Errorf("%q", out)
	}
	out, _ := lawSaid(t, exitDone, "check", "--json")
	files, err := filepath.Glob("../../internal/law/data/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var got lawChecked
	if err := json.Unmarshal([]byte(out), &got); err != nil || !got.OK || got.Records["clocks"] < 19 || got.Records["routes"] != 15 || len(got.Records) != len(files) {
		t.Errorf("%s, %v", out, err)
	}
}

// Data that contradict themselves are refused before they are built in, each
// fault with its file and id.
func TestLawCheckOfADirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../internal/law/data")); err != nil {
		t.Fatal(err)
	}
	lawSaid(t, exitDone, "check", "--dir", dir)
	path := filepath.Join(dir, "clocks.json")
	raw, err := os.ReadFile(path) // #nosec G304 -- of this test
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.Replace(string(raw), `"source": "DSA art. 16(4); domain.md §3.5"`, `"source": ""`, 1)
	bad = strings.Replace(bad, `"validUntil": "2026-08-31"`, `"validUntil": "2026-09-01"`, 1)
	if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs := lawSaid(t, exitRefused, "check", "--dir", dir, "--json")
	for _, want := range []string{"clocks.json: C1: needs id and source", "clocks.json: C11: the version from 2026-09-01 overlaps the one before, or leaves a gap"} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q does not say %q", errs, want)
		}
	}
	lawSaid(t, exitUsage, "check", "--dir", filepath.Join(dir, "nowhere"))
}

func TestLawShow(t *testing.T) {
	for _, args := range [][]string{{"show", "C11", "--on", "2026-08-31"}, {"show", "C11", "--on", "2026-08-31", "--json"}} {
		out, _ := lawSaid(t, exitDone, args...)
		var got law.ClockRule
		if err := json.Unmarshal([]byte(out), &got); err != nil || got.ID != "C11" || got.Flag != "[V: UAVG]" || got.ValidUntil != "2026-08-31" {
			t.Errorf("%v: %s, %v", args, out, err)
		}
	}
	o, err := lawOf(t).Show("removed", time.Date(2027, 3, 22, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := writeReadable(&b, o); err != nil || !strings.Contains(b.String(), "\ntitle:\n  nl: verwijderd\n  en: removed\n") || strings.ContainsAny(b.String(), "{}") {
		t.Errorf("%q, %v", b.String(), err)
	}
}

func lawOf(t *testing.T) *law.Data {
	t.Helper()
	d, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	return d
}
