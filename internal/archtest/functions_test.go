package archtest

import (
	"fmt"
	"go/ast"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// headings are what a function's package comment says (design §10).
var headings = []string{"Trigger: ", "Idempotent on: ", "Retried by: ", "Terminal errors: "}

const maxMain = 40

// functionFiles gives functions/*/main.go by the function's name.
func functionFiles(t *testing.T) map[string]source {
	t.Helper()
	out := map[string]source{}
	for _, s := range sources(t) {
		dir, file := filepath.Split(s.path)
		if name, ok := strings.CutPrefix(filepath.Clean(dir), "functions/"); ok {
			if file != "main.go" {
				t.Errorf("%s: a function is its main.go alone", s.path)
				continue
			}
			out[name] = s
		}
	}
	return out
}

// functionNames are api, which API Gateway calls, what reads events of AWS's
// own, and every handler.
func functionNames() []string {
	return append([]string{"api", "receive-mail", "mail-event"}, handlerNames()...)
}

// wiring: a function is a comment that operators need, and one call.
func wiring(name string, s source) []string {
	var out []string
	if s.lines > maxMain {
		out = append(out, fmt.Sprintf("%s has %d lines, more than %d", s.path, s.lines, maxMain))
	}
	doc := s.file.Doc.Text()
	for _, h := range headings {
		if _, said, ok := strings.Cut(doc, "\n"+h); !ok || strings.TrimSpace(said) == "" {
			out = append(out, s.path+" does not say "+strings.TrimSuffix(h, ": "))
		}
	}
	calls := 0
	s.selected(module+"/internal/boot/cloud", func(string, ast.Node) { calls++ })
	if calls != 1 || len(s.file.Decls) != 2 {
		out = append(out, s.path+" is more than one call")
	}
	if !strings.HasPrefix(doc, "Command "+name+" ") {
		out = append(out, s.path+" does not begin with its name")
	}
	return out
}

var inBrackets = regexp.MustCompile(`\nRetried by: the machine \(([^)]*)\)`)

// retries: the errors of ours that a function's comment says the machine
// repeats are those that the states with that function repeat.
func retries(ms []machine, files map[string]source) []string {
	does := map[string][]string{}
	for _, m := range ms {
		m.states(func(_ string, st state) {
			if st.function() == "" {
				return
			}
			list := does[st.function()]
			for _, r := range st.Retry {
				list = append(list, slices.DeleteFunc(slices.Clone(r.ErrorEquals), foreignErrors.MatchString)...)
			}
			slices.Sort(list)
			does[st.function()] = slices.Compact(list)
		})
	}
	var out []string
	for name, s := range files {
		var says []string
		if found := inBrackets.FindStringSubmatch(s.file.Doc.Text()); found != nil {
			says = strings.Split(found[1], ", ")
			slices.Sort(says)
		}
		if !slices.Equal(says, does[name]) {
			out = append(out, fmt.Sprintf("%s says that the machine repeats %q; it repeats %q", s.path, says, does[name]))
		}
	}
	return out
}

// samples: every function has one, and none is for a function that is not.
func samples(names []string, files []string) []string {
	var out []string
	for _, f := range files {
		name, _, _ := strings.Cut(strings.TrimSuffix(f, ".json"), ".")
		if !slices.Contains(names, name) {
			out = append(out, "events/"+f+" is for no function")
		}
	}
	for _, n := range names {
		if !slices.Contains(files, n+".json") {
			out = append(out, "events/"+n+".json is missing")
		}
	}
	return out
}

func TestHandlersAreFunctions(t *testing.T) {
	files := functionFiles(t)
	for _, n := range functionNames() {
		if _, ok := files[n]; !ok {
			t.Errorf("functions/%s/main.go is missing", n)
		}
	}
	for n, s := range files {
		if !slices.Contains(functionNames(), n) {
			t.Errorf("functions/%s has no handler", n)
		}
		holds(t, wiring(n, s))
	}
	bites(t, wiring("x", spoilt(t, "functions/x/main.go", "// Command y runs.\n//\n// Trigger: a bell.\n// Idempotent on: \npackage main\n\nfunc main() {}\n"+strings.Repeat("\n", maxMain))),
		"functions/x/main.go does not begin with its name", "does not say Idempotent on", "does not say Retried by", "does not say Terminal errors",
		"has 47 lines", "is more than one call")
}

func TestFunctionsSayWhoRepeatsThem(t *testing.T) {
	ms := machines(t)
	holds(t, retries(ms, functionFiles(t)))
	bites(t, retries(ms[:1], map[string]source{
		"triage":      spoilt(t, "functions/triage/main.go", "// Command triage.\n//\n// Retried by: the machine (Conflict).\npackage main\n"),
		"plan-tracks": spoilt(t, "functions/plan-tracks/main.go", "// Command plan-tracks.\n//\n// Retried by: nobody.\npackage main\n"),
		"sweep":       spoilt(t, "functions/sweep/main.go", "// Command sweep.\n//\n// Retried by: the machine (Conflict).\npackage main\n"),
	}), "functions/plan-tracks/main.go says", "functions/sweep/main.go says", `functions/triage/main.go says that the machine repeats ["Conflict"]; it repeats ["Conflict" "Unavailable"]`)
}

func TestFunctionsHaveSamples(t *testing.T) {
	paths, err := fs.Glob(os.DirFS(root), "events/*.json")
	if err != nil {
		t.Fatal(err)
	}
	files := make([]string, len(paths))
	for i, p := range paths {
		files[i] = filepath.Base(p)
	}
	holds(t, samples(functionNames(), files))
	bites(t, samples([]string{"sweep", "triage"}, []string{"triage.json", "triage.again.json", "sweeps.json"}),
		"events/sweep.json is missing", "events/sweeps.json is for no function")
}
