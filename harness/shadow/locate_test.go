package shadow_test

import (
	"fmt"
	"testing"
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// allCodes is a script after which shadow bytes of every kind lie close to
// each other, with an object that is partly initialised and one of odd size.
var allCodes = []string{
	"static s odd 1", "static r tasklet 2",
	"alloc o odd", "zero o odd",
	"alloc f block", "free f block",
	"alloc h block", "st8 h+8", "st1 h+17", "st2 h+20", "st4 h+28",
	"push p list", "pop p",
	"alloc t tasklet", "fill t 48",
}

// TestLocate asks for the address of every access of every size around the
// objects: coded replay must name the very byte that the shadow refuses, which
// a plain look at the shadow tells as well.
func TestLocate(t *testing.T) {
	p := &player{a: newArena(t, shadow.Options{})}
	if s := p.play(shadow.Sanitize, allCodes); s != nil {
		t.Fatal(s.value)
	}
	refused := map[string]bool{}
	for _, area := range [][2]string{{"o", "t"}, {"r", "s"}} {
		from, to := uintptr(p.vars[area[0]])-24, uintptr(p.vars[area[1]])+68
		for addr := from; addr < to; addr++ {
			for _, verb := range []string{"ld1", "ld2", "ld4", "ld8", "st1", "st2", "st4", "st8"} {
				if addr+8 <= p.a.Base()+shadow.Size { // the rest faults
					refused[locateOne(t, p, addr, verb)] = true
				}
			}
		}
	}
	for _, class := range []string{shadow.ClassOverflow, shadow.ClassUseAfterFree, shadow.ClassUseAfterScope, shadow.ClassUninitialized, ""} {
		if !refused[class] {
			t.Errorf("no access was a %q", class)
		}
	}
}

func locateOne(t *testing.T, p *player, addr uintptr, verb string) (class string) {
	t.Helper()
	off := addr - p.a.Base()
	script := append(allCodes[:len(allCodes):len(allCodes)], fmt.Sprintf("%s arena+%#x", verb, off))
	size, write := uintptr(verb[2]-'0'), verb[0] == 's'
	if s := p.play(shadow.Sanitize, script[:len(script)-1]); s != nil {
		t.Fatal(s.value)
	}
	want := firstRefused(p.a, addr, size, write)
	s := p.play(shadow.Sanitize, script)
	if want == 0 {
		if s != nil {
			t.Errorf("%s %#x: got %v, want no trap", verb, off, s.value)
		}
		return ""
	}
	if s == nil || !s.ok || s.trap.Size != int(size) || s.trap.Write != write {
		t.Fatalf("%s %#x: got %+v", verb, off, s)
	}
	got, ok := p.locate(s, script)
	if !ok || got != want {
		t.Errorf("%s %#x: located %#x, %v, want %#x", verb, off, got-p.a.Base(), ok, want-p.a.Base())
	}
	if s := p.play(shadow.Sanitize, script); s == nil {
		t.Errorf("%s %#x: passes after coded replay", verb, off)
	}
	return p.a.Classify(want)
}

// firstRefused is what the rules say of an access, byte by byte.
func firstRefused(a *shadow.Arena, addr, size uintptr, write bool) uintptr {
	for q := addr; q < addr+size; q++ {
		switch a.Classify(q) {
		case "":
		case shadow.ClassUninitialized:
			if !write {
				return q
			}
		default:
			return q
		}
	}
	return 0
}

// TestLocateFar reaches the poison far from all objects, which bears codes only
// when Locate finds that it has to.
func TestLocateFar(t *testing.T) {
	p := &player{a: newArena(t, shadow.Options{})}
	for _, off := range []uintptr{0, 0xfff, 0x11000, 0x20000, 0x7ffffd, 0xfeffff, 0xffffeb, 0xffffff} {
		for _, verb := range []string{"ld1", "ld4", "st1", "st8"} {
			script := []string{"static s list 1", "alloc b block", fmt.Sprintf("%s arena+%#x", verb, off)}
			if off == 0xffffff { // the slack after a static whose size is no multiple of 16
				script[0], script[2] = "static s odd 1", verb[:2]+"1 arena+0xffffff"
			}
			s := p.play(shadow.Sanitize, script)
			if s == nil {
				t.Fatalf("%q: no trap", script)
			}
			if got, ok := p.locate(s, script); !ok || got != p.a.Base()+off {
				t.Errorf("%q: located %s, %v", script, p.a.Format(got), ok)
			}
		}
	}
}

// TestLocateAfterMore explains an access to memory that only an earlier run has
// used: no code of that one may be left there.
func TestLocateAfterMore(t *testing.T) {
	p := &player{a: newArena(t, shadow.Options{})}
	p.a.Reset(shadow.Coded(1))
	for range 5000 {
		p.a.Alloc(kBlock)
	}
	script := []string{"alloc b block", "ld4 arena+0x41000"}
	if got, ok := p.locate(&stop{line: 1, trap: shadow.Trap{Size: 4}}, script); !ok || p.a.Format(got) != "0x41000" {
		t.Errorf("located %s, %v", p.a.Format(got), ok)
	}
}

// TestLocateNearStatics needs no second try for what lies close to a static.
func TestLocateNearStatics(t *testing.T) {
	p := &player{a: newArena(t, shadow.Options{})}
	script := []string{"static s list 1", "ld4 s-8"}
	s := p.play(shadow.Sanitize, script)
	rounds := 0
	got, ok := p.a.Locate(s.trap, func(m shadow.Mode) (shadow.Trap, bool) {
		rounds++
		u := p.play(m, script)
		return u.trap, u.ok
	})
	if !ok || got != p.a.Base()+shadow.Size-24 || rounds != shadow.Rounds {
		t.Errorf("located %s, %v, in %d rounds", p.a.Format(got), ok, rounds)
	}
}

// TestCodedWithoutRun starts coded replay without a run before it that would
// tell how much memory the program uses.
func TestCodedWithoutRun(t *testing.T) {
	for _, objects := range []int{10, 3000, 20000} {
		a := newArena(t, shadow.Options{})
		var q unsafe.Pointer
		addr, ok := a.Locate(shadow.Trap{Size: 4}, func(m shadow.Mode) (shadow.Trap, bool) {
			a.Reset(m)
			a.Static(kBlock, 2000)
			for range objects {
				q = a.Alloc(kBlock)
			}
			a.Free(kBlock, q)
			s := catch(func() { shadow.Ld4((*uint32)(q)) })
			return s.trap, s.ok
		})
		if !ok || addr != uintptr(q) {
			t.Errorf("%d objects: located %s, %v, want %s", objects, a.Format(addr), ok, a.Format(uintptr(q)))
		}
		a.Reset(shadow.Sanitize)
		a.Reset(shadow.Coded(1))
		a.Static(kBlock, uintptr(objects))
		for range objects {
			a.Alloc(kBlock)
		}
		a.Reset(shadow.Sanitize)
		for off := uintptr(0); off < shadow.Size; off += 7 {
			if got := a.Classify(a.Base() + off); got != shadow.ClassOverflow {
				t.Fatalf("%d objects: %q is left at %#x", objects, got, off)
			}
		}
	}
}

// TestDecodeRefuses shows that words which no single address explains are not
// made into one.
func TestDecodeRefuses(t *testing.T) {
	p := &player{a: newArena(t, shadow.Options{})}
	script := []string{"alloc b block", "free b block", "ld4 b+4"}
	var words [shadow.Rounds]uint64
	for k := range words {
		words[k] = p.play(shadow.Coded(k+1), script).trap.Word
	}
	if got, ok := p.a.Decode(words, 4); !ok || p.a.Format(got) != "0x1014" {
		t.Fatalf("decoded %s, %v", p.a.Format(got), ok)
	}
	for name, bend := range map[string]func(w *[shadow.Rounds]uint64){
		"no byte":            func(w *[shadow.Rounds]uint64) { w[3] = 0 },
		"another byte":       func(w *[shadow.Rounds]uint64) { w[3] <<= 8 },
		"plain redzone":      func(w *[shadow.Rounds]uint64) { *w = [shadow.Rounds]uint64{0: 0xfa, 1: 0xfa} },
		"uninitialised once": func(w *[shadow.Rounds]uint64) { w[3] = 0x0a0a0a0a },
		"outside":            func(w *[shadow.Rounds]uint64) { w[6] |= 0xf0f0f0f0 },
	} {
		bent := words
		bend(&bent)
		if got, ok := p.a.Decode(bent, 4); ok {
			t.Errorf("%s: decoded %s", name, p.a.Format(got))
		}
	}
	if got, ok := p.a.Decode(words, 0); ok {
		t.Errorf("size 0: decoded %s", p.a.Format(got))
	}
}

// TestLocateNeedsTheSameRun shows that Locate gives no answer when a round
// ends in another way than the run it is to explain.
func TestLocateNeedsTheSameRun(t *testing.T) {
	p := &player{a: newArena(t, shadow.Options{})}
	script := []string{"alloc b block", "free b block", "ld4 b+4"}
	s := p.play(shadow.Sanitize, script)
	for name, other := range map[string]string{"no trap": "peek b", "another size": "ld2 b+4", "another kind": "st4 b+4"} {
		script[2] = other
		if addr, ok := p.locate(s, script); ok {
			t.Errorf("%s: located %s", name, p.a.Format(addr))
		}
	}
}
