package cause

import (
	"regexp"
	"strings"
)

// sameCond reports whether a bug condition that a process printed is one that
// stands in the catalogue. A process prints what the preprocessor has left:
// macros are expanded there, and constants of flags are numbers.
func sameCond(printed, written string) bool {
	if printed == "" || written == "" {
		return false
	}
	p, w := bare(printed), bare(written)
	if p == w {
		return true
	}
	return constant.MatchString(w) && number.ReplaceAllString(constant.ReplaceAllString(p, "#"), "#") == constant.ReplaceAllString(w, "#")
}

var (
	// remark is what the catalogue says before a condition that a function has
	// twice.
	remark = regexp.MustCompile(`^[a-zA-Z ]+: `)
	// constant is a flag's name, number what is left of it, such as "1U<<1".
	constant = regexp.MustCompile(`\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b`)
	number   = regexp.MustCompile(`\b(?:0x[0-9a-fA-F]+|\d+)[UL]*(?:<<\d+)?`)
	inList   = regexp.MustCompile(`LIST_(INLIST|ISEMPTY)\(([^()]*)\)`)
)

// bare is a condition with the macros of lists and null expanded, and without
// blanks and brackets.
func bare(cond string) string {
	cond = remark.ReplaceAllString(cond, "")
	cond = inList.ReplaceAllStringFunc(cond, func(m string) string {
		x := inList.FindStringSubmatch(m)
		if x[1] == "INLIST" {
			return "((" + x[2] + ")->n != (" + x[2] + "))"
		}
		return "((" + x[2] + ")->n == (" + x[2] + "))"
	})
	cond = strings.ReplaceAll(cond, "((void *)0)", "NULL")
	return strings.NewReplacer(" ", "", "\t", "", "(", "", ")", "").Replace(cond)
}
