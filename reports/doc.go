// Package reports holds the Record, the plain data of one finding, and turns it
// into what people read first: the text of a report in AddressSanitizer's shape.
//
// It owns the Record, which is the single source of every format (package
// formats has the others), the Night, and the text. It refuses to know how a
// finding was made: it runs nothing, judges nothing, reads no file, and prints
// what it is given in the order that it is given. The same Record gives the same
// bytes on every machine.
//
//	r := &reports.Record{Class: "heap-use-after-free", Object: …, Use: …}
//	if err := reports.Text(os.Stdout, r); err != nil {
//		return err
//	}
package reports
