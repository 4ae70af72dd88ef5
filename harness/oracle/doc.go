// Package oracle says what is wrong with a history.
//
// It owns the classes of findings, the invariants and the signature by which
// two findings are the same. It refuses to know which faults exist, how a run
// is made, and what a stack is: it reads a target.History and nothing else, so
// the same history gives the same verdicts anywhere.
//
//	for _, v := range oracle.Judge(history) {
//		fmt.Println(v.Signature(), "in op", v.Op)
//	}
//
// The oracles are seven. Shadow memory, the step budget and a BUG_ON that
// halts end a run: their verdict stands alone, because nothing after it can be
// believed. The scheduler's contract, accounting, dangling edges, liveness and
// leaks are read off the audits, in this order; see the tables in rules.go.
// Liveness is judged twice: of the stream layers behind the program's last op,
// before settle has them let go, and of the connections at rest.
package oracle
