package cause_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"strings"
)

// A shape is the stacks of one death, innermost first, each frame
// "function file".
type shape struct {
	class            string
	use, free, alloc []string
	size             int
	thr              uint64 // a garbage thread, for a wake
	signal           string
}

// loop is what stands below every task of HAProxy.
var loop = []string{"process_runnable_tasks src/task.c", "run_poll_loop src/haproxy.c", "run_thread_poll_loop src/haproxy.c", "main src/haproxy.c"}

// The forms in which a shape is rendered.
var forms = map[string]func(*shape, *rand.Rand) string{"gdb": gdbText, "asan": asanText, "valgrind": valgrindText}

func split(frame string) (fn, file string) {
	fn, file, _ = strings.Cut(frame, " ")
	if file == "" {
		file = "src/other.c"
	}
	return fn, file
}

// gdbText is "bt" of the core: the stack of the death is all that it has.
func gdbText(s *shape, r *rand.Rand) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Program terminated with signal %s, whatever.\n", cmp.Or(s.signal, "SIGSEGV"))
	for i, f := range s.use {
		fn, file := split(f)
		args := "arg=<optimized out>"
		if s.thr != 0 && i == 0 && strings.Contains(fn, "wakeup") {
			args = fmt.Sprintf("tl=%#x, thr=%d", s.thr<<32|0x44faad60, s.thr)
		}
		at := ""
		if i > 0 {
			at = fmt.Sprintf("0x%016x in ", 0x55b93cd00000+r.Uint64N(1<<20))
		}
		fmt.Fprintf(&b, "#%-2d %s%s (%s) at %s:%d\n", i, at, fn, args, file, 1+r.IntN(3000))
	}
	return b.String()
}

func asanFrames(b *strings.Builder, frames []string, r *rand.Rand) {
	for i, f := range frames {
		fn, file := split(f)
		fmt.Fprintf(b, "    #%d 0x%012x in %s /build/haproxy/%s:%d\n", i, 0x55b93cd00000+r.Uint64N(1<<20), fn, file, 1+r.IntN(3000))
	}
	b.WriteString("\n")
}

func asanText(s *shape, r *rand.Rand) string {
	var b strings.Builder
	switch s.class {
	case "leak":
		fmt.Fprintf(&b, "==7==ERROR: LeakSanitizer: detected memory leaks\n\nDirect leak of %d byte(s) in 1 object(s) allocated from:\n", s.size)
		asanFrames(&b, s.alloc, r)
		return b.String()
	case "null-dereference":
		b.WriteString("==7==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000048 (pc 0x5651f46c3dc3 bp 0x0 sp 0x7ffd T0)\n" +
			"==7==The signal is caused by a READ memory access.\n")
		asanFrames(&b, s.use, r)
		return b.String()
	case "use-of-uninitialized-value":
		b.WriteString("==7==WARNING: MemorySanitizer: use-of-uninitialized-value\n")
		asanFrames(&b, s.use, r)
		b.WriteString("  Uninitialized value was created by a heap allocation\n")
		asanFrames(&b, s.alloc, r)
		return b.String()
	case "double-free":
		b.WriteString("==7==ERROR: AddressSanitizer: attempting double-free on 0x606000041e44 in thread T0:\n")
	case "bad-free":
		b.WriteString("==7==ERROR: AddressSanitizer: attempting free on address which was not malloc()-ed: 0x606000041e44 in thread T0\n")
	default:
		fmt.Fprintf(&b, "==7==ERROR: AddressSanitizer: %s on address 0x606000041e44 at pc 0x55bbab18749d bp 0x7ffe430e98f0 sp 0x7ffe430e98e8\nREAD of size 8 at 0x606000041e44 thread T0\n", s.class)
	}
	asanFrames(&b, s.use, r)
	fmt.Fprintf(&b, "0x606000041e44 is located 4 bytes inside of %d-byte region [0x606000041e40,0x606000041e80)\n", s.size)
	if len(s.free) > 0 {
		b.WriteString("freed by thread T0 here:\n")
		asanFrames(&b, s.free, r)
		b.WriteString("previously ")
	}
	if len(s.alloc) > 0 {
		b.WriteString("allocated by thread T0 here:\n")
		asanFrames(&b, s.alloc, r)
	}
	fn, file := split(s.use[0])
	fmt.Fprintf(&b, "SUMMARY: AddressSanitizer: %s %s:1 in %s\n", s.class, file, fn)
	return b.String()
}

