package bench

import (
	"fmt"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/lastwake/lastwake/harness/fault"
)

// Text is the summary as tables for a terminal.
func (s *Summary) Text() string {
	var b strings.Builder
	for _, p := range s.Pools {
		s.poolText(&b, &p)
	}
	s.versusText(&b)
	s.missedText(&b)
	return b.String()
}

func (s *Summary) poolText(b *strings.Builder, p *Pool) {
	m, _ := MethodOf(p.Method)
	fmt.Fprintf(b, "%s: %s; %s ops/s on one core\n\n", p.Method, m.About, amount(p.Speed))
	t := tabwriter.NewWriter(b, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "FAULT\tFOUND\tMEDIAN OPS (95 %)\tMEAN OPS (95 %)\tMEDIAN PROGRAMS\tMEDIAN TIME\tBUDGET")
	for _, r := range s.Rows {
		if r.Method == p.Method {
			fmt.Fprintf(t, "%s\t%d of %d\t%s\t%s\t%s\t%s\t%s ops, %s\n", r.Fault, r.Found, r.Seeds, r.Median, r.Mean, amount(r.Programs.Value),
				seconds(r.Seconds), amount(float64(r.Budget)), seconds(float64(r.Budget)/p.Speed))
		}
	}
	t.Flush()
	fmt.Fprintf(b, "\npooled: %d of %d found (%.1f %%); fewest: %s, %d; median of the medians: %s\n",
		p.Found, p.Cells, 100*float64(p.Found)/float64(p.Cells), p.Fewest, p.FewestFound, seconds(p.Seconds))
	if p.Shrunk > 0 {
		fmt.Fprintf(b, "shrunk: %d, of which %d longer than the fault's own sequence and two ops\n", p.Shrunk, p.Long)
	}
	b.WriteString("\n")
}

// versusText prints by how much the restricted mean of each method exceeds the
// first one's.
func (s *Summary) versusText(b *strings.Builder) {
	if len(s.Versus) == 0 {
		return
	}
	fmt.Fprintf(b, "restricted mean of ops, as a multiple of that of %s (95 %%)\n\n", s.Versus[0].Over)
	t := tabwriter.NewWriter(b, 0, 8, 2, ' ', 0)
	fmt.Fprint(t, "FAULT")
	for _, v := range s.Versus {
		fmt.Fprintf(t, "\t%s", strings.ToUpper(v.Method))
	}
	fmt.Fprintln(t)
	for _, r := range s.Rows {
		if r.Method != s.Versus[0].Over {
			continue
		}
		fmt.Fprint(t, r.Fault)
		for _, v := range s.Versus {
			text := "-"
			if e, ok := v.Ratio[r.Fault]; ok {
				text = e.String()
			}
			fmt.Fprintf(t, "\t%s", text)
		}
		fmt.Fprintln(t)
	}
	fmt.Fprint(t, "median")
	for _, v := range s.Versus {
		fmt.Fprintf(t, "\t%s", amount(v.Median))
	}
	fmt.Fprintln(t)
	t.Flush()
	b.WriteString("\n")
}

// missedText names the cells that found nothing, with how far they came, those
// whose shrunk program is too long, and the findings whose signature is no
// fault's that was on.
func (s *Summary) missedText(b *strings.Builder) {
	for _, r := range s.Missed {
		fmt.Fprintf(b, "missed: %s in %s ops", r.Cell, amount(float64(r.Ops)))
		if r.Ladder != nil {
			fmt.Fprintf(b, ": %s", r.Ladder)
		}
		b.WriteString("\n")
	}
	for _, r := range s.Long {
		f, _ := fault.Lookup(r.Fault)
		fmt.Fprintf(b, "long: %s: %d ops, not at most %d: %s\n", r.Cell, r.Length, f.Longest(), r.Signature)
	}
	for _, r := range s.Variants {
		for _, sig := range r.Variants {
			fmt.Fprintf(b, "variant: %s: %s\n", r.Cell, sig)
		}
	}
	for _, r := range s.Foreign {
		for _, sig := range r.Foreign {
			fmt.Fprintf(b, "foreign: %s: %s\n", r.Cell, sig)
		}
	}
}

// String is "value (low-high)".
func (e Estimate) String() string {
	return fmt.Sprintf("%s (%s-%s)", amount(e.Value), amount(e.Low), amount(e.High))
}

// amount prints a number in three digits with a unit; "?" when there is none.
func amount(n float64) string {
	if math.IsInf(n, 0) || math.IsNaN(n) {
		return "?"
	}
	for _, unit := range []string{"", "k", "M"} {
		if n < 999.5 {
			return fmt.Sprintf("%.3g%s", n, unit)
		}
		n /= 1000
	}
	return fmt.Sprintf("%.3gG", n)
}

// seconds prints a time in three digits.
func seconds(s float64) string {
	switch {
	case math.IsInf(s, 0) || math.IsNaN(s):
		return "?"
	case s < 0.9995:
		return fmt.Sprintf("%.3g ms", s*1000)
	case s < 119.5:
		return fmt.Sprintf("%.3g s", s)
	case s < 2*3600:
		return fmt.Sprintf("%.3g min", s/60)
	}
	return fmt.Sprintf("%.3g h", s/3600)
}
