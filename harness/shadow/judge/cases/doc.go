// Package cases is a model made of mistakes: each case does one thing that a
// sanitizer has to report, or must not. The same cases are written in C in
// ../testdata/cases, and both are put before the judges of package judge.
//
// It owns the cases, a small machine that plays random programs of memory
// operations, and a workload without mistakes to measure. It refuses to know what a judge says of them: it is ordinary Go
// source, whose twin in the folder checked is generated, and which go build
// -asan compiles as it stands.
//
//	w, err := checked.New(shadow.Options{})
//	w.Reset(shadow.Sanitize)
//	w.Case(0) // panics: heap-use-after-free
package cases

//go:generate go run ../../instrument/cmd/shadowgen -in . -out checked
