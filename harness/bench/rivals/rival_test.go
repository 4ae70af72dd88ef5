package rivals

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/lastwake/lastwake/harness/exec"
	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/oracle"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
	"github.com/lastwake/lastwake/harness/target/model"
)

// A cell is one run of a rival, as the environment describes it.
type cell struct {
	runner        *exec.Runner
	on            fault.Set
	want          string // the fault
	eras          uint
	ops, programs uint64
	budget        uint64
	result        string // the file for the result
	start         time.Time
	explained     map[uint64]int
}

// maxExplained bounds how often one kind of violation is explained.
const maxExplained = 8

// newCell returns nil when the environment names no cell.
func newCell(tb testing.TB) *cell {
	tb.Helper()
	ops := os.Getenv("LASTWAKE_RIVAL_OPS")
	if ops == "" {
		return nil
	}
	c := &cell{want: os.Getenv("LASTWAKE_RIVAL_FAULT"), result: os.Getenv("LASTWAKE_RIVAL_RESULT"), start: time.Now(), explained: map[uint64]int{}}
	var err error
	if c.budget, err = strconv.ParseUint(ops, 10, 64); err != nil {
		tb.Fatal(err)
	}
	if c.on, err = fault.Parse(os.Getenv("LASTWAKE_RIVAL_FAULTS")); err != nil {
		tb.Fatal(err)
	}
	eras, err := strconv.ParseUint(os.Getenv("LASTWAKE_RIVAL_ERAS"), 10, 32)
	if err != nil {
		tb.Fatal(err)
	}
	c.eras = uint(eras)
	s, err := model.Mux{}.NewSession()
	if err != nil {
		tb.Fatal(err)
	}
	c.runner = exec.New(s)
	return c
}

// play runs p and reports whether the cell is over: the fault is found, or
// the budget used up. Then its result is written.
func (c *cell) play(tb testing.TB, p *program.Program) bool {
	h := c.runner.Run(p, c.on)
	c.programs++
	c.ops += uint64(len(h.Events))
	signature := ""
	if oracle.Suspect(h) && c.fresh(h) {
		f, err := c.runner.Explain(p, c.on)
		if err != nil {
			tb.Fatal(err)
		}
		if f != nil {
			if owner, ok := fault.Match(f.Signature()); ok && owner.Name == c.want {
				signature = f.Signature()
			}
		}
	}
	if signature == "" && c.ops < c.budget {
		return false
	}
	c.write(tb, signature)
	return true
}

// fresh reports whether a violation is of a kind that was not explained often.
func (c *cell) fresh(h *target.History) bool {
	key := oracle.Key(h)
	if h.Stop.Kind != target.StopNone {
		key = c.runner.Key()
	}
	c.explained[key]++
	return c.explained[key] <= maxExplained
}

// write leaves the result, once: what an engine plays afterwards to shrink its
// input does not count.
func (c *cell) write(tb testing.TB, signature string) {
	if _, err := os.Stat(c.result); err == nil {
		return
	}
	text := fmt.Sprintf("%d %d %g\n%s\n", c.ops, c.programs, time.Since(c.start).Seconds(), signature)
	temp := c.result + ".part"
	if err := os.WriteFile(temp, []byte(text), 0o666); err != nil {
		tb.Fatal(err)
	}
	if err := os.Rename(temp, c.result); err != nil {
		tb.Fatal(err)
	}
}
