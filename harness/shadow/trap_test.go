package shadow_test

import (
	"errors"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// catch runs f and returns how it panicked, nil if it did not.
func catch(f func()) (s *stop) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			s = &stop{value: r}
			s.trap, s.stack, s.ok = shadow.TrapOf(r)
		}
	}()
	f()
	return nil
}

// functions names the frames of a stack.
func functions(stack []uintptr) []string {
	var names []string
	frames := runtime.CallersFrames(stack)
	for more := len(stack) > 0; more; {
		var f runtime.Frame
		f, more = frames.Next()
		names = append(names, f.Function[strings.LastIndexByte(f.Function, '/')+1:])
	}
	return names
}

//go:noinline
func readTID(t *tasklet) int32 { return shadow.Ld4(&t.TID) }

// TestTrapOf tells the accesses apart by kind and size, and starts the stack
// with the function that made them.
func TestTrapOf(t *testing.T) {
	a := newArena(t, shadow.Options{})
	a.Reset(shadow.Sanitize)
	p := (*tasklet)(a.Alloc(kTasklet))
	a.Free(kTasklet, unsafe.Pointer(p))
	for name, c := range map[string]struct {
		f    func()
		want shadow.Trap
	}{
		"Ld1":  {func() { shadow.Ld1((*bool)(unsafe.Pointer(p))) }, shadow.Trap{Size: 1, Word: 0xfd}},
		"Ld2":  {func() { shadow.Ld2((*int16)(unsafe.Pointer(p))) }, shadow.Trap{Size: 2, Word: 0xfdfd}},
		"Ld4":  {func() { readTID(p) }, shadow.Trap{Size: 4, Word: 0xfdfdfdfd}},
		"Ld8":  {func() { shadow.Ld8(&p.Context) }, shadow.Trap{Size: 8, Word: 0xfdfdfdfdfdfdfdfd}},
		"St1":  {func() { shadow.St1((*bool)(unsafe.Pointer(p)), true) }, shadow.Trap{Size: 1, Write: true, Word: 0xf0}},
		"St2":  {func() { shadow.St2((*int16)(unsafe.Pointer(p)), 1) }, shadow.Trap{Size: 2, Write: true, Word: 0xf0f0}},
		"St4":  {func() { shadow.St4(&p.TID, 1) }, shadow.Trap{Size: 4, Write: true, Word: 0xf0f0f0f0}},
		"St8":  {func() { shadow.St8(&p.Context, nil) }, shadow.Trap{Size: 8, Write: true, Word: 0xf0f0f0f0f0f0f0f0}},
		"null": {func() { shadow.Ld2(number2pointer16(0x18)) }, shadow.Trap{Size: 2, Fault: true, Known: true, Addr: 0x18}},
		// The compiler looks whether a pointer is null before it selects a field.
		"field of null": {func() { readTID(nil) }, shadow.Trap{Fault: true, Known: true}},
		"free":          {func() { a.Free(kTasklet, unsafe.Pointer(p)) }, shadow.Trap{Known: true, Addr: uintptr(unsafe.Pointer(p))}},
		"Fill":          {func() { shadow.Fill(unsafe.Pointer(p), 0, 48) }, shadow.Trap{Size: 48, Write: true, Known: true, Addr: uintptr(unsafe.Pointer(p))}},
	} {
		s := catch(c.f)
		if s == nil || !s.ok || s.trap != c.want {
			t.Errorf("%s: got %+v, want %+v", name, s, c.want)
			continue
		}
		if got := functions(s.stack)[0]; !strings.HasPrefix(got, "shadow_test.TestTrapOf.func") && got != "shadow_test.readTID" {
			t.Errorf("%s: innermost is %s", name, got)
		}
	}
}

func number2pointer16(u uintptr) *uint16 { return *(**uint16)(unsafe.Pointer(&u)) }

// TestTrapOfNoncanonical owns up to not knowing an address that the processor
// does not tell.
func TestTrapOfNoncanonical(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("an address without canonical form is amd64's")
	}
	a := newArena(t, shadow.Options{})
	s := catch(func() { shadow.Ld4((*uint32)(number2pointer(0xfdfd_fdfd_fdfd_fdfd))) })
	if s == nil || !s.ok || !s.trap.Fault || s.trap.Known || s.trap.Size != 4 {
		t.Fatalf("got %+v", s)
	}
	if addr, ok := a.Locate(s.trap, nil); ok {
		t.Errorf("located %#x", addr)
	}
}

