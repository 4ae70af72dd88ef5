package instrument_test

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lastwake/lastwake/harness/shadow/instrument"
)

func ExampleGenerate() {
	res, err := instrument.Generate(instrument.Config{Dir: "testdata/toy"})
	if err != nil {
		fmt.Println(err) // file:line:col: reason, one line each
		return
	}
	for _, name := range slices.Sorted(maps.Keys(res.Files)) {
		fmt.Println(name)
	}
	// Output:
	// harness/shadow/instrument/testdata/toy/checked/toy.go
	// harness/shadow/instrument/testdata/toy/checked/zz_generated.go
	// harness/shadow/instrument/testdata/toy/zz_generated.go
}
