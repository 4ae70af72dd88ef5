// Package plain makes a target of the mux model as it is written, without
// checks and counters: the baseline that the checked twin is measured against,
// and what real sanitizers judge.
//
// It owns nothing but the choice. It refuses to be linked where only the twin
// is wanted.
//
//	s, err := plain.Mux().NewSession()
//	defer s.Close()
//	h := exec.New(s).Run(p, faults)
package plain

import (
	"github.com/lastwake/lastwake/harness/mux"
	"github.com/lastwake/lastwake/harness/shadow"
	"github.com/lastwake/lastwake/harness/target/model"
)

// Mux returns the target "mux" on the plain model.
func Mux() model.Mux { return model.Mux{Plain: newWorld} }

func newWorld(o shadow.Options) (model.World, error) {
	w, err := mux.New(o)
	if err != nil {
		return nil, err
	}
	return w, nil
}
