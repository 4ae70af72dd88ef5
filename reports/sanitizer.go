package reports

import (
	"fmt"
	"strings"
)

// The classes whose form differs from the common one.
const (
	useAfterScope = "stack-use-after-scope"
	doubleFree    = "double-free"
	badFree       = "bad-free"
	wrongPool     = "alloc-dealloc-mismatch"
	uninitialised = "use-of-uninitialized-value"
	nullAccess    = "null-dereference"
	wildAccess    = "wild-access"
	leak          = "leak"
	bugOn         = "bug-on"
	dangling      = "dangling-subscription"
)

// The names that stand behind "ERROR:" and "SUMMARY:".
const (
	asan = "AddressSanitizer"
	msan = "MemorySanitizer"
	ours = "lastwake"
)

// tool returns whose words describe class.
func tool(class string) string {
	switch class {
	case "heap-use-after-free", "heap-buffer-overflow", useAfterScope, doubleFree, badFree, wrongPool,
		nullAccess, wildAccess, leak:
		return asan
	case uninitialised:
		return msan
	}
	return ours
}

// side returns in ASan's words where an access lies from its region.
func side(where string) string {
	switch where {
	case "after":
		return "to the right of"
	case "before":
		return "to the left of"
	}
	return "inside of"
}

const legend = `Shadow byte legend (one shadow byte represents 8 application bytes):
  Addressable:           00
  Partially addressable: 01 02 03 04 05 06 07
  Heap left redzone:       fa
  Freed heap region:       fd
  Stack use after scope:   f8`

// sanitizer writes the finding as a sanitizer would.
func (t *text) sanitizer() {
	r := t.r
	t.line("=================================================================")
	t.headline()
	t.stack(r.Use)
	if r.Class != leak {
		t.line("")
	}
	t.located()
	if r.Free != nil {
		t.line("%s", t.freed())
		t.stack(r.Free)
		t.line("")
	}
	if r.Alloc != nil {
		t.line("%s", t.allocated())
		t.stack(r.Alloc)
		t.line("")
	}
	t.summary()
	if len(r.ShadowRows) > 0 {
		t.line("Shadow bytes around the buggy address:")
		t.line("%s", strings.Join(r.ShadowRows, "\n"))
		t.line("%s", legend)
	}
	if tool(r.Class) == asan && r.Class != leak {
		t.line("==0==ABORTING")
	}
}

// headline writes the ERROR line and what stands between it and the stack.
func (t *text) headline() {
	r := t.r
	switch tool(r.Class) {
	case asan:
		t.line("==0==ERROR: %s", t.asanError())
	case msan:
		t.line("==0==WARNING: %s: %s", msan, r.Class)
	default:
		t.ownError()
	}
	switch x := r.Access; {
	case x == nil || x.Kind == Freed:
	case r.Class == nullAccess, r.Class == wildAccess:
		t.line("==0==The signal is caused by a %s memory access.", x.Kind)
		if r.Class == nullAccess {
			t.line("==0==Hint: address points to the zero page.")
		}
	default:
		t.line("%s of size %d at %s thread T0", x.Kind, x.Size, t.addr(x.Addr))
	}
}

// asanError returns ASan's ERROR line without its "==PID==ERROR: ".
func (t *text) asanError() string {
	r := t.r
	if r.Class == leak {
		return "LeakSanitizer: detected memory leaks"
	}
	at := "an unknown address"
	if r.Access != nil {
		at = t.addr(r.Access.Addr)
	}
	var what string
	switch r.Class {
	case doubleFree:
		what = "attempting double-free on " + at + " in thread T0:"
	case badFree:
		what = "attempting free on address which was not malloc()-ed: " + at + " in thread T0"
	case wrongPool:
		what = fmt.Sprintf("alloc-dealloc-mismatch (pool %s vs pool %s) on %s", r.Object.Type, r.Object.Pool, at)
	case nullAccess, wildAccess:
		what = "SEGV on unknown address " + at
	default:
		what = r.Class + " on address " + at
	}
	return asan + ": " + what
}

