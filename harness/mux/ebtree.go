package mux

// An Eb64Node links an object into a tree sorted by a 64-bit key, as struct
// eb64_node of ebtree.
//
// Deviation: a sorted list stands for the elastic binary tree. Order of
// visits, unlink of an unlinked node (nothing happens) and the links that a
// freed node leaves behind are the same; only the depth differs.
//
//lastwake:managed
type Eb64Node struct {
	Next *Eb64Node `c:"next"`
	Prev *Eb64Node `c:"prev"`
	Root *EbRoot   `c:"leaf_p"` // nil while the node is in no tree
	Key  uint64    `c:"key"`
}

// An EbRoot is the root of a tree of Eb64Node.
//
//lastwake:managed
type EbRoot struct {
	Head *Eb64Node `c:"b[0]"`
	Tail *Eb64Node `c:"b[1]"`
}

// Init models EB_ROOT: the tree is empty.
//
//lastwake:primitive
func (r *EbRoot) Init() {
	r.Head = nil
	r.Tail = nil
}

// IsEmpty models eb_is_empty.
//
//lastwake:primitive
func (r *EbRoot) IsEmpty() bool { return r.Head == nil }

// First models eb64_first: the node with the smallest key, or nil.
//
//lastwake:primitive
func (r *EbRoot) First() *Eb64Node { return r.Head }

// Insert models eb64_insert; a key that is there already gets a second node
// behind the first.
//
//lastwake:primitive
func (r *EbRoot) Insert(w *World, n *Eb64Node) {
	key := n.Key
	after := r.Tail
	for after != nil {
		if after.Key <= key {
			break
		}
		w.spend()
		after = after.Prev
	}
	n.Root = r
	n.Prev = after
	if after == nil {
		head := r.Head
		n.Next = head
		r.Head = n
	} else {
		follow := after.Next
		n.Next = follow
		after.Next = n
	}
	follow := n.Next
	if follow == nil {
		r.Tail = n
	} else {
		follow.Prev = n
	}
}

// InsertUnique models eb64_insert into a tree with EB_ROOT_UNIQUE: a node whose
// key is there already stays outside.
//
//lastwake:primitive
func (r *EbRoot) InsertUnique(w *World, n *Eb64Node) {
	if r.Lookup(w, n.Key) == nil {
		r.Insert(w, n)
	}
}

// Delete models eb64_delete: a node that is in no tree is left alone.
//
//lastwake:primitive
func (n *Eb64Node) Delete() {
	r := n.Root
	if r == nil {
		return
	}
	next := n.Next
	prev := n.Prev
	if prev == nil {
		r.Head = next
	} else {
		prev.Next = next
	}
	if next == nil {
		r.Tail = prev
	} else {
		next.Prev = prev
	}
	n.Root = nil
}

// Lookup models eb64_lookup: the first node with the key, or nil.
//
//lastwake:primitive
func (r *EbRoot) Lookup(w *World, key uint64) *Eb64Node {
	n := r.Head
	for n != nil {
		w.spend()
		k := n.Key
		if k >= key {
			if k == key {
				return n
			}
			return nil
		}
		n = n.Next
	}
	return nil
}

// LookupLE models eb64_lookup_le: the node with the greatest key that is not
// above key, or nil.
//
//lastwake:primitive
func (r *EbRoot) LookupLE(w *World, key uint64) *Eb64Node {
	n := r.Tail
	for n != nil {
		w.spend()
		if n.Key <= key {
			return n
		}
		n = n.Prev
	}
	return nil
}

// After models eb64_next: the node after n, or nil.
//
//lastwake:primitive
func (w *World) after(n *Eb64Node) *Eb64Node {
	w.spend()
	return n.Next
}
