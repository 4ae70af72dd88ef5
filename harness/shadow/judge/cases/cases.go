package cases

import "unsafe"

// caseNames are the cases in the order of the table.
var caseNames = [...]string{
	"uaf_read", "uaf_write", "uaf_rmw", "uaf_first_byte", "uaf_last_byte", "uaf_memcpy_src",
	"double_free", "double_free_interleaved", "invalid_free_stack", "invalid_free_global",
	"invalid_free_wild", "interior_free", "free_one_past",
	"oob_read_right", "oob_read_right_straddle", "oob_write_right", "oob_read_left", "oob_write_left",
	"oob_far_into_neighbour", "intra_object_overflow", "struct_padding_access",
	"uaf_after_reuse_quarantine", "uaf_after_reuse_pool", "aba_same_type", "realloc_stale",
	"leak_direct", "leak_indirect", "still_reachable",
	"uninit_branch", "uninit_copy_only", "uninit_reuse_recycled",
	"list_node_uaf", "list_walk_free_no_safe", "fnptr_uaf",
	"null_deref", "wild_deref", "use_after_scope_stack", "ok_clean",
}

var caseFuncs = [...]func(w *World){
	(*World).uafRead, (*World).uafWrite, (*World).uafRMW, (*World).uafFirstByte, (*World).uafLastByte, (*World).uafMemcpySrc,
	(*World).doubleFree, (*World).doubleFreeInterleaved, (*World).invalidFreeStack, (*World).invalidFreeGlobal,
	(*World).invalidFreeWild, (*World).interiorFree, (*World).freeOnePast,
	(*World).oobReadRight, (*World).oobReadRightStraddle, (*World).oobWriteRight, (*World).oobReadLeft, (*World).oobWriteLeft,
	(*World).oobFarIntoNeighbour, (*World).intraObjectOverflow, (*World).structPaddingAccess,
	(*World).uafAfterReuseQuarantine, (*World).uafAfterReusePool, (*World).abaSameType, (*World).reallocStale,
	(*World).leakDirect, (*World).leakIndirect, (*World).stillReachable,
	(*World).uninitBranch, (*World).uninitCopyOnly, (*World).uninitReuseRecycled,
	(*World).listNodeUAF, (*World).listWalkFreeNoSafe, (*World).fnptrUAF,
	(*World).nullDeref, (*World).wildDeref, (*World).useAfterScopeStack, (*World).okClean,
}

// CaseNames returns the names of the cases, those of the C functions.
//
//lastwake:shared
func CaseNames() []string { return caseNames[:] }

// Case plays case i of CaseNames.
func (w *World) Case(i int) { caseFuncs[i](w) }

// Memory that is used after it was freed.

func (w *World) uafRead() {
	t := w.newTasklet()
	w.free(kindTasklet, unsafe.Pointer(t))
	w.sink = uint64(t.TID)
}

func (w *World) uafWrite() {
	t := w.newTasklet()
	w.free(kindTasklet, unsafe.Pointer(t))
	t.State = 1
}

func (w *World) uafRMW() {
	t := w.newTasklet()
	w.free(kindTasklet, unsafe.Pointer(t))
	t.Caller++
}

func (w *World) uafFirstByte() {
	b := w.newBlock()
	w.free(kindBlock, unsafe.Pointer(b))
	w.sink = uint64(b.B[0])
}

func (w *World) uafLastByte() {
	b := w.newBlock()
	w.free(kindBlock, unsafe.Pointer(b))
	w.sink = uint64(b.B[63])
}

func (w *World) uafMemcpySrc() {
	b := w.newBlock()
	to := w.newBlock()
	w.free(kindBlock, unsafe.Pointer(b))
	w.arena.Copy(unsafe.Pointer(to), unsafe.Pointer(b), 32)
	w.free(kindBlock, unsafe.Pointer(to))
}

