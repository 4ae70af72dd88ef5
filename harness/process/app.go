package process

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/shadow"
)

// This file is what else in a process touches its environment and its heap:
// code that calls putenv, keeps what getenv returned, walks environ, or just
// allocates. It keeps the rules that libc lays down, except where a hypothesis
// of package fault says that somebody did not.

// allocPad allocates n bytes that have nothing to do with anything: where what
// comes next lies depends on it.
//
//lastwake:primitive
func (w *World) allocPad(n uintptr) bool {
	g := w.g
	if g.NumPads == maxPads || n == 0 {
		return false
	}
	p := (*Char)(w.malloc(kindPad, n))
	if p == nil {
		return true
	}
	i := g.NumPads
	g.Pads[i] = p
	g.NumPads = i + 1
	return true
}

// freePad frees the last of them.
//
//lastwake:primitive
func (w *World) freePad() bool {
	g := w.g
	if g.NumPads == 0 {
		return false
	}
	i := g.NumPads - 1
	g.NumPads = i
	w.free(kindPad, unsafe.Pointer(g.Pads[i]))
	return true
}

// The memory that a string given to putenv can lie in, plus 1.
const (
	putHeap    = program.PutHeap + 1
	putStack   = program.PutStack + 1
	putLiteral = program.PutLiteral + 1
)

// putVariable calls putenv with memory of the given kind. It reports false when
// there is no such memory.
//
//lastwake:c app_putenv application
func (w *World) putVariable(name int, value []byte, from uint32) bool {
	g := w.g
	p := w.me()
	w.pair = append(w.pair[:0], nameTexts[name]...)
	w.pair = append(w.pair, '=')
	w.pair = append(w.pair, value...)
	var s *Char
	switch from {
	case program.PutHeap:
		if g.Put[name] != nil {
			return false
		}
		s = w.newString(kindPutString, w.pair)
	case program.PutStack:
		if g.NumFrames == 0 || len(w.pair) >= frameBytes || w.frameUsed() {
			return false
		}
		frame := g.Frames[g.NumFrames-1]
		s = (*Char)(unsafe.Pointer(frame))
		w.strcpy(s, w.pair)
	default:
		s = w.newString(kindLiteral, w.pair)
	}
	if s == nil {
		return true
	}
	w.say(evPut, uint64(from), 0)
	w.unsettle()
	if w.putenv(s) != 0 {
		w.dropPut(s, from)
		return true
	}
	p.want.set(name, value, true)
	p.putFrom[name] = uint8(from) + 1
	if from == program.PutHeap {
		g.Put[name] = s
	}
	return true
}

// putName calls putenv with the name of a variable and no '=', in a buffer that
// is freed at once: libc keeps none of it.
//
//lastwake:c app_putenv application
func (w *World) putName(name int) {
	s := w.newString(kindPutString, nameTexts[name])
	if s == nil {
		return
	}
	w.unsettle()
	w.say(evPutName, 0, 0)
	if w.putenv(s) == 0 {
		w.me().want.unset(name)
	}
	w.free(kindPutString, unsafe.Pointer(s))
}

// frameUsed reports whether a variable lies in the buffer of the innermost
// frame, which holds one.
//
//lastwake:primitive
func (w *World) frameUsed() bool {
	frame := w.g.Frames[w.g.NumFrames-1]
	for i := range w.me().putFrom {
		if w.me().putFrom[i] == putStack && w.inEnviron(i, unsafe.Pointer(frame)) {
			return true
		}
	}
	return false
}

// dropPut frees a string that putenv did not take.
//
//lastwake:primitive
func (w *World) dropPut(s *Char, from uint32) {
	switch from {
	case program.PutHeap:
		w.free(kindPutString, unsafe.Pointer(s))
	case program.PutLiteral:
		w.free(kindLiteral, unsafe.Pointer(s))
	}
}

// inEnviron reports whether the entry of variable name is the string at s.
//
//lastwake:primitive
func (w *World) inEnviron(name int, s unsafe.Pointer) bool {
	slot := w.findSlot(nameTexts[name])
	return slot != nil && unsafe.Pointer(slot.Str) == s
}

// releasePut gives the heap buffer of a variable back, after the variable is
// gone. It reports false when there is none.
//
//lastwake:c app_release application
func (w *World) releasePut(name int) bool {
	g := w.g
	s := g.Put[name]
	if s == nil {
		return false
	}
	w.me().heldStable = false
	if w.Faults.Has(fault.HYPOTHESIS_putenv_freed) {
		g.Put[name] = nil
	} else {
		if w.inEnviron(name, unsafe.Pointer(s)) && !w.unsetByName(name) {
			return false
		}
		g.Put[name] = nil
	}
	w.say(evPutFreed, 0, 0)
	w.free(kindPutString, unsafe.Pointer(s))
	return true
}

// enterFrame calls a function with a buffer.
//
//lastwake:c app_enter application
func (w *World) enterFrame() bool {
	g := w.g
	i := g.NumFrames
	if i == maxFrames {
		return false
	}
	frame := (*Frame)(w.arena.Push(kindFrame))
	g.Frames[i] = frame
	g.NumFrames = i + 1
	return true
}

