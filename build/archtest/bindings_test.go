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

// exported lists the exported methods of a type, "App" for one of *App, in one file.
func exported(t *testing.T, file, receiver string) (methods []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range parsed.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv == nil || !f.Name.IsExported() {
			continue
		}
		if star, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
			if name, ok := star.X.(*ast.Ident); ok && name.Name == receiver {
				methods = append(methods, f.Name.Name)
			}
		}
	}
	return methods
}

// TestBindings compares the methods of App, and of the Calls inside it, with the ones that the interface was generated
// for.
func TestBindings(t *testing.T) {
	methods := exported(t, filepath.Join(root, "app.go"), "App")
	files, err := filepath.Glob(filepath.Join(root, "backend/bridge/*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of backend/bridge: %v", err)
	}
	for _, file := range files {
		methods = append(methods, exported(t, file, "Calls")...)
	}
	var bound []string
	generated := read(t, "frontend/wailsjs/go/main/App.js")
	for _, match := range regexp.MustCompile(`(?m)^export function (\w+)`).FindAllSubmatch(generated, -1) {
		bound = append(bound, string(match[1]))
	}
	slices.Sort(methods)
	slices.Sort(bound)
	if !slices.Equal(methods, bound) {
		t.Errorf("frontend/wailsjs is not what App has: make bindings\nApp: %v\nwailsjs: %v", methods, bound)
	}
}
