package model

import (
	"github.com/lastwake/lastwake/harness/mux"
	"github.com/lastwake/lastwake/harness/target"
)

var names = &target.Names{Kinds: kindNames(), Edges: mux.EdgeNames[:]}

func kindNames() []string {
	var ns []string
	for _, t := range mux.Types() {
		ns = append(ns, t.Name)
	}
	return ns
}

// state is the digest of the world, 0 for one that makes none.
func state(w World) uint32 {
	if s, ok := w.(interface{ State() uint32 }); ok {
		return s.State()
	}
	return 0
}

// parts returns what tells the parts of w, nil where nothing does.
func parts(w World) func() []uint32 {
	if p, ok := w.(interface{ Parts() []uint32 }); ok {
		return p.Parts
	}
	return nil
}
