package adapter

import "runtime/debug"

// Stack is quic-go.
type Stack struct{}

// Version implements lab.Stack.
func (Stack) Version() string { return "quic-go " + version() }

func version() string {
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