func (w *World) uafAfterReuseQuarantine() {
	t := w.newTasklet()
	w.free(kindTasklet, unsafe.Pointer(t))
	other := w.newTasklet()
	other.TID = 7
	w.sink = uint64(t.TID)
	w.free(kindTasklet, unsafe.Pointer(other))
}

func (w *World) reallocStale() {
	b := w.newBlock()
	grown := w.arena.Alloc(kindBig)
	w.arena.Copy(grown, unsafe.Pointer(b), 64)
	w.free(kindBlock, unsafe.Pointer(b))
	w.sink = uint64(b.B[5])
	w.free(kindBig, grown)
}

func (w *World) fnptrUAF() {
	t := w.newTasklet()
	w.free(kindTasklet, unsafe.Pointer(t))
	w.sink = t.Process
}

// The arena is the pool here.

func (w *World) uafAfterReusePool() {
	t := w.newTasklet()
	t.TID = 7
	w.free(kindTasklet, unsafe.Pointer(t))
	w.sink = uint64(t.TID)
	w.keep = unsafe.Pointer(w.newTasklet())
	w.sink = uint64(t.TID)
}

// Where nothing is reused t and other differ, and to ask for that is no
// access; in C they are equal. So the stale read is made either way.
func (w *World) abaSameType() {
	t := w.newTasklet()
	t.TID = 7
	w.free(kindTasklet, unsafe.Pointer(t))
	other := w.newTasklet()
	other.TID = 9
	w.keep = unsafe.Pointer(other)
	w.sink = uint64(t.TID)
}

// Frees of what is no live object.

func (w *World) doubleFree() {
	t := w.newTasklet()
	w.free(kindTasklet, unsafe.Pointer(t))
	w.free(kindTasklet, unsafe.Pointer(t))
}

func (w *World) doubleFreeInterleaved() {
	a := w.newTasklet()
	b := w.newTasklet()
	w.free(kindTasklet, unsafe.Pointer(a))
	w.free(kindTasklet, unsafe.Pointer(b))
	w.free(kindTasklet, unsafe.Pointer(a))
}

func (w *World) invalidFreeStack() {
	x := w.arena.Push(kindHead)
	w.free(kindTasklet, x)
}

func (w *World) invalidFreeGlobal() { w.free(kindTasklet, unsafe.Pointer(w.head)) }

func (w *World) invalidFreeWild() { w.free(kindTasklet, wild()) }

func (w *World) interiorFree() {
	b := w.newBlock()
	w.free(kindBlock, at(unsafe.Pointer(b), 16))
}

func (w *World) freeOnePast() {
	b := w.newBlock()
	w.free(kindBlock, at(unsafe.Pointer(b), 64))
}

// Accesses beyond an object, or beyond a field of one.

func (w *World) oobReadRight() {
	b := w.newOdd()
	w.sink = uint64((*scalar1)(at(unsafe.Pointer(b), 60)).V)
	w.free(kindOdd, unsafe.Pointer(b))
}

func (w *World) oobReadRightStraddle() {
	b := w.newOdd()
	w.sink = (*scalar8)(at(unsafe.Pointer(b), 56)).V
	w.free(kindOdd, unsafe.Pointer(b))
}

func (w *World) oobWriteRight() {
	b := w.newBlock()
	(*scalar1)(at(unsafe.Pointer(b), 64)).V = 1
	w.free(kindBlock, unsafe.Pointer(b))
}

func (w *World) oobReadLeft() {
	b := w.newBlock()
	w.sink = uint64((*scalar1)(at(unsafe.Pointer(b), -1)).V)
	w.free(kindBlock, unsafe.Pointer(b))
}

func (w *World) oobWriteLeft() {
	b := w.newBlock()
	(*scalar1)(at(unsafe.Pointer(b), -1)).V = 1
	w.free(kindBlock, unsafe.Pointer(b))
}

