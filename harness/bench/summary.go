package bench

import (
	"encoding/json"
	"math"
	"slices"
)

// A Row says how one method fares with one fault.
type Row struct {
	Fault  string `json:"fault"`
	Method string `json:"method"`
	Seeds  int    `json:"seeds"`
	Found  int    `json:"found"`
	Budget uint64 `json:"budget"`
	// Median and Mean are of the executed ops to the finding: Kaplan and
	// Meier's median, and their mean restricted to the budget. Programs is the
	// median of programs.
	Median   Estimate `json:"median_ops"`
	Mean     Estimate `json:"mean_ops"`
	Programs Estimate `json:"median_programs"`
	// Seconds is the median of ops over the method's speed.
	Seconds float64 `json:"median_seconds"`

	mean  Mean
	times []Time
}

// A Pool is one method over all faults.
type Pool struct {
	Method string `json:"method"`
	Cells  int    `json:"cells"`
	Found  int    `json:"found"`
	// Fewest is the fault that the fewest seeds found, FewestFound of Seeds.
	Fewest      string `json:"fewest"`
	FewestFound int    `json:"fewest_found"`
	// Shrunk is the number of findings that were shrunk, Long that of those whose
	// program is longer than one that shows the fault may be.
	Shrunk int `json:"shrunk"`
	Long   int `json:"long"`
	// Speed is ops a second on one core, over all cells. Seconds is the median
	// of the faults' medians, at that speed.
	Speed   float64 `json:"speed"`
	Seconds float64 `json:"median_of_medians_seconds"`
}

// A Versus compares a method with the first one: the ratio of their restricted
// means, by fault, and its median over the faults.
type Versus struct {
	Method string              `json:"method"`
	Over   string              `json:"over"`
	Ratio  map[string]Estimate `json:"ratio"`
	Median float64             `json:"median_ratio"`
}

// A Summary is what results say.
type Summary struct {
	Type   string   `json:"type"`
	Build  string   `json:"build"`
	Rows   []Row    `json:"rows"`
	Pools  []Pool   `json:"pools"`
	Versus []Versus `json:"versus,omitempty"`
	// Missed are the results of cells that found nothing, Variants and Foreign
	// those with a finding of that kind, Long those whose shrunk program is longer
	// than one that shows the fault may be.
	Missed   []Result `json:"missed"`
	Long     []Result `json:"long"`
	Variants []Result `json:"variants"`
	Foreign  []Result `json:"foreign"`
}

// Summarize works out the figures of results.
func Summarize(results []Result) *Summary {
	rs := slices.Clone(results)
	slices.SortFunc(rs, func(a, b Result) int { return compare(a.Cell, b.Cell) })
	s := &Summary{Type: "summary", Rows: []Row{}, Pools: []Pool{}, Missed: []Result{}, Long: []Result{}, Variants: []Result{}, Foreign: []Result{}}
	for _, r := range rs {
		s.Build = r.Build
		if !r.Found {
			s.Missed = append(s.Missed, r)
		}
		if r.long() {
			s.Long = append(s.Long, r)
		}
		if len(r.Variants) > 0 {
			s.Variants = append(s.Variants, r)
		}
		if len(r.Foreign) > 0 {
			s.Foreign = append(s.Foreign, r)
		}
	}
	for _, m := range methods {
		mine := slices.DeleteFunc(slices.Clone(rs), func(r Result) bool { return r.Method != m.Name })
		if len(mine) > 0 {
			s.add(m.Name, mine)
		}
	}
	s.compare()
	return s
}

// add works out the rows and the pool of one method from its results, which
// are in the order of the faults.
func (s *Summary) add(method string, rs []Result) {
	p := Pool{Method: method, Cells: len(rs), Speed: speed(rs)}
	for _, r := range rs {
		if r.Length > 0 {
			p.Shrunk++
		}
		if r.long() {
			p.Long++
		}
	}
	var medians []float64
	for len(rs) > 0 {
		n := 0
		for n < len(rs) && rs[n].Fault == rs[0].Fault {
			n++
		}
		row := newRow(rs[:n], p.Speed)
		s.Rows = append(s.Rows, row)
		medians = append(medians, row.Seconds)
		p.Found += row.Found
		if p.Fewest == "" || row.Found < p.FewestFound {
			p.Fewest, p.FewestFound = row.Fault, row.Found
		}
		rs = rs[n:]
	}
	p.Seconds = middle(medians)
	s.Pools = append(s.Pools, p)
}

// speed is ops a second over all cells.
func speed(rs []Result) float64 {
	ops, seconds := 0.0, 0.0
	for _, r := range rs {
		ops += float64(r.Executed)
		if m, _ := MethodOf(r.Method); m.child {
			seconds += r.Seconds // without the start of its processes
		} else {
			seconds += r.Spent
		}
	}
	return ops / max(seconds, 1e-9)
}

func newRow(rs []Result, speed float64) Row {
	row := Row{Fault: rs[0].Fault, Method: rs[0].Method, Seeds: len(rs)}
	var programs []Time
	for _, r := range rs {
		row.Budget = max(row.Budget, r.Budget)
		row.times = append(row.times, Time{float64(r.Ops), r.Found})
		programs = append(programs, Time{float64(r.Programs), r.Found})
		if r.Found {
			row.Found++
		}
	}
	row.Median, row.Programs = Median(row.times), Median(programs)
	row.mean = RestrictedMean(row.times, float64(row.Budget))
	row.Mean = row.mean.Estimate()
	row.Seconds = row.Median.Value / speed
	return row
}

// compare works out the ratios to the first method that there is.
func (s *Summary) compare() {
	if len(s.Pools) < 2 {
		return
	}
	base := s.Pools[0].Method
	for _, p := range s.Pools[1:] {
		v := Versus{Method: p.Method, Over: base, Ratio: map[string]Estimate{}}
		var ratios []float64
		for _, row := range s.Rows {
			if b := s.row(row.Fault, base); row.Method == p.Method && b != nil {
				v.Ratio[row.Fault] = Ratio(row.mean, b.mean)
				ratios = append(ratios, v.Ratio[row.Fault].Value)
			}
		}
		v.Median = middle(ratios)
		s.Versus = append(s.Versus, v)
	}
}

func (s *Summary) row(fault, method string) *Row {
	for i := range s.Rows {
		if s.Rows[i].Fault == fault && s.Rows[i].Method == method {
			return &s.Rows[i]
		}
	}
	return nil
}

// MarshalJSON writes [value, low, high], with null for what the data do not
// give.
func (e Estimate) MarshalJSON() ([]byte, error) {
	var out [3]*float64
	for i, v := range []float64{e.Value, e.Low, e.High} {
		if !math.IsInf(v, 0) && !math.IsNaN(v) {
			out[i] = &v
		}
	}
	return json.Marshal(out)
}

// MarshalJSON replaces figures that the data do not give by null.
func (r Row) MarshalJSON() ([]byte, error) {
	type plain Row
	return json.Marshal(struct {
		plain
		Seconds *float64 `json:"median_seconds"`
	}{plain(r), finite(r.Seconds)})
}

// MarshalJSON replaces figures that the data do not give by null.
func (p Pool) MarshalJSON() ([]byte, error) {
	type plain Pool
	return json.Marshal(struct {
		plain
		Seconds *float64 `json:"median_of_medians_seconds"`
	}{plain(p), finite(p.Seconds)})
}

func finite(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return &v
}
