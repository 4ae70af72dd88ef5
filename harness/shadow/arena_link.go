package shadow

import "unsafe"

// AsShipped's pools are HAProxy's per-thread caches: lists that run through
// the freed objects themselves. This file writes those links, with the checked
// accesses that the model uses, so that a link which a stale store has bent
// leads where it would lead, or faults.

// itemSize is the size of what a freed object begins with: struct
// pool_cache_item, two struct list of two pointers each, by_pool and by_lru.
const (
	itemSize = 4 * wordSize
	listSize = 2 * wordSize
	lruOff   = 2 * wordSize // of by_lru in the item
	wordSize = 8
)

// next and prev are the links of the struct list at an address. They select no
// field of a Go struct, for which the compiler would touch a wild address
// before the check does.
func next(list uintptr) *uintptr { return (*uintptr)(pointer(list)) }
func prev(list uintptr) *uintptr { return (*uintptr)(pointer(list + wordSize)) }

// listInit is LIST_INIT.
func listInit(l uintptr) {
	St8(next(l), l)
	St8(prev(l), l)
}

// listInsert is LIST_INSERT: el becomes the first element of l.
func listInsert(l, el uintptr) {
	first := Ld8(next(l))
	St8(next(el), first)
	St8(next(l), el)
	St8(prev(first), el)
	St8(prev(el), l)
}

// listDelete is LIST_DELETE: the neighbours of el forget it.
func listDelete(el uintptr) {
	n, p := Ld8(next(el)), Ld8(prev(el))
	St8(prev(n), p)
	St8(next(p), n)
}

// head is the address of a pool's list head: they stand in a row below the
// objects, after that of the least recently used list.
func (a *Arena) head(pool uint8) uintptr { return a.Base() + (1+uintptr(pool))*listSize }

// lru is the address of the head of the thread's list of all free objects.
func (a *Arena) lru() uintptr { return a.Base() }

func (a *Arena) resetPools() {
	listInit(a.lru())
	for i := range a.pools {
		listInit(a.head(uint8(i)))
	}
}

// shippedAlloc takes the newest object of the pool's free list, or room that
// was never used when the list is empty.
func (a *Arena) shippedAlloc(k Kind) unsafe.Pointer {
	head := a.head(a.shapes[k].pool)
	addr := Ld8(next(head))
	if addr == head {
		n := a.carveBlock(k)
		a.born(n, k, live)
		return a.at(uintptr(a.recs[n].off))
	}
	listDelete(addr)
	listDelete(addr + lruOff)
	if n, r := a.find(addr - a.Base()); r != nil && n != 0 && uintptr(r.off) == addr-a.Base() {
		a.born(n, k, live)
		r.size = a.shapes[k].size
	}
	return pointer(addr)
}

// carveBlock takes room for a block of k's pool off the arena, behind a header
// as malloc writes it: the size of the block before, which is in use and keeps
// it to itself, and this block's size with the bit that says so.
func (a *Arena) carveBlock(k Kind) uint32 {
	block := a.pools[a.shapes[k].pool].block
	off := a.bump + 2*8
	if off+block > a.limit {
		panic(&ArenaFull{Type: a.types[k].Name, Used: a.bump})
	}
	a.bump = off + block
	*a.word(off - 16), *a.word(off - 8) = 0, uint64(block+16)|1
	return a.chunk(off, uintptr(a.shapes[k].size))
}

// shippedFree puts the object on top of its pool's free list. As shipped
// means that nothing is verified.
func (a *Arena) shippedFree(k Kind, off uintptr) {
	addr := a.Base() + off
	listInsert(a.head(a.shapes[k].pool), addr)
	listInsert(a.lru(), addr+lruOff)
	if n, r := a.find(off); r != nil && n != 0 && uintptr(r.off) == off {
		a.dead(n, freed, codeFreed)
	}
}

// Link returns what the pool wrote over the first 8 bytes of p when it was
// freed in AsShipped mode, relative to the arena's base: the object of its
// pool that was the newest free one then, or the pool's list head when there
// was none. A stale 4-byte field at offset 0 reads the lower half of that
// address, base included, and one at offset 4 the upper half, which is the
// base's alone.
//
// The other links follow it: at offset 8 the pool's list head, or the object
// freed next after p; at 16 and 24 the same two of the list of all free
// objects, which points 16 bytes into them. Bytes from 32 on keep what the
// object held.
func (a *Arena) Link(p unsafe.Pointer) (newest uintptr, isHead bool) {
	off := a.Rel(p)
	if off > Size-itemSize {
		return 0, false
	}
	newest = uintptr(*a.word(off)) - a.Base()
	return newest, newest < firstByte
}
