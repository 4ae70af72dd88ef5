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

// parseEras reads the flag: the set of the eras' values in the header, 0 for
// the default.
func parseEras(list string) (uint, error) {
	names, eras := eraNames(), uint(0)
	switch list {
	case "":
		return 0, nil
	case "all":
		return 1<<len(names) - 1, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		i := slices.Index(names, strings.TrimSpace(name))
		if i < 0 {
			return 0, hintf("the eras are "+strings.Join(names, ", "), "unknown era %q", strings.TrimSpace(name))
		}
		eras |= 1 << i
	}
	return eras, nil
}

// erasOf are the eras in which every fault that is on can show; the default
// one when there is none, or when nothing is on.
func erasOf(on fault.Set) uint {
	eras := uint(0)
	for i, name := range eraNames() {
		shows := !on.Empty()
		for _, f := range fault.All() {
			shows = shows && (!on.Has(f.ID) || f.In(name))
		}
		if shows {
			eras |= 1 << i
		}
	}
	return eras
}

func eraNames() []string { return program.Keys(program.Mux)[program.KeyEra].Values }

// backEra is the first era with connections to servers.
const backEra = "3.5"

// parseSide reads the flag --side of a hunt in these eras: the set of sides, 0
// for both.
func parseSide(name string, eras uint) (uint, error) {
	switch name {
	case "both":
		return 0, nil
	case "front":
		return 1 << program.SideFront, nil
	case "back":
		if eras&(1<<slices.Index(eraNames(), backEra)) == 0 {
			return 0, hintf("add --era "+backEra, "the eras of this hunt have no connections to servers")
		}
		return 1 << program.SideBack, nil
	}
	return 0, hintf("the sides are front, back and both", "unknown side %q", name)
}
