package bench

import "github.com/lastwake/lastwake/harness/fault"

// Ten are the faults of the comparison.
func Ten() fault.Set {
	return fault.Set{}.With(fault.HAPROXY_bd384a359)
}
