package cases

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// NumVars is the number of variables of the machine, in each of which it keeps
// the address of an object.
const NumVars = 8

// A Kind is a type of object of the machine. It begins with a link of a list.
//
//lastwake:shared
type Kind struct {
	Name string
	Size uintptr
}

// Kinds are the machine's types, each of another size. In C, those with an
// even index come from malloc and the others from operator new, so that a
// wrong free can be told.
//
//lastwake:shared
var Kinds = []Kind{
	{"m16", 16}, {"n24", 24}, {"m30", 30}, {"n48", 48}, {"m60", 60}, {"n64", 64}, {"m100", 100}, {"n128", 128}, {"m257", 257},
}

// A Verb is what an op of the machine does.
//
//lastwake:shared
type Verb uint8

// The verbs, with their operands: V and W are variables, K and K2 kinds.
const (
	Alloc   Verb = iota // V K: V becomes a new object
	Free                // V Off K: free V+Off as a K
	Realloc             // V K K2: V, a K, moves to a new K2
	Load                // V Off N: N is 1, 2, 4 or 8
	Store               // V Off N
	Fill                // V Off N: with zeroes
	Copy                // V Off W WOff N: to V+Off, from W+WOff
	Push                // V: V becomes a variable with a scope, a list head
	Pop                 // end the innermost scope
	Init                // V: V becomes an empty list
	Append              // V W: W becomes the last element of V
	Unlink              // V
	Walk                // V: follow the links from V, eight at most
	Null                // V
	Wild                // V
	Add                 // V Off N: += addend
	Dec                 // V Off N: --
	NumVerbs
)

// An Op is one operation of the machine.
//
//lastwake:shared
type Op struct {
	Verb      Verb
	V, W      uint8
	K, K2     uint8
	Off, WOff int32
	N         int32
}

// maxWalk bounds a walk along a list.
const maxWalk = 8

// Play plays ops up to the first that panics. In a masked run objects begin as
// zeroes, so that no read is one of memory that was never written.
func (w *World) Play(ops []Op, masked bool) {
	w.masked = masked
	for i := range ops {
		w.op = i
		w.arena.SetOp(int32(i))
		w.aim = nil
		w.from = nil
		w.step(&ops[i])
	}
	w.op = len(ops)
}

// Op returns the index of the op that runs, or did when the run ended.
func (w *World) Op() int { return w.op }

// Aim returns what the last op was meant for: the address in its variable V,
// nil when it walks through several objects; and for a copy that in W, from
// which it reads.
func (w *World) Aim() (to, from unsafe.Pointer) { return w.aim, w.from }

func (w *World) step(o *Op) {
	p := w.vars[o.V]
	switch o.Verb {
	case Alloc:
		w.vars[o.V] = w.begin(w.arena.Alloc(kindOf(o.K)), Kinds[o.K].Size)
	case Push:
		w.scope = w.arena.Push(kindHead)
		w.vars[o.V] = w.begin(w.scope, unsafe.Sizeof(list{}))
	case Pop:
		w.arena.Pop(w.scope)
	case Init:
		(*list)(p).init()
	case Append:
		(*list)(p).append((*list)(w.vars[o.W]))
	case Unlink:
		(*list)(p).unlink()
	case Walk:
		w.walk((*list)(p))
	case Null:
		w.vars[o.V] = nil
	case Wild:
		w.vars[o.V] = wild()
	default:
		w.aim = p
		w.access(o, p, at(p, o.Off))
	}
}

// access plays the ops that are meant for one object.
func (w *World) access(o *Op, p, q unsafe.Pointer) {
	switch o.Verb {
	case Free:
		w.arena.Free(kindOf(o.K), q)
	case Realloc:
		w.realloc(o, p)
	case Load:
		w.load(q, o.N)
	case Store:
		w.store(q, o.N)
	case Add:
		w.add(q, o.N)
	case Dec:
		w.dec(q, o.N)
	case Fill:
		shadow.Fill(q, 0, uintptr(o.N))
	case Copy:
		w.from = w.vars[o.W]
		w.arena.Copy(q, at(w.vars[o.W], o.WOff), uintptr(o.N))
	}
}

func kindOf(k uint8) shadow.Kind { return firstSized + shadow.Kind(k) }

// begin is what becomes of n new bytes.
func (w *World) begin(p unsafe.Pointer, n uintptr) unsafe.Pointer {
	if w.masked {
		shadow.Fill(p, 0, n)
	}
	return p
}

// realloc does what AddressSanitizer's does: the new object first, then the
// question whether the old one is an object, then the copy and the free.
func (w *World) realloc(o *Op, p unsafe.Pointer) {
	q := w.arena.Alloc(kindOf(o.K2))
	if !w.arena.Live(p) {
		w.arena.Free(kindOf(o.K), p)
	}
	n := min(Kinds[o.K].Size, Kinds[o.K2].Size)
	w.arena.Copy(q, p, n)
	w.begin(at(q, int32(n)), Kinds[o.K2].Size-n)
	w.arena.Free(kindOf(o.K), p)
	w.vars[o.V] = q
}

func (w *World) load(p unsafe.Pointer, n int32) {
	switch n {
	case 1:
		w.sink += uint64((*scalar1)(p).V)
	case 2:
		w.sink += uint64((*scalar2)(p).V)
	case 4:
		w.sink += uint64((*scalar4)(p).V)
	case 8:
		w.sink += (*scalar8)(p).V
	}
}

// store writes a value that is a wild address where it is taken for one.
func (w *World) store(p unsafe.Pointer, n int32) {
	switch n {
	case 1:
		(*scalar1)(p).V = wildAddress & 0xff
	case 2:
		(*scalar2)(p).V = wildAddress & 0xffff
	case 4:
		(*scalar4)(p).V = wildAddress
	case 8:
		(*scalar8)(p).V = wildAddress
	}
}

func (w *World) add(p unsafe.Pointer, n int32) {
	switch n {
	case 1:
		(*scalar1)(p).V += addend
	case 2:
		(*scalar2)(p).V += addend
	case 4:
		(*scalar4)(p).V += addend
	case 8:
		(*scalar8)(p).V += addend
	}
}

// addend is such that sums of it, less a few, are not what C's heap writes in
// the header of a chunk: see badFree of the generator.
const addend = 0x30

func (w *World) dec(p unsafe.Pointer, n int32) {
	switch n {
	case 1:
		(*scalar1)(p).V--
	case 2:
		(*scalar2)(p).V--
	case 4:
		(*scalar4)(p).V--
	case 8:
		(*scalar8)(p).V--
	}
}

func (w *World) walk(head *list) {
	l := head
	for range maxWalk {
		l = l.N
		if l == head {
			return
		}
	}
}
