package process

import (
	"fmt"
	"unsafe"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

// A BadUnmap is the panic of a munmap whose range is not one mapping.
//
//lastwake:shared
type BadUnmap struct {
	// Failed: the range begins inside a mapping, so that what should go away
	// stays. Otherwise it lies where no mapping is, on the heap.
	Failed bool
	Addr   unsafe.Pointer
	Size   uintptr
	// Proc and Pid are the process that asked, and its number to the kernel.
	Proc int
	Pid  int32
	// InPage is how far past the start of a page the address lies. Kernel says
	// what the kernel of this run would have made of the call.
	InPage uintptr
	Kernel string
	// Victims are the objects in the range.
	Victims []Victim
}

// A Victim is an object that lies in a range that was to be unmapped, with what
// it holds if that is a string.
//
//lastwake:shared
type Victim struct {
	Chunk shadow.Chunk
	Text  string
}

// Error describes the call.
//
//lastwake:shared
func (b *BadUnmap) Error() string {
	what := "heap"
	if b.Failed {
		what = "the inside of a mapping"
	}
	return fmt.Sprintf("munmap of %d bytes of %s", b.Size, what)
}

// mmap maps size bytes, of shared memory unless shm is -1: then they are 0. It
// returns nil when there are too many mappings.
//
//lastwake:c mmap kernel
//lastwake:primitive
func (w *World) mmap(size uintptr, shm int) unsafe.Pointer {
	p := w.me()
	for i := range p.vmas {
		m := &p.vmas[i]
		if m.size != 0 {
			continue
		}
		m.addr = w.arena.Map(kindStorage, size/unsafe.Sizeof(StorageCell{}), w.cfg.page)
		m.size = size
		m.shm = shm
		clear(w.arena.Raw(m.addr, size))
		if shm >= 0 {
			w.shm[shm].refs++
			copy(w.arena.Raw(m.addr, size), w.shm[shm].data[:])
		}
		w.say(evMap, uint64(size), 0)
		return m.addr
	}
	return nil
}

// munmap takes a range out of the address space. One that is not just one
// mapping ends the run, unless it is one to the symptom: then the kernel's
// policy decides.
//
//lastwake:c munmap kernel
//lastwake:primitive
func (w *World) munmap(addr unsafe.Pointer, size uintptr) int32 {
	inPage := w.arena.Rel(addr) & (w.cfg.page - 1)
	w.say(evMunmap, uint64(size), uint64(inPage))
	p := w.me()
	for i := range p.vmas {
		m := &p.vmas[i]
		if m.size != 0 && m.addr == addr && m.size == size {
			w.publish()
			w.arena.Unmap(addr, size)
			w.dropVMA(m)
			return 0
		}
	}
	if !w.symptom {
		panic(w.badUnmap(addr, size, inPage))
	}
	if inPage != 0 {
		if w.cfg.munmap == program.MunmapLinux {
			w.say(evMunmapFailed, 0, 0)
			return -1
		}
		addr = w.plus(addr, -int(inPage))
		size += inPage
	}
	size = (size + w.cfg.page - 1) &^ (w.cfg.page - 1)
	w.arena.Unmap(addr, size)
	w.say(evUnmapped, uint64(size), 0)
	return 0
}

// dropVMA forgets a mapping.
//
//lastwake:primitive
func (w *World) dropVMA(m *vma) {
	if m.shm >= 0 {
		w.shm[m.shm].refs--
	}
	*m = vma{}
}

// dropMappings forgets all mappings of the process that runs.
//
//lastwake:primitive
func (w *World) dropMappings() {
	p := w.me()
	for i := range p.vmas {
		if p.vmas[i].size != 0 {
			w.dropVMA(&p.vmas[i])
		}
	}
}

// badUnmap describes a munmap of what is not just one mapping. The victims are
// what lies on the pages that the range touches, whether this run's kernel
// would take them or not.
//
//lastwake:primitive
func (w *World) badUnmap(addr unsafe.Pointer, size, inPage uintptr) *BadUnmap {
	b := &BadUnmap{Addr: addr, Size: size, Proc: w.cur, Pid: w.me().pid, InPage: inPage, Kernel: "takes the pages away, and all that is on them"}
	if inPage != 0 && w.cfg.munmap == program.MunmapLinux {
		b.Kernel = "refuses (EINVAL), which nobody looks at"
	}
	p := w.me()
	for i := range p.vmas {
		m := &p.vmas[i]
		if m.size != 0 && w.arena.Rel(addr)-w.arena.Rel(m.addr) < m.size {
			b.Failed = true
		}
	}
	from := w.plus(addr, -int(inPage))
	start := w.arena.Base() + w.arena.Rel(from)
	w.arena.EachIn(from, (size+inPage+w.cfg.page-1)&^(w.cfg.page-1), func(c shadow.Chunk) bool {
		v := Victim{Chunk: c}
		if types[c.Kind].Size == 1 {
			text, ok := w.arena.Text(w.plus(from, int(c.Addr)-int(start)))
			if ok && c.Kind != kindPad {
				v.Text = string(text)
			}
		}
		b.Victims = append(b.Victims, v)
		return true
	})
	return b
}
