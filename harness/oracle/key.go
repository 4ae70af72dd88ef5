package oracle

import "github.com/lastwake/lastwake/harness/target"

// Key is a cheap number for what is wrong with a history that came to its end:
// equal for histories that break the same rules. It saves a hunt from judging
// the same finding a thousand times, and is no signature. It allocates nothing.
func Key(h *target.History) uint64 {
	k := keyer(14695981039346656037)
	if len(h.Disputes) > 0 { // what follows the first one may follow from it
		d := &h.Disputes[0]
		for _, s := range [...]string{d.Oracle, d.Side, d.Stream, d.Field, d.Call} {
			for j := range len(s) {
				k.broken(int(s[j]))
			}
		}
		return uint64(k)
	}
	for i := range h.Checks {
		c := &h.Checks[i]
		k.session(&c.Audit, c.Moment == target.Closed)
		for n := range c.Audit.Conn {
			if a := &c.Audit.Conn[n]; a.Exists {
				k.rules(3000, connRules[:], a)
				if atStill(c) {
					k.rules(6000, waitRules[:], a)
				}
				if atRest(c) && quiet(a) {
					k.rules(4000, restRules[:], a)
				}
			}
		}
	}
	return uint64(k)
}

type keyer uint64

// broken mixes in the number of a rule.
func (k *keyer) broken(rule int) { *k = (*k ^ keyer(rule)) * 1099511628211 }

func (k *keyer) session(a *target.Audit, closed bool) {
	for i := range sessionRules {
		if sessionRules[i].count(a) != 0 {
			k.broken(i)
		}
	}
	for i := range procRules {
		if procRules[i].count(a) != 0 {
			k.broken(5000 + i)
		}
	}
	for e, n := range a.Edge {
		if n != 0 {
			k.broken(1000 + e)
		}
	}
	for kind, n := range a.Live {
		if n != 0 && closed {
			k.broken(2000 + kind)
		}
	}
}

// rules mixes in those of a list that a connection breaks; their numbers begin
// with first.
func (k *keyer) rules(first int, rules []connRule, c *target.ConnAudit) {
	for i := range rules {
		if rules[i].broken(c) {
			k.broken(first + i)
		}
	}
}
