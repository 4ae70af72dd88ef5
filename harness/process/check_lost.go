package process

import (
	"cmp"
	"encoding/binary"
	"slices"
	"unsafe"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

// This file looks for what nobody holds any more, before an address space goes,
// and for address spaces that change while others run.

// checkLost looks for mappings and objects on the heap that nobody holds.
//
//lastwake:primitive
func (w *World) checkLost() {
	if w.symptom {
		return
	}
	p := w.me()
	for i := range p.vmas {
		if p.vmas[i].size != 0 && !w.holdsMapping(p.vmas[i].addr) {
			w.checks.LostMaps++
		}
	}
	w.reach.start(w.arena)
	g := unsafe.Pointer(w.g)
	w.reach.scan(w.arena.Raw(g, unsafe.Sizeof(Globals{})))
	w.reach.scan(w.arena.Raw(p.envArray, p.envArraySize))
	for len(w.reach.todo) > 0 {
		last := len(w.reach.todo) - 1
		c := w.reach.chunks[w.reach.todo[last]]
		w.reach.todo = w.reach.todo[:last]
		w.reach.scan(w.arena.Raw(w.plus(g, int(c.Addr-w.arena.Base())-int(w.arena.Rel(g))), c.Size))
	}
	for i, c := range w.reach.chunks {
		switch {
		case w.reach.seen[i] || w.stays(c.Kind):
		case c.Kind == kindRing:
			w.checks.LostRings++
		default:
			w.checks.LostObjects++
			w.checks.LostKind = uint32(c.Kind)
		}
	}
}

// stays reports whether objects of kind k may stay behind when nobody holds
// them: a literal is no heap in C, illumos leaves its old arrays, and musl loses
// a string when it has no memory to note that it has made it.
//
//lastwake:primitive
func (w *World) stays(k shadow.Kind) bool {
	switch k {
	case kindLiteral:
		return true
	case kindEnviron:
		return w.cfg.libc == program.LibcIllumos
	case kindEnvString:
		return w.cfg.libc == program.LibcMusl && w.failed
	}
	return false
}

// holdsMapping reports whether a ring that the process holds has its storage
// at addr.
//
//lastwake:primitive
func (w *World) holdsMapping(addr unsafe.Pointer) bool {
	found := false
	w.eachRing(func(r *Ring) {
		if r != nil && w.arena.Whole(unsafe.Pointer(r), unsafe.Sizeof(Ring{})) {
			found = found || unsafe.Pointer(r.Storage) == addr
		}
	})
	return found
}

// A reach is what can be reached on a heap: from the static variables and the
// initial environment, by any word that is an address in an object.
type reach struct {
	chunks []shadow.Chunk // by address
	seen   []bool
	todo   []int // of chunks, those seen whose words are not looked at
}

// start begins with nothing reached.
func (r *reach) start(a *shadow.Arena) {
	r.chunks, r.seen, r.todo = r.chunks[:0], r.seen[:0], r.todo[:0]
	a.EachLive(func(c shadow.Chunk) bool {
		r.chunks = append(r.chunks, c)
		r.seen = append(r.seen, false)
		return true
	})
	if !slices.IsSortedFunc(r.chunks, byAddress) {
		slices.SortFunc(r.chunks, byAddress)
	}
}

func byAddress(a, b shadow.Chunk) int { return cmp.Compare(a.Addr, b.Addr) }

// scan enters the objects that the words of data point at.
func (r *reach) scan(data []byte) {
	if len(r.chunks) == 0 {
		return
	}
	last := &r.chunks[len(r.chunks)-1]
	from, size := r.chunks[0].Addr, last.Addr+last.Size-r.chunks[0].Addr
	for ; len(data) >= 8; data = data[8:] {
		word := uintptr(binary.LittleEndian.Uint64(data))
		if word-from >= size {
			continue
		}
		i, ok := slices.BinarySearchFunc(r.chunks, word, func(c shadow.Chunk, at uintptr) int { return cmp.Compare(c.Addr, at) })
		if !ok {
			i--
		}
		if c := &r.chunks[i]; word-c.Addr >= c.Size || r.seen[i] {
			continue
		}
		r.seen[i] = true
		if pointsOn(r.chunks[i].Kind) {
			r.todo = append(r.todo, i)
		}
	}
}

// pointsOn reports whether objects of kind k hold pointers.
func pointsOn(k shadow.Kind) bool {
	switch k {
	case kindRing, kindProc, kindEnviron, kindAppEnviron, kindInitEnv, kindKnown, kindArrays:
		return true
	}
	return false
}

// sumOf digests a process that does not run: its memory, which is in its image,
// and its mappings.
//
//lastwake:primitive
func (w *World) sumOf(p *Process) uint64 {
	h := p.image.Sum()
	for i := range p.vmas {
		if m := &p.vmas[i]; m.size != 0 {
			h = h*31 + uint64(w.arena.Rel(m.addr)) + uint64(m.size) + uint64(int64(m.shm))
		}
	}
	return h
}

// checkSpace looks whether the address space of the process that is about to
// run is as it was when it last did: what others freed and unmapped was theirs.
//
//lastwake:primitive
func (w *World) checkSpace() {
	p := w.me()
	if p.asleep != 0 && w.sumOf(p) != p.asleep {
		w.checks.SpaceChanged++
	}
	p.asleep = 0
	w.checkShared()
}

// checkShared looks whether shared memory lives exactly as long as somebody has
// a mapping or a descriptor of it.
//
//lastwake:primitive
func (w *World) checkShared() {
	var refs [maxShm]int
	for i := range w.procs {
		p := &w.procs[i]
		if p.state != procRunning {
			continue
		}
		for n := range p.fds {
			if p.fds[n].open && p.fds[n].role == fdShm {
				refs[p.fds[n].shm]++
			}
		}
		for n := range p.vmas {
			if p.vmas[n].size != 0 && p.vmas[n].shm >= 0 {
				refs[p.vmas[n].shm]++
			}
		}
	}
	for i := range refs {
		if refs[i] != w.shm[i].refs {
			w.checks.SharedBroken++
			return
		}
	}
}