// TestBulk finds each single byte that must not be read or written.
func TestBulk(t *testing.T) {
	a := newArena(t, shadow.Options{})
	for i := range 64 {
		a.Reset(shadow.Sanitize)
		p, q := a.Alloc(kBlock), a.Alloc(kBlock)
		shadow.Fill(p, 1, uintptr(i))
		shadow.Fill(unsafe.Add(p, i+1), 1, uintptr(63-i))
		a.Copy(q, p, 64)
		for name, f := range map[string]func(){
			"bytes": func() { shadow.Bytes(p, 64) },
			"copy":  func() { shadow.Bytes(q, 64) },
		} {
			want := uintptr(p) + uintptr(i)
			if name == "copy" {
				want = uintptr(q) + uintptr(i)
			}
			if s := catch(f); s == nil || !s.trap.Known || s.trap.Addr != want {
				t.Errorf("%s, byte %d: got %+v", name, i, s)
			}
		}
		end := unsafe.Add(p, i)
		for name, f := range map[string]func(){
			"fill":      func() { shadow.Fill(end, 0, 65) },
			"copy to":   func() { a.Copy(end, a.Static(kBlock, 2), 65) },
			"copy from": func() { a.Copy(a.Static(kBlock, 2), end, 65) },
		} {
			if s := catch(f); s == nil || !s.trap.Known || s.trap.Addr != uintptr(p)+64 || s.trap.Write != (name != "copy from") {
				t.Errorf("%s from byte %d: got %+v", name, i, s)
			}
		}
	}
	if got := shadow.Bytes(a.Static(kList, 1), 0); len(got) != 0 {
		t.Errorf("no bytes: got %v", got)
	}
}

// TestTrapOfOthers leaves alone what is no refused access, but knows where it
// happened.
func TestTrapOfOthers(t *testing.T) {
	var short [1]int
	index := len(functions(nil)) + 7
	for name, f := range map[string]func(){
		"index of the model's own": func() { short[index%9]++ },
		"division":                 func() { _ = index / (index - 7) },
		"error":                    func() { panic(errors.New("bug-on")) },
		"string":                   func() { panic("bug-on") },
	} {
		s := catch(f)
		if s == nil || s.ok || s.trap != (shadow.Trap{}) {
			t.Errorf("%s: got %+v", name, s)
			continue
		}
		if got := functions(s.stack)[0]; !strings.HasPrefix(got, "shadow_test.TestTrapOfOthers.func") {
			t.Errorf("%s: innermost is %s", name, got)
		}
	}
	if _, stack, ok := shadow.TrapOf(nil); ok || stack != nil {
		t.Errorf("no panic: %v, %v", ok, functions(stack))
	}
}

// TestStacks remembers who allocated, freed and popped an object, in the runs
// that ask for it only.
func TestStacks(t *testing.T) {
	a := newArena(t, shadow.Options{})
	for _, mode := range []shadow.Mode{shadow.Sanitize, shadow.Page, shadow.AsShipped} {
		for _, keep := range []bool{true, false, true} {
			a.KeepStacks(keep)
			a.Reset(mode)
			static := a.Static(kBlock, 1)
			newTasklet(a)
			p := newTasklet(a)
			release(a, p)
			head := a.Push(kList)
			a.Pop(head)
			alloc, free := a.Stacks(a.Describe(uintptr(p)).Chunk)
			_, pop := a.Stacks(a.Describe(uintptr(head)).Chunk)
			if !keep {
				if alloc != nil || free != nil || pop != nil {
					t.Errorf("%v: stacks %v %v %v", mode, functions(alloc), functions(free), functions(pop))
				}
				continue
			}
			for want, stack := range map[string][]uintptr{"newTasklet": alloc, "release": free, "TestStacks": pop} {
				if got := functions(stack); len(got) == 0 || got[0] != "shadow_test."+want {
					t.Errorf("%v: got stack %v, want it to begin with %s", mode, got, want)
				}
			}
			if alloc, free := a.Stacks(a.Describe(uintptr(static)).Chunk); alloc != nil || free != nil {
				t.Errorf("%v: a static has stacks %v %v", mode, functions(alloc), functions(free))
			}
		}
	}
}

// TestPassed remembers each way once, in the order of the run, and forgets it
// with the run.
func TestPassed(t *testing.T) {
	a := newArena(t, shadow.Options{})
	a.KeepStacks(true)
	for range 2 {
		a.Reset(shadow.Sanitize)
		for range 3 {
			second(a)
			first(a)
		}
		var got []string
		for _, stack := range a.Passed() {
			got = append(got, functions(stack)[0])
		}
		if want := []string{"shadow_test.second", "shadow_test.first"}; !slices.Equal(got, want) {
			t.Errorf("passed %v, want %v", got, want)
		}
	}
	a.KeepStacks(false)
	a.Reset(shadow.Sanitize)
	if first(a); len(a.Passed()) != 0 {
		t.Error("remembered in a run that keeps no stacks")
	}
}

//go:noinline
func first(a *shadow.Arena) { a.Pass() }

//go:noinline
func second(a *shadow.Arena) { a.Pass() }

//go:noinline
func newTasklet(a *shadow.Arena) unsafe.Pointer { return a.Alloc(kTasklet) }

//go:noinline
func release(a *shadow.Arena, p unsafe.Pointer) { a.Free(kTasklet, p) }
