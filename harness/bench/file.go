package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/lastwake/lastwake/corpus"
)

// A BuildError says that a file has results of another program: figures of
// two programs make no table.
type BuildError struct{ File, Has, Want string }

func (e *BuildError) Error() string {
	return fmt.Sprintf("%s has results of build %s, this is build %s", e.File, e.Has, e.Want)
}

// Hint says what to do about it.
func (e *BuildError) Hint() string { return "name another file, or remove this one" }

// load reads the results that there are. A cell that is there twice counts as
// it was last.
func (b *Bench) load() (map[Cell]Result, error) {
	done := map[Cell]Result{}
	if b.o.File == "" {
		return done, nil
	}
	text, err := os.ReadFile(b.o.File)
	if errors.Is(err, fs.ErrNotExist) {
		return done, nil
	}
	if err != nil {
		return nil, err
	}
	all, err := ReadResults(b.o.File, text)
	for _, r := range all {
		if r.Build != b.o.Build {
			return nil, &BuildError{b.o.File, r.Build, b.o.Build}
		}
		done[r.Cell] = r
	}
	return done, err
}

// ReadResults reads the text of a file of results. What is wrong with it is
// told with the line.
func ReadResults(name string, text []byte) ([]Result, error) {
	var all []Result
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		var r Result
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		if r.Method == "" || r.Fault == "" || r.Budget == 0 {
			return nil, fmt.Errorf("%s:%d: no result of a cell", name, n)
		}
		all = append(all, r)
	}
	return all, lines.Err()
}

// save writes all results: those of a file that other cells are in, too.
func (b *Bench) save() error {
	if b.o.File == "" {
		return nil
	}
	done, err := b.load()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	for _, r := range b.results {
		delete(done, r.Cell)
	}
	var others []Result
	for _, r := range done {
		others = append(others, r)
	}
	slices.SortFunc(others, func(a, b Result) int { return compare(a.Cell, b.Cell) })
	for _, r := range append(others, b.results...) {
		if err := e.Encode(r); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(b.o.File), 0o777); err != nil {
		return err
	}
	return corpus.WriteFile(b.o.File, out.Bytes())
}
