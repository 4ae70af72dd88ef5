package trace

import (
	"bufio"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Read reads r, whatever it holds, up to the limits. What is no report is
// passed over. The only errors are those of r.
func Read(name string, r io.Reader, lim Limits) (*Document, error) {
	lim = lim.or()
	p := &reader{doc: &Document{Name: name}, lim: lim}
	lines := bufio.NewReaderSize(io.LimitReader(r, lim.Bytes+1), 64<<10)
	var read int64
	for {
		line, n, err := p.readLine(lines)
		read += int64(n)
		if n > 0 {
			p.number++
			p.line(line)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	p.doc.Cut = p.doc.Cut || read > lim.Bytes
	p.finish()
	return p.doc, nil
}

// A reader is a document in the making.
type reader struct {
	doc    *Document
	lim    Limits
	number int // of the line, from 1

	cur   *Report  // the report that lines go to, nil between reports
	stack *[]Frame // the stack that frames go to, nil between stacks
	frame *Frame   // the frame that locals go to

	open    string // a frame of gdb that goes on on the next line
	threads []thread
	golang  strings.Builder
	goLines int // collected in golang, the first of them being goFirst
	goFirst int
}

// A thread is a stack that gdb printed, and what it calls the thread.
type thread struct {
	number int
	stack  []Frame
}

// readLine returns a line without its end, cut to the limit, and how many
// bytes it took.
func (p *reader) readLine(r *bufio.Reader) (string, int, error) {
	var b []byte
	n := 0
	for {
		part, more, err := r.ReadLine()
		n += len(part)
		if err == nil && !more {
			n++ // the line end
		}
		if room := p.lim.Line - len(b); room > 0 {
			b = append(b, part[:min(room, len(part))]...)
		}
		if len(part) > 0 && n > p.lim.Line {
			p.doc.Cut = true
		}
		if !more || err != nil {
			return string(b), n, err
		}
	}
}

// quoted are the beginnings of lines that were quoted in a mail or an issue,
// that a build service or a container stamped with the time, or that went
// through the log of a system.
var quoted = regexp.MustCompile(`^(?:(?:> ?)+|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d) (?:std(?:out|err) [FP] )?|\[ *\d+\.\d+\]\s?|[a-z][\w-]*[_-]\d+ +\| )?` +
	`(?:(?:[A-Z][a-z]{2} [ \d]\d )?\d\d:\d\d:\d\d(?:\.\d+)? (?:[\w.-]+ )?haproxy(?:\[\d+\])?:? +|haproxy\[\d+\]: ?|\(gdb\) )?`)

// line looks at one line, in the order in which the forms are told apart.
func (p *reader) line(s string) {
	s = strings.TrimRight(s, " \t\r")
	if m := quoted.FindString(s); m != "" && !strings.HasPrefix(s, ">>") {
		s = s[len(m):]
	}
	if p.goLine(s) {
		return
	}
	if v, ok := version(s); ok && !p.doc.Version.Known {
		p.doc.Version = v
	}
	switch {
	case p.own(s), p.valgrind(s), p.sanitizer(s), p.kernel(s), p.haproxy(s):
	default:
		p.gdb(s)
	}
}

// begin starts a report.
func (p *reader) begin(form Form, class string) *Report {
	p.endGDB()
	p.stack, p.frame = nil, nil
	if len(p.doc.Reports) >= p.lim.Reports {
		p.doc.Cut = true
		p.cur = &Report{Form: form, Class: class} // read, and dropped
		return p.cur
	}
	p.doc.Reports = append(p.doc.Reports, Report{Form: form, Class: class, Line: p.number})
	p.cur = &p.doc.Reports[len(p.doc.Reports)-1]
	p.stack = &p.cur.Use
	return p.cur
}

// in reports whether the report that is being read is of this form.
func (p *reader) in(form Form) bool { return p.cur != nil && p.cur.Form == form }

// push adds a frame to the stack that is being read.
func (p *reader) push(f Frame) {
	if p.stack == nil {
		return
	}
	if len(*p.stack) >= p.lim.Frames {
		p.doc.Cut = true
		return
	}
	*p.stack = append(*p.stack, f)
	p.frame = &(*p.stack)[len(*p.stack)-1]
}

// pointer notes a number that could be an address.
func (p *reader) pointer(n uint64) {
	if p.cur != nil && n >= 1<<16 && len(p.cur.Pointers) < 512 && !slices.Contains(p.cur.Pointers, n) {
		p.cur.Pointers = append(p.cur.Pointers, n)
	}
}

// finish closes what is open and drops the reports without a stack.
func (p *reader) finish() {
	p.endGo()
	p.endGDB()
	p.doc.Reports = slices.DeleteFunc(p.doc.Reports, func(r Report) bool {
		return len(r.Use) == 0 && len(r.Alloc) == 0 && len(r.Free) == 0 && r.Cond == ""
	})
	for i := range p.doc.Reports {
		p.doc.Reports[i].tidy()
	}
}

// checkersMost is how far from the top a frame of a checker may be: a signal's
// handler calls a few functions before it gives up.
const checkersMost = 12

// tidy takes the frames of checkers off the top, and says what a touched
// address tells of the class.
func (r *Report) tidy() {
	for _, stack := range []*[]Frame{&r.Use, &r.Free, &r.Alloc} {
		s := *stack
		top := 0
		for i, f := range s {
			if f.Kind == Checker && i < len(s)-1 && i < checkersMost {
				top = i + 1
			}
		}
		if stack == &r.Use {
			r.above = s[:top]
		}
		*stack = s[top:]
	}
	if r.Class == Crash {
		r.Class = bySignal(r)
	}
	if r.Class == WildAccess && r.HasAddress && r.Address < nullEnd {
		r.Class = NullDeref
	}
}

// bySignal is the class that a signal tells: a program that stops itself has
// found out by itself that something is wrong. All other signals tell nothing.
func bySignal(r *Report) string {
	for _, f := range r.above {
		switch f.Name {
		case "wdt_handler", "ha_stuck_warning":
			return Stuck
		case "ha_crash_now", "abort_now", "assert_fail":
			return Bug
		}
	}
	switch r.Signal {
	case "SIGILL", "SIGTRAP":
		return Bug
	case "SIGABRT":
		if len(r.Use) > 0 && heapGuard[r.Use[0].Name] {
			return DoubleFree // or whatever else breaks a heap
		}
		return Bug
	}
	return Crash
}

// heapGuard are the functions in which the C library finds a broken heap.
var heapGuard = set("malloc_printerr int_free int_malloc free malloc munmap_chunk unlink_chunk libc_message tcache_put")

// nullEnd bounds the addresses of fields of an object at null.
const nullEnd = 64 << 10
