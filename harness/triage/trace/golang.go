package trace

import (
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/maruel/panicparse/v2/stack"
)

// goMost bounds the lines of one dump of goroutines.
const goMost = 200_000

var (
	goStart = regexp.MustCompile(`^(?:panic: |fatal error: |unexpected fault address |runtime: goroutine stack exceeds)`)
	goStack = regexp.MustCompile(`^goroutine \d+(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[`)
)

// goLine collects a dump of Go, which another parser takes apart, and reports
// whether the line belongs to one.
func (p *reader) goLine(s string) bool {
	switch {
	case p.golang.Len() == 0 && !goStart.MatchString(s) && !goStack.MatchString(s):
		return false
	case p.golang.Len() > 0 && p.goOver(s):
		p.endGo()
		return false
	case p.goLines >= goMost:
		p.doc.Cut = true
		return true
	}
	if p.goLines++; p.goLines == 1 {
		p.goFirst = p.number
	}
	p.golang.WriteString(s)
	p.golang.WriteByte('\n')
	return true
}

// goOver reports whether s cannot belong to a dump that has begun.
func (p *reader) goOver(s string) bool {
	return strings.HasPrefix(s, "==") || strings.HasPrefix(s, "#") || strings.HasPrefix(s, "exit status ") ||
		strings.HasPrefix(s, "FAIL") || strings.HasPrefix(s, "lastwake: ")
}

// endGo makes a report of what was collected.
func (p *reader) endGo() {
	text := p.golang.String()
	p.golang.Reset()
	p.goLines = 0
	if text == "" {
		return
	}
	opts := stack.DefaultOpts()
	opts.NameArguments, opts.GuessPaths, opts.AnalyzeSources = false, false, false
	snap, _, err := stack.ScanSnapshot(strings.NewReader(text), io.Discard, opts)
	if snap == nil || err != nil && !errors.Is(err, io.EOF) {
		return
	}
	r := p.begin(Go, goClass(text))
	r.Line = p.goFirst
	for i, g := range snap.Goroutines {
		if i >= 1024 {
			p.doc.Cut = true
			break
		}
		var frames []Frame
		for _, c := range g.Stack.Calls {
			if len(frames) >= p.lim.Frames {
				p.doc.Cut = true
				break
			}
			frames = append(frames, newFrame(c.Func.Complete, c.RemoteSrcPath, c.Line))
		}
		if i == 0 || g.First && len(r.Use) == 0 {
			r.Use = frames
		} else {
			r.Threads = append(r.Threads, frames)
		}
	}
	p.cur, p.stack, p.frame = nil, nil, nil
}

// goClass is what the first line of a dump says.
func goClass(text string) string {
	switch {
	case strings.Contains(text, "nil pointer dereference"):
		return NullDeref
	case strings.HasPrefix(text, "unexpected fault address"), strings.Contains(text, "[signal SIG"):
		return WildAccess
	case strings.HasPrefix(text, "fatal error: all goroutines are asleep"):
		return "deadlock"
	case strings.HasPrefix(text, "goroutine "):
		return "goroutines"
	}
	return Panic
}
