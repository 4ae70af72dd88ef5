package program

import (
	"math/bits"
	"slices"
	"strings"
	"testing"
)

// Everything else derives from the table, so its rows must keep the rules that
// the algorithms rely on.
func TestRowsKeepTheRulesOfTheTable(t *testing.T) {
	for v := Verb(1); v < NumVerbs; v++ {
		r := v.Row()
		if r.Verb != v || Rows()[v-1].Name != r.Name {
			t.Errorf("verb %d: the row of verb %d", v, r.Verb)
		}
		if r.Name == "" || r.Doc == "" {
			t.Errorf("verb %d has no row", v)
			continue
		}
		if prefix, _, _ := strings.Cut(r.Name, "."); prefix != r.Actor.String() {
			t.Errorf("%s: its actor is %s", r.Name, r.Actor)
		}
		if back, ok := VerbOf(r.Name); !ok || back != v {
			t.Errorf("%s: its name leads to verb %d", r.Name, back)
		}
		if len(r.Operands) > MaxOperands {
			t.Errorf("%s has %d operands", r.Name, len(r.Operands))
		}
		if r.weight == [3]uint8{} {
			t.Errorf("%s is never generated", r.Name)
		}
		for i, d := range r.Operands {
			checkOperand(t, r.Name, d)
			if i > 0 && d.Bare {
				t.Errorf("%s %s: a bare operand stands directly behind the object", r.Name, d.Name)
			}
		}
		if len(slices.Compact(slices.Sorted(slices.Values(operandNames(&r))))) != len(operandNames(&r)) {
			t.Errorf("%s has two operands of one name", r.Name)
		}
	}
}

func TestKeysKeepTheRulesOfTheTable(t *testing.T) {
	for k, d := range Keys(Mux) {
		checkOperand(t, "header", d)
		if d.Bare || d.Kind == Flag {
			t.Errorf("key %s: a key is written as %s=value", d.Name, d.Name)
		}
		if d.Map[0] != d.Default {
			t.Errorf("key %s: configuration byte 0 means %d, default is %d", d.Name, d.Map[0], d.Default)
		}
		if slices.Index(keyNames(Mux), d.Name) != k {
			t.Errorf("key %s has its name twice", d.Name)
		}
	}
	if Keys("no such target") != nil {
		t.Error("an unknown target has keys")
	}
}

func checkOperand(t *testing.T, where string, d Operand) {
	t.Helper()
	if d.Name == "" || d.Doc == "" || looksLikeObject(d.Name) {
		t.Errorf("%s: operand %q, %q", where, d.Name, d.Doc)
	}
	if bits.OnesCount(uint(len(d.Map))) != 1 || len(d.Map) > 256 {
		t.Errorf("%s %s: its map has %d values, no power of two", where, d.Name, len(d.Map))
	}
	for _, v := range append([]uint32{d.Default}, d.Map...) {
		if !d.valid(v) {
			t.Errorf("%s %s: %d is out of its range", where, d.Name, v)
		}
	}
	if d.Kind == Enum && int(d.Max) != len(d.Values)-1 {
		t.Errorf("%s %s: %d values, the greatest is %d", where, d.Name, len(d.Values), d.Max)
	}
	if d.Kind == Flag && (d.Max != 1 || d.Default != 0) {
		t.Errorf("%s %s: a flag is 0 or 1, default 0", where, d.Name)
	}
}

