package archtest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/skip"
)

var update = flag.Bool("update", false, "write docs/requirements.md")

// The files of the requirements table, relative to the module.
const (
	requirementsFile = "docs/requirements.json"
	waitingFile      = "docs/requirements-waiting.json"
	requirementsDoc  = "docs/requirements.md"
)

// requirement is one row of domain.md §7. A row whose scope holds IN is part of
// the workflow; the others want a hook, a link, a reminder or a flag only.
type requirement struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Scope string `json:"scope"`
	Where string `json:"where"`
}

func (r requirement) in() bool { return strings.Contains(r.Scope, "IN") }

// waiting says why a row is not done. Stands is what of it is done already, and
// is shown by an annotated test; empty if nothing is.
type waiting struct {
	Reason string `json:"reason"`
	Stands string `json:"stands,omitempty"`
}

// shown is a test or story that shows a requirement.
type shown struct{ path, name string }

// annotated gives the tests that show each requirement, by its id.
type annotated map[string][]shown

// annotation is a line `Requirement: S0-13, S2-1` of a comment.
var annotation = regexp.MustCompile(`^(?://|#)\s*Requirement:\s*(.*)$`)

// annotations reads the marks above the test functions of a file; a mark that
// stands anywhere else shows nothing, and is a violation.
func (a annotated) annotations(s source) []string {
	var out []string
	above := map[*ast.CommentGroup]string{}
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Doc != nil && s.isTest() && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
			above[f.Doc] = f.Name.Name
		}
	}
	for _, group := range s.file.Comments {
		for _, line := range group.List {
			found := annotation.FindStringSubmatch(line.Text)
			switch name := above[group]; {
			case found == nil:
			case name == "":
				out = append(out, s.at(line)+" names a requirement and stands above no test")
			default:
				a.add(found[1], shown{s.path, name})
			}
		}
	}
	return out
}

// story reads the marks in the comment lines of a story.
func (a annotated) story(path string, text []byte) {
	script, _, _ := bytes.Cut(text, []byte("\n-- "))
	for line := range strings.Lines(string(script)) {
		if found := annotation.FindStringSubmatch(strings.TrimSpace(line)); found != nil {
			a.add(found[1], shown{path, strings.TrimSuffix(filepath.Base(path), ".txtar")})
		}
	}
}

func (a annotated) add(ids string, by shown) {
	for id := range strings.SplitSeq(ids, ",") {
		id = strings.TrimSpace(id)
		if !slices.Contains(a[id], by) {
			a[id] = append(a[id], by)
		}
	}
}

// unaccounted lists what is wrong between rows, marks and reasons: every row in
// the workflow is shown by a test, or waits with a reason.
func unaccounted(rows []requirement, by annotated, waits map[string]waiting) []string {
	var out []string
	known := map[string]bool{}
	for _, r := range rows {
		if known[r.ID] {
			out = append(out, r.ID+" stands twice in "+requirementsFile)
		}
		known[r.ID] = true
		if r.Title == "" || r.Where == "" {
			out = append(out, r.ID+" has no title or place in "+requirementsFile)
		}
		w, listed := waits[r.ID]
		switch {
		case listed && w.Reason == "":
			out = append(out, r.ID+" waits without a reason")
		case listed && w.Stands == "" && len(by[r.ID]) > 0:
			out = append(out, r.ID+" waits, and is shown by "+by[r.ID][0].name+": say what stands, or that it is done")
		case listed && w.Stands != "" && len(by[r.ID]) == 0:
			out = append(out, r.ID+" is said to stand in part, and no test shows it")
		case !listed && r.in() && len(by[r.ID]) == 0:
			out = append(out, r.ID+" is neither shown by a test nor listed in "+waitingFile)
		}
	}
	for id, tests := range by {
		if !known[id] {
			out = append(out, fmt.Sprintf("%s: %s names the unknown requirement %q", tests[0].path, tests[0].name, id))
		}
	}
	for id := range waits {
		if !known[id] {
			out = append(out, fmt.Sprintf("%s names the unknown requirement %q", waitingFile, id))
		}
	}
	return out
}

