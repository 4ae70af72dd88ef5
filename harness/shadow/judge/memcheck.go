package judge

import (
	"regexp"
	"strings"

	"github.com/lastwake/lastwake/harness/shadow"
)

// What memcheck of Valgrind 3.19 and later prints.
var (
	mcAccess = regexp.MustCompile(`Invalid (read|write) of size (\d+)`)
	mcPlace  = regexp.MustCompile(`Address 0x[0-9a-f]+ is (\d+) bytes (inside|after|before) a block of size (\d+) (free'd|alloc'd)`)
	mcNobody = regexp.MustCompile(`Address 0x([0-9a-f]+) is not stack'd, malloc'd or \(recently\) free'd`)
	mcLost   = regexp.MustCompile(`([\d,]+)(?: \(([\d,]+) direct, ([\d,]+) indirect\))? bytes in ([\d,]+) blocks are (definitely|indirectly) lost`)
)

// MemcheckFlags are the options with which memcheck's output is as
// ParseMemcheck wants it.
var MemcheckFlags = []string{"-q", "--leak-check=full", "--show-leak-kinds=definite,indirect", "--num-callers=4"}

// ParseMemcheck reads the first error in memcheck's output.
func ParseMemcheck(text string) Verdict {
	var first string
	for _, part := range strings.Split(text, "== \n") {
		if strings.Contains(part, "==") {
			first = part
			break
		}
	}
	var v Verdict
	switch {
	case strings.Contains(first, "Invalid free()"):
		v.Class = shadow.ClassBadFree
	case mcAccess.MatchString(first):
		m := mcAccess.FindStringSubmatch(first)
		v.Class, v.Access, v.Size = shadow.ClassWild, strings.ToUpper(m[1]), number(m[2])
	case strings.Contains(first, "ninitialised"):
		v.Class = shadow.ClassUninitialized
		return v
	default:
		return lost(text)
	}
	v.mcPlace(first)
	return v
}

// mcPlace reads where the address of an error is, and what that makes of it.
func (v *Verdict) mcPlace(text string) {
	free := v.Class == shadow.ClassBadFree
	if m := mcPlace.FindStringSubmatch(text); m != nil {
		v.Offset, v.Where, v.Region = number(m[1]), m[2], number(m[3])
		switch freed := m[4] == "free'd"; {
		case free && freed:
			v.Class = shadow.ClassDoubleFree
		case free:
		case freed:
			v.Class = shadow.ClassUseAfterFree
		default:
			v.Class = shadow.ClassOverflow
		}
		return
	}
	if m := mcNobody.FindStringSubmatch(text); m != nil && !free && hex(m[1]) < nullEnd {
		v.Class = shadow.ClassNull
	}
}

// lost adds up what was leaked: the blocks that nothing leads to and those
// that only they lead to.
func lost(text string) Verdict {
	var v Verdict
	for _, m := range mcLost.FindAllStringSubmatch(text, -1) {
		bytes := m[1]
		if m[2] != "" {
			bytes = m[2]
		}
		v.Class = "leak"
		v.Bytes += number(strings.ReplaceAll(bytes, ",", ""))
		v.Objects += number(strings.ReplaceAll(m[4], ",", ""))
	}
	return v
}
