// Package corpus keeps programs in files: seeds, from which a search may start,
// and crashes, the findings that are worth keeping.
//
// It owns the formats (a crash is a txtar archive whose parts must agree), the
// strict reader for any kind of file that holds a program, the writer that
// leaves either the old file or the new one, and the rule that says which
// findings are excused. It refuses to know how a program is run, what a
// signature means and what a command does with a file.
//
//	crashes, err := corpus.Embedded().Crashes("mux")
//	if known, ok := corpus.Excused(crashes, signature, faults); ok {
//		fmt.Println("excused:", known.File)
//	}
//
// Folders: seed/<target>/*.prog holds program text, crash/<target>/*.txtar the
// known crashes; both are embedded. A file whose name starts with "." is
// passed over.
package corpus
