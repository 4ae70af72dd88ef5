package shadow

import (
	"fmt"
	"reflect"
	"runtime"
	"strconv"
	"strings"
)

// The classes of memory error, in the words of AddressSanitizer.
const (
	ClassUseAfterFree  = "heap-use-after-free"
	ClassOverflow      = "heap-buffer-overflow"
	ClassUninitialized = "use-of-uninitialized-value"
	ClassUseAfterScope = "stack-use-after-scope"
	ClassDoubleFree    = "double-free"
	ClassBadFree       = "bad-free"
	ClassMismatch      = "alloc-dealloc-mismatch"
	ClassNull          = "null-dereference"
	ClassWild          = "wild-access"
	ClassUnmapped      = "use-after-unmap" // AddressSanitizer has no word
)

// A Trap is what a refused access says of itself.
type Trap struct {
	// Word is the shadow word that the check saw; a store's shows the high
	// nibbles only. It is 0 when no check refused the access.
	Word uint64
	// Size is the number of bytes that were accessed, 0 when unknown: before
	// the compiler selects a field through a pointer it makes sure that there
	// is memory, so a null or wild one may fault ahead of the check.
	Size int
	// Write tells a store from a load. It is false when Size is 0.
	Write bool
	// Fault is set when the memory management unit refused the access, and not
	// a check: a null or wild pointer, or a locked page.
	Fault bool
	// Addr is the address, if Known: that of the first refused byte. Faults
	// and bulk accesses know it, checks do not: see Locate.
	Addr  uintptr
	Known bool
}

// A BadAccess is what Fill, Copy, Bytes and Zero panic with.
type BadAccess struct {
	Addr  uintptr // the first byte that was refused
	Size  uintptr // of the whole access
	Write bool
}

// Error says what was refused. It names no address, which differs from run to
// run.
func (e *BadAccess) Error() string {
	if e.Write {
		return fmt.Sprintf("shadow: bulk write of %d bytes refused", e.Size)
	}
	return fmt.Sprintf("shadow: bulk read of %d bytes refused", e.Size)
}

// A BadFree is what Free and Pop panic with.
type BadFree struct {
	Class string // ClassDoubleFree, ClassBadFree or ClassMismatch
	Kind  Kind   // what it was to be freed as; 0 for Pop
	Type  string
	Addr  uintptr
	At    string // Addr as Format has it
}

// Error says what was refused, and where.
func (e *BadFree) Error() string {
	if e.Kind == 0 {
		return fmt.Sprintf("shadow: %s: pop of %s", e.Class, e.At)
	}
	return fmt.Sprintf("shadow: %s: free of %s as %s", e.Class, e.At, e.Type)
}

func (a *Arena) badFree(class string, k Kind, off uintptr) *BadFree {
	addr := a.Base() + off
	return &BadFree{Class: class, Kind: k, Type: a.types[k].Name, Addr: addr, At: a.Format(addr)}
}

// TrapOf tells what r, the value of a panic, says of a refused access, and the
// stack of the panic from the innermost function outside of this package on,
// for runtime.CallersFrames. It must be called by the deferred function itself
// that recovers, while the panic's frames still stand. It reports false when r
// is no refused access; the stack is right all the same.
//
// Faults become panics only in a goroutine that has called
// debug.SetPanicOnFault(true).
func TrapOf(r any) (t Trap, stack []uintptr, ok bool) {
	stack, check := panicStack()
	switch e := r.(type) {
	case *BadFree:
		return Trap{Addr: e.Addr, Known: true}, stack, true
	case *BadAccess:
		return Trap{Addr: e.Addr, Known: true, Size: int(e.Size), Write: e.Write}, stack, true
	case runtime.Error:
		t, ok = runtimeTrap(e, check)
		return t, stack, ok
	}
	return Trap{}, stack, false
}

// runtimeTrap reads the runtime's own error. The check is the function of this
// package in which it arose, if any.
func runtimeTrap(e runtime.Error, check string) (Trap, bool) {
	var t Trap
	t.Size, t.Write = access(check)
	if f, ok := e.(interface{ Addr() uintptr }); ok {
		t.Fault, t.Addr = true, f.Addr()
		// An address without canonical form stays the processor's secret.
		t.Known = t.Addr != 0
		if t.Size != 0 || check == bulkCheck {
			t.Addr -= Displacement // it was the shadow that could not be read
		}
		return t, true
	}
	msg := e.Error()
	if strings.Contains(msg, "nil pointer dereference") {
		return Trap{Fault: true, Known: true, Size: t.Size, Write: t.Write}, true
	}
	word, ok := strings.CutPrefix(msg, "runtime error: index out of range [")
	word, ok2 := strings.CutSuffix(word, "] with length 1")
	if !ok || !ok2 || t.Size == 0 {
		return Trap{}, false
	}
	var err error
	t.Word, err = strconv.ParseUint(word, 10, 64)
	return t, err == nil
}

// bulkCheck is the function that looks at the shadow for bulk accesses.
const bulkCheck = "poisoned"

// access is the size and kind of what a check function guards: of "Ld4" and
// "St8" and their like. Another function has size 0.
func access(check string) (size int, write bool) {
	if len(check) != 3 || check[:2] != "Ld" && check[:2] != "St" {
		return 0, false
	}
	return int(check[2] - '0'), check[0] == 'S'
}

// here is the import path of this package, as functions' names begin with it.
var here = reflect.TypeFor[Arena]().PkgPath() + "."

// panicStack returns the stack below the panic in progress, without the
// frames of the runtime and of this package, and the name of this package's
// function that stood innermost.
func panicStack() (stack []uintptr, own string) {
	var pcs [96]uintptr
	n := runtime.Callers(0, pcs[:])
	at, below := 0, false
	for ; at < n; at++ {
		f := function(pcs[at])
		if !below {
			below = f == "runtime.gopanic"
			continue
		}
		name, ok := strings.CutPrefix(f, here)
		switch {
		case strings.HasPrefix(f, "runtime."):
		case !ok:
			return append(stack, pcs[at:n]...), own
		case own == "":
			own, _, _ = strings.Cut(name, "[")
		}
	}
	return stack, own
}

// function names the one frame that an element of runtime.Callers stands for.
func function(pc uintptr) string {
	f, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	return f.Function
}
