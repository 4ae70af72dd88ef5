package process

import "github.com/lastwake/lastwake/harness/shadow"

// An Audit counts what was wrong after some op since Reset. It is laid out as
// target.ProcAudit, to which it converts; the fields are described there.
//
//lastwake:shared
type Audit struct {
	EnvArrayGone, EnvStringGone, EnvForeign, EnvTwice uint32
	EnvInside, EnvNoName, EnvValueGone                uint32
	EnvDiverged, EnvWritten                           uint32
	ExecDiverged, ProgramLeaks                        uint32
	StartDiverged, LogsDiverged                       uint32
	WorkerDiverged, WorkerKeeps                       uint32
	EnvName                                           uint32
	RingBroken, LostRings, LostMaps                   uint32
	RingGarbled, LostObjects, LostKind                uint32
	LostFDs, ProcListBroken, ProcListLost             uint32
	ProcListWritten, SocketsBroken                    uint32
	SpaceChanged, SharedBroken                        uint32
	AtStart                                           uint32
}

// Audit returns what was found so far.
func (w *World) Audit() Audit { return w.checks }

// EachLive calls f for the live objects of the process that runs.
func (w *World) EachLive(f func(shadow.Chunk) bool) { w.arena.EachLive(f) }

// State digests what the processes are in, for coverage. It does not depend on
// addresses.
func (w *World) State() uint32 {
	h := uint32(2166136261)
	for i := range w.procs {
		p := &w.procs[i]
		h = (h ^ (uint32(p.state)<<2 | uint32(p.role))) * 16777619
	}
	p := w.me()
	if p.state != procRunning {
		return h
	}
	vars := uint32(0)
	for i := range p.want.vars {
		if p.want.vars[i].set {
			vars++
		}
	}
	g := w.g
	bits := uint32(w.cur)<<8 | min(vars, 12)>>2
	for i, b := range [...]bool{g.StartupLogs == nil, g.TmpStartupLogs == nil, g.InitEnv == nil, g.AppEnviron == nil,
		g.Held == nil, g.Environ == nil, g.Environ == g.AppEnviron, g.NumFrames == 0, p.heldStable, g.Starting == 0} {
		if b {
			bits |= 1 << (12 + i)
		}
	}
	return (h ^ bits) * 16777619
}
