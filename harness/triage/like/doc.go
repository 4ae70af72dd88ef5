// Package like looks for programs that come to the place where an unknown
// crash died: that visit the same functions in the same nesting.
//
// It owns the comparison of a foreign stack with the stacks of a run. It
// refuses to know how programs are searched, and judges nothing: that a program
// comes to the same place says that the model can go there, not that it dies.
//
// What is seen of a run are the stacks of its allocations, of its frees, of the
// places where the model says what it does, and of the one where it stopped.
//
//	s := like.NewSearch(like.New(doc.Reports[0].Use, modelled), faults)
//	_, err := hunt.Run(ctx, hunt.Options{Target: model.Mux{}, Lead: s.Lead})
//	reached, err := s.Shortest(runner, nil)
//	for _, r := range reached {
//		fmt.Println(r.Functions, r.Program)
//	}
package like
