package judge

import (
	"fmt"

	"github.com/lastwake/lastwake/harness/shadow"
)

// A Rule is a way in which two judges may differ that is no disagreement. The
// reasons are in testdata/rules.txt.
type Rule string

// The rules.
const (
	// Same is no difference: the verdicts are equal, word for word.
	Same       Rule = "same"
	Signal     Rule = "signal"
	FreeWild   Rule = "free-wild"
	Neighbour  Rule = "neighbour"
	AcrossEnd  Rule = "across-end"
	FirstByte  Rule = "first-byte"
	LastWord   Rule = "last-word"
	LeakNoList Rule = "leak-unlisted"
)

// Rules are all rules that Compare knows.
var Rules = []Rule{Same, Signal, FreeWild, Neighbour, AcrossEnd, FirstByte, LastWord, LeakNoList}

// Compare holds what AddressSanitizer said of a program against what the twin
// has said of it last. It returns the rule by which they agree, or an error.
func (t *Twin) Compare(p *Program, ours, theirs Outcome) (Rule, error) {
	if theirs.Op < 0 {
		theirs.Op = len(p.Ops)
	}
	theirs.Class = sameClass(theirs.Class)
	if rule, ok := t.rule(ours, theirs); ok && ours.Op == theirs.Op {
		return rule, nil
	}
	return "", fmt.Errorf("op %d of %d: the twin says %q; op %d: AddressSanitizer says %q", ours.Op, len(p.Ops), ours, theirs.Op, theirs)
}

// String is the verdict, and where the address is from the access's object.
func (o Outcome) String() string {
	s := o.Verdict.String()
	if o.Aim != 0 {
		s += fmt.Sprintf(" (at %+d)", int64(o.Addr-o.Aim))
	}
	if o.Left != 0 {
		s += fmt.Sprintf(", %d bytes live", o.Left)
	}
	return s
}

// sameClass is the class for which the shadow has one word and
// AddressSanitizer two.
func sameClass(class string) string {
	switch class {
	case "new-delete-type-mismatch":
		return shadow.ClassMismatch
	case "stack-buffer-underflow":
		return classStack
	}
	return class
}

func (t *Twin) rule(ours, theirs Outcome) (Rule, bool) {
	if ours.Asked { // the run came to its end
		switch {
		case ours.Left != theirs.Left:
			return "", false
		case theirs.Asked:
			return Same, ours.Verdict == theirs.Verdict
		}
		return LeakNoList, theirs.Class == ""
	}
	if ours.Verdict == theirs.Verdict {
		return Same, true
	}
	segv := ours.Class == shadow.ClassNull || ours.Class == shadow.ClassWild
	switch {
	case segv:
		return Signal, ours.Class == theirs.Class && (ours.Access == "" || ours.Access == theirs.Access)
	case ours.Class == shadow.ClassBadFree && theirs.Class == shadow.ClassWild:
		return FreeWild, ours.Where == ""
	case ours.Aim == 0 || ours.Access != theirs.Access || ours.Size != theirs.Size:
		return "", false
	}
	return t.byAddress(ours, theirs)
}

// byAddress compares where the two addresses are from the object that the
// access was meant for.
func (t *Twin) byAddress(ours, theirs Outcome) (Rule, bool) {
	at, start := int64(ours.Addr-ours.Aim), int64(theirs.Addr-theirs.Aim)
	object := t.chunk(ours)
	size := int64(object.Size)
	end := size
	if start < 0 || start >= size {
		end = start
	}
	over := isOverflow(ours.Class)
	switch {
	case ours.Class == theirs.Class && over && at == end:
		return Neighbour, true
	case ours.Class == theirs.Class && !over && at == start:
		return AcrossEnd, true
	case over && theirs.Class == "unknown-crash" && at == end:
		return FirstByte, true
	case over && theirs.Class == shadow.ClassUseAfterFree && object.Dead && at == start && at >= size && at < (size+7)&^7:
		return LastWord, true
	}
	return "", false
}

func isOverflow(class string) bool { return class == shadow.ClassOverflow || class == classStack }

// overflowOf is the class of an access beyond c.
func overflowOf(c shadow.Chunk) string {
	if c.Home == shadow.Scope {
		return classStack
	}
	return shadow.ClassOverflow
}

// CompareUninitialised holds what memcheck said of a program that does nothing
// wrong but to read what was never written against what the twin said of it.
func CompareUninitialised(p *Program, ours, theirs Outcome) error {
	if theirs.Op < 0 {
		theirs.Op = len(p.Ops)
	}
	byUs, byThem := "nothing", "nothing"
	if ours.Op < len(p.Ops) {
		byUs = fmt.Sprintf("%s, READ of %d, byte %d", ours.Class, ours.Size, ours.Addr-ours.Aim)
	}
	if theirs.Class != "" {
		byThem = fmt.Sprintf("%s, READ of %d, byte %d", theirs.Class, theirs.Size, theirs.Offset+int(p.Ops[theirs.Op].Off))
	}
	if byUs != byThem || ours.Op != theirs.Op {
		return fmt.Errorf("op %d: the twin says %q; op %d: memcheck says %q", ours.Op, byUs, theirs.Op, byThem)
	}
	return nil
}