// requirements gives the rows, the marks and the reasons of the tree.
func requirements(t *testing.T) ([]requirement, annotated, map[string]waiting) {
	t.Helper()
	var rows []requirement
	var waits map[string]waiting
	readStrictly(t, requirementsFile, &rows)
	readStrictly(t, waitingFile, &waits)
	by := annotated{}
	for _, s := range sources(t) {
		if s.path != "internal/archtest/requirements_test.go" { // it holds spoilt ones
			holds(t, by.annotations(s))
		}
	}
	stories, err := filepath.Glob(filepath.Join(root, "cmd", "takedown", "testdata", "*.txtar"))
	if err != nil || len(stories) < 10 {
		t.Fatalf("%d stories found: %v", len(stories), err)
	}
	for _, path := range stories {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		by.story("cmd/takedown/testdata/"+filepath.Base(path), text)
	}
	return rows, by, waits
}

func readStrictly(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// TestEveryRequirementIsAccountedFor: each row of domain.md §7 in the workflow
// is shown by a test that names it, or waits with its reason; no id is made up.
func TestEveryRequirementIsAccountedFor(t *testing.T) {
	rows, by, waits := requirements(t)
	holds(t, unaccounted(rows, by, waits))
	want := requirementsTable(rows, by, waits)
	path := filepath.Join(root, requirementsDoc)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s is stale: go test ./internal/archtest -update (%v)", requirementsDoc, err)
	}
}

// TestUnaccountedRequirementsAreFound shows the rules above what breaks them.
func TestUnaccountedRequirementsAreFound(t *testing.T) {
	row := func(id, scope string) requirement { return requirement{id, "a title", scope, "§7"} }
	rows := []requirement{row("S0-1", "IN"), row("S0-2", "IN"), row("S0-3", "ADJ/IN"), row("S0-4", "ADJ"), row("S0-5", "IN"), row("S0-6", "IN"), row("S0-7", "IN")}
	waits := map[string]waiting{"S0-2": {Reason: "later"}, "S0-5": {Reason: "later", Stands: "half"}, "S0-6": {Reason: "later", Stands: "half"}, "S9-9": {Reason: "later"}, "S0-7": {}}
	by := annotated{}
	bites(t, by.annotations(spoilt(t, "internal/x/x_test.go", `package x

// TestA shows something.
//
// Requirement: S0-1, S0-2
// Requirement: S0-6
func TestA(t *testing.T) {}

// Requirement: S0-1
func helper() {}
`)), "internal/x/x_test.go:9:1 names a requirement and stands above no test")
	by.story("cmd/takedown/testdata/a.txtar", []byte("# A story.\n# Requirement: S8-8\ndesk\n\n-- x --\n# Requirement: S0-3\n"))
	bites(t, unaccounted(rows, by, waits),
		"S0-2 waits, and is shown by TestA", "S0-3 is neither", "S0-5 is said to stand in part", "S0-7 waits without a reason",
		"cmd/takedown/testdata/a.txtar: a names the unknown requirement \"S8-8\"", "docs/requirements-waiting.json names the unknown requirement \"S9-9\"")
}

// row is a line of a table of domain.md §7: id, statement, what to do, scope.
var row = regexp.MustCompile(`^\| (S\d-[\w-]+) \|.*\| ([^|]+) \|$`)

// domainRows gives the ids and scopes of domain.md §7, in their order, with
// the heading that each stands under.
func domainRows(text string) []requirement {
	var out []requirement
	where := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if head, ok := strings.CutPrefix(line, "### "); ok {
			number, _, _ := strings.Cut(head, " ")
			where = "§" + number
		}
		if found := row.FindStringSubmatch(line); found != nil && strings.HasPrefix(where, "§7.") {
			out = append(out, requirement{ID: found[1], Scope: found[2], Where: where})
		}
	}
	return out
}

// TestRequirementsAreTheDomains: the committed rows are those of domain.md §7.
func TestRequirementsAreTheDomains(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "..", "shared", "domain.md"))
	if err != nil {
		skip.Now(t, "no domain.md to hold "+requirementsFile+" against: "+err.Error())
	}
	rows, _, _ := requirements(t)
	for n := range rows {
		rows[n].Title = ""
	}
	if want := domainRows(string(text)); len(want) == 0 || !slices.Equal(rows, want) {
		t.Errorf("%s holds %d rows, domain.md §7 has %d, or they differ in id, scope, place or order", requirementsFile, len(rows), len(want))
		for n := range min(len(rows), len(want)) {
			if rows[n] != want[n] {
				t.Fatalf("the first that differs: %v, domain.md has %v", rows[n], want[n])
			}
		}
	}
}
