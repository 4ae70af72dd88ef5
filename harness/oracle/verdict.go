package oracle

import "strings"

// A Class is the kind of a finding. Where ASan has a word for it, the class is
// that word.
type Class string

// The classes. From BugOn on, ASan has no word.
const (
	UseAfterFree   Class = "heap-use-after-free"
	DoubleFree     Class = "double-free"
	BufferOverflow Class = "heap-buffer-overflow"
	BadFree        Class = "bad-free"
	Mismatch       Class = "alloc-dealloc-mismatch"
	Leak           Class = "leak"
	Uninitialized  Class = "use-of-uninitialized-value"
	UseAfterScope  Class = "stack-use-after-scope"
	NullDeref      Class = "null-dereference"
	WildAccess     Class = "wild-access"

	BugOn      Class = "bug-on"                // the program's own assertion halts it
	GhostWake  Class = "wake-of-freed-tasklet" // without touching a freed byte
	Dangling   Class = "dangling-subscription" // a live object points at a freed one
	LostWakeup Class = "lost-wakeup"           // at rest, and something is still owed
	Accounting Class = "accounting"            // two numbers that must agree do not
	Memory     Class = "memory"                // a real stack keeps something of each stream
	StepBudget Class = "step-budget"           // an op that does not end

	WildUnmap     Class = "wild-unmap"      // munmap of what is no mapping
	FailedUnmap   Class = "failed-unmap"    // munmap of the inside of one: it stays
	UseAfterUnmap Class = "use-after-unmap" // an access to what munmap has taken
	EnvMalformed  Class = "env-malformed"   // an environment that no libc can read
	EnvDivergence Class = "env-divergence"  // one that is not what it should be
	ProcCorrupt   Class = "proc-corrupt"    // a list of processes that is not
)

// A dispute with a real stack has its oracle as class: "stream-credit",
// "blocked-call", "goroutine-leak", "panic" and so on.

// A Verdict is one thing that is wrong with a history.
type Verdict struct {
	Class Class
	// Invariant is the rule that was broken, for the classes that have no
	// functions: a name of rules.go, an edge, or the condition of a BUG_ON.
	Invariant string
	// Object is the type of the object, its C name.
	Object string
	// Op is the index, among the ops that were started, of the one that broke
	// it.
	Op int
	// Seen is the number of ops after which it was seen: those after them are
	// not needed.
	Seen int
	// Verb is that op's verb.
	Verb string
	// Detail says it in words, with numbers. It is no part of the signature.
	Detail string
	// Use, Free and Alloc are the C functions that used, freed and allocated
	// the object: the innermost frame that is no primitive.
	Use, Free, Alloc string
	// Caller is the C function that called the one with the BUG_ON: the same
	// assertion, come to on another way, is another finding.
	Caller string
	// Side, Stream, Field and Call are where a real stack differs from its
	// reference: "client", "bidi", the state or account, the last API call.
	Side, Stream, Field, Call string
}

// Signature returns the key by which two findings are the same: with
// functions, "class | object | use | free | alloc"; of a dispute with a real
// stack, "class | side | stream | field | call"; of a BUG_ON, "class | function:
// condition | caller | verb"; otherwise "class | invariant | object | verb". It
// has no line, address or index, so it survives shrinking and a new build.
func (v Verdict) Signature() string {
	if v.Side != "" {
		return join(string(v.Class), v.Side, v.Stream, v.Field, v.Call)
	}
	if v.Use != "" || v.Free != "" || v.Alloc != "" {
		return join(string(v.Class), v.Object, v.Use, v.Free, v.Alloc)
	}
	if v.Class == BugOn {
		return join(string(v.Class), v.Invariant, v.Caller, v.Verb)
	}
	return join(string(v.Class), v.Invariant, v.Object, v.Verb)
}

func join(parts ...string) string {
	for i, p := range parts {
		if p == "" {
			parts[i] = "-"
		}
	}
	return strings.Join(parts, " | ")
}
