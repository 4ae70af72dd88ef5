package program

import "math/bits"

// Limits bound what [Generate] and [Mutate] make.
type Limits struct {
	// Ops is the most ops that a program gets; 0 means 64.
	Ops int
	// Actors is the capability of the target, bit 1<<actor for each actor that
	// it plays; ops of others are not generated. 0 means all.
	Actors uint
	// Eras is the set of values that header key era may get, bit 1<<value; 0
	// means those that the key's map has.
	Eras uint
	// Sides is the set of values that header key side may get where the era has
	// both, bit 1<<value; 0 means both.
	Sides uint
}

func (l Limits) ops() int {
	if l.Ops <= 0 {
		return 64
	}
	return min(l.Ops, MaxOps)
}

// plays reports whether a program with header h gets ops of row r.
func (l Limits) plays(r *Row, h *Header) bool {
	if r.home == atBack && !h.Back() {
		return false
	}
	return r.home.holds(h.Target) && (l.Actors == 0 || l.Actors&(1<<r.Actor) != 0)
}

// SuitEra gives h an era of the limits when it has none of them, and takes from
// it what its era does not have.
func (l Limits) SuitEra(r *Rand, h *Header) {
	defer l.suitSide(h)
	if l.Eras&(1<<h.Set[KeyEra]) == 0 {
		l.drawEra(r, h)
	}
}

// drawEra gives h one of the eras of the limits, if they have any.
func (l Limits) drawEra(r *Rand, h *Header) {
	if l.Eras == 0 {
		return
	}
	for skip := r.Intn(bits.OnesCount(l.Eras)); ; skip-- {
		h.Set[KeyEra] = uint32(bits.TrailingZeros(l.Eras))
		if skip == 0 {
			return
		}
		l.Eras &= l.Eras - 1
	}
}

// oddsBack is how often a program is about connections to servers where the era
// has them: once in so many times. The rest is left to connections to clients.
const oddsBack = 4

// drawSide decides on which side of the process p is, and draws the keys that
// only one side has.
func (l Limits) drawSide(r *Rand, p *Program, oddsKey int) {
	h := &p.Header
	if h.canBack() && r.Chance(oddsBack) {
		h.Set[KeySide] = SideBack
	}
	if l.suitSide(h); !h.Back() {
		return
	}
	for k := range keys {
		if k != KeySide && keys[k].home == atBack && r.Chance(oddsKey) {
			h.Set[k] = p.randomKey(r, &keys[k])
		}
	}
}

// suitSide puts h on a side that the limits allow, and sets the keys of the side
// that h is not on to their defaults.
func (l Limits) suitSide(h *Header) {
	if l.Sides != 0 && l.Sides&(1<<h.Set[KeySide]) == 0 {
		h.Set[KeySide] = uint32(bits.TrailingZeros(l.Sides))
	}
	for k := range keys {
		if keys[k].home == atBack && !h.Back() {
			h.Set[k] = keys[k].Default
		}
	}
}

// Generate makes dst a random program for the target that it names, in the
// memory that dst has where it suffices. Programs follow the life of a
// connection: streams open early, data moves, streams and timers end late.
// Generate knows the op table and nothing about faults.
func Generate(r *Rand, dst *Program, lim Limits) {
	target := dst.Header.Target
	if !knownTarget(target) {
		target = Mux
	}
	faults := dst.Header.Faults[:0]
	dst.Header = NewHeader(target)
	dst.Header.Faults = faults
	dst.Notes = dst.Notes[:0]
	dst.Ops = dst.Ops[:0]
	m := randomMood(r)
	for k := range keys {
		if keys[k].home != atBack && keys[k].home.holds(target) && r.Chance(m.oddsKey) {
			dst.Header.Set[k] = dst.randomKey(r, &keys[k])
		}
	}
	lim.drawEra(r, &dst.Header)
	lim.drawSide(r, dst, m.oddsKey)
	if r.Chance(2) {
		m.without = swarm(r, lim, &dst.Header)
	}
	n := 1 + r.Intn(lim.ops())
	for i := range n {
		dst.Ops = append(dst.Ops, Op{})
		dst.randomOp(r, i, n, lim, m)
	}
}