// ownError writes the ERROR line of a class that no sanitizer has.
func (t *text) ownError() {
	r := t.r
	t.line("==0==ERROR: %s: %s: %s", ours, r.Class, t.broken())
	if r.Cond != "" {
		t.line("FATAL: bug condition %q matched at %s", r.Cond, place(r.Use))
	}
	if r.Detail != "" && r.Cond == "" {
		t.paragraph("  ", r.Detail)
	}
}

// broken names what does not hold.
func (t *text) broken() string {
	r := t.r
	switch {
	case r.On != "":
		return strings.TrimPrefix(r.Signature, r.Class+" | ")
	case r.Invariant == "":
		return r.Object.Type
	case r.Object.Type == "" || r.Class == bugOn || r.Class == dangling:
		return r.Invariant
	}
	return r.Invariant + " of " + r.Object.Type
}

// stack writes the frames of m. The op stands before them, outside of the
// frames' grammar; it must not hold " #0 ", by which tools find the stack.
func (t *text) stack(m *Moment) {
	if m == nil {
		return
	}
	t.line("  in %s", opName(m))
	for i, f := range m.Stack {
		t.line("    #%d 0x000000000000 in %s %s:%d", i, f.Func, f.File, f.Line)
	}
}

// located says where the access lies in its object.
func (t *text) located() {
	x := t.r.Access
	if x == nil || x.Region == 0 {
		return
	}
	start := x.Addr - Addr(x.Offset)
	switch x.Where {
	case "after":
		start -= Addr(x.Region)
	case "before":
		start = x.Addr + Addr(x.Offset)
	}
	t.line("%s is located %d bytes %s %d-byte region [%s,%s)", t.addr(x.Addr), x.Offset, side(x.Where), x.Region,
		t.addr(start), t.addr(start+Addr(x.Region)))
}

// freed is the line above the stack of the free.
func (t *text) freed() string {
	if t.r.Class == useAfterScope {
		return "scope ended here:"
	}
	return "freed by thread T0 here:"
}

// allocated is the line above the stack of the allocation.
func (t *text) allocated() string {
	o := &t.r.Object
	switch {
	case t.r.Class == leak:
		return fmt.Sprintf("\nDirect leak of %d byte(s) in %d object(s) allocated from:", o.Size*o.Count, o.Count)
	case t.r.Class == uninitialised:
		return "  Uninitialized value was created by a heap allocation"
	case t.r.Class == useAfterScope:
		return "scope entered here:"
	case t.r.Free == nil:
		return "allocated by thread T0 here:"
	}
	return "previously allocated by thread T0 here:"
}

// summary writes the line by which tools know the class.
func (t *text) summary() {
	r, o := t.r, &t.r.Object
	word := r.Class
	switch r.Class {
	case leak:
		t.line("SUMMARY: %s: %d byte(s) leaked in %d allocation(s).", asan, o.Size*o.Count, o.Count)
		return
	case nullAccess, wildAccess:
		word = "SEGV"
	}
	if _, ok := inner(r.Use); !ok && tool(r.Class) == ours {
		t.line("SUMMARY: %s: %s %s", ours, word, t.broken())
		return
	}
	t.line("SUMMARY: %s: %s %s in %s", tool(r.Class), word, place(r.Use), funcOf(r.Use))
}

// inner returns the innermost frame that is no primitive.
func inner(m *Moment) (Frame, bool) {
	if m == nil || len(m.Stack) == 0 {
		return Frame{}, false
	}
	for _, f := range m.Stack {
		if !f.Primitive {
			return f, true
		}
	}
	return m.Stack[0], true
}

// place returns file and line of m, "(unknown)" when it has no stack.
func place(m *Moment) string {
	f, ok := inner(m)
	if !ok {
		return "(unknown)"
	}
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}

func funcOf(m *Moment) string {
	f, ok := inner(m)
	switch {
	case ok:
		return f.Func
	case m != nil && m.Func != "":
		return m.Func
	}
	return "(unknown)"
}
