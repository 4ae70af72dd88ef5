package trace

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	sanError  = regexp.MustCompile(`^==\d+==\s*(?:ERROR|WARNING): (Address|Memory|Leak|UndefinedBehavior|HWAddress)Sanitizer:? ?(.*)$`)
	ownError  = regexp.MustCompile(`^==\d+==ERROR: lastwake: ([a-z-]+): `)
	sanAccess = regexp.MustCompile(`^\s*(READ|WRITE) of size (\d+) at (\S+)`)
	sanSignal = regexp.MustCompile(`^==\d+==The signal is caused by a (READ|WRITE)`)
	sanRegion = regexp.MustCompile(`is located \d+ bytes (?:inside of|after|before|to the (?:right|left) of) (\d+)-byte region`)
	sanFrame  = regexp.MustCompile(`^\s*#(\d+)\s+(?:0x[0-9a-fA-F]+\s+)?(?:in )?(\S.*)$`)
	sanFile   = regexp.MustCompile(`^(.*?)\s+(\S+?):(\d+)(?::\d+)?$`)
	sanModule = regexp.MustCompile(`^(.*?)\s+\(\S+\)(?: \(BuildId: [0-9a-f]+\))?$`)
	sanHex    = regexp.MustCompile(`0x[0-9a-fA-F]+`)
	ubsan     = regexp.MustCompile(`^(\S+?):(\d+)(?::\d+)?: runtime error: (.*)$`)
	sanLeak   = regexp.MustCompile(`^\s*(?:Direct|Indirect) leak of (\d+) byte`)
)

// sanitizer reads a line of ASan, LSan, MSan, HWASan or UBSan.
func (p *reader) sanitizer(s string) bool {
	if m := sanError.FindStringSubmatch(s); m != nil {
		p.sanitizerError(m[1], m[2])
		return true
	}
	if m := ownError.FindStringSubmatch(s); m != nil {
		p.begin(Sanitizer, m[1])
		return true
	}
	if m := ubsan.FindStringSubmatch(s); m != nil {
		r := p.begin(Sanitizer, ubsanClass(m[3]))
		r.Use = append(r.Use, Frame{File: file(m[1]), Line: number(m[2]), Kind: Unknown})
		return true
	}
	if !p.in(Sanitizer) {
		return false
	}
	return p.sanitizerMore(s)
}

// sanitizerMore reads a line inside of a report.
func (p *reader) sanitizerMore(s string) bool {
	switch m := sanAccess.FindStringSubmatch(s); {
	case m != nil:
		p.cur.Access, p.cur.Size = m[1], number(m[2])
		p.address(m[3])
		return true
	case sanSignal.MatchString(s):
		p.cur.Access = sanSignal.FindStringSubmatch(s)[1]
		return true
	case sanRegion.MatchString(s):
		p.cur.Region = number(sanRegion.FindStringSubmatch(s)[1])
		return true
	case sanLeak.MatchString(s):
		if len(p.cur.Alloc) > 0 { // the next leak of the same run
			p.begin(Sanitizer, Leak)
		}
		p.cur.Region = number(sanLeak.FindStringSubmatch(s)[1])
		p.stack = &p.cur.Alloc
		return true
	}
	lower := strings.ToLower(strings.TrimSpace(s))
	switch {
	case strings.HasPrefix(lower, "freed by") && strings.HasSuffix(lower, "here:"), strings.HasPrefix(lower, "scope ended here"):
		p.stack = &p.cur.Free
	case strings.HasPrefix(lower, "previously allocated by"), strings.HasPrefix(lower, "allocated by"), strings.HasPrefix(lower, "scope entered here"),
		strings.Contains(lower, "value was created by a heap allocation"), strings.Contains(lower, "value was stored to memory"):
		p.stack = &p.cur.Alloc
	case strings.HasPrefix(s, "SUMMARY:"):
		p.cur, p.stack, p.frame = nil, nil, nil
	case sanFrame.MatchString(s):
		p.sanitizerFrame(sanFrame.FindStringSubmatch(s))
	default:
		return false
	}
	return true
}

func (p *reader) sanitizerFrame(m []string) {
	if p.stack == nil {
		return
	}
	if n := len(*p.stack); m[1] == "0" && n > 0 && (*p.stack)[0].Func != "" {
		p.stack = new([]Frame) // one stack more than we know the meaning of
	}
	fn, where, line := m[2], "", 0
	if x := sanFile.FindStringSubmatch(fn); x != nil {
		fn, where, line = x[1], x[2], number(x[3])
	} else if x := sanModule.FindStringSubmatch(fn); x != nil {
		fn = x[1]
	} else if strings.HasPrefix(fn, "(") {
		fn = "??"
	}
	p.push(newFrame(fn, where, line))
}

func (p *reader) address(s string) {
	if n, err := strconv.ParseUint(s, 0, 64); err == nil {
		p.cur.Address, p.cur.HasAddress = n, true
		p.pointer(n)
	}
}

func (p *reader) sanitizerError(tool, what string) {
	p.begin(Sanitizer, sanitizerClass(tool, what))
	if a := sanHex.FindString(what); a != "" {
		p.address(a)
	}
	if p.cur.Class == Leak {
		p.stack = &p.cur.Alloc
	}
}

// sanitizerClass is the class behind the words of an ERROR line.
func sanitizerClass(tool, what string) string {
	word, _, _ := strings.Cut(what, " ")
	switch {
	case tool == "Leak":
		return Leak
	case tool == "Memory":
		if strings.HasPrefix(what, "SEGV") {
			return WildAccess
		}
		return Uninitialized
	case strings.HasPrefix(what, "attempting double-free"):
		return DoubleFree
	case strings.HasPrefix(what, "attempting free on address"), strings.HasPrefix(what, "attempting bad-free"), strings.HasPrefix(what, "alloc-dealloc-mismatch"):
		return BadFree
	case strings.HasPrefix(what, "SEGV"), strings.HasPrefix(what, "BUS"):
		return WildAccess
	case word == "use-after-poison", tool == "HWAddress" && word == "tag-mismatch":
		return UseAfterFree
	case word == "stack-use-after-return":
		return AfterScope
	case word == "ABRT":
		return Crash
	}
	return strings.Trim(word, ":")
}

func ubsanClass(what string) string {
	switch {
	case strings.Contains(what, "null pointer"):
		return NullDeref
	case strings.Contains(what, "out of bounds"):
		return Overflow
	}
	return "undefined-behaviour"
}
