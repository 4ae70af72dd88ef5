package lab

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/lastwake/lastwake/harness/program"
	"github.com/lastwake/lastwake/harness/target"
)

// Memory is judged by playing a program again and again on the connections that
// it leaves at rest, each time on new streams. If an ended stream gives back
// what it had, as much is in use after many rounds as after a few, whatever the
// stack keeps for the connection. Between two marks twice as many streams have
// ended as between the two before: what grows by streams doubles, noise does
// not. At the marks of counted, all that is in use is counted. Only if that has
// grown, the program is played once more with every allocation remembered, and
// the places of those that stay are told at the marks of remembered.
var (
	counted    = [...]int{8, 16, 32}
	remembered = [...]int{16, 32, 64}
)

// What has to stay of a round, at least, for a count to say that something may
// have grown, and for what is allocated at one place to be a leak: objects, there
// one in so many rounds, or bytes. A key that is left in a map makes it double now
// and then, and is the bytes without the objects.
const (
	objectsARound  = 1
	roundsAnObject = 2
	bytesARound    = 8
)

// An amount is what is in use.
type amount struct{ objects, bytes int64 }

// Memory plays p, which came to rest after its first rest ops in the run of h,
// and adds a dispute to h if the stack keeps something of each stream. It takes
// some twenty times as long as Play.
func Memory(t *testing.T, stack Stack, p *program.Program, h *target.History, rest int) {
	grown := false
	s := newSession(stack, p, &target.History{}, Extras{})
	s.bubble(t, func() { grown = s.toRest(p) && s.grows(p) })
	if !grown {
		return
	}
	var stay []kept
	s = newSession(stack, p, &target.History{}, Extras{})
	s.bubble(t, func() {
		if s.toRest(p) {
			stay = s.stay(p)
		}
	})
	if len(stay) == 0 {
		return
	}
	_, call, _ := strings.Cut(s.last, " ")
	h.Disputes = append(h.Disputes, target.Dispute{Oracle: "memory", Side: "-", Stream: "-", Field: stay[0].place, Call: call, Op: rest - 1, Seen: rest,
		Text:   fmt.Sprintf("all streams have ended, and each time that they are opened and ended again %s stay in use, allocated in %s", stay[0].grown, stay[0].place),
		Report: report(stay)})
}

// toRest plays p and what settle adds to bring it to rest.
func (s *Session) toRest(p *program.Program) bool {
	s.dial()
	return s.round(p)
}

// grows reports whether the counts say that more is in use with each round.
func (s *Session) grows(p *program.Program) bool {
	var before amount
	return s.rounds(p, counted[:], func(i int) bool {
		now, was := inUse(), before
		before = now
		if i == 0 {
			return true
		}
		rounds := int64(counted[i] - counted[i-1])
		return now.objects-was.objects >= objectsARound*rounds || now.bytes-was.bytes >= bytesARound*rounds
	})
}

// stay returns the places in the stack where what stays was allocated, the one
// that names the leak first; see byOwner.
func (s *Session) stay(p *program.Program) []kept {
	old := runtime.MemProfileRate
	runtime.MemProfileRate = 1
	defer func() { runtime.MemProfileRate = old }()
	var at [len(remembered)]map[string]amount
	if !s.rounds(p, remembered[:], func(i int) bool { at[i] = places(); return true }) {
		return nil
	}
	var stay []kept
	last := len(at) - 1
	for stack, end := range at[last] {
		place := Place(stack)
		if place != "" && !Ours(place) && grew(at[0][stack], at[1][stack], end) {
			rounds, start := int64(remembered[last]-remembered[0]), at[0][stack]
			stay = append(stay, kept{place, stack, perRound{end.objects - start.objects, end.bytes - start.bytes, rounds}})
		}
	}
	slices.SortFunc(stay, byOwner)
	return stay
}

// byOwner orders what a call of the stack's interface has allocated before what
// the stack has on its own, and then by bytes: a stream that stays holds on to what
// the peer happened to send on it, more or less of it each time, and the leak is
// the stream's.
func byOwner(a, b kept) int {
	return cmp.Or(cmp.Compare(b.called(), a.called()), cmp.Compare(b.grown.bytes, a.grown.bytes), cmp.Compare(a.stack, b.stack))
}

// grew reports whether what is at a place at the three marks of remembered grows
// with the rounds: by enough in a round, and by more in twice as many. Of what a
// pool holds there may be one more each time, which is no more in more rounds, or
// a few more by chance. Bytes alone are a leak where no more objects have them,
// as in a map or a slice that has to grow.
func grew(a, b, c amount) bool {
	first := int64(remembered[1] - remembered[0])
	double := func(a, b, c, least int64) bool { return b-a >= least && 2*(c-b) >= 3*(b-a) }
	return double(a.objects, b.objects, c.objects, first/roundsAnObject) ||
		c.objects <= a.objects && double(a.bytes, b.bytes, c.bytes, first*bytesARound)
}

// A kept is a place in the stack where what stays is allocated.
type kept struct {
	place, stack string
	grown        perRound
}

