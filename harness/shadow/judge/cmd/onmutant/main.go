// Command onmutant holds the sanitizer that it was built with against what the
// judges have said, for package judge, which builds it with all mutants in it.
//
//	onmutant < record      a JSON Record
//
// It prints the first disagreement and exits with status 1, or nothing.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/lastwake/lastwake/harness/shadow/judge"
)

func main() {
	var r judge.Record
	if err := json.NewDecoder(os.Stdin).Decode(&r); err != nil {
		fmt.Fprintf(os.Stderr, "onmutant: %v\n", err)
		os.Exit(2)
	}
	if err := r.Hold(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
