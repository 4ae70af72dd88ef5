//go:build !asan || !linux

// Command onasan plays plain Go models under AddressSanitizer. This build has
// none.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "onasan: built without -asan: see package judge")
	os.Exit(2)
}
