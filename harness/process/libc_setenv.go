package process

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

// getenv models getenv: it returns the value's first byte, nil if there is no
// such variable. It takes no lock.
//
//lastwake:c getenv stdlib/getenv.c
func (w *World) getenv(name []byte) *Char {
	slot := w.findSlot(name)
	if slot == nil {
		return nil
	}
	return shadow.Index(slot.Str, int32(len(name))+1)
}

// findSlot returns the first entry of environ that is called name, or nil.
//
//lastwake:primitive
func (w *World) findSlot(name []byte) *EnvSlot {
	slot := w.g.Environ
	if slot == nil {
		return nil
	}
	for s := slot.Str; s != nil; s = slot.Str {
		w.spend()
		if w.isCalled(s, name) {
			return slot
		}
		slot = shadow.Index(slot, 1)
	}
	return nil
}

// isCalled reports whether the environment string s is one of variable name.
//
//lastwake:primitive
func (w *World) isCalled(s *Char, name []byte) bool {
	if !w.strncmp(s, name) {
		return false
	}
	return w.at(s, int32(len(name))) == '='
}

// countEnv is the number of entries of env, which may be nil.
//
//lastwake:primitive
func (w *World) countEnv(env *EnvSlot) int32 {
	n := int32(0)
	if env == nil {
		return 0
	}
	for w.entry(env, n) != nil {
		w.spend()
		n++
	}
	return n
}

// badName reports whether setenv and unsetenv answer EINVAL.
//
//lastwake:primitive
func (w *World) badName(name []byte) bool {
	for _, c := range name {
		if c == '=' {
			return true
		}
	}
	return len(name) == 0
}

// setenv models setenv. It returns -1 when memory is out or the name is bad.
//
//lastwake:c setenv stdlib/setenv.c
func (w *World) setenv(name, value []byte, overwrite bool) int32 {
	if w.badName(name) {
		return -1
	}
	if w.cfg.libc == program.LibcMusl {
		return w.muslSetenv(name, value, overwrite)
	}
	slot := w.findSlot(name)
	if slot != nil && !overwrite {
		return 0
	}
	if slot == nil {
		slot = w.growEnviron()
		if slot == nil {
			return -1
		}
	}
	s := w.knownValue(name, value)
	if s == nil {
		return -1
	}
	slot.Str = s
	return 0
}

// putenv models putenv: string is stored as it is. One without '=' is the name
// of a variable to unset, and nobody keeps it.
//
//lastwake:c putenv stdlib/putenv.c
func (w *World) putenv(s *Char) int32 {
	n := w.strchr(s, '=')
	if n < 0 {
		name := w.read(s)
		return w.unsetenv(name)
	}
	name := w.read(s)[:n]
	if w.cfg.libc == program.LibcMusl {
		return w.muslPutenv(s, name, nil)
	}
	slot := w.findSlot(name)
	if slot == nil {
		slot = w.growEnviron()
		if slot == nil {
			return -1
		}
	}
	slot.Str = s
	return 0
}

// growEnviron makes room for one more variable and returns its entry, behind
// which the array ends; nil if memory is out.
//
//lastwake:c __add_to_environ stdlib/setenv.c
func (w *World) growEnviron() *EnvSlot {
	count := w.countEnv(w.g.Environ)
	w.say(evEnvGrown, uint64(count+1), 0)
	switch w.cfg.libc {
	case program.LibcGlibc235:
		return w.reallocEnviron(count)
	case program.LibcGlibc241:
		return w.extendEnviron(count)
	}
	return w.replaceEnviron(count, count+1)
}

// reallocEnviron is how glibc before 2.41 grows: realloc for every new name, of
// the array that it made last, whatever environ is now.
//
//lastwake:c __add_to_environ stdlib/setenv.c
func (w *World) reallocEnviron(count int32) *EnvSlot {
	g := w.g
	env := w.newEnv(kindEnviron, count+2)
	if env == nil {
		return nil
	}
	if g.LastEnviron != nil {
		keep := min(g.LastSize, count+2)
		w.copyEnv(env, g.LastEnviron, keep)
	}
	if g.Environ != g.LastEnviron && count > 0 {
		w.copyEnv(env, g.Environ, count)
	}
	w.free(kindEnviron, unsafe.Pointer(g.LastEnviron))
	w.setEntry(env, count, nil)
	w.setEntry(env, count+1, nil)
	g.LastEnviron = env
	g.LastSize = count + 2
	g.Environ = env
	return shadow.Index(env, count)
}

