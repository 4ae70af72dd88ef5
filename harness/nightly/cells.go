package nightly

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/lastwake/lastwake/corpus"
	"github.com/lastwake/lastwake/harness/bench"
)

// cell takes in a result of a Power job. It goes to the disk with the child's
// end: what a night that is killed loses of it is a few seconds of work.
func (n *Night) cell(j *Job, text []byte) error {
	var r bench.Result
	if json.Unmarshal(text, &r) != nil {
		return nil // not for us
	}
	job := n.job(j.Name)
	job.Programs, job.Ops = job.Programs+r.Programs, job.Ops+r.Ops
	n.cells = append(n.cells, r)
	return nil
}

// keepCells writes the results for the next child.
func (n *Night) keepCells() error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, r := range n.cells {
		if err := e.Encode(r); err != nil {
			return err
		}
	}
	return corpus.WriteFile(n.cellsFile(), b.Bytes())
}

// readCells reads the results of one program, none if there is no file.
func readCells(name, build string) ([]bench.Result, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all, err := bench.ReadResults(name, text)
	return slices.DeleteFunc(all, func(r bench.Result) bool { return r.Build != build }), err
}

// Cells are the searches for each fault of a baseline with so many seeds, seed by
// seed: when the clock cuts them short, there is something of every fault.
func Cells(all []Baseline, seeds int) []bench.Cell {
	var cells []bench.Cell
	for seed := range uint64(seeds) {
		for i := range all {
			cells = append(cells, all[i].Cell(seed+1))
		}
	}
	return cells
}

// Missing are the cells that were not searched by this program, as a file of
// results says.
func Missing(name, build string, all []Baseline, seeds int) ([]bench.Cell, error) {
	done, err := readCells(name, build)
	missing := []bench.Cell{}
	for _, c := range Cells(all, seeds) {
		if !slices.ContainsFunc(done, func(r bench.Result) bool { return r.Cell == c }) {
			missing = append(missing, c)
		}
	}
	return missing, err
}
