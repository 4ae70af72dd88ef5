package fault

import "strings"

// A Symptom says how a fault shows in a running program.
type Symptom string

// The symptoms.
const (
	Crash    Symptom = "crash"
	Freeze   Symptom = "freeze"
	Leak     Symptom = "leak"
	BusyLoop Symptom = "busy-loop"
	BugOn    Symptom = "bug-on"
)

// A Fault is one entry of the catalogue: a mistake that was made once, the
// commit that mended it, and how to know it again. Entries are constants:
// nobody changes what its slices hold.
type Fault struct {
	// ID is the switch.
	ID ID
	// Name is how people and files name the fault: HAPROXY- and the first nine
	// digits of the commit that fixed it (of the first, where there are
	// several), or HYPOTHESIS- and a word.
	Name string
	// Title says in one sentence what goes wrong. It is the title of a report.
	Title string
	// Model is the target whose model has the switch, such as "mux".
	Model string
	// Issue is the number of the upstream issue, without "#"; empty when the
	// commit names none.
	Issue string
	// Commit is the fixing commit, its first nine digits.
	Commit string
	// FixDate is the day of that commit, YYYY-MM-DD.
	FixDate string
	// Tag is the first development tag of the mainline that has the fix.
	Tag string
	// Backport is the oldest branch to which the commit message asks to take
	// the fix; empty when not known. Whether and when a stable branch took it
	// is not said anywhere here.
	Backport string
	// Introduced is the commit that made the mistake, its first nine digits;
	// empty when the history does not tell.
	Introduced string
	// Since is the first development tag of the mainline that has that commit,
	// SinceDate the day on which it was committed, YYYY-MM-DD.
	Since, SinceDate string
	// LastWith is the last commit of the mainline that has it, the first parent
	// of Commit, its first nine digits.
	LastWith string
	// Eras are the values of the header's era in which the code with the
	// mistake is there; none means the default era only.
	Eras []string
	// Severity is the commit's own word: MINOR, MEDIUM or MAJOR.
	Severity string
	// Symptom is how the fault shows.
	Symptom Symptom
	// Class is the class of its primary finding, in ASan's words where ASan
	// has one.
	Class string
	// Mechanism tells how the mistake leads to the finding.
	Mechanism string
	// Fix says what the fixing commit changed.
	Fix string
	// Order shows the fix as steps, when it is one of order.
	Order Order
	// Requires and Excludes are the faults that must be on, and off, for this
	// one to show: the chains of history, where a fix made the next mistake
	// reachable. Any combination may be run, but for two that exclude each
	// other, as Parse says.
	Requires, Excludes []ID
	// Primary is the signature of the finding that the fault is known by.
	Primary string
	// Others are the further signatures that the fault can produce. No
	// signature belongs to two faults.
	Others []string
	// Seed is a program that walks up to the fault, a path below corpus/.
	Seed string
	// Known is the known crash that shows the fault, a path below corpus/.
	Known string
	// Sequence are the ops by which the fixing commit's message and code explain
	// the fault, their verbs in order. What the header and modifiers say is no
	// op, nor is what a connection that is open has behind it.
	Sequence string
	// Confirm is what to ask gdb about a core of your own.
	Confirm []Check
	// NearMisses are the conditions that lead to the fault, in the order in
	// which they are met.
	NearMisses []NearMiss
	// Control says that this mistake must not be reported: it was one, but it
	// breaks nothing that an oracle judges. A control has no class, signatures,
	// known crash or checks.
	Control bool
}

// A NearMiss is a condition on the way to a fault. It is met by the first
// event of a run whose text holds Event.
type NearMiss struct{ Name, Event string }

// An Order is a sequence of steps before and after a fix, one a line, in the
// words of the C code.
type Order struct{ Before, After []string }

// A Check is one line for gdb and what it prints when the fault is what
// happened.
type Check struct{ Command, Want string }

