// Package pool keeps many programs as fuzzing engines keep them: a folder or
// an archive with one input a file.
//
// It owns the layouts (Go's native files, raw bytes, a zip of raw bytes, a
// go-fuzz workdir, program text), how a layout is recognised, and the way from
// one to another, which loses nothing that the layouts can both hold. It
// refuses to know what a program does when it runs; which programs are worth
// keeping is harness/hunt's to say.
//
//	inputs, err := pool.Read("testdata/fuzz/FuzzMux", program.Mux)
//	err = pool.Write("seeds.zip", pool.Zip, inputs)
//	for _, in := range inputs {
//		fmt.Println(in.Name, len(in.Program().Ops))
//	}
package pool
