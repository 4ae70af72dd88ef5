package mux

import "sync"

// Fuzz is the target of engines that call one function, such as go-fuzz: it
// panics for a finding that no known crash excuses, and returns 1 for an input
// that is worth more mutations, one with ops.
func Fuzz(data []byte) int {
	p, err := only()
	if err != nil {
		panic(err)
	}
	f, excuse, err := p.play(data)
	if err != nil {
		panic(err)
	}
	if f != nil && excuse == nil {
		small, keep, err := p.shrunk(f)
		if err != nil {
			panic(err)
		}
		c, err := keep.Crash(small, "-")
		if err != nil {
			panic(err)
		}
		panic(c.Report)
	}
	if len(p.prog.Ops) > 0 {
		return 1
	}
	return 0
}

// only returns the one player of this process: these engines give no place to
// make another.
var only = sync.OnceValues(newPlayer)
