package process

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// at is s[i].
//
//lastwake:primitive
func (w *World) at(s *Char, i int32) uint8 {
	c := shadow.Index(s, i)
	return c.C
}

// plus is the address n bytes behind p.
//
//lastwake:primitive
func (w *World) plus(p unsafe.Pointer, n int) unsafe.Pointer {
	return unsafe.Pointer(shadow.Index((*Char)(p), int32(n)))
}

// put is s[i] = c.
//
//lastwake:primitive
func (w *World) put(s *Char, i int32, c uint8) {
	p := shadow.Index(s, i)
	p.C = c
}

// strlen models strlen.
//
//lastwake:c strlen libc
//lastwake:primitive
func (w *World) strlen(s *Char) int32 {
	n := int32(0)
	for w.at(s, n) != 0 {
		w.spend()
		n++
	}
	return n
}

// strncmp models strncmp with the length of name, which C has in its text
// segment: it reports whether s begins with name. It reads no further than the
// first difference.
//
//lastwake:c strncmp libc
//lastwake:primitive
func (w *World) strncmp(s *Char, name []byte) bool {
	for i := range name {
		if w.at(s, int32(i)) != name[i] {
			return false
		}
	}
	return true
}

// strchr returns the index of the first c in s, -1 if there is none.
//
//lastwake:c strchr libc
//lastwake:primitive
func (w *World) strchr(s *Char, c uint8) int32 {
	for i := int32(0); ; i++ {
		w.spend()
		have := w.at(s, i)
		if have == c {
			return i
		}
		if have == 0 {
			return -1
		}
	}
}

// strcpy writes text to s, with a NUL behind it.
//
//lastwake:c memcpy libc
//lastwake:primitive
func (w *World) strcpy(s *Char, text []byte) {
	for i := range text {
		w.put(s, int32(i), text[i])
	}
	w.put(s, int32(len(text)), 0)
}

// read returns the string s, in memory that the next read uses again.
//
//lastwake:primitive
func (w *World) read(s *Char) []byte {
	w.scratch = w.scratch[:0]
	for i := int32(0); ; i++ {
		w.spend()
		c := w.at(s, i)
		if c == 0 {
			return w.scratch
		}
		w.scratch = append(w.scratch, c)
	}
}

// newString returns text as a string of kind k on the heap, nil if memory is
// out.
//
//lastwake:primitive
func (w *World) newString(k shadow.Kind, text []byte) *Char {
	s := (*Char)(w.malloc(k, uintptr(len(text))+1))
	if s != nil {
		w.strcpy(s, text)
	}
	return s
}

// strdup models strdup, for kinds of string.
//
//lastwake:c strdup libc
//lastwake:primitive
func (w *World) strdup(k shadow.Kind, s *Char) *Char {
	n := w.strlen(s)
	d := (*Char)(w.malloc(k, uintptr(n)+1))
	if d != nil {
		w.arena.Copy(unsafe.Pointer(d), unsafe.Pointer(s), uintptr(n)+1)
	}
	return d
}

// newEnv returns room for n entries of kind k, nil if memory is out.
//
//lastwake:primitive
func (w *World) newEnv(k shadow.Kind, n int32) *EnvSlot {
	return (*EnvSlot)(w.malloc(k, uintptr(n)))
}

// copyEnv copies n entries.
//
//lastwake:c memcpy libc
//lastwake:primitive
func (w *World) copyEnv(to, from *EnvSlot, n int32) {
	w.arena.Copy(unsafe.Pointer(to), unsafe.Pointer(from), uintptr(n)*unsafe.Sizeof(uintptr(0)))
}

// setEntry is env[i] = s.
//
//lastwake:primitive
func (w *World) setEntry(env *EnvSlot, i int32, s *Char) {
	slot := shadow.Index(env, i)
	slot.Str = s
}

// entry is env[i].
//
//lastwake:primitive
func (w *World) entry(env *EnvSlot, i int32) *Char {
	slot := shadow.Index(env, i)
	return slot.Str
}
