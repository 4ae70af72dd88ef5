package mux

import "unsafe"

// bufSize is tune.bufsize, bytes.
const bufSize = 16384

// areaWords is the number of words that stand for a buffer's storage.
const areaWords = 16

// An Area is the storage of a buffer.
//
// Deviation: 16384 bytes stand as 16 words, each for 1024 bytes; writing a
// range writes the words it touches, reading one reads its first. Lifetime and
// initialisation are kept, contents are not.
//
//lastwake:managed
type Area struct {
	Words [areaWords]uint64 `c:"data"`
}

// A Buffer is struct buffer: a window of data inside a storage area. A nil
// area is BUF_NULL.
//
//lastwake:managed
type Buffer struct {
	Size uint64 `c:"size"`
	Area *Area  `c:"area"`
	Data uint64 `c:"data"` // bytes in the buffer
	Head uint64 `c:"head"` // offset of the first one in the area
}

// SetNull models BUF_NULL.
//
//lastwake:primitive
func (b *Buffer) SetNull() {
	b.Size = 0
	b.Area = nil
	b.Data = 0
	b.Head = 0
}

// Alloc models b_alloc: the buffer gets its storage if it has none.
//
//lastwake:primitive
func (b *Buffer) Alloc(w *World) bool {
	if b.Area != nil {
		return true
	}
	area := (*Area)(w.alloc(kindBuffer))
	if area == nil {
		return false
	}
	b.Area = area
	b.Size = bufSize
	b.Data = 0
	b.Head = 0
	return true
}

// Free models b_free: the storage goes, the buffer is BUF_NULL.
//
//lastwake:primitive
func (b *Buffer) Free(w *World) {
	if b.Area == nil {
		return
	}
	w.free(kindBuffer, unsafe.Pointer(b.Area))
	b.SetNull()
}

// Room models b_room: the bytes that still fit.
//
//lastwake:primitive
func (b *Buffer) Room() uint64 { return b.Size - b.Data }

// Full models b_full.
//
//lastwake:primitive
func (b *Buffer) Full() bool { return b.Size == b.Data }

// Put models b_putblk: n bytes are written at the tail.
//
//lastwake:primitive
func (b *Buffer) Put(w *World, n uint64) {
	if n == 0 {
		return
	}
	tail := b.Head + b.Data
	b.Area.touch(w, tail, n)
	b.Data += n
}

// Del models b_del: n bytes leave at the head.
//
//lastwake:primitive
func (b *Buffer) Del(n uint64) {
	b.Head = (b.Head + n) % bufSize
	b.Data -= n
}

// Sub models b_sub: n bytes leave at the tail.
//
//lastwake:primitive
func (b *Buffer) Sub(n uint64) { b.Data -= n }

// touch writes n bytes of the area from offset off, which may wrap.
//
//lastwake:primitive
func (a *Area) touch(w *World, off, n uint64) {
	const word = bufSize / areaWords
	for i := off / word; i <= (off+n-1)/word; i++ {
		w.spend()
		a.Words[i%areaWords] = off
	}
}

// peek reads the area at offset off.
//
//lastwake:primitive
func (a *Area) peek(off uint64) uint64 {
	const word = bufSize / areaWords
	return a.Words[off/word%areaWords]
}

// ncRanges is the number of separate ranges an NCBuf can hold.
const ncRanges = (areaWords - 1) / 2

// An NCBuf is struct ncbuf: received bytes that may have gaps. Its ranges are
// kept in the storage as absolute stream offsets: word 0 counts them, word
// 1+2i and 2+2i are the begin and the end of range i, in order.
//
//lastwake:managed
type NCBuf struct {
	Area *Area  `c:"area"`
	Size uint64 `c:"size"`
}

// SetNull models NCBUF_NULL.
//
//lastwake:primitive
func (b *NCBuf) SetNull() {
	b.Area = nil
	b.Size = 0
}

// DataAt models ncb_data: how many bytes stand without a gap from offset off.
//
//lastwake:primitive
func (b *NCBuf) DataAt(w *World, off uint64) uint64 {
	a := b.Area
	if a == nil {
		return 0
	}
	n := a.Words[0]
	for i := uint64(0); i < n; i++ {
		w.spend()
		lo := a.Words[1+2*i]
		hi := a.Words[2+2*i]
		if lo <= off && off < hi {
			return hi - off
		}
	}
	return 0
}

// Add models ncb_add: bytes [lo, hi) are stored. It reports false when the
// gaps do not fit (NCB_RET_GAP_SIZE).
//
// Deviation: the limit is seven ranges; ncbuf's own limit is a gap of fewer
// than 8 bytes.
//
//lastwake:primitive
func (b *NCBuf) Add(w *World, lo, hi uint64) bool {
	a := b.Area
	n := a.Words[0]
	i := uint64(0)
	for i < n {
		w.spend()
		if a.Words[2+2*i] >= lo {
			break
		}
		i++
	}
	j := i
	for j < n {
		w.spend()
		from := a.Words[1+2*j]
		if from > hi {
			break
		}
		to := a.Words[2+2*j]
		lo = min(lo, from)
		hi = max(hi, to)
		j++
	}
	if j == i && n == ncRanges {
		return false
	}
	b.replace(w, i, j)
	a.Words[1+2*i] = lo
	a.Words[2+2*i] = hi
	return true
}

// held is how many bytes are stored, in all ranges.
//
//lastwake:primitive
func (b *NCBuf) held() uint64 {
	a := b.Area
	if a == nil {
		return 0
	}
	n := a.Words[0]
	sum := uint64(0)
	for i := uint64(0); i < n; i++ {
		lo := a.Words[1+2*i]
		sum += a.Words[2+2*i] - lo
	}
	return sum
}

// replace makes room for one range in place of ranges i to j-1.
//
//lastwake:primitive
func (b *NCBuf) replace(w *World, i, j uint64) {
	a := b.Area
	n := a.Words[0]
	if j == i {
		for k := n; k > i; k-- {
			w.spend()
			a.Words[1+2*k] = a.Words[2*k-1]
			a.Words[2+2*k] = a.Words[2*k]
		}
		a.Words[0] = n + 1
		return
	}
	for k := j; k < n; k++ {
		w.spend()
		d := k - (j - i - 1)
		a.Words[1+2*d] = a.Words[1+2*k]
		a.Words[2+2*d] = a.Words[2+2*k]
	}
	a.Words[0] = n - (j - i - 1)
}

// Advance models ncb_advance: bytes below off are dropped.
//
//lastwake:primitive
func (b *NCBuf) Advance(w *World, off uint64) {
	a := b.Area
	n := a.Words[0]
	drop := uint64(0)
	for drop < n {
		w.spend()
		if a.Words[2+2*drop] > off {
			break
		}
		drop++
	}
	for k := drop; k < n; k++ {
		w.spend()
		d := k - drop
		lo := a.Words[1+2*k]
		a.Words[1+2*d] = max(lo, off)
		a.Words[2+2*d] = a.Words[2+2*k]
	}
	a.Words[0] = n - drop
}

// Empty models ncb_is_empty.
//
//lastwake:primitive
func (b *NCBuf) Empty() bool { return b.Area.Words[0] == 0 }
