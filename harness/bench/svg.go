package bench

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// The colours of the methods: Okabe and Ito's, which the colour-blind tell
// apart too.
var colours = map[string]string{
	"hunt": "#0072b2", "guided": "#56b4e9", "uniform": "#d55e00", "bytes": "#e69f00", "native": "#009e73", "rapid": "#cc79a7",
}

// The sizes of the drawing in pixels.
const (
	svgWidth  = 1000
	svgMargin = 60
	bigHeight = 300
	gridCols  = 5
	cellPad   = 22
	cellRow   = 150
)

// A panel is one pair of axes.
type panel struct {
	x, y, w, h float64
	decades    int // from 1 op to 10^decades
}

// SVG draws the survival curves: over all faults, and for each fault. Every
// curve is the share of the runs of one method that have not found the fault
// after so many executed ops.
func (s *Summary) SVG() string {
	faults := s.faults()
	rows := (len(faults) + gridCols - 1) / gridCols
	top := 84.0
	height := top + bigHeight + 96 + float64(rows*cellRow)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %.0f" width="%d" height="%.0f" font-family="system-ui, sans-serif" font-size="12" fill="#222">`+"\n",
		svgWidth, height, svgWidth, height)
	fmt.Fprintf(&b, "<title>Time to find a fault, by method</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n")
	fmt.Fprintf(&b, `<text x="%d" y="28" font-size="18" font-weight="600">Runs that have not found their fault yet</text>`+"\n", svgMargin)
	fmt.Fprintf(&b, `<text x="%d" y="48" fill="#555">Kaplan-Meier curves over executed ops (log scale); %d faults, %s; a curve that ends above 0 was censored at the budget</text>`+"\n",
		svgMargin, len(faults), s.seedsText())
	s.legend(&b, 68)
	decades := s.decades()
	big := panel{svgMargin, top + 10, svgWidth - 2*svgMargin, bigHeight, decades}
	big.axes(&b, true)
	for _, p := range s.Pools {
		var times []Time
		for _, r := range s.Rows {
			if r.Method == p.Method {
				times = append(times, r.times...)
			}
		}
		big.curve(&b, times, s.budget(), colours[p.Method], 2.2)
	}
	for i, f := range faults {
		w := (svgWidth - 2*svgMargin - (gridCols-1)*cellPad) / float64(gridCols)
		p := panel{svgMargin + float64(i%gridCols)*(w+cellPad), top + bigHeight + 92 + float64(i/gridCols*cellRow), w, cellRow - 54, decades}
		p.axes(&b, false)
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" font-size="11" font-weight="600">%s</text>`+"\n", p.x, p.y-6, html.EscapeString(f))
		for _, r := range s.Rows {
			if r.Fault == f {
				p.curve(&b, r.times, float64(r.Budget), colours[r.Method], 1.6)
			}
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// faults lists the faults that there are rows of, in their order.
func (s *Summary) faults() []string {
	var names []string
	for _, r := range s.Rows {
		if !slices.Contains(names, r.Fault) {
			names = append(names, r.Fault)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return place(a) - place(b) })
	return names
}

func (s *Summary) seedsText() string {
	least, most := math.MaxInt, 0
	for _, r := range s.Rows {
		least, most = min(least, r.Seeds), max(most, r.Seeds)
	}
	if least == most {
		return fmt.Sprintf("%d seeds each", most)
	}
	return fmt.Sprintf("%d to %d seeds each", least, most)
}

func (s *Summary) budget() float64 {
	most := 1.0
	for _, r := range s.Rows {
		most = max(most, float64(r.Budget))
	}
	return most
}

// decades is the length of the axis: to the last finding, or to the budget if
// there is a run that found nothing.
func (s *Summary) decades() int {
	last := 10.0
	for _, r := range s.Rows {
		for _, t := range r.times {
			last = max(last, t.At)
		}
	}
	return int(math.Ceil(math.Log10(last)))
}

func (s *Summary) legend(b *strings.Builder, y float64) {
	x := float64(svgMargin)
	for _, p := range s.Pools {
		fmt.Fprintf(b, `<line x1="%.0f" y1="%.0f" x2="%.0f" y2="%.0f" stroke="%s" stroke-width="3"/>`, x, y-4, x+22, y-4, colours[p.Method])
		fmt.Fprintf(b, `<text x="%.0f" y="%.0f">%s %d/%d</text>`+"\n", x+28, y, html.EscapeString(p.Method), p.Found, p.Cells)
		x += 142
	}
}

// at is where an op count lies.
func (p panel) at(ops float64) float64 {
	return p.x + p.w*math.Log10(max(ops, 1))/float64(p.decades)
}

// level is where a share lies.
func (p panel) level(share float64) float64 { return p.y + p.h*(1-share) }

func (p panel) axes(b *strings.Builder, big bool) {
	for _, share := range []float64{0, 0.25, 0.5, 0.75, 1} {
		if !big && share != 0 && share != 0.5 && share != 1 {
			continue
		}
		fmt.Fprintf(b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#ddd"/>`, p.x, p.level(share), p.x+p.w, p.level(share))
		if big {
			fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="end" fill="#555">%.0f %%</text>`, p.x-8, p.level(share)+4, 100*share)
		}
	}
	every := 1
	if !big {
		every = 2
	}
	for d := 0; d <= p.decades; d += every {
		x := p.at(math.Pow10(d))
		fmt.Fprintf(b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#eee"/>`, x, p.y, x, p.y+p.h)
		size := 10
		if big {
			size = 12
		}
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle" font-size="%d" fill="#555">%s</text>`, x, p.y+p.h+16, size, amount(math.Pow10(d)))
	}
	if big {
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle" fill="#555">executed ops</text>`, p.x+p.w/2, p.y+p.h+36)
	}
	b.WriteString("\n")
}

// curve draws the Kaplan-Meier curve of times, to the budget if runs are left.
func (p panel) curve(b *strings.Builder, times []Time, budget float64, colour string, width float64) {
	var d strings.Builder
	surv := 1.0
	fmt.Fprintf(&d, "M%.1f %.1f", p.at(1), p.level(1))
	for _, s := range steps(times) {
		surv = s.surv
		fmt.Fprintf(&d, "H%.1fV%.1f", p.at(s.at), p.level(surv))
	}
	if surv > 0 {
		fmt.Fprintf(&d, "H%.1f", p.at(budget))
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="%.1f" fill="%s"/>`, p.at(budget), p.level(surv), 1.4*width, colour)
	}
	fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" stroke-width="%.1f"/>`+"\n", d.String(), colour, width)
}
