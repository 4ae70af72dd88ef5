package cases

import "unsafe"

// poolNames are the mistakes that a pool hides, those of testdata/pools.
var poolNames = [...]string{"pool_use_freed", "pool_use_reused", "pool_aba", "pool_free_reused", "pool_uninit_reused"}

var poolFuncs = [...]func(w *World){
	(*World).poolUseFreed, (*World).poolUseReused, (*World).poolABA, (*World).poolFreeReused, (*World).poolUninitReused,
}

// PoolNames returns the names of the mistakes that a pool hides.
//
//lastwake:shared
func PoolNames() []string { return poolNames[:] }

// PoolCase plays case i of PoolNames; the arena is the pool.
func (w *World) PoolCase(i int) { poolFuncs[i](w) }

func (w *World) poolZalloc() *tasklet {
	t := w.newTasklet()
	t.TID = 7
	return t
}

func (w *World) poolUseFreed() {
	t := w.poolZalloc()
	w.free(kindTasklet, unsafe.Pointer(t))
	w.sink = uint64(uint32(t.TID))
}

func (w *World) poolUseReused() {
	t := w.poolZalloc()
	w.free(kindTasklet, unsafe.Pointer(t))
	w.poolZalloc().TID = 9
	w.sink = uint64(uint32(t.TID))
}

func (w *World) poolABA() {
	t := w.poolZalloc()
	w.free(kindTasklet, unsafe.Pointer(t))
	other := w.poolZalloc()
	if t == other {
		other.TID = 9
	}
	w.sink = uint64(uint32(t.TID))
}

func (w *World) poolFreeReused() {
	t := w.poolZalloc()
	w.free(kindTasklet, unsafe.Pointer(t))
	w.sink = uint64(uint32(w.poolZalloc().TID))
	w.free(kindTasklet, unsafe.Pointer(t))
}

func (w *World) poolUninitReused() {
	w.free(kindTasklet, unsafe.Pointer(w.poolZalloc()))
	t := (*tasklet)(w.arena.Alloc(kindTasklet))
	w.sink = uint64(uint32(t.TID))
}
