package formats

import (
	"fmt"
	"slices"

	"github.com/lastwake/lastwake/reports"
)

// The measures of the timeline, in pixels.
const (
	laneHead = 26  // above the first lane
	laneStep = 24  // from lane to lane
	laneName = 190 // left of the columns
	laneMost = 120 // lanes
	colWide  = 44
	colThin  = 14
	colMany  = 60 // from so many ops on columns are thin
)

// lanes is the timeline of a record as the template draws it.
type lanes struct {
	Width, Height, Step, Ops int
	UseBar                   bool
	UseX                     int
	Columns                  []laneColumn
	Rows                     []laneRow
	More                     int
}

// A laneColumn is one op.
type laneColumn struct {
	X, Mid int
	Name   string
}

// A laneRow is the life of one object.
type laneRow struct {
	Name, Tip, UsedTip   string
	Own, Freed, Used     bool
	Tail                 bool
	Top, Y, DTop, Text   int
	From, To, End, UsedX int
}

// lanesOf draws r's lives, or at least the life of its object.
func lanesOf(r *reports.Record) lanes {
	lives := r.Lives
	if lives == nil {
		lives = ownLife(r)
	}
	l := lanes{Ops: len(r.History), Step: colWide}
	if lives == nil || l.Ops == 0 {
		return l
	}
	if l.Ops > colMany {
		l.Step = colThin
	}
	if len(lives) > laneMost {
		l.More = len(lives) - laneMost
		lives = nearest(lives, r, laneMost)
	}
	l.Width = laneName + (l.Ops+1)*l.Step + 16
	l.Height = laneHead + len(lives)*laneStep + 6
	l.columns()
	if r.Use != nil && r.Use.Op >= 0 {
		l.UseBar, l.UseX = true, l.x(r.Use.Op)
	}
	for i, x := range lives {
		l.Rows = append(l.Rows, l.row(r, i, x))
	}
	return l
}

// ownLife is the life of the record's object alone.
func ownLife(r *reports.Record) []reports.Lane {
	if r.Alloc == nil {
		return nil
	}
	own := reports.Lane{Type: r.Object.Type, Seq: r.Object.Seq, Size: r.Object.Size, Alloc: r.Alloc.Op, Free: -1, By: r.Alloc.Func}
	if r.Free != nil {
		own.Free, own.FreedBy = r.Free.Op, r.Free.Func
	}
	return []reports.Lane{own}
}

// nearest keeps n of the lives, those around the record's object.
func nearest(lives []reports.Lane, r *reports.Record, n int) []reports.Lane {
	own := max(0, slices.IndexFunc(lives, func(l reports.Lane) bool { return l.Seq == r.Object.Seq }))
	from := min(max(0, own-n/2), len(lives)-n)
	return lives[from : from+n]
}

// x is where the column of an op begins; -1 is the set-up.
func (l *lanes) x(op int) int { return laneName + (op+1)*l.Step }

func (l *lanes) columns() {
	every := 1
	if l.Step == colThin {
		every = 10
	}
	for op := -1; op < l.Ops; op++ {
		c := laneColumn{X: l.x(op), Mid: l.x(op) + l.Step/2}
		switch {
		case op < 0 && every == 1:
			c.Name = "set-up"
		case op >= 0 && op%every == 0:
			c.Name = fmt.Sprint(op)
		}
		l.Columns = append(l.Columns, c)
	}
}

func (l *lanes) row(r *reports.Record, i int, x reports.Lane) laneRow {
	y := laneHead + i*laneStep + 10
	row := laneRow{Name: fmt.Sprintf("%d %s", x.Seq, x.Type), Own: x.Seq == r.Object.Seq && x.Type == r.Object.Type,
		Top: y - 10, Y: y, DTop: y - 6, Text: y + 4, From: l.x(x.Alloc) + 6, End: l.x(l.Ops-1) + l.Step - 4}
	row.To = row.End
	row.Tip = fmt.Sprintf("%s, %d bytes, made in %s", x.Type, x.Size, column(x.Alloc, x.By))
	if x.Free >= 0 {
		row.Freed, row.Tail, row.To = true, true, l.x(x.Free)+l.Step/2-6
		row.Tip += ", freed in " + column(x.Free, x.FreedBy)
	}
	row.From = min(row.From, row.To)
	if row.Own && r.Use != nil && r.Use.Op >= 0 {
		row.Used, row.UsedX = true, l.x(r.Use.Op)+l.Step/2+8
		row.UsedTip = useWord(r) + " in " + column(r.Use.Op, r.Use.Func)
	}
	return row
}

func column(op int, by string) string {
	s := "the set-up"
	if op >= 0 {
		s = fmt.Sprintf("op %d", op)
	}
	if by != "" {
		s += " by " + by
	}
	return s
}
