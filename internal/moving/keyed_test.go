package moving

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// TestEveryNounWithAKeyIsMovedWithIt reads the nouns' source: one that gets a
// wrapped key and does not stand in keyed would arrive in the other shape with a
// key that nobody there can open.
func TestEveryNounWithAKeyIsMovedWithIt(t *testing.T) {
	kinds := map[string]casework.RecordKind{"Case": casework.KindCase, "Report": casework.KindReport, "Reply": casework.KindReply}
	noTests := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }
	packages, err := parser.ParseDir(token.NewFileSet(), "../takedown", noTests, 0) //nolint:staticcheck // no types needed
	if err != nil {
		t.Fatal(err)
	}
	found := map[casework.RecordKind]bool{}
	for _, file := range packages["takedown"].Files {
		for name, s := range structs(file) {
			if !hasKey(s) {
				continue
			}
			kind, ok := kinds[name]
			if !ok || !keyed[kind] {
				t.Errorf("takedown.%s holds a wrapped key and is not in keyed", name)
			}
			found[kind] = true
		}
	}
	if !maps.Equal(found, keyed) {
		t.Errorf("found keys in %v, keyed names %v", slices.Collect(maps.Keys(found)), slices.Collect(maps.Keys(keyed)))
	}
}

// structs are the struct types of a file by name.
func structs(file *ast.File) map[string]*ast.StructType {
	out := map[string]*ast.StructType{}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.TypeSpec); ok {
			if s, ok := spec.Type.(*ast.StructType); ok {
				out[spec.Name.Name] = s
			}
		}
		return true
	})
	return out
}

// hasKey says whether a struct has bytes in a field "key".
func hasKey(s *ast.StructType) bool {
	for _, f := range s.Fields.List {
		if _, bytes := f.Type.(*ast.ArrayType); f.Tag == nil || !bytes {
			continue
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		if err == nil && name == "key" {
			return true
		}
	}
	return false
}
