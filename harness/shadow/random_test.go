package shadow_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/lastwake/lastwake/harness/shadow"
)

// An object is what a naive sanitizer knows: where things are and which of
// their bytes were written. It searches them all for every access.
type object struct {
	name  string
	kind  string
	start uintptr
	inits []bool
	end   string // how its life ended: "", "free" or "pop"
}

// naive predicts what becomes of an access: the class of the first bad byte
// and its offset in the arena.
func naive(objects []*object, off, size uintptr, write bool) (class string, at uintptr) {
	for q := off; q < off+size; q++ {
		class := shadow.ClassOverflow
		for _, o := range objects {
			if q < o.start || q >= o.start+uintptr(len(o.inits)) {
				continue
			}
			switch {
			case o.end == "free":
				class = shadow.ClassUseAfterFree
			case o.end == "pop":
				class = shadow.ClassUseAfterScope
			case !write && !o.inits[q-o.start]:
				class = shadow.ClassUninitialized
			default:
				class = ""
			}
		}
		if class != "" {
			return class, q
		}
	}
	return "", 0
}

// TestRandomRuns plays random scripts and holds every verdict against the
// naive sanitizer's: the same first bad access, class, byte, kind and size.
func TestRandomRuns(t *testing.T) {
	p := &player{a: newArena(t, shadow.Options{})}
	classes := map[string]int{}
	for seed := range uint64(1500) {
		classes[randomRun(t, p, rand.New(rand.NewPCG(seed, 494)))]++
	}
	for _, class := range []string{shadow.ClassOverflow, shadow.ClassUseAfterFree, shadow.ClassUseAfterScope,
		shadow.ClassUninitialized, shadow.ClassDoubleFree, shadow.ClassBadFree, shadow.ClassMismatch, ""} {
		if classes[class] < 10 {
			t.Errorf("only %d runs ended with %q", classes[class], class)
		}
	}
}

func randomRun(t *testing.T, p *player, rng *rand.Rand) string {
	script, want, class := randomScript(rng)
	s := p.play(shadow.Sanitize, script)
	got := ""
	if s != nil {
		got = fmt.Sprintf("%d: %s", s.line, describeStop(p, s, script))
	}
	if got != want {
		t.Fatalf("got %q, want %q\n%q", got, want, script)
	}
	return class
}

func describeStop(p *player, s *stop, script []string) string {
	if bad, ok := s.value.(*shadow.BadFree); ok {
		return bad.Class
	}
	addr, ok := p.locate(s, script)
	if !ok {
		return "address unknown"
	}
	p.play(shadow.Sanitize, script)
	return fmt.Sprintf("%s at %s, %d %v", p.a.Classify(addr), p.a.Format(addr), s.trap.Size, s.trap.Write)
}

// randomScript makes up ops until one of them is bad, or forty are not, and
// says what must be reported.
func randomScript(rng *rand.Rand) (script []string, want, class string) {
	var objects []*object
	next := uintptr(0x1010) // where the next object lies
	for len(script) < 40 {
		if len(objects) == 0 || rng.IntN(4) == 0 {
			o := newObject(rng, len(objects), &next)
			objects = append(objects, o)
			verb := "alloc"
			if o.kind == "list" {
				verb = "push"
			}
			script = append(script, fmt.Sprintf("%s %s %s", verb, o.name, o.kind))
			if rng.IntN(4) != 0 {
				script = append(script, o.fill())
			}
			continue
		}
		o := objects[rng.IntN(len(objects))]
		if o.end != "" && rng.IntN(15) != 0 {
			continue
		}
		var op string
		if rng.IntN(6) == 0 {
			op, class = randomEnd(rng, o)
			want = class
		} else {
			op, want, class = randomAccess(rng, objects, o)
		}
		script = append(script, op)
		if class != "" {
			return script, fmt.Sprintf("%d: %s", len(script)-1, want), class
		}
	}
	return script, "", ""
}

func newObject(rng *rand.Rand, n int, next *uintptr) *object {
	kinds := []struct {
		name string
		size uintptr
	}{{"tasklet", 48}, {"odd", 60}, {"block", 64}, {"list", 16}, {"task", 56}}
	k := kinds[rng.IntN(len(kinds))]
	o := &object{name: fmt.Sprintf("o%d", n), kind: k.name, start: *next, inits: make([]bool, k.size)}
	*next = (*next+k.size+15)&^15 + 16
	return o
}

// fill is the op that initialises all of o.
func (o *object) fill() string {
	for i := range o.inits {
		o.inits[i] = true
	}
	return fmt.Sprintf("fill %s %d", o.name, len(o.inits))
}

// randomEnd frees or pops o, now and then in a wrong way.
func randomEnd(rng *rand.Rand, o *object) (op, class string) {
	verb, was := "free", o.end
	if (o.kind == "list") != (rng.IntN(20) == 0) {
		verb = "pop"
	}
	off, kind := 0, o.kind
	switch rng.IntN(20) {
	case 0:
		off = []int{-16, 1, 8, 16, len(o.inits)}[rng.IntN(5)]
	case 1:
		kind = "odd"
	}
	op = fmt.Sprintf("%s %s%+d", verb, o.name, off)
	if verb == "free" {
		op += " " + kind
	}
	switch {
	case off != 0, (verb == "pop") != (o.kind == "list"), verb == "pop" && was != "":
		return op, shadow.ClassBadFree
	case was != "":
		return op, shadow.ClassDoubleFree
	case verb == "free" && kind != o.kind:
		return op, shadow.ClassMismatch
	}
	o.end = verb
	return op, ""
}

// randomAccess loads or stores in or near o, mostly where it is fine.
func randomAccess(rng *rand.Rand, objects []*object, o *object) (op, want, class string) {
	size := uintptr(1) << rng.IntN(4)
	off := rng.IntN(len(o.inits))
	if rng.IntN(25) == 0 {
		off = rng.IntN(len(o.inits)+24) - 12
	} else {
		off = min(off, len(o.inits)-int(size)) &^ (int(size) - 1)
	}
	write := rng.IntN(2) == 0
	if write && rng.IntN(3) == 0 && o.end == "" {
		return o.fill(), "", ""
	}
	verb := "ld"
	if write {
		verb = "st"
	}
	op = fmt.Sprintf("%s%d %s%+d", verb, size, o.name, off)
	start := o.start + uintptr(off)
	class, at := naive(objects, start, size, write)
	if class != "" {
		return op, fmt.Sprintf("%s at %#x, %d %v", class, at, size, write), class
	}
	if write {
		for _, o := range objects {
			for i := range o.inits {
				if q := o.start + uintptr(i); q >= start && q < start+size {
					o.inits[i] = true
				}
			}
		}
	}
	return op, "", ""
}
