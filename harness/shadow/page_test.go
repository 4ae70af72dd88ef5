package shadow_test

import (
	"testing"
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// TestPageJudgesUncheckedAccesses makes the accesses that a rewriter would
// have missed: plain Go, of which no check knows. The memory itself refuses
// them, and names the address.
func TestPageJudgesUncheckedAccesses(t *testing.T) {
	a := newArena(t, shadow.Options{})
	at := func(p unsafe.Pointer, off int) *byte { return (*byte)(unsafe.Add(p, off)) }
	for name, c := range map[string]struct {
		dead bool
		off  int
		want string
	}{
		"inside":        {off: 63},
		"one past":      {off: 64, want: shadow.ClassOverflow},
		"freed, first":  {dead: true, off: 0, want: shadow.ClassUseAfterFree},
		"freed, last":   {dead: true, off: 63, want: shadow.ClassUseAfterFree},
		"far past":      {off: 64 + 4095, want: shadow.ClassOverflow},
		"its neighbour": {off: 2 * 4096},
	} {
		a.Reset(shadow.Page)
		p := a.Alloc(kBlock)
		a.Alloc(kBlock)
		if c.dead {
			a.Free(kBlock, p)
		}
		for verb, f := range map[string]func(){
			"read":  func() { sinkByte = *at(p, c.off) },
			"write": func() { *at(p, c.off) = 1 },
		} {
			s := catch(f)
			switch {
			case c.want == "" && s == nil:
			case s == nil || !s.ok || !s.trap.Fault || s.trap.Addr != uintptr(p)+uintptr(c.off):
				t.Errorf("%s %s: got %+v", verb, name, s)
			case a.Classify(s.trap.Addr) != c.want:
				t.Errorf("%s %s: got %q, want %q", verb, name, a.Classify(s.trap.Addr), c.want)
			}
		}
	}
}

var sinkByte byte

// TestPageEnds shows that objects of all sizes end where a page does, but for
// what alignment asks, and that statics have room beside them.
func TestPageEnds(t *testing.T) {
	type big struct{ Words [1000]uint64 }
	types := append(types[:len(types):len(types)], shadow.TypeOf[big]("big"))
	a, err := shadow.New(types, shadow.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	a.Reset(shadow.Page)
	s := a.Static(kBlock, 3)
	for range 20 {
		for k := range types[1:] {
			p := a.Alloc(shadow.Kind(k + 1))
			if gap := -(a.Rel(p) + types[k+1].Size) % 4096; gap >= 16 {
				t.Errorf("%s ends %d bytes before its page does", types[k+1].Name, gap)
			}
			a.Zero(shadow.Kind(k+1), p)
		}
	}
	a.Zero(kBlock, s)
}
