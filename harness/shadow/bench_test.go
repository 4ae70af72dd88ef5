package shadow_test

import (
	"testing"
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// block64 is an object of the size that the budgets are given for.
type block64 struct{ W [8]uint64 }

// goList is a free list as anyone would write it.
type goList struct {
	free *goNode
	live int
}

type goNode struct {
	next *goNode
	_    [7]uint64
}

//go:noinline
func (l *goList) alloc() *goNode {
	l.live++
	p := l.free
	if p == nil {
		return new(goNode)
	}
	l.free = p.next
	return p
}

//go:noinline
func (l *goList) put(p *goNode) {
	l.live--
	p.next = l.free
	l.free = p
}

// BenchmarkAllocFree measures runs of forty objects, allocated and then freed,
// Reset included. The budget for Sanitize is three pairs of a free list in
// plain Go, which is what "list" measures on the same machine.
func BenchmarkAllocFree(b *testing.B) {
	b.Run("list", func(b *testing.B) {
		var l goList
		var objs [40]*goNode
		for i := 0; i < b.N; i += len(objs) {
			for i := range objs {
				objs[i] = l.alloc()
			}
			for _, p := range objs {
				l.put(p)
			}
		}
	})
	for _, c := range []struct {
		name string
		mode shadow.Mode
		runs bool
	}{
		{"plain, no reset", shadow.Plain, false},
		{"plain", shadow.Plain, true},
		{"sanitize", shadow.Sanitize, true},
		{"as-shipped", shadow.AsShipped, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			a, err := shadow.New([]shadow.Type{{}, shadow.TypeOf[block64]("block")}, shadow.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer a.Close()
			b.ReportAllocs()
			var objs [40]unsafe.Pointer // a run has some forty
			a.Reset(c.mode)
			for i := 0; i < b.N; i += len(objs) {
				if c.runs {
					a.Reset(c.mode)
				}
				for i := range objs {
					objs[i] = a.Alloc(1)
				}
				for _, p := range objs {
					a.Free(1, p)
				}
			}
		})
	}
}

var sink uint64

func BenchmarkAccess(b *testing.B) {
	a, err := shadow.New([]shadow.Type{{}, shadow.TypeOf[block64]("block")}, shadow.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	p := (*block64)(a.Alloc(1))
	a.Zero(1, unsafe.Pointer(p))
	b.Run("load plain", func(b *testing.B) {
		var s uint64
		for i := 0; i < b.N; i++ {
			s += p.W[i&7]
		}
		sink = s
	})
	b.Run("load", func(b *testing.B) {
		var s uint64
		for i := 0; i < b.N; i++ {
			s += shadow.Ld8(&p.W[i&7])
		}
		sink = s
	})
	b.Run("store plain", func(b *testing.B) {
		for i := 0; i < b.N; i++ {
			p.W[i&7] = uint64(i)
		}
	})
	b.Run("store", func(b *testing.B) {
		for i := 0; i < b.N; i++ {
			shadow.St8(&p.W[i&7], uint64(i))
		}
	})
}

func BenchmarkZero(b *testing.B) {
	type big struct{ W [75]uint64 }
	a, err := shadow.New([]shadow.Type{{}, shadow.TypeOf[block64]("block"), shadow.TypeOf[big]("big")}, shadow.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	for k, name := range []string{1: "64", 2: "600"} {
		if k == 0 {
			continue
		}
		b.Run(name, func(b *testing.B) {
			p := a.Alloc(shadow.Kind(k))
			for b.Loop() {
				a.Zero(shadow.Kind(k), p)
			}
		})
	}
}

// BenchmarkLocate is what a finding costs on top of the runs themselves.
func BenchmarkLocate(b *testing.B) {
	p := &player{}
	var err error
	if p.a, err = shadow.New(types, shadow.Options{}); err != nil {
		b.Fatal(err)
	}
	defer p.a.Close()
	script := []string{"alloc t tasklet", "free t tasklet", "st4 t+4"}
	for b.Loop() {
		s := p.play(shadow.Sanitize, script)
		if _, ok := p.locate(s, script); !ok {
			b.Fatal("not located")
		}
	}
}
