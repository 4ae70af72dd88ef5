// Command shadowgen writes the checked twin of a model package.
//
//	//go:generate go run ../shadow/instrument/cmd/shadowgen -in . -out checked
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/lastwake/lastwake/harness/shadow/instrument"
)

func main() {
	if err := run(os.Stdout, os.Args[1:]); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintf(os.Stderr, "shadowgen: %v\n", err)
		}
		os.Exit(2)
	}
}

func run(stdout io.Writer, args []string) error {
	flags := flag.NewFlagSet("shadowgen", flag.ContinueOnError)
	in := flags.String("in", ".", "folder of the plain package")
	out := flags.String("out", "checked", "folder of the twin, relative to -in")
	fold := flags.String("fold", "", "faults to answer with false, separated by commas")
	edges := flags.Bool("edges", false, "print the edges and write nothing")
	verbose := flags.Bool("v", false, "print what was written")
	if err := flags.Parse(args); err != nil {
		return err
	}
	cfg := instrument.Config{Dir: *in, OutDir: filepath.Join(*in, *out)}
	if *fold != "" {
		cfg.Fold = strings.Split(*fold, ",")
	}
	res, err := instrument.Generate(cfg)
	if err != nil {
		return err
	}
	if *edges {
		for _, e := range res.Edges {
			fmt.Fprintf(stdout, "%d\t%s:%d\t%s\t%s\n", e.ID, e.File, e.Line, e.Func, e.Kind)
		}
		return nil
	}
	if *verbose {
		fmt.Fprintf(stdout, "%d files, %d checks, %d proved, %d edges\n", len(res.Files), res.Accesses, res.Proved, len(res.Edges))
	}
	return res.Write()
}
