// Package trace reads what people have when a program has died: the stack of
// a debugger, the report of a sanitizer or of Valgrind, the program's own last
// words, or a whole issue with all of that pasted into it.
//
// It owns the forms and what is the same function in all of them: compilers,
// libraries and releases give one function many names. It refuses to know any
// fault, runs nothing, and keeps no string out of a process: arguments and
// locals are kept when they are numbers. Any bytes can be read; what is too
// long is cut, and the Document says so.
//
//	doc, err := trace.Read("core.txt", file, trace.Limits{})
//	for _, r := range doc.Reports {
//		fmt.Println(r.Form, r.Class, r.Use[0].Name)
//	}
package trace
