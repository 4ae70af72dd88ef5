package mux

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// Lists, trees and buffers against the simplest thing that does the same. They
// need no arena: in the plain package a pointer is a pointer.

const rounds = 5000

func freshWorld() *World { return &World{budget: stepBudget} }

// elements lists the elements of l, forwards, and checks that backwards they
// are the same.
func elements(t *testing.T, nodes []List, l *List) []int {
	t.Helper()
	var to, fro []int
	index := func(el *List) int {
		for i := range nodes {
			if el == &nodes[i] {
				return i
			}
		}
		return -1
	}
	for el := l.N; el != l; el = el.N {
		to = append(to, index(el))
	}
	for el := l.P; el != l; el = el.P {
		fro = append(fro, index(el))
	}
	slices.Reverse(fro)
	if !slices.Equal(to, fro) {
		t.Fatalf("forwards %v, backwards %v", to, fro)
	}
	return to
}

func TestListAgainstSlice(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	nodes := make([]List, 6)
	for i := range nodes {
		nodes[i].Init()
	}
	var l List
	l.Init()
	var want []int
	for range rounds {
		i := r.IntN(len(nodes))
		in := slices.Contains(want, i)
		switch {
		case in || r.IntN(3) == 0: // of an element in no list it is harmless
			nodes[i].DelInit()
			want = slices.DeleteFunc(want, func(n int) bool { return n == i })
		case r.IntN(2) == 0:
			l.Append(&nodes[i])
			want = append(want, i)
		default:
			l.Insert(&nodes[i])
			want = slices.Insert(want, 0, i)
		}
		if got := elements(t, nodes, &l); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		if l.IsEmpty() != (len(want) == 0) {
			t.Fatalf("IsEmpty is %t of %v", l.IsEmpty(), want)
		}
		for i := range nodes {
			if nodes[i].InList() != slices.Contains(want, i) {
				t.Fatalf("InList is %t of %d in %v", nodes[i].InList(), i, want)
			}
		}
	}
}

// Delete leaves the element's own links stale: it still believes to be in the
// list. That is what makes a second unlink dangerous.
func TestListDeleteKeepsLinks(t *testing.T) {
	var l, a, b List
	l.Init()
	l.Append(&a)
	l.Append(&b)
	a.Delete()
	if !a.InList() || a.N != &b || a.P != &l {
		t.Error("Delete has cleaned the element's links")
	}
	if l.N != &b || b.P != &l {
		t.Error("the neighbours still know the element")
	}
	b.DelInit()
	a.Delete() // now it writes into elements that are no neighbours of it
	if b.P != &l || l.N != &b {
		t.Error("a second unlink goes unnoticed by the list")
	}
}

// Splice puts all elements in front, in their order.
func TestListSplice(t *testing.T) {
	for old := range 3 {
		for added := range 3 {
			var l, add List
			l.Init()
			add.Init()
			nodes := make([]List, old+added)
			var want []int
			for i := range added {
				want = append(want, old+i)
				add.Append(&nodes[old+i])
			}
			for i := range old {
				want = append(want, i)
				l.Append(&nodes[i])
			}
			l.Splice(&add)
			if got := elements(t, nodes, &l); !slices.Equal(got, want) {
				t.Errorf("%d+%d: got %v, want %v", old, added, got, want)
			}
		}
	}
}

func TestTreeAgainstSlice(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 0))
	w := freshWorld()
	nodes := make([]Eb64Node, 8)
	for i := range nodes {
		nodes[i].Key = uint64(r.IntN(5)) // some keys twice
	}
	var root EbRoot
	root.Init()
	var want []*Eb64Node
	for range rounds {
		w.budget = stepBudget
		n := &nodes[r.IntN(len(nodes))]
		if slices.Contains(want, n) || r.IntN(3) == 0 {
			n.Delete()
			want = slices.DeleteFunc(want, func(m *Eb64Node) bool { return m == n })
		} else {
			root.Insert(w, n)
			want = append(want, n)
			slices.SortStableFunc(want, func(a, b *Eb64Node) int { return cmp.Compare(a.Key, b.Key) })
		}
		var got, back []*Eb64Node
		for n := root.First(); n != nil; n = w.after(n) {
			got = append(got, n)
		}
		for n := root.Tail; n != nil; n = n.Prev {
			back = append(back, n)
		}
		slices.Reverse(back)
		if !slices.Equal(got, want) || !slices.Equal(back, want) || root.IsEmpty() != (len(want) == 0) {
			t.Fatalf("got %v, backwards %v, want %v", got, back, want)
		}
		for key := range uint64(6) {
			i := slices.IndexFunc(want, func(n *Eb64Node) bool { return n.Key == key })
			if found := root.Lookup(w, key); i < 0 && found != nil || i >= 0 && found != want[i] {
				t.Fatalf("Lookup(%d) is %v in %v", key, found, want)
			}
		}
	}
}

