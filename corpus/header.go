package corpus

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lastwake/lastwake/harness/fault"
	"github.com/lastwake/lastwake/harness/program"
)

// A headerKey is a line of a crash's header.
type headerKey struct {
	name     string
	required bool
	of       func(*Crash) *string
}

// headerKeys are the lines of a header, in the order in which they are written.
var headerKeys = [...]headerKey{
	{"title", true, func(c *Crash) *string { return &c.Title }},
	{"signature", true, func(c *Crash) *string { return &c.Signature }},
	{"fault", false, func(c *Crash) *string { return &c.Fault }},
	{"fixed by", false, func(c *Crash) *string { return &c.FixedBy }},
	{"status", false, func(c *Crash) *string { return (*string)(&c.Status) }},
}

// parseHeader reads the lines before the first part and returns the number of
// the line that follows them.
func (c *Crash) parseHeader(text string) (int, *program.ParseError) {
	n := 1
	for line := range strings.Lines(text) {
		if err := c.headerLine(n, strings.TrimRight(line, "\r\n")); err != nil {
			return 0, err
		}
		n++
	}
	for _, k := range headerKeys {
		if k.required && *k.of(c) == "" {
			return 0, flaw(n, 1, fmt.Sprintf("the header has no %q", k.name), fmt.Sprintf("write a line %q before -- prog --", k.name+": …"))
		}
	}
	return n, nil
}

func (c *Crash) headerLine(n int, line string) *program.ParseError {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	name, value, ok := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	at := len(line) - len(value) + 1
	if !ok {
		return flaw(n, 1, fmt.Sprintf("%q is not a line of the header", clip(line)), `the header is made of lines "key: value"`)
	}
	k := keyNamed(name)
	switch {
	case k == nil:
		return flaw(n, 1, fmt.Sprintf("unknown header key %q", clip(name)), didYouMean(name, keyNames(), "the keys are "+strings.Join(keyNames(), ", ")))
	case *k.of(c) != "":
		return flaw(n, 1, fmt.Sprintf("header key %q is given twice", name), "")
	case value == "":
		return flaw(n, at, fmt.Sprintf("header key %q has no value", name), "leave the line out if there is none")
	}
	*k.of(c) = value
	return c.checkHeader(name, value, n, at)
}

// checkHeader looks at a value that stands on line n at column at.
func (c *Crash) checkHeader(name, value string, n, at int) *program.ParseError {
	switch name {
	case "signature":
		if !validSignature(value) {
			return flaw(n, at, fmt.Sprintf("%q is not a signature", value),
				`write "class | object | use | free | alloc" or "class | invariant | object | verb"`)
		}
	case "fault":
		if _, err := fault.Parse(value); err != nil {
			return faultFlaw(n, at, err)
		}
		if _, ok := fault.Lookup(value); !ok {
			return flaw(n, at, fmt.Sprintf("%q is not the name of one fault", value), "leave the line out if the crash needs none")
		}
	case "status":
		statuses := []string{string(Known), string(Fixed), string(Flaky)}
		if !slices.Contains(statuses, value) {
			return flaw(n, at, fmt.Sprintf("unknown status %q", value), didYouMean(value, statuses, "it is known, fixed or flaky"))
		}
	}
	return nil
}

// validSignature reports whether s has the form of a signature.
func validSignature(s string) bool {
	fields := strings.Split(s, " | ")
	for _, f := range fields {
		if f == "" || f != strings.TrimSpace(f) {
			return false
		}
	}
	return len(fields) == 4 || len(fields) == 5
}

func keyNamed(name string) *headerKey {
	for i := range headerKeys {
		if headerKeys[i].name == name {
			return &headerKeys[i]
		}
	}
	return nil
}

func keyNames() []string {
	var names []string
	for _, k := range headerKeys {
		names = append(names, k.name)
	}
	return names
}

func sameFault(a, b string) bool {
	f, ok := fault.Lookup(a)
	g, also := fault.Lookup(b)
	return ok && also && f.ID == g.ID
}
