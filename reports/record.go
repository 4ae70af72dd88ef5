package reports

import (
	"fmt"
	"strconv"
)

// Version is the version of the Record that this package writes. It grows by
// one whenever a field changes its meaning or goes away; a new field does not
// change it.
const Version = 1

// A Record is everything that is known of one finding. It holds no pointer
// into a model and nothing that differs from run to run: addresses are
// relative to the arena unless Base says otherwise.
//
// An op is named by its index among the ops that were started, from 0,
// settle's included: the index into History. -1 is the set-up before the first
// op.
type Record struct {
	// Version is the version of this format, the constant Version.
	Version int `json:"version"`
	// Target is the target's name as in a program's header, such as "mux".
	Target string `json:"target"`
	// Title says in one sentence, without a full stop, what went wrong.
	Title string `json:"title"`
	// Class is the finding's class, in ASan's words where ASan has one.
	Class string `json:"class"`
	// Signature names the finding without lines, addresses and op numbers.
	Signature string `json:"signature"`
	// Known is true when a known crash of the target bears this signature.
	Known bool `json:"known"`
	// File is the known crash or the file written for this finding, a path
	// from the module's root; empty when there is none.
	File string `json:"file,omitempty"`
	// Faults are the names of the faults that were on.
	Faults []string `json:"faults"`
	// On is what the program was played on, with its version, when that is no
	// model: "quic-go v0.65.0".
	On string `json:"on,omitempty"`
	// Rules are those of its interface to which the program keeps by
	// construction.
	Rules []string `json:"rules,omitempty"`
	// Fault is the fault of the catalogue whose signature this is, nil when
	// there is none.
	Fault *FaultRef `json:"fault,omitempty"`

	// Also are the signatures of what else was wrong with the same run, gravest
	// first.
	Also []string `json:"also,omitempty"`

	// Invariant names what does not hold, as in the signature, for a class
	// that has no functions there.
	Invariant string `json:"invariant,omitempty"`
	// Cond is the condition of a bug-on as the C code spells it.
	Cond string `json:"cond,omitempty"`
	// Detail tells in words, with numbers, what the oracle saw.
	Detail string `json:"detail,omitempty"`

	// More is what the oracle has to show besides, in lines: a difference, Go's
	// stacks.
	More string `json:"more,omitempty"`

	// Access is the load, store or free that was caught; nil for a class
	// without one.
	Access *Access `json:"access,omitempty"`
	// Object is the object that the finding is about.
	Object Object `json:"object"`
	// Use, Free and Alloc are the moments of the object's life that the
	// finding is made of; nil where there is none. Use is also the moment at
	// which a class without an access was broken.
	Use   *Moment `json:"use,omitempty"`
	Free  *Moment `json:"free,omitempty"`
	Alloc *Moment `json:"alloc,omitempty"`
	// ShadowRows are the rows of shadow memory around the access, as ASan
	// prints them: one byte stands for eight, the row of the access starts
	// with "=>", its byte stands in brackets.
	ShadowRows []string `json:"shadow_rows,omitempty"`

	// Victims are the objects that an unmap takes, or would take if its address
	// were a page's, in order of address.
	Victims []string `json:"victims,omitempty"`

	// NearMisses are the conditions that lead to the fault, in its order.
	NearMisses []NearMiss `json:"near_misses,omitempty"`
	// AsShipped is what a production build would have done, once for each
	// base that was asked for.
	AsShipped []Consequence `json:"as_shipped,omitempty"`

	// Program is the program's text, a line an op, settle's ops not included.
	Program string `json:"program"`
	// History is what each executed op did, settle's included.
	History []OpLine `json:"history,omitempty"`
	// Lives are the lives of all objects of the run, in order of allocation;
	// empty when nobody looked.
	Lives []Lane `json:"lives,omitempty"`
	// Proof says how far the program was shrunk; nil when it was not.
	Proof *Proof `json:"proof,omitempty"`
	// Reproduce holds the commands that show the finding again, best first.
	Reproduce []string `json:"reproduce,omitempty"`
	// Base, when not 0, is the absolute address of the arena: every address
	// is then printed absolute. 0 prints them relative to the arena.
	Base Addr `json:"base,omitempty"`
}

// An Addr is an address or an offset in bytes. It is a hexadecimal string in
// JSON.
type Addr uint64

// String returns a in hexadecimal, with 0x.
func (a Addr) String() string { return "0x" + strconv.FormatUint(uint64(a), 16) }

// MarshalText returns a as String does.
func (a Addr) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (a *Addr) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 0, 64)
	if err != nil {
		return fmt.Errorf("address %q: %w", text, err)
	}
	*a = Addr(n)
	return nil
}

// A Kind is a kind of access.
type Kind string

// The kinds of access.
const (
	Read  Kind = "READ"
	Write Kind = "WRITE"
	Freed Kind = "FREE" // the address was given to a free
)

// An Access is what was caught.
type Access struct {
	Kind Kind `json:"kind"`
	// Size is the number of bytes read or written, 0 for a free.
	Size int `json:"size"`
	// Addr is the first byte that must not be touched: an offset from the
	// arena's start, or an address as it stands when Outside is true.
	Addr Addr `json:"addr"`
	// Outside is true when Addr lies in no arena: null, or wild.
	Outside bool `json:"outside,omitempty"`
	// Field is the field that lies there, in C names: "wait_event.tasklet".
	// It is empty for padding and outside of an object.
	Field string `json:"field,omitempty"`
	// Where says where Addr lies: "inside" the region, "after" or "before" it.
	Where string `json:"where,omitempty"`
	// Offset counts the bytes from the region's start (inside), from its end
	// (after) or back from its start (before).
	Offset int `json:"offset"`
	// Region is the region's size in bytes, 0 when Addr is near no object.
	Region int `json:"region,omitempty"`
}

