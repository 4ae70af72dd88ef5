package trace

// A Form is the program in whose words a report is written.
type Form string

// The forms.
const (
	GDB       Form = "gdb"
	Sanitizer Form = "sanitizer" // ASan, LSan, MSan, UBSan
	Valgrind  Form = "valgrind"
	Kernel    Form = "kasan"
	BugOn     Form = "bug-on"   // HAProxy's BUG_ON, with its own trace
	Watchdog  Form = "watchdog" // HAProxy's dump of a thread that is stuck
	Go        Form = "go"       // a panic, a fatal error or a dump of goroutines
	Own       Form = "lastwake" // a text report or a record of this project
)

// The classes that a report can have, in ASan's words where ASan has one. An
// empty class means that the report does not tell, as a core does not.
const (
	UseAfterFree  = "heap-use-after-free"
	DoubleFree    = "double-free"
	BadFree       = "bad-free"
	Overflow      = "heap-buffer-overflow"
	Uninitialized = "use-of-uninitialized-value"
	AfterScope    = "stack-use-after-scope"
	NullDeref     = "null-dereference"
	WildAccess    = "wild-access"
	Leak          = "leak"
	Bug           = "bug-on"
	Stuck         = "step-budget"
	Crash         = "" // a signal, for whatever reason
	Panic         = "panic"
)

// A Document is what one file holds.
type Document struct {
	Name    string
	Reports []Report
	// Version is what the program says that it is, as in "haproxy -vv".
	Version Version
	// Signatures are those that reports of this project spell out.
	Signatures []string
	// Cut is true when something was too long to be read whole.
	Cut bool
}

// A Report is one death: its class and the stacks that are known of it,
// innermost frame first.
type Report struct {
	Form  Form
	Class string
	// Cond is the condition of a bug-on, as the source spells it.
	Cond string
	// Signal is the name of the signal that ended the process, if it is told.
	Signal string
	// Address is the address that was touched, if HasAddress.
	Address    uint64
	HasAddress bool
	// Access is READ, WRITE or nothing, Size its bytes, Region those of the
	// object, 0 when not told.
	Access       string
	Size, Region int
	// Use is where it died, Free where the object was freed, Alloc where it
	// was made.
	Use, Free, Alloc []Frame
	// Threads are the stacks of the other threads or goroutines.
	Threads [][]Frame
	// Pointers are numbers of the report that could be addresses.
	Pointers []uint64
	above    []Frame // the checker's, which stood on top of Use
	// Line is where in the file it begins, from 1.
	Line int
}

// A Frame is one function of a stack.
type Frame struct {
	// Func is the name as it stood, Name what it is called here.
	Func, Name string
	// File is the source file without the path of the machine it was built
	// on, Line the line in it; "" and 0 when not told.
	File string
	Line int
	// Kind says what the function does for everybody.
	Kind Kind
	// Args are the arguments that are numbers, locals among them.
	Args []Arg
}

// An Arg is a number that a frame was called with or has in a local.
type Arg struct {
	Name  string
	Value uint64
}

// A Kind is how much a function tells of the one that called it.
type Kind uint8

// The kinds.
const (
	Plain     Kind = iota
	Unknown        // the debugger has no name for it
	Primitive      // allocators, lists, trees, wakes, string functions
	Checker        // of the sanitizer, the signal or the abort, not of the program
	Entry          // the scheduler's loop, main, the start of a thread
)

// Limits bound what is read. The zero Limits stand for the defaults.
type Limits struct {
	Bytes   int64 // of the file, 64 MiB
	Line    int   // bytes of one line, 64 KiB
	Frames  int   // of one stack, 256
	Reports int   // of one file, 64
}

func (l Limits) or() Limits {
	if l.Bytes == 0 {
		l.Bytes = 64 << 20
	}
	if l.Line == 0 {
		l.Line = 64 << 10
	}
	if l.Frames == 0 {
		l.Frames = 256
	}
	if l.Reports == 0 {
		l.Reports = 64
	}
	return l
}