// A walk of a list that leads into itself ends.
func TestWalksAreBudgeted(t *testing.T) {
	var l, a List
	l.Init()
	a.N = &a // no way back to the head
	l.N = &a
	w := &World{budget: 100}
	defer func() {
		if _, ok := recover().(*Budget); !ok {
			t.Error("the walk goes on")
		}
	}()
	w.walk(&l, func(*List) {})
}

// rx is what an NCBuf stands for: which bytes have come.
type rx [64]bool

func (b *rx) data(off uint64) (n uint64) {
	for off+n < uint64(len(b)) && b[off+n] {
		n++
	}
	return n
}

func (b *rx) ranges() (n int) {
	for i := range b {
		if b[i] && (i == 0 || !b[i-1]) {
			n++
		}
	}
	return n
}

func TestNCBufAgainstBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 0))
	w := freshWorld()
	refused := 0
	for range rounds / 20 {
		b := NCBuf{Area: new(Area), Size: bufSize}
		var want rx
		off := uint64(0)
		for range 40 {
			w.budget = stepBudget
			if r.IntN(4) == 0 {
				off += r.Uint64N(want.data(off) + 1)
				b.Advance(w, off)
				clear(want[:off])
			} else if lo := off + r.Uint64N(uint64(len(want))-off); lo < uint64(len(want)) {
				hi := lo + 1 + r.Uint64N(min(4, uint64(len(want))-lo))
				next := want
				for i := lo; i < hi; i++ {
					next[i] = true
				}
				ok := b.Add(w, lo, hi)
				if full := next.ranges() > ncRanges; ok == full {
					t.Fatalf("Add(%d, %d) is %t of %s", lo, hi, ok, ranges(&b))
				}
				if ok {
					want = next
				} else {
					refused++
				}
			}
			if b.Empty() != (want == rx{}) {
				t.Fatalf("Empty is %t of %s", b.Empty(), ranges(&b))
			}
			for i := range uint64(len(want)) {
				if got := b.DataAt(w, i); got != want.data(i) {
					t.Fatalf("DataAt(%d) is %d of %s, want %d", i, got, ranges(&b), want.data(i))
				}
			}
		}
	}
	if refused == 0 {
		t.Error("the limit of ranges was never reached")
	}
	var null NCBuf
	if null.DataAt(w, 0) != 0 {
		t.Error("a null buffer has data")
	}
}

func TestBufferCounts(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 0))
	w := freshWorld()
	b := Buffer{Area: new(Area), Size: bufSize}
	data, head := uint64(0), uint64(0)
	for range rounds {
		w.budget = stepBudget
		switch n := r.Uint64N(bufSize + 1); r.IntN(3) {
		case 0:
			n = min(n, b.Room())
			b.Put(w, n)
			data += n
		case 1:
			n = min(n, data)
			b.Del(n)
			data -= n
			head = (head + n) % bufSize
		case 2:
			n = min(n, data)
			b.Sub(n)
			data -= n
		}
		if b.Data != data || b.Head != head || b.Room() != bufSize-data || b.Full() != (data == bufSize) {
			t.Fatalf("%+v with %d bytes at %d", b, data, head)
		}
	}
}

// Bytes that are written wrap around the end of the storage; the words that
// stand for them are written, no others.
func TestBufferTouches(t *testing.T) {
	const word = bufSize / areaWords
	tests := []struct {
		head, data, n uint64
		want          []int
	}{
		{0, 0, 1, []int{0}},
		{0, 0, word, []int{0}},
		{0, 0, word + 1, []int{0, 1}},
		{0, word - 1, 2, []int{0, 1}},
		{bufSize - 1, 0, 2, []int{0, areaWords - 1}},
		{bufSize - word, word, word, []int{0}},
		{5, 5, 0, nil},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.head, tt.data, tt.n), func(t *testing.T) {
			a := new(Area)
			for i := range a.Words {
				a.Words[i] = 1 << 60
			}
			b := Buffer{Area: a, Size: bufSize, Head: tt.head, Data: tt.data}
			b.Put(freshWorld(), tt.n)
			var got []int
			for i, v := range a.Words {
				if v != 1<<60 {
					got = append(got, i)
				}
			}
			if diff := gocmp.Diff(tt.want, got); diff != "" {
				t.Errorf("words written: -want +got\n%s", diff)
			}
		})
	}
}
