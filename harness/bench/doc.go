// Package bench measures how long searches take to find the faults of the
// catalogue, each from nothing, and says how sure the figures are.
//
// It owns the cells (one method, one fault, one seed, one budget), the methods
// that are compared, the file that results are kept in, and the statistics: a
// cell that finds nothing is censored at its budget, so that medians and means
// are Kaplan and Meier's. It refuses to know how a fault is looked for: the
// search gets a fault set and a seed, and a finding counts when its signature
// is the fault's.
//
//	b, err := bench.New(bench.Options{Target: model.Mux{}, Faults: fault.All(), Methods: []string{"hunt"}, Seeds: 20, Ops: 200_000_000})
//	err = b.Run(ctx, nil)
//	fmt.Println(bench.Summarize(b.Results()).Text())
//
// Time is counted in executed ops, settle's included, the same for every
// method; seconds are ops over the speed that was measured and say nothing
// that another machine has to agree with.
package bench
