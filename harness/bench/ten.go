package bench

import "github.com/lastwake/lastwake/harness/fault"

// Ten are the faults of the comparison, from shallow to deep. Depth is how
// long uniformly random ops take, on the log scale: of the nineteen faults
// there were when they were chosen, these are the ones nearest to ten points
// evenly spaced between the shallowest (56 ops) and the deepest (not found in
// 20 million). What any other search takes played no part.
func Ten() fault.Set {
	var ten fault.Set
	for _, id := range []fault.ID{
		fault.HAPROXY_d3973853c, fault.HAPROXY_ea4a5cbbd, fault.HAPROXY_afb7b9d8e, fault.HAPROXY_ad6b13d31, fault.HAPROXY_8038821c8,
		fault.HAPROXY_87f8766d3, fault.HAPROXY_d7755375a, fault.HAPROXY_178fbffda, fault.HAPROXY_bd384a359, fault.HAPROXY_ed820823f,
	} {
		ten = ten.With(id)
	}
	return ten
}
