package process

import (
	"strconv"
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/shadow"
)

// memprintf formats a number into a new string, after it has freed the one
// that out was.
//
//lastwake:c memprintf src/tools.c
func (w *World) memprintf(out *Char, n int) *Char {
	w.text = strconv.AppendInt(w.text[:0], int64(n), 10)
	s := w.newString(kindString, w.text)
	w.free(kindString, unsafe.Pointer(out))
	return s
}

// freeString frees a string that is nobody's but ours.
//
//lastwake:primitive
func (w *World) freeString(s *Char) { w.free(kindString, unsafe.Pointer(s)) }

// atoi models atoi, for what fits.
//
//lastwake:c atoi libc
//lastwake:primitive
func (w *World) atoi(s *Char) int {
	n, sign := 0, 1
	i := int32(0)
	if w.at(s, 0) == '-' {
		sign = -1
		i = 1
	}
	for ; i < 7; i++ {
		c := w.at(s, i)
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + int(c-'0')
	}
	return sign * n
}

// backupEnv copies the environment to init_env, before the configuration is
// read.
//
//lastwake:c backup_env src/tools.c
func (w *World) backupEnv() bool {
	g := w.g
	count := w.countEnv(g.Environ)
	env := w.newEnv(kindInitEnv, count+1)
	if env == nil {
		return false
	}
	for i := int32(0); i <= count; i++ {
		w.setEntry(env, i, nil)
	}
	g.InitEnv = env
	for i := range count {
		s := w.strdup(kindInitString, w.entry(g.Environ, i))
		if s == nil {
			w.forgetEnv()
			return false
		}
		w.setEntry(env, i, s)
	}
	w.me().backup = w.me().want
	w.say(evSnapshot, uint64(count), 0)
	return true
}

// forgetEnv frees the copy of the environment.
//
//lastwake:c deinit src/haproxy.c
func (w *World) forgetEnv() {
	env := w.g.InitEnv
	for i := int32(0); w.entry(env, i) != nil; i++ {
		w.free(kindInitString, unsafe.Pointer(w.entry(env, i)))
	}
	w.free(kindInitEnv, unsafe.Pointer(env))
	w.g.InitEnv = nil
}

// cleanEnv unsets every variable.
//
// Deviation: HAProxy's loop never comes past an entry without '='; this one
// steps over it.
//
//lastwake:c clean_env src/tools.c
func (w *World) cleanEnv() {
	w.unsettle()
	w.say(evClean, uint64(w.countEnv(w.g.Environ)), 0)
	env := w.g.Environ
	for env != nil {
		s := env.Str
		if s == nil {
			break
		}
		w.spend()
		n := w.strchr(s, '=')
		if n < 0 {
			env = shadow.Index(env, 1)
			continue
		}
		name := w.read(s)[:n]
		if w.Faults.Has(fault.HAPROXY_a9afc10ae) {
			w.unsetenv(name)
		} else {
			w.myUnsetenv(name)
		}
	}
	w.me().want.clear()
}

// myUnsetenv is HAProxy's own unsetenv: the last entry goes where the removed
// one was, and the array stays.
//
//lastwake:c my_unsetenv src/standard.c
func (w *World) myUnsetenv(name []byte) {
	slot := w.g.Environ
	for s := slot.Str; s != nil; s = slot.Str {
		w.spend()
		if !w.isCalled(s, name) {
			slot = shadow.Index(slot, 1)
			continue
		}
		last := slot
		for next := shadow.Index(last, 1); next.Str != nil; next = shadow.Index(last, 1) {
			w.spend()
			last = next
		}
		slot.Str = last.Str
		last.Str = nil
	}
}

// restoreEnv sets every variable of the copy. It reports false when memory is
// out.
//
// Deviation: HAProxy's writes a NUL over each '=' of the copy, which a second
// restore would miss.
//
//lastwake:c restore_env src/tools.c
func (w *World) restoreEnv() bool {
	env := w.g.InitEnv
	for i := int32(0); w.entry(env, i) != nil; i++ {
		s := w.entry(env, i)
		n := w.strchr(s, '=')
		if n <= 0 {
			continue
		}
		w.pair = append(w.pair[:0], w.read(s)...)
		if w.setenv(w.pair[:n], w.pair[n+1:], true) != 0 {
			return false
		}
	}
	w.me().want = w.me().backup
	return true
}
