package shadow

// carvePages takes pages of its own for an object of kind k, one more than it
// needs: the object ends where its pages end, and what follows stays locked.
func (a *Arena) carvePages(k Kind, size uintptr) uint32 {
	page := pageSize()
	first := (a.bump + page - 1) &^ (page - 1)
	end := first + (size+page-1)&^(page-1)
	if end+page > a.limit&^(page-1) {
		panic(&ArenaFull{Type: a.types[k].Name, Used: a.bump})
	}
	a.bump = end + page
	off := (end - size) &^ (maxAlign - 1)
	a.unlockPages(off, size)
	return a.chunk(off, size)
}

// pages widens [off, off+n) to whole pages.
func pages(off, n uintptr) (from, size uintptr) {
	page := pageSize()
	from = off &^ (page - 1)
	return from, (off+n+page-1)&^(page-1) - from
}

func (a *Arena) unlockPages(off, n uintptr) {
	from, size := pages(off, n)
	a.must(unlock(a.Base()+from, size))
}

func (a *Arena) lockPages(off, n uintptr) {
	from, size := pages(off, n)
	a.must(lock(a.Base()+from, size))
}
