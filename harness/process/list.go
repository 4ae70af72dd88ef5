package process

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

// next steps a list walk and spends one unit of the step budget, so that a
// corrupted list ends the run instead of hanging it.
//
//lastwake:primitive
func (w *World) next(l *List) *List {
	w.spend()
	return l.N
}
