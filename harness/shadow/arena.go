package shadow

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"
)

// The geometry of an arena. A block holds Slots arenas in its first GiB and,
// one Displacement further up, their shadow. What lies between an arena and the
// next slot is reserved and cannot be touched, so that an index gone wild
// faults instead of reading a neighbour.
const (
	// Size is the size of an arena.
	Size = 16 << 20
	// Stride leads from one slot of a block to the next.
	Stride = 64 << 20
	// Slots is the number of arenas in a block.
	Slots = 16
	// DefaultBase is the block that New tries first.
	DefaultBase = 0x7f73_0000_0000
)

const (
	firstByte = 4096 // where objects begin; before it lie AsShipped's pool heads
	redzone   = 16   // unaddressable bytes on both sides of an object, at least
)

// blocks are the bases that New tries. The last ones suit kernels with fewer
// address bits.
var blocks = [...]uint64{
	DefaultBase, 0x7e73_0000_0000, 0x7d73_0000_0000, 0x6f73_0000_0000,
	0x5f73_0000_0000, 0x4f73_0000_0000, 0x3f73_0000_0000, 0x2f73_0000_0000,
	0x55_7300_0000, 0x2a_7300_0000,
}

// Options say where an arena should lie.
type Options struct {
	// Base is the base of the wanted block, 0 for DefaultBase. The arena gets
	// the block's first free slot, or a slot elsewhere when all are taken.
	Base uintptr
	// Strict makes New fail when no slot at Base is free.
	Strict bool
}

// An Arena is memory for the objects of one model, with a shadow byte for
// each of its bytes. It is used by one goroutine at a time.
type Arena struct {
	quick  quick
	mode   Mode
	op     int32
	bump   uintptr        // offset of the first byte never given out
	limit  uintptr        // offset of the lowest static, which bump may not reach
	mem    unsafe.Pointer // the slot's base
	shadow unsafe.Pointer // the shadow of the slot's base
	recs   []rec          // the chunks by address; recs[0] is nobody
	shapes [256]shape     // by kind
	free   [256]uint32    // offset of the newest free object of each kind, where no pool has it

	seq     uint32  // allocations of this run
	known   uintptr // Plain: recs has the chunks below this offset
	types   []Type
	pools   []pool
	statics []rec   // by descending address
	covered uintptr // coded replay: [0, covered) bears codes,
	low     uintptr // and so does [low, Size)
	wide    bool    // the next coded rounds leave nothing out
	keep    bool
	holes   bool             // Unmap was called in this run
	most    uintptr          // the greatest bump of an address space that was left
	least   uintptr          // the least limit of one
	stacks  []stackPair      // by chunk number
	passed  []passKey        // see Pass
	seen    map[passKey]bool // what is in passed
	order   []uint32         // scratch of EachLive
}

// quick says which of their short ways Alloc and Free may take.
type quick uint8

const (
	quickNone quick = iota
	quickSanitize
	quickPlain
)

// shape is what Alloc must know of a kind.
type shape struct {
	size uint32
	pool uint8 // index into pools
}

// pool is a free list of AsShipped, shared by the types that name it.
type pool struct {
	name  string
	block uintptr // room for the largest of them, and for the links
}

// New maps an arena for objects of the given types; types[0] is not used. It
// fails when there is no room, or when this build has lost the checks: see
// the package comment about -gcflags=-B.
func New(types []Type, o Options) (*Arena, error) {
	a := &Arena{types: types}
	if err := a.register(); err != nil {
		return nil, err
	}
	base, err := place(o)
	if err != nil {
		return nil, fmt.Errorf("shadow: %w", err)
	}
	a.mem = pointer(base)
	a.shadow = pointer(base + Displacement)
	if err := a.start(); err != nil {
		_ = a.Close()
		return nil, fmt.Errorf("shadow: %w", err)
	}
	return a, nil
}

// start makes a mapped arena ready for its first run.
func (a *Arena) start() error {
	if err := unlock(a.Base(), Size); err != nil {
		return err
	}
	if err := unlock(a.Base()+Displacement, Size); err != nil {
		return err
	}
	for _, touch := range canaries {
		if err := a.Canary(touch); err != nil {
			return err
		}
	}
	return nil
}

// place reserves a slot and returns its base.
func place(o Options) (uintptr, error) {
	if err := supported(); err != nil {
		return 0, err
	}
	list := blocks[:]
	if o.Base != 0 {
		if o.Base%(1<<16) != 0 {
			return 0, fmt.Errorf("base %#x is not a multiple of 64 KiB", o.Base)
		}
		list = append([]uint64{uint64(o.Base)}, list...)
	}
	if o.Strict {
		list = list[:1]
	}
	var first error
	for _, b := range list {
		base, err := placeAt(uintptr(b))
		if err == nil {
			return base, nil
		}
		if first == nil {
			first = err
		}
	}
	return 0, fmt.Errorf("no free slot at %#x or %d other bases: %w", list[0], len(list)-1, first)
}

// placeAt reserves the first free slot of a block, with its shadow. The
// kernel alone knows which are free, so arenas share no list.
func placeAt(block uintptr) (uintptr, error) {
	var last error
	for i := range uintptr(Slots) {
		base := block + i*Stride
		if last = reserve(base, Stride); last != nil {
			continue
		}
		if last = reserve(base+Displacement, Stride); last == nil {
			return base, nil
		}
		_ = release(base, Stride)
	}
	return 0, last
}

// Close unmaps the arena. Its objects must not be used any more.
func (a *Arena) Close() error {
	if a.mem == nil {
		return nil
	}
	base := a.Base()
	a.mem, a.shadow = nil, nil
	return errors.Join(release(base, Stride), release(base+Displacement, Stride))
}

// Base is the address of the arena's slot. It depends on what else is mapped,
// so it must not reach any output that is compared between runs: print Rel.
func (a *Arena) Base() uintptr { return uintptr(a.mem) }

// Rel is the address of p relative to the slot's base: the same in every run
// of the same program, wherever the arena lies.
func (a *Arena) Rel(p unsafe.Pointer) uintptr { return uintptr(p) - uintptr(a.mem) }

// SetOp tells the arena which op runs now. Every chunk remembers the ops that
// allocated and freed it; before the first SetOp of a run that is -1.
func (a *Arena) SetOp(i int32) { a.op = i }

// register fills the tables by kind.
func (a *Arena) register() error {
	if len(a.types) < 2 || len(a.types) > len(a.shapes) {
		return fmt.Errorf("shadow: %d rows are no type table: row 0 is unused, and there are at most %d", len(a.types), len(a.shapes))
	}
	for k := 1; k < len(a.types); k++ {
		t := &a.types[k]
		if t.Size == 0 || t.Size > Size {
			return fmt.Errorf("shadow: type table row %d (%q) has size %d", k, t.Name, t.Size)
		}
		a.shapes[k] = shape{size: uint32(t.Size), pool: a.poolOf(t)}
	}
	return nil
}

// poolOf returns the index of a type's pool, which it makes large enough.
func (a *Arena) poolOf(t *Type) uint8 {
	name := t.Pool
	if name == "" {
		name = t.Name
	}
	i := slices.IndexFunc(a.pools, func(p pool) bool { return p.name == name })
	if i < 0 {
		i = len(a.pools)
		a.pools = append(a.pools, pool{name: name})
	}
	block := (max(t.Size, itemSize) + maxAlign - 1) &^ (maxAlign - 1)
	a.pools[i].block = max(a.pools[i].block, block)
	return uint8(i)
}
