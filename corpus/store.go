package corpus

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/lastwake/lastwake/harness/program"
)

const (
	suffix     = ".txtar"
	seedSuffix = ".prog"
)

// A Store is a folder with seeds and crashes.
type Store struct {
	fsys fs.FS
	root string // for messages
}

// Embedded returns the corpus that is compiled in.
func Embedded() *Store { return &Store{fsys: embedded, root: "corpus"} }

// Dir returns the corpus in a folder of the disk.
func Dir(dir string) *Store { return &Store{fsys: os.DirFS(dir), root: dir} }

// A Seed is a program from which a search may start.
type Seed struct {
	// File is the path that the seed was read from.
	File    string
	Text    string
	Program *program.Program
}

// Seeds returns the seeds of target in order of their names; none if there is
// no folder for it.
func (s *Store) Seeds(target string) ([]Seed, error) {
	files, err := s.files("seed", target, seedSuffix)
	if err != nil {
		return nil, err
	}
	var seeds []Seed
	for _, name := range files {
		text, err := fs.ReadFile(s.fsys, name)
		if err != nil {
			return nil, err
		}
		seed := Seed{File: s.path(name), Text: string(text)}
		p, flaw := parseProgram(text)
		if flaw == nil {
			flaw = ofTarget(p, target)
		}
		if flaw != nil {
			flaw.File = seed.File
			return nil, flaw
		}
		seed.Program = p
		seeds = append(seeds, seed)
	}
	return seeds, nil
}

// Crashes returns the known crashes of target in order of their names; none if
// there is no folder for it. Each has a status, and a name that FileName could
// have given it.
func (s *Store) Crashes(target string) ([]*Crash, error) {
	files, err := s.files("crash", target, suffix)
	if err != nil {
		return nil, err
	}
	var crashes []*Crash
	for _, name := range files {
		text, err := fs.ReadFile(s.fsys, name)
		if err != nil {
			return nil, err
		}
		c, err := ParseCrash(s.path(name), text)
		if err != nil {
			return nil, err
		}
		if err := c.checkPlace(target); err != nil {
			err.File = c.File
			return nil, err
		}
		crashes = append(crashes, c)
	}
	return crashes, nil
}

// checkPlace returns an error if c does not belong where it was found.
func (c *Crash) checkPlace(target string) *program.ParseError {
	if err := ofTarget(c.Program, target); err != nil {
		return err
	}
	class, _, _ := strings.Cut(c.Signature, " | ")
	if name := path.Base(c.File); !strings.HasPrefix(name, class+"-") {
		return flaw(1, 1, fmt.Sprintf("the file of a %s has the name %q", class, name), "call it "+FileName(c.Signature))
	}
	if c.Status == New {
		return flaw(1, 1, "nobody has decided about this crash", "lastwake corpus accept gives it a status, and moves it here")
	}
	return nil
}

func ofTarget(p *program.Program, target string) *program.ParseError {
	if p.Header.Target == target {
		return nil
	}
	return flaw(1, 1, fmt.Sprintf("a program for %s stands in the folder of %s", p.Header.Target, target), "move it to the folder of its target")
}

// files returns the names of the files in kind/target.
func (s *Store) files(kind, target, suffix string) ([]string, error) {
	dir := path.Join(kind, target)
	entries, err := fs.ReadDir(s.fsys, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir() || !strings.HasSuffix(name, suffix):
			return nil, &program.ParseError{File: s.path(name), Line: 1, Col: 1,
				Msg: fmt.Sprintf("only files whose names end with %s belong here", suffix), Hint: "move it elsewhere"}
		default:
			names = append(names, name)
		}
	}
	return names, nil
}

func (s *Store) path(name string) string { return path.Join(s.root, name) }
