package witness

import (
	"regexp"
)

// A Rule is something that a recording and a run of the model are allowed to
// tell differently. It rewrites the lines of both to what they have in common.
type Rule struct {
	Name   string
	Reason string
	match  *regexp.Regexp
	// rewrite returns the common line for a match and its groups, "" to leave
	// the line out.
	rewrite func(m []string) string
}

// Rules are all of them. A byte count, an order or a line that no rule names
// must be the same.
var Rules = [...]Rule{
	{
		Name:   "htx",
		Reason: "in= and ret= of snd_buf count HTX, with headers and blocks; app.send counts what goes to the peer, which is tx.buf=; that all was taken is compared",
		match:  regexp.MustCompile(`^(snd_buf id=\d+) in=(\d+) ret=(\d+) (.*)$`),
		rewrite: func(m []string) string {
			took := "part"
			if m[2] == m[3] {
				took = "all"
			}
			return m[1] + " ret=" + took + " " + m[4]
		},
	},
	{
		Name:    "link",
		Reason:  "what a freed tasklet reads as is a piece of an address of the recorded heap; whether the process dies of it is compared",
		match:   regexp.MustCompile(`^(wake qcc_tasklet FREED from=\w+) in_list_bit=\d tid_from=.*$`),
		rewrite: func(m []string) string { return m[1] },
	},
	{
		Name:    "exit",
		Reason:  "the recorder saw the process exit after a soft-stop; a program's process does not",
		match:   regexp.MustCompile(`^process ended: exit status 0$`),
		rewrite: func([]string) string { return "" },
	},
}

// Reduce returns the line that text has in common with its counterpart, "" if
// it has none, and the names of the rules that it took.
func Reduce(text string) (common string, rules []string) {
	for i := range Rules {
		r := &Rules[i]
		if m := r.match.FindStringSubmatch(text); m != nil {
			text = r.rewrite(m)
			rules = append(rules, r.Name)
		}
	}
	return text, rules
}
