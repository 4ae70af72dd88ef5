package trace

import (
	"regexp"
	"strings"
)

var (
	kasanBug   = regexp.MustCompile(`BUG: K(?:ASAN|FENCE): (\S+) (?:read |write )?in (\S+)`)
	kasanHow   = regexp.MustCompile(`(Read|Write|Free) of (?:size (\d+) at )?addr (\S+)`)
	kasanFrame = regexp.MustCompile(`^\s+(?:\? )?(?:\[<[0-9a-f]+>\] )?([A-Za-z_][A-Za-z_0-9.]*)\+0x[0-9a-f]+/0x[0-9a-f]+(?: \[(\S+)\])?(?: (\S+):(\d+))?$`)
	kasanLine  = regexp.MustCompile(`^\s+([A-Za-z_][A-Za-z_0-9.]*) (\S+\.[chS]):(\d+)(?: \[inline\])?$`)
	kasanSize  = regexp.MustCompile(`belongs to the cache \S+ of size (\d+)`)
)

// kernel reads a line of KASAN or KFENCE.
func (p *reader) kernel(s string) bool {
	if m := kasanBug.FindStringSubmatch(s); m != nil {
		p.begin(Kernel, kasanClass(m[1]))
		p.stack = nil
		return true
	}
	if !p.in(Kernel) {
		return false
	}
	switch m := kasanHow.FindStringSubmatch(s); {
	case m != nil:
		p.cur.Access, p.cur.Size = strings.ToUpper(m[1]), number(m[2])
		p.address("0x" + strings.TrimPrefix(m[3], "0x"))
		return true
	}
	word := strings.TrimSpace(s)
	switch {
	case strings.HasPrefix(word, "Call Trace:"):
		p.stack = &p.cur.Use
	case strings.HasPrefix(word, "Allocated by task"), strings.HasPrefix(word, "allocated by task"):
		p.stack = &p.cur.Alloc
	case strings.HasPrefix(word, "Freed by task"), strings.HasPrefix(word, "freed by task"):
		p.stack = &p.cur.Free
	case kasanSize.MatchString(s):
		p.cur.Region, p.stack = number(kasanSize.FindStringSubmatch(s)[1]), nil
	case kasanFrame.MatchString(s):
		if m := kasanFrame.FindStringSubmatch(s); !strings.Contains(s, " ? ") {
			p.push(newFrame(m[1], m[3], number(m[4])))
		}
	case kasanLine.MatchString(s):
		m := kasanLine.FindStringSubmatch(s)
		p.push(newFrame(m[1], m[2], number(m[3])))
	case word == "" || strings.HasPrefix(word, "The buggy address"), strings.HasPrefix(word, "Last potentially related"):
		p.stack = nil
	default:
		return false
	}
	return true
}

func kasanClass(word string) string {
	switch {
	case strings.Contains(word, "use-after-free"):
		return UseAfterFree
	case strings.HasPrefix(word, "double-free"):
		return DoubleFree
	case strings.HasPrefix(word, "invalid-free"):
		return BadFree
	case strings.Contains(word, "out-of-bounds"):
		return Overflow
	case strings.HasPrefix(word, "null-ptr-deref"):
		return NullDeref
	case strings.HasPrefix(word, "wild-memory-access"), strings.HasPrefix(word, "user-memory-access"):
		return WildAccess
	}
	return word
}
