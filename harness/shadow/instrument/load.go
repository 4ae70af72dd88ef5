package instrument

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A file is one source file of the plain package.
type file struct {
	name string // without folder
	src  []byte
	ast  *ast.File
}

// A model is a plain package, parsed and type-checked, with what its
// directives say.
type model struct {
	cfg   *Config
	fset  *token.FileSet
	files []*file
	pkg   *types.Package
	info  *types.Info
	imp   types.Importer
	sizes types.Sizes

	managed    map[*types.TypeName]bool // structs that live in the arena
	shared     map[types.Object]bool    // what the twin takes from the plain package
	directives map[*ast.FuncDecl]cfunc
	read       map[*ast.Comment]bool // directives that apply to something

	edges    []Edge
	accesses int
}

// load parses and type-checks the package in cfg.Dir. GeneratedName is
// replaced by a stub, so that a package that was never generated loads too.
func load(cfg *Config) (*model, error) {
	m := &model{
		cfg:     cfg,
		fset:    token.NewFileSet(),
		sizes:   types.SizesFor("gc", "amd64"),
		managed: map[*types.TypeName]bool{},
		shared:  map[types.Object]bool{},

		directives: map[*ast.FuncDecl]cfunc{},
		read:       map[*ast.Comment]bool{},
	}
	if err := m.parse(); err != nil {
		return nil, err
	}
	if err := m.importer(); err != nil {
		return nil, err
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	m.readDirectives()
	return m, nil
}

// parse reads the files that a build for linux/amd64 without tags takes.
func (m *model) parse() error {
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, ctx.CgoEnabled, ctx.BuildTags = "linux", "amd64", false, nil
	entries, err := os.ReadDir(m.cfg.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || name == GeneratedName {
			continue
		}
		if ok, err := ctx.MatchFile(m.cfg.Dir, name); err != nil {
			return err
		} else if !ok {
			continue
		}
		src, err := os.ReadFile(filepath.Join(m.cfg.Dir, name))
		if err != nil {
			return err
		}
		if err := m.parseFile(name, src); err != nil {
			return err
		}
	}
	if len(m.files) == 0 {
		return fmt.Errorf("instrument %s: no Go files", m.cfg.Dir)
	}
	return nil
}

func (m *model) parseFile(name string, src []byte) error {
	if len(m.cfg.Fold) > 0 {
		folded, err := foldSource(m.plainPath(name), src, m.cfg.Fold)
		if err != nil {
			return err
		}
		src = folded
	}
	f, err := parser.ParseFile(m.fset, m.plainPath(name), src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	m.files = append(m.files, &file{name: name, src: src, ast: f})
	return nil
}

// importer loads the types of all imported packages, with one call of the go
// command, unless the configuration brings its own importer.
func (m *model) importer() error {
	if m.cfg.Importer != nil {
		m.imp = m.cfg.Importer
		return nil
	}
	paths := []string{shadowPath, "slices", "strings"}
	for _, f := range m.files {
		for _, spec := range f.ast.Imports {
			paths = append(paths, strings.Trim(spec.Path.Value, "`\""))
		}
	}
	slices.Sort(paths)
	imp, err := loadImports(m.cfg.Dir, m.fset, slices.Compact(paths))
	m.imp = imp
	return err
}

// imports is an Importer over packages loaded beforehand.
type imports map[string]*types.Package

// Import returns the package with the given path.
func (i imports) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p := i[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("package %q is not loaded", path)
}

func loadImports(dir string, fset *token.FileSet, paths []string) (imports, error) {
	paths = slices.DeleteFunc(paths, func(p string) bool { return p == "unsafe" || p == "C" })
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports,
		Dir:  dir,
		Fset: fset,
	}, paths...)
	if err != nil {
		return nil, err
	}
	imp := imports{}
	for _, p := range pkgs {
		if len(p.Errors) > 0 {
			return nil, fmt.Errorf("import %q: %v", p.PkgPath, p.Errors[0])
		}
		imp[p.PkgPath] = p.Types
	}
	return imp, nil
}

// check type-checks the package together with a stub of GeneratedName.
func (m *model) check() error {
	stub, err := m.plainGenerated(nil)
	if err != nil {
		return err
	}
	f, err := parser.ParseFile(m.fset, m.plainPath(GeneratedName), stub, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	asts := []*ast.File{f}
	for _, f := range m.files {
		asts = append(asts, f.ast)
	}
	m.pkg, m.info, err = typeCheck(m.fset, m.cfg.ImportPath, asts, m.imp, m.sizes)
	return err
}

// typeCheck type-checks a package and returns all its errors as one.
func typeCheck(fset *token.FileSet, path string, files []*ast.File, imp types.Importer, sizes types.Sizes) (*types.Package, *types.Info, error) {
	info := &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Instances:    map[*ast.Ident]types.Instance{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		Scopes:       map[ast.Node]*types.Scope{},
		FileVersions: map[*ast.File]string{},
	}
	var errs []string
	conf := types.Config{
		Importer: imp,
		Sizes:    sizes,
		Error:    func(err error) { errs = append(errs, err.Error()) },
	}
	pkg, _ := conf.Check(path, fset, files, info)
	if len(errs) > 0 {
		return nil, nil, fmt.Errorf("type-check %s:\n%s", path, strings.Join(errs, "\n"))
	}
	return pkg, info, nil
}

// plainPath is the path of a plain file from the module root, twinPath that of
// a file of the twin.
func (m *model) plainPath(name string) string { return path.Join(m.relative(m.cfg.Dir), name) }
func (m *model) twinPath(name string) string  { return path.Join(m.relative(m.cfg.OutDir), name) }

func (m *model) relative(dir string) string {
	rel, err := filepath.Rel(m.cfg.ModuleRoot, dir)
	if err != nil {
		return filepath.ToSlash(dir)
	}
	return filepath.ToSlash(rel)
}

// twinImport is the import path of the twin, twinName its package name.
func (m *model) twinImport() string {
	rel, err := filepath.Rel(m.cfg.Dir, m.cfg.OutDir)
	if err != nil {
		return m.twinName()
	}
	return path.Join(m.cfg.ImportPath, filepath.ToSlash(rel))
}
func (m *model) twinName() string { return filepath.Base(m.cfg.OutDir) }

func (m *model) offset(p token.Pos) int { return m.fset.PositionFor(p, false).Offset }
func (m *model) line(p token.Pos) int   { return m.fset.PositionFor(p, false).Line }
