package formats

import (
	"fmt"
	"io"
	"strings"

	"github.com/lastwake/lastwake/reports"
)

// GDB writes commands for gdb that stop a live process at the moments of the
// finding: where the object is made, freed and used. The use stops only when
// the object is the one that was freed last.
func GDB(w io.Writer, r *reports.Record) error {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s: %s", r.Class, r.Title)
	line("# signature: %s", r.Signature)
	line("# source this file in gdb: gdb -nx -iex 'set auto-load off' -x THIS --args haproxy ...")
	line("set pagination off")
	line("set breakpoint pending on")
	line("set $lastwake_freed = 0")
	for _, p := range moments(r) {
		if strings.ContainsAny(p.moment.Func, "().\n ") || p.moment.Func == "" {
			continue
		}
		line("")
		line("# %s in %s", p.word, opOf(p.moment))
		line("break %s", p.moment.Func)
		switch {
		case p.moment == r.Free:
			line("commands\n  silent\n  set $lastwake_freed = $lastwake_freed + 1\n  printf \"%s: %s is about to free a %s\\n\"\n  bt 8\n  continue\nend",
				"lastwake", p.moment.Func, r.Object.Type)
		case p.moment == r.Use && r.Free != nil:
			line("condition $bpnum $lastwake_freed > 0 && %s", called(r))
			line("commands\n  printf \"%s: %s after the free of a %s: %s\\n\"\n  bt\nend", "lastwake", p.moment.Func, r.Object.Type, r.Class)
		default:
			line("commands\n  silent\n  printf \"%s: %s\\n\"\n  continue\nend", "lastwake", p.moment.Func)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// called is a condition that holds in the use when it is called by the way of
// the finding: below the function that frees.
func called(r *reports.Record) string {
	if fn := r.Free.Func; fn != "" && onStack(r.Use, fn) {
		return fmt.Sprintf("$_any_caller_is(%q, 16)", fn)
	}
	return "1"
}

func onStack(m *reports.Moment, fn string) bool {
	for _, f := range m.Stack {
		if f.Func == fn {
			return true
		}
	}
	return false
}
