package judge

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// A Table is the verdict for each case, in the order of its file.
type Table struct {
	Cases []string
	Want  map[string]Verdict
}

// A Divergence is an intended difference between a judge and the table.
type Divergence struct {
	Judge, Case string
	Want        Verdict
	Reason      string
}

// ReadTable reads a table: lines of "case | verdict".
func ReadTable(file string) (*Table, error) {
	t := &Table{Want: map[string]Verdict{}}
	err := eachRow(file, 2, func(f []string) error {
		if _, ok := t.Want[f[0]]; ok {
			return fmt.Errorf("case %s is there twice", f[0])
		}
		v, err := ParseVerdict(f[1])
		t.Cases = append(t.Cases, f[0])
		t.Want[f[0]] = v
		return err
	})
	return t, err
}

// ReadDivergences reads the intended differences: lines of
// "case | judge | verdict | reason".
func ReadDivergences(file string) ([]Divergence, error) {
	var ds []Divergence
	err := eachRow(file, 4, func(f []string) error {
		v, err := ParseVerdict(f[2])
		if f[3] == "" {
			return fmt.Errorf("%s of %s has no reason", f[0], f[1])
		}
		ds = append(ds, Divergence{Case: f[0], Judge: f[1], Want: v, Reason: f[3]})
		return err
	})
	return ds, err
}

// eachRow calls f with the columns of each line of a file. An empty line and
// one that starts with # is no row.
func eachRow(file string, columns int, f func([]string) error) error {
	r, err := os.Open(file)
	if err != nil {
		return err
	}
	defer r.Close()
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		if s.Text() == "" || s.Text()[0] == '#' {
			continue
		}
		cols := strings.SplitN(s.Text(), "|", columns)
		for i := range cols {
			cols[i] = strings.TrimSpace(cols[i])
		}
		if len(cols) != columns {
			return fmt.Errorf("%s:%d: %d columns, want %d", file, n, len(cols), columns)
		}
		if err := f(cols); err != nil {
			return fmt.Errorf("%s:%d: %w", file, n, err)
		}
	}
	return s.Err()
}

// ReadReasons reads lines of "rule | reason".
func ReadReasons(file string) (map[string]string, error) {
	reasons := map[string]string{}
	err := eachRow(file, 2, func(f []string) error {
		reasons[f[0]] = f[1]
		return nil
	})
	return reasons, err
}

// A PoolRow is a mistake that a pool hides, and what each judge has to say.
type PoolRow struct {
	Case string
	Want map[string]Verdict
}

// PoolJudges are the columns of the table of pools.
var PoolJudges = []string{"asan", "memcheck", "annotated", "page", "twin"}

// ReadPools reads the table of pools: lines of "case | verdict | ...", with a
// verdict for each of PoolJudges.
func ReadPools(file string) ([]PoolRow, error) {
	var rows []PoolRow
	err := eachRow(file, 1+len(PoolJudges), func(f []string) error {
		row := PoolRow{Case: f[0], Want: map[string]Verdict{}}
		for i, j := range PoolJudges {
			v, err := ParseVerdict(f[1+i])
			if err != nil {
				return err
			}
			row.Want[j] = v
		}
		rows = append(rows, row)
		return nil
	})
	return rows, err
}
