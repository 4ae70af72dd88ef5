// Package like looks for programs that come to the place where an unknown
// crash died: that visit the same functions in the same nesting.
//
// It owns the comparison of a foreign stack with the stacks of a run. It
// refuses to know how programs are searched, and judges nothing: that a program
// comes to the same place says that the model can go there, not that it dies.
//
//	l := like.New(doc.Reports[0].Use, modelled)
//	reached, err := like.Shortest(runner, programs, faults, l, nil)
package like
