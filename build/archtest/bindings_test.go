package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestBindings compares the methods of App with the ones that the interface was generated for.
func TestBindings(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "app.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var methods, bound []string
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.IsExported() {
			methods = append(methods, f.Name.Name)
		}
	}
	generated := read(t, "frontend/wailsjs/go/main/App.js")
	for _, match := range regexp.MustCompile(`(?m)^export function (\w+)`).FindAllSubmatch(generated, -1) {
		bound = append(bound, string(match[1]))
	}
	slices.Sort(methods)
	slices.Sort(bound)
	if !slices.Equal(methods, bound) {
		t.Errorf("frontend/wailsjs is not what app.go says: make bindings\napp.go: %v\nwailsjs: %v", methods, bound)
	}
}
