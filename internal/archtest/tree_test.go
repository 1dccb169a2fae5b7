// Package archtest holds the rules of design §10 that no compiler knows: who
// may import whom, who reads a clock, how the state machines, the handlers,
// the functions and the template fit together. Each rule is a function that
// lists violations; each is shown a tree that breaks it too.
package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// module is the path of our one module.
const module = "github.com/ontdox/takedown"

// root is the module's folder as seen from this package.
var root = filepath.Join("..", "..")

// pkg is what `go list` says of one of our packages. Path and the imports of
// ours are relative to the module: "internal/casework".
type pkg struct {
	Path    string `json:"ImportPath"`
	Name    string
	Dir     string
	Imports []string
	Deps    []string
	// TestImports and XTestImports are what its tests import besides.
	TestImports, XTestImports []string
}

func (p pkg) ours() pkg {
	for _, list := range []*[]string{&p.Imports, &p.Deps, &p.TestImports, &p.XTestImports} {
		out := make([]string, len(*list))
		for i, path := range *list {
			out[i] = strings.TrimPrefix(path, module+"/")
		}
		*list = out
	}
	p.Path = strings.TrimPrefix(p.Path, module+"/")
	return p
}

var listed = sync.OnceValues(func() ([]pkg, error) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Name,Dir,Imports,Deps,TestImports,XTestImports", "./...")
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.New("go list: " + err.Error() + ": " + stderr.String())
	}
	var pkgs []pkg
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return pkgs, nil
		}
		if err != nil {
			return nil, err
		}
		pkgs = append(pkgs, p.ours())
	}
})

// packages gives every package of the module.
func packages(t *testing.T) []pkg {
	t.Helper()
	sources(t)
	pkgs, err := listed()
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) < 20 {
		t.Fatalf("go list knows only %d packages: the rules would hold for nothing", len(pkgs))
	}
	return pkgs
}

// source is one parsed Go file. Path is relative to the module.
type source struct {
	path  string
	lines int
	fset  *token.FileSet
	file  *ast.File
}

func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

// at is a place as people read it.
func (s source) at(n ast.Node) string { return s.fset.Position(n.Pos()).String() }

// parse reads one file from its text.
func parse(path string, text []byte) (source, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, text, parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	return source{path: path, lines: bytes.Count(text, []byte("\n")), fset: fset, file: f}, nil
}

// spoilt is a file that a rule is shown to see whether it bites.
func spoilt(t *testing.T, path, text string) source {
	t.Helper()
	s, err := parse(path, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// parsed walks the tree itself: so the test's cache knows every folder and file
// that its answer rests on, which `go list` would hide from it.
var parsed = sync.OnceValues(func() ([]source, error) {
	var out []source
	tree := os.DirFS(root)
	err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || strings.HasPrefix(d.Name(), "takedown-")) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := fs.ReadFile(tree, path)
		if err != nil {
			return err
		}
		s, err := parse(path, text)
		out = append(out, s)
		return err
	})
	return out, err
})

// sources gives every Go file of the module.
func sources(t *testing.T) []source {
	t.Helper()
	out, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 200 {
		t.Fatalf("only %d files found: the rules would hold for nothing", len(out))
	}
	return out
}

// holds fails the test with each violation.
func holds(t *testing.T, violations []string) {
	t.Helper()
	for _, v := range violations {
		t.Error(v)
	}
}

// bites fails the test unless a rule found exactly these violations, each
// named by a part of it.
func bites(t *testing.T, violations []string, want ...string) {
	t.Helper()
	slices.Sort(violations)
	if len(violations) != len(want) {
		t.Fatalf("found %q, want %q", violations, want)
	}
	for i, w := range want {
		if !strings.Contains(violations[i], w) {
			t.Errorf("found %q, want %q", violations[i], w)
		}
	}
}