// An index that goes far enough lands in the neighbour, which lives.
func (w *World) oobFarIntoNeighbour() {
	a := w.newBlock()
	b := w.newBlock()
	w.sink = uint64((*scalar1)(at(unsafe.Pointer(a), w.distance(unsafe.Pointer(a), unsafe.Pointer(b)))).V)
	w.free(kindBlock, unsafe.Pointer(a))
	w.free(kindBlock, unsafe.Pointer(b))
}

// distance is b - a.
func (w *World) distance(a, b unsafe.Pointer) int32 { return int32(w.arena.Rel(b) - w.arena.Rel(a)) }

func (w *World) intraObjectOverflow() {
	a := (*account)(w.zalloc(kindAccount))
	(*scalar1)(at(unsafe.Pointer(a), 8)).V = 1 // Name[8]
	w.sink = a.Admin
	w.free(kindAccount, unsafe.Pointer(a))
}

func (w *World) structPaddingAccess() {
	p := (*padded)(w.zalloc(kindPadded))
	(*scalar1)(at(unsafe.Pointer(p), 4)).V = 1
	w.free(kindPadded, unsafe.Pointer(p))
}

// What is left when the program ends.

func (w *World) leakDirect() {
	t := w.newTasklet()
	t.TID = 1
}

func (w *World) leakIndirect() {
	t := w.newTasklet()
	t.Context = unsafe.Pointer(w.newTasklet())
}

func (w *World) stillReachable() { w.keep = unsafe.Pointer(w.newTasklet()) }

// Memory that is read before it is written.

func (w *World) uninitBranch() {
	t := (*tasklet)(w.arena.Alloc(kindTasklet))
	if t.TID > 0 {
		w.sink = 1
	}
	w.free(kindTasklet, unsafe.Pointer(t))
}

func (w *World) uninitCopyOnly() {
	t := (*tasklet)(w.arena.Alloc(kindTasklet))
	to := w.arena.Alloc(kindTasklet)
	t.TID = 1
	w.arena.Copy(to, unsafe.Pointer(t), unsafe.Sizeof(*t))
	w.free(kindTasklet, unsafe.Pointer(t))
	w.free(kindTasklet, to)
}

func (w *World) uninitReuseRecycled() {
	t := w.newTasklet()
	t.TID = 7
	w.free(kindTasklet, unsafe.Pointer(t))
	t = (*tasklet)(w.arena.Alloc(kindTasklet))
	if t.TID > 0 {
		w.sink = 1
	}
	w.free(kindTasklet, unsafe.Pointer(t))
}

// Intrusive lists whose elements go without being unlinked.

func (w *World) listNodeUAF() {
	w.head.init()
	a := w.newItem()
	b := w.newItem()
	w.head.append(&a.El)
	w.head.append(&b.El)
	w.free(kindItem, unsafe.Pointer(b))
	a.El.unlink()
	w.free(kindItem, unsafe.Pointer(a))
}

func (w *World) listWalkFreeNoSafe() {
	w.head.init()
	a := w.newItem()
	w.head.append(&a.El)
	b := w.newItem()
	w.head.append(&b.El)
	for el := w.head.N; el != w.head; el = el.N {
		w.free(kindItem, unsafe.Pointer(el))
	}
}

// Null, wild, out of scope, and nothing wrong at all.

func (w *World) nullDeref() {
	t := (*tasklet)(w.keep)
	w.sink = uint64(t.State)
}

func (w *World) wildDeref() {
	t := (*tasklet)(wild())
	w.sink = uint64(t.State)
}

func (w *World) useAfterScopeStack() {
	x := (*scalar4)(w.arena.Push(kindInt))
	x.V = 1
	w.arena.Pop(unsafe.Pointer(x))
	w.sink = uint64(x.V)
}

func (w *World) okClean() {
	t := w.newTasklet()
	b := w.newOdd()
	t.TID = 3
	t.Context = unsafe.Pointer(b)
	b.B[59] = 1
	w.sink = uint64(t.TID) + uint64(b.B[59])
	w.free(kindOdd, unsafe.Pointer(b))
	w.free(kindTasklet, unsafe.Pointer(t))
}