// extendEnviron is how glibc 2.41 grows: within the array while there is room,
// then into one of twice the size. No array is freed.
//
//lastwake:c __add_to_environ stdlib/setenv.c
func (w *World) extendEnviron(count int32) *EnvSlot {
	g := w.g
	last := g.Arrays
	if last != nil && last.Array == g.Environ && count+2 <= last.Allocated {
		w.setEntry(g.Environ, count+1, nil)
		return shadow.Index(g.Environ, count)
	}
	room := int32(8)
	for room < count+2 {
		room *= 2
	}
	node := (*EnvArrays)(w.malloc(kindArrays, 1))
	if node == nil {
		return nil
	}
	env := w.newEnv(kindEnviron, room)
	if env == nil {
		w.free(kindArrays, unsafe.Pointer(node))
		return nil
	}
	for i := count; i < room; i++ {
		w.setEntry(env, i, nil)
	}
	if count > 0 {
		w.copyEnv(env, g.Environ, count)
	}
	node.Array = env
	node.Allocated = room
	node.Next = last
	g.Arrays = node
	g.Environ = env
	return shadow.Index(env, count)
}

// replaceEnviron makes environ a new array that has the first count entries of
// the old one, and room for room of them. It returns the entry behind the
// count. The old array stays: illumos frees none.
//
//lastwake:c initenv illumos
func (w *World) replaceEnviron(count, room int32) *EnvSlot {
	g := w.g
	env := w.newEnv(kindEnviron, room+1)
	if env == nil {
		return nil
	}
	if count > 0 {
		w.copyEnv(env, g.Environ, count)
	}
	for i := count; i <= room; i++ {
		w.setEntry(env, i, nil)
	}
	g.Environ = env
	return shadow.Index(env, count)
}

// knownValue returns the string "name=value": the one that an earlier setenv
// made, if there is one, for glibc never frees them. It returns nil if memory
// is out.
//
// Deviation: a list stands for the search tree.
//
//lastwake:c __add_to_environ stdlib/setenv.c
func (w *World) knownValue(name, value []byte) *Char {
	g := w.g
	w.text = append(w.text[:0], name...)
	w.text = append(w.text, '=')
	w.text = append(w.text, value...)
	h := hashOf(w.text)
	for k := g.Known; k != nil; k = k.Next {
		w.spend()
		if k.Hash == h {
			return k.Str
		}
	}
	k := (*Known)(w.malloc(kindKnown, 1))
	if k == nil {
		return nil
	}
	s := w.newString(kindEnvString, w.text)
	if s == nil {
		w.free(kindKnown, unsafe.Pointer(k))
		return nil
	}
	k.Str = s
	k.Hash = h
	k.Next = g.Known
	g.Known = k
	return s
}

// unsetenv models unsetenv: every entry called name goes, and those behind it
// move down. It looks at every string there is.
//
//lastwake:c unsetenv stdlib/setenv.c
func (w *World) unsetenv(name []byte) int32 {
	if w.badName(name) {
		return -1
	}
	slot := w.g.Environ
	if slot == nil {
		return 0
	}
	if w.cfg.libc == program.LibcIllumos {
		return w.illumosUnsetenv(name)
	}
	for s := slot.Str; s != nil; s = slot.Str {
		w.spend()
		if w.isCalled(s, name) {
			w.removeEntry(slot)
			if w.cfg.libc == program.LibcMusl {
				w.muslFree(s)
			}
		} else {
			slot = shadow.Index(slot, 1)
		}
	}
	return 0
}

// removeEntry moves the entries behind slot down by one, the end included.
//
//lastwake:primitive
func (w *World) removeEntry(slot *EnvSlot) {
	for slot.Str != nil {
		w.spend()
		next := shadow.Index(slot, 1)
		slot.Str = next.Str
		slot = next
	}
}

// illumosUnsetenv removes name from a copy of the array, which becomes
// environ: a pointer into the old one sees the variable for ever.
//
//lastwake:c unsetenv illumos
func (w *World) illumosUnsetenv(name []byte) int32 {
	slot := w.findSlot(name)
	if slot == nil {
		return 0
	}
	count := w.countEnv(w.g.Environ)
	if w.replaceEnviron(count, count) == nil {
		return -1
	}
	for slot = w.findSlot(name); slot != nil; slot = w.findSlot(name) {
		w.removeEntry(slot)
	}
	return 0
}

// clearenv models clearenv.
//
//lastwake:c clearenv stdlib/setenv.c
func (w *World) clearenv() {
	g := w.g
	env := g.Environ
	switch w.cfg.libc {
	case program.LibcGlibc235:
		if env != nil && env == g.LastEnviron {
			w.free(kindEnviron, unsafe.Pointer(env))
			g.LastEnviron = nil
		}
	case program.LibcGlibc241:
		if env != nil && g.Arrays != nil && g.Arrays.Array == env {
			for i := int32(0); w.entry(env, i) != nil; i++ {
				w.spend()
				w.setEntry(env, i, nil)
			}
		}
	case program.LibcMusl:
		if env != nil {
			for i := int32(0); w.entry(env, i) != nil; i++ {
				w.spend()
				s := w.entry(env, i)
				w.muslFree(s)
			}
		}
	}
	g.Environ = nil
}