// leaveFrame returns from it, after the variables in its buffer are gone.
//
//lastwake:c app_leave application
func (w *World) leaveFrame() bool {
	g := w.g
	if g.NumFrames == 0 {
		return false
	}
	i := g.NumFrames - 1
	frame := g.Frames[i]
	w.me().heldStable = false
	left := uint64(0)
	if !w.Faults.Has(fault.HYPOTHESIS_putenv_stack) {
		for name := range w.me().putFrom {
			if w.me().putFrom[name] == putStack && w.inEnviron(name, unsafe.Pointer(frame)) && !w.unsetByName(name) {
				return false
			}
		}
	} else {
		left = 1
	}
	g.NumFrames = i
	g.Frames[i] = nil
	w.say(evFrameLeft, left, 0)
	w.arena.Pop(unsafe.Pointer(frame))
	return true
}

// keepValue keeps what getenv returns for name.
//
//lastwake:primitive
func (w *World) keepValue(name int) {
	s := w.getenv(nameTexts[name])
	w.g.Held = s
	w.me().heldStable = s != nil
}

// readValue reads what was kept.
//
//lastwake:c app_read application
func (w *World) readValue() bool {
	if !w.me().heldStable {
		return false
	}
	w.strlen(w.g.Held)
	return true
}

// walk reads some entries of environ, from where the last walk stopped. 0 is
// all that are left. It looks up the array each time.
//
//lastwake:c cli_io_handler_show_env src/cli.c
func (w *World) walk(steps uint32) {
	g := w.g
	p := w.me()
	if w.Faults.Has(fault.HYPOTHESIS_walk_keeps_array) {
		slot := g.Walk
		if slot == nil {
			slot = g.Environ
		}
		slot = w.walkFrom(slot, steps)
		g.Walk = slot
		p.walk = 0
	} else {
		if p.walk > w.countEnv(g.Environ) {
			p.walk = 0
		}
		if g.Environ == nil {
			return
		}
		from := shadow.Index(g.Environ, p.walk)
		slot := w.walkFrom(from, steps)
		p.walk = w.placeOf(slot)
	}
	w.say(evWalkStopped, uint64(p.walk), 0)
}

// walkFrom reads some entries from slot on and returns where it stopped, nil
// at the end.
//
//lastwake:c cli_io_handler_show_env src/cli.c
func (w *World) walkFrom(slot *EnvSlot, steps uint32) *EnvSlot {
	if slot == nil {
		return nil
	}
	for n := uint32(0); steps == 0 || n < steps; n++ {
		s := slot.Str
		if s == nil {
			return nil
		}
		w.spend()
		w.strlen(s)
		slot = shadow.Index(slot, 1)
	}
	return slot
}

// placeOf is the index of a slot in environ, 0 for nil.
//
//lastwake:primitive
func (w *World) placeOf(slot *EnvSlot) int32 {
	if slot == nil {
		return 0
	}
	env := w.g.Environ
	return int32((w.arena.Rel(unsafe.Pointer(slot)) - w.arena.Rel(unsafe.Pointer(env))) / unsafe.Sizeof(slot))
}

// search looks at some entries for a variable, as a getenv does that others
// interrupt. It looks up the array each time.
//
//lastwake:c getenv stdlib/getenv.c
func (w *World) search(name int, steps uint32) {
	g := w.g
	p := w.me()
	if w.Faults.Has(fault.HYPOTHESIS_walk_keeps_array) {
		slot := g.Find
		if slot == nil {
			slot = g.Environ
		}
		slot = w.searchFrom(slot, nameTexts[name], steps)
		g.Find = slot
	} else {
		if p.find > w.countEnv(g.Environ) {
			p.find = 0
		}
		if g.Environ == nil {
			return
		}
		from := shadow.Index(g.Environ, p.find)
		slot := w.searchFrom(from, nameTexts[name], steps)
		p.find = w.placeOf(slot)
	}
}

// searchFrom looks for name from slot on and returns where it stopped, nil when
// it is done.
//
//lastwake:c getenv stdlib/getenv.c
func (w *World) searchFrom(slot *EnvSlot, name []byte, steps uint32) *EnvSlot {
	if slot == nil {
		return nil
	}
	for n := uint32(0); steps == 0 || n < steps; n++ {
		s := slot.Str
		if s == nil || w.isCalled(s, name) {
			return nil
		}
		w.spend()
		slot = shadow.Index(slot, 1)
	}
	return slot
}

// assignEnviron points environ at an array of the application's own.
//
//lastwake:c app_assign application
func (w *World) assignEnviron() bool {
	g := w.g
	if g.AppEnviron != nil {
		return false
	}
	count := w.countEnv(g.Environ)
	env := w.newEnv(kindAppEnviron, count+1)
	if env == nil {
		return true
	}
	if count > 0 {
		w.copyEnv(env, g.Environ, count)
	}
	w.setEntry(env, count, nil)
	g.AppEnviron = env
	g.Environ = env
	return true
}

// dropEnviron gives the application's array back: once environ is another one,
// or else with all variables.
//
//lastwake:c app_drop application
func (w *World) dropEnviron() bool {
	g := w.g
	if w.Faults.Has(fault.HYPOTHESIS_free_environ) {
		if g.Environ == nil {
			return false
		}
		w.say(evArrayFreed, 0, 0)
		w.free(kindEnviron, unsafe.Pointer(g.Environ))
		g.AppEnviron = nil
		g.Environ = nil
		w.me().want.clear()
		return true
	}
	if g.AppEnviron == nil {
		return false
	}
	w.unsettle()
	if g.Environ == g.AppEnviron {
		w.clearenv()
		w.me().want.clear()
	}
	w.say(evArrayFreed, 0, 0)
	w.free(kindAppEnviron, unsafe.Pointer(g.AppEnviron))
	g.AppEnviron = nil
	return true
}
