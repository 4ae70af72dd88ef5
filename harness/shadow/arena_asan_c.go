//go:build asan && cgo && linux

package shadow

/*
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void __asan_set_error_report_callback(void (*)(const char *));
void *__asan_get_report_address(void);
void *__asan_get_report_pc(void);
void __asan_poison_stack_memory(uintptr_t addr, size_t size);
void __asan_unpoison_stack_memory(uintptr_t addr, size_t size);

// The first report since lw_clear, the page that lw_said has locked, and
// whether that is code.
static char lw_text[1 << 16];
static volatile int lw_reports, lw_in_c; // gcc thinks that memmove calls nobody
static volatile uintptr_t lw_page, lw_addr, lw_at, lw_code;
static uintptr_t lw_model, lw_model_end; // whole pages with the model's code
static int lw_lock_code;

enum { LW_PAGE = 4096 };

// lw_said hears every report, in the middle of the call that asks before an
// access. The page of the address is locked: the access faults, and Go panics
// where it is, with its stack. But the compiler asks about a load whose value
// nobody wants too, and does not make it. Then the run is played again with
// LockCode: the page of code that the call returns to is locked instead. In C
// there is nobody to panic: lw_in_c says so.
static void lw_said(const char *text)
{
	if (lw_reports++)
		return;
	strncpy(lw_text, text, sizeof lw_text - 1);
	lw_addr = (uintptr_t)__asan_get_report_address();
	if (lw_in_c)
		return;
	lw_at = (uintptr_t)__asan_get_report_pc();
	lw_code = lw_lock_code && lw_at >= lw_model && lw_at < lw_model_end;
	lw_page = (lw_code ? lw_at : lw_addr) & -(uintptr_t)LW_PAGE;
	mprotect((void *)lw_page, LW_PAGE, PROT_NONE);
}

static void lw_lock(int code) { lw_lock_code = code; }

static void lw_model_is(uintptr_t from, uintptr_t to)
{
	lw_model = from;
	lw_model_end = to;
}

static void lw_listen(void) { __asan_set_error_report_callback(lw_said); }

static void lw_clear(void)
{
	if (lw_page)
		mprotect((void *)lw_page, LW_PAGE, PROT_READ | (lw_code ? PROT_EXEC : PROT_WRITE));
	lw_page = 0;
	lw_reports = 0;
}

static void lw_free(void *p)
{
	lw_in_c = 1;
	free(p);
	lw_in_c = 0;
}

static void lw_copy(void *dst, const void *src, size_t n)
{
	lw_in_c = 1;
	memmove(dst, src, n);
	lw_in_c = 0;
}

static void lw_fill(void *p, int b, size_t n)
{
	lw_in_c = 1;
	memset(p, b, n);
	lw_in_c = 0;
}

static int lw_count(void) { return lw_reports; }
static uintptr_t lw_pc(void) { return lw_at; }
static uintptr_t lw_address(void) { return lw_addr; }
static const char *lw_report(void) { return lw_text; }
*/
import "C"

import (
	"errors"
	"unsafe"
)

// hooked says that Alloc and the others ask hostOf, which only the overlay of
// package judge makes them do.
var hooked bool

// Hooked reports whether this build takes its objects from C's heap.
func Hooked() bool { return hooked }

// A Report is what AddressSanitizer said, and the address that it was about.
type Report struct {
	Text string
	Addr uintptr
	pc   uintptr // of the instruction behind the question
}

// ErrLate is the panic of Alloc, Free and Pop when there is a report of an
// access that did not fault. Where it was is not known by then: see LockCode.
var ErrLate = errors.New("shadow: an access that was reported was not made")

// notLate panics when there is a report that nobody has taken.
func notLate() {
	if C.lw_count() != 0 {
		C.lw_clear()
		panic(ErrLate)
	}
}

// LockCode says what a report makes inaccessible: the memory that it is about,
// which faults in the very instruction; or the code, which faults right behind
// it, and also where the access has been optimised away.
func LockCode(on bool) {
	code := C.int(0)
	if on {
		code = 1
	}
	C.lw_lock(code)
}

// TakeReport returns the first report since the last call, and makes the
// memory behind it accessible again. Whoever recovers a panic of the model
// calls it before anything else touches that memory.
func TakeReport() (Report, bool) {
	if C.lw_count() == 0 {
		return Report{}, false
	}
	r := Report{Text: C.GoString(C.lw_report()), Addr: uintptr(C.lw_address()), pc: uintptr(C.lw_pc())}
	C.lw_clear()
	return r, true
}

// FaultedFor reports whether a fault at addr, with the stack that TrapOf tells,
// is the access that a report is about, and no later one on the same page: one
// that is made in another function, of the same address even, is not.
func FaultedFor(addr uintptr, stack []uintptr, r Report) bool {
	if addr == r.pc {
		return true
	}
	return addr == r.Addr && len(stack) > 0 && function(stack[0]) == function(r.pc)
}

// What follows is what the heap of arena_asan.go calls.

func cMalloc(n uintptr) unsafe.Pointer { return C.malloc(C.size_t(n)) }

func cFree(p unsafe.Pointer) { C.lw_free(p) }

func cCopy(dst, src unsafe.Pointer, n uintptr) { C.lw_copy(dst, src, C.size_t(n)) }

func cFill(p unsafe.Pointer, b byte, n uintptr) { C.lw_fill(p, C.int(b), C.size_t(n)) }

// cScope ends or begins the scope of n bytes, as gcc does for a variable.
func cScope(p, n uintptr, ends bool) {
	if ends {
		C.__asan_poison_stack_memory(C.uintptr_t(p), C.size_t(n))
	} else {
		C.__asan_unpoison_stack_memory(C.uintptr_t(p), C.size_t(n))
	}
}

// cListen starts a run: reports are heard, and there is none.
func cListen() {
	C.lw_listen()
	C.lw_clear()
}

func cReported() bool { return C.lw_count() != 0 }

func cReport() (text string, addr uintptr) {
	return C.GoString(C.lw_report()), uintptr(C.lw_address())
}

// cPage is the granularity of locks.
const cPage = C.LW_PAGE

func cModelIs(from, to uintptr) { C.lw_model_is(C.uintptr_t(from), C.uintptr_t(to)) }
