package shadow_test

import (
	"errors"
	"strings"
	"testing"
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// TestPlacement gives arenas the slots of the wanted block in order, and when
// those are gone slots elsewhere, unless told that only the block will do.
func TestPlacement(t *testing.T) {
	const block = 0x3a73_0000_0000
	o := shadow.Options{Base: block}
	for i := range uintptr(shadow.Slots) {
		if got, want := newArena(t, o).Base(), block+i*shadow.Stride; got != want {
			t.Fatalf("arena %d at %#x, want %#x", i, got, want)
		}
	}
	extra := newArena(t, o)
	if extra.Base()>>32 == block>>32 {
		t.Errorf("one arena too many at %#x", extra.Base())
	}
	o.Strict = true
	a, err := shadow.New(types, o)
	if err == nil || !strings.Contains(err.Error(), "no free slot at 0x3a7300000000 or 0 other bases") {
		t.Errorf("strict: got %v, %v", a, err)
	}
	script := []string{"alloc b block", "free b block", "st4 b+4"}
	got := transcript(&player{a: extra}, shadow.Sanitize, script)
	want := transcript(&player{a: newArena(t, shadow.Options{})}, shadow.Sanitize, script)
	if got != want {
		t.Errorf("elsewhere: got %s, want %s", got, want)
	}
}

// TestClose makes the slot free again, as often as it is called.
func TestClose(t *testing.T) {
	o := shadow.Options{Base: 0x3b73_0000_0000, Strict: true}
	for range 2 * shadow.Slots {
		a, err := shadow.New(types, o)
		if err != nil {
			t.Fatal(err)
		}
		if a.Base() != o.Base {
			t.Fatalf("arena at %#x", a.Base())
		}
		if err := errors.Join(a.Close(), a.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNewRefuses names what is wrong with the arguments.
func TestNewRefuses(t *testing.T) {
	for want, c := range map[string]struct {
		types []shadow.Type
		o     shadow.Options
	}{
		"no type table":      {types: []shadow.Type{{}}},
		"at most 256":        {types: make([]shadow.Type, 257)},
		`row 1 ("x")`:        {types: []shadow.Type{{}, {Name: "x"}}},
		"multiple of 64 KiB": {types: types, o: shadow.Options{Base: 0x7f73_0000_1000}},
	} {
		if a, err := shadow.New(c.types, c.o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, %v, want an error with %q", a, err, want)
		}
	}
}

// TestFull ends a run that has used up the arena with an error of its own, and
// the next run has all of it again.
func TestFull(t *testing.T) {
	a := newArena(t, shadow.Options{})
	for _, mode := range []shadow.Mode{shadow.Plain, shadow.Sanitize, shadow.AsShipped, shadow.Page, shadow.Coded(1)} {
		a.Reset(mode)
		a.Reset(mode)
		n := 0
		s := catch(func() {
			for ; ; n++ {
				a.Alloc(kBlock)
			}
		})
		var full *shadow.ArenaFull
		if err, ok := s.value.(error); !ok || !errors.As(err, &full) || full.Type != "block" || s.ok {
			t.Errorf("%v: got %+v after %d objects", mode, s, n)
		}
		if want := map[bool]int{true: 100, false: 200_000}[mode == shadow.Page]; n < want {
			t.Errorf("%v: full after %d objects", mode, n)
		}
		for _, n := range []uintptr{1000, 0, 1 << 58} { // the size of the last one is no number of bytes
			if n != 1000 {
				a.Reset(mode)
			}
			s = catch(func() { a.Static(kBlock, n) })
			if err, ok := s.value.(error); !ok || !errors.As(err, &full) {
				t.Errorf("%v: %d statics: got %+v", mode, n, s)
			}
		}
	}
	a.Reset(shadow.Sanitize)
	a.Alloc(kBlock)
}

// TestUnknownKind is a fault of the model, not of the program that it runs.
func TestUnknownKind(t *testing.T) {
	a := newArena(t, shadow.Options{})
	for _, mode := range []shadow.Mode{shadow.Plain, shadow.Sanitize, shadow.AsShipped, shadow.Page} {
		var p unsafe.Pointer
		for name, f := range map[string]func(){
			"alloc":  func() { a.Alloc(0) },
			"push":   func() { a.Push(200) },
			"static": func() { a.Static(99, 1) },
			"zero":   func() { a.Zero(200, p) },
			"free":   func() { a.Free(99, p) },
		} {
			if name == "free" && mode == shadow.Plain {
				continue // which checks nothing
			}
			a.Reset(mode)
			p = a.Alloc(kBlock)
			a.Alloc(kBlock)
			if s := catch(f); s == nil || s.ok || !strings.Contains(s.value.(string), "not in the type table") {
				t.Errorf("%v: %s: got %+v", mode, name, s)
			}
		}
	}
}

// TestNoAllocations plays whole runs without a word to Go's own allocator, so
// that collections do not come either.
func TestNoAllocations(t *testing.T) {
	var p unsafe.Pointer
	if testing.AllocsPerRun(10, func() { p = number2pointer(uintptr(p)) }) > 0 {
		t.Skip("this build allocates for a mere conversion: -d=checkptr=2")
	}
	a := newArena(t, shadow.Options{})
	var objs [200]unsafe.Pointer
	live := 0
	count := func(shadow.Chunk) bool { live++; return true }
	for _, mode := range []shadow.Mode{shadow.Plain, shadow.Sanitize, shadow.AsShipped, shadow.Page, shadow.Coded(3)} {
		run := func() {
			a.Reset(mode)
			a.Static(kTasklet, 3)
			for i := range objs {
				a.SetOp(int32(i))
				objs[i] = a.Alloc(kBlock)
				a.Zero(kBlock, objs[i])
				a.Pop(a.Push(kList))
			}
			for _, p := range objs[10:] {
				a.Free(kBlock, p)
				a.Freed(p)
			}
			a.EachLive(count)
		}
		run()
		if n := testing.AllocsPerRun(20, run); n != 0 {
			t.Errorf("%v: %v allocations per run", mode, n)
		}
	}
	if live == 0 {
		t.Error("nothing was live")
	}
}

// TestResetCostsWhatWasUsed looks for traces of a Reset where the run has not
// been: there must be none, or each run would pay for the whole arena.
func TestResetCostsWhatWasUsed(t *testing.T) {
	a := newArena(t, shadow.Options{})
	far := (*byte)(number2pointer(a.Base() + shadow.Displacement + 0x300000))
	near := (*byte)(number2pointer(a.Base() + shadow.Displacement + 0x1010))
	for range 3 {
		a.Reset(shadow.Sanitize)
		if *near != 0xfa {
			t.Fatalf("a new run starts with %#x where an object was", *near)
		}
		*far = 0
		shadow.St8((*uint64)(a.Alloc(kBlock)), 1)
		a.Static(kBlock, 4)
	}
	if *far != 0 {
		t.Error("Reset was where the run was not")
	}
	a.Reset(shadow.Coded(1))
	*far = 0
	a.Alloc(kBlock)
	a.Reset(shadow.Sanitize)
	if *far != 0 {
		t.Error("Reset was where the coded run was not")
	}
	for _, mode := range []shadow.Mode{shadow.Sanitize, shadow.Coded(1)} {
		a.Reset(shadow.Plain)
		a.Reset(mode)
		if *far != 0xfa {
			t.Errorf("%v: the shadow stays open after a mode that opened it", mode)
		}
	}
}

// TestModesFollowEachOther takes every mode after every other: what one
// leaves behind must not show in the next.
func TestModesFollowEachOther(t *testing.T) {
	all := []shadow.Mode{shadow.Plain, shadow.Sanitize, shadow.AsShipped, shadow.Page, shadow.Coded(1), shadow.Coded(shadow.Rounds)}
	script := []string{"static s odd 1", "push l list", "alloc b block", "alloc c odd", "zero c odd", "free b block", "pop l",
		"push l list", "alloc d block", "left", "peek d+5", "peek l", "free d block", "free c odd", "ld4 b+4"}
	want := map[shadow.Mode]string{}
	for _, m := range all {
		p := &player{a: newArena(t, shadow.Options{})}
		p.play(m, script)
		want[m] = strings.Join(p.said, "\n")
	}
	p := &player{a: newArena(t, shadow.Options{})}
	for _, m := range all {
		for _, n := range all {
			p.play(m, script)
			s := p.play(n, script)
			if got := strings.Join(p.said, "\n"); got != want[n] {
				t.Errorf("%v after %v:\n%s\nwant:\n%s", n, m, got, want[n])
			}
			if open := n == shadow.Plain || n == shadow.AsShipped; open != (s == nil) || !open && !s.ok {
				t.Errorf("%v after %v: got %+v", n, m, s)
			}
		}
	}
}
