package lab

import (
	"cmp"
	"fmt"
	"runtime"
	"strings"
	"testing/synctest"

	"github.com/lastwake/lastwake/harness/target"
)

// goroutines returns the number of goroutines when everybody rests.
func goroutines() int {
	synctest.Wait()
	return runtime.NumGoroutine()
}

// stayed returns the stacks of the bubble's goroutines besides the caller, if
// there are more than before. The count is cheap and may be wrong; the stacks
// are not.
func stayed(before int) []string {
	if goroutines() <= before {
		return nil
	}
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	stacks := strings.Split(string(buf), "\n\n")
	_, own, ok := strings.Cut(stacks[0][:strings.IndexByte(stacks[0]+"\n", '\n')], "synctest bubble ")
	if !ok {
		return nil
	}
	var stay []string
	for _, st := range stacks[1:] {
		if head, _, _ := strings.Cut(st, "\n"); strings.Contains(head, "synctest bubble "+own) && !strings.Contains(st, "testing/synctest.Test") {
			stay = append(stay, st)
		}
	}
	return stay
}

// leaked disputes goroutines that stay.
func (s *Session) leaked(stacks []string) {
	side, call, _ := strings.Cut(s.last, " ")
	s.dispute(target.Dispute{Oracle: "goroutine-leak", Side: cmp.Or(side, "-"), Stream: "-", Field: Place(stacks[0]), Call: call,
		Text:   fmt.Sprintf("%d goroutines are left when everything is closed", len(stacks)),
		Report: strings.Join(stacks, "\n\n")})
}

// Place is the function by which a Go stack is known: the innermost one that is
// neither the runtime's nor the standard library's.
func Place(stack string) string {
	first := ""
	for line := range strings.Lines(stack) {
		name := strings.TrimPrefix(strings.TrimSpace(line), "created by ")
		if strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "goroutine ") || strings.HasPrefix(line, "panic") {
			continue
		}
		name, _, _ = strings.Cut(name, " in goroutine ")
		if i := strings.LastIndexByte(name, '('); i > 0 && strings.HasSuffix(name, ")") {
			name = name[:i]
		}
		if first == "" {
			first = name
		}
		if domain, _, path := strings.Cut(name, "/"); path && strings.Contains(domain, ".") {
			return name[strings.LastIndexByte(name, '/')+1:]
		}
	}
	return first
}

// Ours reports whether a place is in what plays, and not in what it plays on.
func Ours(place string) bool {
	pkg, _, _ := strings.Cut(place, ".")
	switch pkg {
	case "lab", "rfc9000", "adapter", "worker", "wire", "inside":
		return true
	}
	return false
}
