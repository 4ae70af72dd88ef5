package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastwake/lastwake/reports/formats"
)

// printShipped says what a production build would do with in.
func printShipped(cmd *cobra.Command, in *input, base uint64, format string) error {
	_, rec, err := examine(in, base)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	p := &page{}
	switch {
	case format == "json" && rec != nil:
		if err := formats.JSON(out, rec, ""); err != nil {
			return err
		}
		return errFound
	case format == "json":
		return nil
	case rec == nil:
		p.line("%s: nothing found, with faults %s: a production build does what the model does", in.Name, in.faults)
		_, err := out.Write([]byte(p.String()))
		return err
	}
	p.line("as shipped: what a production build does with %s", rec.Signature)
	p.paragraph("  ", "Nothing is checked, freed memory is used again. The base of the arena is chosen here; in a real process "+
		"the system chooses it, and every value below follows from it.")
	for _, c := range rec.AsShipped {
		p.line("")
		p.line("base %s, chosen: %s", c.Base, c.Outcome)
		if c.Field != "" {
			p.line("  the freed %s begins with the free list's link %s", rec.Object.Type, c.Link)
			p.line("  %s, which lies over it, reads %d (%#x)", c.Field, c.Value, c.Value)
		}
		_, end, ok := strings.Cut(c.Text, "; ") // what goes before is said
		if !ok {
			end = c.Text
		}
		p.paragraph("  ", end)
	}
	flags := "run --as-shipped "
	if base != 0 {
		flags += fmt.Sprintf("--arena %x ", base)
	}
	p.line("\nreproduce: %s", strings.Replace(in.again(), "run ", flags, 1))
	if _, err := out.Write([]byte(p.String())); err != nil {
		return err
	}
	return errFound
}
