package shadow_test

import (
	"fmt"
	"runtime/debug"
	"strings"
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// wakeup is a program with a bug, as a rewriter leaves it: the tasklet is
// freed, and then woken.
func wakeup(a *shadow.Arena) {
	a.SetOp(0)
	t := (*tasklet)(a.Alloc(kTasklet))
	shadow.St4(&t.State, 0)
	shadow.St4(&t.TID, -1)
	a.SetOp(1)
	a.Free(kTasklet, unsafe.Pointer(t))
	a.SetOp(2)
	if shadow.Ld4(&t.TID) < 0 {
		shadow.St4(&t.State, shadow.Ld4(&t.State)|1)
	}
}

// A refused access panics. From the panic come its size and kind, from coded
// replay its address, from the arena what lies there.
func Example() {
	a, err := shadow.New(types, shadow.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer a.Close()
	run := func(m shadow.Mode) (t shadow.Trap, ok bool) {
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		defer func() {
			if r := recover(); r != nil {
				t, _, ok = shadow.TrapOf(r)
			}
		}()
		a.Reset(m)
		wakeup(a)
		return shadow.Trap{}, false
	}

	t, ok := run(shadow.Sanitize)
	if !ok {
		return
	}
	addr, _ := a.Locate(t, run)
	run(shadow.Sanitize) // coded replay has taken the place of the run
	fmt.Printf("%s of size %d at %s\n", a.Classify(addr), t.Size, a.Format(addr))
	p := a.Describe(addr)
	fmt.Printf("%s, allocated by op %d, freed by op %d\n", p, p.Chunk.AllocOp, p.Chunk.FreeOp)
	fmt.Println(strings.Join(a.Rows(addr, 1), "\n"))
	// Output:
	// heap-use-after-free of size 4 at 0x1014
	// 4 bytes inside of 48-byte tasklet #1, field tid, allocated by op 0, freed by op 1
	//   0x000f80: fa fa fa fa fa fa fa fa fa fa fa fa fa fa fa fa
	// =>0x001000: fa fa[fd]fd fd fd fd fd fa fa fa fa fa fa fa fa
	//   0x001080: fa fa fa fa fa fa fa fa fa fa fa fa fa fa fa fa
}

func ExampleTypeOf() {
	t := shadow.TypeOf[tasklet]("tasklet")
	for _, f := range t.Fields {
		fmt.Println(f.Offset, f.Size, f.Name)
	}
	// Output:
	// 0 4 state
	// 4 4 tid
	// 8 8 process
	// 16 8 context
	// 24 8 caller
	// 32 8 list.n
	// 40 8 list.p
}

// What is still live when a run is over has leaked.
func ExampleArena_EachLive() {
	a, _ := shadow.New(types, shadow.Options{})
	defer a.Close()
	for op := range int32(3) {
		a.SetOp(op)
		p := a.Alloc(kTasklet)
		if op != 1 {
			a.Free(kTasklet, p)
		}
	}
	a.EachLive(func(c shadow.Chunk) bool {
		fmt.Printf("leak: %s #%d, allocated by op %d\n", types[c.Kind].Name, c.Seq, c.AllocOp)
		return true
	})
	// Output:
	// leak: tasklet #2, allocated by op 1
}

// As shipped, the tid of a freed tasklet is the upper half of a free-list link:
// of whatever address the pool has there, and the arena's base decides it.
func ExampleArena_Link() {
	for _, base := range []uintptr{0x7f73_0000_0000, 0x55b9_0000_0000} {
		a, err := shadow.New(types, shadow.Options{Base: base})
		if err != nil {
			fmt.Println(err)
			return
		}
		a.Reset(shadow.AsShipped)
		older, t := a.Alloc(kTasklet), (*tasklet)(a.Alloc(kTasklet))
		a.Free(kTasklet, older)
		a.Free(kTasklet, unsafe.Pointer(t))
		next, _ := a.Link(unsafe.Pointer(t))
		fmt.Printf("link %#x, tid %d\n", next, shadow.Ld4(&t.TID))
		a.Close()
	}
	// Output:
	// link 0x1010, tid 32627
	// link 0x1010, tid 21945
}

// C arrays know no bounds, and container_of knows no type: both compute an
// address and touch nothing, so a wild one traps only when it is used.
func ExampleContainerOf() {
	a, _ := shadow.New(types, shadow.Options{})
	defer a.Close()
	threads := (*block)(a.Static(kBlock, 4))
	t := (*tasklet)(a.Alloc(kTasklet))
	fmt.Println(shadow.ContainerOf[tasklet](unsafe.Pointer(&t.List), unsafe.Offsetof(t.List)) == t)
	for _, tid := range []int32{1, 32627, -1} {
		thread := uintptr(unsafe.Pointer(shadow.Index(threads, tid)))
		fmt.Printf("thread %d at %s: %q\n", tid, a.Format(thread), a.Classify(thread))
	}
	// Output:
	// true
	// thread 1 at 0xffff40: ""
	// thread 32627 at 0x11fdbc0: "wild-access"
	// thread -1 at 0xfffec0: "heap-buffer-overflow"
}
