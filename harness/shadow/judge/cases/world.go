package cases

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// The object types of the cases.
const (
	_ shadow.Kind = iota
	kindTasklet
	kindItem
	kindBlock
	kindOdd
	kindBig
	kindAccount
	kindPadded
	kindHead
	kindInt
	kindConn
	kindStream
	kindBuffer
	firstSized // the kinds of the machine begin here
)

// A list is a node of a circular list, and its head.
//
//lastwake:managed
type list struct {
	N *list `c:"n"`
	P *list `c:"p"`
}

//lastwake:managed
type tasklet struct {
	State   uint32
	TID     int32
	Process uint64 // a number in a table of functions
	Context unsafe.Pointer
	Caller  uint64
	List    list
}

// An item begins with its link.
//
//lastwake:managed
type item struct {
	El   list
	Data [4]uint64
}

//lastwake:managed
type block struct{ B [64]uint8 }

//lastwake:managed
type odd struct{ B [60]uint8 }

//lastwake:managed
type big struct{ B [128]uint8 }

// An account has a field behind an array.
//
//lastwake:managed
type account struct {
	Name  [8]uint8
	Admin uint64
}

// A padded has seven bytes that no field owns.
//
//lastwake:managed
type padded struct {
	A uint8
	B uint64
}

// The scalars are what an address is taken for when an access is to have no
// more than a size.
//
//lastwake:managed
type scalar1 struct{ V uint8 }

//lastwake:managed
type scalar2 struct{ V uint16 }

//lastwake:managed
type scalar4 struct{ V uint32 }

//lastwake:managed
type scalar8 struct{ V uint64 }

// typeTable is the type table, with the machine's types at its end.
func typeTable() []shadow.Type {
	types := []shadow.Type{
		{},
		kindTasklet: shadow.TypeOf[tasklet]("tasklet"),
		kindItem:    shadow.TypeOf[item]("item"),
		kindBlock:   shadow.TypeOf[block]("block"),
		kindOdd:     shadow.TypeOf[odd]("odd"),
		kindBig:     shadow.TypeOf[big]("big"),
		kindAccount: shadow.TypeOf[account]("account"),
		kindPadded:  shadow.TypeOf[padded]("padded"),
		kindHead:    shadow.TypeOf[list]("list"),
		kindInt:     shadow.TypeOf[scalar4]("int"),
		kindConn:    shadow.TypeOf[conn]("conn"),
		kindStream:  shadow.TypeOf[stream]("stream"),
		kindBuffer:  shadow.TypeOf[buffer]("buffer"),
	}
	for _, k := range Kinds {
		types = append(types, shadow.Type{Name: k.Name, Size: k.Size})
	}
	return types
}

// A World is the memory of one run, and what a program keeps outside of it.
type World struct {
	arena *shadow.Arena
	head  *list          // a list head for the whole run
	keep  unsafe.Pointer // what the program holds on to
	sink  uint64
	cov   [NumEdges]uint8

	// The machine's.
	vars   [NumVars]unsafe.Pointer
	scope  unsafe.Pointer // the innermost variable with a scope
	op     int
	aim    unsafe.Pointer
	from   unsafe.Pointer
	masked bool

	random uint32 // the workload's
}

// New returns a World with an arena of its own.
func New(o shadow.Options) (*World, error) {
	a, err := shadow.New(typeTable(), o)
	if err != nil {
		return nil, err
	}
	if err := canary(a); err != nil {
		return nil, err
	}
	return &World{arena: a}, nil
}

// Reset starts a run.
func (w *World) Reset(mode shadow.Mode) {
	w.arena.Reset(mode)
	w.head = (*list)(w.arena.Static(kindHead, 1))
	w.keep = nil
	w.sink = 0
	w.vars = [NumVars]unsafe.Pointer{}
	w.scope = nil
	w.aim = nil
	w.from = nil
	w.op = 0
	w.cov = [NumEdges]uint8{}
}

// Arena returns the memory of the World.
func (w *World) Arena() *shadow.Arena { return w.arena }

// Sum returns what the run has read, so that no read goes without a use.
func (w *World) Sum() uint64 { return w.sink }

// at is the address off bytes from p.
func at(p unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(shadow.Index((*scalar1)(p), off))
}

// wild is an address at which nothing is mapped.
func wild() unsafe.Pointer { return at(nil, wildAddress) }

const wildAddress = 0x41414140

func (w *World) free(k shadow.Kind, p unsafe.Pointer) { w.arena.Free(k, p) }

// zalloc is calloc.
func (w *World) zalloc(k shadow.Kind) unsafe.Pointer {
	p := w.arena.Alloc(k)
	w.arena.Zero(k, p)
	return p
}

func (w *World) newTasklet() *tasklet { return (*tasklet)(w.zalloc(kindTasklet)) }
func (w *World) newItem() *item       { return (*item)(w.zalloc(kindItem)) }
func (w *World) newBlock() *block     { return (*block)(w.zalloc(kindBlock)) }
func (w *World) newOdd() *odd         { return (*odd)(w.zalloc(kindOdd)) }

func (l *list) init() {
	l.N = l
	l.P = l
}

func (l *list) append(el *list) {
	last := l.P
	l.P = el
	last.N = el
	el.N = l
	el.P = last
}

func (l *list) unlink() {
	n := l.N
	p := l.P
	n.P = p
	p.N = n
}
