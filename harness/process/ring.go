package process

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/shadow"
)

// A Ring is the descriptor of a ring: it is on the heap whatever its storage
// is.
//
//lastwake:managed
type Ring struct {
	Storage *RingStorage `c:"storage"`
	Flags   uint64       `c:"flags"`
	Readers uint64       `c:"readers_count"`
	Pending uint64       `c:"pending"`
	Waiters List         `c:"waiters"`
	Queue   [2]uint64    `c:"queue"`
}

// ringMapped is the flag of a ring whose storage is a mapping.
const ringMapped = 1

// RingStorage is the head of a ring's storage: the messages follow it.
//
//lastwake:managed
type RingStorage struct {
	Size uint64    `c:"size"` // bytes for messages
	Rsvd uint64    `c:"rsvd"` // bytes of this head
	Tail uint64    `c:"tail"`
	Head uint64    `c:"head"`
	Pad  [2]uint64 `c:"pad"`
}

// A StorageCell is the unit in which storage is allocated.
//
//lastwake:managed
type StorageCell struct {
	Area [16]uint8 `c:"area"`
}

const (
	// startupLogSize is the size of the startup logs, head and messages: 64 KiB
	// of 16 pages in HAProxy.
	//
	// Deviation: sizes are scaled by 64, a page's by 16, so that a hole takes
	// four pages and its programs stay short.
	startupLogSize = 1024
	// ringHead is the size of the head of a ring's storage.
	ringHead = 48
)

// area returns the first byte for messages.
//
//lastwake:c ring_area include/haproxy/ring.h
//lastwake:primitive
func (w *World) area(r *Ring) unsafe.Pointer {
	return w.plus(unsafe.Pointer(r.Storage), ringHead)
}

// ringMakeFromArea makes a ring of an area of size bytes, whose content it
// keeps unless reset is set.
//
//lastwake:c ring_make_from_area src/ring.c
func (w *World) ringMakeFromArea(area unsafe.Pointer, size uint64, reset bool, flags uint64) *Ring {
	r := (*Ring)(w.malloc(kindRing, 1))
	if r == nil {
		return nil
	}
	st := (*RingStorage)(area)
	r.Storage = st
	r.Flags = flags
	r.Readers = 0
	r.Pending = 0
	r.Waiters.Init()
	r.Queue[0] = 0
	r.Queue[1] = 0
	if reset {
		st.Size = size - ringHead
		st.Rsvd = ringHead
		st.Tail = 0
		st.Head = 0
	}
	return r
}

// ringNew makes a ring of size bytes on the heap.
//
//lastwake:c ring_new src/ring.c
func (w *World) ringNew(size uint64) *Ring {
	area := w.malloc(kindStorage, uintptr(size)/unsafe.Sizeof(StorageCell{}))
	if area == nil {
		return nil
	}
	r := w.ringMakeFromArea(area, size, true, 0)
	if r == nil {
		w.free(kindStorage, area)
	}
	return r
}

// ringFree frees a ring, and its storage if that is no mapping.
//
//lastwake:c ring_free src/ring.c
func (w *World) ringFree(r *Ring) {
	if r == nil {
		return
	}
	if r.Flags&ringMapped == 0 {
		w.free(kindStorage, unsafe.Pointer(r.Storage))
	}
	w.free(kindRing, unsafe.Pointer(r))
}

// ringUnmapped unmaps the storage of a mapped ring and frees its descriptor.
// Both places of HAProxy that do so made the same two mistakes in a row.
//
//lastwake:primitive
func (w *World) ringUnmapped(r *Ring) {
	if w.Faults.Has(fault.HAPROXY_40d1c84bf) {
		w.munmap(unsafe.Pointer(r), startupLogSize)
	} else {
		if w.Faults.Has(fault.HAPROXY_0cfbeb1ae) {
			w.munmap(w.area(r), startupLogSize)
		} else {
			w.munmap(unsafe.Pointer(r.Storage), startupLogSize)
		}
		w.ringFree(r)
	}
}

// used is the number of bytes in a ring.
//
//lastwake:c ring_data include/haproxy/ring.h
//lastwake:primitive
func (w *World) used(r *Ring) uint64 {
	st := r.Storage
	if st.Head <= st.Tail {
		return st.Tail - st.Head
	}
	return st.Size + st.Tail - st.Head
}

// ringWrite writes a message of n bytes; the oldest bytes make room for it.
//
// Deviation: messages have no bounds, so that they go byte by byte; one that
// is larger than the ring is cut. Their bytes count on from message to message,
// so that what is in a ring can be told to be what was written.
//
//lastwake:c ring_write src/ring.c
func (w *World) ringWrite(r *Ring, n uint64) {
	st := r.Storage
	size := st.Size
	n = min(n, size-1)
	used := w.used(r)
	next := w.nextByte(r)
	if used+n >= size {
		st.Head = (st.Head + used + n - size + 1) % size
	}
	tail := st.Tail
	area := w.area(r)
	first := min(n, size-tail)
	shadow.Fill(w.plus(area, int(tail)), 'm', uintptr(first))
	shadow.Fill(area, 'm', uintptr(n-first))
	countOn(w.arena.Raw(w.plus(area, int(tail)), uintptr(first)), next)
	countOn(w.arena.Raw(area, uintptr(n-first)), next+uint8(first))
	st.Tail = (tail + n) % size
	w.checkWritten(r, min(used+n, size-1))
	w.say(evRingWritten, w.used(r), size)
}

// nextByte is the byte that comes behind what is in a ring.
//
//lastwake:primitive
func (w *World) nextByte(r *Ring) uint8 {
	st := r.Storage
	if st.Head == st.Tail {
		return 0
	}
	last := (st.Tail + st.Size - 1) % st.Size
	return w.arena.Raw(w.plus(w.area(r), int(last)), 1)[0] + 1
}

// countOn fills data with bytes that count from next on.
func countOn(data []byte, next uint8) {
	for i := range data {
		data[i] = next + uint8(i)
	}
}

// ringDup copies the messages of src to dst, which is empty.
//
//lastwake:c ring_dup src/ring.c
func (w *World) ringDup(dst, src *Ring) {
	from := src.Storage
	to := dst.Storage
	used := w.used(src)
	w.say(evRingDup, used, from.Size)
	head := from.Head
	first := min(used, from.Size-head)
	w.arena.Copy(w.area(dst), w.plus(w.area(src), int(head)), uintptr(first))
	w.arena.Copy(w.plus(w.area(dst), int(first)), w.area(src), uintptr(used-first))
	to.Head = 0
	to.Tail = used
}

// ringResize gives a ring on the heap another size; one that cannot hold what
// the ring has is refused.
//
//lastwake:c ring_resize src/ring.c
func (w *World) ringResize(r *Ring, size uint64) bool {
	if r.Flags&ringMapped != 0 || w.used(r) >= size-ringHead {
		return false
	}
	n := w.ringNew(size)
	if n == nil {
		return false
	}
	w.ringDup(n, r)
	old := r.Storage
	r.Storage = n.Storage
	w.free(kindStorage, unsafe.Pointer(old))
	w.free(kindRing, unsafe.Pointer(n))
	return true
}
