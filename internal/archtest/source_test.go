package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// selected calls f for every use of an imported package's name in a file,
// called or taken as a value: time.Now() and HostNow: time.Now alike.
func (s source) selected(path string, f func(name string, at ast.Node)) {
	local := ""
	for _, i := range s.file.Imports {
		if strings.Trim(i.Path.Value, `"`) != path {
			continue
		}
		local = path[strings.LastIndex(path, "/")+1:]
		if i.Name != nil {
			local = i.Name.Name
		}
	}
	if local == "" {
		return
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == local {
				f(sel.Sel.Name, sel)
			}
		}
		return true
	})
}

// clockReaders may ask the host for the time (design §7): programs, the
// packages that build them, and what only tests run.
var clockReaders = regexp.MustCompile(`^(cmd|functions|internal/boot|internal/lambdahost)/|^internal/[a-z]+/[a-z]+test/|_test\.go$`)

// readsClock: everywhere else `now` is a parameter or an injected function.
func readsClock(files []source) []string {
	var out []string
	for _, s := range files {
		if clockReaders.MatchString(s.path) {
			continue
		}
		s.selected("time", func(name string, at ast.Node) {
			if slices.Contains([]string{"Now", "Since", "Until"}, name) {
				out = append(out, s.at(at)+" reads the host's clock: take now as a parameter")
			}
		})
	}
	return out
}

// sleeps: nobody passes time by sleeping, tests least of all.
func sleeps(files []source) []string {
	var out []string
	for _, s := range files {
		s.selected("time", func(name string, at ast.Node) {
			if name == "Sleep" {
				out = append(out, s.at(at)+" sleeps: wait for what you wait for")
			}
		})
	}
	return out
}

// skips: a test skips through internal/skip or not at all.
func skips(files []source) []string {
	var out []string
	for _, s := range files {
		if strings.HasPrefix(s.path, "internal/skip/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow", "Short"}, sel.Sel.Name) && onTest(sel) {
				out = append(out, s.at(sel)+" skips by itself: use skip.Now")
			}
			return true
		})
	}
	return out
}

// onTest reports whether a selector hangs on what tests are called: t, b, f,
// tb, or the package testing.
func onTest(sel *ast.SelectorExpr) bool {
	id, ok := sel.X.(*ast.Ident)
	if !ok {
		inner, ok := sel.X.(*ast.SelectorExpr)
		return ok && inner.Sel.Name == "t"
	}
	return slices.Contains([]string{"t", "b", "f", "tb", "testing"}, id.Name)
}

const (
	maxFile = 400
	maxFunc = 60
)

// tooLong: files and functions stay readable; tests and tables apart.
func tooLong(files []source) []string {
	var out []string
	for _, s := range files {
		if s.isTest() {
			continue
		}
		if s.lines > maxFile {
			out = append(out, fmt.Sprintf("%s has %d lines, more than %d", s.path, s.lines, maxFile))
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			lines := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1
			if lines > maxFunc && !isTable(f) {
				out = append(out, fmt.Sprintf("%s %s has %d lines, more than %d", s.at(f), f.Name.Name, lines, maxFunc))
			}
		}
	}
	return out
}

// isTable reports whether a function only gives one literal.
func isTable(f *ast.FuncDecl) bool {
	if f.Body == nil || len(f.Body.List) != 1 {
		return false
	}
	ret, ok := f.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return false
	}
	_, ok = ret.Results[0].(*ast.CompositeLit)
	return ok
}

// undocumented: every exported function, type, constant and variable says
// what it is; methods that only fill an interface of the library apart.
func undocumented(files []source) []string {
	var out []string
	for _, s := range files {
		if s.isTest() || s.file.Name.Name == "main" {
			continue
		}
		for _, d := range s.file.Decls {
			for _, name := range bare(d) {
				if name.IsExported() {
					out = append(out, s.at(name)+" "+name.Name+" is exported and says nothing of itself")
				}
			}
		}
	}
	return out
}

