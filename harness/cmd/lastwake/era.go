package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// eraFlag adds --era.
func eraFlag(cmd *cobra.Command, otherwise string) {
	cmd.Flags().String("era", "", "the `ERA` or eras, divided by commas, of the programs: "+
		strings.Join(eraNames(), ", ")+", or all; "+otherwise)
}

// parseEras reads the flag: the numbers of the eras in the header, nil for the
// default.
func parseEras(list string) ([]uint32, error) {
	names := eraNames()
	var eras []uint32
	switch list {
	case "":
		return nil, nil
	case "all":
		for i := range names {
			eras = append(eras, uint32(i))
		}
		return eras, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		i := slices.Index(names, strings.TrimSpace(name))
		if i < 0 {
			return nil, hintf("the eras are "+strings.Join(names, ", "), "unknown era %q", strings.TrimSpace(name))
		}
		eras = append(eras, uint32(i))
	}
	return eras, nil
}

// erasOf are the eras in which every fault that is on can show; the default
// one when there is none, or when nothing is on.
func erasOf(on fault.Set) []uint32 {
	var eras []uint32
	for i, name := range eraNames() {
		shows := !on.Empty()
		for _, f := range fault.All() {
			shows = shows && (!on.Has(f.ID) || f.In(name))
		}
		if shows {
			eras = append(eras, uint32(i))
		}
	}
	if slices.Equal(eras, []uint32{0}) {
		return nil // the default needs no choosing
	}
	return eras
}

func eraNames() []string { return program.Keys(program.Mux)[program.KeyEra].Values }
