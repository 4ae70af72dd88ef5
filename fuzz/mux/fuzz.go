package mux

import (
	"sync"

	"github.com/lastwake/lastwake/fuzz/player"
	"github.com/lastwake/lastwake/harness/target/model"
)

// Fuzz is the target of engines that call one function, such as go-fuzz: it
// panics for a finding that no known crash excuses, and returns 1 for an input
// that is worth more mutations, one with ops.
func Fuzz(data []byte) int {
	p, err := only()
	if err != nil {
		panic(err)
	}
	return p.Fuzz(data)
}

// only returns the one player of this process: these engines give no place to
// make another.
var only = sync.OnceValues(func() (*player.Player, error) { return player.New(model.Mux{}, "./fuzz/mux") })
