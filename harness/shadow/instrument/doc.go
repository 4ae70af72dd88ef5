// Package instrument writes the checked twin of a model package: the same
// source, in which every load and store of an object goes through the checks
// of package shadow and every edge has a counter.
//
// It owns the directives, the rules of what a model may do, the rewriting, and
// the proof that nothing was missed. It refuses to know what a model is about,
// who runs it and what a trap means. It runs when somebody generates, never in
// a fuzz target.
//
//	//go:generate go run ../shadow/instrument/cmd/shadowgen -in . -out checked
//
//	res, err := instrument.Generate(instrument.Config{Dir: "harness/mux"})
//	if err != nil {
//		return err // file:line:col: reason, one line each
//	}
//	return res.Write()
//
// # Directives
//
//	//lastwake:managed             above a struct type: its objects live in the arena
//	//lastwake:shared              above a type, var or func: the twin uses the plain package's
//	//lastwake:c NAME FILE         above a function: the C function that it models
//	//lastwake:primitive           above a function: signatures skip it
//
// A shared name that is not exported stays with the plain package alone, and
// so do the methods of a shared type. Constants are always copied.
//
// # What is rewritten
//
// A path, such as p.wait.slots[i], starts at a pointer to a managed struct and
// stays inside the object. Reading one becomes shadow.Ld2(&p.wait.slots[i]),
// writing one shadow.St2(&p.wait.slots[i], v), by the size on amd64. A nested
// managed struct is not read as such: its address is a managed pointer again.
// The twin is formatted as gofmt would; where a counter has taken a line of its
// own, a line directive with the path from the module root gives what follows
// its line in the source, so that frames and errors point there.
//
// # What is rejected
//
// What could touch an object without a check (values of managed types,
// addresses of scalars, interfaces, conversions, method values, generic code),
// what the collector would miss (Go pointers inside objects), and statements
// whose outcome hangs on an order that Go leaves open, since the twin might
// then do something else than the source. Generate reports all of it at once.
//
// # The proof
//
// Generate type-checks the twin and builds its SSA form, in which a load is an
// instruction. An address inside an object may be the operand of a check of its
// size, lead to a nested address, go to package shadow, or be a managed pointer
// itself; any other use is an error. The proof shares no code with the rewriter
// apart from the question whether a type is managed.
//
// # Counters
//
// World.cov[N] counts entries of the blocks in which a *World named w is in
// scope: bodies of functions and loops, arms of if, clauses of switch. A block
// that runs only with a fault on, or only for traces, has none, and the block
// that a fault's question stands before gets none for it: with all faults off
// the counters are those of the source without the faults, so coverage does not
// tell where they are.
package instrument
