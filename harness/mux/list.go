package mux

// A List is a node of a circular doubly linked list and also its head, as
// struct list in include/haproxy/list.h. An element is in a list when its N
// is not itself.
//
//lastwake:managed
type List struct {
	N *List `c:"n"` // next
	P *List `c:"p"` // previous
}

// Init models LIST_INIT: the list is empty, the element is in no list.
//
//lastwake:primitive
func (l *List) Init() {
	l.N = l
	l.P = l
}

// IsEmpty models LIST_ISEMPTY.
//
//lastwake:primitive
func (l *List) IsEmpty() bool { return l.N == l }

// InList models LIST_INLIST.
//
//lastwake:primitive
func (l *List) InList() bool { return l.N != l }

// Append models LIST_APPEND: el becomes the last element of l.
//
//lastwake:primitive
func (l *List) Append(el *List) {
	last := l.P
	l.P = el
	last.N = el
	el.N = l
	el.P = last
}

// Insert models LIST_INSERT: el becomes the first element of l.
//
//lastwake:primitive
func (l *List) Insert(el *List) {
	first := l.N
	l.N = el
	first.P = el
	el.P = l
	el.N = first
}

// Delete models LIST_DELETE: the neighbours forget l, and l keeps its stale
// links, so that InList still holds for it.
//
//lastwake:primitive
func (l *List) Delete() {
	n := l.N
	p := l.P
	n.P = p
	p.N = n
}

// DelInit models LIST_DEL_INIT: l is unlinked and knows it; doing it twice is
// harmless.
//
//lastwake:primitive
func (l *List) DelInit() {
	n := l.N
	p := l.P
	n.P = p
	p.N = n
	l.N = l
	l.P = l
}

// Splice models LIST_SPLICE: the elements of add go to the front of l. The
// head add keeps its stale links.
//
//lastwake:primitive
func (l *List) Splice(add *List) {
	if add.N == add {
		return
	}
	first := add.N
	last := add.P
	old := l.N
	l.N = first
	first.P = l
	last.N = old
	old.P = last
}

// next steps a list walk and spends one unit of the step budget, so that a
// corrupted list ends the run instead of hanging it.
//
//lastwake:primitive
func (w *World) next(l *List) *List {
	w.spend()
	return l.N
}