// catalogue has a row for each ID. An entry lives in a file of its own, named
// after the commit.
var catalogue = [numIDs]*Fault{
	HAPROXY_bd384a359:           &haproxyBd384a359,
	HAPROXY_ad6b13d31:           &haproxyAd6b13d31,
	HAPROXY_1cb254ad7:           &haproxy1cb254ad7,
	HAPROXY_10dab4af9:           &haproxy10dab4af9,
	HAPROXY_f3e03a406:           &haproxyF3e03a406,
	HAPROXY_131f2d93e:           &haproxy131f2d93e,
	HAPROXY_d3973853c:           &haproxyD3973853c,
	HAPROXY_d7755375a:           &haproxyD7755375a,
	HAPROXY_ea4a5cbbd:           &haproxyEa4a5cbbd,
	HAPROXY_4070e4042:           &haproxy4070e4042,
	HAPROXY_8038821c8:           &haproxy8038821c8,
	HAPROXY_178fbffda:           &haproxy178fbffda,
	HAPROXY_afb7b9d8e:           &haproxyAfb7b9d8e,
	HAPROXY_6c501ed23:           &haproxy6c501ed23,
	HAPROXY_87f8766d3:           &haproxy87f8766d3,
	HAPROXY_15337fd80:           &haproxy15337fd80,
	HAPROXY_ed820823f:           &haproxyEd820823f,
	HAPROXY_8d5def0ba:           &haproxy8d5def0ba,
	HAPROXY_89d685f39:           &haproxy89d685f39,
	HAPROXY_f8aaf8bdf:           &haproxyF8aaf8bdf,
	HAPROXY_c8a0efbda:           &haproxyC8a0efbda,
	HAPROXY_b0dd4810e:           &haproxyB0dd4810e,
	HAPROXY_cc9827bb0:           &haproxyCc9827bb0,
	HAPROXY_da24bcfad:           &haproxyDa24bcfad,
	HAPROXY_f7ae84e7d:           &haproxyF7ae84e7d,
	HAPROXY_73806f067:           &haproxy73806f067,
	HAPROXY_c1d714156:           &haproxyC1d714156,
	HAPROXY_c7004be96:           &haproxyC7004be96,
	HAPROXY_caf60ac69:           &haproxyCaf60ac69,
	HAPROXY_801e39e1c:           &haproxy801e39e1c,
	HAPROXY_c0c3a325a:           &haproxyC0c3a325a,
	HAPROXY_83ae0c250:           &haproxy83ae0c250,
	HAPROXY_7266ed8c3:           &haproxy7266ed8c3,
	HAPROXY_d355bce7e:           &haproxyD355bce7e,
	HAPROXY_96ca1b7c3:           &haproxy96ca1b7c3,
	HAPROXY_ee65efbfa:           &haproxyEe65efbfa,
	HAPROXY_7cf9cf705:           &haproxy7cf9cf705,
	HAPROXY_a13989f10:           &haproxyA13989f10,
	HAPROXY_43c090c1e:           &haproxy43c090c1e,
	HAPROXY_b9e064040:           &haproxyB9e064040,
	HAPROXY_9d905dfd7:           &haproxy9d905dfd7,
	HAPROXY_333f2caba:           &haproxy333f2caba,
	HAPROXY_dcf226161:           &haproxyDcf226161,
	HAPROXY_e177cf341:           &haproxyE177cf341,
	HAPROXY_3fdb039a9:           &haproxy3fdb039a9,
	HAPROXY_3ef1ee477:           &haproxy3ef1ee477,
	HAPROXY_7edb2ffae:           &haproxy7edb2ffae,
	HAPROXY_ddfd8031f:           &haproxyDdfd8031f,
	HAPROXY_40d1c84bf:           &haproxy40d1c84bf,
	HAPROXY_0cfbeb1ae:           &haproxy0cfbeb1ae,
	HAPROXY_3ef7daa73:           &haproxy3ef7daa73,
	HAPROXY_b28ded19a:           &haproxyB28ded19a,
	HAPROXY_d27f457ee:           &haproxyD27f457ee,
	HAPROXY_7b78e1571:           &haproxy7b78e1571,
	HAPROXY_b4e651f12:           &haproxyB4e651f12,
	HAPROXY_a9afc10ae:           &haproxyA9afc10ae,
	HAPROXY_920fc8bbe:           &haproxy920fc8bbe,
	HAPROXY_f94afebb9:           &haproxyF94afebb9,
	HAPROXY_bf8c871e2:           &haproxyBf8c871e2,
	HYPOTHESIS_putenv_freed:     &hypothesisPutenvFreed,
	HYPOTHESIS_putenv_stack:     &hypothesisPutenvStack,
	HYPOTHESIS_walk_keeps_array: &hypothesisWalkKeepsArray,
	HYPOTHESIS_free_environ:     &hypothesisFreeEnviron,
	HAPROXY_07deafa10:           &haproxy07deafa10,
	HAPROXY_a15f0461a:           &haproxyA15f0461a,
	HAPROXY_3b851a326:           &haproxy3b851a326,
	HAPROXY_54bc78693:           &haproxy54bc78693,
	HAPROXY_95f624540:           &haproxy95f624540,
	HAPROXY_09ec3e09b:           &haproxy09ec3e09b,
	HAPROXY_096999ee2:           &haproxy096999ee2,
	HAPROXY_9481cef94:           &haproxy9481cef94,
	HAPROXY_3cfb08c07:           &haproxy3cfb08c07,
	HAPROXY_d7e3b826f:           &haproxyD7e3b826f,
	HAPROXY_802a3b728:           &haproxy802a3b728,
}

// All returns the faults of the catalogue in the order of the IDs, the controls
// aside.
func All() []Fault { return entries(false) }

// Controls returns the entries with which nothing may be found, in the order of
// the IDs.
func Controls() []Fault { return entries(true) }

func entries(control bool) []Fault {
	var all []Fault
	for _, f := range catalogue[1:] {
		if f.Control == control {
			all = append(all, *f)
		}
	}
	return all
}

// Lookup returns the fault that bears name, which may have "_" for "-".
func Lookup(name string) (Fault, bool) {
	for _, f := range catalogue[1:] {
		if sameName(f.Name, name) {
			return *f, true
		}
	}
	return Fault{}, false
}

// Match returns the fault that owns signature, as its primary one or as one of
// the others.
func Match(signature string) (Fault, bool) {
	for _, f := range catalogue[1:] {
		if !f.Control && f.owns(signature) {
			return *f, true
		}
	}
	return Fault{}, false
}

func (f *Fault) owns(signature string) bool {
	if f.Primary == signature {
		return true
	}
	for _, s := range f.Others {
		if s == signature {
			return true
		}
	}
	return false
}

// Fault returns the entry of id. It panics when id is not in the catalogue.
func (id ID) Fault() Fault { return *catalogue[id] }

// String returns the name of id, "none" for the zero ID.
func (id ID) String() string {
	if id == 0 || id >= numIDs {
		return "none"
	}
	return catalogue[id].Name
}

// DefaultEra is the era of a fault that names none.
const DefaultEra = "2.9"

// slack is by how many ops a shrunk program may exceed the sequence.
const slack = 2

// Longest is the most ops that a shrunk program may have which shows the fault.
func (f *Fault) Longest() int { return len(strings.Fields(f.Sequence)) + slack }

// In reports whether the code with the mistake is there in an era.
func (f *Fault) In(era string) bool {
	if len(f.Eras) == 0 {
		return era == DefaultEra
	}
	for _, e := range f.Eras {
		if e == era {
			return true
		}
	}
	return false
}
