package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/program"
)

// A folder holds the programs of a search: files of any kind, each with one
// program. New ones are named after their hash.
type folder struct {
	dir      string
	programs []*program.Program
	have     map[[2]uint64]bool
}

// openFolder reads the programs in dir, which is made if need be, and makes
// sure that it can be written to. In a folder with seeds and crashes, such as
// the module's own, it is the folder with the target's seeds.
func openFolder(dir, target string) (*folder, error) {
	if seeds := filepath.Join(dir, "seed", target); isDir(seeds) {
		dir = seeds
	}
	f := &folder{dir: dir, have: map[[2]uint64]bool{}}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, &corpus.WriteError{Path: filepath.Join(dir, "program"), Err: err}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if err := f.read(filepath.Join(dir, e.Name()), target); err != nil {
			return nil, err
		}
	}
	return f, f.writable()
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func (f *folder) read(name, target string) error {
	file, err := corpus.ReadFile(name)
	if err != nil {
		return err
	}
	p := file.Program
	if file.Kind != corpus.Text && file.Kind != corpus.Archive {
		p.Header.Target = target
	}
	if p.Header.Target != target {
		return hintf("give each target a folder of its own", "%s: a program for %s among those for %s", name, p.Header.Target, target)
	}
	p.Header.Faults = nil
	f.programs = append(f.programs, p)
	f.have[p.Hash()] = true
	return nil
}

// writable tries to write, so that a hunt does not find out after an hour.
func (f *folder) writable() error {
	probe := filepath.Join(f.dir, ".writable")
	if err := corpus.WriteFile(probe, []byte("x\n")); err != nil {
		if w, ok := errors.AsType[*corpus.WriteError](err); ok {
			w.Path = filepath.Join(f.dir, "program") // the probe is nobody's business
		}
		return err
	}
	return os.Remove(probe)
}

// keep writes those of ps that are not there.
func (f *folder) keep(ps []*program.Program) error {
	b := corpus.NewBatch(f.dir)
	for _, p := range ps {
		h := p.Hash()
		if f.have[h] {
			continue
		}
		f.have[h] = true
		q := p.Clone()
		q.Header.Faults, q.Notes = nil, nil
		if err := b.Add(fmt.Sprintf("%016x.prog", h[0]), []byte(q.String())); err != nil {
			return err
		}
	}
	return b.Commit()
}
