package hunt

import (
	"encoding/binary"

	"github.com/lastwake/lastwake/harness/target"
)

// stateBits is the logarithm of the number of states that are told apart.
const stateBits = 18

// A feature is something that a run can cover: an edge a certain number of
// times, numbered edge*8+bucket, a state of a part, numbered from the last edge
// on, or a state of everything, numbered from firstState.
type feature uint32

const firstState feature = 1 << 24

// buckets maps the count of an edge to the bit of its bucket: 1, 2, 3, 4-7,
// 8-15, 16-31, 32-127, 128 and more times.
var buckets = func() (b [256]uint8) {
	for n := range b {
		switch {
		case n == 0:
		case n <= 3:
			b[n] = 1 << (n - 1)
		case n < 8:
			b[n] = 1 << 3
		case n < 16:
			b[n] = 1 << 4
		case n < 32:
			b[n] = 1 << 5
		case n < 128:
			b[n] = 1 << 6
		default:
			b[n] = 1 << 7
		}
	}
	return b
}()

// cover is the set of features that have been covered.
type cover struct {
	edges  []uint8 // a bit for each bucket
	parts  [target.NumParts / 64]uint64
	states [1 << stateBits / 64]uint64

	// numEdges counts the edges covered any number of times, numStates the
	// states.
	numEdges, numStates int
}

func newCover(edges int) *cover { return &cover{edges: make([]uint8, edges)} }

func (c *cover) copyFrom(o *cover) {
	copy(c.edges, o.edges)
	c.parts, c.states, c.numEdges, c.numStates = o.parts, o.states, o.numEdges, o.numStates
}

// addEdges adds the counters of a run and appends to new the features that it
// did not have.
func (c *cover) addEdges(counters []uint8, new []feature) []feature {
	n := len(counters) &^ 7
	for i := 0; i < n; i += 8 {
		if binary.LittleEndian.Uint64(counters[i:]) == 0 {
			continue
		}
		for j, count := range counters[i : i+8] {
			if b := buckets[count]; b&^c.edges[i+j] != 0 {
				new = c.addEdge(i+j, b, new)
			}
		}
	}
	for i := n; i < len(counters); i++ {
		if b := buckets[counters[i]]; b&^c.edges[i] != 0 {
			new = c.addEdge(i, b, new)
		}
	}
	return new
}

func (c *cover) addEdge(edge int, bucket uint8, new []feature) []feature {
	if c.edges[edge] == 0 {
		c.numEdges++
	}
	c.edges[edge] |= bucket
	return append(new, edgeFeature(edge, bucket))
}

func edgeFeature(edge int, bucket uint8) feature {
	f := feature(edge) << 3
	for bucket > 1 {
		bucket >>= 1
		f++
	}
	return f
}

// partFeature is the feature of part state i: they come behind the edges.
func (c *cover) partFeature(i int) feature { return feature(len(c.edges)*8 + i) }

// rarity is the feature by which a search counts how rare f is: a part is
// itself, an edge is rare if it is, however often a run takes it.
func (c *cover) rarity(f feature) feature {
	if int(f) < len(c.edges)*8 {
		return f &^ 7
	}
	return f
}

// addParts adds the states of parts of a run, those that came before settle,
// and appends to new the features that it did not have. It returns the number
// of ops that led to them.
func (c *cover) addParts(parts []uint8, settle int, new []feature) (_ []feature, end int) {
	for i := 0; i < len(parts); i += 8 {
		if binary.LittleEndian.Uint64(parts[i:]) == 0 {
			continue
		}
		for j, op := range parts[i : i+8] {
			if op == 0 || int(op) > settle || c.parts[(i+j)>>6]&(1<<((i+j)&63)) != 0 {
				continue
			}
			c.parts[(i+j)>>6] |= 1 << ((i + j) & 63)
			new, end = append(new, c.partFeature(i+j)), max(end, int(op))
		}
	}
	return new, end
}

// appendParts appends the features of the states of parts that the first end
// ops of a run led to.
func (c *cover) appendParts(fs []feature, parts []uint8, end int) []feature {
	for i, op := range parts {
		if op != 0 && int(op) <= end {
			fs = append(fs, c.partFeature(i))
		}
	}
	return fs
}

// addState adds a state and reports whether it is new.
func (c *cover) addState(digest uint32) bool {
	i := stateIndex(digest)
	if c.states[i>>6]&(1<<(i&63)) != 0 {
		return false
	}
	c.states[i>>6] |= 1 << (i & 63)
	c.numStates++
	return true
}

func stateIndex(digest uint32) uint32 { return digest * 0x9e3779b1 >> (32 - stateBits) }

// add adds one feature and reports whether it is new.
func (c *cover) add(f feature) bool {
	if f >= firstState {
		i := uint32(f - firstState)
		if c.states[i>>6]&(1<<(i&63)) != 0 {
			return false
		}
		c.states[i>>6] |= 1 << (i & 63)
		c.numStates++
		return true
	}
	if i := int(f) - len(c.edges)*8; i >= 0 {
		fresh := c.parts[i>>6]&(1<<(i&63)) == 0
		c.parts[i>>6] |= 1 << (i & 63)
		return fresh
	}
	edge, bucket := f>>3, uint8(1)<<(f&7)
	if c.edges[edge]&bucket != 0 {
		return false
	}
	if c.edges[edge] == 0 {
		c.numEdges++
	}
	c.edges[edge] |= bucket
	return true
}

// appendFeatures appends every edge feature of a run.
func appendFeatures(fs []feature, counters []uint8) []feature {
	for i, n := range counters {
		if n != 0 {
			fs = append(fs, edgeFeature(i, buckets[n]))
		}
	}
	return fs
}
