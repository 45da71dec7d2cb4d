// Package publicapi writes down the public API of a package as text, from its
// source: every exported constant, variable, function, type, field and method
// in a line. A test compares those of all packages with golden files, so that a
// change of the API is seen as one:
//
//	go test ./sio/internal/publicapi -update
//
// writes each package's testdata/api.txt anew.
package publicapi

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/build"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/api.txt anew")

// Test compares the API of the package in a folder with its testdata/api.txt.
func Test(t *testing.T, dir string) {
	t.Helper()
	got, err := Of(dir)
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join(dir, "testdata", "api.txt")
	if *update {
		if err = os.MkdirAll(filepath.Dir(golden), 0o755); err == nil {
			err = os.WriteFile(golden, []byte(got), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("%v; go test ./sio/internal/publicapi -update writes it", err)
	}
	was, is := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for _, line := range was {
		if !slices.Contains(is, line) {
			t.Errorf("gone:  %s", line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			t.Errorf("new:   %s", line)
		}
	}
	if !t.Failed() && got != string(want) {
		t.Errorf("the order has changed")
	}
	if t.Failed() {
		t.Logf("if the API is to change so: go test ./sio/internal/publicapi -update")
	}
}

// Of is the API of the package in a folder, sorted, a line a name.
func Of(dir string) (string, error) {
	fset := token.NewFileSet()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return "", err
	}
	system := build.Default // one for all who run the test
	system.GOOS, system.GOARCH, system.BuildTags = "linux", "amd64", nil
	var files []*ast.File
	for _, name := range names {
		ours, err := system.MatchFile(dir, filepath.Base(name))
		if err != nil {
			return "", err
		}
		if !ours || strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return "", err
		}
		files = append(files, f)
	}
	p, err := doc.NewFromFiles(fset, files, "x")
	if err != nil {
		return "", err
	}
	a := &api{fset: fset}
	a.values(p.Consts, p.Vars)
	a.funcs(p.Funcs)
	for _, t := range p.Types {
		a.values(t.Consts, t.Vars)
		a.funcs(t.Funcs)
		a.funcs(t.Methods)
		for _, spec := range t.Decl.Specs {
			if s := spec.(*ast.TypeSpec); s.Name.Name == t.Name {
				a.typ(s)
			}
		}
	}
	slices.Sort(a.lines)
	return strings.Join(slices.Compact(a.lines), "\n") + "\n", nil
}

type api struct {
	fset  *token.FileSet
	lines []string
}

func (a *api) add(format string, args ...any) {
	a.lines = append(a.lines, fmt.Sprintf(format, args...))
}

// text is source on one line.
func (a *api) text(node any) string {
	var b bytes.Buffer
	if printer.Fprint(&b, a.fset, node) != nil {
		return "?"
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func (a *api) values(all ...[]*doc.Value) {
	for _, values := range all {
		for _, v := range values {
			a.group(v.Decl)
		}
	}
}

func (a *api) group(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		s := spec.(*ast.ValueSpec)
		for i, name := range s.Names {
			if !name.IsExported() {
				continue
			}
			line := d.Tok.String() + " " + name.Name
			if s.Type != nil {
				line += " " + a.text(s.Type)
			}
			if d.Tok == token.CONST && i < len(s.Values) {
				line += " = " + a.text(s.Values[i])
			}
			a.add("%s", line)
		}
	}
}

func (a *api) funcs(all []*doc.Func) {
	for _, f := range all {
		d := *f.Decl
		d.Doc, d.Body = nil, nil
		a.add("%s", a.text(&d))
	}
}

// typ adds a type: of structs and interfaces each exported member, which are all
// that package doc has left of them.
func (a *api) typ(s *ast.TypeSpec) {
	head := "type " + s.Name.Name
	if s.TypeParams != nil {
		var params []string
		for _, f := range s.TypeParams.List {
			params = append(params, a.field(f))
		}
		head += "[" + strings.Join(params, ", ") + "]"
	}
	if s.Assign.IsValid() {
		head += " ="
	}
	switch t := s.Type.(type) {
	case *ast.StructType:
		a.add("%s struct", head)
		a.members(head+" struct, ", t.Fields)
	case *ast.InterfaceType:
		a.add("%s interface", head)
		a.members(head+" interface, ", t.Methods)
	default:
		a.add("%s %s", head, a.text(s.Type))
	}
}

func (a *api) field(f *ast.Field) string {
	var names []string
	for _, n := range f.Names {
		names = append(names, n.Name)
	}
	return strings.Join(names, ", ") + " " + a.text(f.Type)
}

func (a *api) members(head string, fields *ast.FieldList) {
	for _, f := range fields.List {
		if len(f.Names) == 0 {
			a.add("%sembedded %s", head, a.text(f.Type))
			continue
		}
		for _, n := range f.Names {
			typ := a.text(f.Type)
			if _, method := f.Type.(*ast.FuncType); method && strings.Contains(head, " interface, ") {
				typ = strings.TrimPrefix(typ, "func")
				a.add("%s%s%s", head, n.Name, typ)
				continue
			}
			a.add("%s%s %s", head, n.Name, typ)
		}
	}
}