// bare gives the names that a declaration introduces without a comment.
func bare(d ast.Decl) []*ast.Ident {
	var out []*ast.Ident
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Recv == nil {
			out = append(out, d.Name)
		}
	case *ast.GenDecl:
		if d.Doc != nil || d.Tok == token.IMPORT {
			return nil
		}
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Doc == nil {
					out = append(out, spec.Name)
				}
			case *ast.ValueSpec:
				if spec.Doc == nil && spec.Comment == nil {
					out = append(out, spec.Names...)
				}
			}
		}
	}
	return out
}

func TestOnlyHostsReadTheClock(t *testing.T) {
	holds(t, readsClock(sources(t)))
	bites(t, readsClock([]source{
		spoilt(t, "internal/law/x.go", "package law\nimport \"time\"\nvar _ = time.Now()\n"),
		spoilt(t, "internal/mail/smtpmail/x.go", "package smtpmail\nimport t \"time\"\nvar now = t.Now\n"),
		spoilt(t, "internal/web/api/x.go", "package api\nimport \"time\"\nfunc f(a time.Time) any { return time.Since(a) }\n"),
		spoilt(t, "internal/law/x_test.go", "package law\nimport \"time\"\nvar _ = time.Now()\n"),
		spoilt(t, "internal/boot/local/x.go", "package local\nimport \"time\"\nvar _ = time.Now()\n"),
		spoilt(t, "internal/law/y.go", "package law\nvar time struct{ Now int }\nvar _ = time.Now\n"),
	}), "internal/law/x.go:3", "internal/mail/smtpmail/x.go:3", "internal/web/api/x.go:3")
}

func TestNobodySleeps(t *testing.T) {
	holds(t, sleeps(sources(t)))
	bites(t, sleeps([]source{spoilt(t, "internal/law/x_test.go", "package law\nimport \"time\"\nfunc f() { time.Sleep(1) }\n")}), "x_test.go:3")
}

func TestSkipsGoThroughOneDoor(t *testing.T) {
	holds(t, skips(sources(t)))
	bites(t, skips([]source{
		spoilt(t, "internal/law/a_test.go", "package law\nimport \"testing\"\nfunc TestX(t *testing.T) { t.Skip(\"later\") }\n"),
		spoilt(t, "internal/law/b_test.go", "package law\nfunc (f *fixture) g() { f.t.SkipNow() }\n"),
		spoilt(t, "internal/law/c_test.go", "package law\nimport \"testing\"\nfunc g() bool { return testing.Short() }\n"),
		spoilt(t, "internal/law/d.go", "package law\nfunc g(r reader) { r.Skip(3) }\n"),
	}), "a_test.go:3", "b_test.go:2", "c_test.go:3")
}

func TestFilesAndFunctionsStayShort(t *testing.T) {
	holds(t, tooLong(sources(t)))
	long := strings.Repeat("\n", maxFunc)
	bites(t, tooLong([]source{
		spoilt(t, "internal/law/a.go", "package law\n"+strings.Repeat("\n", maxFile)),
		spoilt(t, "internal/law/b.go", "package law\nfunc f() {"+long+"}\n"),
		spoilt(t, "internal/law/c.go", "package law\nfunc f() []int {\nreturn []int{"+long+"}\n}\n"),
		spoilt(t, "internal/law/d_test.go", "package law\nfunc f() {"+long+"}\n"),
	}), "a.go has 401 lines", "b.go:2:1 f has 61 lines")
}

func TestExportedNamesAreDocumented(t *testing.T) {
	holds(t, undocumented(sources(t)))
	bites(t, undocumented([]source{
		spoilt(t, "internal/law/a.go", "package law\nfunc F() {}\ntype T int\nconst (\n\tA = 1 // one\n\tB = 2\n)\n"),
		spoilt(t, "internal/law/b.go", "package law\n// F does.\nfunc F() {}\ntype t int\nfunc (t) Error() string { return \"\" }\n"),
	}), "a.go:2:6 F", "a.go:3:6 T", "a.go:6:2 B")
}
