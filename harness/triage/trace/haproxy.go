package trace

import (
	"regexp"
	"strings"
)

var (
	bugOn    = regexp.MustCompile(`FATAL: bug condition "(.*)" matched at (\S+?):(\d+)`)
	abortNow = regexp.MustCompile(`(?:FATAL|ABORT)[: ].*\b(?:ABORT_NOW|abort)\b.*at (\S+?):(\d+)`)
	watchdog = regexp.MustCompile(`Thread \d+ is about to kill the process|thread \d+ has stopped processing traffic`)
	spinning = regexp.MustCompile(`A bogus (?:STREAM|APPCTX) \[.*\] is spinning at \d+ calls per second`)
	haFrame  = regexp.MustCompile(`^\s*\|\s+0x[0-9a-f]+\s+[\[<][0-9a-f? ]*[\]>]:\s+(\S+?)(?:[+-]0x[0-9a-f]+(/0x[0-9a-f]+)?)?(?: > (\S+))?(?:\s.*)?$`)
	haTask   = regexp.MustCompile(`^\s*fct=0x[0-9a-f]+\s*\(([A-Za-z_0-9.]+)`)
	haThread = regexp.MustCompile(`^([ *>]{0,3})\s*Thread (\d+)\s*: id=`)
)

// haproxy reads a line of what HAProxy itself says when it gives up.
func (p *reader) haproxy(s string) bool {
	switch {
	case bugOn.MatchString(s) && p.in(Sanitizer) && p.cur.Class == Bug: // a report of ours
		p.cur.Cond = bugOn.FindStringSubmatch(s)[1]
		return true
	case bugOn.MatchString(s):
		m := bugOn.FindStringSubmatch(s)
		p.begin(BugOn, Bug).Cond = m[1]
		p.cur.Use = append(p.cur.Use, Frame{File: file(m[2]), Line: number(m[3]), Kind: Unknown})
		return true
	case abortNow.MatchString(s):
		m := abortNow.FindStringSubmatch(s)
		p.begin(BugOn, Bug)
		p.cur.Use = append(p.cur.Use, Frame{File: file(m[1]), Line: number(m[2]), Kind: Unknown})
		return true
	case spinning.MatchString(s):
		if !p.in(Watchdog) {
			p.begin(Watchdog, Stuck)
		}
		return true
	case watchdog.MatchString(s):
		if !p.in(Watchdog) {
			p.begin(Watchdog, Stuck)
			p.stack = nil
		}
		return true
	case !p.in(Watchdog) && !p.in(BugOn):
		return false
	}
	return p.haproxyMore(s)
}

// haproxyMore reads a line inside of a dump. The thread that is stuck is
// marked with ">".
func (p *reader) haproxyMore(s string) bool {
	switch {
	case haThread.MatchString(s):
		m := haThread.FindStringSubmatch(s)
		p.stack = nil
		if strings.Contains(m[1], ">") || len(p.cur.Use) == 0 {
			p.cur.Use = p.cur.Use[:0]
			p.stack = &p.cur.Use
		}
	case haFrame.MatchString(s):
		m := haFrame.FindStringSubmatch(s)
		p.calls(m[3])
		p.push(newFrame(symbol(m[1], m[2]), "", 0))
	case haTask.MatchString(s) && p.stack != nil && len(*p.stack) == 0:
		// The handler is the outermost frame; the trace, if there is one,
		// comes after it and says more.
		p.cur.Threads = append(p.cur.Threads, []Frame{newFrame(haTask.FindStringSubmatch(s)[1], "", 0)})
	default:
		return strings.HasPrefix(strings.TrimSpace(s), "call trace(")
	}
	return true
}

// calls names the frame before, if it has no name, by what the frame that
// comes says that it calls: since 3.4 a trace tells.
func (p *reader) calls(callee string) {
	if p.stack == nil || len(*p.stack) == 0 || callee == "" || strings.Contains(callee, ":") {
		return
	}
	f, last := newFrame(callee, "", 0), &(*p.stack)[len(*p.stack)-1]
	if last.Kind == Unknown && f.Kind != Checker {
		f.File, f.Line = last.File, last.Line
		*last = f
	}
}

// symbol returns the name of a frame as HAProxy resolves it by itself: for a
// function that is not exported, which it cannot know, it says main with an
// offset and without main's size, or the name of a library alone.
func symbol(name, size string) string {
	if strings.HasSuffix(name, ":") || name == "main" && size == "" {
		return "??"
	}
	return name[strings.IndexByte(name, ':')+1:] // the library before it
}
