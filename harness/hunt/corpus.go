package hunt

import (
	"cmp"
	"slices"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// maxCorpus bounds the programs that are kept. Beyond it the ones with the
// least energy go.
const maxCorpus = 1 << 14

// An entry is a program worth mutating.
type entry struct {
	prog *program.Program
	// fresh are the features that were new when the program was found, covers
	// every edge and part that it covers.
	fresh, covers []feature
	cost          uint64 // of a run, in about the time that an edge takes
	born          int    // the epoch it came in
	seed          bool   // it was there at the start
	trimmed       bool   // of what it does not need for fresh
	picked        uint64
	energy        uint64
	near          int // conditions on the way to a fault, or to Options.Lead's place; 0 unless they lead
}

// corpus is what has been kept. Lanes read it during an epoch; between epochs
// it changes.
type corpus struct {
	entries []*entry
	sums    []uint64 // running sums of the entries' energy
	cover   *cover
	// hits counts, for a sample of the runs, how often an edge or a part was
	// covered; see cover.rarity.
	hits []uint32
}

func newCorpus(edges int) *corpus {
	return &corpus{cover: newCover(edges), hits: make([]uint32, edges*8+target.NumParts)}
}

// offer keeps e if it still covers something new, and reports whether it did.
func (c *corpus) offer(e *entry, epoch int) bool {
	var kept []feature
	for _, f := range e.fresh {
		if c.cover.add(f) {
			kept = append(kept, f)
		}
	}
	if len(kept) == 0 {
		return false
	}
	e.fresh, e.born = kept, epoch
	c.entries = append(c.entries, e)
	return true
}

// schedule gives every entry its share of the next epoch.
func (c *corpus) schedule(epoch int) {
	for _, e := range c.entries {
		e.energy = c.energyOf(e, epoch)
	}
	if len(c.entries) > maxCorpus {
		slices.SortStableFunc(c.entries, func(a, b *entry) int { return cmp.Compare(b.energy, a.energy) })
		c.entries = slices.Delete(c.entries, maxCorpus*3/4, len(c.entries))
		slices.SortStableFunc(c.entries, func(a, b *entry) int { return cmp.Compare(a.born, b.born) })
	}
	c.sums = c.sums[:0]
	var sum uint64
	for _, e := range c.entries {
		sum += e.energy
		c.sums = append(c.sums, sum)
	}
}

// energyOf is integer arithmetic, so that it is the same on every machine.
func (c *corpus) energyOf(e *entry, epoch int) uint64 {
	rare := uint64(0)
	for _, f := range e.covers {
		rare += rareness / uint64(1+c.hits[c.cover.rarity(f)])
	}
	w := 64 + rare                           // rarely hit edges and parts
	w = w * 4096 / (1024 + e.cost)           // cheap, which is short as well
	w = w * uint64(2+6/(1+epoch-e.born)) / 2 // recent
	w <<= min(e.near, maxNear)
	return max(1, w*1024/(1024+min(e.picked, 1<<20))) // not yet worn out
}

// maxNear bounds what near misses weigh.
const maxNear = 8

// rareness is the energy for a feature that no sampled run hit.
const rareness = 1 << 16

// pick chooses the index of an entry by energy.
func (c *corpus) pick(r *program.Rand) int {
	n := uint64(r.Intn(int(c.sums[len(c.sums)-1])))
	i, _ := slices.BinarySearch(c.sums, n+1)
	return i
}
