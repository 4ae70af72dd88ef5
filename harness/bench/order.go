package bench

import (
	"cmp"
	"slices"

	"github.com/lastwake/lastwake/harness/fault"
)

// sort puts the results in the order of the catalogue, the methods and the
// seeds.
func (b *Bench) sort() {
	slices.SortFunc(b.results, func(a, b Result) int { return compare(a.Cell, b.Cell) })
}

func compare(a, b Cell) int {
	return cmp.Or(cmp.Compare(place(a.Fault), place(b.Fault)), cmp.Compare(rank(a.Method), rank(b.Method)),
		cmp.Compare(a.Seed, b.Seed), cmp.Compare(a.Budget, b.Budget))
}

func place(name string) int {
	f, _ := fault.Lookup(name)
	return int(f.ID)
}

func rank(method string) int {
	return slices.IndexFunc(methods, func(m Method) bool { return m.Name == method })
}
