package process

import (
	"bytes"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

// nameTexts and valueTexts are the names and values that ops know.
var nameTexts, valueTexts = texts()

func texts() (names, values [numNames][]byte) {
	_, all := program.EnvValues()
	for i, n := range program.EnvNames() {
		names[i], values[i] = []byte(n), []byte(all[i])
	}
	return names, values
}

// An envVar is what is expected of one variable.
type envVar struct {
	set  bool
	hash uint32 // of its value
	// loose: the initial environment had it twice, so that which value counts
	// is not laid down.
	loose bool
}

// An envMap is what an environment should hold: the oracle's map, which knows
// names and values and neither arrays nor strings.
type envMap struct{ vars [numNames]envVar }

// nameOf returns which of the known names text, an environment string, is a
// variable of, and its value; -1 for another one.
func nameOf(text []byte) (name int, value []byte) {
	n := indexOf(text, '=')
	if n <= 0 {
		return -1, nil
	}
	for i := range nameTexts {
		if len(nameTexts[i]) == n && string(nameTexts[i]) == string(text[:n]) {
			return i, text[n+1:]
		}
	}
	return -1, nil
}

// hashOf digests a text; equal texts have equal digests.
func hashOf(text []byte) uint32 { return uint32(shadow.Digest(0, text)) }

// indexOf is the index of the first c in text, -1 if there is none.
func indexOf(text []byte, c byte) int { return bytes.IndexByte(text, c) }

// start takes over a string of the initial environment.
func (m *envMap) start(text []byte) {
	i, value := nameOf(text)
	if i < 0 {
		return
	}
	v := &m.vars[i]
	v.loose = v.set
	if !v.set {
		v.set, v.hash = true, hashOf(value)
	}
}

// set is what setenv should do.
func (m *envMap) set(i int, value []byte, replace bool) {
	if v := &m.vars[i]; replace || !v.set {
		v.set, v.hash = true, hashOf(value)
	}
}

// unset is what unsetenv should do.
func (m *envMap) unset(i int) { m.vars[i] = envVar{} }

// clear is what clearenv should do.
func (m *envMap) clear() { *m = envMap{} }

// setByName sets a variable and expects it to be set. It reports false when
// memory is out.
//
//lastwake:primitive
func (w *World) setByName(name int, value []byte, replace bool) bool {
	p := w.me()
	w.unsettle()
	if w.setenv(nameTexts[name], value, replace) != 0 {
		return false
	}
	p.want.set(name, value, replace)
	return true
}

// unsettle notes that the environment changes: musl frees strings then, so that
// what getenv has returned may be gone.
//
//lastwake:primitive
func (w *World) unsettle() {
	if w.cfg.libc == program.LibcMusl {
		w.me().heldStable = false
	}
}

// unsetByName unsets a variable and expects it to be gone. It reports false when
// memory is out, which is on illumos, where unsetenv makes an array.
//
//lastwake:primitive
func (w *World) unsetByName(name int) bool {
	w.unsettle()
	if w.unsetenv(nameTexts[name]) != 0 {
		return false
	}
	w.me().want.unset(name)
	return true
}