// called is 1 if what plays has called what allocates, 0 if the stack does it in a
// goroutine of its own.
func (k *kept) called() int {
	for line := range strings.Lines(k.stack) {
		if !strings.HasPrefix(line, "\t") && Ours(Place(line)) {
			return 1
		}
	}
	return 0
}

// A perRound is what stays in so many rounds.
type perRound struct{ objects, bytes, rounds int64 }

// String returns it for one round.
func (g perRound) String() string {
	return fmt.Sprintf("%.4g objects of %.4g bytes", float64(g.objects)/float64(g.rounds), float64(g.bytes)/float64(g.rounds))
}

// maxPlaces bounds the places that a report shows.
const maxPlaces = 8

func report(stay []kept) string {
	var b strings.Builder
	for _, k := range stay[:min(len(stay), maxPlaces)] {
		fmt.Fprintf(&b, "%s a round, allocated in\n%s", k.grown, k.stack)
	}
	if more := len(stay) - maxPlaces; more > 0 {
		fmt.Fprintf(&b, "and in %d places more\n", more)
	}
	return b.String()
}

// rounds plays p until each of the marks is reached, and calls f there. It ends
// where a round does not come to rest or f returns false, and reports whether
// neither happened.
func (s *Session) rounds(p *program.Program, marks []int, f func(i int) bool) bool {
	for i, done := 0, 0; i < len(marks); i++ {
		for ; done < marks[i]; done++ {
			if !s.round(p) {
				return false
			}
		}
		s.forget()
		if !f(i) {
			return false
		}
	}
	return true
}

// round plays p on the next streams and brings it to rest. It reports whether
// it did, with nothing to dispute.
func (s *Session) round(p *program.Program) bool {
	s.forget()
	s.h.Reset(&p.Header, s.h.Faults)
	next := s.opened()
	for _, o := range p.Ops {
		if o.Verb.Row().Object == program.ObjStream {
			o.Obj += next[o.Conn][o.Obj&3] << 2
		}
		s.step(o)
	}
	left := maxSettle
	for phase := range target.PhaseQuiet + 1 {
		if !s.phase(phase, &left) {
			return false
		}
	}
	s.rest()
	return len(s.h.Disputes) == 0 && s.resting()
}

// opened returns how many streams of each of the four kinds of RFC 9000, 2.1
// every connection has opened so far.
func (s *Session) opened() (n [target.MaxConns][4]uint32) {
	for i, c := range s.conns {
		if c == nil {
			continue
		}
		for side, e := range c.ends {
			if e != nil {
				n[i][side], n[i][side|2] = uint32(e.opened[0]), uint32(e.opened[1])
			}
		}
	}
	return n
}

// resting reports whether some connection is open and has had a stream, and
// all that are not over rest with every stream ended. One of whose two ends only
// one is there never rests: what that end has sent nobody acknowledges, so it is
// kept, the stack's queues fill up with what cannot be sent, and then calls wait
// with what they were given.
func (s *Session) resting() bool {
	streams := false
	for _, c := range s.conns {
		if c.over() {
			continue
		}
		if _, more := unended(c); more || !c.healthy() || !c.atRest() {
			return false
		}
		streams = streams || len(c.ref.Streams()) > 0
	}
	return streams
}

// forget lets go of streams, which have all ended, and of what was needed for
// them: what is in use then is the stack's.
func (s *Session) forget() {
	for _, c := range s.conns {
		if !c.dialed() {
			continue
		}
		c.ref.Forget()
		c.inFlight = [2][]int64{}
		for side := range c.log {
			c.log[side].empty()
			c.link.empty(side)
			if e := c.ends[side]; e != nil {
				e.streams, e.byID = nil, map[uint64]*stream{}
			}
		}
	}
	s.net.flying = nil
}

// inUse counts what is in use. Pools are emptied in two collections.
func inUse() amount {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return amount{int64(m.HeapObjects), int64(m.HeapAlloc)}
}

// places returns what is in use by the stack that allocated it, of allocations
// that are remembered.
func places() map[string]amount {
	runtime.GC()
	runtime.GC()
	n, _ := runtime.MemProfile(nil, false)
	records := make([]runtime.MemProfileRecord, n+n/2)
	n, _ = runtime.MemProfile(records, false)
	in := map[string]amount{}
	for i := range records[:n] {
		r := &records[i]
		stack := stackText(r.Stack())
		a := in[stack]
		in[stack] = amount{a.objects + r.InUseObjects(), a.bytes + r.InUseBytes()}
	}
	return in
}

// stackText is a stack as Place reads it, without the runtime's own frames.
func stackText(pcs []uintptr) string {
	var b strings.Builder
	for frames := runtime.CallersFrames(pcs); ; {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") && !strings.HasPrefix(f.Function, "internal/runtime/") {
			fmt.Fprintf(&b, "%s()\n\t%s:%d\n", f.Function, f.File, f.Line)
		}
		if !more {
			return b.String()
		}
	}
}
