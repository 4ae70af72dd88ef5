package process

import "unsafe"

// muslSetenv models musl's setenv, which frees the string that it replaces if
// it made that one.
//
//lastwake:c setenv src/env/setenv.c
func (w *World) muslSetenv(name, value []byte, overwrite bool) int32 {
	if !overwrite && w.getenv(name) != nil {
		return 0
	}
	w.text = append(w.text[:0], name...)
	w.text = append(w.text, '=')
	w.text = append(w.text, value...)
	s := w.newString(kindEnvString, w.text)
	if s == nil {
		return -1
	}
	return w.muslPutenv(s, name, s)
}

// muslPutenv models __putenv: r is s if setenv made s, otherwise nil.
//
//lastwake:c __putenv src/env/putenv.c
func (w *World) muslPutenv(s *Char, name []byte, r *Char) int32 {
	slot := w.findSlot(name)
	if slot != nil {
		old := slot.Str
		slot.Str = s
		w.muslSwap(old, r)
		return 0
	}
	g := w.g
	count := w.countEnv(g.Environ)
	w.say(evEnvGrown, uint64(count+1), 0)
	env := w.newEnv(kindEnviron, count+2)
	if env == nil {
		w.free(kindEnvString, unsafe.Pointer(r))
		return -1
	}
	if count > 0 {
		w.copyEnv(env, g.Environ, count)
	}
	w.free(kindEnviron, unsafe.Pointer(g.LastEnviron))
	w.setEntry(env, count, s)
	w.setEntry(env, count+1, nil)
	g.LastEnviron = env
	g.LastSize = count + 2
	g.Environ = env
	if r != nil {
		w.muslSwap(nil, r)
	}
	return 0
}

// muslFree frees s if setenv made it.
//
//lastwake:primitive
func (w *World) muslFree(s *Char) { w.muslSwap(s, nil) }

// muslSwap models __env_rm_add: old is freed if it is in the list of the
// strings that setenv made, and fresh, which may be nil, takes its place there
// or a new one.
//
//lastwake:c __env_rm_add src/env/setenv.c
//lastwake:primitive
func (w *World) muslSwap(old, fresh *Char) {
	g := w.g
	for k := g.Known; k != nil; k = k.Next {
		w.spend()
		if old != nil && k.Str == old {
			k.Str = fresh
			w.free(kindEnvString, unsafe.Pointer(old))
			return
		}
		if k.Str == nil && fresh != nil {
			k.Str = fresh
			fresh = nil
		}
	}
	if fresh == nil {
		return
	}
	k := (*Known)(w.malloc(kindKnown, 1))
	if k == nil {
		return
	}
	k.Str = fresh
	k.Hash = 0
	k.Next = g.Known
	g.Known = k
}
