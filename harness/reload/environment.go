package reload

import (
	"fmt"
	"slices"
	"strings"
)

// An Environment is what a master is started with. Strings are passed as they
// are: some are no variables.
type Environment struct {
	Name    string
	Strings []string
	// Wait: one of them sends the master into wait mode, in which it starts no
	// worker.
	Wait bool
}

// choose returns the environments with the given names, all if there are none.
func choose(names []string) ([]Environment, error) {
	all := Environments()
	if len(names) == 0 {
		return all, nil
	}
	var chosen []Environment
	for _, name := range names {
		i := slices.IndexFunc(all, func(e Environment) bool { return e.Name == name })
		if i < 0 {
			return nil, &UnknownEnvironment{Name: name}
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// An UnknownEnvironment is the error of a name that no environment has.
type UnknownEnvironment struct{ Name string }

func (e *UnknownEnvironment) Error() string { return fmt.Sprintf("unknown environment %q", e.Name) }

// Environments returns the hostile environments, the first of which is not.
func Environments() []Environment {
	base := []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "LANG=C"}
	with := func(more ...string) []string { return append(append([]string(nil), base...), more...) }
	var many []string
	for i := range 5000 {
		many = append(many, fmt.Sprintf("VARIABLE_%d=%s", i, strings.Repeat("v", i%40)))
	}
	return []Environment{
		{Name: "plain", Strings: base},
		{Name: "empty"},
		{Name: "no-equals", Strings: append([]string{"NOEQUALS", "no equals sign"}, with("HAPROXY_MWORKER", "", "Z")...)},
		{Name: "no-name", Strings: append([]string{"=value", "="}, with("==", "= =")...)},
		{Name: "duplicates", Strings: append([]string{"FOO=1", "FOO=2", "PATH=/tmp"}, with("FOO=3", "HAPROXY_PROCESSES=", "HAPROXY_PROCESSES=")...)},
		{Name: "thousands", Strings: with(many...)},
		{Name: "long", Strings: with("LONG="+strings.Repeat("x", 100_000), strings.Repeat("N", 50_000)+"=1")},
		{Name: "prefixes", Strings: with("HAPROXY_MWORKE=1", "HAPROXY_MWORKER_REEXE=1", "HAPROXY_MWORKER_REEXEC2=1", "HAPROXY_PROCESSES2=|")},
		{Name: "internal", Strings: with("HAPROXY_MWORKER=1", "HAPROXY_LOCALPEER=somebody", "HAPROXY_CFGFILES=/nonexistent", "HAPROXY_STARTUPLOGS_FD=99")},
		{Name: "reexec", Strings: with("HAPROXY_MWORKER_REEXEC=1")},
		{Name: "reexec-list", Strings: with("HAPROXY_MWORKER_REEXEC=1", "HAPROXY_PROCESSES=|type=m;fd=-1;pid=1;rpid=0;reloads=3;timestamp=0;id=;version=x|type=w;fd=-1;pid=2;rpid=1;reloads=1;timestamp=0;id=;version=")},
		{Name: "reexec-noise", Strings: with("HAPROXY_MWORKER_REEXEC=1", "HAPROXY_PROCESSES=;;=|x|;|type=|pid=0|"+strings.Repeat("|type=w;pid=0", 50))},
		{Name: "wait-only", Wait: true, Strings: with("HAPROXY_MWORKER_WAIT_ONLY=1", "HAPROXY_MWORKER_REEXEC=1")},
		{Name: "bytes", Strings: with("B=\x01\x7f\x80\xff", "\xff\xfe=1", "TAB=\t", "LINE=a\nb")},
	}
}
