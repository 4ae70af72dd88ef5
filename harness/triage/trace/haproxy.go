package trace

import (
	"regexp"
	"strings"
)

var (
	bugOn    = regexp.MustCompile(`FATAL: bug condition "(.*)" matched at (\S+?):(\d+)`)
	abortNow = regexp.MustCompile(`(?:FATAL|ABORT)[: ].*\b(?:ABORT_NOW|abort)\b.*at (\S+?):(\d+)`)
	watchdog = regexp.MustCompile(`Thread \d+ is about to kill the process|thread \d+ has stopped processing traffic`)
	haFrame  = regexp.MustCompile(`^\s*\|\s+0x[0-9a-f]+\s+\[[0-9a-f? ]*\]:\s+(\S+?)(?:[+-](0x[0-9a-f]+)(?:/0x[0-9a-f]+)?)?(?:\s.*)?$`)
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

// symbol returns the name of a frame as HAProxy resolves it by itself: for a
// function that is not exported, which it cannot know, it says main with an
// offset that main does not have, or the name of a library.
func symbol(name, offset string) string {
	if strings.HasSuffix(name, ":") || name == "main" && len(offset) > len("0xffff") {
		return "??"
	}
	return name
}
