// Package program holds lastwake's programs: short sequences of ops that a
// target plays, as a person writes them, as a fuzzing engine mutates them, and
// as a minimiser shrinks them.
//
// It owns the op table (see [Rows] and [Keys]), the text form ([Parse],
// [Program.String]), the byte form ([Encode], [Decode]), and the algorithms
// that walk the table: [Generate], [Mutate] and [Minimize]. Text is the truth
// that is committed; bytes are derived from it and last for one fuzzing run.
// Everything here is a pure function of its arguments: the same program, bytes
// or [Rand] give the same result on every machine and with every Go version.
//
// It refuses to know what an op does, which faults exist (a fault is a run
// parameter; a program only carries the names that stand in its header), what
// a crash is, and how files are found or written.
//
//	p, err := program.Parse("seed.prog", text)
//	data := program.Encode(p)           // for a fuzzing engine
//	q := program.Decode(data)           // any bytes give a program
//	best, proof := program.Minimize(q, stillFails, program.MinimizeOptions{})
//	fmt.Print(best, proof)
package program
