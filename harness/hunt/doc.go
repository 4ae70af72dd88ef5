// Package hunt looks for programs that break a target, in this process, as
// fast as the target runs.
//
// It owns the search: which program to run next, which to keep, how much work
// each kept one gets, and when to stop. It refuses to know what an op does,
// what is wrong with a run, and which faults exist: coverage, state and the
// verdicts' signatures are all that it sees.
//
//	sum, err := hunt.Run(ctx, hunt.Options{Target: model.Mux{}, Programs: 1_000_000, Seed: 1})
//	for _, f := range sum.Findings {
//		fmt.Println(f.Signature)
//	}
//
// # The search
//
// The work is cut into 16 lanes. A lane has a random generator, a view of the
// corpus and of what has been covered, and nothing that other lanes change. All
// lanes run the same number of programs, an epoch; then what they found is
// merged in the order of the lanes. So the result depends on the seed and the
// number of programs and not on how many workers share the lanes.
//
// A lane takes a program of the corpus, mutates it in place and runs it. A
// program is kept when it covers something new: an edge of the model a new
// number of times (in eight buckets), a state that no connection or stream had
// been in before, or one of the whole target, by its digest, that no op had led
// to; of the last kind there is no end, so that few are kept. What is kept is
// stripped of ops that were not played, and cut after the op that reached the
// last new state when no edge was new: short programs are cheap to run and easy
// to mutate to the point. A program's share of the work follows from how rarely
// its edges and states of parts are hit, how short it is and how recently it
// came. One that was chosen often is trimmed: what it does not need for the edges
// and parts that it was kept for is left out. Epochs are short, because what one
// lane has found is of use to the others only after one.
//
// A run that breaks something is explained at the end of its epoch, so that
// the hot path stays free of stacks, strings and maps. A signature seen first
// is shrunk and written down; further ones are counted. While the shrunk program
// is long, small hunts of their own look for another way to the signature.
package hunt
