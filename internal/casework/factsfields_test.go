package casework_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/notice"
)

const (
	module     = "github.com/ontdox/takedown/"
	noticePath = module + "internal/notice"
)

// unset are the fields of notice.Facts that no case can fill, each with the
// reason: a text that leans on one of them is not to be had from this program.
// "Dispute.*" stands for the struct and the field of Facts that holds it.
var unset = map[string]string{
	"Facts.Withheld":       "Compose takes these out of Facts.Grounds, which a case fills",
	"SealedAnnex.Signer":   "whoever signs the aangifte says so then; a finding tells the approver",
	"Erasure.Identity":     "a masked copy on a controller's doubt (art. 12(6) GDPR) goes by hand",
	"EvaluationResult.End": "told in the law data's words", "EvaluationCount.Action": "told in the law data's words",
}

// waits is why a field is not filled.
func waits(field string) (string, bool) {
	kind, name, _ := strings.Cut(field, ".")
	for _, key := range []string{field, kind + ".*", name + ".*"} {
		if reason, ok := unset[key]; ok && (key != name+".*" || kind == "Facts") {
			return reason, true
		}
	}
	return "", false
}

// Every field that an instrument may say is filled from a case somewhere in this
// package, or stands in the list above: golden documents fill them by hand and
// would not notice.
func TestEveryFactComesFromACase(t *testing.T) {
	t.Parallel()
	set := fieldsSet(t)
	for _, field := range fieldsOf(reflect.TypeFor[notice.Facts]()) {
		reason, waits := waits(field)
		switch {
		case !set[field] && !waits:
			t.Errorf("no case fills %s: fill it, or say why not in the list of unset fields", field)
		case set[field] && waits:
			t.Errorf("%s is filled now: take it from the list (%s)", field, reason)
		}
	}
	known := fieldsOf(reflect.TypeFor[notice.Facts]())
	for field := range maps.Keys(unset) {
		if !slices.ContainsFunc(known, func(k string) bool {
			return k == field || strings.HasPrefix(k, strings.TrimSuffix(field, "*")) && strings.HasSuffix(field, "*")
		}) {
			t.Errorf("the list names %s, which is no field", field)
		}
	}
	if len(known) < 100 || !set["Facts.Items"] || set["Facts.Nothing"] {
		t.Errorf("%d fields: the test sees too little", len(known))
	}
}

// fieldsOf are the fields of a struct and of every struct in it: "Item.URL".
func fieldsOf(root reflect.Type) []string {
	var out []string
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(ty reflect.Type) {
		for ty.Kind() == reflect.Pointer || ty.Kind() == reflect.Slice {
			ty = ty.Elem()
		}
		if ty.Kind() != reflect.Struct || ty == reflect.TypeFor[time.Time]() || seen[ty] {
			return
		}
		seen[ty] = true
		for f := range ty.NumField() {
			field := ty.Field(f)
			out = append(out, ty.Name()+"."+field.Name)
			if field.Type == reflect.TypeFor[notice.Locus]() { // held by more than one: each is filled for itself
				for n := range field.Type.NumField() {
					out = append(out, ty.Name()+"."+field.Name+"."+field.Type.Field(n).Name)
				}
			}
			walk(field.Type)
		}
	}
	walk(root)
	return out
}

// fieldsSet are the fields of package notice that this package's own code
// fills, in a literal or by assignment.
func fieldsSet(t *testing.T) map[string]bool {
	t.Helper()
	imp := &ownPackages{fset: token.NewFileSet(), done: map[string]*types.Package{}}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	files, err := imp.parse(module + "internal/casework")
	if err != nil {
		t.Fatal(err)
	}
	imp.check(module+"internal/casework", files, info)
	out := map[string]bool{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				filledIn(info.Types[n].Type, n, out)
			case *ast.CallExpr: // a conversion takes every field over
				if to := info.Types[n.Fun]; to.IsType() {
					if st, ok := to.Type.Underlying().(*types.Struct); ok {
						for f := range st.NumFields() {
							mark(to.Type, st.Field(f).Name(), out)
						}
					}
				}
			case *ast.UnaryExpr: // its address is handed to who fills it
				if sel, ok := ast.Unparen(n.X).(*ast.SelectorExpr); ok && n.Op == token.AND && info.Selections[sel] != nil {
					mark(info.Selections[sel].Recv(), sel.Sel.Name, out)
				}
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					sel, ok := ast.Unparen(left).(*ast.SelectorExpr)
					if !ok || info.Selections[sel] == nil {
						continue
					}
					mark(info.Selections[sel].Recv(), sel.Sel.Name, out)
					if lit, ok := n.Rhs[min(i, len(n.Rhs)-1)].(*ast.CompositeLit); ok {
						for _, e := range lit.Elts {
							if kv, ok := e.(*ast.KeyValueExpr); ok {
								mark(info.Selections[sel].Recv(), sel.Sel.Name+"."+types.ExprString(kv.Key), out)
							}
						}
					}
				}
			}
			return true
		})
	}
	return out
}

func filledIn(ty types.Type, lit *ast.CompositeLit, out map[string]bool) {
	for n, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok {
				mark(ty, key.Name, out)
			}
			continue
		}
		if ty == nil {
			return
		}
		if st, ok := ty.Underlying().(*types.Struct); ok && n < st.NumFields() {
			mark(ty, st.Field(n).Name(), out)
		}
	}
}

func mark(ty types.Type, field string, out map[string]bool) {
	if p, ok := ty.(*types.Pointer); ok {
		ty = p.Elem()
	}
	if named, ok := ty.(*types.Named); ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == noticePath {
		out[named.Obj().Name()+"."+field] = true
	}
}

// ownPackages imports the packages that facts are made of from their source,
// and every other as an empty one: what is not known of those does no harm.
type ownPackages struct {
	fset *token.FileSet
	done map[string]*types.Package
}

func (o *ownPackages) Import(name string) (*types.Package, error) {
	if p := o.done[name]; p != nil {
		return p, nil
	}
	if !slices.Contains([]string{noticePath, module + "internal/takedown", module + "internal/law"}, name) {
		p := types.NewPackage(name, path.Base(name))
		p.MarkComplete()
		o.done[name] = p
		return p, nil
	}
	files, err := o.parse(name)
	if err != nil {
		return nil, err
	}
	return o.check(name, files, nil), nil
}

func (o *ownPackages) check(name string, files []*ast.File, info *types.Info) *types.Package {
	conf := types.Config{Importer: o, Error: func(error) {}} // of the empty packages there is much to say
	p, _ := conf.Check(name, o.fset, files, info)
	o.done[name] = p
	return p
}

func (o *ownPackages) parse(name string) ([]*ast.File, error) {
	dir := filepath.Join("..", "..", strings.TrimPrefix(name, module))
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []*ast.File
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(o.fset, filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		out = append(out, file)
	}
	return out, nil
}
