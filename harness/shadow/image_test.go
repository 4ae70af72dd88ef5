package shadow

import (
	"testing"
	"unsafe"
)

// fork, a write in the child, a switch back: each process sees its own.
func TestImagesAreAddressSpaces(t *testing.T) {
	for _, mode := range []Mode{Sanitize, Plain, AsShipped, Coded(1)} {
		a := newArena(t)
		a.Reset(mode)
		p := (*cell)(a.AllocRow(cellKind, 4))
		St8(&p.A, 1)
		var parent, child Image
		a.Save(&parent)
		St8(&p.A, 2)
		q := (*cell)(a.AllocRow(cellKind, 1))
		St8(&q.A, 3)
		a.Save(&child)
		a.Load(&parent)
		if got := Ld8(&p.A); got != 1 {
			t.Errorf("%v: the parent reads %d, want its own 1", mode, got)
		}
		if mode != Plain && mode != AsShipped && a.Live(unsafe.Pointer(q)) {
			t.Errorf("%v: the child's object lives in the parent", mode)
		}
		a.Load(&child)
		if got := Ld8(&p.A) + Ld8(&q.A); got != 5 {
			t.Errorf("%v: the child reads %d, want 5", mode, got)
		}
	}
}

// What leaving an address space covers is redzone again for the next run,
// whatever the mode of this one was.
func TestVacatedMemoryIsRedzone(t *testing.T) {
	a := newArena(t)
	for _, mode := range []Mode{Sanitize, AsShipped, Coded(2), Plain} {
		a.Reset(mode)
		p := a.AllocRow(cellKind, 20000)
		m := a.Map(cellKind, 10, 256)
		a.Unmap(m, 100)
		a.Vacate()
		a.Reset(Sanitize)
		for _, at := range []unsafe.Pointer{p, unsafe.Add(p, 200000), m, unsafe.Add(m, 100)} {
			if got := a.Classify(uintptr(at)); got != ClassOverflow {
				t.Errorf("%v: %s is %q in the next run, want redzone", mode, a.Format(uintptr(at)), got)
			}
		}
	}
}

// An unmap of heap takes what lies there, names it, and is seen by every later
// access in the modes that watch, as-shipped among them.
func TestUnmapTakesWhatLiesThere(t *testing.T) {
	for _, mode := range []Mode{Sanitize, AsShipped} {
		a := newArena(t)
		a.Reset(mode)
		p := (*cell)(a.AllocRow(cellKind, 1))
		q := (*cell)(a.AllocRow(cellKind, 1))
		r := (*cell)(a.AllocRow(cellKind, 1))
		St8(&r.A, 7)
		n := 0
		size := uintptr(unsafe.Pointer(q)) + 1 - uintptr(unsafe.Pointer(p))
		a.EachIn(unsafe.Pointer(p), size, func(Chunk) bool { n++; return true })
		a.Unmap(unsafe.Pointer(p), size)
		if n != 2 {
			t.Errorf("%v: %d victims, want 2", mode, n)
		}
		if Ld8(&r.A) != 7 {
			t.Errorf("%v: the unmap went too far", mode)
		}
		if got := a.Classify(uintptr(unsafe.Pointer(q))); got != ClassUnmapped {
			t.Errorf("%v: the second victim is %q", mode, got)
		}
		if !refused(func() { Ld8(&p.A) }) {
			t.Errorf("%v: a read of unmapped memory passed", mode)
		}
		if at := unsafe.Pointer(p); mode == Sanitize && (a.Live(at) || !a.Freed(at)) {
			t.Errorf("%v: unmapped memory is live %t, gone %t", mode, a.Live(at), a.Freed(at))
		}
	}
}

// A mapping dies with the last of its bytes, and not before; and what was taken
// is there again in the next run.
func TestUnmapOfMappings(t *testing.T) {
	a := newArena(t)
	for _, c := range []struct{ from, n, left uintptr }{{0, 160, 0}, {0, 100, 1}, {60, 100, 1}, {60, 1000, 1}} {
		a.Reset(Sanitize)
		m := a.Map(cellKind, 10, 256)
		a.Unmap(unsafe.Add(m, c.from), c.n)
		left := uintptr(0)
		a.EachIn(m, 160, func(Chunk) bool { left++; return true })
		if left != c.left {
			t.Errorf("unmap of %d bytes at %d leaves %d mappings, want %d", c.n, c.from, left, c.left)
		}
	}
	for range 2 {
		a.Reset(AsShipped)
		p := (*cell)(a.AllocRow(cellKind, 1))
		if refused(func() { St8(&p.A, 1) }) {
			t.Error("what the last run has unmapped is refused")
		}
		a.Unmap(unsafe.Pointer(p), 16)
	}
}

// Coded replay finds the address of what was unmapped.
func TestLocateUnmapped(t *testing.T) {
	a := newArena(t)
	var p *cell
	at, ok := a.Locate(Trap{Size: 8}, func(m Mode) (u Trap, ok bool) {
		defer func() { u, _, ok = TrapOf(recover()) }()
		a.Reset(m)
		p = (*cell)(a.AllocRow(cellKind, 1))
		a.Unmap(unsafe.Pointer(p), 16)
		Ld8(&p.B)
		return
	})
	if !ok || at != uintptr(unsafe.Pointer(&p.B)) {
		t.Errorf("located %s, %v", a.Format(at), ok)
	}
}

func refused(f func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	f()
	return
}

// Mappings are page-aligned, zeroed, apart, and nothing that free takes.
func TestMapIsApart(t *testing.T) {
	a := newArena(t)
	a.Reset(Sanitize)
	m, n := a.Map(cellKind, 100, 256), a.Map(cellKind, 3, 256)
	if a.Rel(m)%256 != 0 || a.Rel(n)%256 != 0 || a.Rel(m)-a.Rel(n) < 512 {
		t.Errorf("mappings at %#x and %#x", a.Rel(m), a.Rel(n))
	}
	if Ld8(&(*cell)(m).A) != 0 {
		t.Error("a mapping is not zeroed")
	}
	if !refused(func() { a.FreeRow(cellKind, m) }) {
		t.Error("a mapping was freed as heap")
	}
}

const cellKind Kind = 1

type cell struct{ A, B uint64 }

func newArena(t *testing.T) *Arena {
	t.Helper()
	a, err := New([]Type{{}, TypeOf[cell]("cell")}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}
