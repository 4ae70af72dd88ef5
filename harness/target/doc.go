// Package target holds the types that stand between a program and the oracles:
// what can play ops, what one op did, what a whole run was like.
//
// It owns the vocabulary (Target, Session, Event, Audit, History) and nothing
// else. It refuses to know how a target works, what is wrong with a history,
// and which faults exist.
//
//	s.Reset(&p.Header, faults)
//	for _, op := range p.Ops {
//		h.Ops, h.Events = append(h.Ops, op), append(h.Events, s.Step(op))
//	}
//	s.Audit(&h.Check(target.Settling).Audit)
package target
