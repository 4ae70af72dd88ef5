package judge

import (
	"fmt"
	"strings"
)

// None is the verdict of a run with which nothing is wrong.
var None = Verdict{}

// A Verdict is what a judge says of a run: the first thing that is wrong with
// it, in terms that all judges share.
type Verdict struct {
	// Class is AddressSanitizer's word, with the two that it has no word for:
	// null-dereference and wild-access. "" means that nothing is wrong.
	Class string
	// Access is READ or WRITE, "" where a judge does not tell; Size its bytes,
	// 0 where it does not.
	Access string
	Size   int
	// Where is inside, after or before the region: an object of Region bytes.
	// Offset counts from its start if inside or before, from its end if after.
	// Where is "" when the judge names no region.
	Where  string
	Offset int
	Region int
	// Objects and Bytes are what was left, of a leak.
	Objects, Bytes int
}

// String prints v as the table has it: "heap-use-after-free, READ of 4, 4
// inside 48".
func (v Verdict) String() string {
	if v.Class == "" {
		return "nothing"
	}
	s := v.Class
	switch {
	case v.Access != "" && v.Size != 0:
		s += fmt.Sprintf(", %s of %d", v.Access, v.Size)
	case v.Access != "":
		s += ", " + v.Access
	}
	if v.Where != "" {
		s += fmt.Sprintf(", %d %s %d", v.Offset, v.Where, v.Region)
	}
	if v.Objects != 0 {
		s += fmt.Sprintf(", %d bytes in %d", v.Bytes, v.Objects)
	}
	return s
}

// ParseVerdict reads what String has printed.
func ParseVerdict(s string) (Verdict, error) {
	var v Verdict
	if s == None.String() {
		return v, nil
	}
	parts := strings.Split(s, ", ")
	v.Class = parts[0]
	for _, p := range parts[1:] {
		switch f := strings.Fields(p); {
		case len(f) == 1 && isAccess(f[0]):
			v.Access = f[0]
		case len(f) == 3 && isAccess(f[0]) && f[1] == "of":
			v.Access, v.Size = f[0], number(f[2])
		case len(f) == 3 && isWhere(f[1]):
			v.Offset, v.Where, v.Region = number(f[0]), f[1], number(f[2])
		case len(f) == 4 && f[1] == "bytes" && f[2] == "in":
			v.Bytes, v.Objects = number(f[0]), number(f[3])
		}
	}
	if v.String() != s {
		return v, fmt.Errorf("verdict %q: read as %q", s, v)
	}
	return v, nil
}

func isAccess(s string) bool { return s == "READ" || s == "WRITE" }

func isWhere(s string) bool { return s == "inside" || s == "after" || s == "before" }

// number reads a decimal number; what is none becomes -1, which no verdict has.
func number(s string) int {
	n := 0
	if _, err := fmt.Sscanf(s, "%d", &n); err != nil {
		return -1
	}
	return n
}