// Targets read Op.Arg by position; the positions stand apart from the rows.
func TestOperandPositionsAreThoseOfTheRows(t *testing.T) {
	for _, c := range []struct {
		v    Verb
		i    int
		name string
	}{
		{PeerStream, PeerStreamKind, "kind"}, {PeerStream, PeerStreamLen, "len"}, {PeerStream, PeerStreamGap, "gap"},
		{PeerStream, PeerStreamBack, "back"}, {PeerStream, PeerStreamFin, "fin"},
		{PeerReset, PeerResetErr, "err"}, {PeerReset, PeerResetFinal, "final"}, {PeerStop, PeerStopErr, "err"},
		{PeerMaxData, AddBytes, "add"}, {PeerMaxStreamData, AddBytes, "add"},
		{PeerClose, PeerCloseCode, "code"}, {PeerClose, PeerCloseApp, "app"},
		{AppSend, AppSendLen, "len"}, {AppSend, AppSendFin, "fin"}, {AppSend, AppSendFF, "ff"}, {AppShut, AppShutUnknown, "unknown"},
		{AppRead, AppReadLen, "len"}, {AppAbort, AppErr, "err"},
		{AppSubscribe, SubRecv, "recv"}, {AppSubscribe, SubSend, "send"},
		{AppUnsubscribe, SubRecv, "recv"}, {AppUnsubscribe, SubSend, "send"},
		{NetWindow, WindowBytes, "bytes"}, {NetAck, AckUpto, "upto"}, {RunTimer, TimerWhich, "which"},
		{RunMigrate, Thread, "thread"}, {TimePass, PassMS, "ms"},
		{EnvSet, EnvName, "name"}, {EnvSet, EnvValue, "value"}, {EnvSet, EnvSetKeep, "keep"}, {EnvUnset, EnvName, "name"},
		{EnvReset, EnvName, "name"}, {EnvPut, EnvName, "name"}, {EnvPut, EnvValue, "value"}, {EnvPut, EnvPutFrom, "from"},
		{EnvRelease, EnvName, "name"}, {EnvPutName, EnvName, "name"}, {EnvGet, EnvName, "name"}, {EnvFind, EnvName, "name"}, {EnvFind, EnvFindSteps, "steps"},
		{EnvWalk, EnvWalkSteps, "steps"}, {RingNew, RingHeap, "heap"}, {RingWrite, RingLen, "len"}, {RingLog, RingLen, "len"},
		{RingResize, RingSize, "size"}, {ProcPad, PadBytes, "bytes"}, {ProcReap, ReapUnknown, "unknown"},
		{ProcReexec, ReexecWait, "wait"}, {ProcAdd, AddPid, "pid"}, {ProcFdOpen, FdKeep, "keep"},
		{ProcFdClose, FdNumber, "fd"}, {ProcFdDup, FdNumber, "fd"}, {ProcFdPass, FdNumber, "fd"},
		{PeerRequest, RequestShape, "shape"}, {PeerRequest, RequestCount, "count"}, {PeerRequest, RequestFin, "fin"},
	} {
		if r := c.v.Row(); c.i >= len(r.Operands) || r.Operands[c.i].Name != c.name {
			t.Errorf("%s: operand %d is not %q", r.Name, c.i, c.name)
		}
	}
	kinds := PeerStream.Row().Operands[PeerStreamKind].Values
	for i, name := range map[int]string{KindData: "data", KindHeaders: "headers", KindPartial: "partial", KindInvalid: "invalid",
		KindControl: "control", KindUnknown: "unknown", KindGoaway: "goaway", KindEmpty: "empty",
		KindEncoder: "encoder", KindDecoder: "decoder"} {
		if kinds[i] != name {
			t.Errorf("kind %d is %q, not %q", i, kinds[i], name)
		}
	}
	timers := RunTimer.Row().Operands[TimerWhich].Values
	for i, name := range map[int]string{TimerMux: "mux", TimerIdle: "idle", TimerPTO: "pto", TimerCC: "cc"} {
		if timers[i] != name {
			t.Errorf("timer %d is %q, not %q", i, timers[i], name)
		}
	}
}

// A verb without a slot could be written as text and not as bytes, and one
// slot more or less changes what old bytes mean.
func TestEveryVerbOfFormat1HasItsOwnSlot(t *testing.T) {
	for v := Verb(1); v < bornWith1; v++ {
		if slots1[v] != v {
			t.Errorf("verb byte %d means %s, not %s", v, slots1[v], v)
		}
	}
	for b, v := range slots1 {
		if v == 0 && b != literalSlot {
			t.Errorf("verb byte %#x has no verb", b)
		}
		if v >= bornWith1 {
			t.Errorf("verb byte %#x means %s, which is younger than format 1", b, v)
		}
	}
	if NumVerbs != bornWith2 {
		t.Error("there is a verb that format 2 does not know: make format 3")
	}
	for k := ObjNone; k <= ObjRing; k++ {
		lo, hi := k.objRange()
		if m := objectMaps[k]; bits.OnesCount(uint(len(m))) != 1 || slices.Min(m) < lo || slices.Max(m) > hi {
			t.Errorf("objects %q: %d values from %d to %d", k, len(m), slices.Min(m), slices.Max(m))
		}
	}
}
