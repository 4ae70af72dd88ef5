package corpus

import (
	"strings"

	"github.com/lastwake/lastwake/harness/fault"
)

// Excused returns the known crash that excuses a finding with this signature
// in a run with these faults on. The crash's status must be Known, and the
// fault that it names, if any, must be on: with the fault off the same
// signature is a regression.
func Excused(known []*Crash, signature string, on fault.Set) (*Crash, bool) {
	for _, c := range known {
		if c.Signature == signature && c.Status == Known && c.possible(on) {
			return c, true
		}
	}
	return nil, false
}

// possible reports whether the fault that c names, if any, is on.
func (c *Crash) possible(on fault.Set) bool {
	if c.Fault == "" {
		return true
	}
	f, ok := fault.Lookup(c.Fault)
	return ok && on.Has(f.ID)
}

// whereMax bounds the second half of a file's name.
const whereMax = 48

// FileName returns the name of the file for a crash with this signature:
// <class>-<where>.txtar, where is the innermost function, or the invariant;
// the name of a bug-on has the calling function behind the one that asserts.
func FileName(signature string) string {
	fields := strings.Split(signature, " | ")
	where := ""
	switch len(fields) {
	case 5:
		for _, f := range fields[2:] {
			if where == "" && f != "-" {
				where = f
			}
		}
	case 4:
		where = fields[1]
		if function, cond, ok := strings.Cut(where, ": "); ok && fields[0] == "bug-on" {
			where = function + " " + strings.TrimPrefix(fields[2], "-") + " " + cond
		}
	}
	name := word(fields[0])
	if where = word(where); where != "" {
		name += "-" + where
	}
	if name == "" {
		name = "unnamed"
	}
	return name + suffix
}

// word keeps the letters of s that every file system takes.
func word(s string) string {
	fields := strings.FieldsFunc(s, func(r rune) bool {
		return !(r == '_' || r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
	s = strings.Join(fields, "-")
	return strings.Trim(s[:min(len(s), whereMax)], "-.")
}
