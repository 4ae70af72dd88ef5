// Package m is what the cases in rules and reject are added to.
package m

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
)

// A node is a link of a list.
//
//lastwake:managed
type node struct {
	next *node
	prev *node
}

func (n *node) unlink()      {}
func (n *node) first() *node { return n.next }

// state is a defined integer type with a method on its value and one on its
// address.
type state uint8

func (s state) open() bool { return s != 0 }
func (s *state) reset()    { *s = 0 }

//lastwake:managed
type wait struct {
	tasklet *item
	events  uint32
}

// An item has a field of every kind.
//
//lastwake:managed
type item struct {
	id    uint64
	flags uint32
	short uint16
	state state
	ok    bool
	ratio float64
	slots [4]uint16
	node  node
	wait  wait
	nodes [2]node
	peers [2]*item
	peer  *item
	ctx   unsafe.Pointer
}

func (it *item) free(w *World)        { w.n++ }
func (it *item) count(w *World) int   { w.n++; return w.n }
func (it *item) isOpen() bool         { return it.state.open() }
func (w *World) get() *item           { w.n++; return w.item }
func (w *World) next(it *item) *item  { w.n++; return it.peer }
func (w *World) trace(args ...uint64) { w.n += len(args) }

// A World is one run.
type World struct {
	Faults  fault.Set
	item    *item
	n       int
	cov     [NumEdges]uint8
	tracing bool
}
