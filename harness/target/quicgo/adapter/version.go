package adapter

import "runtime/debug"

// Stack is quic-go.
type Stack struct{}

// ticking is the version or the folder of an old quic-go of which a worker has
// a copy, with the comparisons of timeouts as later versions have them; "" in
// other workers. The linker sets it.
var ticking string

// Version implements lab.Stack.
func (Stack) Version() string { return "quic-go " + version() }

func version() string {
	if ticking != "" {
		return ticking
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	for _, d := range info.Deps {
		if d.Path != "github.com/quic-go/quic-go" {
			continue
		}
		if d.Replace != nil {
			d = d.Replace
		}
		if d.Version == "" || d.Version == "(devel)" {
			return d.Path
		}
		return d.Version
	}
	return "(unknown)"
}
