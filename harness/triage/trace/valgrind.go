package trace

import (
	"regexp"
	"strings"
)

var (
	vgLine  = regexp.MustCompile(`^(?:==|--)\d+(?:==|--) ?(.*)$`)
	vgFrame = regexp.MustCompile(`^\s+(at|by) 0x[0-9A-Fa-f]+: (.+?)(?: \(([^()]*?)(?::(\d+))?\))?$`)
	vgSize  = regexp.MustCompile(`^Invalid (read|write) of size (\d+)`)
	vgBlock = regexp.MustCompile(`^ ?Address (0x[0-9A-Fa-f]+) is (?:(\d[\d,]*) bytes (inside|after|before) (?:an?|the) .*?block of size ([\d,]+) (free'd|alloc'd|in arena)|(not stack'd)|(on thread))`)
	vgLost  = regexp.MustCompile(`^([\d,]+)(?: \([^)]*\))? bytes in [\d,]+ blocks are (definitely|indirectly|possibly) lost`)
	vgWild  = regexp.MustCompile(`Access not within mapped region at address (0x[0-9A-Fa-f]+)`)
)

// valgrind reads a line of memcheck.
func (p *reader) valgrind(s string) bool {
	m := vgLine.FindStringSubmatch(s)
	if m == nil || strings.HasPrefix(m[1], "ERROR: ") || strings.HasPrefix(m[1], "WARNING: ") || strings.HasPrefix(m[1], "The signal is") {
		return false
	}
	s = m[1]
	if f := vgFrame.FindStringSubmatch(s); f != nil && p.in(Valgrind) {
		if f[1] == "at" && p.stack != nil && len(*p.stack) > 0 {
			p.stack = new([]Frame) // one stack more than we know the meaning of
		}
		where := f[3]
		if strings.HasPrefix(where, "in ") {
			where = ""
		}
		p.push(newFrame(f[2], where, number(f[4])))
		return true
	}
	return p.valgrindError(strings.TrimLeft(s, " "), s)
}

// valgrindError reads a line that begins a report or one of its stacks.
func (p *reader) valgrindError(s, indented string) bool {
	switch {
	case vgSize.MatchString(s):
		m := vgSize.FindStringSubmatch(s)
		r := p.begin(Valgrind, UseAfterFree) // until the block says otherwise
		r.Access, r.Size = strings.ToUpper(m[1]), number(m[2])
	case strings.HasPrefix(s, "Invalid free()"), strings.HasPrefix(s, "Mismatched free()"):
		p.begin(Valgrind, BadFree)
	case strings.HasPrefix(s, "Conditional jump or move depends on uninitialised"), strings.HasPrefix(s, "Use of uninitialised value"),
		strings.HasPrefix(s, "Syscall param") && strings.Contains(s, "uninitialised"):
		p.begin(Valgrind, Uninitialized)
	case vgLost.MatchString(s):
		r := p.begin(Valgrind, Leak)
		r.Region = number(strings.ReplaceAll(vgLost.FindStringSubmatch(s)[1], ",", ""))
		p.stack = &r.Alloc
	case strings.HasPrefix(s, "Process terminating with default action of signal"):
		p.begin(Valgrind, Crash)
	case !p.in(Valgrind):
		return p.cur == nil && strings.HasPrefix(indented, " ")
	case vgBlock.MatchString(indented):
		p.valgrindBlock(vgBlock.FindStringSubmatch(indented))
	case strings.HasPrefix(s, "Block was alloc'd at"), strings.HasPrefix(s, "Uninitialised value was created by"):
		p.stack = &p.cur.Alloc
	case vgWild.MatchString(s):
		p.cur.Class = WildAccess
		p.address(vgWild.FindStringSubmatch(s)[1])
	}
	return true
}

// valgrindBlock reads where an address lies.
func (p *reader) valgrindBlock(m []string) {
	p.address(m[1])
	p.cur.Region = number(strings.ReplaceAll(m[4], ",", ""))
	switch {
	case m[5] == "free'd":
		p.stack = &p.cur.Free
		if p.cur.Class == BadFree {
			p.cur.Class = DoubleFree
		}
	case m[5] != "":
		p.stack = &p.cur.Alloc
		if p.cur.Class == UseAfterFree {
			p.cur.Class = Overflow
		}
	default:
		p.stack = nil
		switch {
		case p.cur.Class != UseAfterFree:
		case m[7] != "":
			p.cur.Class = AfterScope
		default:
			p.cur.Class = WildAccess
		}
	}
}
