package live

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lastwake/lastwake/harness/program"
)

// An AnswerCount is a kind of abnormal answer, how often it came, and why.
type AnswerCount struct {
	What  string `json:"what"`
	Count int    `json:"count"`
	// Why explains it by what the program did, "" when nothing does.
	Why string `json:"why"`
	// Example is a program after which it came, for one without an explanation.
	Example string `json:"example,omitempty"`
}

// A deed is something that a program does and a server may answer to.
type deed uint

// The deeds.
const (
	malformed  deed = 1 << iota // bytes that HTTP/3 does not allow where they stand
	incomplete                  // a request that ends before it is one
	critical                    // the end of a stream that must not end
	twice                       // a second stream of a type of which there is one
	stopped                     // STOP_SENDING
	resets                      // RESET_STREAM
	silence                     // packets that are lost or wait
	oldHTTP                     // hq-interop
	asks                        // a request
	unsettled                   // no SETTINGS on a control stream
	strange                     // a stream of a type that nobody knows: its reader may stop it
)

// A reason is why a server may answer with a code.
type reason struct {
	code uint64
	name string // in the RFC's words
	to   deed   // any of these
	why  string
}

// ofHTTP3 are the codes of RFC 9114, section 8.1, and RFC 9204, section 6, as
// they close a connection or end a stream.
var ofHTTP3 = []reason{
	{0x100, "H3_NO_ERROR", ^deed(0), "the server is done with it"},
	{0x101, "H3_GENERAL_PROTOCOL_ERROR", malformed | twice | critical, "the program breaks the protocol"},
	{0x103, "H3_STREAM_CREATION_ERROR", twice | malformed | strange, "a type of stream comes twice, or nobody knows it"},
	{0x104, "H3_CLOSED_CRITICAL_STREAM", critical, "a control or QPACK stream ends"},
	{0x105, "H3_FRAME_UNEXPECTED", malformed | incomplete, "a frame comes where it must not"},
	{0x106, "H3_FRAME_ERROR", malformed | incomplete, "a frame is cut short or ill-formed"},
	{0x107, "H3_EXCESSIVE_LOAD", malformed | asks, "it is too much for the server"},
	{0x108, "H3_ID_ERROR", malformed, "GOAWAY names a stream that cannot be"},
	{0x109, "H3_SETTINGS_ERROR", malformed, "SETTINGS are ill-formed"},
	{0x10a, "H3_MISSING_SETTINGS", unsettled | malformed, "the control stream does not begin with SETTINGS"},
	{0x10b, "H3_REQUEST_REJECTED", asks, "the server does not take the request"},
	{0x10c, "H3_REQUEST_CANCELLED", stopped | resets | incomplete | malformed, "the program gives the request up"},
	{0x10d, "H3_REQUEST_INCOMPLETE", incomplete | resets | malformed, "the request ends before it is one"},
	{0x10e, "H3_MESSAGE_ERROR", malformed | incomplete, "the request is malformed"},
	{0x200, "QPACK_DECOMPRESSION_FAILED", malformed | incomplete, "the bytes are no field section"},
	{0x201, "QPACK_ENCODER_STREAM_ERROR", malformed | twice, "the bytes are no encoder instructions"},
	{0x202, "QPACK_DECODER_STREAM_ERROR", malformed | twice, "the bytes are no decoder instructions"},
}

// ofQUIC are the codes of RFC 9000, section 20.1, that a program can bring
// about. The others would be the server's own.
var ofQUIC = []reason{
	{0x0, "NO_ERROR", ^deed(0), "the server is done with it"},
	{0x178, "CRYPTO_ERROR no_application_protocol", oldHTTP, "the server does not speak hq-interop"},
}

// explainer counts abnormal answers and why they came.
type explainer struct {
	all map[string]*AnswerCount
}

func newExplainer() *explainer { return &explainer{all: map[string]*AnswerCount{}} }

// explain counts the abnormal answers of one run.
func (x *explainer) explain(p *program.Program, play *Play) {
	for _, a := range play.Answers {
		if a.What == "end" {
			continue
		}
		done := deeds(p, uint8(a.Conn), a.Op)
		what, why := describe(a, done)
		c := x.all[what+why]
		if c == nil {
			c = &AnswerCount{What: what, Why: why}
			if why == "" {
				c.Example = p.String()
			}
			x.all[what+why] = c
		}
		c.Count++
	}
}

// counts returns the kinds, those without an explanation first.
func (x *explainer) counts() []AnswerCount {
	var all []AnswerCount
	for _, c := range x.all {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b AnswerCount) int {
		if (a.Why == "") != (b.Why == "") {
			return cmp.Compare(len(a.Why), len(b.Why))
		}
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.What, b.What))
	})
	return all
}

