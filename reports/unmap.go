package reports

import "strings"

// victims writes what an unmap takes.
func (t *text) victims() {
	r := t.r
	if len(r.Victims) == 0 {
		return
	}
	t.line("in the range of the unmap, on pages that it touches: %d %s", len(r.Victims), plural(len(r.Victims), "object"))
	for _, v := range r.Victims {
		t.line("  %s", v)
	}
	t.line("")
}

// symptoms writes what the same program does where nobody looks at an unmap,
// and where the run ends.
func (t *text) symptoms() {
	t.line("run to the symptom (the kernel does what it does, nobody looks, and unsetenv comes next as in main):")
	for _, c := range t.r.AsShipped {
		t.line("  %s: %s", c.Setting, c.Outcome)
		if len(c.Stack) > 0 {
			t.paragraph("    ", c.Text)
		}
		for i, f := range c.Stack {
			t.line("    #%d %s %s:%d", i, f.Func, f.File, f.Line)
		}
	}
	t.line("")
}

// settings names the outcomes of a run to the symptom, each once.
func (t *text) settings() string {
	var seen []string
	for _, c := range t.r.AsShipped {
		seen = append(seen, c.Setting+": "+c.Outcome)
	}
	return strings.Join(seen, "; ")
}
