package instrument

import (
	"fmt"
	"go/types"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// GeneratedName is the name of the generated file that the plain package and
// its twin both have. It is never rewritten.
const GeneratedName = "zz_generated.go"

// A Config says which package to instrument.
type Config struct {
	// Dir is the folder of the plain package.
	Dir string
	// OutDir is the folder of the twin. The default is Dir/checked. Its last
	// element is the twin's package name.
	OutDir string
	// ModuleRoot is the folder that positions are relative to. The default is
	// the closest folder above Dir that has a go.mod.
	ModuleRoot string
	// ImportPath is the plain package's import path. The default follows from
	// ModuleRoot's go.mod.
	ImportPath string
	// Importer resolves the package's imports. The default loads export data
	// through the go command, run in Dir.
	Importer types.Importer
	// Fold names fault constants. A question for one of them is answered with
	// false in the source, and what can no longer run is removed, before
	// anything else happens. Line numbers stay. Such a twin is there to be
	// compared, and the plain package's generated file is not made for it.
	Fold []string

	// skip switches one rule of the rewriter off, so that a test can see the
	// proof fail.
	skip rule
	// trust takes a source without asking whether it can be kept, so that a
	// test can see what the proof says about it.
	trust bool
}

// An Edge is one counter of the twin.
type Edge struct {
	ID   int    // index into World.cov
	File string // path from the module root
	Line int    // where the block begins
	Func string // the enclosing function, as "(*QCC).Release"
	Kind string // func, if, else, for, range, case or default
}

// A Result is what Generate has made of a package.
type Result struct {
	// Files holds the generated files by their path from the module root: the
	// twin's and the plain package's GeneratedName.
	Files map[string][]byte
	// Edges are the twin's counters in order of their IDs.
	Edges []Edge
	// Accesses counts the check calls that the rewriter wrote.
	Accesses int
	// Proved counts the check calls that the proof has seen in the twin's
	// intermediate form. Code that cannot be reached has none.
	Proved int

	root string
}

// Generate reads the plain package and returns its twin. The error is a
// Rejections value when the source holds something the twin cannot keep, and a
// *ProofError when the twin does not check every access.
func Generate(cfg Config) (*Result, error) {
	if err := cfg.fill(); err != nil {
		return nil, err
	}
	m, err := load(&cfg)
	if err != nil {
		return nil, err
	}
	if r := m.reject(); len(r) > 0 && !cfg.trust {
		return nil, r
	}
	res := &Result{Files: map[string][]byte{}, root: cfg.ModuleRoot}
	ids := m.countEdges()
	res.Edges = m.edges
	for _, f := range m.files {
		src := m.twinFile(f, ids)
		if src != nil {
			res.Files[m.twinPath(f.name)] = src
		}
	}
	res.Accesses = m.accesses
	plain, twin, err := m.generatedFiles()
	if err != nil {
		return nil, err
	}
	if len(cfg.Fold) == 0 {
		res.Files[m.plainPath(GeneratedName)] = plain
	}
	res.Files[m.twinPath(GeneratedName)] = twin
	res.Proved, err = m.prove(res.Files)
	return res, err
}

// Folded returns the counters that the twin would have with each of the sets of
// fault constants folded, as Config.Fold does it, and writes no twin: a
// comparison of many sets takes a tenth of the time.
func Folded(cfg Config, sets ...[]string) ([][]Edge, error) {
	if err := cfg.fill(); err != nil {
		return nil, err
	}
	all := make([][]Edge, len(sets))
	for i, set := range sets {
		one := cfg
		one.Fold = set
		m, err := load(&one)
		if err != nil {
			return nil, err
		}
		m.countEdges()
		all[i] = m.edges
		cfg.Importer = m.imp // loaded once for all
	}
	return all, nil
}

// Write writes the files of the result and removes generated files that are no
// longer among them. Files that are right already are not touched.
func (r *Result) Write() error {
	root := r.root
	dirs := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(r.Files)) {
		file := filepath.Join(root, filepath.FromSlash(name))
		dirs[filepath.Dir(file)] = true
		if old, err := os.ReadFile(file); err == nil && slices.Equal(old, r.Files[name]) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(file, r.Files[name], 0o666); err != nil {
			return err
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		if err := r.removeStale(root, dir); err != nil {
			return err
		}
	}
	return nil
}

func (r *Result) removeStale(root, dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range names {
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if _, ok := r.Files[filepath.ToSlash(rel)]; ok || !strings.HasPrefix(string(src), generatedBy) {
			continue
		}
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

// fill sets the fields of c that are not set.
func (c *Config) fill() error {
	if c.OutDir == "" {
		c.OutDir = filepath.Join(c.Dir, "checked")
	}
	for _, dir := range []*string{&c.Dir, &c.OutDir, &c.ModuleRoot} {
		if *dir == "" {
			continue
		}
		abs, err := filepath.Abs(*dir)
		if err != nil {
			return err
		}
		*dir = abs
	}
	if c.ModuleRoot == "" {
		c.ModuleRoot = findModule(c.Dir)
	}
	rel, err := filepath.Rel(c.ModuleRoot, c.Dir)
	if err != nil || c.ModuleRoot == "" || strings.HasPrefix(rel, "..") {
		return fmt.Errorf("instrument %s: no go.mod above it", c.Dir)
	}
	if c.ImportPath == "" {
		mod, err := os.ReadFile(filepath.Join(c.ModuleRoot, "go.mod"))
		if err != nil {
			return fmt.Errorf("instrument %s: %w", c.Dir, err)
		}
		c.ImportPath = path.Join(modfile.ModulePath(mod), filepath.ToSlash(rel))
	}
	return nil
}

func findModule(dir string) string {
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}
