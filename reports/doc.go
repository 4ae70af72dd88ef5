// Package reports turns a Record, the plain data of one finding, into what
// people and tools read: the text of a report in AddressSanitizer's shape, and
// JSON.
//
// It owns the Record, which is the single source of every format, and the
// writers. It refuses to know how a finding was made: it runs nothing, judges
// nothing, reads no file, and prints what it is given in the order that it is
// given. The same Record gives the same bytes on every machine.
//
//	r := &reports.Record{Class: "heap-use-after-free", Object: …, Use: …}
//	if err := reports.Text(os.Stdout, r); err != nil {
//		return err
//	}
package reports
