package oracle

import (
	"fmt"

	"github.com/lastwake/lastwake/harness/target"
)

// Judge returns what is wrong with h, gravest first; nil when nothing is. A
// history that ended inside an op has that one verdict.
//
// On a history without checks between ops (see target.Between) the class and
// the invariant are right but Op and Verb are those of the next check, and
// functions are missing: good enough to know that a replay is due.
func Judge(h *target.History) []Verdict {
	switch h.Stop.Kind {
	case target.StopNone:
	case target.StopFull:
		return nil
	case target.StopDied:
		return disputes(h)
	default:
		return []Verdict{stopped(h)}
	}
	vs := disputes(h)
	for i := range sessionRules {
		vs = appendSession(vs, h, &sessionRules[i])
	}
	for i := range procRules {
		vs = appendSession(vs, h, &procRules[i])
	}
	for i := range connRules {
		vs = appendConn(vs, h, &connRules[i])
	}
	vs = appendEdges(vs, h)
	for i := range waitRules {
		vs = appendLasting(vs, h, &waitRules[i], func(c *target.Check, _ *target.ConnAudit) bool { return atStill(c) })
	}
	for i := range restRules {
		vs = appendLasting(vs, h, &restRules[i], func(c *target.Check, a *target.ConnAudit) bool { return atRest(c) && quiet(a) })
	}
	if h.Settled == target.SettleShort {
		vs = append(vs, at(h, len(h.Ops)-1, len(h.Ops), Verdict{Class: StepBudget, Invariant: "settle",
			Detail: "the session does not come to rest"}))
	}
	return appendLeaks(vs, h)
}

// Suspect reports whether Judge would return anything. It allocates nothing.
func Suspect(h *target.History) bool {
	switch {
	case h.Stop.Kind == target.StopFull:
		return false
	case h.Stop.Kind != target.StopNone || h.Settled == target.SettleShort || len(h.Disputes) > 0:
		return true
	}
	for i := range h.Checks {
		if suspectCheck(&h.Checks[i]) {
			return true
		}
	}
	return false
}

func suspectCheck(c *target.Check) bool {
	a := &c.Audit
	for i := range sessionRules {
		if sessionRules[i].count(a) != 0 {
			return true
		}
	}
	if a.Proc != (target.ProcAudit{}) {
		return true
	}
	var edges uint32
	for _, n := range a.Edge {
		edges |= n
	}
	if edges != 0 || c.Moment == target.Closed && leaks(a) {
		return true
	}
	rest, still := atRest(c), atStill(c)
	for i := range a.Conn {
		conn := &a.Conn[i]
		if conn.Exists && (breaks(conn, connRules[:]) || still && breaks(conn, waitRules[:]) || rest && quiet(conn) && breaks(conn, restRules[:])) {
			return true
		}
	}
	return false
}

// breaks reports whether a connection breaks one of the rules.
func breaks(c *target.ConnAudit, rules []connRule) bool {
	for i := range rules {
		if rules[i].broken(c) {
			return true
		}
	}
	return false
}

func leaks(a *target.Audit) bool {
	var n uint32
	for _, k := range a.Live {
		n |= k
	}
	return n != 0
}

// atRest reports whether liveness can be judged at c: settle has run the
// session to rest and has closed nothing yet.
func atRest(c *target.Check) bool { return c.Moment == target.Rest && c.Audit.Queued == 0 }

// atStill reports whether nothing is queued behind the program's last op, while
// the stream layers are still there.
func atStill(c *target.Check) bool { return c.Moment == target.Settling && c.Audit.Queued == 0 }

// quiet reports whether nobody else owes this connection anything.
func quiet(c *target.ConnAudit) bool { return c.NetOK && c.InFlight == 0 }

// disputes are the verdicts of a reference, in order of time.
func disputes(h *target.History) []Verdict {
	var vs []Verdict
	for i := range h.Disputes {
		d := &h.Disputes[i]
		vs = append(vs, at(h, d.Op, d.Seen, Verdict{Class: Class(d.Oracle), Side: d.Side, Stream: d.Stream, Field: d.Field, Call: d.Call, Detail: d.Text}))
	}
	return vs
}

// at completes v with the op that broke it and the number of ops after which
// that was seen.
func at(h *target.History, op, seen int, v Verdict) Verdict {
	v.Op, v.Seen = op, seen
	if op >= 0 && op < len(h.Ops) {
		v.Verb = h.Ops[op].Verb.String()
	}
	return v
}