// A mood is what a program is like throughout. Programs that differ in more
// than their length reach what a program of the average hardly does: many
// failing allocations in one spoil what another needs, and so for the keys of
// the header. The odds are once in so many times, 0 for never.
type mood struct {
	oddsKey   int // a key of the header has another value than its default
	oddsAlloc int // an allocation of an op fails
	// without are the verbs that the program does not have, bit by bit.
	without verbSet
}

// usual is the mood of a single op that a mutation brings.
var usual = mood{oddsKey: 4, oddsAlloc: 48}

func randomMood(r *Rand) mood {
	return mood{oddsKey: 1 << r.Intn(4), oddsAlloc: [...]int{0, 64, 16, 6}[r.Intn(4)]}
}

// A verbSet is a set of verbs, bit by bit.
type verbSet [(NumVerbs + 63) / 64]uint64

func (s *verbSet) has(v Verb) bool { return s[v>>6]>>(v&63)&1 != 0 }

// swarm leaves out every verb with the same chance, but for the one that most
// programs begin with: what an op spoils for others is not spoilt in a program
// that does not have it.
func swarm(r *Rand, lim Limits, h *Header) (s verbSet) {
	few := r.Chance(2)
	for i := range s {
		half := r.Uint64()
		s[i] = half & r.Uint64()
		if few {
			s[i] |= r.Uint64()
		}
	}
	first, early := Verb(1), h.phase(0, 1)
	for v := first; v < NumVerbs; v++ {
		if lim.weight(v, h, early) > lim.weight(first, h, early) {
			first = v
		}
	}
	s[first>>6] &^= 1 << (first & 63)
	return s
}

// randomOp makes op i of a program that gets n ops. What op i was before does
// not matter.
func (p *Program) randomOp(r *Rand, i, n int, lim Limits, m mood) {
	o := &p.Ops[i]
	*o = Op{}
	v := randomVerb(r, &p.Header, p.Header.phase(i, n), lim, &m.without)
	if v == 0 {
		v = TimePass // as good as any
	}
	row := &rows[v]
	for j := range row.Operands {
		o.Arg[j] = p.randomValue(r, &row.Operands[j])
	}
	if row.Object.hasConn() {
		o.Conn = connMap[r.Intn(len(connMap))]
	}
	if row.Object == ObjStream && p.Header.Back() {
		o.Obj = p.randomRequest(r, v == PeerStream)
	} else if row.Object == ObjStream {
		o.Obj = p.randomStream(r, v == PeerStream)
	} else {
		o.Obj = pick(r, objectMaps[row.Object])
	}
	if v == PeerStream {
		p.suitKind(r, o)
	}
	if m.oddsAlloc > 0 && r.Chance(m.oddsAlloc) {
		o.Alloc = failing(r)
	}
	o.Verb = v
}

// phase is that of op i of n: 0 early, 1 in the middle, 2 late. A connection to
// a server is in the middle of its life at once: it has been opened for the
// request that is there from the start.
func (h *Header) phase(i, n int) int {
	if h.Back() {
		return min(2, 1+2*i/n)
	}
	return min(2, 3*i/n)
}

// randomVerb chooses a verb by the weights of a phase of the program: 0 early,
// 1 in the middle, 2 late. It returns 0 if nothing is left that the target plays.
func randomVerb(r *Rand, h *Header, phase int, lim Limits, without *verbSet) Verb {
	total := 0
	for v := Verb(1); v < NumVerbs; v++ {
		if !without.has(v) {
			total += lim.weight(v, h, phase)
		}
	}
	n := r.Intn(total)
	for v := Verb(1); v < NumVerbs; v++ {
		if without.has(v) {
			continue
		}
		if n -= lim.weight(v, h, phase); n < 0 {
			return v
		}
	}
	return 0
}

