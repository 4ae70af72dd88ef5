//go:build tools

package process

// go-fuzz-build wants this in the module of what it builds.
import _ "github.com/dvyukov/go-fuzz/go-fuzz-dep"
