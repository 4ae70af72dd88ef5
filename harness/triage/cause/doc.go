// Package cause names the causes that a report of a crash may have.
//
// It owns the comparison: the stacks of a report against those of the known
// crashes, what a fault's class rules out, what a garbage value says, what a
// release rules out, and the score below which a stack is called unknown. It
// refuses to know how a report is read, and knows no fault by name: whatever
// stands in the catalogue and in the corpus is compared in the same way.
//
//	book, err := cause.Load(corpus.Embedded())
//	for _, c := range book.Match(doc).Candidates {
//		fmt.Println(c.Fault.Name, c.Score, c.Reasons)
//	}
package cause
