package shadow

import (
	"cmp"
	"slices"
	"sort"
	"unsafe"
)

// state is where an object is in its life.
type state uint8

const (
	_      state = iota
	live         // Alloc gave it out
	freed        // Free took it back
	scoped       // pushed
	popped       // its scope ended
	static       // Static gave it out
)

// rec is a chunk: a place in the arena and the newest object there. Alloc
// writes one for every object, so it is small, and what need not be written
// then is not: freeOp means nothing before the object's end, seq nothing while
// chunks are numbered like allocations, as they are when none is reused.
type rec struct {
	off, size       uint32
	allocOp, freeOp int32
	seq             uint32
	tag             tag
}

// tag is an object's kind and, in the high byte, its state.
type tag uint16

func tagOf(k Kind, s state) tag { return tag(k) | tag(s)<<8 }

func (t tag) kind() Kind   { return Kind(t) }
func (t tag) state() state { return state(t >> 8) }

// dead reports whether the object is one no more.
func (t tag) dead() bool { return t.state() == freed || t.state() == popped }

// holds reports whether off lies in the chunk.
func (r *rec) holds(off uintptr) bool { return off-uintptr(r.off) < uintptr(r.size) }

// A Chunk is an object's place and history.
type Chunk struct {
	Seq             uint32 // the n-th allocation of the run, from 1; 0 for a static
	Kind            Kind
	Home            Home
	Dead            bool // freed or popped
	Addr, Size      uintptr
	AllocOp, FreeOp int32 // the ops that ran then; -1 for none, and in Plain
}

// A Home is the part of the arena that an object belongs to.
type Home uint8

// The homes.
const (
	Heap  Home = iota // from Alloc
	Scope             // from Push
	Data              // from Static
)

// chunkOf is what the world may know of chunk n, which r is.
func (a *Arena) chunkOf(n uint32, r *rec) Chunk {
	c := Chunk{
		Seq: n, Kind: r.tag.kind(), Addr: a.Base() + uintptr(r.off), Size: uintptr(r.size),
		AllocOp: r.allocOp, FreeOp: -1, Dead: r.tag.dead(),
	}
	if a.mode.open() {
		c.Seq = r.seq
	}
	if a.mode == Plain {
		c.AllocOp = -1
	}
	if c.Dead {
		c.FreeOp = r.freeOp
	}
	switch r.tag.state() {
	case scoped, popped:
		c.Home = Scope
	case static:
		c.Home = Data
	}
	return c
}

// before returns the number of the last chunk that starts at or below off.
func (a *Arena) before(off uintptr) uint32 {
	a.catchUp()
	return uint32(sort.Search(len(a.recs)-1, func(i int) bool { return uintptr(a.recs[i+1].off) > off }))
}

// number is the number of a chunk, 0 for a static.
func (a *Arena) number(r *rec) uint32 {
	if r.tag.state() == static {
		return 0
	}
	return a.before(uintptr(r.off))
}

// find returns the chunk that holds off and its number, or nil.
func (a *Arena) find(off uintptr) (uint32, *rec) {
	if off >= a.bump {
		return 0, a.static(off)
	}
	n := a.before(off)
	if r := a.rec(n); r.holds(off) {
		return n, r
	}
	return 0, nil
}

// catchUp enters the chunks that Alloc's short way in Plain has left out: that
// mode is the baseline, and keeps no more books than a free list does.
func (a *Arena) catchUp() {
	for a.mode == Plain && a.known < a.bump {
		off := a.known + redzone
		h := a.header(off)
		size := uintptr(a.shapes[h.kind].size)
		h.chunk = a.chunk(off, size)
		a.recs[h.chunk].tag = tagOf(h.kind, live)
		a.known = (off + size + maxAlign - 1) &^ (maxAlign - 1)
	}
}

// rec is chunk n; in Plain it is brought up to date with the header.
func (a *Arena) rec(n uint32) *rec {
	r := &a.recs[n]
	if a.mode != Plain || n == 0 || r.tag.state() == scoped {
		return r
	}
	h := a.header(uintptr(r.off))
	r.seq, r.freeOp, r.tag = h.seq, -1, tagOf(r.tag.kind(), live)
	if h.next != inUse {
		r.tag = tagOf(r.tag.kind(), freed)
	}
	return r
}

func (a *Arena) static(off uintptr) *rec {
	if off >= a.limit {
		for i := range a.statics {
			if r := &a.statics[i]; r.holds(off) {
				return r
			}
		}
	}
	return nil
}

// Live reports whether p points into an object that may be used. It looks and
// never traps, whatever p is.
func (a *Arena) Live(p unsafe.Pointer) bool {
	off := a.Rel(p)
	if off >= Size {
		return false
	}
	if a.mode == Sanitize {
		return a.code(off)&codePoison == 0
	}
	_, r := a.find(off)
	return r != nil && !r.tag.dead()
}

// Readable reports whether who only looks may follow p: whether it is Live, or
// this is Plain, in which nothing in the arena is refused and to know more takes
// a search.
func (a *Arena) Readable(p unsafe.Pointer) bool {
	return a.mode == Plain && a.Rel(p) < Size || a.Live(p)
}

// Freed reports whether p points into memory that was an object and is one no
// more: freed, or out of its scope. It looks and never traps.
func (a *Arena) Freed(p unsafe.Pointer) bool {
	off := a.Rel(p)
	if off >= Size {
		return false
	}
	if a.mode == Sanitize {
		c := a.code(off)
		return c == codeFreed || c == codeScope || c == codeUnmapped
	}
	_, r := a.find(off)
	return r != nil && r.tag.dead()
}

// EachLive calls f for the live objects that Alloc gave out, in order of
// allocation, until f returns false. What is left after a run was leaked. Until
// EachLive returns nothing may be allocated or freed.
func (a *Arena) EachLive(f func(Chunk) bool) {
	a.catchUp()
	a.order = a.order[:0]
	for n := range uint32(len(a.recs)) {
		if a.rec(n).tag.state() == live {
			a.order = append(a.order, n)
		}
	}
	if a.mode.open() { // otherwise addresses ascend with time
		slices.SortFunc(a.order, func(x, y uint32) int { return cmp.Compare(a.recs[x].seq, a.recs[y].seq) })
	}
	for _, n := range a.order {
		if !f(a.chunkOf(n, &a.recs[n])) {
			return
		}
	}
}
