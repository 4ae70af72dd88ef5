package cause

import (
	"fmt"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

// threads are the names of arguments that number a thread.
var threads = map[string]bool{"thr": true, "tid": true, "thread": true, "thread_id": true, "new_tid": true}

// garbage says what a thread's number tells that is none: read from an object
// that was freed, it is the upper half of the link that the pool's free list
// has left there.
func garbage(r *trace.Report) string {
	for _, f := range r.Use {
		for _, a := range f.Args {
			if !threads[a.Name] || !upperHalf(a.Value) {
				continue
			}
			for _, p := range r.Pointers {
				if p>>32 == a.Value && p != a.Value {
					return fmt.Sprintf("%s=%d is no thread: %#x is the upper half of a heap address such as %#x, the link of a freed object", a.Name, a.Value, a.Value, p)
				}
			}
			return fmt.Sprintf("%s=%d is no thread: %#x is the upper half of a heap address, the link of a freed object", a.Name, a.Value, a.Value)
		}
	}
	return ""
}

// upperHalf reports whether n is what the upper 32 bits of an address of the
// heap or of a mapping look like on a 64-bit Linux.
func upperHalf(n uint64) bool { return n >= 0x5500 && n <= 0x56ff || n >= 0x7e00 && n <= 0x7fff }

// ruledOut says why a release cannot have the fault, or what else it tells
// about it. Nothing is said of releases of a branch that took the fix as a
// backport: which, nobody here has seen.
func ruledOut(f *fault.Fault, v trace.Version) (reason, note string) {
	if !v.Known {
		return "", ""
	}
	tag, ok := trace.ParseVersion(f.Tag)
	born, since := trace.ParseVersion(f.Since)
	switch {
	case ok && !v.Before(tag):
		return fmt.Sprintf("%s has the fix: commit %s is in %s, on the mainline before it", v, f.Commit, f.Tag), ""
	case f.Backport != "" && olderBranch(v, f.Backport):
		return fmt.Sprintf("%s is older than the mistake: the fix, commit %s, is asked for from %s on", v, f.Commit, f.Backport), ""
	case since && v.Lacks(born), since && v.Mainline() && v.Date != "" && v.Date < f.SinceDate:
		return fmt.Sprintf("%s is older than the mistake: commit %s of %s made it, first in %s", v, f.Introduced, f.SinceDate, f.Since), ""
	case v.Date != "" && f.FixDate != "" && v.Date < f.FixDate:
		return "", fmt.Sprintf("%s of %s is older than the fix of %s", v, v.Date, f.FixDate)
	}
	return "", fmt.Sprintf("%s may have it: whether the branch took commit %s, its own history tells", v, f.Commit)
}

// olderBranch reports whether v is of a branch before the one called name.
func olderBranch(v trace.Version, name string) bool {
	w, ok := trace.ParseVersion(name)
	return ok && (v.Major < w.Major || v.Major == w.Major && v.Minor < w.Minor)
}

// GrepFix returns the command that tells whether a branch has the fix of f: a
// backport quotes the commit that it was made from.
func GrepFix(f *fault.Fault) string {
	return "git log --oneline --grep 'cherry picked from commit " + f.Commit + "' HEAD"
}