// appendSession judges a rule over the whole session: its count went up in the
// first check that has it.
func appendSession(vs []Verdict, h *target.History, r *sessionRule) []Verdict {
	for i := range h.Checks {
		c := &h.Checks[i]
		if n := r.count(&c.Audit); n != 0 {
			v := r.verdict(h.Names, &c.Audit)
			if c.Audit.Proc.AtStart != 0 {
				return append(vs, at(h, -1, 0, v))
			}
			return append(vs, at(h, c.After-1, c.After, v))
		}
	}
	return vs
}

// appendConn judges an invariant that holds between any two ops.
func appendConn(vs []Verdict, h *target.History, r *connRule) []Verdict {
	for i := range h.Checks {
		c := &h.Checks[i]
		for n := range c.Audit.Conn {
			a := &c.Audit.Conn[n]
			if a.Exists && r.broken(a) {
				return append(vs, at(h, c.After-1, c.After, r.verdict(n, a)))
			}
		}
	}
	return vs
}

// appendLasting judges an invariant that holds at some checks only, those that are
// due. The op that broke it is the first of the last unbroken run of checks in
// which it does not hold.
func appendLasting(vs []Verdict, h *target.History, r *connRule, due func(*target.Check, *target.ConnAudit) bool) []Verdict {
	for i := range h.Checks {
		c := &h.Checks[i]
		for n := range c.Audit.Conn {
			a := &c.Audit.Conn[n]
			if a.Exists && due(c, a) && r.broken(a) {
				return append(vs, at(h, since(h, i, n, r)-1, c.After, r.verdict(n, a)))
			}
		}
	}
	return vs
}

// since returns the number of ops after which r, which is broken for
// connection n in check i, was broken for good.
func since(h *target.History, i, n int, r *connRule) int {
	for i > 0 && r.broken(&h.Checks[i-1].Audit.Conn[n]) {
		i--
	}
	return h.Checks[i].After
}

func appendEdges(vs []Verdict, h *target.History) []Verdict {
	var seen [target.MaxEdges]bool
	for i := range h.Checks {
		c := &h.Checks[i]
		for e, n := range c.Audit.Edge {
			if n == 0 || seen[e] {
				continue
			}
			seen[e] = true
			name := h.Names.Edge(e)
			vs = append(vs, at(h, c.After-1, c.After, Verdict{Class: Dangling, Invariant: name, Object: pointer(name),
				Detail: "a live object points at a freed one: " + name}))
		}
	}
	return vs
}

// appendLeaks judges what is live after settle: by object where a replay has
// found them, otherwise by type.
func appendLeaks(vs []Verdict, h *target.History) []Verdict {
	if h.Settled != target.SettleDone || len(h.Checks) == 0 {
		return vs
	}
	if len(h.Leaks) > 0 {
		return appendLeaked(vs, h)
	}
	c := &h.Checks[len(h.Checks)-1]
	for k, n := range c.Audit.Live {
		if n != 0 {
			vs = append(vs, at(h, c.After-1, c.After, Verdict{Class: Leak, Invariant: "live at the end", Object: h.Names.Kind(k),
				Detail: fmt.Sprintf("%d live at the end", n)}))
		}
	}
	return vs
}

func appendLeaked(vs []Verdict, h *target.History) []Verdict {
	seen := map[string]bool{}
	for i := range h.Leaks {
		l := &h.Leaks[i]
		v := Verdict{Class: Leak, Invariant: "live at the end", Object: l.Type, Alloc: target.Place(l.Alloc), Detail: leakText(l)}
		op := l.AllocOp
		if l.Owner.Type != "" {
			op = l.Owner.FreeOp
		}
		if v = at(h, op, len(h.Events), v); !seen[v.Signature()] {
			seen[v.Signature()] = true
			vs = append(vs, v)
		}
	}
	return vs
}

func leakText(l *target.Leak) string {
	s := fmt.Sprintf("%d bytes, allocated in op %d", l.Size, l.AllocOp)
	if l.Others > 0 {
		s += fmt.Sprintf(", and %d more objects that only it holds", l.Others)
	}
	if o := &l.Owner; o.Type != "" {
		s += fmt.Sprintf("; last held by %s.%s, freed by %s in op %d", o.Type, o.Field, target.Place(o.Free), o.FreeOp)
	}
	return s
}