// An Object is the object that a finding is about.
type Object struct {
	// Type is its type in C words, such as "tasklet".
	Type string `json:"type"`
	// Pool is the type of the pool that a wrong free gave it to.
	Pool string `json:"pool,omitempty"`
	// Seq is its number in order of allocation; 0 when not known.
	Seq int `json:"seq,omitempty"`
	// Size is its size in bytes.
	Size int `json:"size,omitempty"`
	// Count is how many such objects were leaked, for a leak.
	Count int `json:"count,omitempty"`
	// Owner names, for a leak, what pointed at it when its owner died.
	Owner string `json:"owner,omitempty"`
}

// A Moment is one event of an object's life.
type Moment struct {
	// Op is the op in which it happened, -1 for the set-up.
	Op int `json:"op"`
	// Text is that op as the program spells it.
	Text string `json:"text,omitempty"`
	// Func is the innermost C function that is no primitive, as in the
	// signature.
	Func string `json:"func,omitempty"`
	// Stack is the call stack, innermost first.
	Stack []Frame `json:"stack,omitempty"`
}

// A Frame is one function of a call stack.
type Frame struct {
	// Func is the C function modelled, or the Go function where it models
	// none.
	Func string `json:"func"`
	// GoFunc is the Go function, with its package path.
	GoFunc string `json:"go_func,omitempty"`
	// File is the model's source file, a path from the module's root.
	File string `json:"file"`
	// Line is the line in File, from 1.
	Line int `json:"line"`
	// Primitive marks a helper that signatures skip: pools, lists, trees,
	// wakes.
	Primitive bool `json:"primitive,omitempty"`
}

// A NearMiss is one of the conditions that lead to a fault.
type NearMiss struct {
	Name string `json:"name"`
	// Op is the first op that met it, -1 when none did.
	Op int `json:"op"`
}

// A Consequence is what the program does on a production build: no checker,
// pools that reuse what was freed.
type Consequence struct {
	// Base is the arena's base for this run. It is chosen, not found out.
	Base Addr `json:"base"`
	// Link is the word that the pool's free list left in the freed object,
	// an absolute address.
	Link Addr `json:"link"`
	// Field is the field that overlaps Link, and Value what it reads.
	Field string `json:"field"`
	Value int64  `json:"value"`
	// Setting says what was chosen besides, in words; empty when nothing was.
	Setting string `json:"setting,omitempty"`
	// Stack is where the run ended, innermost first, for a run to the symptom.
	Stack []Frame `json:"stack,omitempty"`
	// Outcome is the run's end in a word or two: "silent", "wild index".
	Outcome string `json:"outcome"`
	// Text tells in a sentence how Value leads to Outcome.
	Text string `json:"text"`
}

// An OpLine is one executed op.
type OpLine struct {
	// Text is the op as the program spells it.
	Text string `json:"text"`
	// Outcome is its result in words, such as "done".
	Outcome string `json:"outcome"`
	// Settle is true for an op that the driver added to bring the target to
	// rest.
	Settle bool `json:"settle,omitempty"`
	// Events are the target's events during the op, one a line.
	Events []string `json:"events,omitempty"`
	// Live counts the objects that live after the op, by type.
	Live []Count `json:"live,omitempty"`
}

// A Count is a number of objects of one type.
type Count struct {
	Type  string `json:"type"`
	Count int    `json:"count"`
}

// A Lane is the life of one object of the run.
type Lane struct {
	// Type, Seq and Size are as in Object.
	Type string `json:"type"`
	Seq  int    `json:"seq"`
	Size int    `json:"size"`
	// Alloc is the op in which it was made, -1 for the set-up; Free the one in
	// which it was freed, -1 if it still lives at the end.
	Alloc int `json:"alloc"`
	Free  int `json:"free"`
	// By and FreedBy are the functions that made and freed it.
	By      string `json:"by,omitempty"`
	FreedBy string `json:"freed_by,omitempty"`
}

// A Proof says how far a program was shrunk.
type Proof struct {
	// Minimal is true when no op can go and no value get smaller without
	// losing the signature.
	Minimal bool `json:"minimal"`
	// Ops is the number of ops of the program, From that of the one it was
	// shrunk from.
	Ops  int `json:"ops"`
	From int `json:"from"`
	// Text is the proof in a sentence, with what was tried.
	Text string `json:"text"`
}

// A FaultRef is what a report says of the fault that a finding matches.
type FaultRef struct {
	// ID is its name in the catalogue.
	ID string `json:"id"`
	// Issue is the upstream issue's number without "#", empty when none.
	Issue string `json:"issue,omitempty"`
	// Commit is the fixing commit, nine digits.
	Commit string `json:"commit"`
	// Tag is the first development tag with the fix, Backport the oldest
	// branch to which its message asks to take it.
	Tag      string `json:"tag"`
	Backport string `json:"backport,omitempty"`
	// Title, Mechanism and Fix are sentences: what goes wrong, how, and what
	// the commit changed.
	Title     string `json:"title"`
	Mechanism string `json:"mechanism"`
	Fix       string `json:"fix"`
	// Before and After are the steps in the order before and after the fix,
	// one a line; empty when the fix is not one of order.
	Before []string `json:"before,omitempty"`
	After  []string `json:"after,omitempty"`
}
