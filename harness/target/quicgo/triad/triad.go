// Package triad plays what the peer and the network do in a mux program on two
// implementations, the mux model and quic-go, and compares what the peer sees.
//
// It owns the projection (which streams were reset with which code, how the
// connection ended) and the tolerances: a difference is named by the text of
// RFC 9000 that allows both, or it has no name and is a lead. It refuses to know
// how either is played.
//
//	model, stack := triad.Part(p)
//	diffs := triad.Compare(triad.OfModel(modelLines), triad.OfStack(stackLines), skipped, triad.Impaired(p))
package triad

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/lastwake/lastwake/harness/program"
)

// Part returns what the peer and the network do in p: for the model, which runs
// when it is told to, with everything run after each op, and for a real stack,
// which runs by itself.
func Part(p *program.Program) (model, stack *program.Program) {
	model, stack = program.New(program.Mux), program.New(program.Quicgo)
	model.Header.Set, stack.Header.Set = p.Header.Set, p.Header.Set
	for _, o := range p.Ops {
		a := o.Verb.Row().Actor
		if a != program.Peer && a != program.Net && a != program.Time || o.Alloc != 0 {
			continue
		}
		model.Ops = append(model.Ops, o, program.Op{Verb: program.RunAll})
		stack.Ops = append(stack.Ops, o)
	}
	return model, stack
}

// A View is what the peer sees on connection c0.
type View struct {
	// Resets are the codes of RESET_STREAM by stream, Stops the streams with
	// a STOP_SENDING.
	Resets map[uint64]uint64
	Stops  map[uint64]bool
	// Close is how the server closed the connection, "" if it did not.
	Close string
}

func newView() View { return View{Resets: map[uint64]uint64{}, Stops: map[uint64]bool{}} }

var (
	modelReset = regexp.MustCompile(`^tx RESET_STREAM id=(\d+) err=0x([0-9a-f]+)`)
	modelStop  = regexp.MustCompile(`^tx STOP_SENDING id=(\d+)`)
	modelClose = regexp.MustCompile(`CONNECTION_CLOSE asked code=(0x[0-9a-f]+)`)
	stackReset = regexp.MustCompile(`^c0 client receives .*RESET_STREAM s(\d+) code (\d+)`)
	stackStop  = regexp.MustCompile(`^c0 client receives .*STOP_SENDING s(\d+)`)
	stackClose = regexp.MustCompile(`^c0 client receives .*CONNECTION_CLOSE (.*)`)
)

// OfModel is the view on the model, from its events.
func OfModel(lines []string) View { return view(lines, modelReset, modelStop, modelClose, 16) }

// OfStack is the view on a real stack, from its tape.
func OfStack(lines []string) View { return view(lines, stackReset, stackStop, stackClose, 10) }

func view(lines []string, reset, stop, end *regexp.Regexp, base int) View {
	v := newView()
	for _, l := range lines {
		if m := reset.FindStringSubmatch(l); m != nil {
			v.Resets[number(m[1], 10)] = number(m[2], base)
		}
		if m := stop.FindStringSubmatch(l); m != nil {
			v.Stops[number(m[1], 10)] = true
		}
		if m := end.FindStringSubmatch(l); m != nil && v.Close == "" {
			v.Close = m[1]
		}
	}
	return v
}

func number(s string, base int) uint64 {
	n, _ := strconv.ParseUint(s, base, 64) // the expressions match digits only
	return n
}

// A Diff is one thing that the peer sees on one of the two only.
type Diff struct {
	What string
	// Why names the tolerance, with the section of RFC 9000; "" for none.
	Why string
}

// Tolerances: why the two may differ.
const (
	NoApplication = "an application protocol closes for its own reasons; quic-go is given none here (RFC 9000, 20.2)"
	NotPlayed     = "the op breaks a rule of quic-go's interface, or its stream is not there, and was not played"
	Closing       = "an endpoint that is closing sends nothing more (RFC 9000, 10.2.1)"
	Optional      = "STOP_SENDING is sent by an application that does not want to read, if it chooses to (RFC 9000, 3.5)"
	OtherPackets  = "each endpoint fills its packets as it likes, so what the network does to a packet hits other frames (RFC 9000, 12.2 and 13.3)"
)

// Impaired reports whether the network does something to packets in p.
func Impaired(p *program.Program) bool {
	return slices.ContainsFunc(p.Ops, func(o program.Op) bool {
		return o.Verb.Row().Actor == program.Net && o.Verb != program.NetOpen && o.Verb != program.NetOK
	})
}

// Compare returns where two views differ. unplayed are the streams of ops that
// one of the two did not play, impaired is that of the program.
func Compare(model, stack View, unplayed map[uint64]bool, impaired bool) []Diff {
	var ds []Diff
	if model.Close != stack.Close {
		d := Diff{What: fmt.Sprintf("close: model %q, stack %q", model.Close, stack.Close)}
		if stack.Close == "" { // a close by quic-go would be for a breach of the transport
			d.Why = NoApplication
		}
		ds = append(ds, d)
	}
	closed := model.Close != "" || stack.Close != ""
	ids := slices.Sorted(maps.Keys(model.Resets))
	for id := range maps.Keys(stack.Resets) {
		if _, both := model.Resets[id]; !both {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		m, inModel := model.Resets[id]
		s, inStack := stack.Resets[id]
		if inModel && inStack && m == s {
			continue
		}
		d := Diff{What: fmt.Sprintf("RESET_STREAM s%d: model %s, stack %s", id, code(m, inModel), code(s, inStack))}
		switch {
		case closed:
			d.Why = Closing
		case unplayed[id]:
			d.Why = NotPlayed
		case impaired:
			d.Why = OtherPackets
		}
		ds = append(ds, d)
	}
	for _, id := range slices.Sorted(maps.Keys(model.Stops)) {
		if !stack.Stops[id] {
			ds = append(ds, Diff{fmt.Sprintf("STOP_SENDING s%d: model only", id), Optional})
		}
	}
	return ds
}

func code(c uint64, there bool) string {
	if !there {
		return "none"
	}
	return fmt.Sprintf("code %d", c)
}
