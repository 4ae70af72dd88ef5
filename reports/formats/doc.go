// Package formats writes a reports.Record in the forms that programs read, and
// as a page for people: JSON with a published schema, SARIF, JUnit, Markdown,
// HTML that needs no script and no other file, and breakpoints for gdb.
//
// It owns the writers that need an encoder of the standard library or another
// library. They are not in package reports because the fuzz targets link that
// one: a package that a fuzz target imports is instrumented, and encoding/json
// alone added 2,400 counters to the 5,800 of a target with the text report,
// all of which Go's engine looks at after every run. It refuses to know what a
// text report looks like and how a finding is made.
//
//	if err := formats.JSON(os.Stdout, record, ""); err != nil {
//		return err
//	}
package formats
