package bench

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/lastwake/lastwake/harness/fault"
)

// depthText says how deep each fault is. It is written by
//
//	lastwake bench --depth
//
//go:embed depth.txt
var depthText []byte

// A Depth is how deep a fault is: the mean of ops that uniformly random ops
// take to it, restricted to a budget. What any other search takes plays no
// part.
type Depth struct {
	Fault string
	Mean  uint64
}

// Ten are the faults of the comparison, from shallow to deep, by [Deciles] of
// the depths in depth.txt.
func Ten() (fault.Set, error) {
	all, err := ReadDepths("depth.txt", depthText)
	if err != nil {
		return fault.Set{}, err
	}
	return Deciles(all), nil
}

// tenths is how many faults are compared.
const tenths = 10

// Deciles takes the middle fault of each tenth of all, in the order of their
// depth; those of one depth, which nothing has found within the budget, are in
// the order of the catalogue.
func Deciles(all []Depth) fault.Set {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b Depth) int {
		switch {
		case a.Mean != b.Mean && a.Mean < b.Mean:
			return -1
		case a.Mean != b.Mean:
			return 1
		}
		return place(a.Fault) - place(b.Fault)
	})
	var ten fault.Set
	for i := range min(tenths, len(sorted)) {
		f, _ := fault.Lookup(sorted[(2*i+1)*len(sorted)/(2*tenths)].Fault)
		ten = ten.With(f.ID)
	}
	return ten
}

const depthHead = `# How deep each fault is: the mean of executed ops until uniformly random ops find it,
# restricted to %d, over %d seeds. Written by "lastwake bench --depth"; see harness/docs/bench.md.
`

// FormatDepths writes what results of the method uniform say.
func FormatDepths(results []Result) string {
	var b strings.Builder
	for i, row := range Summarize(results).Rows {
		if i == 0 {
			fmt.Fprintf(&b, depthHead, row.Budget, row.Seeds)
		}
		fmt.Fprintf(&b, "%-17s %9.0f\n", row.Fault, row.mean.Value)
	}
	return b.String()
}

// ReadDepths reads the text of a file of depths.
func ReadDepths(name string, text []byte) ([]Depth, error) {
	var all []Depth
	err := ReadWords(name, text, func(words []string) error {
		if len(words) != 2 {
			return fmt.Errorf("%d words, want a fault and a number of ops", len(words))
		}
		if _, known := fault.Lookup(words[0]); !known {
			return fmt.Errorf("%q is no fault of the catalogue", words[0])
		}
		mean, err := ReadCount(words[1])
		all = append(all, Depth{Fault: words[0], Mean: mean})
		return err
	})
	return all, err
}