// describe names an answer, and why it came if the deeds explain it.
func describe(a Answer, done deed) (what, why string) {
	side := "the connection"
	if a.Stream >= 0 {
		side = "a stream"
	}
	table := ofHTTP3
	switch a.What {
	case "close":
		table = ofQUIC
	case "silence":
		return "no handshake", ""
	case "idle", "stateless-reset":
		what = "the connection ends: " + a.What
		if done&silence != 0 {
			why = "packets are lost or wait"
		}
		return what, why
	case "stop":
		if a.Code == 0 {
			return side + " is stopped with 0x0", "the server has answered, or has no use for the rest"
		}
	case "reset":
		if done&stopped != 0 { // RFC 9000, section 3.5: with whatever code was asked for
			return side + " is reset", "the program has stopped it"
		}
	}
	verb := map[string]string{"close": "closed", "app-close": "closed", "reset": "reset", "stop": "stopped"}[a.What]
	for _, r := range table {
		if r.code != a.Code {
			continue
		}
		if done&r.to != 0 {
			why = r.why
		}
		return fmt.Sprintf("%s is %s with %s", side, verb, r.name), why
	}
	if a.What == "close" || done&oldHTTP == 0 {
		return fmt.Sprintf("%s is %s (%s) with 0x%x", side, verb, a.What, a.Code), ""
	}
	return fmt.Sprintf("%s is %s with 0x%x", side, verb, a.Code), "hq-interop has no codes of its own"
}

// deeds are what p does on connection n that a server may answer to: on the
// stream that it calls name, or on all of them for -1.
func deeds(p *program.Program, n uint8, name int64) deed {
	var d deed
	if p.Header.Set[program.KeyApp] == 1 {
		d |= oldHTTP
	}
	seen := map[uint32][]uint32{} // stream -> kinds
	opened := map[uint32]int{}    // type of stream -> how many
	for _, o := range p.Ops {
		if o.Conn != n || !about(&o, name) {
			continue
		}
		switch o.Verb {
		case program.NetBlock, program.NetPath, program.NetFatal:
			d |= silence
		case program.PeerStop:
			d |= stopped
		case program.PeerRequest:
			d |= asks
			for i := range o.Arg[program.RequestCount] {
				id := o.Obj + 4*i
				if name >= 0 && id != uint32(name) {
					continue
				}
				if len(seen[id]) > 0 {
					d |= malformed // trailers, or what is none
				}
				seen[id] = append(seen[id], program.KindHeaders)
			}
			if o.Arg[program.RequestFin] == 0 {
				d |= incomplete
			}
		case program.PeerReset:
			d |= resets | incomplete
			if o.Obj&2 != 0 {
				d |= critical
			}
			seen[o.Obj] = append(seen[o.Obj], program.KindEmpty)
		case program.PeerStream:
			d |= frames(&o, seen, opened)
		}
	}
	if opened[program.KindControl] == 0 {
		d |= unsettled
	}
	return d
}

// about reports whether o acts on the stream called name, or on none.
func about(o *program.Op, name int64) bool {
	if name < 0 || o.Verb.Row().Object != program.ObjStream {
		return true
	}
	first, last := int64(o.Obj), int64(o.Obj)
	if o.Verb == program.PeerRequest {
		last += 4 * (int64(o.Arg[program.RequestCount]) - 1)
	}
	return first <= name && name <= last && (name-first)%4 == 0
}

// frames are the deeds of one peer.stream.
func frames(o *program.Op, seen map[uint32][]uint32, opened map[uint32]int) deed {
	var d deed
	kind, before := o.Arg[program.PeerStreamKind], seen[o.Obj]
	seen[o.Obj] = append(before, kind)
	fin, cut := o.Arg[program.PeerStreamFin] == 1, o.Arg[program.PeerStreamLen] != 0
	if o.Obj&2 != 0 {
		if fin {
			d |= critical
		}
		if len(before) > 0 || kind == program.KindInvalid || kind == program.KindHeaders || kind == program.KindData || kind == program.KindPartial || kind == program.KindGoaway || kind == program.KindEmpty || cut {
			return d | malformed
		}
		if kind == program.KindUnknown {
			return d | strange
		}
		if opened[kind]++; opened[kind] > 1 {
			d |= twice
		}
		return d
	}
	d |= asks
	switch {
	case kind == program.KindHeaders && len(before) == 0 && !cut:
		if !fin {
			d |= incomplete
		}
	case kind == program.KindData && len(before) > 0 && before[0] == program.KindHeaders, kind == program.KindEmpty:
		d |= incomplete
	case kind == program.KindPartial && len(before) == 0:
		d |= incomplete
	default:
		d |= malformed | incomplete
	}
	return d
}
