// Package fault is the catalogue of the mistakes that a model can be asked to
// make again. A fault is a named switch: on, the model runs the code as it was
// before the upstream commit that fixed it; off, the code as that commit left
// it. All off is the fixed program.
//
// It owns the names, the set type that models test, and what is known of each
// fault: how it breaks, what the fix changed, which other switch hides it,
// what a finding of it looks like and how to recognise it in a core dump of
// your own. It refuses to know how a model implements a fault, how programs
// are searched and where LASTWAKE_FAULTS or a flag comes from.
//
//	on, err := fault.Parse("HAPROXY-bd384a359")
//	if on.Has(fault.HAPROXY_bd384a359) {
//		f := fault.HAPROXY_bd384a359.Fault()
//		fmt.Println(f.Name, f.Title)
//	}
package fault