func valgrindFrames(b *strings.Builder, frames []string, r *rand.Rand) {
	for i, f := range frames {
		fn, file := split(f)
		word := "by"
		if i == 0 {
			word = "at"
		}
		fmt.Fprintf(b, "==7==    %s 0x%X: %s (%s:%d)\n", word, 0x109000+r.IntN(1<<20), fn, file[strings.LastIndex(file, "/")+1:], 1+r.IntN(3000))
	}
}

func valgrindText(s *shape, r *rand.Rand) string {
	var b strings.Builder
	switch s.class {
	case "leak":
		fmt.Fprintf(&b, "==7== %d bytes in 1 blocks are definitely lost in loss record 1 of 1\n", s.size)
		valgrindFrames(&b, s.alloc, r)
		return b.String()
	case "null-dereference":
		b.WriteString("==7== Invalid read of size 8\n")
		valgrindFrames(&b, s.use, r)
		b.WriteString("==7==  Address 0x48 is not stack'd, malloc'd or (recently) free'd\n==7==\n")
		return b.String()
	case "use-of-uninitialized-value":
		b.WriteString("==7== Conditional jump or move depends on uninitialised value(s)\n")
		valgrindFrames(&b, s.use, r)
		b.WriteString("==7==  Uninitialised value was created by a heap allocation\n")
		valgrindFrames(&b, s.alloc, r)
		return b.String()
	case "stack-use-after-scope":
		b.WriteString("==7== Invalid write of size 8\n")
		valgrindFrames(&b, s.use, r)
		b.WriteString("==7==  Address 0x1ffefffc50 is on thread 1's stack\n==7==\n")
		return b.String()
	case "double-free", "bad-free":
		b.WriteString("==7== Invalid free() / delete / delete[] / realloc()\n")
	default:
		b.WriteString("==7== Invalid read of size 8\n")
	}
	valgrindFrames(&b, s.use, r)
	if len(s.free) > 0 {
		fmt.Fprintf(&b, "==7==  Address 0x4a40090 is 4 bytes inside a block of size %d free'd\n", s.size)
		valgrindFrames(&b, s.free, r)
	}
	switch {
	case len(s.alloc) == 0:
		return b.String()
	case s.class == "heap-buffer-overflow":
		fmt.Fprintf(&b, "==7==  Address 0x4a40090 is 0 bytes after a block of size %d alloc'd\n", s.size)
	case len(s.free) == 0:
		fmt.Fprintf(&b, "==7==  Address 0x4a40090 is 4 bytes inside a block of size %d alloc'd\n", s.size)
	default:
		b.WriteString("==7==  Block was alloc'd at\n")
	}
	valgrindFrames(&b, s.alloc, r)
	return b.String()
}

// clones are what compilers call copies of a function.
var clones = []string{".isra.0", ".constprop.0", ".part.0", ".cold", ".lto_priv.0", ".constprop.0.isra.0"}

// blur does what compilers and releases do to a third of a stack's frames:
// dropped, inlined into their caller, or called otherwise, half of those by a
// name that nobody has ever heard.
func blur(frames []string, r *rand.Rand) []string {
	n := len(frames) / 3
	chosen := map[int]bool{}
	for _, i := range r.Perm(len(frames))[:n] {
		chosen[i] = true
	}
	var out []string
	for i, f := range frames {
		if !chosen[i] {
			out = append(out, f)
			continue
		}
		fn, file := split(f)
		switch r.IntN(6) {
		case 0, 1: // dropped
		case 2, 3: // inlined: its lines are its caller's
		case 4:
			out = append(out, fn+clones[r.IntN(len(clones))]+" "+file)
		case 5:
			out = append(out, fmt.Sprintf("%s_step%d %s", fn[:min(3, len(fn))], r.IntN(9), file))
		}
	}
	return out
}