func (l Limits) weight(v Verb, h *Header, phase int) int {
	if !l.plays(&rows[v], h) {
		return 0
	}
	return max(1, int(rows[v].weight[phase]))
}

// suitKind lets a STREAM frame mostly carry what its stream carries then: a
// request head, which a body follows once in four times, or the type of a
// unidirectional stream; later data, of any length, or on a stream of a server's
// the one frame that ends something.
func (p *Program) suitKind(r *Rand, o *Op) {
	if r.Chance(3) {
		return
	}
	if o.Obj&3 == 0 && p.opened(o) {
		o.Arg[PeerStreamKind], o.Arg[PeerStreamFin] = KindData, uint32(r.Intn(2))
		return
	}
	o.Arg[PeerStreamLen], o.Arg[PeerStreamGap], o.Arg[PeerStreamBack] = 0, 0, 0
	if o.Obj&2 != 0 && p.Header.Back() && p.opened(o) {
		o.Arg[PeerStreamKind], o.Arg[PeerStreamFin] = KindGoaway, 0
		return
	}
	o.Arg[PeerStreamKind], o.Arg[PeerStreamFin] = KindHeaders, min(1, uint32(r.Intn(4)))
	if o.Obj&2 != 0 {
		types := [...]uint32{KindControl, KindControl, KindUnknown, KindEncoder, KindDecoder}
		o.Arg[PeerStreamKind], o.Arg[PeerStreamFin] = types[r.Intn(len(types))], 0
	}
}

// opened reports whether an op before o carries something on its stream.
func (p *Program) opened(o *Op) bool {
	for i := range p.Ops {
		q := &p.Ops[i]
		if q == o {
			return false
		}
		if q.Verb == PeerStream && q.Obj == o.Obj && q.Conn == o.Conn {
			return true
		}
	}
	return false
}

// randomStream chooses a stream: mostly one that the program already uses;
// with fresh often the next one that a client opens.
func (p *Program) randomStream(r *Rand, fresh bool) uint32 {
	if fresh && r.Chance(2) {
		return p.nextStream()
	}
	if !r.Chance(10) && len(p.Ops) > 0 {
		for range 4 {
			if o := &p.Ops[r.Intn(len(p.Ops))]; o.onStream() {
				return o.Obj
			}
		}
	}
	return pick(r, objectMaps[ObjStream])
}

// randomRequest chooses a stream of a connection to a server: mostly one that
// an op before may have opened, for a server that sends on another breaks the
// protocol; with peer sometimes one of the server's own.
func (p *Program) randomRequest(r *Rand, peer bool) uint32 {
	if peer && r.Chance(4) {
		return 3 + 4*uint32(r.Intn(1+r.Intn(3)))
	}
	if r.Chance(16) {
		return pick(r, objectMaps[ObjStream])
	}
	opened := 1
	for i := range p.Ops {
		if p.Ops[i].Verb == AppOpen {
			opened++
		}
	}
	return 4 * uint32(r.Intn(opened))
}

// nextStream returns the lowest id of a bidirectional stream of the client
// that p does not use.
func (p *Program) nextStream() uint32 {
	next := uint32(0)
	for i := range p.Ops {
		if o := &p.Ops[i]; o.onStream() && o.Obj&3 == 0 && o.Obj >= next {
			next = o.Obj + 4
		}
	}
	return min(next, MaxStream&^3)
}

func (o *Op) onStream() bool { return rows[o.Verb].Object == ObjStream }

func pick(r *Rand, m []uint32) uint32 { return m[r.Intn(len(m))] }

// failing draws which allocation of an op fails: mostly one of the first, and
// now and then one as late as the last of an op that sets up a connection.
func failing(r *Rand) uint8 { return uint8(1 + r.Intn(4<<r.Intn(3))) }
