package cause

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/triage/trace"
)

// stacksText are the ways in which the models die of each fault, a line each:
//
//	fault ; signature ; bytes of the object ; use ; free ; alloc
//
// where a stack is functions of C, innermost first. A fault leads to the place
// where it shows by many ways, and a known crash has one of them. The file is
// written by
//
//	go test ./harness/triage/cause -run Stacks -update
//
//go:embed stacks.txt
var stacksText string

// symptomsText are, in the same form, the places where a process dies of a
// fault that the model stops at earlier, at its cause: reproduced with the
// real program, both ways in which a hole in the heap reaches unsetenv.
//
//go:embed symptoms.txt
var symptomsText string

// addStacks adds the lines of text. A fault that has none yet is known by its
// known crash.
func (b *Book) addStacks(faults []fault.Fault, text string) error {
	n := 0
	for line := range strings.Lines(text) {
		n++
		fields := strings.Split(strings.TrimSuffix(line, "\n"), " ; ")
		if len(fields) != 6 {
			return fmt.Errorf("stacks.txt:%d: %d fields, want 6", n, len(fields))
		}
		i := slices.IndexFunc(faults, func(f fault.Fault) bool { return f.Name == fields[0] })
		if i < 0 {
			continue // of a fault that has gone; the next update drops it
		}
		ref := fromSignature(&faults[i], fields[1])
		if _, err := fmt.Sscan(fields[2], &ref.size); err != nil {
			return fmt.Errorf("stacks.txt:%d: size %q", n, fields[2])
		}
		ref.take(&trace.Report{Region: ref.size, Use: named(fields[3]), Free: named(fields[4]), Alloc: named(fields[5])})
		b.refs = append(b.refs, ref)
	}
	return nil
}

// named are frames with nothing but a name; "-" is none.
func named(words string) []trace.Frame {
	var frames []trace.Frame
	for w := range strings.FieldsSeq(words) {
		if w != "-" {
			name := trace.Name(w)
			frames = append(frames, trace.Frame{Func: w, Name: name, Kind: trace.KindOf(name)})
		}
	}
	return frames
}
