package trace

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	gdbThread  = regexp.MustCompile(`^Thread (\d+)\b.*(?:\(Thread|\(LWP|"|:$)`)
	gdbSignal  = regexp.MustCompile(`(?:Program terminated with signal|received signal|Caught signal)[: ]+(SIG[A-Z]+)`)
	gdbFrame   = regexp.MustCompile(`^#(\d+)\s+(?:(0x[0-9a-fA-F]+) in )?(.*)$`)
	gdbPlace   = regexp.MustCompile(` at ([^\s:]+(?: [^\s:]+)*):(\d+)$`)
	gdbFrom    = regexp.MustCompile(` from (\S+)$`)
	gdbLocal   = regexp.MustCompile(`^\s+([A-Za-z_][A-Za-z_0-9]*) = (0x[0-9a-fA-F]+|-?\d+)(?:\s|$|,)`)
	gdbArg     = regexp.MustCompile(`([A-Za-z_][A-Za-z_0-9]*)=(?:[A-Za-z_][A-Za-z_0-9]*@entry=)?(0x[0-9a-fA-F]+|-?\d+)`)
	gdbWrapped = regexp.MustCompile(`^\s+at ([^\s:]+(?: [^\s:]+)*):(\d+)$`)
	anyPointer = regexp.MustCompile(`\b0x[0-9a-fA-F]{5,16}\b`)
)

// openMost bounds a frame that gdb wrapped over several lines.
const openMost = 8 << 10

// gdb reads a line of "bt" or "bt full", or what gdb says around it.
func (p *reader) gdb(s string) {
	if p.open != "" {
		p.goOn(s)
		return
	}
	switch m := gdbFrame.FindStringSubmatch(s); {
	case m != nil && !p.in(Sanitizer):
		if unbalanced(s) {
			p.open = s
			return
		}
		p.gdbFrame(m)
	case gdbSignal.MatchString(s):
		p.gdbReport().Signal = gdbSignal.FindStringSubmatch(s)[1]
		p.stack, p.frame = nil, nil
	case gdbThread.MatchString(s):
		p.gdbReport()
		n, _ := strconv.Atoi(gdbThread.FindStringSubmatch(s)[1])
		p.threads = append(p.threads, thread{number: n})
		p.stack, p.frame = nil, nil
	case p.in(GDB) && p.frame != nil && p.frame.File == "" && gdbWrapped.MatchString(s):
		m := gdbWrapped.FindStringSubmatch(s)
		p.frame.File, p.frame.Line = file(m[1]), number(m[2])
	case p.in(GDB) && p.frame != nil:
		p.gdbLocal(s)
	}
}

// goOn adds a line to a frame that was wrapped.
func (p *reader) goOn(s string) {
	joined := p.open + " " + strings.TrimSpace(s)
	p.open = ""
	switch {
	case gdbFrame.MatchString(s): // the one before never ended
		p.gdb(s)
	case unbalanced(joined) && len(joined) < openMost:
		p.open = joined
	default:
		if m := gdbFrame.FindStringSubmatch(joined); m != nil {
			p.gdbFrame(m)
		}
	}
}

// unbalanced reports whether more brackets open in s than close, strings
// aside.
func unbalanced(s string) bool {
	depth, in := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '"':
			in = !in
		case in:
		case c == '(':
			depth++
		case c == ')':
			depth--
		}
	}
	return depth > 0
}

// gdbReport returns the report that gdb's lines go to, a new one if another
// form came before.
func (p *reader) gdbReport() *Report {
	if !p.in(GDB) {
		p.begin(GDB, Crash)
		p.stack = nil
	}
	return p.cur
}

func (p *reader) gdbFrame(m []string) {
	fn, args, where, line := gdbParts(m[3])
	if fn == "" {
		return
	}
	p.gdbReport()
	n, _ := strconv.Atoi(m[1])
	if n == 0 || p.stack == nil {
		p.gdbStack()
	}
	f := newFrame(fn, where, line)
	for _, a := range gdbArg.FindAllStringSubmatch(unquoted(args), 64) {
		f.addArg(a[1], a[2])
	}
	p.push(f)
	for _, a := range f.Args {
		p.pointer(a.Value)
	}
}

// gdbStack starts a stack: of the thread that gdb has named, or of one that it
// has not.
func (p *reader) gdbStack() {
	if n := len(p.threads); n == 0 || len(p.threads[n-1].stack) > 0 {
		p.threads = append(p.threads, thread{})
	}
	if len(p.threads) > 1024 {
		p.threads = p.threads[:1024]
		p.doc.Cut = true
	}
	p.stack = &p.threads[len(p.threads)-1].stack
	*p.stack = (*p.stack)[:0]
}

// gdbParts takes "func (args) at file:line" apart.
func gdbParts(s string) (fn, args, where string, line int) {
	if m := gdbPlace.FindStringSubmatchIndex(s); m != nil {
		where, line = s[m[2]:m[3]], number(s[m[4]:m[5]])
		s = s[:m[0]]
	} else if m := gdbFrom.FindStringIndex(s); m != nil {
		s = s[:m[0]]
	}
	if strings.HasPrefix(s, "<signal handler called>") {
		return "signal_handler_called", "", "", 0
	}
	i := strings.Index(s, " (")
	if i < 0 {
		if strings.ContainsAny(s, " ") {
			return "", "", "", 0 // prose that begins with a number sign
		}
		return s, "", where, line
	}
	return s[:i], s[i:], where, line
}

// gdbLocal reads a local that is a number. Everything else in a process is
// nobody's business.
func (p *reader) gdbLocal(s string) {
	if m := gdbLocal.FindStringSubmatch(s); m != nil && len(p.frame.Args) < 128 {
		p.frame.addArg(m[1], m[2])
	}
	for _, a := range anyPointer.FindAllString(unquoted(s), 16) {
		if n, err := strconv.ParseUint(a, 0, 64); err == nil {
			p.pointer(n)
		}
	}
}

// unquoted returns s without its strings.
func unquoted(s string) string {
	if !strings.Contains(s, `"`) {
		return s
	}
	var b strings.Builder
	in := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '"':
			in = !in
		case !in:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func (f *Frame) addArg(name, value string) {
	n, err := strconv.ParseUint(value, 0, 64)
	if err != nil {
		signed, serr := strconv.ParseInt(value, 0, 64)
		if serr != nil {
			return
		}
		n = uint64(signed)
	}
	f.Args = append(f.Args, Arg{name, n})
}

// endGDB decides which of the stacks that gdb printed is the one that died:
// the longest of those that begin like the first, which is the frame that gdb
// stops at.
func (p *reader) endGDB() {
	p.open = ""
	if !p.in(GDB) || len(p.threads) == 0 {
		p.threads = nil
		return
	}
	best := -1
	first := p.threads[0].stack
	for i, t := range p.threads {
		switch {
		case len(t.stack) == 0:
		case best < 0, len(t.stack) > len(p.threads[best].stack) && sameTop(t.stack, first):
			best = i
		}
	}
	if best >= 0 {
		p.cur.Use = p.threads[best].stack
		for i, t := range p.threads {
			if i != best && len(t.stack) > 1 && len(p.cur.Threads) < 256 {
				p.cur.Threads = append(p.cur.Threads, t.stack)
			}
		}
	}
	p.threads, p.cur, p.stack, p.frame = nil, nil, nil, nil
}

func sameTop(a, b []Frame) bool {
	return len(b) > 0 && a[0].Func == b[0].Func && a[0].Line == b[0].Line
}
