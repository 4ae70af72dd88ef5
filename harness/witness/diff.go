package witness

import (
	"fmt"
	"strings"

	"github.com/lastwake/lastwake/harness/program"
)

// maxDiff bounds the lines of a Diff: the first difference is what counts.
const maxDiff = 40

// Diff compares what p made the model do with a recording, after the rules. It
// returns "" if they are equal, otherwise the first differences as a unified
// diff, in which each line of the model bears the op that it comes from.
func Diff(rec *Recording, p *program.Program, events []Event) string {
	var want, got []string
	for _, text := range rec.Events {
		want = appendReduced(want, text)
	}
	var ops []int
	for _, e := range events {
		got = appendReduced(got, e.Text)
		for len(ops) < len(got) {
			ops = append(ops, e.Op)
		}
	}
	d := differ{want: want, got: got, from: func(i int) string { return opText(p, ops[i]) }}
	return d.unified()
}

func appendReduced(lines []string, text string) []string {
	if text, _ = Reduce(text); text == "" {
		return lines
	}
	return append(lines, text)
}

func opText(p *program.Program, op int) string {
	if op < 0 || op >= len(p.Ops) {
		return "the opening of the connection"
	}
	return fmt.Sprintf("op %d: %s", op, p.Ops[op])
}

// A differ compares two lists of lines.
type differ struct {
	want, got []string
	from      func(i int) string // where got[i] comes from
}

// An edit is a line of a diff: the next of both lists, of want or of got.
type edit struct {
	kind byte // ' ', '-' or '+'
	i, j int  // the next lines of want and got
}

// unified prints the edits with three lines of context.
func (d *differ) unified() string {
	edits := d.edits()
	near := func(k int) bool {
		for i := max(0, k-3); i <= min(len(edits)-1, k+3); i++ {
			if edits[i].kind != ' ' {
				return true
			}
		}
		return false
	}
	var lines []string
	for k, e := range edits {
		if !near(k) {
			continue
		}
		if len(lines) == maxDiff {
			lines[maxDiff-1] = "..."
			break
		}
		lines = append(lines, d.line(e))
	}
	return strings.Join(lines, "\n")
}

// line prints one edit.
func (d *differ) line(e edit) string {
	if e.kind == '-' {
		return "- " + d.want[e.i]
	}
	return fmt.Sprintf("%c %-60s # %s", e.kind, d.got[e.j], d.from(e.j))
}

// edits are the fewest edits that lead from want to got.
func (d *differ) edits() []edit {
	// common[i][j] is the length of the longest common subsequence of what
	// follows want[i] and got[j].
	common := make([][]int, len(d.want)+1)
	for i := range common {
		common[i] = make([]int, len(d.got)+1)
	}
	for i := len(d.want) - 1; i >= 0; i-- {
		for j := len(d.got) - 1; j >= 0; j-- {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if d.want[i] == d.got[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	var out []edit
	for i, j := 0, 0; i < len(d.want) || j < len(d.got); {
		switch {
		case i < len(d.want) && j < len(d.got) && d.want[i] == d.got[j]:
			out = append(out, edit{' ', i, j})
			i, j = i+1, j+1
		case j == len(d.got) || i < len(d.want) && common[i+1][j] >= common[i][j+1]:
			out = append(out, edit{'-', i, j})
			i++
		default:
			out = append(out, edit{'+', i, j})
			j++
		}
	}
	return out
}
