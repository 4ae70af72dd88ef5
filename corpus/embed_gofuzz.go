//go:build gofuzz

package corpus

import "os"

// go-fuzz-build copies the sources of a package and not the files that it
// embeds: what it builds reads the corpus from the module's root, where it is
// started.
var embedded = os.DirFS("corpus")
