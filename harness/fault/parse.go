package fault

import (
	"fmt"
	"slices"
	"strings"
)

// An UnknownError is Parse's answer to a name that no fault bears.
type UnknownError struct {
	// Name is the name as it was given.
	Name string
	// Nearest is the name of the fault that was probably meant, empty when
	// none comes near.
	Nearest string
}

// Error returns the message, without the hint.
func (e *UnknownError) Error() string { return fmt.Sprintf("unknown fault %q", e.Name) }

// Hint returns what to do about it.
func (e *UnknownError) Hint() string {
	const list = "lastwake faults lists them all"
	if e.Nearest == "" {
		return list
	}
	return "did you mean " + e.Nearest + "? " + list
}

// An ExclusiveError is Parse's answer to two faults that exclude each other: of
// one place in the program, which was wrong in two ways one after the other.
type ExclusiveError struct{ A, B string }

// Error returns the message, without the hint.
func (e *ExclusiveError) Error() string {
	return fmt.Sprintf("faults %s and %s exclude each other", e.A, e.B)
}

// Hint returns what to do about it.
func (e *ExclusiveError) Hint() string {
	return "the program was never wrong in both ways; switch one of them on"
}

// Parse returns the set that list names: fault names separated by commas, or
// "none" or nothing for the empty set. Space around a name is ignored, and "_"
// stands for "-" as in the Go constants. A name that no fault bears is an
// *UnknownError, two that exclude each other are an *ExclusiveError.
func Parse(list string) (Set, error) {
	list = strings.TrimSpace(list)
	if list == "" || list == "none" {
		return Set{}, nil
	}
	var on Set
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		switch name {
		case "":
			return Set{}, fmt.Errorf("empty fault name in %q", list)
		case "none":
			return Set{}, fmt.Errorf("fault list %q: none stands alone", list)
		}
		f, ok := Lookup(name)
		if !ok {
			return Set{}, &UnknownError{Name: name, Nearest: nearest(name)}
		}
		on = on.With(f.ID)
		for _, id := range f.Excludes {
			if other := id.Fault(); on.Has(id) && slices.Contains(other.Excludes, f.ID) {
				return Set{}, &ExclusiveError{A: other.Name, B: f.Name}
			}
		}
	}
	return on, nil
}

// Names returns the names of the faults that are on in s, in the order of
// their IDs.
func Names(s Set) []string {
	var names []string
	for id := ID(1); id < numIDs; id++ {
		if s.Has(id) {
			names = append(names, catalogue[id].Name)
		}
	}
	return names
}

// String returns s as Parse reads it: the names separated by commas, or
// "none".
func (s Set) String() string {
	if names := Names(s); names != nil {
		return strings.Join(names, ",")
	}
	return "none"
}

func sameName(a, b string) bool { return a == b || a == strings.ReplaceAll(b, "_", "-") }

// nearest returns the name of the fault that was probably meant by name: one
// whose issue it is, whose name holds it, or whose name or commit differs from
// it in at most a third; "" when there is none.
func nearest(name string) string {
	name = strings.TrimPrefix(strings.ToLower(strings.ReplaceAll(name, "_", "-")), "#")
	best, found := max(2, len(name)/3)+1, ""
	for _, f := range catalogue[1:] {
		full := strings.ToLower(f.Name)
		d := min(distance(name, full), distance(name, f.Commit))
		if name == f.Issue || len(name) >= 4 && strings.Contains(full, name) {
			d = 0
		}
		if d < best {
			best, found = d, f.Name
		}
	}
	return found
}

// distance is the edit distance of a and b: how many bytes have to be
// inserted, removed or replaced to make one of the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal, row[j+1] = row[j+1], min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
