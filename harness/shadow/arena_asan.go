//go:build asan && cgo && linux

package shadow

import (
	"runtime"
	"strings"
	"unsafe"
)

// This file is no part of the sanitizer. In a build with -asan, an arena in
// mode Plain takes its objects from C's heap, so that gcc's AddressSanitizer
// judges the plain model, which the compiler then instruments. Statics stay
// where they are. Package judge wires it in: see its overlay.

// hosts are the heaps of the arenas that are in mode Plain, host the one that
// was reset last.
var (
	hosts = map[*Arena]*heap{}
	host  *heap
)

// A heap is the objects of one arena.
type heap struct {
	a      *Arena
	chunks []hostChunk // in order of allocation
}

type hostChunk struct {
	Chunk
	stacks stackPair
}

func (c *hostChunk) holds(p uintptr) bool { return p-c.Addr < c.Size }

func hostOf(a *Arena) *heap { return hosts[a] }

// resetHost starts a run.
func resetHost(a *Arena, mode Mode) {
	cListen()
	if h := hosts[a]; h != nil {
		h.release()
		cListen() // what release may have been told counts for nobody
	}
	delete(hosts, a)
	host = nil
	if mode == Plain {
		host = &heap{a: a}
		hosts[a] = host
	}
}

// release gives back what the run has left.
func (h *heap) release() {
	for i := range h.chunks {
		c := &h.chunks[i]
		switch {
		case c.Home == Scope:
			cScope(c.Addr, c.Size, false)
			cFree(pointer(c.Addr - variable))
		case !c.Dead:
			cFree(pointer(c.Addr))
		}
	}
	h.chunks = h.chunks[:0]
}

// variable is how far from the start of its block an object with a C scope
// lies, so that, like a variable on the stack, it cannot be freed.
const variable = 16

// alloc returns a new object. One with a C scope is a block of the heap too,
// there being no C stack: what AddressSanitizer says of the block has to be
// said of the object, which HostChunk finds.
func (h *heap) alloc(k Kind, home Home) unsafe.Pointer {
	notLate()
	findModel()
	a := h.a
	a.know(k)
	size := a.types[k].Size
	var p unsafe.Pointer
	if home == Heap {
		p = cMalloc(size)
	} else {
		p = unsafe.Add(cMalloc(size+variable), variable)
	}
	a.seq++
	c := hostChunk{Chunk: Chunk{Seq: a.seq, Kind: k, Home: home, Addr: uintptr(p), Size: size, AllocOp: a.op, FreeOp: -1}}
	if a.keep {
		c.stacks.alloc = callers()
	}
	h.chunks = append(h.chunks, c)
	return p
}

// modelFound: the model's code has been found.
var modelFound bool

// findModel finds out which pages of code are the model's, which is whoever
// calls Alloc. They lie in a row, those of one package.
func findModel() {
	if modelFound {
		return
	}
	modelFound = true
	pc := outside(callers())[0]
	from, to := entry(pc), pc
	for inPackage(from-1, pc) {
		from = entry(from - 1)
	}
	for inPackage(to, pc) {
		to++
	}
	cModelIs((from+cPage-1)&^(cPage-1), to&^(cPage-1))
}

// entry is where the function with pc begins, which no inlined one does.
func entry(pc uintptr) uintptr {
	f := runtime.FuncForPC(pc)
	if f == nil {
		return 0
	}
	return f.Entry()
}

// inPackage reports whether two program counters are in one package.
func inPackage(pc, other uintptr) bool {
	f, g := runtime.FuncForPC(entry(pc)), runtime.FuncForPC(entry(other))
	return f != nil && g != nil && packageOf(f.Name()) == packageOf(g.Name())
}

// packageOf cuts a function's name after its package.
func packageOf(name string) string {
	i := strings.LastIndexByte(name, '/') + 1
	j := strings.IndexByte(name[i:], '.')
	return name[:i+max(j, 0)]
}

// find returns the newest object that holds p, nil if there is none.
func (h *heap) find(p uintptr) *hostChunk {
	for i := len(h.chunks) - 1; i >= 0; i-- {
		if c := &h.chunks[i]; c.holds(p) {
			return c
		}
	}
	return nil
}

func (h *heap) free(k Kind, p unsafe.Pointer) {
	notLate()
	cFree(p)
	if cReported() {
		text, _ := cReport()
		panic(h.a.badFree(freeClass(text), k, h.a.Rel(p)))
	}
	h.ended(uintptr(p))
}

// freeClass is the class of a report of a bad free.
func freeClass(text string) string {
	for _, class := range []string{ClassDoubleFree, ClassMismatch} {
		if strings.Contains(text, class) {
			return class
		}
	}
	return ClassBadFree
}

func (h *heap) ended(p uintptr) {
	c := h.find(p)
	if c == nil {
		return
	}
	c.Dead, c.FreeOp = true, h.a.op
	if h.a.keep {
		c.stacks.free = callers()
	}
}

// pop does to the object what gcc does to a variable when its scope ends.
func (h *heap) pop(p unsafe.Pointer) {
	notLate()
	c := h.find(uintptr(p))
	if c == nil || c.Home != Scope || c.Dead || c.Addr != uintptr(p) {
		panic(h.a.badFree(ClassBadFree, 0, h.a.Rel(p)))
	}
	cScope(c.Addr, c.Size, true)
	h.ended(uintptr(p))
}

// each calls f for the live objects of Alloc until it returns false.
func (h *heap) each(f func(Chunk) bool) {
	for i := range h.chunks {
		if c := &h.chunks[i]; c.Home == Heap && !c.Dead && !f(c.Chunk) {
			return
		}
	}
}

// HostChunk returns the newest object that holds addr, and its stacks.
func (a *Arena) HostChunk(addr uintptr) (c Chunk, alloc, free []uintptr, ok bool) {
	h := hostOf(a)
	if h == nil {
		return Chunk{}, nil, nil, false
	}
	x := h.find(addr)
	if x == nil {
		return Chunk{}, nil, nil, false
	}
	return x.Chunk, outside(x.stacks.alloc), outside(x.stacks.free), true
}

// FieldAt names the field at an offset in an object of kind k.
func (a *Arena) FieldAt(k Kind, offset uintptr) string {
	name, _ := a.fieldAt(k, offset)
	return name
}

// bulk panics when AddressSanitizer has refused a bulk access.
func bulk(n uintptr, write bool) {
	if cReported() {
		_, addr := cReport()
		panic(&BadAccess{Addr: addr, Size: n, Write: write})
	}
}

func hostCopy(dst, src unsafe.Pointer, n uintptr) {
	cCopy(dst, src, n)
	text, _ := cReport()
	bulk(n, strings.Contains(text, "\nWRITE of size"))
}

func hostFill(p unsafe.Pointer, b byte, n uintptr) {
	cFill(p, b, n)
	bulk(n, true)
}

func hostBytes(p unsafe.Pointer, n uintptr) []byte {
	b := make([]byte, n)
	if n > 0 {
		cCopy(unsafe.Pointer(&b[0]), p, n)
		bulk(n, false)
	}
	return b
}
