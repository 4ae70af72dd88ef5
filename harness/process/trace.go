package process

import "fmt"

// An Event numbers a kind of trace line.
//
//lastwake:shared
type Event uint8

// The events, one for each place where the model says what it does.
//
//lastwake:shared
const (
	_ Event = iota
	evExec
	evFork
	evExit
	evReap
	evSwitch
	evMap
	evMunmap
	evMunmapFailed
	evUnmapped
	evEnvGrown
	evUnsetScan
	evSnapshot
	evClean
	evRingFree
	evRingDup
	evRingWritten
	evWorker
	evLogFd
	evProcParsed
	evProcDropped
	evProcFreed
	evSigchldUnknown
	evProgram
	evPut
	evPutName
	evPutFreed
	evFrameLeft
	evWalkStopped
	evArrayFreed
	evReexec
	numEvents
)

//lastwake:shared
var eventTexts = [numEvents]string{
	evExec:           "exec, %d variables",
	evFork:           "fork, the child is x%d",
	evExit:           "x%d exits",
	evReap:           "pid %d reaped",
	evSwitch:         "x%d runs",
	evMap:            "mmap of %d bytes",
	evMunmap:         "munmap of %d bytes, %d past the start of a page",
	evMunmapFailed:   "munmap refused (EINVAL)",
	evUnmapped:       "munmap took %d bytes of heap",
	evEnvGrown:       "environ moved, %d variables",
	evUnsetScan:      "unsetenv looks at %d variables",
	evSnapshot:       "environment copied, %d variables",
	evClean:          "environment cleaned, %d variables",
	evRingFree:       "ring freed, mapped %d",
	evRingDup:        "ring copied, %d of %d bytes used",
	evRingWritten:    "ring has %d of %d bytes used",
	evWorker:         "the child becomes a worker",
	evLogFd:          "startup logs in descriptor %d",
	evProcParsed:     "HAPROXY_PROCESSES: pid %d, type %c",
	evProcDropped:    "HAPROXY_PROCESSES: an entry without pid",
	evProcFreed:      "process %d leaves the list",
	evSigchldUnknown: "pid %d is nobody of ours",
	evProgram:        "program executed, %d internal variables",
	evPut:            "putenv, memory of kind %d",
	evPutName:        "putenv, a name alone",
	evPutFreed:       "the buffer given to putenv is freed",
	evFrameLeft:      "frame left, %d of its strings in environ",
	evWalkStopped:    "walk stops before entry %d",
	evArrayFreed:     "the application frees an environ array",
	evReexec:         "the master executes itself, wait mode %d",
}

// A Line is one event of a trace.
//
//lastwake:shared
type Line struct {
	Op   int32
	Proc int32 // the process that ran
	Ev   Event
	A, B uint64
}

// String returns the event in words, behind the process that it is about.
//
//lastwake:shared
func (l Line) String() string {
	verbs := 0
	for _, c := range eventTexts[l.Ev] {
		if c == '%' {
			verbs++
		}
	}
	args := []any{l.A, l.B}
	return fmt.Sprintf("x%d %s", l.Proc, fmt.Sprintf(eventTexts[l.Ev], args[:verbs]...))
}

// say adds an event to the trace.
//
//lastwake:primitive
func (w *World) say(ev Event, a, b uint64) {
	if w.tracing {
		w.lines = append(w.lines, Line{Op: w.op, Proc: int32(w.cur), Ev: ev, A: a, B: b})
	}
}
